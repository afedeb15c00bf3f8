/* SPDX-License-Identifier: MIT */
#include <linux/delay.h>
#include "kunit-fixture.h"
#define INITGUID
#include <wdmguid.h>
#include <pnpnotify-events.h>

PNPN_DEFINE_DRIVER(owner_driver);
PNPN_DEFINE_DRIVER(other_driver);
const GUID event_guid = {0x3f1d5a70, 0x1c1b, 0x4c7e, {1, 2, 3, 4, 5, 6, 7, 8}};
const GUID class_guid = {0x3f1d5a71, 0x1c1b, 0x4c7e, {1, 2, 3, 4, 5, 6, 7, 8}};

struct seen seen;

void forget(void)
{
	memset(&seen, 0, sizeof(seen));
	seen.in_order = true;
	init_completion(&seen.released);
	init_completion(&seen.told);
}

static NTSTATUS on_custom(TARGET_DEVICE_CUSTOM_NOTIFICATION *custom)
{
	u64 number;

	if (!memcmp(&custom->Event, &GUID_PNPNOTIFY_EVENTS_LOST, sizeof(GUID))) {
		memcpy(&number, custom->CustomDataBuffer, sizeof(number));
		seen.losses++;
		seen.lost += number;
		return STATUS_SUCCESS;
	}
	WRITE_ONCE(seen.begun, seen.begun + 1);
	if (seen.block)
		wait_for_completion_timeout(&seen.released, PATIENCE);
	if (seen.sleep)
		msleep(20);
	seen.size = custom->Size - DATA_AT;
	memcpy(seen.data, custom->CustomDataBuffer, min_t(u32, seen.size, SPACE));
	seen.file = custom->FileObject;
	if (seen.size >= sizeof(number)) {
		memcpy(&number, custom->CustomDataBuffer, sizeof(number));
		seen.in_order = seen.in_order && number > seen.last;
		seen.last = number;
	}
	seen.events++;
	complete(&seen.told);
	return STATUS_SUCCESS;
}

NTSTATUS on_notification(PVOID structure, PVOID context)
{
	PPLUGPLAY_NOTIFICATION_HEADER header = structure;

	if (!memcmp(&header->Event, &GUID_TARGET_DEVICE_REMOVE_COMPLETE, sizeof(GUID)))
		seen.removals++;
	else if (!memcmp(&header->Event, &GUID_DEVICE_INTERFACE_ARRIVAL, sizeof(GUID)))
		seen.arrivals++;
	else if (!memcmp(&header->Event, &GUID_DEVICE_INTERFACE_REMOVAL, sizeof(GUID)))
		seen.departures++;
	else
		return on_custom(structure);
	complete(&seen.told);
	return STATUS_SUCCESS;
}

VOID on_complete(PVOID context)
{
	seen.events_at_completion = seen.events;
	seen.completions++;
	if (context)
		seen.in_order = seen.in_order && (uintptr_t)context == seen.completions;
	complete(&seen.told);
};

void fill(struct report *report, const void *data, u32 size)
{
	memset(report, 0, sizeof(*report));
	report->notification.Version = 1;
	report->notification.Size = DATA_AT + size;
	report->notification.Event = event_guid;
	report->notification.NameBufferOffset = -1;
	if (size)
		memcpy(report->space + DATA_AT, data, size);
}

NTSTATUS report_number(PDEVICE_OBJECT pdo, u64 number)
{
	struct report report;

	fill(&report, &number, sizeof(number));
	return IoReportTargetDeviceChangeAsynchronous(pdo, &report, NULL, NULL);
}

PDEVICE_OBJECT start(struct kunit *test)
{
	PDEVICE_OBJECT pdo = NULL;

	forget();
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&owner_driver, NULL, ID, &pdo), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, pnpn_device_add_link(PnpnGetDevice(pdo), "\\\\.\\Kunit"), 0);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(pdo), STATUS_SUCCESS);
	seen.pdo = pdo;
	return pdo;
}

PFILE_OBJECT open_device(struct kunit *test)
{
	UNICODE_STRING name;
	PFILE_OBJECT file = NULL;
	PDEVICE_OBJECT device;

	RtlInitUnicodeString(&name, L"\\DosDevices\\kunit");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device),
			STATUS_SUCCESS);
	return file;
}

void listen(struct kunit *test, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback)
{
	PFILE_OBJECT file = open_device(test);

	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
						       &other_driver, callback, NULL, &seen.entry),
			STATUS_SUCCESS);
	ObDereferenceObject(file);
}

bool wait_until(int *count, int wanted)
{
	unsigned long end = jiffies + PATIENCE;

	while (READ_ONCE(*count) < wanted && time_before(jiffies, end))
		msleep(1);
	return READ_ONCE(*count) == wanted;
}

void unlisten(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotificationEx(seen.entry), STATUS_SUCCESS);
}
