/* SPDX-License-Identifier: MIT */
/* Files that somebody has open on a device: one object of the framework's for each. */
#include "kmdf/device.h"
#include "kmdf/queue.h"

struct file {
	struct pnpn_wdf_object object;
	struct pnpn_wdf_device *device;
	PFILE_OBJECT wdm;
	LIST_ENTRY link; /* in the device's */
};

static struct file *file_find(struct pnpn_wdf_device *device, PFILE_OBJECT wdm)
{
	struct file *file = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&device->lock, &irql);
	for (PLIST_ENTRY entry = device->files.Flink; entry != &device->files && !file;
	     entry = entry->Flink)
		if (CONTAINING_RECORD(entry, struct file, link)->wdm == wdm)
			file = CONTAINING_RECORD(entry, struct file, link);
	KeReleaseSpinLock(&device->lock, irql);
	return file;
}

WDFFILEOBJECT pnpn_wdf_file_of(struct pnpn_wdf_device *device, PFILE_OBJECT wdm)
{
	return wdm ? (WDFFILEOBJECT)file_find(device, wdm) : NULL;
}

static void file_delete(struct pnpn_wdf_object *object)
{
	struct file *file = (struct file *)object;
	KIRQL irql;

	KeAcquireSpinLock(&file->device->lock, &irql);
	RemoveEntryList(&file->link);
	KeReleaseSpinLock(&file->device->lock, irql);
}

static NTSTATUS file_new(struct pnpn_wdf_device *device, PFILE_OBJECT wdm, struct file **ret)
{
	struct WDFDEVICE_INIT *init = &device->init;
	struct file *file;
	KIRQL irql;
	NTSTATUS status = pnpn_wdf_object_new(
		sizeof(*file), PNPN_WDF_FILE,
		init->has_file_attributes ? &init->file_attributes : NULL, &device->object, &file);

	if (!NT_SUCCESS(status))
		return status;
	file->device = device;
	file->wdm = wdm;
	KeAcquireSpinLock(&device->lock, &irql);
	InsertTailList(&device->files, &file->link);
	KeReleaseSpinLock(&device->lock, irql);
	file->object.on_delete = file_delete;
	*ret = file;
	return STATUS_SUCCESS;
}

void pnpn_wdf_file_forget(struct pnpn_wdf_device *device, PFILE_OBJECT wdm)
{
	struct file *file = file_find(device, wdm);

	if (file)
		WdfObjectDelete(file);
}

/* Where the driver says nothing, a function driver's files are its own matter and a filter's are the one's below. */
static bool file_goes_down(const struct pnpn_wdf_device *device)
{
	WDF_TRI_STATE forward = device->init.has_file ? device->init.file.AutoForwardCleanupClose
						      : WdfUseDefault;

	return device->below &&
	       (forward == WdfTrue || (forward == WdfUseDefault && device->init.filter));
}

static NTSTATUS file_create(struct pnpn_wdf_device *device, PIRP irp)
{
	struct file *file;

	bool queued = device->queues[IRP_MJ_CREATE];
	if (!device->init.file.EvtDeviceFileCreate && !queued && device->init.filter)
		return pnpn_wdf_pass(device, irp);
	NTSTATUS status = file_new(device, IoGetCurrentIrpStackLocation(irp)->FileObject, &file);
	irp->IoStatus.Information = FILE_OPENED;
	if (NT_SUCCESS(status) && queued)
		return pnpn_wdf_io_dispatch(device, irp);
	if (!NT_SUCCESS(status) || !device->init.file.EvtDeviceFileCreate)
		return pnpn_wdf_complete(irp, status);
	IoMarkIrpPending(irp);
	struct pnpn_wdf_request *request = pnpn_wdf_request_new(device, irp);
	if (request)
		device->init.file.EvtDeviceFileCreate((WDFDEVICE)device, (WDFREQUEST)request,
						      (WDFFILEOBJECT)file);
	return STATUS_PENDING;
}

static void file_clean(struct pnpn_wdf_device *device, struct file *file)
{
	pnpn_wdf_queues_purge_file(device, file->wdm);
	if (device->init.file.EvtFileCleanup)
		device->init.file.EvtFileCleanup((WDFFILEOBJECT)file);
}

static void file_close(struct pnpn_wdf_device *device, struct file *file)
{
	if (device->init.file.EvtFileClose)
		device->init.file.EvtFileClose((WDFFILEOBJECT)file);
	WdfObjectDelete(file);
}

NTSTATUS pnpn_wdf_file_dispatch(struct pnpn_wdf_device *device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

	if (stack->MajorFunction == IRP_MJ_CREATE)
		return file_create(device, irp);
	struct file *file = file_find(device, stack->FileObject);
	if (file && stack->MajorFunction == IRP_MJ_CLEANUP)
		file_clean(device, file);
	else if (file)
		file_close(device, file);
	return file_goes_down(device) ? pnpn_wdf_pass(device, irp)
				      : pnpn_wdf_complete(irp, STATUS_SUCCESS);
}

PUNICODE_STRING WdfFileObjectGetFileName(WDFFILEOBJECT file)
{
	return &PNPN_WDF_CAST(file, file, PNPN_WDF_FILE)->wdm->FileName;
}

ULONG WdfFileObjectGetFlags(WDFFILEOBJECT file)
{
	return PNPN_WDF_CAST(file, file, PNPN_WDF_FILE)->wdm->Flags;
}

WDFDEVICE WdfFileObjectGetDevice(WDFFILEOBJECT file)
{
	return (WDFDEVICE)PNPN_WDF_CAST(file, file, PNPN_WDF_FILE)->device;
}

PFILE_OBJECT WdfFileObjectWdmGetFileObject(WDFFILEOBJECT file)
{
	return PNPN_WDF_CAST(file, file, PNPN_WDF_FILE)->wdm;
}
