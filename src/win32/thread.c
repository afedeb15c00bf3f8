/* SPDX-License-Identifier: MIT */
/* Threads, the process. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/apc.h"
#include "win32/export.h"
#include "win32/fiber-local.h"
#include "win32/last-error.h"
#include "win32/mutex.h"
#include "win32/object.h"
#include "win32/operation.h"
#include "win32/queue.h"
#include "win32/thread.h"

struct start {
	struct pnpn_object *object;
	LPTHREAD_START_ROUTINE routine;
	LPVOID parameter;
	DWORD id;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t told;
};

/* The creator wants the thread's id, which only the thread can find out. */
static void tell_started(struct start *start)
{
	pthread_mutex_lock(&start->lock);
	start->id = start->object->thread = GetCurrentThreadId();
	start->started = true;
	pthread_cond_signal(&start->told);
	pthread_mutex_unlock(&start->lock);
}

/* The calling thread's, if CreateThread() made it, or it was asked for. */
static _Thread_local struct pnpn_object *own_object;

static void signal_end(struct pnpn_object *object, DWORD code)
{
	object->exit_code = code;
	pnpn_object_signal(object, true);
	pnpn_object_unref(object);
}

/* Whoever waits for the thread finds nothing of it left. */
static void finish(DWORD code)
{
	struct pnpn_object *object = own_object;

	pnpn_operations_cancel_thread(GetCurrentThreadId());
	pnpn_mutexes_abandon();
	pnpn_apc_queue_end();
	pnpn_queue_end();
	pnpn_fiber_locals_end();
	if (!object)
		return;
	own_object = NULL;
	signal_end(object, code);
}

static void *run(void *argument)
{
	struct start *start = argument;
	LPTHREAD_START_ROUTINE routine = start->routine;
	LPVOID parameter = start->parameter;

	own_object = start->object;
	pnpn_apc_queue_adopt(pnpn_apc_queue_ref(start->object->apcs));
	tell_started(start);
	finish(routine(parameter));
	return NULL;
}

PNPN_EXPORT void WINAPI ExitThread(DWORD code)
{
	finish(code);
	pthread_exit(NULL);
}

static void release(struct pnpn_object *object)
{
	pnpn_apc_queue_unref(object->apcs);
}

PNPN_EXPORT HANDLE WINAPI GetCurrentThread(void)
{
	return (HANDLE)(LONG_PTR)-2;
}

/* --- threads that CreateThread() did not make ------------------------------------------------------- */

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

/* What was queued for the thread is called no more. */
static void end_foreign(void *object)
{
	if (own_object != object)
		return;
	own_object = NULL;
	pnpn_apc_queue_end();
	signal_end(object, 0);
}

static void make_key(void)
{
	has_key = !pthread_key_create(&key, end_foreign);
}

static HANDLE make_own(void)
{
	struct pnpn_object *object;
	struct pnpn_apc_queue *apcs = pnpn_apc_queue_get();
	HANDLE handle = NULL;

	pthread_once(&key_once, make_key);
	if (!apcs || !has_key) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	handle = pnpn_object_new(PNPN_OBJECT_THREAD, &object);
	if (!handle)
		return NULL;
	object->release = release;
	object->apcs = pnpn_apc_queue_ref(apcs);
	object->thread = GetCurrentThreadId();
	if (pthread_setspecific(key, object)) {
		CloseHandle(handle);
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	own_object = pnpn_object_ref(object);
	return handle;
}

HANDLE pnpn_thread_open(void)
{
	return own_object ? pnpn_object_add_handle(own_object) : make_own();
}

/* ---------------------------------------------------------------------------------------------------- */

PNPN_EXPORT HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack,
				       LPTHREAD_START_ROUTINE routine, LPVOID parameter,
				       DWORD flags, LPDWORD thread_id)
{
	struct start start = {.routine = routine,
			      .parameter = parameter,
			      .lock = PTHREAD_MUTEX_INITIALIZER,
			      .told = PTHREAD_COND_INITIALIZER};
	pthread_t thread;

	if (!routine || flags) {
		pnpn_fail(routine ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_THREAD, &start.object);
	if (!handle)
		return NULL;
	start.object->release = release;
	start.object->apcs = pnpn_apc_queue_new();
	if (!start.object->apcs) {
		CloseHandle(handle);
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pnpn_object_ref(start.object);
	int r = pthread_create(&thread, NULL, run, &start);
	if (r) {
		pnpn_object_unref(start.object);
		CloseHandle(handle);
		pnpn_fail_errno(r);
		return NULL;
	}
	pthread_detach(thread);
	pthread_mutex_lock(&start.lock);
	while (!start.started)
		pthread_cond_wait(&start.told, &start.lock);
	pthread_mutex_unlock(&start.lock);
	if (thread_id)
		*thread_id = start.id;
	return handle;
}

PNPN_EXPORT BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD exit_code)
{
	struct pnpn_object *object = pnpn_object_get(thread, PNPN_OBJECT_THREAD);

	if (!object)
		return FALSE;
	/* STILL_ACTIVE until it ended. */
	*exit_code = WaitForSingleObject(thread, 0) == WAIT_OBJECT_0 ? object->exit_code : 259;
	pnpn_object_unref(object);
	return TRUE;
}

PNPN_EXPORT DWORD WINAPI GetCurrentThreadId(void)
{
	return (DWORD)gettid();
}

PNPN_EXPORT DWORD WINAPI GetCurrentProcessId(void)
{
	return (DWORD)getpid();
}

PNPN_EXPORT void WINAPI ExitProcess(UINT status)
{
	exit((int)status);
}

PNPN_EXPORT void WINAPI Sleep(DWORD milliseconds)
{
	struct timespec rest = {.tv_sec = milliseconds / 1000,
				.tv_nsec = milliseconds % 1000 * 1000000};

	if (milliseconds == INFINITE)
		for (;;)
			pause();
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}

/* --- the command line ----------------------------------------------------------------------------- */

static char *command_line;
static WCHAR *wide_command_line;
static pthread_once_t command_line_once = PTHREAD_ONCE_INIT;

static void read_command_line(void)
{
	static char text[65536];
	FILE *file = fopen("/proc/self/cmdline", "re");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	for (size_t i = 0; i + 1 < length; i++)
		if (!text[i])
			text[i] = ' ';
	command_line = text;
	wide_command_line = pnpn_utf_widen(text);
}

PNPN_EXPORT LPSTR WINAPI GetCommandLineA(void)
{
	pthread_once(&command_line_once, read_command_line);
	return command_line;
}

PNPN_EXPORT LPWSTR WINAPI GetCommandLineW(void)
{
	pthread_once(&command_line_once, read_command_line);
	return wide_command_line;
}
