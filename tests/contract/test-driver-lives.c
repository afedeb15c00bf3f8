/* SPDX-License-Identifier: MIT */
/* A device that comes and goes while other drivers of the host are at work: R9, D7. */
#include <pthread.h>
#include <string.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_r9_while_another_starts, wdm_setup,
						wdm_teardown),
		cmocka_unit_test_setup_teardown(test_d7_remove_waits_for_files, wdm_setup,
						wdm_teardown),
		cmocka_unit_test_setup_teardown(test_d7_file_left_open, wdm_setup, wdm_teardown),
	};

	return cmocka_run_group_tests_name("driver lives", tests, NULL, NULL);
}
