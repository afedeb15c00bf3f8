/* SPDX-License-Identifier: MIT */
/* Inside Linux: D1, D3, D4, D8, D9, as drivers and kernel-mode registrants see them. */
#include "kunit-fixture.h"

static PVOID listen_class(struct kunit *test)
{
	PVOID entry = NULL;

	KUNIT_EXPECT_EQ(test,
			IoRegisterPlugPlayNotification(EventCategoryDeviceInterfaceChange, 0,
						       (PVOID)&class_guid, &other_driver,
						       on_notification, NULL, &entry),
			STATUS_SUCCESS);
	return entry;
}

static PDEVICE_OBJECT create(struct kunit *test)
{
	PDEVICE_OBJECT pdo = NULL;

	forget();
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&owner_driver, NULL, ID, &pdo), STATUS_SUCCESS);
	return pdo;
}

/* Its name, until the device's last reference. */
static const char *add_interface(struct kunit *test, PDEVICE_OBJECT pdo)
{
	const char *name = NULL;

	KUNIT_EXPECT_EQ(test,
			pnpn_device_add_interface(PnpnGetDevice(pdo),
						  (const struct pnpn_guid *)&class_guid, NULL,
						  &name),
			0);
	return name;
}

static void d3_nobody_is_told_before_the_start(struct kunit *test)
{
	PVOID entry = listen_class(test);
	PDEVICE_OBJECT pdo = create(test);
	const char *name = add_interface(test, pdo);

	KUNIT_EXPECT_EQ(test, pnpn_device_enable_interface(PnpnGetDevice(pdo), name, true), 0);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(pdo), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wait_until(&seen.arrivals, 1));
	/* Its end tells of the interface; all is told when it returns. */
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.arrivals, 1);
	KUNIT_EXPECT_EQ(test, seen.departures, 1);
	pdo = create(test);
	name = add_interface(test, pdo);
	KUNIT_EXPECT_EQ(test, pnpn_device_enable_interface(PnpnGetDevice(pdo), name, true), 0);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, seen.arrivals + seen.departures, 0);
	KUNIT_EXPECT_EQ(test, IoUnregisterPlugPlayNotificationEx(entry), STATUS_SUCCESS);
}

static NTSTATUS open_name(const WCHAR *text)
{
	UNICODE_STRING name;
	PFILE_OBJECT file;
	PDEVICE_OBJECT device;
	NTSTATUS status;

	RtlInitUnicodeString(&name, text);
	status = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device);
	if (NT_SUCCESS(status))
		ObDereferenceObject(file);
	return status;
}

#define IN_KERNEL_MODE L"ROOT#KUNIT#0000#{3f1d5a71-1c1b-4c7e-0102-030405060708}"

static void d4_every_spelling_opens_a_started_device(struct kunit *test)
{
	static const WCHAR *const names[] = {
		L"\\??\\Kunit",
		L"\\DosDevices\\KUNIT",
		L"\\dosdevices\\Global\\kunit",
		L"\\GLOBAL??\\kunit",
		L"\\??\\" IN_KERNEL_MODE,
		L"\\DosDevices\\" IN_KERNEL_MODE,
		L"\\GLOBAL??\\" IN_KERNEL_MODE,
	};
	PDEVICE_OBJECT pdo = create(test);
	struct pnpn_device *device = PnpnGetDevice(pdo);
	const char *name = add_interface(test, pdo);
	int i;

	KUNIT_EXPECT_EQ(test, pnpn_device_add_link(device, "\\\\.\\Kunit"), 0);
	KUNIT_EXPECT_EQ(test, pnpn_device_enable_interface(device, name, true), 0);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ(test, open_name(names[i]), STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, PnpnStartPdo(pdo), STATUS_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ(test, open_name(names[i]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, pnpn_device_enable_interface(device, name, false), 0);
	KUNIT_EXPECT_EQ(test, open_name(names[4]), STATUS_OBJECT_NAME_NOT_FOUND);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, open_name(names[0]), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void d9_a_name_is_one_devices(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test), other = NULL;

	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&other_driver, NULL, "root\\kunit\\0000", &other),
			STATUS_OBJECT_NAME_COLLISION);
	KUNIT_EXPECT_EQ(test, PnpnCreatePdo(&other_driver, NULL, "ROOT\\KUNIT\\0001", &other),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, pnpn_device_add_link(PnpnGetDevice(other), "\\\\.\\KUNIT"), -EEXIST);
	KUNIT_EXPECT_EQ(test, pnpn_device_remove_link(PnpnGetDevice(other), "\\\\.\\KUNIT"),
			-ENOENT);
	PnpnDeletePdo(pdo);
	KUNIT_EXPECT_EQ(test, pnpn_device_add_link(PnpnGetDevice(other), "\\\\.\\KUNIT"), 0);
	PnpnDeletePdo(other);
}

static void d1_a_name_stays_as_long_as_its_device(struct kunit *test)
{
	PDEVICE_OBJECT pdo = start(test);
	const char *name = add_interface(test, pdo);
	PFILE_OBJECT file = open_device(test);

	PnpnDeletePdo(pdo);
	/* The next one of that id has the same names, and none of the other's. */
	pdo = start(test);
	KUNIT_EXPECT_EQ(test, pnpn_device_enable_interface(PnpnGetDevice(pdo), name, true),
			-ENOENT);
	KUNIT_EXPECT_TRUE(test, add_interface(test, pdo) != name);
	KUNIT_EXPECT_EQ(test, pnpn_device_enable_interface(PnpnGetDevice(pdo), name, true), 0);
	PnpnDeletePdo(pdo);
	ObDereferenceObject(file);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(d1_a_name_stays_as_long_as_its_device),
	KUNIT_CASE(d3_nobody_is_told_before_the_start),
	KUNIT_CASE(d4_every_spelling_opens_a_started_device),
	KUNIT_CASE(d9_a_name_is_one_devices),
	{},
};

struct kunit_suite tree_suite = {
	.name = "pnpnotify-tree",
	.test_cases = cases,
};
