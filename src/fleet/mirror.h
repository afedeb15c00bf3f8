/* SPDX-License-Identifier: MIT */
/* Other machines' devices as devices of this machine's manager (F4, F5, F6). */
#ifndef PNPN_FLEET_MIRROR_H
#define PNPN_FLEET_MIRROR_H

#include <stdbool.h>

struct pnpn_fleet_options;

/** Mirrors until the descriptor is readable; arguments, blocking and result as of pnpn_publish(). */
int pnpn_mirror(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop);

#endif
