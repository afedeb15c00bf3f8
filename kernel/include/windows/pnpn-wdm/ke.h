/* SPDX-License-Identifier: MIT */
/*
 * The kernel proper: IRQL, spin locks, objects to wait for, timers, DPCs, threads, pools, work items.
 * IRQL is the calling thread's own here. Unless a comment says otherwise: any IRQL up to
 * DISPATCH_LEVEL, and the call does not block.
 */
#ifndef PNPN_WDM_KE_H
#define PNPN_WDM_KE_H

#include <pnpn-wdm/rtl.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef DBG
#define DBG 0
#endif

/* --- IRQL ----------------------------------------------------------------------------------------- */

#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define HIGH_LEVEL     15

/** The calling thread's level. */
KIRQL KeGetCurrentIrql(VOID);
/** Raises the calling thread to a level not below its own. */
VOID KfRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql);
/** Lowers the calling thread to a level not above its own. */
VOID KeLowerIrql(KIRQL NewIrql);
/** Raises to DISPATCH_LEVEL and returns what it was. */
KIRQL KeRaiseIrqlToDpcLevel(VOID);
#define KeRaiseIrql(level, old) KfRaiseIrql((level), (old))

#if DBG
#define PAGED_CODE()                                                                           \
	do {                                                                                   \
		if (KeGetCurrentIrql() > APC_LEVEL)                                            \
			RtlAssert((PVOID) "PAGED_CODE: IRQL above APC_LEVEL", (PVOID)__FILE__, \
				  __LINE__, NULL);                                             \
	} while (0)
#define ASSERT(e) ((e) ? (void)0 : RtlAssert((PVOID) #e, (PVOID)__FILE__, __LINE__, NULL))
#define ASSERTMSG(message, e) \
	((e) ? (void)0 : RtlAssert((PVOID) #e, (PVOID)__FILE__, __LINE__, (PCHAR)(message)))
#else
#define PAGED_CODE()	      ((void)0)
#define ASSERT(e)	      ((void)0)
#define ASSERTMSG(message, e) ((void)0)
#endif
#define NT_ASSERT	    ASSERT
#define PAGED_CODE_LOCKED() ((void)0)

/* --- spin locks ----------------------------------------------------------------------------------- */

/** Prepares a lock. */
VOID KeInitializeSpinLock(PKSPIN_LOCK SpinLock);
/** Raises to DISPATCH_LEVEL and takes the lock; waits for its holder. Returns the level before. */
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock);
/** Releases it and goes back to that level. */
VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql);
/** Takes it at DISPATCH_LEVEL; waits for its holder. */
VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
/** Releases it and stays at DISPATCH_LEVEL. */
VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock);
/** Takes it if it is free; FALSE if not. */
BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
#define KeAcquireSpinLock(lock, old) (*(old) = KeAcquireSpinLockRaiseToDpc(lock))

/* --- objects to wait for -------------------------------------------------------------------------- */

/* The start of every object that a thread can wait for; the library's own business. */
typedef struct _DISPATCHER_HEADER {
	UCHAR Type;
	UCHAR Absolute;
	UCHAR Size;
	UCHAR Inserted;
	LONG SignalState;
	LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER;

typedef struct _KEVENT {
	DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KSEMAPHORE {
	DISPATCHER_HEADER Header;
	LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

typedef struct _KTHREAD *PKTHREAD, *PETHREAD, *PRKTHREAD;
typedef struct _KPROCESS *PEPROCESS, *PKPROCESS;

typedef struct _KMUTANT {
	DISPATCHER_HEADER Header;
	LIST_ENTRY MutantListEntry;
	PKTHREAD OwnerThread;
	BOOLEAN Abandoned;
	UCHAR ApcDisable;
} KMUTANT, *PKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

typedef struct _FAST_MUTEX {
	LONG Count;
	PVOID Owner;
	ULONG Contention;
	KEVENT Event;
	ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX;

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _TIMER_TYPE { NotificationTimer, SynchronizationTimer } TIMER_TYPE;
typedef enum _WAIT_TYPE { WaitAll, WaitAny } WAIT_TYPE;
typedef enum _KWAIT_REASON {
	Executive,
	FreePage,
	PageIn,
	PoolAllocation,
	DelayExecution,
	Suspended,
	UserRequest
} KWAIT_REASON;

/* Room that Windows wants for waits of many objects; not used here. */
typedef struct _KWAIT_BLOCK {
	PVOID Reserved[6];
} KWAIT_BLOCK, *PKWAIT_BLOCK;

#define THREAD_WAIT_OBJECTS 3

/** Prepares an event. */
VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
/** Signals it; returns whether it was signalled before. Increment and Wait are ignored. */
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
/** Not signalled any more; returns whether it was. */
LONG KeResetEvent(PRKEVENT Event);
/** Not signalled any more. */
VOID KeClearEvent(PRKEVENT Event);
/** Whether it is signalled. */
LONG KeReadStateEvent(PRKEVENT Event);

/** Prepares a semaphore. */
VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit);
/** Adds to its count, which it returns as it was; past the limit the process stops. */
LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait);

/** Prepares a mutex; Level is ignored. */
VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG Level);
/** Gives it back; its owner only, else the process stops. 0 if it is free now. */
LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait);

/** Prepares a fast mutex. */
VOID ExInitializeFastMutex(PFAST_MUTEX FastMutex);
/** Takes it and raises to APC_LEVEL. Blocks; at most APC_LEVEL; not recursive. */
VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex);
/** Gives it back and lowers to the level before. */
VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex);
/** Takes it if it is free; FALSE if not. */
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex);

/**
 * Waits for an event, semaphore, mutex, timer or thread. Blocks until Timeout: NULL for ever, negative
 * from now, positive a system time. At DISPATCH_LEVEL only with a timeout of 0, else
 * STATUS_INVALID_LEVEL at once. Returns STATUS_SUCCESS or STATUS_TIMEOUT.
 */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
			       BOOLEAN Alertable, PLARGE_INTEGER Timeout);
#define KeWaitForMutexObject KeWaitForSingleObject
/**
 * The same for up to 64 objects; WaitAny returns STATUS_WAIT_0 + index. More than
 * THREAD_WAIT_OBJECTS need a WaitBlockArray, as on Windows: else STATUS_INVALID_PARAMETER.
 */
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
				  KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
				  BOOLEAN Alertable, PLARGE_INTEGER Timeout,
				  PKWAIT_BLOCK WaitBlockArray);

/* --- time ------------------------------------------------------------------------------------------ */

/** 100 ns since 1601. */
VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
#define KeQuerySystemTimePrecise KeQuerySystemTime
/** 100 ns since the machine started. */
ULONGLONG KeQueryInterruptTime(VOID);
/** Ticks of a clock that only grows; its frequency per second where the pointer shows, if not NULL. */
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);
/** 100 ns per tick of KeQueryTickCount(). */
ULONG KeQueryTimeIncrement(VOID);
/** Clock ticks since the machine started. */
VOID KeQueryTickCount(PLARGE_INTEGER CurrentCount);
/** Sleeps: negative from now, positive until then. Blocks; at most APC_LEVEL, else at once
 *  STATUS_INVALID_LEVEL. */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval);
/** Burns that many microseconds. */
VOID KeStallExecutionProcessor(ULONG MicroSeconds);

/* --- DPCs and timers ------------------------------------------------------------------------------- */

struct _KDPC;
typedef VOID KDEFERRED_ROUTINE(struct _KDPC *Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			       PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;
typedef enum _KDPC_IMPORTANCE { LowImportance, MediumImportance, HighImportance } KDPC_IMPORTANCE;

typedef struct _KDPC {
	UCHAR Type;
	UCHAR Importance;
	USHORT Number;
	LIST_ENTRY DpcListEntry;
	PKDEFERRED_ROUTINE DeferredRoutine;
	PVOID DeferredContext;
	PVOID SystemArgument1;
	PVOID SystemArgument2;
	PVOID DpcData;
} KDPC, *PKDPC, *PRKDPC;

typedef struct _KTIMER {
	DISPATCHER_HEADER Header;
	ULARGE_INTEGER DueTime;
	LIST_ENTRY TimerListEntry;
	PKDPC Dpc;
	ULONG Processor;
	LONG Period;
} KTIMER, *PKTIMER, *PRKTIMER;

/** Prepares a DPC: the routine runs at DISPATCH_LEVEL, one DPC at a time. */
VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext);
/** Queues it; FALSE if it is queued already. */
BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);
/** Takes it out of the queue; FALSE if it was not there. It may be running. */
BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc);
/** High importance goes to the front of the queue. */
VOID KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance);
/** Waits until everything queued so far has run. Blocks; PASSIVE_LEVEL. */
VOID KeFlushQueuedDpcs(VOID);

/** Prepares a notification timer. */
VOID KeInitializeTimer(PKTIMER Timer);
/** Prepares a timer. */
VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type);
/** Sets it (negative: from now); Dpc may be NULL. Returns whether it was set already. */
BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc);
/** The same, every Period milliseconds from then on if not 0. */
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc);
/** FALSE if it was not set. Its DPC may be queued or running: KeFlushQueuedDpcs(). */
BOOLEAN KeCancelTimer(PKTIMER Timer);
/** Whether it expired since it was set. */
BOOLEAN KeReadStateTimer(PKTIMER Timer);

/* --- threads ---------------------------------------------------------------------------------------- */

typedef VOID KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _OBJECT_HANDLE_INFORMATION *POBJECT_HANDLE_INFORMATION;

/** What ObReferenceObjectByHandle() is asked for. */
extern POBJECT_TYPE *PsThreadType, *IoFileObjectType, *ExEventObjectType;

/** Starts a thread at PASSIVE_LEVEL; the handle is the caller's: ZwClose(). PASSIVE_LEVEL. */
NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
			      POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
			      PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
			      PVOID StartContext);
/** Ends the calling system thread; of another thread STATUS_INVALID_PARAMETER. */
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus);
/** The calling thread's object, without a reference. */
PKTHREAD KeGetCurrentThread(VOID);
#define PsGetCurrentThread() KeGetCurrentThread()
/** Remembered and returned; Linux schedules. */
KPRIORITY KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority);
/** The process's and the calling thread's number. */
HANDLE PsGetCurrentProcessId(VOID);
HANDLE PsGetCurrentThreadId(VOID);
/** No APCs here: balance counts only. */
VOID KeEnterCriticalRegion(VOID);
VOID KeLeaveCriticalRegion(VOID);

/** The object behind a handle, with a reference that is the caller's. */
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
				   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
				   PVOID *Object, POBJECT_HANDLE_INFORMATION HandleInformation);
/** One more reference; what it returns is the new count. */
LONG_PTR ObfReferenceObject(PVOID Object);
/** One less; the last one frees the object. What that runs may need PASSIVE_LEVEL. */
LONG_PTR ObfDereferenceObject(PVOID Object);
#define ObReferenceObject(object)   ObfReferenceObject(object)
#define ObDereferenceObject(object) ObfDereferenceObject(object)
/** Closes a handle. PASSIVE_LEVEL. */
NTSTATUS ZwClose(HANDLE Handle);

/* --- pools ------------------------------------------------------------------------------------------ */

typedef enum _POOL_TYPE {
	NonPagedPool = 0,
	NonPagedPoolExecute = NonPagedPool,
	PagedPool = 1,
	NonPagedPoolCacheAligned = 4,
	PagedPoolCacheAligned = 5,
	NonPagedPoolNx = 512,
	NonPagedPoolNxCacheAligned = 516
} POOL_TYPE;

typedef ULONGLONG POOL_FLAGS;
#define POOL_FLAG_USE_QUOTA	    0x0000000000000001ull
#define POOL_FLAG_UNINITIALIZED	    0x0000000000000002ull
#define POOL_FLAG_SESSION	    0x0000000000000004ull
#define POOL_FLAG_CACHE_ALIGNED	    0x0000000000000008ull
#define POOL_FLAG_RAISE_ON_FAILURE  0x0000000000000020ull
#define POOL_FLAG_NON_PAGED	    0x0000000000000040ull
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ull
#define POOL_FLAG_PAGED		    0x0000000000000100ull

/** Memory, not zeroed, 16-byte aligned; NULL if there is none. The caller's: ExFreePool(). */
PVOID ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
/** The same with tag "None". */
PVOID ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes);
/** Zeroed. */
PVOID ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
/** Not zeroed. */
#define ExAllocatePoolUninitialized ExAllocatePoolWithTag
/** Zeroed unless POOL_FLAG_UNINITIALIZED. */
PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);
/** Frees; what is no pool memory stops the process. */
VOID ExFreePool(PVOID P);
/** The same; Tag must be the allocation's, or 0. */
VOID ExFreePoolWithTag(PVOID P, ULONG Tag);

typedef PVOID ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
typedef VOID FREE_FUNCTION(PVOID Buffer);
typedef FREE_FUNCTION *PFREE_FUNCTION;

typedef struct _NPAGED_LOOKASIDE_LIST {
	KSPIN_LOCK Lock;
	SINGLE_LIST_ENTRY Free;
	USHORT Depth;
	USHORT MaximumDepth;
	ULONG Tag;
	SIZE_T Size;
	POOL_TYPE Type;
	PALLOCATE_FUNCTION Allocate;
	PFREE_FUNCTION FreeEx;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST, PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

/** Prepares a list of blocks of one size, from Allocate and back to Free; NULL: from the pool. */
VOID ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
				     PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
				     USHORT Depth);
/** A block, or NULL. */
PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
/** Gives a block back. */
VOID ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);
/** Frees the blocks that it keeps. */
VOID ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
#define ExInitializePagedLookasideList	 ExInitializeNPagedLookasideList
#define ExAllocateFromPagedLookasideList ExAllocateFromNPagedLookasideList
#define ExFreeToPagedLookasideList	 ExFreeToNPagedLookasideList
#define ExDeletePagedLookasideList	 ExDeleteNPagedLookasideList

/* --- work for system threads ------------------------------------------------------------------------- */

typedef enum _WORK_QUEUE_TYPE {
	CriticalWorkQueue,
	DelayedWorkQueue,
	HyperCriticalWorkQueue
} WORK_QUEUE_TYPE;

typedef VOID WORKER_THREAD_ROUTINE(PVOID Parameter);
typedef WORKER_THREAD_ROUTINE *PWORKER_THREAD_ROUTINE;

typedef struct _WORK_QUEUE_ITEM {
	LIST_ENTRY List;
	PWORKER_THREAD_ROUTINE WorkerRoutine;
	PVOID Parameter;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

#define ExInitializeWorkItem(item, routine, context) \
	do {                                         \
		(item)->WorkerRoutine = (routine);   \
		(item)->Parameter = (context);       \
		(item)->List.Flink = NULL;           \
	} while (0)
/** Has the routine called at PASSIVE_LEVEL; the item is the caller's again once that began. */
VOID ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType);

/* --- saying something --------------------------------------------------------------------------------- */

#define DPFLTR_IHVDRIVER_ID  77
#define DPFLTR_DEFAULT_ID    101
#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3

/** Prints to stderr, as Windows formats: %wZ, %ws, %I64u, … */
ULONG DbgPrint(PCSTR Format, ...);
/** The same; component and level filter nothing. */
ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
/** Prints what it was given and stops the process. */
DECLSPEC_NORETURN VOID KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
				    ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
				    ULONG_PTR BugCheckParameter4);
#define KeBugCheck(code) KeBugCheckEx((code), 0, 0, 0, 0)
#define DbgBreakPoint()	 __builtin_trap()
#if DBG
#define KdPrint(arguments)   DbgPrint arguments
#define KdPrintEx(arguments) DbgPrintEx arguments
#else
#define KdPrint(arguments)   ((void)0)
#define KdPrintEx(arguments) ((void)0)
#endif

#ifdef __cplusplus
}
#endif

#endif
