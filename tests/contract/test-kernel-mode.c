/* SPDX-License-Identifier: MIT */
/* Drivers as registrants, in one host with the device: section K, and R2, R9, R11 for them. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "wdm-fixture.h"
#include <wdmguid.h>
#include "wdm/host.h"

/* What the watcher's callback saw. */
struct watch {
	PVOID entry;
	ULONG count, numbers[4096];
	bool passive, sane;
	PFILE_OBJECT file;
	atomic_bool removed;
	KEVENT called, go; /* go: callbacks wait for it, if hold */
	atomic_bool hold;
	atomic_int done;
	atomic_bool in_callback;
};

/* What callbacks write is read after something in shared memory said that they have returned, which the
 * thread sanitizer can't see: so there is a lock between them, too. */
static pthread_mutex_t seen = PTHREAD_MUTEX_INITIALIZER;

static void see(void)
{
	pthread_mutex_lock(&seen);
	pthread_mutex_unlock(&seen);
}

static NTSTATUS watch_callback(PVOID structure, PVOID context)
{
	PTARGET_DEVICE_CUSTOM_NOTIFICATION custom = structure;
	struct watch *w = context;

	w->in_callback = true;
	pthread_mutex_lock(&seen);
	w->passive &= KeGetCurrentIrql() == PASSIVE_LEVEL;
	w->sane &= custom->Version == 1 && ((ULONG_PTR)structure & 7) == 0;
	w->file = custom->FileObject;
	if (IsEqualGUID(&custom->Event, &GUID_TARGET_DEVICE_REMOVE_COMPLETE)) {
		w->removed = true;
		w->sane &= custom->Size == sizeof(TARGET_DEVICE_REMOVAL_NOTIFICATION);
	} else {
		w->sane &= IsEqualGUID(&custom->Event, &event_guid);
		w->sane &= custom->Size == DATA_OFFSET + sizeof(ULONG);
		w->sane &= custom->NameBufferOffset == -1;
		memcpy(&w->numbers[w->count++ % 4096], custom->CustomDataBuffer, sizeof(ULONG));
	}
	pthread_mutex_unlock(&seen);
	KeSetEvent(&w->called, IO_NO_INCREMENT, FALSE);
	if (w->hold)
		KeWaitForSingleObject(&w->go, Executive, KernelMode, FALSE, NULL);
	w->done++;
	w->in_callback = false;
	return STATUS_SUCCESS;
}

static void watch_init(struct watch *w)
{
	*w = (struct watch){.passive = true, .sane = true};
	KeInitializeEvent(&w->called, SynchronizationEvent, FALSE);
	KeInitializeEvent(&w->go, NotificationEvent, FALSE);
}

static NTSTATUS watch_register(struct watch *w, PDRIVER_OBJECT driver, PFILE_OBJECT file)
{
	return IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file, driver,
					      watch_callback, w, &w->entry);
}

static struct watch *watch_new(PFILE_OBJECT *ret_file)
{
	struct watch *w = malloc(sizeof(*w));

	watch_init(w);
	*ret_file = reporter_open();
	assert_int_equal(watch_register(w, watcher_driver, *ret_file), STATUS_SUCCESS);
	return w;
}

static void watch_free(struct watch *w, PFILE_OBJECT file)
{
	if (w->entry)
		assert_int_equal(IoUnregisterPlugPlayNotificationEx(w->entry), STATUS_SUCCESS);
	if (file)
		ObDereferenceObject(file);
	free(w);
}

static NTSTATUS report_sync(ULONG number)
{
	union notification notification;

	notification_fill(&notification, &number, sizeof(number));
	NTSTATUS status = IoReportTargetDeviceChange(reporter_pdo, &notification);
	see();
	return status;
}

/* K1: unknown categories and missing arguments. */
static void test_k1_arguments(void **state)
{
	static const int wrong[] = {0, 4, 5, -1};
	PFILE_OBJECT file = reporter_open();
	PVOID entry = NULL;

	for (size_t i = 0; i < RTL_NUMBER_OF(wrong); i++)
		assert_int_equal(IoRegisterPlugPlayNotification(
					 (IO_NOTIFICATION_EVENT_CATEGORY)wrong[i], 0, file,
					 watcher_driver, watch_callback, NULL, &entry),
				 STATUS_INVALID_PARAMETER);
	for (int missing = 0; missing < 4; missing++)
		assert_int_equal(
			IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0,
						       missing == 0 ? NULL : file,
						       missing == 1 ? NULL : watcher_driver,
						       missing == 2 ? NULL : watch_callback, NULL,
						       missing == 3 ? NULL : &entry),
			STATUS_INVALID_PARAMETER);
	assert_int_equal(IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0, NULL,
							watcher_driver, watch_callback, NULL,
							&entry),
			 STATUS_INVALID_PARAMETER);
	assert_null(entry);
	assert_int_equal(IoRegisterPlugPlayNotification(EventCategoryHardwareProfileChange, 0, NULL,
							watcher_driver, watch_callback, NULL,
							&entry),
			 STATUS_SUCCESS);
	assert_int_equal(IoUnregisterPlugPlayNotification(entry), STATUS_SUCCESS);
	assert_int_equal(IoUnregisterPlugPlayNotification(entry), STATUS_INVALID_PARAMETER);
	ObDereferenceObject(file);
}

/* K2: the device's own driver may, though the documentation forbids it. */
static void test_k2_own_driver(void **state)
{
	PFILE_OBJECT file = reporter_open();
	struct watch w;

	pnpn_host_set_verify(false);
	watch_init(&w);
	assert_int_equal(watch_register(&w, reporter_driver, file), STATUS_SUCCESS);
	assert_int_equal(report_sync(7), STATUS_SUCCESS);
	assert_int_equal(w.count, 1);
	assert_int_equal(IoUnregisterPlugPlayNotificationEx(w.entry), STATUS_SUCCESS);
	ObDereferenceObject(file);
}

/* K2: the registration outlives the file; each registrant sees its own file, NULL once closed. */
static void test_k2_file_object(void **state)
{
	PFILE_OBJECT file, other_file;
	struct watch *w = watch_new(&file), *other = watch_new(&other_file);

	assert_ptr_not_equal(file, other_file);
	assert_int_equal(report_sync(1), STATUS_SUCCESS);
	assert_ptr_equal(w->file, file);
	assert_ptr_equal(other->file, other_file);
	ObDereferenceObject(file);
	/* They may lie where the closed one did. */
	PFILE_OBJECT late[16];
	for (int i = 0; i < 16; i++)
		late[i] = reporter_open();
	assert_int_equal(report_sync(2), STATUS_SUCCESS);
	assert_null(w->file);
	assert_ptr_equal(other->file, other_file);
	assert_int_equal(w->count, 2);
	for (int i = 0; i < 16; i++)
		ObDereferenceObject(late[i]);
	watch_free(w, NULL);
	watch_free(other, other_file);
}

/* K3: custom events and the removal, at PASSIVE_LEVEL. */
static void test_k3_structures(void **state)
{
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);

	assert_int_equal(report_sync(77), STATUS_SUCCESS);
	assert_int_equal(w->numbers[0], 77);
	event_wait(&w->called);
	assert_false(w->removed);
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	event_wait(&w->called);
	while (!w->done || w->in_callback)
		sched_yield();
	see();
	assert_true(w->removed);
	assert_true(w->passive);
	assert_true(w->sane);
	assert_int_equal(w->count, 1);
	watch_free(w, file);
}

/* What the class watcher saw. */
static struct {
	atomic_bool arrived, gone, sane;
	PVOID entry;
	WCHAR name[256];
	KEVENT called;
} interfaces;

static NTSTATUS interface_callback(PVOID structure, PVOID context)
{
	PDEVICE_INTERFACE_CHANGE_NOTIFICATION change = structure;

	pthread_mutex_lock(&seen);
	interfaces.sane &= change->Version == 1 && change->Size == sizeof(*change) &&
			   IsEqualGUID(&change->InterfaceClassGuid, &interface_guid) &&
			   KeGetCurrentIrql() == PASSIVE_LEVEL;
	interfaces.arrived |= IsEqualGUID(&change->Event, &GUID_DEVICE_INTERFACE_ARRIVAL);
	interfaces.gone |= IsEqualGUID(&change->Event, &GUID_DEVICE_INTERFACE_REMOVAL);
	memcpy(interfaces.name, change->SymbolicLinkName->Buffer, change->SymbolicLinkName->Length);
	pthread_mutex_unlock(&seen);
	KeSetEvent(&interfaces.called, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

static void interfaces_watch(ULONG flags)
{
	memset(&interfaces, 0, sizeof(interfaces));
	interfaces.sane = true;
	KeInitializeEvent(&interfaces.called, SynchronizationEvent, FALSE);
	assert_int_equal(IoRegisterPlugPlayNotification(
				 EventCategoryDeviceInterfaceChange, flags, (PVOID)&interface_guid,
				 watcher_driver, interface_callback, NULL, &interfaces.entry),
			 STATUS_SUCCESS);
}

/* K3, D1 to D3 as a driver sees them, K4: interfaces that are there already. */
static void test_k3_interfaces(void **state)
{
	UNICODE_STRING name, again, reference, expected;

	RtlInitUnicodeString(&expected,
			     L"\\??\\ROOT#REPORTER#0000#{77aa01d1-1111-4222-0102-030405060708}");
	interfaces_watch(0);
	assert_int_equal(IoRegisterDeviceInterface(reporter_pdo, &interface_guid, NULL, &name), 0);
	assert_true(RtlEqualUnicodeString(&name, &expected, TRUE));
	assert_int_equal(IoRegisterDeviceInterface(reporter_pdo, &interface_guid, NULL, &again),
			 STATUS_OBJECT_NAME_EXISTS);
	assert_true(RtlEqualUnicodeString(&name, &again, FALSE));
	RtlInitUnicodeString(&reference, L"a\\b");
	assert_int_equal(
		IoRegisterDeviceInterface(reporter_pdo, &interface_guid, &reference, &expected),
		STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(IoSetDeviceInterfaceState(&name, FALSE), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(IoSetDeviceInterfaceState(&name, TRUE), STATUS_SUCCESS);
	event_wait(&interfaces.called);
	assert_true(interfaces.arrived);
	assert_memory_equal(interfaces.name, name.Buffer, name.Length);
	assert_int_equal(IoSetDeviceInterfaceState(&name, TRUE), STATUS_OBJECT_NAME_EXISTS);
	assert_int_equal(IoUnregisterPlugPlayNotificationEx(interfaces.entry), STATUS_SUCCESS);
	interfaces_watch(PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES);
	event_wait(&interfaces.called);
	assert_true(interfaces.arrived);
	assert_int_equal(IoSetDeviceInterfaceState(&name, FALSE), STATUS_SUCCESS);
	event_wait(&interfaces.called);
	assert_true(interfaces.gone);
	assert_true(interfaces.sane);
	assert_int_equal(IoUnregisterPlugPlayNotificationEx(interfaces.entry), STATUS_SUCCESS);
	RtlFreeUnicodeString(&name);
	RtlFreeUnicodeString(&again);
}

/* Does something on another thread, and tells whether the watcher's callback was done then. */
struct other_thread {
	pthread_t thread;
	struct watch *w;
	NTSTATUS (*act)(struct other_thread *other);
	NTSTATUS status;
	int done_then;
	atomic_bool returned;
};

static void *other_thread_main(void *argument)
{
	struct other_thread *other = argument;

	other->status = other->act(other);
	other->done_then = other->w->done;
	other->returned = true;
	return NULL;
}

static void other_thread_start(struct other_thread *other, struct watch *w,
			       NTSTATUS (*act)(struct other_thread *other))
{
	*other = (struct other_thread){.w = w, .act = act};
	assert_int_equal(pthread_create(&other->thread, NULL, other_thread_main, other), 0);
}

static NTSTATUS act_report(struct other_thread *other)
{
	return report_sync(5);
}

static NTSTATUS act_unregister(struct other_thread *other)
{
	return IoUnregisterPlugPlayNotificationEx(other->w->entry);
}

/* R2: the synchronous report returns when the callback has. */
static void test_r2_synchronous(void **state)
{
	struct other_thread other;
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);

	w->hold = true;
	other_thread_start(&other, w, act_report);
	event_wait(&w->called);
	usleep(2000); /* for a report that is wrong to return */
	assert_false(other.returned);
	KeSetEvent(&w->go, IO_NO_INCREMENT, FALSE);
	pthread_join(other.thread, NULL);
	assert_int_equal(other.status, STATUS_SUCCESS);
	assert_int_equal(other.done_then, 1);
	watch_free(w, file);
}

static struct {
	struct watch *w;
	int done_then;
	bool passive;
	KEVENT done;
} completion;

static void completed(PVOID unused)
{
	completion.done_then = completion.w->done;
	completion.passive = KeGetCurrentIrql() == PASSIVE_LEVEL;
	KeSetEvent(&completion.done, IO_NO_INCREMENT, FALSE);
}

/* R9: the callback runs when kernel-mode registrants were called. R11: waiting applications first. */
static void test_r9_after_registrants(void **state)
{
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);

	KeInitializeEvent(&completion.done, NotificationEvent, FALSE);
	completion.w = w;
	w->hold = true;
	assert_int_equal(report_number(9, completed, NULL), STATUS_SUCCESS);
	event_wait(&w->called);
	assert_int_equal(event_number(application_next(*state)), 9);
	assert_int_equal(KeReadStateEvent(&completion.done), 0);
	KeSetEvent(&w->go, IO_NO_INCREMENT, FALSE);
	event_wait(&completion.done);
	assert_int_equal(completion.done_then, 1);
	assert_true(completion.passive);
	watch_free(w, file);
}

static NTSTATUS act_remove(struct other_thread *other)
{
	return pnpn_host_remove_device(REPORTER_ID);
}

/* R9: also when the device goes meanwhile, callbacks wait for the registrants. */
static void test_r9_device_goes_meanwhile(void **state)
{
	LARGE_INTEGER moment = {.QuadPart = -1000000};
	struct other_thread other;
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);

	KeInitializeEvent(&completion.done, NotificationEvent, FALSE);
	completion.w = w;
	w->hold = true;
	assert_int_equal(report_number(9, completed, NULL), STATUS_SUCCESS);
	event_wait(&w->called);
	other_thread_start(&other, w, act_remove);
	assert_int_equal(
		KeWaitForSingleObject(&completion.done, Executive, KernelMode, FALSE, &moment),
		STATUS_TIMEOUT);
	KeSetEvent(&w->go, IO_NO_INCREMENT, FALSE);
	event_wait(&completion.done);
	assert_true(completion.done_then >= 1);
	pthread_join(other.thread, NULL);
	event_wait(&w->called);
	assert_true(w->removed);
	watch_free(w, file);
}

static void *report_many(void *argument)
{
	for (ULONG i = 0; i < 1000; i++)
		report_number((ULONG)(ULONG_PTR)argument + i, NULL, NULL);
	return NULL;
}

/* R11: drivers and applications see one order, from however many threads. R12: from the return of the
 * registration on. */
static void test_r11_one_order(void **state)
{
	pthread_t threads[4];
	PFILE_OBJECT file;

	assert_int_equal(report_number(0xaaaa, NULL, NULL), STATUS_SUCCESS);
	struct watch *w = watch_new(&file);
	assert_int_equal(event_number(application_next(*state)), 0xaaaa);
	for (ULONG_PTR i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, report_many, (void *)(i << 16));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(report_sync(0xffff), STATUS_SUCCESS);
	assert_int_equal(w->count, 4001);
	ULONG next[4] = {0};
	for (ULONG i = 0; i < 4000; i++) {
		ULONG number = event_number(application_next(*state));
		assert_int_equal(w->numbers[i], number);
		assert_int_equal(number & 0xffff, next[number >> 16]++);
	}
	watch_free(w, file);
}

/* K5: Ex waits for the callback under way; afterwards none runs. */
static void test_k5_waits(void **state)
{
	struct other_thread other;
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);

	w->hold = true;
	assert_int_equal(report_number(1, NULL, NULL), STATUS_SUCCESS);
	assert_int_equal(report_number(2, NULL, NULL), STATUS_SUCCESS);
	event_wait(&w->called);
	other_thread_start(&other, w, act_unregister);
	usleep(2000); /* for an unregistration that is wrong to return */
	assert_false(other.returned);
	KeSetEvent(&w->go, IO_NO_INCREMENT, FALSE);
	pthread_join(other.thread, NULL);
	assert_int_equal(other.status, STATUS_SUCCESS);
	see();
	/* The second one may have begun before the unregistration did; what had begun, is done. */
	ULONG count = w->count;
	assert_int_equal(other.done_then, count);
	assert_int_equal(report_sync(3), STATUS_SUCCESS);
	assert_int_equal(w->count, count);
	w->entry = NULL;
	watch_free(w, file);
}

/* K5: the other one returns at once; the callback under way finishes, no other begins. */
static void test_k5_returns_at_once(void **state)
{
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);

	w->hold = true;
	assert_int_equal(report_number(1, NULL, NULL), STATUS_SUCCESS);
	assert_int_equal(report_number(2, NULL, NULL), STATUS_SUCCESS);
	event_wait(&w->called);
	assert_int_equal(IoUnregisterPlugPlayNotification(w->entry), STATUS_SUCCESS);
	assert_int_equal(IoUnregisterPlugPlayNotification(w->entry), STATUS_INVALID_PARAMETER);
	assert_int_equal(w->done, 0);
	KeSetEvent(&w->go, IO_NO_INCREMENT, FALSE);
	/* Another registrant is called after it, on the same thread. */
	PFILE_OBJECT other_file;
	struct watch *other = watch_new(&other_file);
	assert_int_equal(report_sync(3), STATUS_SUCCESS);
	assert_int_equal(other->count, 1);
	assert_int_equal(w->done, 1);
	assert_int_equal(w->count, 1);
	w->entry = NULL;
	watch_free(w, file);
	watch_free(other, other_file);
}

static struct {
	PVOID entry;
	bool ex;
	NTSTATUS status, report;
	int count;
	KEVENT done;
} inside;

static NTSTATUS inside_callback(PVOID structure, PVOID context)
{
	inside.count++;
	inside.report = report_sync(8);
	inside.status = inside.ex ? IoUnregisterPlugPlayNotificationEx(inside.entry)
				  : IoUnregisterPlugPlayNotification(inside.entry);
	KeSetEvent(&inside.done, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

/* K5: called inside the callback neither form deadlocks. K7: nor does the synchronous report. */
static void test_k5_k7_inside_callback(void **state)
{
	PFILE_OBJECT file = reporter_open();

	pnpn_host_set_verify(false);
	for (int ex = 0; ex < 2; ex++) {
		memset(&inside, 0, sizeof(inside));
		inside.ex = ex;
		KeInitializeEvent(&inside.done, NotificationEvent, FALSE);
		assert_int_equal(IoRegisterPlugPlayNotification(
					 EventCategoryTargetDeviceChange, 0, file, watcher_driver,
					 inside_callback, NULL, &inside.entry),
				 STATUS_SUCCESS);
		assert_int_equal(report_number(1, NULL, NULL), STATUS_SUCCESS);
		assert_int_equal(report_number(2, NULL, NULL), STATUS_SUCCESS);
		event_wait(&inside.done);
		assert_int_equal(inside.status, STATUS_SUCCESS);
		assert_int_equal(inside.report, STATUS_POSSIBLE_DEADLOCK);
		assert_int_equal(report_sync(3), STATUS_SUCCESS);
		assert_int_equal(inside.count, 1);
	}
	ObDereferenceObject(file);
}

/* The level is checked where the documentation wants PASSIVE_LEVEL. */
static void test_levels(void **state)
{
	PFILE_OBJECT file;
	struct watch *w = watch_new(&file);
	KIRQL old;

	pnpn_host_set_verify(false);
	/* K5: real drivers hold a fast mutex, and free the context on the next line. */
	for (int ex = 0; ex < 2; ex++) {
		PVOID entry = NULL;
		assert_int_equal(IoRegisterPlugPlayNotification(EventCategoryHardwareProfileChange,
								0, NULL, watcher_driver,
								watch_callback, NULL, &entry),
				 STATUS_SUCCESS);
		KeRaiseIrql(APC_LEVEL, &old);
		NTSTATUS held = ex ? IoUnregisterPlugPlayNotificationEx(entry)
				   : IoUnregisterPlugPlayNotification(entry);
		KeLowerIrql(old);
		assert_int_equal(held, STATUS_SUCCESS);
		assert_int_equal(IoUnregisterPlugPlayNotification(entry), STATUS_INVALID_PARAMETER);
	}
	old = KeRaiseIrqlToDpcLevel();
	NTSTATUS registered = watch_register(w, watcher_driver, file);
	NTSTATUS unregistered = IoUnregisterPlugPlayNotificationEx(w->entry);

	KeLowerIrql(old);
	assert_int_equal(registered, STATUS_INVALID_LEVEL);
	assert_int_equal(unregistered, STATUS_INVALID_LEVEL);
	watch_free(w, file);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, wdm_setup, wdm_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_k1_arguments),
		TEST(test_k2_own_driver),
		TEST(test_k2_file_object),
		TEST(test_k3_structures),
		TEST(test_k3_interfaces),
		TEST(test_r2_synchronous),
		TEST(test_r9_after_registrants),
		TEST(test_r9_device_goes_meanwhile),
		TEST(test_r11_one_order),
		TEST(test_k5_waits),
		TEST(test_k5_returns_at_once),
		TEST(test_k5_k7_inside_callback),
		TEST(test_levels),
	};

	return cmocka_run_group_tests_name("kernel mode", tests, NULL, NULL);
}
