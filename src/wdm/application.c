/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/list.h"
#include "wdm/application.h"
#include "wdm/clock.h"
#include "wdm/device-object.h"
#include "wdm/file-object.h"
#include "wdm/io-worker.h"
#include "wdm/node.h"
#include "wdm/object.h"
#include "wdm/request.h"
#include "wdm/text.h"
#include "wdm/user-event.h"

/* How long drivers may take to let go of what is pending when the host ends. */
#define CUT_LIMIT_NS 5000000000ull

struct application {
	struct pnpn_io_work work; /* its socket */
	struct pnpn_io_work writable; /* another descriptor of that, for answers that wait */
	struct pnpn_io_task task; /* closing, or flushing */
	struct pnpn_list link; /* in all; the list's lock */
	unsigned int references; /* atomic: the list's, until it ended; those of who works for it */
	struct pnpn_servant *servant;
	struct pnpn_node *node;
	char *rest;
	ULONG process;
	ACCESS_MASK access;
	PFILE_OBJECT file; /* once it was opened, or is being */

	pthread_mutex_t lock; /* guards the rest */
	unsigned int pending; /* IRPs */
	bool opened; /* the driver agreed */
	bool closing; /* nothing more is asked */
	bool cleaned; /* IRP_MJ_CLEANUP was sent */
	bool closed; /* IRP_MJ_CLOSE was, or somebody is about to */
	bool watched; /* the other descriptor is */
	bool queued; /* the task is */
};

/* What a worker works on. */
struct current {
	struct application *application;
	struct pnpn_io_call *call;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct pnpn_list list;
	struct pnpn_io_users users;
	bool cut;
} applications = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- life ------------------------------------------------------------------------------------------------ */

static struct application *application_ref(struct application *application)
{
	__atomic_add_fetch(&application->references, 1, __ATOMIC_RELAXED);
	return application;
}

static void application_unref(struct application *application)
{
	if (__atomic_sub_fetch(&application->references, 1, __ATOMIC_ACQ_REL))
		return;
	if (application->file)
		ObDereferenceObject(application->file);
	if (application->writable.fd >= 0)
		close(application->writable.fd);
	/* Before it goes nobody cuts it any more; the list has it until all of it went. */
	pthread_mutex_lock(&applications.lock);
	struct pnpn_servant *servant = application->servant;
	application->servant = NULL;
	pthread_mutex_unlock(&applications.lock);
	pnpn_servant_unref(servant);
	free(application->rest);
	pthread_mutex_destroy(&application->lock);
	pthread_mutex_lock(&applications.lock);
	pnpn_list_remove(&application->link);
	pthread_cond_broadcast(&applications.ended);
	pthread_mutex_unlock(&applications.lock);
	free(application);
}

static void fill_target(struct application *application, struct pnpn_request_target *target);

/* --- closing ---------------------------------------------------------------------------------------------- */

/* Whether the last IRP is back, and the caller is the one who closes. */
static bool may_close(struct application *application)
{
	pthread_mutex_lock(&application->lock);
	bool may = application->cleaned && !application->pending && !application->closed;
	application->closed |= may;
	pthread_mutex_unlock(&application->lock);
	return may;
}

/* Of a file that the driver opened, once. */
static void send_cleanup(struct application *application, const struct pnpn_request_target *target)
{
	pthread_mutex_lock(&application->lock);
	bool opened = application->opened;
	pthread_mutex_unlock(&application->lock);
	if (!opened || target->file->Flags & FO_CLEANUP_COMPLETE)
		return;
	pnpn_request_send_end(target, IRP_MJ_CLEANUP);
	target->file->Flags |= FO_CLEANUP_COMPLETE;
}

static void close_file(struct application *application)
{
	struct pnpn_request_target target;

	if (!may_close(application))
		return;
	fill_target(application, &target);
	send_cleanup(application, &target);
	if (application->opened)
		pnpn_request_send_end(&target, IRP_MJ_CLOSE);
	PFILE_OBJECT file = application->file;
	application->file = NULL;
	if (file)
		ObDereferenceObject(file);
	application_unref(application);
}

static void cancel_all(struct application *application)
{
	struct pnpn_io_call *calls[PNPN_IO_REQUESTS_MAX + 1];
	size_t n = pnpn_servant_list(application->servant, calls, PNPN_IO_REQUESTS_MAX + 1);

	for (size_t i = 0; i < n; i++) {
		pnpn_request_cancel(calls[i]);
		pnpn_io_call_unref(calls[i]);
	}
}

/* Once only, by whoever took the end. */
static void begin_close(struct application *application)
{
	struct pnpn_request_target target;

	pthread_mutex_lock(&application->lock);
	bool first = !application->closing;
	application->closing = true;
	pthread_mutex_unlock(&application->lock);
	if (!first)
		return;
	fill_target(application, &target);
	send_cleanup(application, &target);
	cancel_all(application);
	pthread_mutex_lock(&application->lock);
	application->cleaned = true;
	pthread_mutex_unlock(&application->lock);
	close_file(application);
}

/* A worker's: what an IRP's end brought about. */
static void run_task(struct pnpn_io_task *task)
{
	struct application *application = pnpn_list_entry(task, struct application, task);

	pthread_mutex_lock(&application->lock);
	application->queued = false;
	bool waits = pnpn_servant_has_waiting(application->servant);
	bool again = application->watched;
	application->watched |= waits;
	pthread_mutex_unlock(&application->lock);
	/* Its end makes it writable, too. */
	if (waits) {
		application_ref(application);
		if (pnpn_io_work_when_writable(&application->writable, again) < 0)
			application_unref(application);
	}
	close_file(application);
	application_unref(application);
}

static void queue_task(struct application *application)
{
	pthread_mutex_lock(&application->lock);
	bool queue = !application->queued;
	application->queued = true;
	pthread_mutex_unlock(&application->lock);
	if (!queue)
		return;
	application_ref(application);
	pnpn_io_task_queue(&application->task);
}

static bool run_writable(struct pnpn_io_work *work)
{
	struct application *application = pnpn_list_entry(work, struct application, writable);

	pnpn_servant_flush(application->servant);
	if (pnpn_servant_has_waiting(application->servant))
		queue_task(application);
	application_unref(application);
	return false;
}

/* --- IRPs that are pending --------------------------------------------------------------------------------- */

/* An IRP is back. At most DISPATCH_LEVEL, as the following two. */
static void request_done(void *userdata, NTSTATUS status)
{
	struct application *application = userdata;

	pthread_mutex_lock(&application->lock);
	application->pending--;
	bool ends = application->closing && !application->pending;
	pthread_mutex_unlock(&application->lock);
	if (ends)
		queue_task(application);
}

/* Before the opener hears of it and asks for more. */
static void open_done(void *userdata, NTSTATUS status)
{
	struct application *application = userdata;

	pthread_mutex_lock(&application->lock);
	application->opened = NT_SUCCESS(status);
	pthread_mutex_unlock(&application->lock);
	request_done(userdata, status);
}

static void request_answered(void *userdata)
{
	struct application *application = userdata;

	if (pnpn_servant_has_waiting(application->servant))
		queue_task(application);
	application_unref(application);
}

static void fill_target(struct application *application, struct pnpn_request_target *target)
{
	*target = (struct pnpn_request_target){
		.device = application->file ? pnpn_file_object_get_top(application->file) : NULL,
		.file = application->file,
		.process = application->process,
		.done = request_done,
		.answered = request_answered,
		.userdata = application};
}

static void send(struct application *application, struct pnpn_io_call *call)
{
	struct pnpn_request_target target;
	struct current current = {.application = application, .call = call};

	fill_target(application, &target);
	if (call->kind == PNPN_IO_OPEN)
		target.done = open_done;
	pthread_mutex_lock(&application->lock);
	application->pending++;
	pthread_mutex_unlock(&application->lock);
	application_ref(application);
	pnpn_io_call_ref(call);
	pnpn_io_worker_set_current(&current);
	pnpn_request_send(&target, call);
	pnpn_io_worker_set_current(NULL);
	pnpn_io_call_unref(call);
}

/* --- what is asked ------------------------------------------------------------------------------------------ */

#define MAPPED_READ    (FILE_READ_DATA | FILE_READ_ATTRIBUTES)
#define MAPPED_WRITE   (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES)
#define MAPPED_EXECUTE (FILE_EXECUTE | FILE_READ_ATTRIBUTES)

static ACCESS_MASK map_access(ACCESS_MASK access)
{
	if (access & GENERIC_ALL)
		access |= FILE_ALL_ACCESS;
	if (access & GENERIC_READ)
		access |= MAPPED_READ;
	if (access & GENERIC_WRITE)
		access |= MAPPED_WRITE;
	if (access & GENERIC_EXECUTE)
		access |= MAPPED_EXECUTE;
	return access & ~(GENERIC_ALL | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
}

static void open_file(struct application *application, struct pnpn_io_call *call)
{
	PFILE_OBJECT file;
	NTSTATUS status = pnpn_file_object_new(application->node, application->rest, &file);

	if (!NT_SUCCESS(status)) {
		pnpn_io_call_answer(call, status, 0);
		return;
	}
	call->code = map_access(call->code);
	application->access = call->code;
	application->file = file;
	send(application, call);
}

static bool is_allowed(const struct application *application, const struct pnpn_io_call *call)
{
	ULONG wanted = 0;

	if (call->kind == PNPN_IO_CONTROL)
		wanted = (call->code >> 14) & (FILE_READ_ACCESS | FILE_WRITE_ACCESS);
	if (call->kind == PNPN_IO_READ)
		wanted = FILE_READ_ACCESS;
	if (call->kind == PNPN_IO_WRITE)
		wanted = FILE_WRITE_ACCESS;
	return (!(wanted & FILE_READ_ACCESS) || application->access & FILE_READ_DATA) &&
	       (!(wanted & FILE_WRITE_ACCESS) ||
		application->access & (FILE_WRITE_DATA | FILE_APPEND_DATA));
}

static void take_call(struct application *application, struct pnpn_io_call *call)
{
	pthread_mutex_lock(&application->lock);
	bool opened = application->opened;
	pthread_mutex_unlock(&application->lock);
	if (call->kind == PNPN_IO_OPEN) {
		open_file(application, call);
	} else if (call->kind == PNPN_IO_CLOSE) {
		/* It is answered by then, or nobody waits for it. */
		begin_close(application);
		pnpn_io_call_answer(call, STATUS_SUCCESS, 0);
	} else if (!opened) {
		pnpn_io_call_answer(call, STATUS_FILE_CLOSED, 0);
	} else if (!is_allowed(application, call)) {
		pnpn_io_call_answer(call, STATUS_ACCESS_DENIED, 0);
	} else {
		send(application, call);
	}
}

/* One message. */
static bool run(struct pnpn_io_work *work)
{
	struct application *application =
		application_ref(pnpn_list_entry(work, struct application, work));
	struct pnpn_io_call *call;
	bool goes_on = true;

	switch (pnpn_servant_receive(application->servant, false, &call)) {
	case PNPN_SERVANT_CALL:
		take_call(application, call);
		break;
	case PNPN_SERVANT_CANCEL:
		pnpn_request_cancel(call);
		pnpn_io_call_unref(call);
		break;
	case PNPN_SERVANT_GONE:
		begin_close(application);
		application_unref(application); /* the work's */
		goes_on = false;
		break;
	case PNPN_SERVANT_NOTHING:
		break;
	}
	application_unref(application);
	return goes_on;
}

/* --- openers -------------------------------------------------------------------------------------------------- */

static int application_new(struct application **ret_application, const struct pnpn_opener *opener,
			   int socket)
{
	struct application *application = calloc(1, sizeof(*application));

	if (!application) {
		close(socket);
		return -ENOMEM;
	}
	/* One of its work, one of its file. */
	application->references = 2;
	application->process = opener->pid;
	application->work.run = run;
	application->writable.run = run_writable;
	application->writable.fd = -1;
	application->task.function = run_task;
	pthread_mutex_init(&application->lock, NULL);
	pnpn_list_init(&application->link);
	application->rest = strdup(opener->rest);
	int r = pnpn_servant_new(&application->servant, &applications.users, socket, opener->uid);
	if (r >= 0) {
		application->work.fd = pnpn_servant_get_fd(application->servant);
		application->writable.fd = dup(application->work.fd);
	}
	if (r >= 0 && (!application->rest || application->writable.fd < 0))
		r = -ENOMEM;
	if (r < 0) {
		application->references = 1;
		application_unref(application);
		return r;
	}
	*ret_application = application;
	return 0;
}

/* On whatever thread speaks to the manager just now: nothing here waits. */
void pnpn_application_opened(struct pnpn_device *device, const struct pnpn_opener *opener,
			     int socket, void *userdata)
{
	struct application *application;

	/* Whoever can't be served finds the socket closed. */
	if (application_new(&application, opener, socket) < 0)
		return;
	application->node = userdata;
	pthread_mutex_lock(&applications.lock);
	bool cut = applications.cut;
	if (!cut)
		pnpn_list_append(&applications.list, &application->link);
	pthread_mutex_unlock(&applications.lock);
	if (!cut && pnpn_io_work_add(&application->work) >= 0)
		return;
	application->references = 1;
	application_unref(application);
}

int pnpn_applications_start(void)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&applications.ended, &attributes);
	pthread_condattr_destroy(&attributes);
	pnpn_list_init(&applications.list);
	pnpn_io_users_init(&applications.users);
	applications.cut = false;
	return pnpn_io_workers_start();
}

void pnpn_applications_cut(void)
{
	struct timespec due = pnpn_clock_timespec(pnpn_clock_now() + CUT_LIMIT_NS);
	int r = 0;

	pthread_mutex_lock(&applications.lock);
	applications.cut = true;
	pnpn_list_for_each_safe (link, after, &applications.list) {
		struct pnpn_servant *servant =
			pnpn_list_entry(link, struct application, link)->servant;
		if (servant)
			pnpn_servant_cut(servant);
	}
	while (!pnpn_list_is_empty(&applications.list) && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&applications.ended, &applications.lock, &due);
	pthread_mutex_unlock(&applications.lock);
}

void pnpn_applications_stop(void)
{
	pnpn_io_workers_stop();
	pthread_cond_destroy(&applications.ended);
	pnpn_io_users_deinit(&applications.users);
}

/* --- events ------------------------------------------------------------------------------------------------------ */

NTSTATUS pnpn_application_find_event(HANDLE handle, PVOID *ret_event)
{
	struct current *current = pnpn_io_worker_get_current();
	bool manual;

	if (!current)
		return STATUS_INVALID_HANDLE;
	pnpn_io_worker_waits();
	int fd = pnpn_servant_find_event(current->call, (uintptr_t)handle, &manual);
	if (fd < 0)
		return STATUS_INVALID_HANDLE;
	return pnpn_user_event_new(fd, manual, ret_event);
}

ULONG pnpn_application_get_process(void)
{
	const struct current *current = pnpn_io_worker_get_current();

	return current ? current->application->process : 0;
}
