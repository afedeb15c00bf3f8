/* SPDX-License-Identifier: MIT */
/* Other processes, waited for. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/io-thread.h"
#include "win32/last-error.h"
#include "win32/object.h"

/* What the object, and the thread that hears of the end, have of a process. */
struct process {
	struct pnpn_io_watch watch; /* of the pidfd, and of whether the object is gone */
	int pidfd;
	pthread_mutex_t lock;
	struct pnpn_object *object; /* NULL once that is gone */
	unsigned int references;
	DWORD id;
};

static void unref(struct process *process)
{
	pthread_mutex_lock(&process->lock);
	bool last = !--process->references;
	pthread_mutex_unlock(&process->lock);
	if (!last)
		return;
	close(process->watch.fd);
	close(process->pidfd);
	pthread_mutex_destroy(&process->lock);
	free(process);
}

static bool run(struct pnpn_io_watch *watch)
{
	struct process *process = (struct process *)watch;

	pthread_mutex_lock(&process->lock);
	if (process->object)
		pnpn_object_signal(process->object, true);
	pthread_mutex_unlock(&process->lock);
	return false;
}

static void over(struct pnpn_io_watch *watch)
{
	unref((struct process *)watch);
}

/* --- the object is gone before the process is ------------------------------------------------------------ */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int always = -1; /* readable */

static void make_always(void)
{
	always = eventfd(1, EFD_CLOEXEC);
}

static void release(struct pnpn_object *object)
{
	struct process *process = object->device;

	pthread_mutex_lock(&process->lock);
	process->object = NULL;
	pthread_mutex_unlock(&process->lock);
	(void)epoll_ctl(process->watch.fd, EPOLL_CTL_ADD, always,
			&(struct epoll_event){.events = EPOLLIN});
	unref(process);
}

/* --- as programs have them ------------------------------------------------------------------------------- */

/* Returns 0; an errno. */
static int process_open(DWORD id, struct process *process)
{
	*process = (struct process){
		.watch = {.fd = epoll_create1(EPOLL_CLOEXEC), .run = run, .over = over},
		.pidfd = (int)syscall(SYS_pidfd_open, (pid_t)id, 0),
		.references = 1,
		.id = id};
	if (process->pidfd >= 0 && process->watch.fd >= 0 && always >= 0 &&
	    !epoll_ctl(process->watch.fd, EPOLL_CTL_ADD, process->pidfd,
		       &(struct epoll_event){.events = EPOLLIN}))
		return 0;
	/* There is none, or a thread of another has the number. */
	int r = process->pidfd < 0 && errno == ESRCH ? -EINVAL : -errno;
	if (process->pidfd >= 0)
		close(process->pidfd);
	if (process->watch.fd >= 0)
		close(process->watch.fd);
	return r;
}

static int process_new(DWORD id, struct process **ret_process)
{
	struct process *process = calloc(1, sizeof(*process));

	if (!process)
		return -ENOMEM;
	pthread_once(&once, make_always);
	int r = process_open(id, process);
	if (r < 0) {
		free(process);
		return r;
	}
	pthread_mutex_init(&process->lock, NULL);
	*ret_process = process;
	return 0;
}

PNPN_EXPORT HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id)
{
	struct process *process;
	struct pnpn_object *object;
	int r = process_new(id, &process);

	if (r < 0) {
		pnpn_fail_errno(r);
		return NULL;
	}
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_PROCESS, &object);
	if (!handle) {
		unref(process);
		return NULL;
	}
	object->device = process;
	object->release = release;
	process->object = object;
	process->references++; /* the thread's */
	r = pnpn_io_thread_add(&process->watch);
	if (r >= 0)
		return handle;
	unref(process);
	CloseHandle(handle);
	pnpn_fail_errno(r);
	return NULL;
}

PNPN_EXPORT DWORD WINAPI GetProcessId(HANDLE handle)
{
	if (handle == GetCurrentProcess())
		return GetCurrentProcessId();
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_PROCESS);
	DWORD id = object ? ((struct process *)object->device)->id : 0;
	pnpn_object_unref(object);
	return id;
}

/* Only a parent is told how a process ended. As a shell says it: behind 128 stands the signal. */
static DWORD code_of(const struct process *process, DWORD *ret_code)
{
	siginfo_t end = {0};

	if (waitid(P_PIDFD, (id_t)process->pidfd, &end, WEXITED | WNOHANG | WNOWAIT) < 0)
		return ERROR_NOT_SUPPORTED;
	*ret_code = (DWORD)end.si_status + (end.si_code == CLD_EXITED ? 0 : 128);
	return 0;
}

PNPN_EXPORT BOOL WINAPI GetExitCodeProcess(HANDLE handle, LPDWORD ret_code)
{
	DWORD error = 0;

	*ret_code = STILL_ACTIVE;
	if (handle == GetCurrentProcess())
		return TRUE;
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_PROCESS);
	if (!object)
		return FALSE;
	if (WaitForSingleObject(handle, 0) == WAIT_OBJECT_0)
		error = code_of(object->device, ret_code);
	pnpn_object_unref(object);
	return error ? pnpn_fail(error) : TRUE;
}
