/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "requests-driver.h"
#include "wdm-fixture.h"

struct requests requests;

/* What is the driver's own. */
static struct {
	LIST_ENTRY queue;
	KSPIN_LOCK lock;
	IO_CSQ csq;
	KEVENT released;
	KDPC dpc;
	PKEVENT users;
} own;

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS on_create(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	requests.created++;
	requests.mode = irp->RequestorMode;
	requests.create_access = location->Parameters.Create.SecurityContext->DesiredAccess;
	requests.create_share = location->Parameters.Create.ShareAccess;
	requests.create_options = location->Parameters.Create.Options;
	memset(requests.name, 0, sizeof(requests.name));
	memcpy(requests.name, location->FileObject->FileName.Buffer ?: L"",
	       location->FileObject->FileName.Length);
	location->FileObject->FsContext = &requests;
	return complete(irp, requests.create_status, FILE_OPENED);
}

static NTSTATUS on_cleanup(PDEVICE_OBJECT device, PIRP irp)
{
	requests.cleaned++;
	return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS on_close(PDEVICE_OBJECT device, PIRP irp)
{
	requests.closed++;
	requests.close_context = IoGetCurrentIrpStackLocation(irp)->FileObject->FsContext;
	return complete(irp, STATUS_SUCCESS, 0);
}

static void csq_insert(PIO_CSQ csq, PIRP irp)
{
	InsertTailList(&own.queue, &irp->Tail.Overlay.ListEntry);
	requests.kept++;
}

static void csq_remove(PIO_CSQ csq, PIRP irp)
{
	RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP csq_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
	PLIST_ENTRY next = irp ? irp->Tail.Overlay.ListEntry.Flink : own.queue.Flink;

	return next == &own.queue ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static void csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
	KeAcquireSpinLock(&own.lock, irql);
}

static void csq_release(PIO_CSQ csq, KIRQL irql)
{
	KeReleaseSpinLock(&own.lock, irql);
}

static void csq_cancelled(PIO_CSQ csq, PIRP irp)
{
	requests.cancelled++;
	complete(irp, STATUS_CANCELLED, 0);
}

static void on_dpc(PKDPC dpc, PVOID context, PVOID argument, PVOID unused)
{
	PIRP irp = argument;

	if (irp) {
		strcpy(irp->AssociatedIrp.SystemBuffer, "dpc");
		complete(irp, STATUS_SUCCESS, 4);
	} else if (KeGetCurrentIrql() == DISPATCH_LEVEL) {
		KeSetEvent(own.users, IO_NO_INCREMENT, FALSE);
	}
}

static NTSTATUS take_event(PIRP irp)
{
	HANDLE handle = *(HANDLE *)irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status = ObReferenceObjectByHandle(handle, SYNCHRONIZE, *ExEventObjectType,
						    irp->RequestorMode, (PVOID *)&own.users, NULL);

	if (NT_SUCCESS(status))
		KeInsertQueueDpc(&own.dpc, NULL, NULL);
	return complete(irp, status, 0);
}

static NTSTATUS on_invert(PIRP irp, ULONG length)
{
	const UCHAR *from = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);

	for (ULONG i = 0; i < sizeof(requests.written) && i < length; i++)
		requests.written[i] = (UCHAR)~from[i];
	return complete(irp, STATUS_SUCCESS, length);
}

static NTSTATUS on_reverse(PIRP irp, PUCHAR in, PUCHAR out, ULONG length)
{
	for (ULONG i = 0; i < length; i++)
		out[i] = in[length - 1 - i];
	return complete(irp, STATUS_SUCCESS, length);
}

static NTSTATUS on_control(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	ULONG in = location->Parameters.DeviceIoControl.InputBufferLength;
	ULONG out = location->Parameters.DeviceIoControl.OutputBufferLength;

	switch (location->Parameters.DeviceIoControl.IoControlCode) {
	case ECHO:
		return complete(irp, STATUS_SUCCESS, in < out ? in : out);
	case INVERT:
		return on_invert(irp, out);
	case FILL:
		memset(MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority), 0x5a,
		       MmGetMdlByteCount(irp->MdlAddress));
		return complete(irp, STATUS_SUCCESS, out);
	case REVERSE:
		return on_reverse(irp, location->Parameters.DeviceIoControl.Type3InputBuffer,
				  irp->UserBuffer, in);
	case KEEP:
		IoCsqInsertIrp(&own.csq, irp, NULL);
		return STATUS_PENDING;
	case LATER:
		IoMarkIrpPending(irp);
		KeInsertQueueDpc(&own.dpc, irp, NULL);
		return STATUS_PENDING;
	case WAIT:
		KeWaitForSingleObject(&own.released, Executive, KernelMode, FALSE, NULL);
		return complete(irp, STATUS_SUCCESS, 0);
	case RELEASE:
		KeSetEvent(&own.released, IO_NO_INCREMENT, FALSE);
		return complete(irp, STATUS_SUCCESS, 0);
	case TAKE_EVENT:
		return take_event(irp);
	case WHOSE:
		*(ULONG *)irp->AssociatedIrp.SystemBuffer = IoGetRequestorProcessId(irp);
		return complete(irp, STATUS_SUCCESS, sizeof(ULONG));
	case TOO_SMALL:
		memset(irp->AssociatedIrp.SystemBuffer, 'S', out);
		return complete(irp, STATUS_BUFFER_OVERFLOW, out);
	case FOR_READERS:
	case FOR_WRITERS:
		return complete(irp, STATUS_SUCCESS, 0);
	default:
		return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

static PVOID transfer_buffer(PIRP irp)
{
	if (reporter_fdo->Flags & DO_BUFFERED_IO)
		return irp->AssociatedIrp.SystemBuffer;
	if (reporter_fdo->Flags & DO_DIRECT_IO)
		return MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
	return irp->UserBuffer;
}

static NTSTATUS on_read(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	requests.offset = location->Parameters.Read.ByteOffset.QuadPart;
	memset(transfer_buffer(irp), 'r', location->Parameters.Read.Length);
	return complete(irp, STATUS_SUCCESS, location->Parameters.Read.Length);
}

static NTSTATUS on_write(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;

	memcpy(requests.written, transfer_buffer(irp),
	       length < sizeof(requests.written) ? length : sizeof(requests.written));
	return complete(irp, STATUS_SUCCESS, length);
}

static NTSTATUS on_flush(PDEVICE_OBJECT device, PIRP irp)
{
	return complete(irp, STATUS_DEVICE_BUSY, 0);
}

/* --- the fixture ------------------------------------------------------------------------------------------- */

int requests_setup(void **state)
{
	int r = wdm_setup(state);

	memset(&requests, 0, sizeof(requests));
	InitializeListHead(&own.queue);
	KeInitializeEvent(&own.released, SynchronizationEvent, FALSE);
	KeInitializeDpc(&own.dpc, on_dpc, NULL);
	IoCsqInitialize(&own.csq, csq_insert, csq_remove, csq_peek, csq_acquire, csq_release,
			csq_cancelled);
	reporter_driver->MajorFunction[IRP_MJ_CREATE] = on_create;
	reporter_driver->MajorFunction[IRP_MJ_CLEANUP] = on_cleanup;
	reporter_driver->MajorFunction[IRP_MJ_CLOSE] = on_close;
	reporter_driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
	reporter_driver->MajorFunction[IRP_MJ_READ] = on_read;
	reporter_driver->MajorFunction[IRP_MJ_WRITE] = on_write;
	reporter_driver->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = on_flush;
	return r;
}

int requests_teardown(void **state)
{
	return wdm_teardown(state);
}

const char *requests_address(void **state)
{
	return ((struct wdm_fixture *)*state)->address;
}

int requests_complete(void)
{
	PIRP irp = IoCsqRemoveNextIrp(&own.csq, NULL);

	if (irp)
		complete(irp, STATUS_SUCCESS, 0);
	return irp != NULL;
}

void requests_drop_event(void)
{
	KeClearEvent(own.users);
	ObDereferenceObject(own.users);
}

void requests_set_flags(uint32_t flags)
{
	reporter_fdo->Flags &= ~(ULONG)(DO_BUFFERED_IO | DO_DIRECT_IO);
	reporter_fdo->Flags |= flags;
}
