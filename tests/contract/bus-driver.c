/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "bus-driver.h"
#include "wdm/host.h"

const GUID card_guid = {0x77aa01d2, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};
#define TAG 0x74736574u /* "test" */

struct bus_test bus_test;
static char log_text[512];
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static PDEVICE_OBJECT bus_fdo, bus_lower;
static PDRIVER_OBJECT bus_driver;

struct extension {
	int slot; /* of a PDO or of the device above it; -1: the bus itself */
	bool is_pdo;
	PDEVICE_OBJECT lower;
};

static void note(int slot, UCHAR minor)
{
	const char *what = minor == IRP_MN_SURPRISE_REMOVAL	  ? "SURPRISE"
			   : minor == IRP_MN_REMOVE_DEVICE	  ? "REMOVE"
			   : minor == IRP_MN_QUERY_REMOVE_DEVICE  ? "QUERY"
			   : minor == IRP_MN_CANCEL_REMOVE_DEVICE ? "CANCEL"
								  : NULL;

	if (!what)
		return;
	pthread_mutex_lock(&log_lock);
	size_t length = strlen(log_text);
	if (slot < 0)
		snprintf(log_text + length, sizeof(log_text) - length, "bus:%s ", what);
	else
		snprintf(log_text + length, sizeof(log_text) - length, "card%d:%s ", slot, what);
	pthread_mutex_unlock(&log_lock);
	if (slot >= 0 && minor == IRP_MN_CANCEL_REMOVE_DEVICE)
		KeReleaseSemaphore(&bus_test.cancelled, IO_NO_INCREMENT, 1, FALSE);
}

const char *bus_log(void)
{
	static char copy[sizeof(log_text)];

	pthread_mutex_lock(&log_lock);
	strcpy(copy, log_text);
	pthread_mutex_unlock(&log_lock);
	return copy;
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, PVOID information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = (ULONG_PTR)information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static PVOID paged_copy(const void *data, size_t size)
{
	PVOID copy = ExAllocatePoolWithTag(PagedPool, size, TAG);

	memcpy(copy, data, size);
	return copy;
}

static NTSTATUS card_query_id(int slot, BUS_QUERY_ID_TYPE type, PIRP irp)
{
	static const WCHAR device[] = L"TestBus\\Card";
	static const WCHAR hardware[] = L"TestBus\\Card2000\0TestBus\\Card\0";
	static const WCHAR compatible[] = L"TestBus\\Anything\0";
	WCHAR instance[2] = {(WCHAR)(L'0' + slot), 0};

	switch (type) {
	case BusQueryDeviceID:
		return complete(irp, STATUS_SUCCESS, paged_copy(device, sizeof(device)));
	case BusQueryHardwareIDs:
		return complete(irp, STATUS_SUCCESS, paged_copy(hardware, sizeof(hardware)));
	case BusQueryCompatibleIDs:
		return complete(irp, STATUS_SUCCESS, paged_copy(compatible, sizeof(compatible)));
	case BusQueryInstanceID:
		return complete(irp, STATUS_SUCCESS, paged_copy(instance, sizeof(instance)));
	default:
		return complete(irp, irp->IoStatus.Status, NULL);
	}
}

static NTSTATUS card_remove(PDEVICE_OBJECT pdo, int slot, PIRP irp)
{
	bool deletes = !bus_test.plugged[slot] || bus_test.pdos[slot] != pdo;

	if (bus_test.pdos[slot] == pdo && deletes)
		bus_test.pdos[slot] = NULL;
	NTSTATUS status = complete(irp, STATUS_SUCCESS, NULL);
	if (deletes)
		IoDeleteDevice(pdo);
	return status;
}

static NTSTATUS pdo_pnp(PDEVICE_OBJECT pdo, const struct extension *extension, PIRP irp)
{
	static const WCHAR description[] = L"A card";
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	PDEVICE_CAPABILITIES capabilities;

	note(extension->slot, location->MinorFunction);
	switch (location->MinorFunction) {
	case IRP_MN_QUERY_ID:
		return card_query_id(extension->slot, location->Parameters.QueryId.IdType, irp);
	case IRP_MN_QUERY_CAPABILITIES:
		capabilities = location->Parameters.DeviceCapabilities.Capabilities;
		capabilities->UniqueID = 1;
		capabilities->RawDeviceOK = bus_test.raw;
		return complete(irp, STATUS_SUCCESS, NULL);
	case IRP_MN_QUERY_DEVICE_TEXT:
		if (location->Parameters.QueryDeviceText.DeviceTextType != DeviceTextDescription)
			return complete(irp, irp->IoStatus.Status, NULL);
		return complete(irp, STATUS_SUCCESS, paged_copy(description, sizeof(description)));
	case IRP_MN_REMOVE_DEVICE:
		return card_remove(pdo, extension->slot, irp);
	case IRP_MN_START_DEVICE:
	case IRP_MN_QUERY_REMOVE_DEVICE:
	case IRP_MN_CANCEL_REMOVE_DEVICE:
	case IRP_MN_SURPRISE_REMOVAL:
		return complete(irp, STATUS_SUCCESS, NULL);
	default:
		return complete(irp, irp->IoStatus.Status, (PVOID)irp->IoStatus.Information);
	}
}

static void name_one(PDEVICE_RELATIONS relations, PDEVICE_OBJECT pdo)
{
	ObReferenceObject(pdo);
	relations->Objects[relations->Count++] = pdo;
}

static PDEVICE_RELATIONS name_all(void)
{
	PDEVICE_RELATIONS relations = ExAllocatePoolWithTag(
		PagedPool, sizeof(*relations) + SLOTS * sizeof(PDEVICE_OBJECT), TAG);

	relations->Count = 0;
	for (int i = 0; i < SLOTS; i++)
		if (bus_test.plugged[i])
			name_one(relations, bus_test.pdos[i]);
	if (bus_test.named_twice)
		name_one(relations, bus_test.pdos[0]);
	return relations;
}

static NTSTATUS bus_remove(PDEVICE_OBJECT device, PIRP irp)
{
	IoSkipCurrentIrpStackLocation(irp);
	NTSTATUS status = IoCallDriver(bus_lower, irp);

	for (int i = 0; i < SLOTS; i++)
		if (bus_test.pdos[i])
			IoDeleteDevice(bus_test.pdos[i]);
	memset(bus_test.pdos, 0, sizeof(bus_test.pdos));
	IoDetachDevice(bus_lower);
	IoDeleteDevice(device);
	return status;
}

static NTSTATUS bus_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	const struct extension *extension = device->DeviceExtension;
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	if (extension->is_pdo)
		return pdo_pnp(device, extension, irp);
	note(-1, location->MinorFunction);
	if (location->MinorFunction == IRP_MN_REMOVE_DEVICE)
		return bus_remove(device, irp);
	if (location->MinorFunction == IRP_MN_QUERY_REMOVE_DEVICE && bus_test.refuses == BUS_VETO)
		return complete(irp, STATUS_UNSUCCESSFUL, NULL);
	irp->IoStatus.Status = STATUS_SUCCESS;
	if (location->MinorFunction == IRP_MN_QUERY_DEVICE_RELATIONS &&
	    location->Parameters.QueryDeviceRelations.Type == BusRelations)
		irp->IoStatus.Information = (ULONG_PTR)name_all();
	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(bus_lower, irp);
}

static PDEVICE_OBJECT new_device(PDRIVER_OBJECT driver, int slot, bool is_pdo)
{
	PDEVICE_OBJECT device;

	assert_int_equal(IoCreateDevice(driver, sizeof(struct extension), NULL, FILE_DEVICE_UNKNOWN,
					is_pdo ? FILE_AUTOGENERATED_DEVICE_NAME : 0, FALSE,
					&device),
			 STATUS_SUCCESS);
	*(struct extension *)device->DeviceExtension = (struct extension){.slot = slot,
									  .is_pdo = is_pdo};
	device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return device;
}

static NTSTATUS bus_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	bus_test.bus_pdo = pdo;
	bus_fdo = new_device(driver, -1, false);
	bus_lower = IoAttachDeviceToDeviceStack(bus_fdo, pdo);
	return STATUS_SUCCESS;
}

static NTSTATUS bus_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	bus_driver = driver;
	driver->DriverExtension->AddDevice = bus_add_device;
	driver->MajorFunction[IRP_MJ_PNP] = bus_pnp;
	return STATUS_SUCCESS;
}

/* --- the driver of what is on it ------------------------------------------------------------------ */

static NTSTATUS card_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	struct extension *extension = device->DeviceExtension;
	PDEVICE_OBJECT lower = extension->lower;
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

	if (minor == IRP_MN_QUERY_REMOVE_DEVICE && bus_test.refuses == extension->slot)
		return complete(irp, STATUS_UNSUCCESSFUL, NULL);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(irp);
	NTSTATUS status = IoCallDriver(lower, irp);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		IoDetachDevice(lower);
		IoDeleteDevice(device);
	}
	return status;
}

static NTSTATUS card_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	const struct extension *below = pdo->DeviceExtension;
	PDEVICE_OBJECT device = new_device(driver, below->slot, false);
	struct extension *extension = device->DeviceExtension;
	UNICODE_STRING name;

	extension->lower = IoAttachDeviceToDeviceStack(device, pdo);
	assert_int_equal(IoRegisterDeviceInterface(pdo, &card_guid, NULL, &name), STATUS_SUCCESS);
	assert_int_equal(IoSetDeviceInterfaceState(&name, TRUE), STATUS_SUCCESS);
	RtlFreeUnicodeString(&name);
	return STATUS_SUCCESS;
}

static NTSTATUS card_open(PDEVICE_OBJECT device, PIRP irp)
{
	return complete(irp, STATUS_SUCCESS, NULL);
}

static NTSTATUS card_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	driver->DriverExtension->AddDevice = card_add_device;
	driver->MajorFunction[IRP_MJ_PNP] = card_pnp;
	driver->MajorFunction[IRP_MJ_CREATE] = card_open;
	driver->MajorFunction[IRP_MJ_CLEANUP] = card_open;
	driver->MajorFunction[IRP_MJ_CLOSE] = card_open;
	return STATUS_SUCCESS;
}

/* --- what tests call ------------------------------------------------------------------------------ */

static void add(const char *path, PDRIVER_INITIALIZE entry, const char *device)
{
	const char *const devices[] = {device};
	const struct pnpn_host_driver driver = {
		.path = path, .entry = (void (*)(void))entry, .devices = devices, .n_devices = 1};

	assert_int_equal(pnpn_host_add_driver(&driver), 0);
}

void bus_add(void)
{
	memset(&bus_test, 0, sizeof(bus_test));
	bus_test.refuses = -1;
	*log_text = 0;
	KeInitializeSemaphore(&bus_test.cancelled, 0, 100);
	add("testbus", bus_entry, BUS_ID);
}

void card_add(void)
{
	add("card", card_entry, CARD_HW);
}

void bus_settle(void)
{
	/* What was told before is looked at before this returns, even where the device is gone. */
	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
}

void bus_plug(int slot)
{
	bus_test.pdos[slot] = new_device(bus_driver, slot, true);
	bus_test.plugged[slot] = true;
	IoInvalidateDeviceRelations(bus_test.bus_pdo, BusRelations);
	bus_settle();
}

void bus_pull(int slot)
{
	bus_test.plugged[slot] = false;
	IoInvalidateDeviceRelations(bus_test.bus_pdo, BusRelations);
	bus_settle();
}
