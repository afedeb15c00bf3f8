/* SPDX-License-Identifier: MIT */
/* Each allocation, descriptor, mapping and thread of a driver host fails in turn: the call says so, or the host
 * does without; nothing aborts, crashes, hangs or leaks, and no driver misses what it can't do without (V2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wdm.h>
#include <wdmguid.h>
#include <pnpn-events.h>
#include <cmocka.h>

#include "failing-in-turn.h"
#include "wdm/host.h"

static const GUID class = {0x3d0e5a20, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};
static const GUID event = {0x3d0e5a21, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};

/* --- what is expected ----------------------------------------------------------------------------- */

/* A child ends with the number of the line that was wrong. */
static atomic_int wrong;

#define MUST(condition)                                                         \
	do {                                                                    \
		if (!(condition) && !atomic_exchange(&wrong, __LINE__))         \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
	} while (0)

/* Nothing fails any more. */
static bool is_whole;

static bool is_told(NTSTATUS status)
{
	if (NT_SUCCESS(status) || is_whole)
		return NT_SUCCESS(status);
	/* What a manager that is just back does not have yet is not there; it tells of a device that may be on its
	 * way out meanwhile. */
	return status == STATUS_INSUFFICIENT_RESOURCES || status == STATUS_DEVICE_NOT_CONNECTED ||
	       status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_NO_SUCH_DEVICE ||
	       status == STATUS_UNSUCCESSFUL;
}

/* It worked, or says in what way it did not. */
static bool told(NTSTATUS status, int line)
{
	if (!is_told(status) && !atomic_exchange(&wrong, line))
		fprintf(stderr, "line %d: status 0x%08x\n", line, (unsigned int)status);
	return NT_SUCCESS(status);
}

#define TOLD(call) told(call, __LINE__)

static bool has(const void *memory)
{
	MUST(memory || !is_whole);
	return memory != NULL;
}

/* --- a driver that reports ------------------------------------------------------------------------ */

static struct {
	PDEVICE_OBJECT pdo, fdo, lower;
	UNICODE_STRING interface;
	PIO_WORKITEM work;
	KEVENT reported; /* all that the work item reports is through */
	atomic_int accepted, completed, seen, removed;
	bool started;
} reporter;

static VOID on_complete(PVOID context)
{
	reporter.completed++;
}

static NTSTATUS report(PDEVICE_CHANGE_COMPLETE_CALLBACK callback)
{
	TARGET_DEVICE_CUSTOM_NOTIFICATION notification = {
		.Version = 1, .Size = sizeof(notification), .Event = event, .NameBufferOffset = -1};

	if (!callback)
		return IoReportTargetDeviceChange(reporter.pdo, &notification);
	return IoReportTargetDeviceChangeAsynchronous(reporter.pdo, &notification, callback, NULL);
}

static VOID reporter_work(PDEVICE_OBJECT device, PVOID context)
{
	bool reserved = false;

	for (int i = 0; i < 3; i++) {
		NTSTATUS status = report(on_complete);
		/* R8: the memory for the callbacks of the next ones came with the first. */
		MUST(!reserved || status != STATUS_INSUFFICIENT_RESOURCES);
		reserved = TOLD(status);
		reporter.accepted += reserved;
	}
	TOLD(report(NULL));
	KeSetEvent(&reporter.reported, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS reporter_make(void)
{
	DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\Memory");
	DECLARE_CONST_UNICODE_STRING(link, L"\\??\\Memory");
	NTSTATUS status = IoCreateSymbolicLink((PUNICODE_STRING)&link, (PUNICODE_STRING)&name);

	if (!TOLD(status))
		return status;
	reporter.work = IoAllocateWorkItem(reporter.fdo);
	reporter.lower = IoAttachDeviceToDeviceStack(reporter.fdo, reporter.pdo);
	status = STATUS_INSUFFICIENT_RESOURCES;
	if (has(reporter.lower) && has(reporter.work))
		status = IoRegisterDeviceInterface(reporter.pdo, &class, NULL, &reporter.interface);
	return status;
}

static void reporter_unmake(void)
{
	DECLARE_CONST_UNICODE_STRING(link, L"\\??\\Memory");

	if (reporter.interface.Buffer)
		RtlFreeUnicodeString(&reporter.interface);
	if (reporter.lower)
		IoDetachDevice(reporter.lower);
	if (reporter.work)
		IoFreeWorkItem(reporter.work);
	IoDeleteSymbolicLink((PUNICODE_STRING)&link);
	IoDeleteDevice(reporter.fdo);
	reporter.interface.Buffer = NULL;
	reporter.lower = reporter.fdo = NULL;
	reporter.work = NULL;
}

static NTSTATUS reporter_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\Memory");
	NTSTATUS status = IoCreateDevice(driver, 0, (PUNICODE_STRING)&name, FILE_DEVICE_UNKNOWN, 0,
					 FALSE, &reporter.fdo);

	if (!TOLD(status))
		return status;
	reporter.pdo = pdo;
	status = reporter_make();
	if (!TOLD(status))
		reporter_unmake();
	else
		reporter.fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return status;
}

static NTSTATUS reporter_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

	if (minor == IRP_MN_START_DEVICE)
		reporter.started = TOLD(IoSetDeviceInterfaceState(&reporter.interface, TRUE));
	if (minor == IRP_MN_QUERY_PNP_DEVICE_STATE)
		irp->IoStatus.Information |= PNP_DEVICE_FAILED;
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(irp);
	NTSTATUS status = IoCallDriver(reporter.lower, irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		TOLD(IoSetDeviceInterfaceState(&reporter.interface, FALSE));
		reporter_unmake();
		reporter.removed++;
	}
	return status;
}

static VOID unload(PDRIVER_OBJECT driver)
{
}

static NTSTATUS reporter_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	driver->DriverUnload = unload;
	driver->DriverExtension->AddDevice = reporter_add_device;
	driver->MajorFunction[IRP_MJ_PNP] = reporter_pnp;
	return STATUS_SUCCESS;
}

/* --- a driver that watches ------------------------------------------------------------------------ */

static struct {
	PDRIVER_OBJECT driver;
	PVOID class_entry, target_entry;
	PFILE_OBJECT file;
	KEVENT arrived, gone;
} watcher;

static NTSTATUS on_target(PVOID structure, PVOID context)
{
	PPLUGPLAY_NOTIFICATION_HEADER header = structure;

	if (IsEqualGUID(&header->Event, &event))
		reporter.seen++;
	return STATUS_SUCCESS;
}

static void watch_target(PUNICODE_STRING name)
{
	PDEVICE_OBJECT device;

	if (!TOLD(IoGetDeviceObjectPointer(name, FILE_READ_DATA, &watcher.file, &device)))
		return;
	TOLD(IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, watcher.file,
					    watcher.driver, on_target, NULL,
					    &watcher.target_entry));
}

static NTSTATUS on_class(PVOID structure, PVOID context)
{
	PDEVICE_INTERFACE_CHANGE_NOTIFICATION change = structure;

	/* Rather that they are told as lost than not at all. */
	if (IsEqualGUID(&change->Event, &GUID_DEVICE_INTERFACE_REMOVAL)) {
		KeSetEvent(&watcher.gone, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}
	if (IsEqualGUID(&change->Event, &GUID_DEVICE_INTERFACE_ARRIVAL) && !watcher.file)
		watch_target(change->SymbolicLinkName);
	KeSetEvent(&watcher.arrived, IO_NO_INCREMENT, FALSE);
	return STATUS_SUCCESS;
}

static NTSTATUS watcher_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	watcher.driver = driver;
	driver->DriverUnload = unload;
	NTSTATUS status = IoRegisterPlugPlayNotification(
		EventCategoryDeviceInterfaceChange,
		PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES, (PVOID) & class, driver,
		on_class, NULL, &watcher.class_entry);
	TOLD(status);
	return status;
}

static void watcher_end(void)
{
	/* First, and waited for: it may open the device of a manager that is just back. */
	if (watcher.class_entry)
		MUST(NT_SUCCESS(IoUnregisterPlugPlayNotificationEx(watcher.class_entry)));
	if (watcher.target_entry)
		MUST(NT_SUCCESS(IoUnregisterPlugPlayNotificationEx(watcher.target_entry)));
	if (watcher.file)
		ObDereferenceObject(watcher.file);
	memset(&watcher, 0, sizeof(watcher));
}

/* --- what a host does ----------------------------------------------------------------------------- */

static bool add(const char *path, NTSTATUS (*entry)(PDRIVER_OBJECT, PUNICODE_STRING),
		const char *device)
{
	struct pnpn_host_driver driver = {.path = path,
					  .entry = (void (*)(void))entry,
					  .devices = &device,
					  .n_devices = device != NULL};
	int r = pnpn_host_add_driver(&driver);

	MUST(r >= 0 || !is_whole);
	return r >= 0;
}

static void wait_for(PKEVENT what)
{
	KeWaitForSingleObject(what, Executive, KernelMode, FALSE, NULL);
}

/* It is taken away as its driver asks for: nobody but the watcher hears of it. */
static void work_with_device(void)
{
	ULONG bytes;
	WCHAR text[64];

	if (watcher.class_entry && reporter.started)
		wait_for(&watcher.arrived);
	TOLD(IoGetDeviceProperty(reporter.pdo, DevicePropertyHardwareID, sizeof(text), text,
				 &bytes));
	IoQueueWorkItem(reporter.work, reporter_work, DelayedWorkQueue, NULL);
	wait_for(&reporter.reported);
	IoInvalidateDeviceState(reporter.pdo);
	if (watcher.class_entry && reporter.started)
		wait_for(&watcher.gone);
}

static void work(const char *address)
{
	int r = pnpn_host_start(address);

	MUST(r >= 0 || !is_whole);
	if (r < 0)
		return;
	memset(&reporter, 0, sizeof(reporter));
	KeInitializeEvent(&reporter.reported, NotificationEvent, FALSE);
	KeInitializeEvent(&watcher.arrived, NotificationEvent, FALSE);
	KeInitializeEvent(&watcher.gone, NotificationEvent, FALSE);
	add("watcher", watcher_entry, NULL);
	char id[64];
	snprintf(id, sizeof(id), "ROOT\\MEMORY\\%d", (int)getpid());
	bool drives = add("reporter", reporter_entry, id);
	if (drives)
		work_with_device();
	watcher_end();
	pnpn_host_stop();
	MUST(!reporter.fdo);
	MUST(reporter.removed == drives || !drives);
	MUST(reporter.completed == reporter.accepted);
	MUST(!is_whole || reporter.seen == 4);
}

static int run_host(int socket, const void *argument)
{
	const struct failing_run *run = argument;

	alarm(FAILING_PATIENCE_SECONDS);
	failing_use(run->failing);
	failing_set(run->failing, run->at);
	work(run->address);
	/* What it kept is as it should be: it works once more, with all of its calls. */
	uint64_t made = failing_stop(run->failing);
	is_whole = true;
	work(run->address);
	run->failing->made = made;
	return wrong ? 100 + wrong % 100 : 0;
}

static void v2_each_allocation_of_a_driver_host_fails_in_turn(void **state)
{
	failing_in_turn(run_host, FAILING_KEPT_PART);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_each_allocation_of_a_driver_host_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
