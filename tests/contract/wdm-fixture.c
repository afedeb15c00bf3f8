/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "wdm-fixture.h"
#include <pnpnotify/manager.h>
#include "wdm/host.h"
#include "../support/waiting.h"

const GUID event_guid = {0x77aa01d0, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};
const GUID interface_guid = {0x77aa01d1, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};
PDRIVER_OBJECT reporter_driver, watcher_driver;
PDEVICE_OBJECT reporter_pdo, reporter_fdo;
static PDEVICE_OBJECT reporter_lower;
void (*reporter_on_pnp)(UCHAR minor);
void (*reporter_on_add)(void);

static NTSTATUS reporter_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

	if (reporter_on_pnp)
		reporter_on_pnp(minor);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(irp);
	NTSTATUS status = IoCallDriver(reporter_lower, irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		UNICODE_STRING link;
		RtlInitUnicodeString(&link, REPORTER_NAME);
		IoDeleteSymbolicLink(&link);
		IoDetachDevice(reporter_lower);
		IoDeleteDevice(device);
		__atomic_store_n(&reporter_fdo, NULL, __ATOMIC_RELEASE);
	}
	return status;
}

static NTSTATUS reporter_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	UNICODE_STRING name, link;

	RtlInitUnicodeString(&name, L"\\Device\\Reporter");
	RtlInitUnicodeString(&link, REPORTER_NAME);
	NTSTATUS status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE,
					 &reporter_fdo);
	if (!NT_SUCCESS(status))
		return status;
	reporter_pdo = pdo;
	reporter_lower = IoAttachDeviceToDeviceStack(reporter_fdo, pdo);
	reporter_fdo->Flags &= ~DO_DEVICE_INITIALIZING;
	status = IoCreateSymbolicLink(&link, &name);
	if (reporter_on_add)
		reporter_on_add();
	return status;
}

static NTSTATUS reporter_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	reporter_driver = driver;
	driver->DriverExtension->AddDevice = reporter_add_device;
	driver->MajorFunction[IRP_MJ_PNP] = reporter_pnp;
	return STATUS_SUCCESS;
}

static NTSTATUS watcher_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	watcher_driver = driver;
	return STATUS_SUCCESS;
}

void wdm_add_drivers(void)
{
	static const char *const devices[] = {REPORTER_ID};
	struct pnpn_host_driver watcher = {.path = "watcher",
					   .entry = (void (*)(void))watcher_entry};
	struct pnpn_host_driver reporter = {.path = "reporter",
					    .entry = (void (*)(void))reporter_entry,
					    .devices = devices,
					    .n_devices = 1};

	assert_int_equal(pnpn_host_add_driver(&watcher), 0);
	assert_int_equal(pnpn_host_add_driver(&reporter), 0);
}

int wdm_setup(void **state)
{
	struct wdm_fixture *f = calloc(1, sizeof(*f));

	strcpy(f->folder, "/tmp/pnpn-wdm-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->address, sizeof(f->address), "unix:path=%s/socket", f->folder);
	assert_int_equal(pnpn_manager_start(&f->manager, f->address, false), 0);
	/* Rules are kept here; a test that breaks one on purpose turns it off. */
	pnpn_host_set_verify(true);
	assert_int_equal(pnpn_host_start(f->address), 0);
	wdm_add_drivers();
	assert_int_equal(pnpn_connect(&f->application, f->address), 0);
	assert_int_equal(pnpn_register_device(f->application, REPORTER_ID, 0, NULL, NULL), 0);
	*state = f;
	return 0;
}

int wdm_teardown(void **state)
{
	struct wdm_fixture *f = *state;

	reporter_on_add = NULL;
	pnpn_host_stop();
	reporter_on_pnp = NULL;
	pnpn_disconnect(f->application);
	pnpn_manager_stop(f->manager);
	char path[128];
	snprintf(path, sizeof(path), "%s/socket", f->folder);
	unlink(path);
	rmdir(f->folder);
	free(f);
	return 0;
}

void notification_fill(union notification *notification, const void *data, size_t size)
{
	notification->custom =
		(TARGET_DEVICE_CUSTOM_NOTIFICATION){.Version = 1,
						    .Size = (USHORT)(DATA_OFFSET + size),
						    .Event = event_guid,
						    .NameBufferOffset = -1};
	memcpy(notification->bytes + DATA_OFFSET, data, size);
}

NTSTATUS report_number(ULONG number, PDEVICE_CHANGE_COMPLETE_CALLBACK callback, PVOID context)
{
	union notification notification;

	notification_fill(&notification, &number, sizeof(number));
	return IoReportTargetDeviceChangeAsynchronous(reporter_pdo, &notification, callback,
						      context);
}

const struct pnpn_event *application_next(struct wdm_fixture *f)
{
	return wait_for_event(f->application);
}

ULONG event_number(const struct pnpn_event *event)
{
	size_t size;
	ULONG number = 0;
	const void *data = pnpn_event_get_data(event, &size);

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_int_equal(size, sizeof(number));
	memcpy(&number, data, sizeof(number));
	return number;
}

void application_expect_nothing(struct wdm_fixture *f)
{
	const struct pnpn_event *event;

	pnpn_dispatch(f->application);
	assert_int_equal(pnpn_next_event(f->application, &event), 0);
}

void event_wait(PKEVENT event)
{
	LARGE_INTEGER limit = {.QuadPart = -PATIENCE_MS * 10000ll};

	assert_int_equal(KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &limit),
			 STATUS_SUCCESS);
}

PFILE_OBJECT reporter_open(void)
{
	UNICODE_STRING name;
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;

	RtlInitUnicodeString(&name, REPORTER_NAME);
	assert_int_equal(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device),
			 STATUS_SUCCESS);
	return file;
}
