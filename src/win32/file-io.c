/* SPDX-License-Identifier: MIT */
/* ReadFile() and its like, under their Windows names. */
#include <windows.h>

#include "io/caller.h"
#include "win32/apc.h"
#include "win32/completion-port.h"
#include "win32/device-io.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/nt-status.h"
#include "win32/object.h"
#include "win32/operation.h"

#define STATUS_PENDING_ ((int32_t)0x00000103)

/* Who is told of the end, and how. */
struct telling {
	LPDWORD bytes; /* NULL */
	LPOVERLAPPED overlapped; /* NULL */
	LPOVERLAPPED_COMPLETION_ROUTINE routine; /* NULL */
};

/* --- requests ---------------------------------------------------------------------------------------------- */

static bool fill_routine(struct pnpn_operation *operation, const struct telling *telling)
{
	struct pnpn_apc_queue *queue = pnpn_apc_queue_get();

	if (!queue)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	operation->apcs = pnpn_apc_queue_ref(queue);
	operation->routine = telling->routine;
	return true;
}

/* hEvent is the program's own where there is a routine; its lowest bit says something of the port. */
static bool fill_telling(struct pnpn_operation *operation, const struct telling *telling)
{
	operation->overlapped = telling->overlapped;
	if (telling->routine)
		return fill_routine(operation, telling);
	uintptr_t event = (uintptr_t)telling->overlapped->hEvent & ~(uintptr_t)1;
	if (!event)
		return true;
	operation->event = pnpn_object_get((HANDLE)event, PNPN_OBJECT_EVENT);
	return operation->event;
}

static BOOL start(struct pnpn_device_io *io, struct pnpn_ask *ask, const struct telling *telling)
{
	struct pnpn_operation *operation = pnpn_device_io_begin(io);

	if (!operation)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	if (!fill_telling(operation, telling)) {
		pnpn_operation_unref(operation);
		pnpn_operation_unref(operation);
		return FALSE;
	}
	int32_t status = pnpn_device_io_start(io, operation, ask);
	if (telling->routine && status == STATUS_PENDING_)
		return TRUE;
	return pnpn_fail(pnpn_win32_error_of_status(status));
}

/* An OVERLAPPED of a synchronous request says where, and is filled. */
static void fill_overlapped(const struct telling *telling, int32_t status, DWORD bytes)
{
	LPOVERLAPPED overlapped = telling->overlapped;

	if (!overlapped)
		return;
	overlapped->Internal = (ULONG_PTR)(uint32_t)status;
	overlapped->InternalHigh = bytes;
	if (overlapped->hEvent && !telling->routine)
		SetEvent((HANDLE)((uintptr_t)overlapped->hEvent & ~(uintptr_t)1));
}

static BOOL call(struct pnpn_device_io *io, struct pnpn_ask *ask, const struct telling *telling)
{
	struct pnpn_operation *operation = pnpn_device_io_begin(io);

	if (!operation)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	operation->overlapped = telling->overlapped;
	int32_t status = pnpn_device_io_call(io, operation, ask);
	/* An error has written nothing; a warning, such as of a buffer that is too small, has. */
	DWORD bytes = ((uint32_t)status >> 30) == 3 ? 0 : (DWORD)operation->information;
	pnpn_operation_unref(operation);
	if (telling->bytes)
		*telling->bytes = bytes;
	fill_overlapped(telling, status, bytes);
	return pnpn_status_is_success(status) ? TRUE
					      : pnpn_fail(pnpn_win32_error_of_status(status));
}

static BOOL request(HANDLE handle, struct pnpn_ask *ask, const struct telling *telling)
{
	struct pnpn_device_io *io;
	struct pnpn_object *object = pnpn_device_io_get(handle, &io);
	bool control = ask->kind == PNPN_IO_CONTROL || ask->kind == PNPN_IO_FLUSH;
	BOOL done;

	if (!object)
		return FALSE;
	bool overlapped = pnpn_device_io_is_overlapped(io);
	if (overlapped && telling->overlapped)
		done = start(io, ask, telling);
	else if ((overlapped && !control) || telling->routine)
		done = pnpn_fail(ERROR_INVALID_PARAMETER);
	else
		done = call(io, ask, telling);
	pnpn_object_unref(object);
	return done;
}

static uint64_t offset_of(const OVERLAPPED *overlapped)
{
	return overlapped ? (uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset : 0;
}

static BOOL transfer(HANDLE handle, struct pnpn_ask *ask, const struct telling *telling)
{
	if ((ask->input_size && !ask->input) || (ask->output_size && !ask->output))
		return pnpn_fail(ERROR_INVALID_USER_BUFFER);
	ask->offset = offset_of(telling->overlapped);
	return request(handle, ask, telling);
}

PNPN_EXPORT BOOL WINAPI ReadFile(HANDLE handle, LPVOID buffer, DWORD size, LPDWORD bytes,
				 LPOVERLAPPED overlapped)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_READ, .output = buffer, .output_size = size};

	return transfer(handle, &ask, &(struct telling){bytes, overlapped, NULL});
}

PNPN_EXPORT BOOL WINAPI WriteFile(HANDLE handle, LPCVOID buffer, DWORD size, LPDWORD bytes,
				  LPOVERLAPPED overlapped)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_WRITE, .input = buffer, .input_size = size};

	return transfer(handle, &ask, &(struct telling){bytes, overlapped, NULL});
}

PNPN_EXPORT BOOL WINAPI ReadFileEx(HANDLE handle, LPVOID buffer, DWORD size,
				   LPOVERLAPPED overlapped, LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_READ, .output = buffer, .output_size = size};

	if (!overlapped || !routine)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	return transfer(handle, &ask, &(struct telling){NULL, overlapped, routine});
}

PNPN_EXPORT BOOL WINAPI WriteFileEx(HANDLE handle, LPCVOID buffer, DWORD size,
				    LPOVERLAPPED overlapped,
				    LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_WRITE, .input = buffer, .input_size = size};

	if (!overlapped || !routine)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	return transfer(handle, &ask, &(struct telling){NULL, overlapped, routine});
}

PNPN_EXPORT BOOL WINAPI DeviceIoControl(HANDLE handle, DWORD code, LPVOID in, DWORD in_size,
					LPVOID out, DWORD out_size, LPDWORD bytes,
					LPOVERLAPPED overlapped)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_CONTROL,
			       .code = code,
			       .input = in,
			       .input_size = in_size,
			       .output = out,
			       .output_size = out_size,
			       .flags = pnpn_io_control_flags(code)};

	if ((in_size && !in) || (out_size && !out))
		return pnpn_fail(ERROR_NOACCESS);
	return request(handle, &ask, &(struct telling){bytes, overlapped, NULL});
}

PNPN_EXPORT BOOL WINAPI FlushFileBuffers(HANDLE handle)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_FLUSH};

	return request(handle, &ask, &(struct telling){0});
}

/* --- results ------------------------------------------------------------------------------------------------- */

static bool is_pending(const OVERLAPPED *overlapped)
{
	return (int32_t)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE) == STATUS_PENDING_;
}

PNPN_EXPORT BOOL WINAPI GetOverlappedResultEx(HANDLE handle, LPOVERLAPPED overlapped, LPDWORD bytes,
					      DWORD milliseconds, BOOL alertable)
{
	if (!overlapped || !bytes)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (is_pending(overlapped)) {
		uintptr_t event = (uintptr_t)overlapped->hEvent & ~(uintptr_t)1;
		if (!milliseconds)
			return pnpn_fail(ERROR_IO_INCOMPLETE);
		DWORD result = WaitForSingleObjectEx(event ? (HANDLE)event : handle, milliseconds,
						     alertable);
		if (result == WAIT_TIMEOUT || result == WAIT_IO_COMPLETION)
			return pnpn_fail(result);
		if (result != WAIT_OBJECT_0)
			return FALSE;
		if (is_pending(overlapped))
			return pnpn_fail(ERROR_IO_INCOMPLETE);
	}
	int32_t status = (int32_t)overlapped->Internal;
	*bytes = (DWORD)overlapped->InternalHigh;
	return pnpn_status_is_success(status) ? TRUE
					      : pnpn_fail(pnpn_win32_error_of_status(status));
}

PNPN_EXPORT BOOL WINAPI GetOverlappedResult(HANDLE handle, LPOVERLAPPED overlapped, LPDWORD bytes,
					    BOOL wait)
{
	return GetOverlappedResultEx(handle, overlapped, bytes, wait ? INFINITE : 0, FALSE);
}

/* --- cancelling ---------------------------------------------------------------------------------------------- */

static BOOL cancel(HANDLE handle, struct pnpn_operation_choice *choice, bool none_is_error)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_DEVICE);

	if (!object)
		return FALSE;
	choice->file = object;
	unsigned int count = pnpn_operations_cancel(choice);
	pnpn_object_unref(object);
	return count || !none_is_error ? TRUE : pnpn_fail(ERROR_NOT_FOUND);
}

PNPN_EXPORT BOOL WINAPI CancelIo(HANDLE handle)
{
	struct pnpn_operation_choice choice = {.thread = GetCurrentThreadId()};

	return cancel(handle, &choice, false);
}

PNPN_EXPORT BOOL WINAPI CancelIoEx(HANDLE handle, LPOVERLAPPED overlapped)
{
	struct pnpn_operation_choice choice = {.overlapped = overlapped};

	return cancel(handle, &choice, true);
}

PNPN_EXPORT BOOL WINAPI CancelSynchronousIo(HANDLE thread)
{
	struct pnpn_object *object = pnpn_object_get(thread, PNPN_OBJECT_THREAD);

	if (!object)
		return FALSE;
	struct pnpn_operation_choice choice = {.thread = object->thread, .synchronous_only = true};
	pnpn_object_unref(object);
	return pnpn_operations_cancel(&choice) ? TRUE : pnpn_fail(ERROR_NOT_FOUND);
}

/* --- ports ------------------------------------------------------------------------------------------------------ */

static DWORD join(HANDLE file, HANDLE port, ULONG_PTR key)
{
	struct pnpn_object *object = pnpn_object_get(port, PNPN_OBJECT_PORT);
	struct pnpn_device_io *io;

	if (!object)
		return ERROR_INVALID_HANDLE;
	struct pnpn_object *device = pnpn_device_io_get(file, &io);
	DWORD error = ERROR_INVALID_HANDLE;
	if (device)
		error = pnpn_device_io_set_port(io, object, key) ? 0 : ERROR_INVALID_PARAMETER;
	pnpn_object_unref(device);
	pnpn_object_unref(object);
	return error;
}

PNPN_EXPORT HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE existing, ULONG_PTR key,
						 DWORD threads)
{
	if (file == INVALID_HANDLE_VALUE && existing) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	HANDLE port = existing ? existing : pnpn_port_new();
	if (!port || file == INVALID_HANDLE_VALUE)
		return port;
	DWORD error = join(file, port, key);
	if (!error)
		return port;
	if (!existing)
		CloseHandle(port);
	pnpn_fail(error);
	return NULL;
}

PNPN_EXPORT BOOL WINAPI SetFileCompletionNotificationModes(HANDLE handle, UCHAR modes)
{
	struct pnpn_device_io *io;
	struct pnpn_object *object = pnpn_device_io_get(handle, &io);

	if (!object)
		return FALSE;
	pnpn_device_io_set_modes(io, modes);
	pnpn_object_unref(object);
	return TRUE;
}
