/* SPDX-License-Identifier: MIT */
/* What drivers are made of besides PnP: IRQL, events, timers, DPCs, threads, pools, text, IRPs (R7's
 * levels stand on them). No manager. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <ntddk.h>
#include <ntstrsafe.h>
#include "wdm/host.h"

#define PATIENCE_100NS (-600000000ll)

static NTSTATUS wait_for(PVOID object)
{
	LARGE_INTEGER limit = {.QuadPart = PATIENCE_100NS};

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &limit);
}

static NTSTATUS poll_for(PVOID object)
{
	LARGE_INTEGER none = {.QuadPart = 0};

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &none);
}

static void test_irql(void **state)
{
	KIRQL old;

	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	KeRaiseIrql(APC_LEVEL, &old);
	assert_int_equal(old, PASSIVE_LEVEL);
	assert_int_equal(KeRaiseIrqlToDpcLevel(), APC_LEVEL);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(old);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static KSPIN_LOCK lock;
static ULONG guarded;

static void *count_guarded(void *wrong_level)
{
	for (int i = 0; i < 20000; i++) {
		KIRQL old;
		KeAcquireSpinLock(&lock, &old);
		guarded++;
		if (KeGetCurrentIrql() != DISPATCH_LEVEL || old != PASSIVE_LEVEL)
			atomic_store((atomic_bool *)wrong_level, true);
		KeReleaseSpinLock(&lock, old);
	}
	return NULL;
}

static void test_spin_lock(void **state)
{
	pthread_t threads[4];
	atomic_bool wrong_level = false;

	KeInitializeSpinLock(&lock);
	guarded = 0;
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count_guarded, &wrong_level);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(guarded, 80000);
	assert_false(wrong_level);
	KeAcquireSpinLockAtDpcLevel(&lock);
	assert_false(KeTryToAcquireSpinLockAtDpcLevel(&lock));
	KeReleaseSpinLockFromDpcLevel(&lock);
}

static void test_events(void **state)
{
	KEVENT stays, passes;

	KeInitializeEvent(&stays, NotificationEvent, FALSE);
	KeInitializeEvent(&passes, SynchronizationEvent, TRUE);
	assert_int_equal(poll_for(&stays), STATUS_TIMEOUT);
	assert_int_equal(KeSetEvent(&stays, 0, FALSE), 0);
	assert_int_equal(KeSetEvent(&stays, 0, FALSE), 1);
	assert_int_equal(poll_for(&stays), STATUS_SUCCESS);
	assert_int_equal(poll_for(&stays), STATUS_SUCCESS);
	assert_int_equal(poll_for(&passes), STATUS_SUCCESS);
	assert_int_equal(poll_for(&passes), STATUS_TIMEOUT);
	LARGE_INTEGER moment = {.QuadPart = -10000};
	assert_int_equal(KeWaitForSingleObject(&passes, Executive, KernelMode, FALSE, &moment),
			 STATUS_TIMEOUT);
	KIRQL old = KeRaiseIrqlToDpcLevel();
	NTSTATUS blocking = KeWaitForSingleObject(&stays, Executive, KernelMode, FALSE, NULL);
	NTSTATUS polling = poll_for(&stays);
	KeLowerIrql(old);
	assert_int_equal(blocking, STATUS_INVALID_LEVEL);
	assert_int_equal(polling, STATUS_SUCCESS);
}

static void test_semaphore_and_multiple(void **state)
{
	KSEMAPHORE semaphore;
	KEVENT event;
	PVOID both[] = {&event, &semaphore};
	LARGE_INTEGER none = {.QuadPart = 0};

	KeInitializeSemaphore(&semaphore, 1, 2);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	assert_int_equal(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE,
						  &none, NULL),
			 STATUS_TIMEOUT);
	assert_int_equal(KeWaitForMultipleObjects(2, both, WaitAny, Executive, KernelMode, FALSE,
						  &none, NULL),
			 STATUS_WAIT_1);
	assert_int_equal(poll_for(&semaphore), STATUS_TIMEOUT);
	assert_int_equal(KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 0);
	KeSetEvent(&event, 0, FALSE);
	assert_int_equal(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE,
						  &none, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(poll_for(&semaphore), STATUS_SUCCESS);
	assert_int_equal(poll_for(&semaphore), STATUS_TIMEOUT);
}

static KMUTEX mutex;
static FAST_MUTEX fast_mutex;
static ULONG by_mutex, by_fast_mutex;

static void *count_mutexes(void *unused)
{
	for (int i = 0; i < 2000; i++) {
		wait_for(&mutex);
		wait_for(&mutex);
		by_mutex++;
		KeReleaseMutex(&mutex, FALSE);
		KeReleaseMutex(&mutex, FALSE);
		ExAcquireFastMutex(&fast_mutex);
		by_fast_mutex++;
		ExReleaseFastMutex(&fast_mutex);
	}
	return NULL;
}

static void test_mutexes(void **state)
{
	pthread_t threads[4];

	KeInitializeMutex(&mutex, 0);
	ExInitializeFastMutex(&fast_mutex);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count_mutexes, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(by_mutex, 8000);
	assert_int_equal(by_fast_mutex, 8000);
	assert_true(ExTryToAcquireFastMutex(&fast_mutex));
	assert_false(ExTryToAcquireFastMutex(&fast_mutex));
	assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
	ExReleaseFastMutex(&fast_mutex);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

struct handoff {
	KEVENT event, ready;
	NTSTATUS status;
};

static void *wait_handoff(void *argument)
{
	struct handoff *h = argument;

	KeSetEvent(&h->ready, 0, FALSE);
	h->status = wait_for(&h->event);
	return NULL;
}

/* Only to know when to go on: what it reads is the library's own business, under its lock. */
__attribute__((no_sanitize("thread"))) static bool has_waiter(PKEVENT event)
{
	return *(PLIST_ENTRY volatile *)&event->Header.WaitListHead.Flink !=
	       &event->Header.WaitListHead;
}

/* A waiter is released by a signal that is taken back at once. */
static void test_signal_is_handed_over(void **state)
{
	struct handoff h;
	pthread_t thread;

	for (int i = 0; i < 200; i++) {
		KeInitializeEvent(&h.event, NotificationEvent, FALSE);
		KeInitializeEvent(&h.ready, NotificationEvent, FALSE);
		pthread_create(&thread, NULL, wait_handoff, &h);
		wait_for(&h.ready);
		while (!has_waiter(&h.event))
			sched_yield();
		KeSetEvent(&h.event, 0, FALSE);
		KeClearEvent(&h.event);
		pthread_join(thread, NULL);
		assert_int_equal(h.status, STATUS_SUCCESS);
	}
}

struct ticks {
	KTIMER timer;
	KDPC dpc;
	KEVENT done;
	atomic_int count;
	KIRQL irql;
	PVOID arguments[2];
};

static VOID tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	struct ticks *t = context;

	t->irql = KeGetCurrentIrql();
	t->arguments[0] = argument1;
	t->arguments[1] = argument2;
	if (++t->count >= 3)
		KeSetEvent(&t->done, 0, FALSE);
}

static void test_timer_and_dpc(void **state)
{
	LARGE_INTEGER soon = {.QuadPart = -10000}, late = {.QuadPart = -600000000ll};
	struct ticks t = {0};

	KeInitializeTimerEx(&t.timer, SynchronizationTimer);
	KeInitializeDpc(&t.dpc, tick, &t);
	KeInitializeEvent(&t.done, NotificationEvent, FALSE);
	assert_false(KeSetTimerEx(&t.timer, soon, 1, &t.dpc));
	assert_int_equal(wait_for(&t.done), STATUS_SUCCESS);
	assert_int_equal(wait_for(&t.timer), STATUS_SUCCESS);
	assert_true(KeCancelTimer(&t.timer));
	assert_false(KeCancelTimer(&t.timer));
	KeFlushQueuedDpcs();
	int count = t.count;
	assert_int_equal(t.irql, DISPATCH_LEVEL);
	assert_false(KeSetTimer(&t.timer, late, &t.dpc));
	assert_true(KeSetTimer(&t.timer, late, &t.dpc));
	assert_true(KeCancelTimer(&t.timer));
	assert_true(KeInsertQueueDpc(&t.dpc, &t, &count));
	KeFlushQueuedDpcs();
	assert_int_equal(t.count, count + 1);
	assert_ptr_equal(t.arguments[0], &t);
	assert_ptr_equal(t.arguments[1], &count);
	assert_false(KeRemoveQueueDpc(&t.dpc));
}

static VOID bad_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	KeLowerIrql(PASSIVE_LEVEL);
}

/* A routine that comes back at another level harms no other. */
static void test_level_is_restored(void **state)
{
	struct ticks t = {0};
	KDPC bad;

	KeInitializeDpc(&bad, bad_dpc, NULL);
	KeInitializeDpc(&t.dpc, tick, &t);
	KeInitializeEvent(&t.done, NotificationEvent, FALSE);
	KeInsertQueueDpc(&bad, NULL, NULL);
	KeInsertQueueDpc(&t.dpc, NULL, NULL);
	KeFlushQueuedDpcs();
	assert_int_equal(t.irql, DISPATCH_LEVEL);
}

static VOID thread_routine(PVOID context)
{
	atomic_fetch_add((atomic_int *)context, 1);
	PsTerminateSystemThread(STATUS_SUCCESS);
	atomic_fetch_add((atomic_int *)context, 100);
}

static void test_system_thread(void **state)
{
	atomic_int count = 0;
	HANDLE handle;
	PVOID thread;

	assert_int_equal(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
					      thread_routine, &count),
			 STATUS_SUCCESS);
	assert_int_equal(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *IoFileObjectType,
						   KernelMode, &thread, NULL),
			 STATUS_OBJECT_TYPE_MISMATCH);
	assert_int_equal(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType,
						   KernelMode, &thread, NULL),
			 STATUS_SUCCESS);
	assert_int_equal(ZwClose(handle), STATUS_SUCCESS);
	assert_int_equal(ZwClose(handle), STATUS_INVALID_HANDLE);
	assert_int_equal(wait_for(thread), STATUS_SUCCESS);
	assert_int_equal(count, 1);
	ObDereferenceObject(thread);
	assert_int_equal(PsTerminateSystemThread(STATUS_SUCCESS), STATUS_INVALID_PARAMETER);
}

struct work {
	WORK_QUEUE_ITEM item;
	KEVENT started, go, done;
	KIRQL irql;
};

static VOID work_routine(PVOID parameter)
{
	struct work *w = parameter;

	w->irql = KeGetCurrentIrql();
	KeSetEvent(&w->started, 0, FALSE);
	wait_for(&w->go);
	KeSetEvent(&w->done, 0, FALSE);
}

/* Items that wait for each other: one more thread for each. */
static void test_work_items(void **state)
{
	struct work w[8];

	for (int i = 0; i < 8; i++) {
		KeInitializeEvent(&w[i].started, NotificationEvent, FALSE);
		KeInitializeEvent(&w[i].go, NotificationEvent, FALSE);
		KeInitializeEvent(&w[i].done, NotificationEvent, FALSE);
		ExInitializeWorkItem(&w[i].item, work_routine, &w[i]);
		KIRQL old = KeRaiseIrqlToDpcLevel();
		ExQueueWorkItem(&w[i].item, DelayedWorkQueue);
		KeLowerIrql(old);
	}
	for (int i = 7; i >= 0; i--) {
		assert_int_equal(wait_for(&w[i].started), STATUS_SUCCESS);
		assert_int_equal(w[i].irql, PASSIVE_LEVEL);
		KeSetEvent(&w[i].go, 0, FALSE);
		assert_int_equal(wait_for(&w[i].done), STATUS_SUCCESS);
	}
}

static void test_pools(void **state)
{
	NPAGED_LOOKASIDE_LIST list;

	ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
	UCHAR *memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 0x31323334);

	for (int i = 0; i < 100; i++)
		assert_int_equal(memory[i], 0);
	assert_int_equal((ULONG_PTR)memory & 15, 0);
	ExFreePoolWithTag(memory, 0x31323334);
	assert_null(ExAllocatePoolWithTag(PagedPool, SIZE_MAX, 1));
	ExInitializeNPagedLookasideList(&list, NULL, NULL, 0, 24, 1, 0);
	PVOID first = ExAllocateFromNPagedLookasideList(&list);
	ExFreeToNPagedLookasideList(&list, first);
	assert_ptr_equal(ExAllocateFromNPagedLookasideList(&list), first);
	ExFreeToNPagedLookasideList(&list, first);
	ExDeleteNPagedLookasideList(&list);
}

static int own_blocks, own_bytes;

static PVOID own_allocate(POOL_TYPE type, SIZE_T bytes, ULONG tag)
{
	own_blocks++;
	own_bytes = (int)bytes;
	return malloc(bytes);
}

static VOID own_free(PVOID block)
{
	own_blocks--;
	free(block);
}

/* A driver's own functions make and free the blocks of its lookaside list. */
static void test_lookaside_functions(void **state)
{
	NPAGED_LOOKASIDE_LIST list;

	ExInitializeNPagedLookasideList(&list, own_allocate, own_free, 0, 40, 1, 0);
	PVOID first = ExAllocateFromNPagedLookasideList(&list);
	assert_int_equal(own_blocks, 1);
	assert_int_equal(own_bytes, 40);
	ExFreeToNPagedLookasideList(&list, first);
	ExDeleteNPagedLookasideList(&list);
	assert_int_equal(own_blocks, 0);
}

/* The headers' inline functions work on what the library made: the paged kind keeps as many as it was told. */
static void test_lookaside_depth(void **state)
{
	PAGED_LOOKASIDE_LIST list;
	PVOID blocks[3];

	ExInitializePagedLookasideList(&list, own_allocate, own_free, 0, 1, 1, 2);
	for (int i = 0; i < 3; i++)
		blocks[i] = ExAllocateFromPagedLookasideList(&list);
	assert_int_equal(own_blocks, 3);
	assert_int_equal(own_bytes, sizeof(SLIST_ENTRY));
	for (int i = 0; i < 3; i++)
		ExFreeToPagedLookasideList(&list, blocks[i]);
	assert_int_equal(own_blocks, 2);
	assert_int_equal(ExQueryDepthSList(&list.L.ListHead), 2);
	ExDeletePagedLookasideList(&list);
	assert_int_equal(own_blocks, 0);
}

static void test_single_lists(void **state)
{
	SLIST_HEADER head;
	SLIST_ENTRY entries[2];

	InitializeSListHead(&head);
	assert_null(InterlockedPopEntrySList(&head));
	assert_null(InterlockedPushEntrySList(&head, &entries[0]));
	assert_ptr_equal(InterlockedPushEntrySList(&head, &entries[1]), &entries[0]);
	assert_ptr_equal(InterlockedPopEntrySList(&head), &entries[1]);
	assert_ptr_equal(InterlockedFlushSList(&head), &entries[0]);
	assert_int_equal(ExQueryDepthSList(&head), 0);
}

static void test_remove_lock(void **state)
{
	IO_REMOVE_LOCK remove;

	IoInitializeRemoveLock(&remove, 0, 0, 0);
	assert_int_equal(IoAcquireRemoveLock(&remove, state), STATUS_SUCCESS);
	IoReleaseRemoveLock(&remove, state);
	assert_int_equal(IoAcquireRemoveLock(&remove, state), STATUS_SUCCESS);
	IoReleaseRemoveLockAndWait(&remove, state);
	assert_int_equal(IoAcquireRemoveLock(&remove, state), STATUS_DELETE_PENDING);
}

static NTSTATUS more_processing(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	*(PDEVICE_OBJECT *)context = device;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS complete_here(PDEVICE_OBJECT device, PIRP irp)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static PDEVICE_OBJECT lower_device;

static NTSTATUS pass_down(PDEVICE_OBJECT device, PIRP irp)
{
	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(lower_device, irp);
}

static void test_irp_and_stack(void **state)
{
	DRIVER_EXTENSION extension = {0};
	DRIVER_OBJECT lower = {.DriverExtension = &extension}, upper = lower;
	PDEVICE_OBJECT upper_device, completed_at = upper_device = NULL;

	lower.MajorFunction[IRP_MJ_PNP] = complete_here;
	upper.MajorFunction[IRP_MJ_PNP] = pass_down;
	assert_int_equal(
		IoCreateDevice(&lower, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower_device),
		STATUS_SUCCESS);
	assert_int_equal(
		IoCreateDevice(&upper, 40, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper_device),
		STATUS_SUCCESS);
	assert_ptr_equal(IoAttachDeviceToDeviceStack(upper_device, lower_device), lower_device);
	assert_null(IoAttachDeviceToDeviceStack(upper_device, lower_device));
	assert_int_equal(upper_device->StackSize, 2);
	assert_ptr_equal(IoGetAttachedDevice(lower_device), upper_device);
	PIRP irp = IoAllocateIrp(upper_device->StackSize, FALSE);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
	IoGetNextIrpStackLocation(irp)->MinorFunction = IRP_MN_QUERY_ID;
	completed_at = upper_device;
	IoSetCompletionRoutine(irp, more_processing, &completed_at, TRUE, TRUE, TRUE);
	assert_int_equal(IoCallDriver(upper_device, irp), STATUS_SUCCESS);
	assert_null(completed_at);
	assert_int_equal(irp->IoStatus.Information, IRP_MN_QUERY_ID);
	IoFreeIrp(irp);
	IoDetachDevice(lower_device);
	IoDeleteDevice(upper_device);
	IoDeleteDevice(lower_device);
	assert_null(upper.DeviceObject);
}

static void test_unicode_strings(void **state)
{
	DECLARE_CONST_UNICODE_STRING(hello, L"Hello");
	DECLARE_UNICODE_STRING_SIZE(text, 12);
	UNICODE_STRING other, wide;
	ANSI_STRING narrow;
	ULONG number;

	RtlInitUnicodeString(&other, L"hELLO");
	assert_int_equal(hello.Length, 10);
	assert_true(RtlEqualUnicodeString(&hello, &other, TRUE));
	assert_false(RtlEqualUnicodeString(&hello, &other, FALSE));
	RtlCopyUnicodeString(&text, &hello);
	assert_int_equal(RtlAppendUnicodeToString(&text, L", you"), STATUS_SUCCESS);
	assert_int_equal(text.Length, 20);
	assert_int_equal(RtlAppendUnicodeToString(&text, L"!!!"), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(text.Length, 20);
	assert_true(RtlPrefixUnicodeString(&hello, &text, FALSE));
	assert_int_equal(RtlUnicodeStringToAnsiString(&narrow, &text, TRUE), STATUS_SUCCESS);
	assert_string_equal(narrow.Buffer, "Hello, you");
	assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE), STATUS_SUCCESS);
	assert_int_equal(RtlCompareUnicodeString(&wide, &text, FALSE), 0);
	RtlFreeAnsiString(&narrow);
	RtlFreeUnicodeString(&wide);
	RtlInitUnicodeString(&other, L" 0x1fG");
	assert_int_equal(RtlUnicodeStringToInteger(&other, 0, &number), STATUS_SUCCESS);
	assert_int_equal(number, 0x1f);
}

static void test_guid_strings(void **state)
{
	const GUID guid = {0x7373654a, 0x812a, 0x11d0, {0xbe, 0xc7, 8, 0, 0x2b, 0xe2, 9, 0x2f}};
	UNICODE_STRING text, expected;
	GUID back;

	RtlInitUnicodeString(&expected, L"{7373654A-812A-11D0-BEC7-08002BE2092F}");
	assert_int_equal(RtlStringFromGUID(&guid, &text), STATUS_SUCCESS);
	assert_true(RtlEqualUnicodeString(&text, &expected, FALSE));
	assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_SUCCESS);
	assert_true(IsEqualGUID(&guid, &back));
	text.Length -= 2;
	assert_int_equal(RtlGUIDFromString(&text, &back), STATUS_INVALID_PARAMETER);
	RtlFreeUnicodeString(&text);
}

static void test_string_safe(void **state)
{
	DECLARE_CONST_UNICODE_STRING(counted, L"Gr\u00fc\u00dfe");
	char narrow[64], tiny[4];
	WCHAR wide[32];
	size_t length;

	assert_int_equal(RtlStringCbPrintfA(narrow, sizeof(narrow),
					    "%wZ|%ws|%s|%S|%5ld|%I64u|%-4x|", &counted, L"w", "n",
					    L"S", -7, 1ull << 40, 0xab),
			 STATUS_SUCCESS);
	assert_string_equal(narrow, "Gr\xc3\xbc\xc3\x9f"
				    "e|w|n|S|   -7|1099511627776|ab  |");
	assert_int_equal(
		RtlStringCchPrintfW(wide, 32, L"%s-%S-%hs-%03d%%", L"wide", "narrow", "h", 5),
		STATUS_SUCCESS);
	assert_memory_equal(wide, L"wide-narrow-h-005%", sizeof(L"wide-narrow-h-005%"));
	assert_int_equal(RtlStringCbCopyA(tiny, sizeof(tiny), "abcdef"), STATUS_BUFFER_OVERFLOW);
	assert_string_equal(tiny, "abc");
	assert_int_equal(RtlStringCbPrintfA(tiny, sizeof(tiny), "%d", 123456),
			 STATUS_BUFFER_OVERFLOW);
	assert_string_equal(tiny, "123");
	assert_int_equal(RtlStringCbCopyA(tiny, 0, "a"), STATUS_INVALID_PARAMETER);
	assert_int_equal(RtlStringCchCopyW(wide, 32, L"ab"), STATUS_SUCCESS);
	assert_int_equal(RtlStringCchCatW(wide, 32, L"cd"), STATUS_SUCCESS);
	assert_int_equal(RtlStringCbLengthW(wide, sizeof(wide), &length), STATUS_SUCCESS);
	assert_int_equal(length, 8);
	assert_int_equal(wcslen(wide), 4);
	assert_int_equal(wcscmp(wide, L"abcd"), 0);
}

static int teardown(void **state)
{
	pnpn_host_stop_kernel();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_irql),
		cmocka_unit_test(test_spin_lock),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_semaphore_and_multiple),
		cmocka_unit_test(test_mutexes),
		cmocka_unit_test(test_signal_is_handed_over),
		cmocka_unit_test_teardown(test_timer_and_dpc, teardown),
		cmocka_unit_test_teardown(test_level_is_restored, teardown),
		cmocka_unit_test(test_system_thread),
		cmocka_unit_test_teardown(test_work_items, teardown),
		cmocka_unit_test(test_pools),
		cmocka_unit_test(test_lookaside_functions),
		cmocka_unit_test(test_lookaside_depth),
		cmocka_unit_test(test_single_lists),
		cmocka_unit_test(test_remove_lock),
		cmocka_unit_test(test_irp_and_stack),
		cmocka_unit_test(test_unicode_strings),
		cmocka_unit_test(test_guid_strings),
		cmocka_unit_test(test_string_safe),
	};

	return cmocka_run_group_tests_name("kernel objects", tests, NULL, NULL);
}
