/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <windows.h>

#include "core/list.h"
#include "io/caller.h"
#include "win32/apc.h"
#include "win32/completion-port.h"
#include "win32/device-io.h"
#include "win32/io-thread.h"
#include "win32/last-error.h"
#include "win32/local-file.h"
#include "win32/nt-status.h"
#include "win32/object.h"
#include "win32/operation.h"
#include "win32/shared-event.h"
#include "win32/workers.h"

#define CLOSE_LIMIT_MS	       25000

#define STATUS_PENDING_	       ((int32_t)0x00000103)
#define STATUS_INTERNAL_ERROR_ ((int32_t)0xc00000e5)

struct pnpn_device_io {
	struct pnpn_io_watch watch; /* of the thread, where it is overlapped */
	struct pnpn_list link; /* in all of them */
	struct pnpn_caller *caller; /* NULL for a file of Linux's own */
	struct pnpn_local_file *local; /* NULL for what an owner serves */
	bool overlapped;
	struct pnpn_object *file; /* whose it is; the thread has a reference */
	pthread_mutex_t
		turn; /* of synchronous requests: one at a time asks, and takes the answers */
	pthread_mutex_t lock; /* guards the rest */
	struct pnpn_object *port; /* a reference; NULL */
	ULONG_PTR key;
	UCHAR modes; /* atomic, too */
};

/* Guards the list. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_list all = {&all, &all};

/* --- the end of a request --------------------------------------------------------------------------------- */

struct completion_apc {
	struct pnpn_apc apc;
	LPOVERLAPPED_COMPLETION_ROUTINE routine;
	LPOVERLAPPED overlapped;
	DWORD error, bytes;
};

static void run_completion(struct pnpn_apc *apc)
{
	struct completion_apc call = *pnpn_list_entry(apc, struct completion_apc, apc);

	free(pnpn_list_entry(apc, struct completion_apc, apc));
	call.routine(call.error, call.bytes, call.overlapped);
}

static void tell_apc(const struct pnpn_operation *operation, DWORD error, DWORD bytes)
{
	struct completion_apc *apc = calloc(1, sizeof(*apc));

	if (!apc)
		return;
	*apc = (struct completion_apc){.apc.run = run_completion,
				       .routine = operation->routine,
				       .overlapped = operation->overlapped,
				       .error = error,
				       .bytes = bytes};
	if (!pnpn_apc_queue_add(operation->apcs, &apc->apc))
		free(apc);
}

static void tell_port(struct pnpn_device_io *io, const struct pnpn_operation *operation,
		      DWORD error, DWORD bytes)
{
	/* An event with its lowest bit set says: not to the port. */
	bool unwanted = (uintptr_t)operation->overlapped->hEvent & 1;

	pthread_mutex_lock(&io->lock);
	struct pnpn_object *port = io->port && !unwanted ? pnpn_object_ref(io->port) : NULL;
	ULONG_PTR key = io->key;
	pthread_mutex_unlock(&io->lock);
	if (port)
		(void)pnpn_port_post(port,
				     &(struct pnpn_packet_done){.key = key,
								.overlapped = operation->overlapped,
								.bytes = bytes,
								.error = error});
	pnpn_object_unref(port);
}

/* In this order: whoever sees one of them finds what comes before. */
static void tell_overlapped(struct pnpn_device_io *io, struct pnpn_operation *operation,
			    const struct pnpn_answered *answer)
{
	LPOVERLAPPED overlapped = operation->overlapped;
	DWORD error = pnpn_status_is_success(answer->status)
			      ? 0
			      : pnpn_win32_error_of_status(answer->status);
	DWORD bytes = (DWORD)answer->information;

	overlapped->InternalHigh = bytes;
	__atomic_store_n(&overlapped->Internal, (ULONG_PTR)(uint32_t)answer->status,
			 __ATOMIC_RELEASE);
	/* From here on it may be gone, but for what the operation kept. */
	if (operation->routine) {
		tell_apc(operation, error, bytes);
		return;
	}
	tell_port(io, operation, error, bytes);
	if (operation->event)
		pnpn_object_signal(operation->event, true);
	else if (!(__atomic_load_n(&io->modes, __ATOMIC_RELAXED) & FILE_SKIP_SET_EVENT_ON_HANDLE))
		pnpn_object_signal(operation->file, true);
}

/* Answers that a driver can't mean would have somebody wait for ever. */
static void handle_answer(struct pnpn_device_io *io, struct pnpn_answered *answer)
{
	struct pnpn_operation *operation = answer->userdata;

	if (answer->status == STATUS_PENDING_)
		answer->status = STATUS_INTERNAL_ERROR_;
	if (operation->overlapped && !operation->synchronous)
		tell_overlapped(io, operation, answer);
	pnpn_operation_finish(operation, answer->status, answer->information);
	pnpn_operation_unref(operation);
}

/* --- overlapped: the thread takes the answers ---------------------------------------------------------------- */

static bool run(struct pnpn_io_watch *watch)
{
	struct pnpn_device_io *io = (struct pnpn_device_io *)watch;
	struct pnpn_answered answer;
	int r;

	while ((r = pnpn_caller_take(io->caller, false, &answer)) > 0)
		handle_answer(io, &answer);
	return r == 0;
}

static void over(struct pnpn_io_watch *watch)
{
	pnpn_object_unref(((struct pnpn_device_io *)watch)->file);
}

int pnpn_device_io_attach(struct pnpn_device_io *io, struct pnpn_object *file)
{
	io->file = file;
	file->io = io;
	if (!io->overlapped || io->local)
		return 0;
	pnpn_object_ref(file);
	int r = pnpn_io_thread_add(&io->watch);
	if (r < 0)
		pnpn_object_unref(file);
	return r;
}

/* --- files of Linux's own ------------------------------------------------------------------------------------- */

/* An overlapped request, for a worker. */
struct local_request {
	struct pnpn_task task;
	struct pnpn_device_io *io;
	struct pnpn_ask ask;
};

static void perform(struct pnpn_device_io *io, struct pnpn_operation *operation,
		    const struct pnpn_ask *ask)
{
	struct pnpn_answered answer = {.userdata = operation};

	answer.status =
		pnpn_local_file_perform(io->local, ask, io->overlapped || operation->overlapped,
					!io->overlapped, operation->cancel_fd, &answer.information);
	handle_answer(io, &answer);
}

/* The operation holds the file until it is handled. */
static void run_local(struct pnpn_task *task)
{
	struct local_request request = *(struct local_request *)task;
	struct pnpn_operation *operation = request.ask.userdata;
	struct pnpn_object *file = pnpn_object_ref(operation->file);

	free(task);
	perform(request.io, operation, &request.ask);
	pnpn_object_unref(file);
}

/* Returns 0; a status, and nobody answers. */
static int32_t start_local(struct pnpn_device_io *io, struct pnpn_operation *operation,
			   const struct pnpn_ask *ask)
{
	struct local_request *request = calloc(1, sizeof(*request));

	pnpn_operation_begin(operation);
	if (request) {
		*request = (struct local_request){.task.run = run_local, .io = io, .ask = *ask};
		request->ask.userdata = operation;
		if (pnpn_workers_run(&request->task) >= 0)
			return 0;
	}
	free(request);
	pnpn_operation_finish(operation, PNPN_IO_STATUS_MEMORY, 0);
	pnpn_operation_unref(operation);
	return PNPN_IO_STATUS_MEMORY;
}

/* One that may wait for ever is told by a descriptor that it is cancelled. */
static struct pnpn_operation *begin_local(struct pnpn_device_io *io)
{
	struct pnpn_operation *operation = pnpn_operation_new(NULL, io->file);

	if (!operation || !pnpn_local_file_may_block(io->local))
		return operation;
	operation->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (operation->cancel_fd >= 0)
		return operation;
	pnpn_operation_unref(operation);
	pnpn_operation_unref(operation);
	return NULL;
}

/* --- asking ---------------------------------------------------------------------------------------------------- */

/* Where nobody else takes the answers: until this one is there, or time is over. */
static void take_until(struct pnpn_device_io *io, struct pnpn_operation *operation,
		       DWORD milliseconds)
{
	ULONGLONG end = GetTickCount64() + milliseconds;
	struct pnpn_answered answer;

	while (!pnpn_operation_is_done(operation)) {
		struct pollfd fd = {.fd = pnpn_caller_get_fd(io->caller), .events = POLLIN};
		ULONGLONG now = GetTickCount64();
		if (milliseconds != INFINITE && (now >= end || poll(&fd, 1, (int)(end - now)) == 0))
			return;
		int r = pnpn_caller_take(io->caller, milliseconds == INFINITE, &answer);
		if (r < 0)
			return;
		if (r > 0)
			handle_answer(io, &answer);
	}
}

static int32_t status_of_errno(int r)
{
	switch (r) {
	case -EPIPE:
		return PNPN_IO_STATUS_GONE;
	case -ENOMEM:
		return PNPN_IO_STATUS_MEMORY;
	case -EMSGSIZE:
		return PNPN_IO_STATUS_INVALID;
	default:
		return PNPN_IO_STATUS_QUOTA;
	}
}

/* An operation that is not on its way has one reference less to give back. Returns 0; a status. */
static int32_t ask_for(struct pnpn_device_io *io, struct pnpn_operation *operation,
		       struct pnpn_ask *ask)
{
	uint64_t id;

	ask->userdata = operation;
	pnpn_operation_begin(operation);
	int r = pnpn_caller_ask(io->caller, ask, true, &id);
	if (r >= 0) {
		pnpn_operation_set_id(operation, id);
		return 0;
	}
	pnpn_operation_finish(operation, status_of_errno(r), 0);
	pnpn_operation_unref(operation);
	return status_of_errno(r);
}

struct pnpn_operation *pnpn_device_io_begin(struct pnpn_device_io *io)
{
	return io->local ? begin_local(io) : pnpn_operation_new(io->caller, io->file);
}

static int32_t result_of(const struct pnpn_operation *operation)
{
	return operation->done ? operation->status : PNPN_IO_STATUS_GONE;
}

/* Those of a synchronous file one after the other, since it is at one place. */
static void call_local(struct pnpn_device_io *io, struct pnpn_operation *operation,
		       const struct pnpn_ask *ask)
{
	pnpn_operation_begin(operation);
	if (!io->overlapped)
		pthread_mutex_lock(&io->turn);
	perform(io, operation, ask);
	if (!io->overlapped)
		pthread_mutex_unlock(&io->turn);
}

int32_t pnpn_device_io_call(struct pnpn_device_io *io, struct pnpn_operation *operation,
			    struct pnpn_ask *ask)
{
	operation->synchronous = true;
	if (io->local) {
		call_local(io, operation, ask);
		return result_of(operation);
	}
	if (io->overlapped) {
		if (ask_for(io, operation, ask) == 0)
			(void)pnpn_operation_wait(operation, INFINITE);
		return result_of(operation);
	}
	pthread_mutex_lock(&io->turn);
	if (ask_for(io, operation, ask) == 0)
		take_until(io, operation, INFINITE);
	pthread_mutex_unlock(&io->turn);
	return result_of(operation);
}

int32_t pnpn_device_io_start(struct pnpn_device_io *io, struct pnpn_operation *operation,
			     struct pnpn_ask *ask)
{
	operation->overlapped->Internal = (ULONG_PTR)STATUS_PENDING_;
	operation->overlapped->InternalHigh = 0;
	pnpn_object_signal(operation->event ? operation->event : operation->file, false);
	int32_t status = io->local ? start_local(io, operation, ask) : ask_for(io, operation, ask);
	if (status)
		operation->overlapped->Internal = (ULONG_PTR)(uint32_t)status;
	pnpn_operation_unref(operation);
	return status ? status : STATUS_PENDING_;
}

/* --- opening and closing ----------------------------------------------------------------------------------------- */

/* Windows' own options of a created file, by disposition. */
static uint64_t options_of(const struct pnpn_device_how *how)
{
	static const uint8_t dispositions[] = {[CREATE_NEW] = 2,
					       [CREATE_ALWAYS] = 5,
					       [OPEN_EXISTING] = 1,
					       [OPEN_ALWAYS] = 3,
					       [TRUNCATE_EXISTING] = 4};
	uint64_t options = (uint64_t)dispositions[how->disposition] << 24;

	return options | (how->overlapped ? 0 : 0x20); /* FILE_SYNCHRONOUS_IO_NONALERT */
}

static int32_t ask_open(struct pnpn_device_io *io, const struct pnpn_device_how *how)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_OPEN,
			       .code = how->access | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
			       .offset = options_of(how) << 32 | how->share};
	struct pnpn_operation *operation = pnpn_operation_new(io->caller, NULL);

	if (!operation)
		return PNPN_IO_STATUS_MEMORY;
	int32_t status = pnpn_device_io_call(io, operation, &ask);
	pnpn_operation_unref(operation);
	return status;
}

struct pnpn_device_io *pnpn_device_io_open(int socket, const struct pnpn_device_how *how,
					   int32_t *ret_status)
{
	struct pnpn_device_io *io = calloc(1, sizeof(*io));
	struct pnpn_caller *caller = pnpn_caller_new(socket, pnpn_shared_event_find, NULL);

	*ret_status = PNPN_IO_STATUS_MEMORY;
	if (!io || !caller) {
		pnpn_caller_free(caller);
		free(io);
		return NULL;
	}
	*io = (struct pnpn_device_io){.watch = {pnpn_caller_get_fd(caller), run, over},
				      .caller = caller};
	pthread_mutex_init(&io->turn, NULL);
	pthread_mutex_init(&io->lock, NULL);
	pnpn_list_init(&io->link);
	pthread_mutex_lock(&lock);
	pnpn_list_append(&all, &io->link);
	pthread_mutex_unlock(&lock);
	*ret_status = ask_open(io, how);
	io->overlapped = how->overlapped;
	if (*ret_status >= 0)
		return io;
	pnpn_device_io_free(io);
	return NULL;
}

struct pnpn_device_io *pnpn_device_io_new_local(struct pnpn_local_file *local, bool overlapped)
{
	struct pnpn_device_io *io = calloc(1, sizeof(*io));

	if (!io)
		return NULL;
	*io = (struct pnpn_device_io){.local = local, .overlapped = overlapped};
	pthread_mutex_init(&io->turn, NULL);
	pthread_mutex_init(&io->lock, NULL);
	pnpn_list_init(&io->link);
	return io;
}

struct pnpn_local_file *pnpn_device_io_get_local(const struct pnpn_device_io *io)
{
	return io->local;
}

/* A synchronous request that is under way takes this answer, too. */
static void await_close(struct pnpn_device_io *io, struct pnpn_operation *operation)
{
	struct timespec due;

	if (io->overlapped) {
		(void)pnpn_operation_wait(operation, CLOSE_LIMIT_MS);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &due);
	due.tv_sec += CLOSE_LIMIT_MS / 1000;
	if (pthread_mutex_timedlock(&io->turn, &due) != 0)
		return;
	take_until(io, operation, CLOSE_LIMIT_MS);
	pthread_mutex_unlock(&io->turn);
}

void pnpn_device_io_close(struct pnpn_device_io *io)
{
	struct pnpn_ask ask = {.kind = PNPN_IO_CLOSE};

	if (io->local) {
		(void)pnpn_operations_cancel(&(struct pnpn_operation_choice){.file = io->file});
		return;
	}
	struct pnpn_operation *operation = pnpn_operation_new(io->caller, NULL);
	if (operation) {
		operation->synchronous = true;
		ask.userdata = operation;
		/* An owner who does not even read hears of it by the end of the socket. */
		if (pnpn_caller_ask(io->caller, &ask, false, NULL) >= 0)
			await_close(io, operation);
		else
			pnpn_operation_unref(operation);
		pnpn_operation_unref(operation);
	}
	pnpn_caller_cut(io->caller);
}

/* What was not answered is forgotten: nobody has the object any more, so nobody waits. */
void pnpn_device_io_free(struct pnpn_device_io *io)
{
	struct pnpn_answered answer;

	if (!io)
		return;
	pthread_mutex_lock(&lock);
	pnpn_list_remove(&io->link);
	pthread_mutex_unlock(&lock);
	if (io->caller)
		pnpn_caller_cut(io->caller);
	while (io->caller && pnpn_caller_take(io->caller, false, &answer) > 0)
		handle_answer(io, &answer);
	pnpn_caller_free(io->caller);
	pnpn_local_file_free(io->local);
	pnpn_object_unref(io->port);
	pthread_mutex_destroy(&io->turn);
	pthread_mutex_destroy(&io->lock);
	free(io);
}

void pnpn_device_io_forget_all(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Whoever held the lock in the parent is not here. */
	pthread_mutex_init(&lock, NULL);
	pnpn_list_for_each_safe (link, after, &all) {
		struct pnpn_device_io *io = pnpn_list_entry(link, struct pnpn_device_io, link);
		if (null >= 0)
			(void)dup3(null, pnpn_caller_get_fd(io->caller), O_CLOEXEC);
	}
	if (null >= 0)
		close(null);
}

/* --- who they are -------------------------------------------------------------------------------------------------- */

struct pnpn_object *pnpn_device_io_get(HANDLE handle, struct pnpn_device_io **ret_io)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_DEVICE);

	if (!object)
		return NULL;
	*ret_io = object->io;
	if (object->io)
		return object;
	pnpn_object_unref(object);
	pnpn_fail(ERROR_INVALID_FUNCTION);
	return NULL;
}

bool pnpn_device_io_is_overlapped(const struct pnpn_device_io *io)
{
	return io->overlapped;
}

bool pnpn_device_io_set_port(struct pnpn_device_io *io, struct pnpn_object *port, ULONG_PTR key)
{
	pthread_mutex_lock(&io->lock);
	bool may = io->overlapped && !io->port;
	if (may) {
		io->port = pnpn_object_ref(port);
		io->key = key;
	}
	pthread_mutex_unlock(&io->lock);
	return may;
}

void pnpn_device_io_set_modes(struct pnpn_device_io *io, UCHAR modes)
{
	__atomic_fetch_or(&io->modes, modes, __ATOMIC_RELAXED);
}
