/* SPDX-License-Identifier: MIT */
/* Devices, their names and their manager come and go while other drivers of the host are at work: R9, D7, D9, U11. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include <pnpnotify/manager.h>
#include "wdm-fixture.h"
#include "wdm/host.h"

static struct {
	KEVENT begun, go, called;
	PDEVICE_OBJECT fdo, lower;
} slow;

static NTSTATUS slow_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

	if (minor == IRP_MN_START_DEVICE) {
		KeSetEvent(&slow.begun, IO_NO_INCREMENT, FALSE);
		KeWaitForSingleObject(&slow.go, Executive, KernelMode, FALSE, NULL);
	}
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(irp);
	NTSTATUS status = IoCallDriver(slow.lower, irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoDetachDevice(slow.lower);
		IoDeleteDevice(device);
	}
	return status;
}

static NTSTATUS slow_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	NTSTATUS status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &slow.fdo);

	slow.lower = IoAttachDeviceToDeviceStack(slow.fdo, pdo);
	slow.fdo->Flags &= ~DO_DEVICE_INITIALIZING;
	return status;
}

static NTSTATUS slow_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	driver->DriverExtension->AddDevice = slow_add;
	driver->MajorFunction[IRP_MJ_PNP] = slow_pnp;
	return STATUS_SUCCESS;
}

static void *add_slow(void *unused)
{
	const struct pnpn_host_driver driver = {.path = "slow",
						.entry = (void (*)(void))slow_entry};

	return (void *)(intptr_t)pnpn_host_add_driver(&driver);
}

static void slow_called(PVOID context)
{
	KeSetEvent(&slow.called, IO_NO_INCREMENT, FALSE);
}

/* R9: a callback does not wait for another driver's routines. */
static void test_r9_while_another_starts(void **state)
{
	pthread_t thread;
	void *result;

	KeInitializeEvent(&slow.begun, NotificationEvent, FALSE);
	KeInitializeEvent(&slow.go, NotificationEvent, FALSE);
	KeInitializeEvent(&slow.called, SynchronizationEvent, FALSE);
	assert_int_equal(pthread_create(&thread, NULL, add_slow, NULL), 0);
	event_wait(&slow.begun);
	for (ULONG i = 0; i < 10; i++) {
		assert_int_equal(report_number(i, slow_called, NULL), STATUS_SUCCESS);
		event_wait(&slow.called);
	}
	KeSetEvent(&slow.go, IO_NO_INCREMENT, FALSE);
	pthread_join(thread, &result);
	assert_null(result);
}

static struct {
	atomic_bool surprised, removed;
	KEVENT gone;
} removal;

static void note_removal(UCHAR minor)
{
	removal.surprised |= minor == IRP_MN_SURPRISE_REMOVAL;
	removal.removed |= minor == IRP_MN_REMOVE_DEVICE;
	if (minor == IRP_MN_REMOVE_DEVICE)
		KeSetEvent(&removal.gone, IO_NO_INCREMENT, FALSE);
}

static void note_removals(void)
{
	memset(&removal, 0, sizeof(removal));
	KeInitializeEvent(&removal.gone, NotificationEvent, FALSE);
	reporter_on_pnp = note_removal;
}

/* D7: the driver's last routine waits until the last file that another driver holds is closed. */
static void test_d7_remove_waits_for_files(void **state)
{
	PFILE_OBJECT file = reporter_open(), other = reporter_open();
	PDEVICE_OBJECT target = IoGetRelatedDeviceObject(file);
	UNICODE_STRING name;
	PDEVICE_OBJECT none;
	PFILE_OBJECT late;

	note_removals();
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	assert_true(removal.surprised);
	ObDereferenceObject(other);
	/* Whatever the closing set off has been done when this returns. */
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	assert_false(removal.removed);
	assert_int_equal(target->StackSize, 2);
	assert_ptr_equal(IoGetRelatedDeviceObject(file), target);
	RtlInitUnicodeString(&name, REPORTER_NAME);
	assert_false(NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &late, &none)));
	ObDereferenceObject(file);
	event_wait(&removal.gone);
}

/* D7: a file that is never closed keeps a host from nothing: it is told of, and what it points to is there. */
static void test_d7_file_left_open(void **state)
{
	PFILE_OBJECT file = reporter_open();
	PDEVICE_OBJECT target = IoGetRelatedDeviceObject(file);

	note_removals();
	pnpn_host_stop();
	assert_true(removal.removed);
	assert_int_equal(target->StackSize, 2);
	ObDereferenceObject(file);
}

/* D9: a name is given once, before its device is in a stack, too. */
static void test_d9_a_link_is_made_once(void **state)
{
	UNICODE_STRING device_name, link, same, other;
	PDEVICE_OBJECT lonely;

	RtlInitUnicodeString(&device_name, L"\\Device\\Lonely");
	RtlInitUnicodeString(&link, L"\\??\\Lonely");
	RtlInitUnicodeString(&same, L"\\DosDevices\\LONELY");
	RtlInitUnicodeString(&other, L"\\DosDevices\\Global\\lonely");
	assert_int_equal(IoCreateDevice(watcher_driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0,
					FALSE, &lonely),
			 STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &device_name), STATUS_SUCCESS);
	assert_int_equal(IoCreateSymbolicLink(&link, &device_name), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&same, &device_name), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoCreateSymbolicLink(&other, &device_name), STATUS_OBJECT_NAME_COLLISION);
	assert_int_equal(IoDeleteSymbolicLink(&other), STATUS_SUCCESS);
	assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
	IoDeleteDevice(lonely);
}

/* D1, D9: a name that only an interface may have, or nobody, is refused before its device is in a stack, too. */
static void test_d9_a_link_has_no_interfaces_name(void **state)
{
	static const WCHAR *const names[] = {L"\\??\\Lonely#{0}", L"\\DosDevices\\Lone\\ly"};
	UNICODE_STRING device_name, link;

	RtlInitUnicodeString(&device_name, L"\\Device\\Lonely");
	for (size_t i = 0; i < ARRAYSIZE(names); i++) {
		RtlInitUnicodeString(&link, names[i]);
		assert_int_equal(IoCreateSymbolicLink(&link, &device_name),
				 STATUS_OBJECT_NAME_INVALID);
		assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
	}
}

static struct {
	atomic_int removed, custom;
	KEVENT told;
} registrant;

static NTSTATUS note_notification(PVOID structure, PVOID context)
{
	PTARGET_DEVICE_CUSTOM_NOTIFICATION notification = structure;

	if (!memcmp(&notification->Event, &event_guid, sizeof(GUID)))
		registrant.custom++;
	else
		registrant.removed++;
	KeSetEvent(&registrant.told, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

/* U11: the manager goes and comes again: a driver that registered hears of events then, and of no removal. */
static void test_u11_that_the_manager_went_is_no_removal(void **state)
{
	struct wdm_fixture *f = *state;
	PFILE_OBJECT file = reporter_open();
	PVOID entry;

	memset(&registrant, 0, sizeof(registrant));
	KeInitializeEvent(&registrant.told, SynchronizationEvent, FALSE);
	assert_int_equal(IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
							watcher_driver, note_notification, NULL,
							&entry),
			 STATUS_SUCCESS);
	pnpn_manager_stop(f->manager);
	assert_int_equal(pnpn_manager_start(&f->manager, f->address, false), 0);
	/* Whatever was told of its end was told before the first event that comes through. */
	for (ULONG i = 0; !registrant.custom && !registrant.removed; i++) {
		(void)report_number(i, NULL, NULL);
		usleep(10000);
	}
	assert_int_equal(registrant.removed, 0);
	assert_int_equal(IoUnregisterPlugPlayNotificationEx(entry), STATUS_SUCCESS);
	ObDereferenceObject(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_r9_while_another_starts, wdm_setup,
						wdm_teardown),
		cmocka_unit_test_setup_teardown(test_d7_remove_waits_for_files, wdm_setup,
						wdm_teardown),
		cmocka_unit_test_setup_teardown(test_d7_file_left_open, wdm_setup, wdm_teardown),
		cmocka_unit_test_setup_teardown(test_d9_a_link_is_made_once, wdm_setup,
						wdm_teardown),
		cmocka_unit_test_setup_teardown(test_d9_a_link_has_no_interfaces_name, wdm_setup,
						wdm_teardown),
		cmocka_unit_test_setup_teardown(test_u11_that_the_manager_went_is_no_removal,
						wdm_setup, wdm_teardown),
	};

	return cmocka_run_group_tests_name("driver lives", tests, NULL, NULL);
}
