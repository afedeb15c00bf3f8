/* SPDX-License-Identifier: MIT */
/* What a registration is to be for, as a program puts it together (pnpn_filter_new()). */
#ifndef PNPN_CLIENT_FILTER_H
#define PNPN_CLIENT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <pnpnotify.h>

struct pnpn_filter {
	char *lines; /* as the manager is told: "class GUID", "event GUID", "property KEY=VALUE" */
	size_t n_classes;
	struct pnpn_guid *events;
	size_t n_events;
};

#endif
