/* SPDX-License-Identifier: MIT */
/* What the servers know, on stdout: pnpnotify fleet hosts, status, monitor. */
#ifndef PNPN_FLEET_QUERY_H
#define PNPN_FLEET_QUERY_H

#include <stdbool.h>

struct pnpn_fleet_options;

/** Each prints and returns the program's status; the monitor goes on until stop_fd is readable. */
int pnpn_query_hosts(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop);
int pnpn_query_status(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop);
int pnpn_query_monitor(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop);

#endif
