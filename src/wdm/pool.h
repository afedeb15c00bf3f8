/* SPDX-License-Identifier: MIT */
/* What the verifier knows of pool memory: what was allocated while it was on. */
#ifndef PNPN_WDM_POOL_H
#define PNPN_WDM_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <wdm.h>

/** Whether an address is in paged pool. */
bool pnpn_pool_is_paged(const void *address);

/** How many allocations of the driver with this DriverEntry are left, and the tag of one of them. */
size_t pnpn_pool_count_of(PDRIVER_INITIALIZE entry, ULONG *ret_tag);

#endif
