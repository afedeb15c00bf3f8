/* SPDX-License-Identifier: MIT */
/*
 * Inside Linux, by the Windows names: R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, R13, R15; K1, K2,
 * K3, K4, K5, K6, K7; D2, D3, D8.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <pnpnotify/windows.h>
#define INITGUID
#include <wdmguid.h>
#include <pnpnotify-events.h>

#include "kunit-small.h"

#define ID	 "ROOT\\KUNIT\\0000"
#define DATA_AT	 offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer)
#define SPACE	 256
#define PATIENCE (30 * HZ)

static PNPN_DEFINE_DRIVER(owner_driver);
static PNPN_DEFINE_DRIVER(other_driver);

static const GUID event_guid = {0x3f1d5a70, 0x1c1b, 0x4c7e, {1, 2, 3, 4, 5, 6, 7, 8}};
static const GUID class_guid = {0x3f1d5a71, 0x1c1b, 0x4c7e, {1, 2, 3, 4, 5, 6, 7, 8}};

/* What a registrant saw: shared by all cases, which run one after the other. */
static struct {
	int begun, events, removals, losses, arrivals, departures, completions;
	u64 lost;
	u32 size;
	u8 data[SPACE];
	PFILE_OBJECT file;
	PVOID entry;
	PDEVICE_OBJECT pdo;
	NTSTATUS status;
	int events_at_completion;
	bool in_order, block, sleep;
	u64 last;
	struct completion released, told;
} seen;

static void forget(void)
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

static NTSTATUS on_notification(PVOID structure, PVOID context)
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

static VOID on_complete(PVOID context)
{
	seen.events_at_completion = seen.events;
	seen.completions++;
	if (context)
		seen.in_order = seen.in_order && (uintptr_t)context == seen.completions;
	complete(&seen.told);
}

struct report {
	union {
		TARGET_DEVICE_CUSTOM_NOTIFICATION notification;
		u8 space[DATA_AT + SPACE];
	};
};

static void fill(struct report *report, const void *data, u32 size)
{
	memset(report, 0, sizeof(*report));
	report->notification.Version = 1;
	report->notification.Size = DATA_AT + size;
	report->notification.Event = event_guid;
	report->notification.NameBufferOffset = -1;
	if (size)
		memcpy(report->space + DATA_AT, data, size);
}

static NTSTATUS report_number(PDEVICE_OBJECT pdo, u64 number)
{
	struct report report;

	fill(&report, &number, sizeof(number));
	return IoReportTargetDeviceChangeAsynchronous(pdo, &report, NULL, NULL);
}

static PDEVICE_OBJECT start(struct kunit *test)
{
	PDEVICE_OBJECT pdo = NULL;

	forget();
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&owner_driver, NULL, ID, &pdo), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, pnpn_device_add_link(PnpnGetDevice(pdo), "\\\\.\\Kunit"), 0);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(pdo), STATUS_SUCCESS);
	seen.pdo = pdo;
	return pdo;
}

static PFILE_OBJECT open_device(struct kunit *test)
{
	UNICODE_STRING name;
	PFILE_OBJECT file = NULL;
	PDEVICE_OBJECT device;

	RtlInitUnicodeString(&name, L"\\DosDevices\\kunit");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device),
			STATUS_SUCCESS);
	return file;
}

/* A registration that outlives its file object (K2). */
static void listen(struct kunit *test, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback)
{
	PFILE_OBJECT file = open_device(test);

	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
						       &other_driver, callback, NULL, &seen.entry),
			STATUS_SUCCESS);
	ObDereferenceObject(file);
}

static bool wait_until(int *count, int wanted)
{
	unsigned long end = jiffies + PATIENCE;

	while (READ_ONCE(*count) < wanted && time_before(jiffies, end))
		msleep(1);
	return READ_ONCE(*count) == wanted;
}

static void unlisten(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotificationEx(seen.entry), STATUS_SUCCESS);
}

/* --- section R ------------------------------------------------------------------------------------ */

static void r1_r5_the_report_is_copied_as_it_is(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	static const u32 sizes[] = {0, 1, 3, 4, 7, 8, SPACE};
	struct report report;
	u8 data[SPACE];
	int i;

	listen(test, on_notification);
	memset(data, 0xff, sizeof(data));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		fill(&report, data, sizes[i]);
		KUNIT_EXPECT_EQ(test,
				IoReportTargetDeviceChangeAsynchronous(pdo, &report, NULL, NULL),
				STATUS_SUCCESS);
		memset(&report, 0x55, sizeof(report));
		KUNIT_EXPECT_TRUE(test, wait_until(&seen.events, i + 1));
		KUNIT_EXPECT_EQ(test, seen.size, sizes[i]);
		KUNIT_EXPECT_TRUE(test, !memcmp(seen.data, data, sizes[i]));
	}
	unlisten(test);
	PnpnDeletePdo(pdo);
}

static void r2_the_synchronous_form_waits(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	struct report report;
	int i;

	listen(test, on_notification);
	seen.sleep = true;
	fill(&report, "x", 1);
	for (i = 1; i <= 5; i++) {
		KUNIT_EXPECT_EQ(test, IoReportTargetDeviceChange(pdo, &report), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, seen.events, i);
	}
	unlisten(test);
	KUNIT_EXPECT_EQ(test, IoReportTargetDeviceChange(pdo, &report), STATUS_SUCCESS);
	PnpnDeletePdo(pdo);
}

static void r3_r4_what_is_refused_is_not_sent(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	const GUID *system_events[] = {
		&GUID_HWPROFILE_QUERY_CHANGE,	      &GUID_HWPROFILE_CHANGE_CANCELLED,
		&GUID_HWPROFILE_CHANGE_COMPLETE,      &GUID_DEVICE_INTERFACE_ARRIVAL,
		&GUID_DEVICE_INTERFACE_REMOVAL,	      &GUID_TARGET_DEVICE_QUERY_REMOVE,
		&GUID_TARGET_DEVICE_REMOVE_CANCELLED, &GUID_TARGET_DEVICE_REMOVE_COMPLETE,
		&GUID_PNP_CUSTOM_NOTIFICATION,	      &GUID_PNP_POWER_NOTIFICATION,
	};
	struct report report;
	int i;

#define REFUSED(change, expected)                                                                \
	do {                                                                                     \
		fill(&report, "data", 4);                                                        \
		change;                                                                          \
		KUNIT_EXPECT_EQ(                                                                 \
			test,                                                                    \
			IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, NULL), \
			expected);                                                               \
		KUNIT_EXPECT_EQ(test, IoReportTargetDeviceChange(pdo, &report), expected);       \
	} while (0)
	listen(test, on_notification);
	for (i = 0; i < ARRAY_SIZE(system_events); i++)
		REFUSED(report.notification.Event = *system_events[i],
			STATUS_INVALID_DEVICE_REQUEST);
	REFUSED(report.notification.Version = 0, STATUS_INVALID_PARAMETER);
	REFUSED(report.notification.Version = 2, STATUS_INVALID_PARAMETER);
	REFUSED(report.notification.FileObject = (PFILE_OBJECT)&report, STATUS_INVALID_PARAMETER);
	REFUSED(report.notification.Size = DATA_AT - 1, STATUS_INVALID_PARAMETER);
	REFUSED(report.notification.NameBufferOffset = 1, STATUS_INVALID_PARAMETER);
	REFUSED(report.notification.NameBufferOffset = 4, STATUS_INVALID_PARAMETER);
	REFUSED(report.notification.NameBufferOffset = -2, STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, IoReportTargetDeviceChangeAsynchronous(pdo, NULL, NULL, NULL),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, report_number(pdo, 1), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.events, 1));
	KUNIT_EXPECT_EQ(test, seen.completions, 0);
	unlisten(test);
	PnpnDeletePdo(pdo);
}

static void r6_only_a_started_pdo_reports(struct kunit *test)
{
	DEVICE_OBJECT none = {};
	PDEVICE_OBJECT pdo = NULL;

	forget();
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&owner_driver, NULL, ID, &pdo), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, report_number(pdo, 1), STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, report_number(NULL, 1), STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, report_number(&none, 1), STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(pdo), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, report_number(pdo, 1), STATUS_SUCCESS);
	PnpnDeletePdo(pdo);
}

/* Reports from elsewhere, and what became of it. */
static struct {
	struct tasklet_struct tasklet;
	struct irq_work interrupt;
	NTSTATUS asynchronous, synchronous;
	struct completion done;
} elsewhere;

static void report_both(void)
{
	struct report report;

	fill(&report, "x", 1);
	elsewhere.synchronous = IoReportTargetDeviceChange(seen.pdo, &report);
	elsewhere.asynchronous = IoReportTargetDeviceChangeAsynchronous(seen.pdo, &report,
									on_complete, NULL);
	complete(&elsewhere.done);
}

static void in_softirq_now(struct tasklet_struct *tasklet)
{
	report_both();
}

static void in_interrupt_now(struct irq_work *work)
{
	report_both();
}

static void r7_where_it_may_be_called(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	static DEFINE_SPINLOCK(lock);
	unsigned long flags;

	init_completion(&elsewhere.done);
	tasklet_setup(&elsewhere.tasklet, in_softirq_now);
	elsewhere.interrupt = IRQ_WORK_INIT_HARD(in_interrupt_now);
	tasklet_schedule(&elsewhere.tasklet);
	wait_for_completion(&elsewhere.done);
	tasklet_kill(&elsewhere.tasklet);
	KUNIT_EXPECT_EQ(test, elsewhere.asynchronous, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, elsewhere.synchronous, STATUS_INVALID_LEVEL);
	spin_lock_irqsave(&lock, flags);
	report_both();
	spin_unlock_irqrestore(&lock, flags);
	KUNIT_EXPECT_EQ(test, elsewhere.asynchronous, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, elsewhere.synchronous, STATUS_INVALID_LEVEL);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.completions, 2));
	reinit_completion(&elsewhere.done);
	irq_work_queue(&elsewhere.interrupt);
	wait_for_completion(&elsewhere.done);
	irq_work_sync(&elsewhere.interrupt);
	KUNIT_EXPECT_EQ(test, elsewhere.asynchronous, STATUS_INVALID_LEVEL);
	KUNIT_EXPECT_EQ(test, elsewhere.synchronous, STATUS_INVALID_LEVEL);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.completions, 2);
}

/* A registrant hangs, so callbacks wait: what is reserved for them is used up, and had again. */
static void r8_refused_when_the_reserve_is_used_up(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	struct report report;
	NTSTATUS status = STATUS_SUCCESS;
	int accepted = 0;

	listen(test, on_notification);
	seen.block = true;
	fill(&report, NULL, 0);
	while (accepted < 100000) {
		status = IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, NULL);
		if (!NT_SUCCESS(status))
			break;
		accepted++;
	}
	KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	/* At least 1 MiB of reports. */
	KUNIT_EXPECT_TRUE(test, accepted >= (1 << 20) / 56);
	seen.block = false;
	complete_all(&seen.released);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.completions, accepted));
	KUNIT_EXPECT_EQ(test,
			IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, NULL),
			STATUS_SUCCESS);
	unlisten(test);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.completions, accepted + 1);
}

static void r9_callbacks_in_order_after_the_registrants(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	struct report report;
	uintptr_t i;

	listen(test, on_notification);
	seen.sleep = true;
	fill(&report, "x", 1);
	KUNIT_EXPECT_EQ(test,
			IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, (PVOID)1),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, seen.completions, 0);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.completions, 1));
	KUNIT_EXPECT_EQ(test, seen.events_at_completion, 1);
	seen.sleep = false;
	for (i = 2; i <= 1000; i++)
		KUNIT_EXPECT_EQ(
			test,
			IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, (PVOID)i),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.completions, 1000));
	KUNIT_EXPECT_TRUE(test, seen.in_order);
	unlisten(test);
	PnpnDeletePdo(pdo);
}

static void r10_what_was_accepted_before_the_end_is_called_back(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	struct report report;
	int i;

	listen(test, on_notification);
	fill(&report, "x", 1);
	for (i = 0; i < 100; i++)
		IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, NULL);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.completions, 100);
	KUNIT_EXPECT_EQ(test, seen.events, 100);
	KUNIT_EXPECT_EQ(test, seen.removals, 1);
	unlisten(test);
}

static void r11_r12_in_order_from_the_registration_on(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	u64 i;

	KUNIT_EXPECT_EQ(test, report_number(pdo, 1), STATUS_SUCCESS);
	listen(test, on_notification);
	for (i = 2; i <= 5000; i++)
		KUNIT_EXPECT_EQ(test, report_number(pdo, i), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.events, 4999));
	KUNIT_EXPECT_TRUE(test, seen.in_order);
	KUNIT_EXPECT_EQ(test, seen.last, 5000);
	unlisten(test);
	PnpnDeletePdo(pdo);
}

static void r13_nobody_there(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	struct report report;

	fill(&report, "x", 1);
	KUNIT_EXPECT_EQ(test,
			IoReportTargetDeviceChangeAsynchronous(pdo, &report, on_complete, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.completions, 1));
	PnpnDeletePdo(pdo);
}

static void r15_a_loss_is_told(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	const int reports = 40000;
	u64 i;

	listen(test, on_notification);
	seen.block = true;
	for (i = 1; i <= reports; i++)
		KUNIT_EXPECT_EQ(test, report_number(pdo, i), STATUS_SUCCESS);
	seen.block = false;
	complete_all(&seen.released);
	KUNIT_EXPECT_EQ(test, report_number(pdo, i), STATUS_SUCCESS);
	for (i = 0; i < 30000 && seen.last != reports + 1; i++)
		msleep(1);
	KUNIT_EXPECT_TRUE(test, seen.losses > 0);
	KUNIT_EXPECT_EQ(test, seen.events + seen.lost, reports + 1);
	KUNIT_EXPECT_TRUE(test, seen.in_order);
	unlisten(test);
	PnpnDeletePdo(pdo);
}

/* --- section K ------------------------------------------------------------------------------------ */

static NTSTATUS try_register(int category, PVOID data, PDRIVER_OBJECT driver)
{
	PVOID entry = NULL;
	NTSTATUS status = IoRegisterPlugPlayNotification(category, 0, data, driver, on_notification,
							 NULL, &entry);

	if (NT_SUCCESS(status))
		return IoUnregisterPlugPlayNotification(entry);
	return entry ? STATUS_UNSUCCESSFUL : status;
}

static void k1_categories(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	PFILE_OBJECT file = open_device(test);

	KUNIT_EXPECT_EQ(test, try_register(0, file, &other_driver), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, try_register(1, NULL, &other_driver), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, try_register(2, (PVOID)&class_guid, &other_driver), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, try_register(2, NULL, &other_driver), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, try_register(3, file, &other_driver), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, try_register(3, NULL, &other_driver), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, try_register(4, file, &other_driver), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, try_register(3, file, NULL), STATUS_INVALID_PARAMETER);
	ObDereferenceObject(file);
	PnpnDeletePdo(pdo);
}

static void k2_files_and_the_own_driver(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	PFILE_OBJECT file = open_device(test);

	KUNIT_EXPECT_EQ(test, try_register(3, file, &owner_driver), STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
						       &other_driver, on_notification, NULL,
						       &seen.entry),
			STATUS_SUCCESS);
	report_number(pdo, 1);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.events, 1));
	KUNIT_EXPECT_TRUE(test, seen.file == file);
	ObDereferenceObject(file);
	report_number(pdo, 2);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.events, 2));
	KUNIT_EXPECT_TRUE(test, seen.file == NULL);
	unlisten(test);
	PnpnDeletePdo(pdo);
}

static void k3_d8_the_removal_comes_last(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);

	listen(test, on_notification);
	report_number(pdo, 1);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.events, 1);
	KUNIT_EXPECT_EQ(test, seen.removals, 1);
	unlisten(test);
}

static void k3_k4_d2_d3_interfaces_come_and_go(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	UNICODE_STRING name, again, slash;
	PVOID entry = NULL, existing = NULL;

	RtlInitUnicodeString(&slash, L"a\\b");
	KUNIT_EXPECT_EQ(test, IoRegisterDeviceInterface(pdo, &class_guid, &slash, &again),
			STATUS_INVALID_DEVICE_REQUEST);
	KUNIT_EXPECT_EQ(test, IoRegisterDeviceInterface(pdo, &class_guid, NULL, &name),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoRegisterDeviceInterface(pdo, &class_guid, NULL, &again),
			STATUS_OBJECT_NAME_EXISTS);
	KUNIT_EXPECT_EQ(test, name.Length, again.Length);
	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0,
						       (PVOID)&class_guid, &other_driver,
						       on_notification, NULL, &entry),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&name, FALSE),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&name, TRUE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&name, TRUE), STATUS_OBJECT_NAME_EXISTS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.arrivals, 1));
	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(
				EventCategoryDeviceInterfaceChange,
				PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES,
				(PVOID)&class_guid, &other_driver, on_notification, NULL,
				&existing),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.arrivals, 2));
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotificationEx(existing), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&name, FALSE), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.departures, 1));
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotificationEx(entry), STATUS_SUCCESS);
	RtlFreeUnicodeString(&name);
	RtlFreeUnicodeString(&again);
	PnpnDeletePdo(pdo);
}

static NTSTATUS on_unregister_inside(PVOID structure, PVOID context)
{
	seen.status = IoUnregisterPlugPlayNotificationEx(seen.entry);
	return on_notification(structure, context);
}

static void k5_no_callback_after_unregister(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	int i, events;

	/* One that is under way has returned when unregistering does. */
	seen.sleep = true;
	for (i = 1; i <= 5; i++) {
		listen(test, on_notification);
		report_number(pdo, i);
		KUNIT_EXPECT_TRUE(test, wait_until(&seen.begun, i));
		unlisten(test);
		KUNIT_EXPECT_EQ(test, seen.events, i);
	}
	seen.sleep = false;
	for (i = 0; i < 200; i++) {
		seen.last = 0;
		listen(test, on_notification);
		report_number(pdo, 1);
		report_number(pdo, 2);
		unlisten(test);
		events = seen.events;
		report_number(pdo, 3);
		KUNIT_EXPECT_EQ(test, seen.events, events);
	}
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotificationEx(seen.entry),
			STATUS_INVALID_PARAMETER);
	seen.events = 0;
	listen(test, on_unregister_inside);
	report_number(pdo, 1);
	report_number(pdo, 2);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.events, 1));
	KUNIT_EXPECT_EQ(test, seen.status, STATUS_SUCCESS);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.events, 1);
}

static void k6_a_registration_holds_the_module(struct kunit *test)
{
#ifdef CONFIG_MODULE_UNLOAD
	PDEVICE_OBJECT pdo = start(test);
	int before = module_refcount(THIS_MODULE);

	listen(test, on_notification);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	report_number(pdo, 1);
	unlisten(test);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	PnpnDeletePdo(pdo);
#endif
}

static NTSTATUS on_report_inside(PVOID structure, PVOID context)
{
	struct report report;

	fill(&report, "x", 1);
	seen.status = IoReportTargetDeviceChange(seen.pdo, &report);
	complete(&seen.told);
	return STATUS_SUCCESS;
}

static void k7_the_synchronous_form_inside_a_callback(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);

	listen(test, on_report_inside);
	report_number(pdo, 1);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&seen.told, PATIENCE));
	KUNIT_EXPECT_EQ(test, seen.status, STATUS_POSSIBLE_DEADLOCK);
	unlisten(test);
	PnpnDeletePdo(pdo);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(r1_r5_the_report_is_copied_as_it_is),
	KUNIT_CASE(r2_the_synchronous_form_waits),
	KUNIT_CASE(r3_r4_what_is_refused_is_not_sent),
	KUNIT_CASE(r6_only_a_started_pdo_reports),
	KUNIT_CASE(r7_where_it_may_be_called),
	KUNIT_CASE(r8_refused_when_the_reserve_is_used_up),
	KUNIT_CASE(r9_callbacks_in_order_after_the_registrants),
	KUNIT_CASE(r10_what_was_accepted_before_the_end_is_called_back),
	KUNIT_CASE(r11_r12_in_order_from_the_registration_on),
	KUNIT_CASE(r13_nobody_there),
	KUNIT_CASE(r15_a_loss_is_told),
	KUNIT_CASE(k1_categories),
	KUNIT_CASE(k2_files_and_the_own_driver),
	KUNIT_CASE(k3_d8_the_removal_comes_last),
	KUNIT_CASE(k3_k4_d2_d3_interfaces_come_and_go),
	KUNIT_CASE(k5_no_callback_after_unregister),
	KUNIT_CASE(k6_a_registration_holds_the_module),
	KUNIT_CASE(k7_the_synchronous_form_inside_a_callback),
	{},
};

static struct kunit_suite suite = {
	.name = "pnpnotify",
	.test_cases = cases,
};
kunit_test_suite(suite);
MODULE_DESCRIPTION("pnpnotify tests: sections R and K inside Linux");
MODULE_LICENSE("Dual MIT/GPL");
