/* SPDX-License-Identifier: MIT */
/* Sending requests to a target, and having their answers. */
#include <stdlib.h>
#include <string.h>
#include "kmdf/driver.h"
#include "kmdf/target.h"

static struct pnpn_wdf_request *request_of(WDFREQUEST handle)
{
	return PNPN_WDF_CAST(pnpn_wdf_request, handle, PNPN_WDF_REQUEST);
}

static struct pnpn_wdf_target *target_of(WDFIOTARGET handle)
{
	return PNPN_WDF_CAST(pnpn_wdf_target, handle, PNPN_WDF_TARGET);
}

/* --- a driver's own request --------------------------------------------------------------------------------- */

/* What formatting made; the answer is where it belongs already. Somebody else's IRP has its own buffers again. */
static void request_drop_format(struct pnpn_wdf_request *request)
{
	PIRP irp = request->irp;

	if (request->sent_mdl)
		IoFreeMdl(request->sent_mdl);
	free(request->sent_buffer);
	if (request->sent_output)
		WdfObjectDereference(request->sent_output);
	request->sent_mdl = NULL;
	request->sent_buffer = NULL;
	request->sent_output = NULL;
	request->formatted = false;
	if (!request->own && !request->has_saved)
		return;
	irp->MdlAddress = request->saved_mdl;
	irp->AssociatedIrp.SystemBuffer = request->saved_system_buffer;
	irp->UserBuffer = request->saved_user_buffer;
	request->has_saved = false;
}

/* Of the driver's own request these are nothing. */
static void request_begin_format(struct pnpn_wdf_request *request)
{
	PIRP irp = request->irp;

	request_drop_format(request);
	request->saved_mdl = irp->MdlAddress;
	request->saved_system_buffer = irp->AssociatedIrp.SystemBuffer;
	request->saved_user_buffer = irp->UserBuffer;
	request->has_saved = true;
}

static void request_delete(struct pnpn_wdf_object *object)
{
	request_drop_format((struct pnpn_wdf_request *)object);
}

static void request_free(struct pnpn_wdf_object *object)
{
	IoFreeIrp(((struct pnpn_wdf_request *)object)->irp);
}

NTSTATUS WdfRequestCreate(PWDF_OBJECT_ATTRIBUTES attributes, WDFIOTARGET target, WDFREQUEST *ret)
{
	CCHAR size = target && target_of(target)->wdm ? target_of(target)->wdm->StackSize : 1;
	PIRP irp = IoAllocateIrp((CCHAR)(size + 1), FALSE);
	struct pnpn_wdf_request *request;

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*request), PNPN_WDF_REQUEST, attributes,
					      PNPN_WDF_CALLER(), &request);
	if (!NT_SUCCESS(status)) {
		IoFreeIrp(irp);
		return status;
	}
	InitializeListHead(&request->link);
	request->irp = irp;
	request->own = true;
	request->object.on_delete = request_delete;
	request->object.on_free = request_free;
	*ret = (WDFREQUEST)request;
	return STATUS_SUCCESS;
}

NTSTATUS WdfRequestReuse(WDFREQUEST handle, PWDF_REQUEST_REUSE_PARAMS params)
{
	struct pnpn_wdf_request *request = request_of(handle);

	if (params->Size != sizeof(*params))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (request->target)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (request->own) {
		request_drop_format(request);
		IoReuseIrp(request->irp, params->Status);
	}
	request->completion = NULL;
	request->status = params->Status;
	request->irp->IoStatus.Status = params->Status;
	return STATUS_SUCCESS;
}

NTSTATUS WdfRequestChangeTarget(WDFREQUEST handle, WDFIOTARGET target)
{
	struct pnpn_wdf_request *request = request_of(handle);
	PDEVICE_OBJECT wdm = target_of(target)->wdm;

	return wdm && request->irp->StackCount > wdm->StackSize ? STATUS_SUCCESS
								: STATUS_REQUEST_NOT_ACCEPTED;
}

/* There is one in every request that is waited for. */
NTSTATUS WdfRequestAllocateTimer(WDFREQUEST request)
{
	request_of(request);
	return STATUS_SUCCESS;
}

/* --- formatting ---------------------------------------------------------------------------------------------- */

VOID WdfRequestFormatRequestUsingCurrentType(WDFREQUEST handle)
{
	struct pnpn_wdf_request *request = request_of(handle);

	IoCopyCurrentIrpStackLocationToNext(request->irp);
	request->formatted = true;
}

VOID WdfRequestWdmFormatUsingStackLocation(WDFREQUEST handle, PIO_STACK_LOCATION stack)
{
	struct pnpn_wdf_request *request = request_of(handle);

	RtlCopyMemory(IoGetNextIrpStackLocation(request->irp), stack,
		      FIELD_OFFSET(IO_STACK_LOCATION, CompletionRoutine));
	request->formatted = true;
}

static NTSTATUS format_buffered(struct pnpn_wdf_request *request, PVOID input, size_t in_size,
				size_t out_size)
{
	size_t size = in_size > out_size ? in_size : out_size;

	if (!size)
		return STATUS_SUCCESS;
	request->sent_buffer = calloc(1, size);
	if (!request->sent_buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (in_size)
		memcpy(request->sent_buffer, input, in_size);
	request->irp->AssociatedIrp.SystemBuffer = request->sent_buffer;
	return STATUS_SUCCESS;
}

static NTSTATUS format_direct(struct pnpn_wdf_request *request, PVOID buffer, size_t size)
{
	if (!size)
		return STATUS_SUCCESS;
	request->sent_mdl = IoAllocateMdl(buffer, (ULONG)size, FALSE, FALSE, NULL);
	if (!request->sent_mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	MmBuildMdlForNonPagedPool(request->sent_mdl);
	request->irp->MdlAddress = request->sent_mdl;
	return STATUS_SUCCESS;
}

/* What the answer is copied to, which must last until then. */
static void format_keep_output(struct pnpn_wdf_request *request, struct pnpn_wdf_memory *output,
			       const WDFMEMORY_OFFSET *part)
{
	if (!output)
		return;
	WdfObjectReference(output);
	request->sent_output = output;
	request->sent_output_offset = part ? part->BufferOffset : 0;
}

struct transfer {
	struct pnpn_wdf_memory *memory;
	const WDFMEMORY_OFFSET *part;
	PVOID buffer;
	size_t size;
};

static NTSTATUS transfer_init(struct transfer *transfer, WDFMEMORY memory,
			      const WDFMEMORY_OFFSET *part)
{
	transfer->memory = memory ? PNPN_WDF_CAST(pnpn_wdf_memory, memory, PNPN_WDF_MEMORY) : NULL;
	transfer->part = part;
	NTSTATUS status = pnpn_wdf_memory_part(transfer->memory, part, &transfer->buffer,
					       &transfer->size);
	return NT_SUCCESS(status) && transfer->size > MAXULONG ? STATUS_INVALID_BUFFER_SIZE
							       : status;
}

static NTSTATUS format_by_method(struct pnpn_wdf_request *request, ULONG method,
				 const struct transfer *in, const struct transfer *out)
{
	NTSTATUS status;

	switch (method) {
	case METHOD_BUFFERED:
		format_keep_output(request, out->memory, out->part);
		return format_buffered(request, in->buffer, in->size, out->size);
	case METHOD_NEITHER:
		IoGetNextIrpStackLocation(request->irp)
			->Parameters.DeviceIoControl.Type3InputBuffer = in->buffer;
		request->irp->UserBuffer = out->buffer;
		return STATUS_SUCCESS;
	default:
		status = format_buffered(request, in->buffer, in->size, 0);
		return NT_SUCCESS(status) ? format_direct(request, out->buffer, out->size) : status;
	}
}

static NTSTATUS format_ioctl(WDFIOTARGET handle, WDFREQUEST of, UCHAR major, ULONG code,
			     const struct transfer *in, const struct transfer *out)
{
	struct pnpn_wdf_request *request = request_of(of);
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(request->irp);

	request_begin_format(request);
	RtlZeroMemory(stack, sizeof(*stack));
	stack->MajorFunction = major;
	stack->FileObject = target_of(handle)->file;
	stack->Parameters.DeviceIoControl.IoControlCode = code;
	stack->Parameters.DeviceIoControl.InputBufferLength = (ULONG)in->size;
	stack->Parameters.DeviceIoControl.OutputBufferLength = (ULONG)out->size;
	NTSTATUS status = format_by_method(request, METHOD_FROM_CTL_CODE(code), in, out);
	if (!NT_SUCCESS(status))
		return status;
	request->params.Type = (WDF_REQUEST_TYPE)major;
	request->params.Parameters.Ioctl.IoControlCode = code;
	request->params.Parameters.Ioctl.Input.Buffer = (WDFMEMORY)in->memory;
	request->params.Parameters.Ioctl.Input.Offset = in->part ? in->part->BufferOffset : 0;
	request->params.Parameters.Ioctl.Output.Buffer = (WDFMEMORY)out->memory;
	request->params.Parameters.Ioctl.Output.Offset = out->part ? out->part->BufferOffset : 0;
	request->formatted = true;
	return STATUS_SUCCESS;
}

static NTSTATUS format_ioctl_of(WDFIOTARGET target, WDFREQUEST request, UCHAR major, ULONG code,
				WDFMEMORY input, PWDFMEMORY_OFFSET in_part, WDFMEMORY output,
				PWDFMEMORY_OFFSET out_part)
{
	struct transfer in, out;
	NTSTATUS status = transfer_init(&in, input, in_part);

	if (NT_SUCCESS(status))
		status = transfer_init(&out, output, out_part);
	return NT_SUCCESS(status) ? format_ioctl(target, request, major, code, &in, &out) : status;
}

NTSTATUS WdfIoTargetFormatRequestForIoctl(WDFIOTARGET target, WDFREQUEST request, ULONG code,
					  WDFMEMORY input, PWDFMEMORY_OFFSET in_part,
					  WDFMEMORY output, PWDFMEMORY_OFFSET out_part)
{
	return format_ioctl_of(target, request, IRP_MJ_DEVICE_CONTROL, code, input, in_part, output,
			       out_part);
}

NTSTATUS WdfIoTargetFormatRequestForInternalIoctl(WDFIOTARGET target, WDFREQUEST request,
						  ULONG code, WDFMEMORY input,
						  PWDFMEMORY_OFFSET in_part, WDFMEMORY output,
						  PWDFMEMORY_OFFSET out_part)
{
	return format_ioctl_of(target, request, IRP_MJ_INTERNAL_DEVICE_CONTROL, code, input,
			       in_part, output, out_part);
}

static NTSTATUS format_transfer(struct pnpn_wdf_target *target, struct pnpn_wdf_request *request,
				UCHAR major, const struct transfer *transfer, LONGLONG offset)
{
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(request->irp);
	bool read = major == IRP_MJ_READ;

	if (!target->wdm)
		return STATUS_INVALID_DEVICE_STATE;
	request_begin_format(request);
	RtlZeroMemory(stack, sizeof(*stack));
	stack->MajorFunction = major;
	stack->FileObject = target->file;
	/* Read and Write have the same members at the same places. */
	stack->Parameters.Read.Length = (ULONG)transfer->size;
	stack->Parameters.Read.ByteOffset.QuadPart = offset;
	request->params.Type = (WDF_REQUEST_TYPE)major;
	request->params.Parameters.Read.Buffer = (WDFMEMORY)transfer->memory;
	request->params.Parameters.Read.Offset = transfer->part ? transfer->part->BufferOffset : 0;
	request->formatted = true;
	if (target->wdm->Flags & DO_DIRECT_IO)
		return format_direct(request, transfer->buffer, transfer->size);
	if (!(target->wdm->Flags & DO_BUFFERED_IO)) {
		request->irp->UserBuffer = transfer->buffer;
		return STATUS_SUCCESS;
	}
	if (read)
		format_keep_output(request, transfer->memory, transfer->part);
	return format_buffered(request, transfer->buffer, read ? 0 : transfer->size,
			       transfer->size);
}

static NTSTATUS format_transfer_of(WDFIOTARGET target, WDFREQUEST request, UCHAR major,
				   WDFMEMORY memory, PWDFMEMORY_OFFSET part, PLONGLONG offset)
{
	struct transfer transfer;
	NTSTATUS status = transfer_init(&transfer, memory, part);

	return NT_SUCCESS(status) ? format_transfer(target_of(target), request_of(request), major,
						    &transfer, offset ? *offset : 0)
				  : status;
}

NTSTATUS WdfIoTargetFormatRequestForRead(WDFIOTARGET target, WDFREQUEST request, WDFMEMORY memory,
					 PWDFMEMORY_OFFSET part, PLONGLONG offset)
{
	return format_transfer_of(target, request, IRP_MJ_READ, memory, part, offset);
}

NTSTATUS WdfIoTargetFormatRequestForWrite(WDFIOTARGET target, WDFREQUEST request, WDFMEMORY memory,
					  PWDFMEMORY_OFFSET part, PLONGLONG offset)
{
	return format_transfer_of(target, request, IRP_MJ_WRITE, memory, part, offset);
}

/* --- sending ------------------------------------------------------------------------------------------------- */

/* A buffered answer goes where the driver wants it. */
static void request_take_answer(struct pnpn_wdf_request *request)
{
	const IO_STATUS_BLOCK *answer = &request->irp->IoStatus;

	request->status = answer->Status;
	request->params.IoStatus = *answer;
	request->params.Size = sizeof(request->params);
	if (request->sent_output && !NT_ERROR(answer->Status)) {
		size_t room = request->sent_output->size - request->sent_output_offset;
		size_t size = answer->Information < room ? answer->Information : room;
		if (size)
			memcpy((PUCHAR)request->sent_output->buffer + request->sent_output_offset,
			       request->sent_buffer, size);
	}
	request_drop_format(request);
}

static NTSTATUS send_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct pnpn_wdf_request *request = context;
	struct pnpn_wdf_target *target = request->target;
	PFN_WDF_REQUEST_COMPLETION_ROUTINE routine = request->completion;
	bool waits = request->waits;

	request_take_answer(request);
	request->target = NULL;
	WdfObjectReference(target);
	pnpn_wdf_target_leave(target, request);
	if (waits)
		KeSetEvent(&request->answered, IO_NO_INCREMENT, FALSE);
	else if (routine)
		routine((WDFREQUEST)request, (WDFIOTARGET)target, &request->params,
			request->completion_context);
	WdfObjectDereference(target);
	/* The IRP is the driver's again, or is completed by it. */
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static bool send_and_forget(struct pnpn_wdf_request *request, struct pnpn_wdf_target *target)
{
	PIRP irp = request->irp;
	PDEVICE_OBJECT wdm = target->wdm;

	if (request->own || !wdm) {
		request->status = request->own ? STATUS_INVALID_DEVICE_REQUEST
					       : STATUS_INVALID_DEVICE_STATE;
		return false;
	}
	pnpn_wdf_request_forget(request);
	IoSkipCurrentIrpStackLocation(irp);
	IoCallDriver(wdm, irp);
	return true;
}

static void send_wait(struct pnpn_wdf_request *request, PWDF_REQUEST_SEND_OPTIONS options)
{
	LARGE_INTEGER due = {.QuadPart = options->Timeout};
	bool limited = options->Flags & WDF_REQUEST_SEND_OPTION_TIMEOUT;

	if (KeWaitForSingleObject(&request->answered, Executive, KernelMode, FALSE,
				  limited ? &due : NULL) != STATUS_TIMEOUT)
		return;
	IoCancelIrp(request->irp);
	KeWaitForSingleObject(&request->answered, Executive, KernelMode, FALSE, NULL);
	if (request->status == STATUS_CANCELLED)
		request->status = STATUS_IO_TIMEOUT;
}

BOOLEAN WdfRequestSend(WDFREQUEST handle, WDFIOTARGET to, PWDF_REQUEST_SEND_OPTIONS options)
{
	struct pnpn_wdf_request *request = request_of(handle);
	struct pnpn_wdf_target *target = target_of(to);
	ULONG flags = options ? options->Flags : 0;

	if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET)
		return send_and_forget(request, target);
	if (!request->formatted) {
		request->status = STATUS_REQUEST_NOT_ACCEPTED;
		return FALSE;
	}
	if (!pnpn_wdf_target_enter(target, request,
				   flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE))
		return FALSE;
	request->target = target;
	request->sent_cancelled = false;
	request->waits = flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS;
	KeInitializeEvent(&request->answered, NotificationEvent, FALSE);
	IoSetCompletionRoutine(request->irp, send_done, request, TRUE, TRUE, TRUE);
	IoCallDriver(target->wdm, request->irp);
	if (flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS)
		send_wait(request, options);
	return TRUE;
}

VOID WdfRequestSetCompletionRoutine(WDFREQUEST handle, PFN_WDF_REQUEST_COMPLETION_ROUTINE routine,
				    WDFCONTEXT context)
{
	request_of(handle)->completion = routine;
	request_of(handle)->completion_context = context;
}

VOID WdfRequestGetCompletionParams(WDFREQUEST request, PWDF_REQUEST_COMPLETION_PARAMS params)
{
	*params = request_of(request)->params;
}

NTSTATUS WdfRequestGetStatus(WDFREQUEST request)
{
	return request_of(request)->status;
}

BOOLEAN WdfRequestCancelSentRequest(WDFREQUEST handle)
{
	struct pnpn_wdf_request *request = request_of(handle);

	return request->target ? IoCancelIrp(request->irp) : FALSE;
}

/* --- sending and waiting in one ------------------------------------------------------------------------------- */

static NTSTATUS transfer_of(struct transfer *transfer, struct pnpn_wdf_request *request,
			    PWDF_MEMORY_DESCRIPTOR memory)
{
	PVOID buffer;
	size_t size;

	if (!memory)
		return transfer_init(transfer, NULL, NULL);
	switch (memory->Type) {
	case WdfMemoryDescriptorTypeHandle:
		return transfer_init(transfer, memory->u.HandleType.Memory,
				     memory->u.HandleType.Offsets);
	case WdfMemoryDescriptorTypeBuffer:
		buffer = memory->u.BufferType.Buffer;
		size = memory->u.BufferType.Length;
		break;
	case WdfMemoryDescriptorTypeMdl:
		buffer = MmGetSystemAddressForMdlSafe(memory->u.MdlType.Mdl, NormalPagePriority);
		size = memory->u.MdlType.BufferLength;
		break;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	if (!buffer || !size)
		return transfer_init(transfer, NULL, NULL);
	/* Goes with the request. */
	NTSTATUS status = pnpn_wdf_memory_of(&request->object, buffer, size, &transfer->memory);
	return NT_SUCCESS(status) ? transfer_init(transfer, (WDFMEMORY)transfer->memory, NULL)
				  : status;
}

static NTSTATUS send_formatted(WDFIOTARGET target, WDFREQUEST request,
			       PWDF_REQUEST_SEND_OPTIONS given, PULONG_PTR ret_size)
{
	WDF_REQUEST_SEND_OPTIONS options;

	WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
	if (given) {
		options.Flags |= given->Flags & (ULONG)~WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET;
		options.Timeout = given->Timeout;
	}
	bool sent = WdfRequestSend(request, target, &options);
	if (ret_size)
		*ret_size = sent ? request_of(request)->irp->IoStatus.Information : 0;
	return WdfRequestGetStatus(request);
}

static NTSTATUS send_transfer(WDFIOTARGET target, WDFREQUEST given, UCHAR major,
			      PWDF_MEMORY_DESCRIPTOR memory, PLONGLONG offset,
			      PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR ret_size)
{
	struct transfer transfer;
	WDFREQUEST request = given;
	NTSTATUS status = given ? STATUS_SUCCESS : WdfRequestCreate(NULL, target, &request);

	if (!NT_SUCCESS(status))
		return status;
	status = transfer_of(&transfer, request_of(request), memory);
	if (NT_SUCCESS(status))
		status = format_transfer(target_of(target), request_of(request), major, &transfer,
					 offset ? *offset : 0);
	if (NT_SUCCESS(status))
		status = send_formatted(target, request, options, ret_size);
	if (!given)
		WdfObjectDelete(request);
	return status;
}

NTSTATUS WdfIoTargetSendReadSynchronously(WDFIOTARGET target, WDFREQUEST request,
					  PWDF_MEMORY_DESCRIPTOR memory, PLONGLONG offset,
					  PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR ret_size)
{
	return send_transfer(target, request, IRP_MJ_READ, memory, offset, options, ret_size);
}

NTSTATUS WdfIoTargetSendWriteSynchronously(WDFIOTARGET target, WDFREQUEST request,
					   PWDF_MEMORY_DESCRIPTOR memory, PLONGLONG offset,
					   PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR ret_size)
{
	return send_transfer(target, request, IRP_MJ_WRITE, memory, offset, options, ret_size);
}

static NTSTATUS send_ioctl(WDFIOTARGET target, WDFREQUEST given, UCHAR major, ULONG code,
			   PWDF_MEMORY_DESCRIPTOR input, PWDF_MEMORY_DESCRIPTOR output,
			   PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR ret_size)
{
	struct transfer in, out;
	WDFREQUEST request = given;
	NTSTATUS status = given ? STATUS_SUCCESS : WdfRequestCreate(NULL, target, &request);

	if (!NT_SUCCESS(status))
		return status;
	status = transfer_of(&in, request_of(request), input);
	if (NT_SUCCESS(status))
		status = transfer_of(&out, request_of(request), output);
	if (NT_SUCCESS(status))
		status = format_ioctl(target, request, major, code, &in, &out);
	if (NT_SUCCESS(status))
		status = send_formatted(target, request, options, ret_size);
	if (!given)
		WdfObjectDelete(request);
	return status;
}

NTSTATUS WdfIoTargetSendIoctlSynchronously(WDFIOTARGET target, WDFREQUEST request, ULONG code,
					   PWDF_MEMORY_DESCRIPTOR input,
					   PWDF_MEMORY_DESCRIPTOR output,
					   PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR ret_size)
{
	return send_ioctl(target, request, IRP_MJ_DEVICE_CONTROL, code, input, output, options,
			  ret_size);
}

NTSTATUS WdfIoTargetSendInternalIoctlSynchronously(WDFIOTARGET target, WDFREQUEST request,
						   ULONG code, PWDF_MEMORY_DESCRIPTOR input,
						   PWDF_MEMORY_DESCRIPTOR output,
						   PWDF_REQUEST_SEND_OPTIONS options,
						   PULONG_PTR ret_size)
{
	return send_ioctl(target, request, IRP_MJ_INTERNAL_DEVICE_CONTROL, code, input, output,
			  options, ret_size);
}
