/* SPDX-License-Identifier: MIT */
#include "fail-allocations.h"

static int fail_at;
module_param(fail_at, int, 0600);
MODULE_PARM_DESC(fail_at, "the allocation that fails, counted from now; 0: none");

bool pnpn_allocation_fails(void)
{
	return READ_ONCE(fail_at) > 0 && --fail_at == 0;
}
