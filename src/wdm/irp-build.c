/* SPDX-License-Identifier: MIT */
/* IRPs that one driver makes for another. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "wdm/irp.h"
#include "wdm/irql.h"

static PIRP build(PDEVICE_OBJECT device, UCHAR major)
{
	PIRP irp = IoAllocateIrp(device->StackSize, FALSE);

	if (irp)
		IoGetNextIrpStackLocation(irp)->MajorFunction = major;
	return irp;
}

static PVOID copy_of(const void *data, ULONG length, ULONG room)
{
	PVOID copy = calloc(1, room ? room : 1);

	if (copy && length)
		memcpy(copy, data, length);
	return copy;
}

/* What the library gave it goes with it. */
static PIRP build_failed(PIRP irp)
{
	pnpn_irp_free_buffers(irp);
	IoFreeIrp(irp);
	return NULL;
}

static bool build_control_buffers(PIRP irp, ULONG method, PVOID in, ULONG in_length, PVOID out,
				  ULONG out_length)
{
	ULONG room = method == METHOD_BUFFERED && out_length > in_length ? out_length : in_length;

	if (method == METHOD_NEITHER)
		return true;
	if (room) {
		irp->AssociatedIrp.SystemBuffer = copy_of(in, in_length, room);
		irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
		if (!irp->AssociatedIrp.SystemBuffer)
			return false;
	}
	if (method == METHOD_BUFFERED) {
		irp->Flags |= out_length ? IRP_INPUT_OPERATION : 0;
		return true;
	}
	return !out_length || IoAllocateMdl(out, out_length, FALSE, FALSE, irp);
}

PIRP IoBuildDeviceIoControlRequest(ULONG code, PDEVICE_OBJECT device, PVOID in, ULONG in_length,
				   PVOID out, ULONG out_length, BOOLEAN internal, PKEVENT event,
				   PIO_STATUS_BLOCK iosb)
{
	ULONG method = METHOD_FROM_CTL_CODE(code);

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return NULL;
	PIRP irp = build(device, internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL);
	if (!irp)
		return NULL;
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
	next->Parameters.DeviceIoControl.IoControlCode = code;
	next->Parameters.DeviceIoControl.InputBufferLength = in_length;
	next->Parameters.DeviceIoControl.OutputBufferLength = out_length;
	next->Parameters.DeviceIoControl.Type3InputBuffer = method == METHOD_NEITHER ? in : NULL;
	irp->UserBuffer = out;
	irp->UserEvent = event;
	irp->UserIosb = iosb;
	return build_control_buffers(irp, method, in, in_length, out, out_length)
		       ? irp
		       : build_failed(irp);
}

static bool build_transfer_buffers(PIRP irp, PDEVICE_OBJECT device, bool reads, PVOID buffer,
				   ULONG length)
{
	irp->UserBuffer = buffer;
	if (!length || !(device->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO)))
		return true;
	if (device->Flags & DO_DIRECT_IO)
		return IoAllocateMdl(buffer, length, FALSE, FALSE, irp);
	irp->AssociatedIrp.SystemBuffer = copy_of(buffer, reads ? 0 : length, length);
	irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER | (reads ? IRP_INPUT_OPERATION : 0);
	return irp->AssociatedIrp.SystemBuffer;
}

PIRP IoBuildAsynchronousFsdRequest(ULONG major, PDEVICE_OBJECT device, PVOID buffer, ULONG length,
				   PLARGE_INTEGER offset, PIO_STATUS_BLOCK iosb)
{
	bool transfers = major == IRP_MJ_READ || major == IRP_MJ_WRITE;

	if (!transfers && major != IRP_MJ_FLUSH_BUFFERS && major != IRP_MJ_SHUTDOWN &&
	    major != IRP_MJ_PNP)
		return NULL;
	PIRP irp = build(device, (UCHAR)major);
	if (!irp)
		return NULL;
	irp->UserIosb = iosb;
	if (!transfers)
		return irp;
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);
	next->Parameters.Read.Length = length;
	next->Parameters.Read.ByteOffset.QuadPart = offset ? offset->QuadPart : 0;
	return build_transfer_buffers(irp, device, major == IRP_MJ_READ, buffer, length)
		       ? irp
		       : build_failed(irp);
}

PIRP IoBuildSynchronousFsdRequest(ULONG major, PDEVICE_OBJECT device, PVOID buffer, ULONG length,
				  PLARGE_INTEGER offset, PKEVENT event, PIO_STATUS_BLOCK iosb)
{
	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return NULL;
	PIRP irp = IoBuildAsynchronousFsdRequest(major, device, buffer, length, offset, iosb);
	if (irp)
		irp->UserEvent = event;
	return irp;
}
