/* SPDX-License-Identifier: MIT */
/*
 * In front of mingw-w64's, whose inline functions and macros for this processor read its registers and the kernel's
 * memory: in a process those are functions. Behind it what it lacks, up to version 12.
 */
#pragma GCC system_header
#ifndef PNPN_WDM_H
#define PNPN_WDM_H

#include <guiddef.h>
#include <intrin.h>

#define KeGetCurrentIrql	processor_KeGetCurrentIrql
#define KeLowerIrql		processor_KeLowerIrql
#define KfRaiseIrql		processor_KfRaiseIrql
#define KeRaiseIrqlToDpcLevel	processor_KeRaiseIrqlToDpcLevel
#define KeRaiseIrqlToSynchLevel processor_KeRaiseIrqlToSynchLevel
#define KeGetCurrentThread	processor_KeGetCurrentThread
#define PsGetCurrentThread	processor_PsGetCurrentThread
/* <intrin.h> has them; a second, static definition is one of the first for clang. */
#define InterlockedBitTestAndSet   processor_InterlockedBitTestAndSet
#define InterlockedBitTestAndReset processor_InterlockedBitTestAndReset
#include_next <wdm.h>
#undef InterlockedBitTestAndSet
#undef InterlockedBitTestAndReset
#undef KeGetCurrentIrql
#undef KeLowerIrql
#undef KfRaiseIrql
#undef KeRaiseIrql
#undef KeRaiseIrqlToDpcLevel
#undef KeRaiseIrqlToSynchLevel
#undef KeGetCurrentThread
#undef PsGetCurrentThread
#undef KeQueryInterruptTime
#undef KeQuerySystemTime
#undef KeQueryTickCount

#ifdef __cplusplus
extern "C" {
#endif

KIRQL KeGetCurrentIrql(VOID);
KIRQL KfRaiseIrql(KIRQL NewIrql);
VOID KeLowerIrql(KIRQL NewIrql);
KIRQL KeRaiseIrqlToDpcLevel(VOID);
#define KeRaiseIrql(level, old) (*(old) = KfRaiseIrql(level))
PKTHREAD KeGetCurrentThread(VOID);
#define PsGetCurrentThread() ((PETHREAD)KeGetCurrentThread())
ULONGLONG KeQueryInterruptTime(VOID);
VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
VOID KeQueryTickCount(PLARGE_INTEGER CurrentCount);

/* Its own has the member of a structure that is not there, which a sanitizer stops at. */
#undef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field) \
	((type *)((PCHAR)(address) - __builtin_offsetof(type, field)))

/* What it lacks. */
#ifndef POOL_FLAG_NON_PAGED
typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_USE_QUOTA	    0x0000000000000001ull
#define POOL_FLAG_UNINITIALIZED	    0x0000000000000002ull
#define POOL_FLAG_SESSION	    0x0000000000000004ull
#define POOL_FLAG_CACHE_ALIGNED	    0x0000000000000008ull
#define POOL_FLAG_RAISE_ON_FAILURE  0x0000000000000020ull
#define POOL_FLAG_NON_PAGED	    0x0000000000000040ull
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ull
#define POOL_FLAG_PAGED		    0x0000000000000100ull
PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);
PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
#define ExAllocatePoolUninitialized ExAllocatePoolWithTag
#endif
/* Pool is never executed here, whatever a driver asks for. */
#ifndef DrvRtPoolNxOptIn
#define DrvRtPoolNxOptIn		 0x00000001
#define ExInitializeDriverRuntime(flags) ((void)(flags))
#endif
PDEVICE_OBJECT IoGetLowerDeviceObject(PDEVICE_OBJECT DeviceObject);
ULONG IoGetRequestorProcessId(PIRP Irp);
DRIVER_INITIALIZE DriverEntry;

#ifdef __cplusplus
}
#endif

#endif
