/* SPDX-License-Identifier: MIT */
/* Inside Linux, by the Windows names: K1, K2, K3, K4, K5, K6, K7; D2, D3, D8. */
#include <linux/delay.h>
#include "kunit-fixture.h"
#include <wdmguid.h>
#include <pnpnotify-events.h>

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

/* What another driver got by name is its as long as it has the file. */
static void k2_r6_an_object_that_was_given_out_outlives_its_device(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test), other = NULL, given;
	PFILE_OBJECT file = open_device(test);

	given = file->DeviceObject;
	KUNIT_EXPECT_TRUE(test, given == pdo);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&owner_driver, NULL, ID, &other), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(other), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, other != given);
	KUNIT_EXPECT_EQ(test, report_number(given, 1), STATUS_INVALID_DEVICE_REQUEST);
	ObDereferenceObject(file);
	PnpnDeletePdo(other);
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

/* Two callbacks that meet, of a device and of a class or another device; then each does its own. */
static struct meeting {
	struct completion begun, done;
	void (*act)(void);
} meetings[2];
static PDEVICE_OBJECT other_pdo;
static PVOID other_entry;

static NTSTATUS meet(int which)
{
	if (completion_done(&meetings[which].begun))
		return STATUS_SUCCESS; /* of what came of it */
	complete_all(&meetings[which].begun);
	wait_for_completion(&meetings[!which].begun);
	meetings[which].act();
	complete_all(&meetings[which].done);
	return STATUS_SUCCESS;
}

static NTSTATUS on_one(PVOID structure, PVOID context)
{
	return meet(0);
}

static NTSTATUS on_other(PVOID structure, PVOID context)
{
	return meet(1);
}

static void unlisten_one(void)
{
	IoUnregisterPlugPlayNotificationEx(seen.entry);
}

static void unlisten_other(void)
{
	IoUnregisterPlugPlayNotificationEx(other_entry);
}

static void delete_one(void)
{
	PnpnDeletePdo(seen.pdo);
}

static void delete_other(void)
{
	PnpnDeletePdo(other_pdo);
}

static void expect_meeting(struct kunit *test)
{
	int i;

	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&meetings[i].done, PATIENCE));
}

static void start_meeting(struct kunit *test, void (*one)(void), void (*other)(void))
{
	int i;

	start(test);
	for (i = 0; i < 2; i++) {
		init_completion(&meetings[i].begun);
		init_completion(&meetings[i].done);
		meetings[i].act = i ? other : one;
	}
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&owner_driver, NULL, "ROOT\\KUNIT\\0001", &other_pdo),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(other_pdo), STATUS_SUCCESS);
	listen(test, on_one);
}

/* A device's callback and one of a class that the other device's interface is of. */
static void meet_class(struct kunit *test, void (*one)(void), void (*other)(void))
{
	UNICODE_STRING name;

	start_meeting(test, one, other);
	KUNIT_EXPECT_EQ(test, IoRegisterDeviceInterface(other_pdo, &class_guid, NULL, &name),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0,
						       (PVOID)&class_guid, &other_driver, on_other,
						       NULL, &other_entry),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, IoSetDeviceInterfaceState(&name, TRUE), STATUS_SUCCESS);
	report_number(seen.pdo, 1);
	expect_meeting(test);
	RtlFreeUnicodeString(&name);
}

/* Callbacks of two devices. */
static void meet_devices(struct kunit *test, void (*one)(void), void (*other)(void))
{
	PDEVICE_OBJECT device;
	UNICODE_STRING name;
	PFILE_OBJECT file;

	start_meeting(test, one, other);
	KUNIT_EXPECT_EQ(test, pnpn_device_add_link(PnpnGetDevice(other_pdo), "\\\\.\\Kunit1"), 0);
	RtlInitUnicodeString(&name, L"\\DosDevices\\kunit1");
	KUNIT_EXPECT_EQ(test, IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
						       &other_driver, on_other, NULL, &other_entry),
			STATUS_SUCCESS);
	ObDereferenceObject(file);
	report_number(seen.pdo, 1);
	report_number(other_pdo, 1);
	expect_meeting(test);
}

static void k5_a_device_goes_in_one_callback_while_another_unregisters(struct kunit *test)
{
	meet_class(test, delete_other, unlisten_one);
	unlisten_other();
	delete_one();
}

static void k5_a_class_s_callback_and_a_device_s_unregister_each_other(struct kunit *test)
{
	meet_class(test, unlisten_other, unlisten_one);
	delete_one();
	delete_other();
}

static void k5_a_class_s_callback_takes_a_device_away_that_unregisters_it(struct kunit *test)
{
	meet_class(test, unlisten_other, delete_one);
	unlisten_one();
	delete_other();
}

static void k5_two_devices_callbacks_unregister_each_other(struct kunit *test)
{
	meet_devices(test, unlisten_other, unlisten_one);
	delete_one();
	delete_other();
}

static void k5_two_devices_callbacks_take_each_other_s_device_away(struct kunit *test)
{
	meet_devices(test, delete_other, delete_one);
	unlisten_one();
	unlisten_other();
}

static void k5_a_device_s_callback_takes_it_away(struct kunit *test)
{
	start_meeting(test, delete_one, delete_other);
	complete_all(&meetings[1].begun);
	report_number(seen.pdo, 1);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&meetings[0].done, PATIENCE));
	unlisten_one();
	delete_other();
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
	KUNIT_CASE(k1_categories),
	KUNIT_CASE(k2_files_and_the_own_driver),
	KUNIT_CASE(k2_r6_an_object_that_was_given_out_outlives_its_device),
	KUNIT_CASE(k3_d8_the_removal_comes_last),
	KUNIT_CASE(k3_k4_d2_d3_interfaces_come_and_go),
	KUNIT_CASE(k5_no_callback_after_unregister),
	KUNIT_CASE(k5_a_device_goes_in_one_callback_while_another_unregisters),
	KUNIT_CASE(k5_a_class_s_callback_and_a_device_s_unregister_each_other),
	KUNIT_CASE(k5_a_class_s_callback_takes_a_device_away_that_unregisters_it),
	KUNIT_CASE(k5_two_devices_callbacks_unregister_each_other),
	KUNIT_CASE(k5_two_devices_callbacks_take_each_other_s_device_away),
	KUNIT_CASE(k5_a_device_s_callback_takes_it_away),
	KUNIT_CASE(k6_a_registration_holds_the_module),
	KUNIT_CASE(k7_the_synchronous_form_inside_a_callback),
	{},
};

struct kunit_suite notification_suite = {
	.name = "pnpnotify-notification",
	.test_cases = cases,
};
