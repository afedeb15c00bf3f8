/* SPDX-License-Identifier: MIT */
/* Drivers in NT's style: named devices without a PDO. E4, R6, D4, D8. */
#include <errno.h>
#include <string.h>
#include "wdm-fixture.h"
#include "wdm/host.h"

#define ID   "ROOT\\LEGACY_ANCIENT\\0000"
#define LINK "\\\\.\\Ancient"
#define ECHO CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

static PDEVICE_OBJECT ancient_device;
static DECLARE_CONST_UNICODE_STRING(ancient_name, L"\\Device\\Ancient");
static DECLARE_CONST_UNICODE_STRING(ancient_link, L"\\DosDevices\\Ancient");

static NTSTATUS ancient_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS ancient_open(PDEVICE_OBJECT device, PIRP irp)
{
	return ancient_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ancient_control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	if (device != ancient_device)
		return ancient_complete(irp, STATUS_NO_SUCH_DEVICE, 0);
	return ancient_complete(irp, STATUS_SUCCESS,
				location->Parameters.DeviceIoControl.InputBufferLength);
}

static void ancient_delete(void)
{
	IoDeleteSymbolicLink((PUNICODE_STRING)&ancient_link);
	IoDeleteDevice(ancient_device);
	ancient_device = NULL;
}

static void ancient_unload(PDRIVER_OBJECT driver)
{
	if (ancient_device)
		ancient_delete();
}

static NTSTATUS ancient_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	driver->DriverUnload = ancient_unload;
	driver->MajorFunction[IRP_MJ_CREATE] = ancient_open;
	driver->MajorFunction[IRP_MJ_CLOSE] = ancient_open;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ancient_control;
	NTSTATUS status = IoCreateDevice(driver, 0, (PUNICODE_STRING)&ancient_name,
					 FILE_DEVICE_UNKNOWN, 0, FALSE, &ancient_device);
	if (NT_SUCCESS(status))
		status = IoCreateSymbolicLink((PUNICODE_STRING)&ancient_link,
					      (PUNICODE_STRING)&ancient_name);
	return status;
}

static int setup(void **state)
{
	struct pnpn_host_driver ancient = {.path = "ancient",
					   .entry = (void (*)(void))ancient_entry};
	int r = wdm_setup(state);

	assert_int_equal(pnpn_host_add_driver(&ancient), 0);
	return r;
}

static void test_e4_is_opened_and_asked(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;
	char out[4];

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), ID);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, "abcd", 4, out, 4, NULL), 0);
	assert_memory_equal(out, "abcd", 4);
	pnpn_close(handle);
}

static void test_e4_d8_who_registered_hears_that_it_is_deleted(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_register_opened(f->application, pnpn_handle_get_number(handle), ID, 0,
					      NULL, NULL),
			 0);
	pnpn_close(handle);
	ancient_delete();
	event = application_next(f);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	assert_string_equal(pnpn_event_get_device(event), ID);
	assert_int_equal(pnpn_open(f->application, LINK, &handle), -ENOENT);
}

static void test_e4_r6_is_not_reported_on_and_has_no_interfaces(void **state)
{
	struct wdm_fixture *f = *state;
	union notification notification;
	UNICODE_STRING name;

	pnpn_host_set_verify(false); /* it would stop here */
	notification_fill(&notification, "data", 4);
	assert_int_equal(
		IoReportTargetDeviceChangeAsynchronous(ancient_device, &notification, NULL, NULL),
		STATUS_INVALID_DEVICE_REQUEST);
	assert_int_equal(IoRegisterDeviceInterface(ancient_device, &interface_guid, NULL, &name),
			 STATUS_INVALID_DEVICE_REQUEST);
	application_expect_nothing(f);
}

static void test_e4_another_driver_opens_it_by_its_device_name(void **state)
{
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;

	assert_int_equal(IoGetDeviceObjectPointer((PUNICODE_STRING)&ancient_name, FILE_READ_DATA,
						  &file, &device),
			 STATUS_SUCCESS);
	assert_ptr_equal(device, ancient_device);
	ObDereferenceObject(file);
}

/* The reporter's AddDevice makes one more, which it attaches to nothing. */
static PDEVICE_OBJECT extra_device;
static DECLARE_CONST_UNICODE_STRING(extra_name, L"\\Device\\Extra");
static DECLARE_CONST_UNICODE_STRING(extra_link, L"\\??\\Extra");

static void add_extra(void)
{
	assert_int_equal(IoCreateDevice(reporter_driver, 0, (PUNICODE_STRING)&extra_name,
					FILE_DEVICE_UNKNOWN, 0, FALSE, &extra_device),
			 STATUS_SUCCESS);
	assert_int_equal(
		IoCreateSymbolicLink((PUNICODE_STRING)&extra_link, (PUNICODE_STRING)&extra_name),
		STATUS_SUCCESS);
}

static int setup_extra(void **state)
{
	reporter_on_add = add_extra;
	return wdm_setup(state);
}

static void test_e4_a_control_device_beside_a_stack(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;

	reporter_driver->MajorFunction[IRP_MJ_CREATE] = ancient_open;
	assert_int_equal(pnpn_open(f->application, "\\\\.\\Extra", &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), "ROOT\\LEGACY_REPORTER\\0000");
	pnpn_close(handle);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\Reporter", &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), REPORTER_ID);
	pnpn_close(handle);
	IoDeleteSymbolicLink((PUNICODE_STRING)&extra_link);
	IoDeleteDevice(extra_device);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\Extra", &handle), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_e4_is_opened_and_asked, setup, wdm_teardown),
		cmocka_unit_test_setup_teardown(test_e4_d8_who_registered_hears_that_it_is_deleted,
						setup, wdm_teardown),
		cmocka_unit_test_setup_teardown(test_e4_r6_is_not_reported_on_and_has_no_interfaces,
						setup, wdm_teardown),
		cmocka_unit_test_setup_teardown(test_e4_another_driver_opens_it_by_its_device_name,
						setup, wdm_teardown),
		cmocka_unit_test_setup_teardown(test_e4_a_control_device_beside_a_stack,
						setup_extra, wdm_teardown),
	};

	return cmocka_run_group_tests_name("contract-nt-driver", tests, NULL, NULL);
}
