/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, with the annotations that it lacks. None says anything to these compilers. */
#pragma GCC system_header
#include_next <driverspecs.h>
#ifndef PNPN_DRIVERSPECS_H
#define PNPN_DRIVERSPECS_H
#define _Dispatch_type_(type)
#define _IRQL_always_function_max_(level)
#define _IRQL_always_function_min_(level)
#define _IRQL_is_cancel_
#define _IRQL_uses_cancel_
#define _IRQL_saves_global_(kind, value)
#define _IRQL_restores_global_(kind, value)
#define _Kernel_clear_do_init_(yes)
#define _Kernel_float_saved_
#define _Kernel_float_restored_
#define _Kernel_float_used_
#define _Kernel_requires_resource_held_
#define _Kernel_releases_resource_
#define _Kernel_acquires_resource_
#define _Kernel_IoGetDmaAdapter_
#define _Kernel_entry_
#endif
