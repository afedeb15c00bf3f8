/* SPDX-License-Identifier: MIT */
/* Annotations that say nothing to this compiler; pnpn-base.h has those shared with applications. */
#ifndef PNPN_WDM_SAL_H
#define PNPN_WDM_SAL_H

#define _Dispatch_type_(type)
#define _IRQL_raises_(level)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(kind, value)
#define _IRQL_restores_global_(kind, value)
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Requires_lock_held_(lock)
#define _Requires_lock_not_held_(lock)
#define _Acquires_exclusive_lock_(lock)
#define _Releases_exclusive_lock_(lock)
#define _When_(condition, annotation)
#define _At_(target, annotation)
#define _Kernel_clear_do_init_(yes)
#define _Interlocked_
#define _Post_satisfies_(condition)
#define _Pre_satisfies_(condition)
#define _Return_type_success_(condition)
#define _Success_(condition)
#define _Check_return_
#define _Field_size_(n)
#define _Field_size_bytes_(n)
#define _Inout_updates_(n)
#define _Inout_updates_bytes_(n)
#define _In_reads_or_z_(n)
#define _In_reads_bytes_opt_(n)
#define _In_reads_opt_(n)
#define _Out_writes_z_(n)
#define _Out_writes_bytes_opt_(n)
#define _Out_writes_bytes_to_(n, m)
#define _Outptr_result_maybenull_
#define _Ret_maybenull_
#define _Printf_format_string_
#define _Null_terminated_
#define _Points_to_data_
#define __drv_allocatesMem(kind)
#define __drv_freesMem(kind)
#define __drv_aliasesMem
#define __drv_dispatchType(type)
#define __drv_maxIRQL(level)
#define __drv_requiresIRQL(level)
#define DRIVER_UNLOAD_PAGED
#define NTKERNELAPI
#define NTSYSAPI
#define NTHALAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_NOINLINE __attribute__((noinline))
#define RESTRICTED_POINTER

#endif
