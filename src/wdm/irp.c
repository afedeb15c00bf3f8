/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include "wdm/device-object.h"
#include "wdm/irp.h"
#include "wdm/irql.h"

#define IO_TYPE_IRP		    6
#define NO_MORE_IRP_STACK_LOCATIONS 0x00000035u
#define MULTIPLE_IRP_COMPLETE	    0x00000044u

static KSPIN_LOCK irp_cancel_lock;

/* There is always memory for what a driver must hear; the PnP thread's. */
static _Alignas(IRP) UCHAR irp_reserve[IoSizeOfIrp(SCHAR_MAX)];

static PIO_STACK_LOCATION irp_locations(PIRP irp)
{
	return (PIO_STACK_LOCATION)(irp + 1);
}

void pnpn_irp_init(PIRP irp, CCHAR stack_size)
{
	memset(irp, 0, IoSizeOfIrp(stack_size));
	irp->Type = IO_TYPE_IRP;
	irp->Size = IoSizeOfIrp(stack_size);
	irp->StackCount = (CHAR)stack_size;
	irp->CurrentLocation = (CHAR)(stack_size + 1);
	irp->Tail.Overlay.Thread = PsGetCurrentThread();
	irp->Tail.Overlay.CurrentStackLocation = irp_locations(irp) + stack_size;
}

PIRP IoAllocateIrp(CCHAR stack_size, BOOLEAN charge)
{
	if (stack_size < 1)
		return NULL;
	PIRP irp = malloc(IoSizeOfIrp(stack_size));
	if (irp)
		pnpn_irp_init(irp, stack_size);
	return irp;
}

void IoFreeIrp(PIRP irp)
{
	free(irp);
}

void pnpn_irp_free_buffers(PIRP irp)
{
	while (irp->MdlAddress) {
		PMDL mdl = irp->MdlAddress;
		irp->MdlAddress = mdl->Next;
		IoFreeMdl(mdl);
	}
	if (irp->Flags & IRP_DEALLOCATE_BUFFER)
		free(irp->AssociatedIrp.SystemBuffer);
	irp->AssociatedIrp.SystemBuffer = NULL;
	irp->Flags &= ~IRP_DEALLOCATE_BUFFER;
}

/* What a driver wrote to the library's buffer goes to the one that it is for. */
static void irp_copy_back(PIRP irp)
{
	if (irp->Flags & IRP_INPUT_OPERATION && irp->Flags & IRP_BUFFERED_IO &&
	    !NT_ERROR(irp->IoStatus.Status) && irp->IoStatus.Information)
		memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, irp->IoStatus.Information);
}

ULONG IoGetRequestorProcessId(PIRP irp)
{
	return (ULONG)(uintptr_t)irp->Tail.Overlay.AuxiliaryBuffer;
}

void IoReuseIrp(PIRP irp, NTSTATUS status)
{
	pnpn_irp_init(irp, irp->StackCount);
	irp->IoStatus.Status = status;
}

NTSTATUS IofCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	pnpn_device_object_verify(device, "IoCallDriver");
	if (irp->CurrentLocation <= 1)
		KeBugCheckEx(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)irp, 0, 0, 0);
	IoSetNextIrpStackLocation(irp);
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	location->DeviceObject = device;
	return device->DriverObject->MajorFunction[location->MajorFunction](device, irp);
}

NTSTATUS PoCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	return IofCallDriver(device, irp);
}

/* One power IRP is not held back by another here. */
void PoStartNextPowerIrp(PIRP irp)
{
}

static BOOLEAN irp_wants_call(PIRP irp, const IO_STACK_LOCATION *location)
{
	if (!location->CompletionRoutine)
		return FALSE;
	if (NT_SUCCESS(irp->IoStatus.Status) && (location->Control & SL_INVOKE_ON_SUCCESS))
		return TRUE;
	if (!NT_SUCCESS(irp->IoStatus.Status) && (location->Control & SL_INVOKE_ON_ERROR))
		return TRUE;
	return irp->Cancel && (location->Control & SL_INVOKE_ON_CANCEL);
}

void IofCompleteRequest(PIRP irp, CCHAR boost)
{
	if (irp->CurrentLocation > irp->StackCount + 1)
		KeBugCheckEx(MULTIPLE_IRP_COMPLETE, (ULONG_PTR)irp, 0, 0, 0);
	/* A location holds the routine of the driver above it, and whether its own driver said
	 * pending. */
	while (irp->CurrentLocation <= irp->StackCount) {
		IO_STACK_LOCATION location = *IoGetCurrentIrpStackLocation(irp);
		irp->PendingReturned = (location.Control & SL_PENDING_RETURNED) != 0;
		IoSkipCurrentIrpStackLocation(irp);
		BOOLEAN top = irp->CurrentLocation > irp->StackCount;
		PDEVICE_OBJECT device = top ? NULL
					    : IoGetCurrentIrpStackLocation(irp)->DeviceObject;
		if (irp_wants_call(irp, &location)) {
			if (location.CompletionRoutine(device, irp, location.Context) ==
			    STATUS_MORE_PROCESSING_REQUIRED)
				return;
		} else if (irp->PendingReturned && !top) {
			IoMarkIrpPending(irp);
		}
	}
	irp_copy_back(irp);
	pnpn_irp_free_buffers(irp);
	if (irp->UserIosb)
		*irp->UserIosb = irp->IoStatus;
	if (irp->UserEvent)
		KeSetEvent(irp->UserEvent, IO_NO_INCREMENT, FALSE);
	IoFreeIrp(irp);
}

BOOLEAN IoCancelIrp(PIRP irp)
{
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	irp->Cancel = TRUE;
	PDRIVER_CANCEL routine = IoSetCancelRoutine(irp, NULL);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}
	irp->CancelIrql = irql;
	/* The routine releases the lock. */
	routine(IoGetCurrentIrpStackLocation(irp)->DeviceObject, irp);
	return TRUE;
}

void IoAcquireCancelSpinLock(PKIRQL irql)
{
	KeAcquireSpinLock(&irp_cancel_lock, irql);
}

void IoReleaseCancelSpinLock(KIRQL irql)
{
	KeReleaseSpinLock(&irp_cancel_lock, irql);
}

static NTSTATUS irp_came_back(PDEVICE_OBJECT device, PIRP irp, PVOID event)
{
	KeSetEvent(event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void irp_call_and_wait(PDEVICE_OBJECT device, PIRP irp)
{
	KEVENT back;

	KeInitializeEvent(&back, NotificationEvent, FALSE);
	IoSetCompletionRoutine(irp, irp_came_back, &back, TRUE, TRUE, TRUE);
	IofCallDriver(device, irp);
	KeWaitForSingleObject(&back, Executive, KernelMode, FALSE, NULL);
}

BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT device, PIRP irp)
{
	if (irp->CurrentLocation <= 1 || !pnpn_irql_is_at_most(APC_LEVEL, __func__))
		return FALSE;
	IoCopyCurrentIrpStackLocationToNext(irp);
	irp_call_and_wait(device, irp);
	return TRUE;
}

NTSTATUS pnpn_irp_send_pnp(PDEVICE_OBJECT device, UCHAR minor, NTSTATUS status,
			   const IO_STACK_LOCATION *parameters, ULONG_PTR *ret_information)
{
	PDEVICE_OBJECT top = IoGetAttachedDeviceReference(device);
	PIRP irp = IoAllocateIrp(top->StackSize, FALSE);

	if (!irp) {
		irp = (PIRP)irp_reserve;
		pnpn_irp_init(irp, top->StackSize);
	}
	irp->IoStatus.Status = status;
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
	if (parameters)
		next->Parameters = parameters->Parameters;
	next->MajorFunction = IRP_MJ_PNP;
	next->MinorFunction = minor;
	irp_call_and_wait(top, irp);
	pnpn_irql_restore(PASSIVE_LEVEL, "PnP dispatch routine");
	status = irp->IoStatus.Status;
	if (ret_information)
		*ret_information = irp->IoStatus.Information;
	if (irp != (PIRP)irp_reserve)
		IoFreeIrp(irp);
	ObDereferenceObject(top);
	return status;
}
