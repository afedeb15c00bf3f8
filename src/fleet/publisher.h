/* SPDX-License-Identifier: MIT */
/* Publishes this machine's events (F1, F2, F3), and that it is there (F5). */
#ifndef PNPN_FLEET_PUBLISHER_H
#define PNPN_FLEET_PUBLISHER_H

#include <stdbool.h>

struct pnpn_fleet_options;

/**
 * pnpn_publish() - until the descriptor is readable
 * @stop_fd: an eventfd that nobody reads
 * @stop:    set before that
 *
 * Blocks. Returns the program's status.
 */
int pnpn_publish(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop);

#endif
