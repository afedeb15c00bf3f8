/* SPDX-License-Identifier: MIT */
/* Where a request's bytes are: by its device's kind of I/O, or by its control code's method. */
#include "kmdf/request.h"

enum way {
	WAY_BUFFERED,
	WAY_DIRECT,
	WAY_NEITHER,
};

static struct pnpn_wdf_request *request_of(WDFREQUEST handle)
{
	return PNPN_WDF_CAST(pnpn_wdf_request, handle, PNPN_WDF_REQUEST);
}

static bool is_ioctl(const IO_STACK_LOCATION *stack)
{
	return stack->MajorFunction == IRP_MJ_DEVICE_CONTROL ||
	       stack->MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL;
}

/* Of what the driver writes (output) or reads (input). */
static enum way request_way(struct pnpn_wdf_request *request, bool output)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(request->irp);
	ULONG flags = request->device->wdm->Flags;

	if (!is_ioctl(stack))
		return flags & DO_BUFFERED_IO ? WAY_BUFFERED
		       : flags & DO_DIRECT_IO ? WAY_DIRECT
					      : WAY_NEITHER;
	switch (METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode)) {
	case METHOD_BUFFERED:
		return WAY_BUFFERED;
	case METHOD_NEITHER:
		return WAY_NEITHER;
	default:
		return output ? WAY_DIRECT : WAY_BUFFERED;
	}
}

static size_t request_length(struct pnpn_wdf_request *request, bool output)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(request->irp);

	switch (stack->MajorFunction) {
	case IRP_MJ_READ:
		return output ? stack->Parameters.Read.Length : 0;
	case IRP_MJ_WRITE:
		return output ? 0 : stack->Parameters.Write.Length;
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		return output ? stack->Parameters.DeviceIoControl.OutputBufferLength
			      : stack->Parameters.DeviceIoControl.InputBufferLength;
	default:
		return 0;
	}
}

static NTSTATUS request_find(struct pnpn_wdf_request *request, bool output, PVOID *ret_buffer,
			     size_t *ret_size)
{
	enum way way = request_way(request, output);

	*ret_buffer = NULL;
	*ret_size = request_length(request, output);
	if (!*ret_size)
		return STATUS_BUFFER_TOO_SMALL;
	if (way == WAY_NEITHER)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (way == WAY_BUFFERED)
		*ret_buffer = request->irp->AssociatedIrp.SystemBuffer;
	else if (request->irp->MdlAddress)
		*ret_buffer = MmGetSystemAddressForMdlSafe(request->irp->MdlAddress,
							   NormalPagePriority);
	return *ret_buffer ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS request_buffer(WDFREQUEST handle, bool output, size_t minimum, PVOID *ret_buffer,
			       size_t *ret_size)
{
	size_t size;
	NTSTATUS status = request_find(request_of(handle), output, ret_buffer, &size);

	if (NT_SUCCESS(status) && size < minimum)
		status = STATUS_BUFFER_TOO_SMALL;
	if (!NT_SUCCESS(status))
		*ret_buffer = NULL;
	if (ret_size)
		*ret_size = NT_SUCCESS(status) ? size : 0;
	return status;
}

NTSTATUS WdfRequestRetrieveInputBuffer(WDFREQUEST request, size_t minimum, PVOID *buffer,
				       size_t *size)
{
	return request_buffer(request, false, minimum, buffer, size);
}

NTSTATUS WdfRequestRetrieveOutputBuffer(WDFREQUEST request, size_t minimum, PVOID *buffer,
					size_t *size)
{
	return request_buffer(request, true, minimum, buffer, size);
}

static NTSTATUS request_memory(WDFREQUEST handle, bool output, WDFMEMORY *ret)
{
	struct pnpn_wdf_request *request = request_of(handle);
	struct pnpn_wdf_memory **memory = output ? &request->output : &request->input;
	PVOID buffer;
	size_t size;

	if (!*memory) {
		NTSTATUS status = request_find(request, output, &buffer, &size);
		if (NT_SUCCESS(status))
			status = pnpn_wdf_memory_of(&request->object, buffer, size, memory);
		if (!NT_SUCCESS(status))
			return status;
	}
	*ret = (WDFMEMORY)*memory;
	return STATUS_SUCCESS;
}

NTSTATUS WdfRequestRetrieveInputMemory(WDFREQUEST request, WDFMEMORY *memory)
{
	return request_memory(request, false, memory);
}

NTSTATUS WdfRequestRetrieveOutputMemory(WDFREQUEST request, WDFMEMORY *memory)
{
	return request_memory(request, true, memory);
}

/* Of direct I/O; what is buffered has none that the driver did not make. */
static NTSTATUS request_mdl(WDFREQUEST handle, bool output, PMDL *ret)
{
	struct pnpn_wdf_request *request = request_of(handle);

	*ret = request->irp->MdlAddress;
	if (!request_length(request, output))
		return STATUS_BUFFER_TOO_SMALL;
	return request_way(request, output) == WAY_DIRECT && *ret ? STATUS_SUCCESS
								  : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS WdfRequestRetrieveInputWdmMdl(WDFREQUEST request, PMDL *mdl)
{
	return request_mdl(request, false, mdl);
}

NTSTATUS WdfRequestRetrieveOutputWdmMdl(WDFREQUEST request, PMDL *mdl)
{
	return request_mdl(request, true, mdl);
}

/* --- METHOD_NEITHER ----------------------------------------------------------------------------------- */

static NTSTATUS request_user_buffer(WDFREQUEST handle, bool output, size_t minimum,
				    PVOID *ret_buffer, size_t *ret_size)
{
	struct pnpn_wdf_request *request = request_of(handle);
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(request->irp);
	size_t size = request_length(request, output);

	*ret_buffer = NULL;
	if (request_way(request, output) != WAY_NEITHER)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!size || size < minimum)
		return STATUS_BUFFER_TOO_SMALL;
	*ret_buffer = is_ioctl(stack) && !output
			      ? stack->Parameters.DeviceIoControl.Type3InputBuffer
			      : request->irp->UserBuffer;
	if (ret_size)
		*ret_size = size;
	return STATUS_SUCCESS;
}

NTSTATUS WdfRequestRetrieveUnsafeUserInputBuffer(WDFREQUEST request, size_t minimum, PVOID *buffer,
						 size_t *size)
{
	return request_user_buffer(request, false, minimum, buffer, size);
}

NTSTATUS WdfRequestRetrieveUnsafeUserOutputBuffer(WDFREQUEST request, size_t minimum, PVOID *buffer,
						  size_t *size)
{
	return request_user_buffer(request, true, minimum, buffer, size);
}

/* The host has mapped it, at an address of this process, as long as the request is there. */
static NTSTATUS request_lock(WDFREQUEST request, PVOID buffer, size_t size, WDFMEMORY *memory)
{
	return buffer && size ? pnpn_wdf_memory_of(&request_of(request)->object, buffer, size,
						   (struct pnpn_wdf_memory **)memory)
			      : STATUS_INVALID_USER_BUFFER;
}

NTSTATUS WdfRequestProbeAndLockUserBufferForRead(WDFREQUEST request, PVOID buffer, size_t size,
						 WDFMEMORY *memory)
{
	return request_lock(request, buffer, size, memory);
}

NTSTATUS WdfRequestProbeAndLockUserBufferForWrite(WDFREQUEST request, PVOID buffer, size_t size,
						  WDFMEMORY *memory)
{
	return request_lock(request, buffer, size, memory);
}
