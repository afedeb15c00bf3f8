/* SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include "wdm/module.h"

bool pnpn_module_has_code(PDRIVER_INITIALIZE entry, const void *code)
{
	Dl_info its, other;

	return dladdr((const void *)(uintptr_t)entry, &its) && dladdr(code, &other) &&
	       its.dli_fbase == other.dli_fbase;
}
