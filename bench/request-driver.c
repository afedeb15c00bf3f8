/* SPDX-License-Identifier: MIT */
#include <ntddk.h>
#include <string.h>
#include "request-driver.h"
#include "wdm/host.h"

static const UNICODE_STRING device_name = {sizeof(L"\\Device\\Bench") - sizeof(WCHAR),
					   sizeof(L"\\Device\\Bench"), (PWSTR)L"\\Device\\Bench"};
static const UNICODE_STRING link_name = {sizeof(L"\\??\\Bench") - sizeof(WCHAR),
					 sizeof(L"\\??\\Bench"), (PWSTR)L"\\??\\Bench"};

static NTSTATUS complete(PIRP irp, ULONG_PTR information)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS on_open(PDEVICE_OBJECT device, PIRP irp)
{
	return complete(irp, 0);
}

static NTSTATUS on_control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	ULONG size = location->Parameters.DeviceIoControl.OutputBufferLength;

	if (location->Parameters.DeviceIoControl.IoControlCode == REQUEST_EMPTY)
		return complete(irp, 0);
	memset(MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority), 1, size);
	return complete(irp, size);
}

static void unload(PDRIVER_OBJECT driver)
{
	IoDeleteSymbolicLink((PUNICODE_STRING)&link_name);
	IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
	PDEVICE_OBJECT device;

	driver->DriverUnload = unload;
	driver->MajorFunction[IRP_MJ_CREATE] = on_open;
	driver->MajorFunction[IRP_MJ_CLOSE] = on_open;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
	NTSTATUS status = IoCreateDevice(driver, 0, (PUNICODE_STRING)&device_name,
					 FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (NT_SUCCESS(status))
		status = IoCreateSymbolicLink((PUNICODE_STRING)&link_name,
					      (PUNICODE_STRING)&device_name);
	return status;
}

int request_driver_run(const char *address)
{
	const struct pnpn_host_driver driver = {.path = "bench", .entry = (void (*)(void))entry};

	return pnpn_host_run(&(struct pnpn_host_options){
		.address = address, .drivers = &driver, .n_drivers = 1});
}
