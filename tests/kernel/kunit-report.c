/* SPDX-License-Identifier: MIT */
/* Inside Linux, by the Windows names: R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, R13, R15. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/slab.h>
#include "kunit-fixture.h"
#include <wdmguid.h>
#include <pnpnotify-events.h>

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
	{},
};

static struct kunit_suite report_suite = {
	.name = "pnpnotify-report",
	.test_cases = cases,
};
kunit_test_suites(&report_suite, &notification_suite, &tree_suite);
MODULE_DESCRIPTION("pnpnotify tests: sections R, K and D inside Linux");
MODULE_LICENSE("Dual MIT/GPL");
