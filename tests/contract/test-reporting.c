/* SPDX-License-Identifier: MIT */
/* A driver's reports, through the driver face: R1 to R7, R9 to R11, R13. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "wdm-fixture.h"
#include <wdmguid.h>
#include "wdm/host.h"

/* R1: copied before it returns; nobody is waited for, not even who never takes an event. */
static void test_r1_copied(void **state)
{
	struct wdm_fixture *f = *state;
	union notification *notification = malloc(sizeof(*notification));
	ULONG number = 7;

	notification_fill(notification, &number, sizeof(number));
	assert_int_equal(
		IoReportTargetDeviceChangeAsynchronous(reporter_pdo, notification, NULL, NULL), 0);
	memset(notification, 0xee, sizeof(*notification));
	free(notification);
	assert_int_equal(event_number(application_next(f)), 7);
	for (ULONG i = 0; i < 20000; i++)
		assert_int_equal(report_number(i, NULL, NULL), STATUS_SUCCESS);
	for (ULONG i = 0; i < 20000; i++)
		assert_int_equal(event_number(application_next(f)), i);
}

static void count_call(PVOID context)
{
	atomic_fetch_add((atomic_int *)context, 1);
}

static void set_event(PVOID event)
{
	KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

/* Callbacks run in order: once this one has, those before have. */
static void wait_for_callbacks(void)
{
	static KEVENT done;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	assert_int_equal(report_number(0xffffffff, set_event, &done), STATUS_SUCCESS);
	event_wait(&done);
}

static void expect_refused(struct wdm_fixture *f, union notification *notification, NTSTATUS status)
{
	static atomic_int calls;

	calls = 0;
	assert_int_equal(IoReportTargetDeviceChangeAsynchronous(reporter_pdo, notification,
								count_call, &calls),
			 status);
	assert_int_equal(IoReportTargetDeviceChange(reporter_pdo, notification), status);
	application_expect_nothing(f);
	wait_for_callbacks();
	assert_int_equal(calls, 0);
	assert_int_equal(event_number(application_next(f)), 0xffffffff);
}

/* R3: system events are refused, nothing is sent, R9: the callback of a refused report does not run. */
static void test_r3_system_events(void **state)
{
	const GUID *const refused[] = {
		&GUID_TARGET_DEVICE_QUERY_REMOVE,    &GUID_TARGET_DEVICE_REMOVE_CANCELLED,
		&GUID_TARGET_DEVICE_REMOVE_COMPLETE, &GUID_DEVICE_INTERFACE_ARRIVAL,
		&GUID_DEVICE_INTERFACE_REMOVAL,	     &GUID_HWPROFILE_QUERY_CHANGE,
		&GUID_HWPROFILE_CHANGE_CANCELLED,    &GUID_HWPROFILE_CHANGE_COMPLETE,
		&GUID_PNP_CUSTOM_NOTIFICATION,	     &GUID_PNP_POWER_NOTIFICATION};
	union notification notification;

	for (size_t i = 0; i < RTL_NUMBER_OF(refused); i++) {
		notification_fill(&notification, "abcd", 4);
		notification.custom.Event = *refused[i];
		expect_refused(*state, &notification, STATUS_INVALID_DEVICE_REQUEST);
	}
}

/* R4: malformed notifications are refused, one thing wrong at a time. */
static void test_r4_malformed(void **state)
{
	static const struct {
		USHORT version, size;
		LONG name_offset;
		ULONG_PTR file;
	} wrong[] = {
		{2, DATA_OFFSET + 4, -1, 0},
		{0, DATA_OFFSET + 4, -1, 0},
		{1, DATA_OFFSET + 4, -1, 16},
		{1, DATA_OFFSET - 1, -1, 0},
		{1, 20, -1, 0},
		{1, 0, -1, 0},
		{1, DATA_OFFSET + 4, -2, 0},
		{1, DATA_OFFSET + 4, 1, 0},
		{1, DATA_OFFSET + 4, 4, 0},
		{1, DATA_OFFSET, 0, 0},
	};
	union notification notification;

	for (size_t i = 0; i < RTL_NUMBER_OF(wrong); i++) {
		notification_fill(&notification, "abcd", 4);
		notification.custom.Version = wrong[i].version;
		notification.custom.Size = wrong[i].size;
		notification.custom.NameBufferOffset = wrong[i].name_offset;
		notification.custom.FileObject = (PFILE_OBJECT)wrong[i].file;
		expect_refused(*state, &notification, STATUS_INVALID_PARAMETER);
	}
	expect_refused(*state, NULL, STATUS_INVALID_PARAMETER);
}

/* R4: what Size does not cover is not even looked at. */
static void test_r4_short_memory(void **state)
{
	USHORT *small = malloc(4);

	small[0] = 1;
	small[1] = 4;
	assert_int_equal(IoReportTargetDeviceChangeAsynchronous(reporter_pdo, small, NULL, NULL),
			 STATUS_INVALID_PARAMETER);
	free(small);
}

static void expect_data(struct wdm_fixture *f, const union notification *notification, size_t bytes)
{
	size_t size;

	const void *data = pnpn_event_get_data(application_next(f), &size);
	assert_int_equal(size, bytes);
	assert_memory_equal(data, notification->bytes + DATA_OFFSET, bytes);
}

/* R5: Size minus the offset of the data is carried, up to the largest, padding included. */
static void test_r5_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 64, 4096, 65535 - 36};
	union notification notification;
	UCHAR data[65536];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (UCHAR)(i * 7);
	for (size_t i = 0; i < RTL_NUMBER_OF(sizes); i++) {
		notification_fill(&notification, data, sizes[i]);
		assert_int_equal(IoReportTargetDeviceChange(reporter_pdo, &notification), 0);
		expect_data(*state, &notification, sizes[i]);
	}
	notification_fill(&notification, data, 64);
	notification.custom.Size = sizeof(TARGET_DEVICE_CUSTOM_NOTIFICATION) -
				   sizeof(notification.custom.CustomDataBuffer) + 5;
	assert_int_equal(IoReportTargetDeviceChange(reporter_pdo, &notification), 0);
	expect_data(*state, &notification, 5 + 3);
}

static NTSTATUS early_add, early_start;

static void report_on_add(void)
{
	early_add = report_number(1, NULL, NULL);
}

static void report_on_start(UCHAR minor)
{
	if (minor == IRP_MN_START_DEVICE)
		early_start = report_number(1, NULL, NULL);
}

/* R6: only a started, present PDO can be reported on. */
static void test_r6_no_pdo(void **state)
{
	struct wdm_fixture *f = *state;
	union notification notification;
	PDEVICE_OBJECT pdo = reporter_pdo;
	DEVICE_OBJECT stranger = {0};
	PDEVICE_OBJECT none[] = {NULL, reporter_fdo, &stranger};

	pnpn_host_set_verify(false);
	notification_fill(&notification, "", 0);
	for (size_t i = 0; i < RTL_NUMBER_OF(none); i++) {
		assert_int_equal(
			IoReportTargetDeviceChangeAsynchronous(none[i], &notification, NULL, NULL),
			STATUS_INVALID_DEVICE_REQUEST);
		assert_int_equal(IoReportTargetDeviceChange(none[i], &notification),
				 STATUS_INVALID_DEVICE_REQUEST);
	}
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	assert_int_equal(IoReportTargetDeviceChange(pdo, &notification),
			 STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(pnpn_event_get_kind(application_next(f)), PNPN_EVENT_DEVICE_REMOVED);
	reporter_on_add = report_on_add;
	reporter_on_pnp = report_on_start;
	wdm_add_drivers();
	assert_int_equal(early_add, STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(early_start, STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(report_number(1, NULL, NULL), STATUS_SUCCESS);
}

/* R7: asynchronous up to DISPATCH_LEVEL, synchronous at PASSIVE_LEVEL. */
static void test_r7_levels(void **state)
{
	struct wdm_fixture *f = *state;
	union notification notification;
	NTSTATUS at_dispatch, synchronous, above;
	KIRQL old;

	pnpn_host_set_verify(false);
	notification_fill(&notification, "", 0);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	at_dispatch = report_number(3, NULL, NULL);
	synchronous = IoReportTargetDeviceChange(reporter_pdo, &notification);
	KeRaiseIrql(DISPATCH_LEVEL + 1, &old);
	above = report_number(4, NULL, NULL);
	KeLowerIrql(PASSIVE_LEVEL);
	assert_int_equal(at_dispatch, STATUS_SUCCESS);
	assert_int_equal(synchronous, STATUS_INVALID_LEVEL);
	assert_int_equal(above, STATUS_INVALID_LEVEL);
	assert_int_equal(event_number(application_next(f)), 3);
	application_expect_nothing(f);
}

struct callbacks {
	ULONG expected, count;
	bool in_order, passive;
	KEVENT done;
};

static struct callbacks callbacks;

static void count_callback(PVOID number)
{
	callbacks.in_order &= (ULONG)(ULONG_PTR)number == callbacks.count;
	callbacks.passive &= KeGetCurrentIrql() == PASSIVE_LEVEL;
	if (++callbacks.count == callbacks.expected)
		KeSetEvent(&callbacks.done, IO_NO_INCREMENT, FALSE);
}

static void callbacks_init(ULONG expected)
{
	callbacks = (struct callbacks){.expected = expected, .in_order = true, .passive = true};
	KeInitializeEvent(&callbacks.done, NotificationEvent, FALSE);
}

/* R9: once for each report, in their order, at PASSIVE_LEVEL. R13: also without any registrant. */
static void test_r9_r13_callbacks(void **state)
{
	struct wdm_fixture *f = *state;

	f->application = pnpn_disconnect(f->application);
	callbacks_init(5000);
	for (ULONG_PTR i = 0; i < 5000; i++) {
		KIRQL old = KeRaiseIrqlToDpcLevel();
		NTSTATUS status = report_number((ULONG)i, count_callback, (PVOID)i);
		KeLowerIrql(old);
		assert_int_equal(status, STATUS_SUCCESS);
	}
	event_wait(&callbacks.done);
	wait_for_callbacks();
	assert_int_equal(callbacks.count, 5000);
	assert_true(callbacks.in_order);
	assert_true(callbacks.passive);
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void needs_lock(PVOID done)
{
	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
	KeSetEvent(done, IO_NO_INCREMENT, FALSE);
}

/* R9: never inside the reporting call: the caller may hold a lock that the callback takes. */
static void test_r9_not_inside_the_call(void **state)
{
	static KEVENT done;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	pthread_mutex_lock(&held);
	NTSTATUS status = report_number(1, needs_lock, &done);
	pthread_mutex_unlock(&held);
	assert_int_equal(status, STATUS_SUCCESS);
	event_wait(&done);
}

static void stays_raised(PVOID unused)
{
	KeRaiseIrqlToDpcLevel();
}

/* R9: at PASSIVE_LEVEL also behind a callback that came back at another level. */
static void test_r9_level_is_restored(void **state)
{
	pnpn_host_set_verify(false);
	callbacks_init(1);
	assert_int_equal(report_number(0, stays_raised, NULL), STATUS_SUCCESS);
	assert_int_equal(report_number(1, count_callback, NULL), STATUS_SUCCESS);
	event_wait(&callbacks.done);
	assert_true(callbacks.passive);
}

static struct {
	NTSTATUS status[2];
	atomic_int in_routine, ran_inside, ran;
	KEVENT done;
} removal;

static void removal_callback(PVOID unused)
{
	removal.ran_inside += removal.in_routine;
	if (++removal.ran == 2)
		KeSetEvent(&removal.done, IO_NO_INCREMENT, FALSE);
}

static void report_on_removal(UCHAR minor)
{
	if (minor != IRP_MN_SURPRISE_REMOVAL && minor != IRP_MN_REMOVE_DEVICE)
		return;
	removal.in_routine = 1;
	removal.status[minor == IRP_MN_REMOVE_DEVICE] = report_number(minor, removal_callback,
								      NULL);
	/* Time for a callback that is wrong to run. */
	LARGE_INTEGER moment = {.QuadPart = -20000};
	KeDelayExecutionThread(KernelMode, FALSE, &moment);
	removal.in_routine = 0;
}

/* R10: a report while the driver handles its removal is accepted, its callback runs afterwards. */
static void test_r10_during_removal(void **state)
{
	struct wdm_fixture *f = *state;

	KeInitializeEvent(&removal.done, NotificationEvent, FALSE);
	removal.ran = removal.ran_inside = 0;
	reporter_on_pnp = report_on_removal;
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	event_wait(&removal.done);
	assert_int_equal(removal.status[0], STATUS_SUCCESS);
	assert_int_equal(removal.status[1], STATUS_SUCCESS);
	assert_int_equal(removal.ran_inside, 0);
	assert_int_equal(event_number(application_next(f)), IRP_MN_SURPRISE_REMOVAL);
	assert_int_equal(pnpn_event_get_kind(application_next(f)), PNPN_EVENT_DEVICE_REMOVED);
}

struct racer {
	pthread_t thread;
	int accepted;
	atomic_int *called;
	NTSTATUS last;
};

static void *race(void *argument)
{
	struct racer *racer = argument;

	for (;;) {
		racer->last = report_number((ULONG)racer->accepted,
					    racer->called ? count_call : NULL, racer->called);
		if (!NT_SUCCESS(racer->last))
			return NULL;
		racer->accepted++;
	}
}

/* R6, R9, R10: reports from many threads race the removal: each is accepted, and its callback runs, or
 * it is refused; the removal is the last that registrants hear. */
static void test_r6_r9_reports_race_removal(void **state)
{
	struct wdm_fixture *f = *state;
	struct racer racers[4] = {0};
	atomic_int called = 0;
	int accepted = 0, with_callback = 0, events = 0;

	/* A report that comes too late is refused, and the context is this thread's. */
	pnpn_host_set_verify(false);
	for (int i = 0; i < 4; i++) {
		racers[i].called = i < 2 ? &called : NULL;
		pthread_create(&racers[i].thread, NULL, race, &racers[i]);
	}
	for (int i = 0; i < 100; i++, events++)
		event_number(application_next(f));
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(racers[i].thread, NULL);
		assert_int_equal(racers[i].last, STATUS_INVALID_DEVICE_REQUEST);
		accepted += racers[i].accepted;
		with_callback += racers[i].called ? racers[i].accepted : 0;
	}
	while (pnpn_event_get_kind(application_next(f)) == PNPN_EVENT_CUSTOM)
		events++;
	assert_true(events <= accepted);
	/* On the PnP thread, behind the last callback. */
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), -ENOENT);
	wdm_add_drivers();
	assert_int_equal(called, with_callback);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, wdm_setup, wdm_teardown)
		TEST(test_r1_copied),
		TEST(test_r3_system_events),
		TEST(test_r4_malformed),
		TEST(test_r4_short_memory),
		TEST(test_r5_sizes),
		TEST(test_r6_no_pdo),
		TEST(test_r7_levels),
		TEST(test_r9_r13_callbacks),
		TEST(test_r9_not_inside_the_call),
		TEST(test_r9_level_is_restored),
		TEST(test_r10_during_removal),
		TEST(test_r6_r9_reports_race_removal),
	};

	return cmocka_run_group_tests_name("reporting", tests, NULL, NULL);
}
