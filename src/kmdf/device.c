/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "kmdf/device.h"
#include "kmdf/target.h"
#include "kmdf/text.h"

#define NAME_TAG 0x4e666457 /* WdfN */

struct device_extension {
	struct pnpn_wdf_device *device;
};

struct device_interface {
	LIST_ENTRY link;
	GUID class;
	UNICODE_STRING reference,
		name; /* reference: its buffer is this structure's; name: RtlFreeUnicodeString() */
	WCHAR letters[];
};

struct device_link {
	LIST_ENTRY link;
	UNICODE_STRING name; /* its buffer is this structure's */
	WCHAR letters[];
};

struct pnpn_wdf_device *pnpn_wdf_device_of(PDEVICE_OBJECT wdm)
{
	return ((struct device_extension *)wdm->DeviceExtension)->device;
}

NTSTATUS pnpn_wdf_complete(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS pnpn_wdf_pass(struct pnpn_wdf_device *device, PIRP irp)
{
	if (!device->below)
		return pnpn_wdf_complete(irp, STATUS_INVALID_DEVICE_REQUEST);
	IoSkipCurrentIrpStackLocation(irp);
	return IoCallDriver(device->below, irp);
}

/* --- every IRP ------------------------------------------------------------------------------------ */

static bool preprocess_wants(const struct pnpn_wdf_preprocess *preprocess, UCHAR minor)
{
	for (ULONG i = 0; i < preprocess->n_minors; i++)
		if (preprocess->minors[i] == minor)
			return true;
	return !preprocess->n_minors;
}

static NTSTATUS device_dispatch(struct pnpn_wdf_device *device, PIRP irp)
{
	switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
	case IRP_MJ_PNP:
		return pnpn_wdf_pnp(device, irp);
	case IRP_MJ_POWER:
		PoStartNextPowerIrp(irp);
		return pnpn_wdf_pass(device, irp);
	case IRP_MJ_SYSTEM_CONTROL:
		return pnpn_wdf_pass(device, irp);
	case IRP_MJ_CREATE:
	case IRP_MJ_CLEANUP:
	case IRP_MJ_CLOSE:
		return pnpn_wdf_file_dispatch(device, irp);
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		return pnpn_wdf_io_dispatch(device, irp);
	default:
		return device->init.filter ? pnpn_wdf_pass(device, irp)
					   : pnpn_wdf_complete(irp, STATUS_INVALID_DEVICE_REQUEST);
	}
}

NTSTATUS pnpn_wdf_dispatch(PDEVICE_OBJECT wdm, PIRP irp)
{
	struct pnpn_wdf_device *device = pnpn_wdf_device_of(wdm);
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	const struct pnpn_wdf_preprocess *preprocess =
		&device->init.preprocess[stack->MajorFunction];

	if (preprocess->routine && preprocess_wants(preprocess, stack->MinorFunction))
		return preprocess->routine((WDFDEVICE)device, irp);
	return device_dispatch(device, irp);
}

/* The preprocess routine went to the next location, as documented. */
NTSTATUS WdfDeviceWdmDispatchPreprocessedIrp(WDFDEVICE handle, PIRP irp)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);

	return device_dispatch(device, irp);
}

/* --- its end -------------------------------------------------------------------------------------- */

/* Nobody finds it any more. */
static void device_delete(struct pnpn_wdf_object *object)
{
	struct pnpn_wdf_device *device = (struct pnpn_wdf_device *)object;

	while (!IsListEmpty(&device->links)) {
		struct device_link *link = CONTAINING_RECORD(RemoveHeadList(&device->links),
							     struct device_link, link);
		IoDeleteSymbolicLink(&link->name);
		free(link);
	}
}

/* Its driver may look at what it belongs to until it is destroyed. */
static void device_free(struct pnpn_wdf_object *object)
{
	struct pnpn_wdf_device *device = (struct pnpn_wdf_device *)object;

	while (!IsListEmpty(&device->interfaces)) {
		struct device_interface *named = CONTAINING_RECORD(
			RemoveHeadList(&device->interfaces), struct device_interface, link);
		RtlFreeUnicodeString(&named->name);
		free(named);
	}
	free(device->name.Buffer);
	if (device->below)
		IoDetachDevice(device->below);
	if (device->wdm)
		IoDeleteDevice(device->wdm);
}

/* --- its making ----------------------------------------------------------------------------------- */

static ULONG device_flags(const struct WDFDEVICE_INIT *init, PDEVICE_OBJECT below)
{
	if (init->filter)
		return below->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
	return init->io_type == WdfDeviceIoBuffered ? DO_BUFFERED_IO
	       : init->io_type == WdfDeviceIoDirect || init->io_type == WdfDeviceIoBufferedOrDirect
		       ? DO_DIRECT_IO
		       : 0;
}

static NTSTATUS device_make_wdm(struct pnpn_wdf_device *device, struct WDFDEVICE_INIT *init)
{
	NTSTATUS status = IoCreateDevice(init->driver->wdm, sizeof(struct device_extension),
					 init->name.Length ? &init->name : NULL, init->type,
					 init->characteristics, init->exclusive, &device->wdm);

	if (!NT_SUCCESS(status))
		return status;
	((struct device_extension *)device->wdm->DeviceExtension)->device = device;
	if (init->pdo) {
		device->below = IoAttachDeviceToDeviceStack(device->wdm, init->pdo);
		if (!device->below)
			return STATUS_NO_SUCH_DEVICE;
	}
	device->wdm->Flags |= device_flags(init, device->below);
	device->name = init->name;
	init->name = (UNICODE_STRING){0};
	NTSTATUS made = pnpn_wdf_object_new(sizeof(*device->resources), PNPN_WDF_RESOURCES, NULL,
					    &device->object, &device->resources);
	return NT_SUCCESS(made) ? pnpn_wdf_target_new_local(device, &device->target) : made;
}

static NTSTATUS device_make(struct WDFDEVICE_INIT *init, PWDF_OBJECT_ATTRIBUTES attributes,
			    struct pnpn_wdf_device **ret)
{
	struct pnpn_wdf_device *device;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*device), PNPN_WDF_DEVICE, attributes,
					      &init->driver->object, &device);

	if (!NT_SUCCESS(status))
		return status;
	if (device->object.scope == WdfSynchronizationScopeQueue)
		device->object.scope = WdfSynchronizationScopeNone;
	pnpn_wdf_lock_init(&device->callbacks, device->object.level == WdfExecutionLevelPassive);
	KeInitializeSpinLock(&device->lock);
	InitializeListHead(&device->interfaces);
	InitializeListHead(&device->links);
	InitializeListHead(&device->files);
	InitializeListHead(&device->all_queues);
	WDF_DEVICE_STATE_INIT(&device->state);
	device->init = *init;
	device->init.name = (UNICODE_STRING){0};
	device->object.on_delete = device_delete;
	device->object.on_free = device_free;
	status = device_make_wdm(device, init);
	if (NT_SUCCESS(status))
		*ret = device;
	else
		WdfObjectDelete(device);
	return status;
}

NTSTATUS WdfDeviceCreate(PWDFDEVICE_INIT *init, PWDF_OBJECT_ATTRIBUTES attributes, WDFDEVICE *ret)
{
	struct pnpn_wdf_device *device = NULL;

	if (!*init)
		return STATUS_INVALID_DEVICE_STATE;
	NTSTATUS status = device_make(*init, attributes, &device);
	if (!NT_SUCCESS(status))
		return status;
	if ((*init)->pdo) {
		(*init)->created = true;
		device->wdm->Flags &= ~DO_DEVICE_INITIALIZING;
	} else {
		WdfDeviceInitFree(*init);
	}
	*init = NULL;
	*ret = (WDFDEVICE)device;
	return STATUS_SUCCESS;
}

VOID WdfControlFinishInitializing(WDFDEVICE handle)
{
	PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE)->wdm->Flags &=
		~DO_DEVICE_INITIALIZING;
}

NTSTATUS pnpn_wdf_device_add(PDRIVER_OBJECT wdm, PDEVICE_OBJECT pdo)
{
	struct pnpn_wdf_driver *driver = pnpn_wdf_driver_of(wdm);
	struct WDFDEVICE_INIT *init = calloc(1, sizeof(*init)), *given = init;

	if (!init)
		return STATUS_INSUFFICIENT_RESOURCES;
	*init = (struct WDFDEVICE_INIT){.driver = driver,
					.pdo = pdo,
					.type = FILE_DEVICE_UNKNOWN,
					.io_type = WdfDeviceIoBuffered};
	NTSTATUS status = driver->config.EvtDriverDeviceAdd((WDFDRIVER)driver, given);
	bool created = init->created;
	free(init->name.Buffer);
	free(init);
	if (!NT_SUCCESS(status) && created) {
		PDEVICE_OBJECT top = IoGetAttachedDeviceReference(pdo);
		WdfObjectDelete(pnpn_wdf_device_of(top));
		ObDereferenceObject(top);
	}
	return status;
}

/* A driver deletes its control devices itself, or leaves them to the framework. */
static struct pnpn_wdf_device *control_device(struct pnpn_wdf_driver *driver, PDEVICE_OBJECT after)
{
	PDEVICE_OBJECT wdm = after ? after->NextDevice : driver->wdm->DeviceObject;

	while (wdm && pnpn_wdf_device_of(wdm)->init.pdo)
		wdm = wdm->NextDevice;
	return wdm ? pnpn_wdf_device_of(wdm) : NULL;
}

void pnpn_wdf_devices_shut_down(struct pnpn_wdf_driver *driver)
{
	for (struct pnpn_wdf_device *device = control_device(driver, NULL); device;
	     device = control_device(driver, device->wdm))
		if (device->init.shutdown)
			device->init.shutdown((WDFDEVICE)device);
}

/* --- names ---------------------------------------------------------------------------------------- */

static NTSTATUS interface_new(const GUID *class, PCUNICODE_STRING reference,
			      struct device_interface **ret)
{
	USHORT size = reference ? reference->Length : 0;
	struct device_interface *named = calloc(1, sizeof(*named) + size);

	if (!named)
		return STATUS_INSUFFICIENT_RESOURCES;
	named->class = *class;
	named->reference =
		(UNICODE_STRING){.Length = size, .MaximumLength = size, .Buffer = named->letters};
	if (size)
		memcpy(named->letters, reference->Buffer, size);
	*ret = named;
	return STATUS_SUCCESS;
}

static struct device_interface *interface_find(struct pnpn_wdf_device *device, const GUID *class,
					       PCUNICODE_STRING reference)
{
	static const UNICODE_STRING none;

	for (PLIST_ENTRY entry = device->interfaces.Flink; entry != &device->interfaces;
	     entry = entry->Flink) {
		struct device_interface *named = CONTAINING_RECORD(entry, struct device_interface,
								   link);
		if (IsEqualGUID(&named->class, class) &&
		    RtlEqualUnicodeString(&named->reference, reference ? reference : &none, TRUE))
			return named;
	}
	return NULL;
}

NTSTATUS WdfDeviceCreateDeviceInterface(WDFDEVICE handle, const GUID *class,
					PCUNICODE_STRING reference)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);
	struct device_interface *named;
	KIRQL irql;

	if (!device->init.pdo)
		return STATUS_INVALID_DEVICE_REQUEST;
	NTSTATUS status = interface_new(class, reference, &named);
	if (!NT_SUCCESS(status))
		return status;
	status = IoRegisterDeviceInterface(device->init.pdo, class,
					   reference ? &named->reference : NULL, &named->name);
	if (!NT_SUCCESS(status)) {
		free(named);
		return status;
	}
	KeAcquireSpinLock(&device->lock, &irql);
	InsertTailList(&device->interfaces, &named->link);
	KeReleaseSpinLock(&device->lock, irql);
	/* Those of a device that runs are enabled at once. */
	return device->powered ? IoSetDeviceInterfaceState(&named->name, TRUE) : STATUS_SUCCESS;
}

void pnpn_wdf_device_set_interfaces(struct pnpn_wdf_device *device, BOOLEAN enabled)
{
	for (PLIST_ENTRY entry = device->interfaces.Flink; entry != &device->interfaces;
	     entry = entry->Flink)
		IoSetDeviceInterfaceState(
			&CONTAINING_RECORD(entry, struct device_interface, link)->name, enabled);
}

VOID WdfDeviceSetDeviceInterfaceState(WDFDEVICE handle, const GUID *class,
				      PCUNICODE_STRING reference, BOOLEAN enabled)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);
	struct device_interface *named = interface_find(device, class, reference);

	if (named)
		IoSetDeviceInterfaceState(&named->name, enabled);
}

NTSTATUS WdfDeviceRetrieveDeviceInterfaceString(WDFDEVICE handle, const GUID *class,
						PCUNICODE_STRING reference, WDFSTRING string)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);
	struct device_interface *named = interface_find(device, class, reference);

	return named ? pnpn_wdf_string_set(string, &named->name) : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* Its own, else that of the physical device; RtlFreeUnicodeString(). */
static NTSTATUS device_get_name(struct pnpn_wdf_device *device, PUNICODE_STRING name)
{
	ULONG size = 0;

	if (device->name.Length)
		size = device->name.MaximumLength;
	else if (device->init.pdo)
		IoGetDeviceProperty(device->init.pdo, DevicePropertyPhysicalDeviceObjectName, 0,
				    NULL, &size);
	if (size < sizeof(WCHAR))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	name->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, size, NAME_TAG);
	if (!name->Buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	name->Length = (USHORT)(size - sizeof(WCHAR));
	name->MaximumLength = (USHORT)size;
	if (!device->name.Length)
		return IoGetDeviceProperty(device->init.pdo, DevicePropertyPhysicalDeviceObjectName,
					   size, name->Buffer, &size);
	memcpy(name->Buffer, device->name.Buffer, size);
	return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceRetrieveDeviceName(WDFDEVICE handle, WDFSTRING string)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);

	return device->name.Length ? pnpn_wdf_string_set(string, &device->name)
				   : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* The device's name, or its physical device's, is what a link leads to; a device without a name gets none. */
NTSTATUS WdfDeviceCreateSymbolicLink(WDFDEVICE handle, PCUNICODE_STRING name)
{
	struct pnpn_wdf_device *device = PNPN_WDF_CAST(pnpn_wdf_device, handle, PNPN_WDF_DEVICE);
	struct device_link *link = calloc(1, sizeof(*link) + name->Length);
	UNICODE_STRING target;

	if (!link)
		return STATUS_INSUFFICIENT_RESOURCES;
	link->name = (UNICODE_STRING){
		.Length = name->Length, .MaximumLength = name->Length, .Buffer = link->letters};
	memcpy(link->letters, name->Buffer, name->Length);
	NTSTATUS status = device_get_name(device, &target);
	if (NT_SUCCESS(status)) {
		status = IoCreateSymbolicLink(&link->name, &target);
		RtlFreeUnicodeString(&target);
	}
	if (NT_SUCCESS(status))
		InsertTailList(&device->links, &link->link);
	else
		free(link);
	return status;
}

/* --- what it is ----------------------------------------------------------------------------------- */

WDFDRIVER WdfDeviceGetDriver(WDFDEVICE device)
{
	return (WDFDRIVER)PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->init.driver;
}

PDEVICE_OBJECT WdfDeviceWdmGetDeviceObject(WDFDEVICE device)
{
	return PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->wdm;
}

PDEVICE_OBJECT WdfDeviceWdmGetAttachedDevice(WDFDEVICE device)
{
	return PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->below;
}

PDEVICE_OBJECT WdfDeviceWdmGetPhysicalDevice(WDFDEVICE device)
{
	return PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->init.pdo;
}

WDFDEVICE WdfWdmDeviceGetWdfDeviceHandle(PDEVICE_OBJECT wdm)
{
	return wdm && pnpn_wdf_driver_of(wdm->DriverObject) ? (WDFDEVICE)pnpn_wdf_device_of(wdm)
							    : NULL;
}

WDFIOTARGET WdfDeviceGetIoTarget(WDFDEVICE device)
{
	return (WDFIOTARGET)PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->target;
}

WDFQUEUE WdfDeviceGetDefaultQueue(WDFDEVICE device)
{
	return (WDFQUEUE)PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->default_queue;
}

ULONG WdfDeviceGetCharacteristics(WDFDEVICE device)
{
	return PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->wdm->Characteristics;
}

VOID WdfDeviceSetCharacteristics(WDFDEVICE device, ULONG characteristics)
{
	PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->wdm->Characteristics =
		characteristics;
}

ULONG WdfDeviceGetAlignmentRequirement(WDFDEVICE device)
{
	return PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->wdm->AlignmentRequirement;
}

VOID WdfDeviceSetAlignmentRequirement(WDFDEVICE device, ULONG alignment)
{
	PNPN_WDF_CAST(pnpn_wdf_device, device, PNPN_WDF_DEVICE)->wdm->AlignmentRequirement =
		alignment;
}
