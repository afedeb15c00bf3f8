/* SPDX-License-Identifier: MIT */
/* What there is to be used of the manager, and how much of it somebody has. */
#ifndef PNPN_MANAGER_USAGE_H
#define PNPN_MANAGER_USAGE_H

#include <stdint.h>
#include "manager/limits.h"

/** What there is a limit for. */
enum pnpn_resource {
#define X(resource, name, user, all, bytes) PNPN_RESOURCE_##resource,
	PNPN_RESOURCES(X)
#undef X
		PNPN_RESOURCE_COUNT,
};

/** How much of each somebody has, or may have. */
struct pnpn_usage {
	uint64_t of[PNPN_RESOURCE_COUNT];
};

#endif
