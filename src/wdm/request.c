/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/request.h"

struct pnpn_request {
	struct pnpn_request_target target;
	struct pnpn_io_call *call;
	PIRP irp;
	PVOID buffer; /* the driver's own, where the application sees the call's */
	IO_SECURITY_CONTEXT security;
};

/* With the call's last reference: somebody may still be about to cancel the IRP. */
static void request_destroy(struct pnpn_io_call *call)
{
	struct pnpn_request *request = call->userdata;

	pnpn_irp_free_buffers(request->irp);
	IoFreeIrp(request->irp);
	free(request->buffer);
	free(request);
}

/* What the driver left in its own buffer goes to the application's. */
static void copy_output(const struct pnpn_request *request)
{
	struct pnpn_io_call *call = request->call;
	const IO_STATUS_BLOCK *result = &request->irp->IoStatus;
	const void *from = request->irp->AssociatedIrp.SystemBuffer;

	if (!call->output || !from || from == call->output || NT_ERROR(result->Status) ||
	    call->kind == PNPN_IO_WRITE)
		return;
	if (call->kind == PNPN_IO_CONTROL && METHOD_FROM_CTL_CODE(call->code) != METHOD_BUFFERED)
		return;
	memcpy(call->output, from,
	       result->Information < call->output_size ? result->Information : call->output_size);
}

static NTSTATUS request_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct pnpn_request *request = context;
	struct pnpn_request_target target = request->target;
	IO_STATUS_BLOCK result = irp->IoStatus;

	copy_output(request);
	target.done(target.userdata, result.Status);
	pnpn_io_call_answer(request->call, result.Status, result.Information);
	target.answered(target.userdata);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* --- buffers -------------------------------------------------------------------------------------------- */

/* A buffer of the driver's own, with the input in it. */
static bool own_buffer(struct pnpn_request *request, ULONG bytes)
{
	const struct pnpn_io_call *call = request->call;

	if (!bytes)
		return true;
	request->buffer = calloc(1, bytes);
	if (!request->buffer)
		return false;
	if (call->input_size)
		memcpy(request->buffer, call->input, call->input_size);
	request->irp->AssociatedIrp.SystemBuffer = request->buffer;
	request->irp->Flags |= IRP_BUFFERED_IO;
	return true;
}

static bool set_control_buffers(struct pnpn_request *request)
{
	const struct pnpn_io_call *call = request->call;
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request->irp);
	ULONG method = METHOD_FROM_CTL_CODE(call->code);
	ULONG larger = call->output_size > call->input_size ? call->output_size : call->input_size;

	next->Parameters.DeviceIoControl.IoControlCode = call->code;
	next->Parameters.DeviceIoControl.InputBufferLength = call->input_size;
	next->Parameters.DeviceIoControl.OutputBufferLength = call->output_size;
	request->irp->UserBuffer = call->output;
	if (method == METHOD_BUFFERED)
		return own_buffer(request, larger);
	if (method == METHOD_NEITHER) {
		next->Parameters.DeviceIoControl.Type3InputBuffer = call->input;
		return true;
	}
	if (!own_buffer(request, call->input_size))
		return false;
	return !call->output_size ||
	       IoAllocateMdl(call->output, call->output_size, FALSE, FALSE, request->irp);
}

static bool set_transfer_buffers(struct pnpn_request *request)
{
	const struct pnpn_io_call *call = request->call;
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request->irp);
	bool reads = call->kind == PNPN_IO_READ;
	ULONG length = reads ? call->output_size : call->input_size;
	PVOID buffer = reads ? call->output : call->input;

	next->Parameters.Read.Length = length;
	next->Parameters.Read.ByteOffset.QuadPart = (LONGLONG)call->offset;
	if (request->target.device->Flags & DO_BUFFERED_IO)
		return own_buffer(request, length);
	if (request->target.device->Flags & DO_DIRECT_IO)
		return !length || IoAllocateMdl(buffer, length, FALSE, FALSE, request->irp);
	request->irp->UserBuffer = buffer;
	return true;
}

static void set_create(struct pnpn_request *request)
{
	const struct pnpn_io_call *call = request->call;
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(request->irp);

	request->security = (IO_SECURITY_CONTEXT){.DesiredAccess = call->code};
	next->Parameters.Create.SecurityContext = &request->security;
	next->Parameters.Create.Options = (ULONG)(call->offset >> 32);
	next->Parameters.Create.ShareAccess = (USHORT)(call->offset & FILE_SHARE_VALID_FLAGS);
	request->irp->Flags |= IRP_CREATE_OPERATION;
}

/* --- sending -------------------------------------------------------------------------------------------- */

static UCHAR major_of(const struct pnpn_io_call *call)
{
	static const UCHAR majors[] = {
		[PNPN_IO_OPEN] = IRP_MJ_CREATE,
		[PNPN_IO_READ] = IRP_MJ_READ,
		[PNPN_IO_WRITE] = IRP_MJ_WRITE,
		[PNPN_IO_FLUSH] = IRP_MJ_FLUSH_BUFFERS,
		[PNPN_IO_CONTROL] = IRP_MJ_DEVICE_CONTROL,
	};

	return majors[call->kind];
}

static void prepare(PIRP irp, const struct pnpn_request_target *target, UCHAR major)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(irp);

	irp->RequestorMode = UserMode;
	irp->Tail.Overlay.OriginalFileObject = target->file;
	/* Nobody else uses it: where IoGetRequestorProcessId() looks. */
	irp->Tail.Overlay.AuxiliaryBuffer = (PVOID)(uintptr_t)target->process;
	next->MajorFunction = major;
	next->FileObject = target->file;
}

static bool set_buffers(struct pnpn_request *request)
{
	switch (request->call->kind) {
	case PNPN_IO_OPEN:
		set_create(request);
		return true;
	case PNPN_IO_CONTROL:
		return set_control_buffers(request);
	case PNPN_IO_READ:
	case PNPN_IO_WRITE:
		return set_transfer_buffers(request);
	default:
		return true;
	}
}

static struct pnpn_request *request_new(const struct pnpn_request_target *target,
					struct pnpn_io_call *call)
{
	struct pnpn_request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->target = *target;
	request->call = call;
	request->irp = IoAllocateIrp(target->device->StackSize, FALSE);
	if (!request->irp) {
		free(request);
		return NULL;
	}
	prepare(request->irp, target, major_of(call));
	call->userdata = request;
	call->destroy = request_destroy;
	return request;
}

void pnpn_request_send(const struct pnpn_request_target *target, struct pnpn_io_call *call)
{
	struct pnpn_request *request = request_new(target, call);

	if (!request || !set_buffers(request)) {
		target->done(target->userdata, STATUS_INSUFFICIENT_RESOURCES);
		pnpn_io_call_answer(call, STATUS_INSUFFICIENT_RESOURCES, 0);
		target->answered(target->userdata);
		return;
	}
	IoSetCompletionRoutine(request->irp, request_done, request, TRUE, TRUE, TRUE);
	IofCallDriver(target->device, request->irp);
	pnpn_irql_restore(PASSIVE_LEVEL, "dispatch routine");
}

void pnpn_request_cancel(struct pnpn_io_call *call)
{
	struct pnpn_request *request = call->userdata;

	if (request)
		IoCancelIrp(request->irp);
}

static NTSTATUS end_done(PDEVICE_OBJECT device, PIRP irp, PVOID event)
{
	KeSetEvent(event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

void pnpn_request_send_end(const struct pnpn_request_target *target, UCHAR major)
{
	CCHAR size = target->device->StackSize;
	_Alignas(IRP) UCHAR place[IoSizeOfIrp(size)];
	PIRP irp = (PIRP)(void *)place;
	KEVENT done;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	pnpn_irp_init(irp, size);
	prepare(irp, target, major);
	irp->Flags |= IRP_CLOSE_OPERATION;
	IoSetCompletionRoutine(irp, end_done, &done, TRUE, TRUE, TRUE);
	IofCallDriver(target->device, irp);
	KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
	pnpn_irql_restore(PASSIVE_LEVEL, "dispatch routine");
}
