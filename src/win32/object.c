/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

#define HANDLES_MAX  65536
#define WATCHERS_MAX 1024

/* Protects the table, every object's members, and the watchers. Taken last of all locks. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t signaled_something;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pnpn_object *table[HANDLES_MAX];
static int watchers[WATCHERS_MAX];
static size_t n_watchers;

static void wake_locked(void)
{
	pthread_cond_broadcast(&signaled_something);
	for (size_t i = 0; i < n_watchers; i++)
		(void)eventfd_write(watchers[i], 1);
}

void pnpn_object_lock(void)
{
	pthread_mutex_lock(&lock);
}

void pnpn_object_unlock(bool wake)
{
	if (wake)
		wake_locked();
	pthread_mutex_unlock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void init(void)
{
	pthread_condattr_t attributes;

	/* Whatever another thread does just then, a child of fork() finds the table whole. */
	pthread_atfork(pnpn_object_lock, after_fork, after_fork);

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&signaled_something, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* Handles are multiples of 4 and never 0, as on Windows. */
static HANDLE handle_of(size_t slot)
{
	return (HANDLE)((slot + 1) * 4);
}

static size_t slot_of(HANDLE handle)
{
	uintptr_t value = (uintptr_t)handle;

	return value % 4 || !value || value / 4 > HANDLES_MAX ? HANDLES_MAX : value / 4 - 1;
}

/* A handle's slot takes a reference. NULL if all are taken. */
static HANDLE put_locked(struct pnpn_object *object)
{
	static size_t next;

	/* A closed handle's value comes round late: U5's old values should not mean something new. */
	for (size_t i = 0; i < HANDLES_MAX; i++) {
		size_t slot = next++ % HANDLES_MAX;
		if (table[slot])
			continue;
		table[slot] = object;
		object->handles++;
		object->references++;
		return handle_of(slot);
	}
	return NULL;
}

static struct pnpn_object *at_locked(HANDLE handle)
{
	size_t slot = slot_of(handle);

	return slot < HANDLES_MAX ? table[slot] : NULL;
}

HANDLE pnpn_object_new(enum pnpn_object_type type, struct pnpn_object **ret_object)
{
	struct pnpn_object *object = calloc(1, sizeof(*object));

	pthread_once(&once, init);
	if (!object) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object->type = type;
	HANDLE handle = pnpn_object_add_handle(object);
	if (!handle) {
		free(object);
		return NULL;
	}
	if (ret_object)
		*ret_object = object;
	return handle;
}

HANDLE pnpn_object_add_handle(struct pnpn_object *object)
{
	pthread_mutex_lock(&lock);
	HANDLE handle = put_locked(object);
	pthread_mutex_unlock(&lock);
	if (!handle)
		pnpn_fail(ERROR_NO_SYSTEM_RESOURCES);
	return handle;
}

/* In one go: what is closed meanwhile is closed before or has one handle more. */
HANDLE pnpn_object_duplicate(HANDLE source)
{
	pthread_mutex_lock(&lock);
	struct pnpn_object *object = at_locked(source);
	HANDLE handle = object ? put_locked(object) : NULL;
	pthread_mutex_unlock(&lock);
	if (!handle)
		pnpn_fail(object ? ERROR_NO_SYSTEM_RESOURCES : ERROR_INVALID_HANDLE);
	return handle;
}

struct pnpn_object *pnpn_object_get(HANDLE handle, enum pnpn_object_type type)
{
	pthread_mutex_lock(&lock);
	struct pnpn_object *object = at_locked(handle);
	if (object && object->type == type)
		object->references++;
	else
		object = NULL;
	pthread_mutex_unlock(&lock);
	if (!object)
		pnpn_fail(ERROR_INVALID_HANDLE);
	return object;
}

struct pnpn_object *pnpn_object_ref(struct pnpn_object *object)
{
	pthread_mutex_lock(&lock);
	object->references++;
	pthread_mutex_unlock(&lock);
	return object;
}

void pnpn_object_unref(struct pnpn_object *object)
{
	if (!object)
		return;
	pthread_mutex_lock(&lock);
	bool last = --object->references == 0;
	pthread_mutex_unlock(&lock);
	if (!last)
		return;
	if (object->release)
		object->release(object);
	free(object);
}

PNPN_EXPORT BOOL WINAPI CloseHandle(HANDLE handle)
{
	bool last = false;

	pthread_mutex_lock(&lock);
	struct pnpn_object *object = at_locked(handle);
	if (object) {
		table[slot_of(handle)] = NULL;
		last = !--object->handles;
	}
	pthread_mutex_unlock(&lock);
	if (!object)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	if (last && object->closed)
		object->closed(object);
	pnpn_object_unref(object);
	return TRUE;
}

void pnpn_object_signal(struct pnpn_object *object, bool signaled)
{
	pthread_mutex_lock(&lock);
	object->signaled = signaled;
	if (signaled)
		wake_locked();
	pthread_mutex_unlock(&lock);
}

void pnpn_object_add_watcher(int fd)
{
	pthread_mutex_lock(&lock);
	if (n_watchers < WATCHERS_MAX)
		watchers[n_watchers++] = fd;
	pthread_mutex_unlock(&lock);
}

void pnpn_object_remove_watcher(int fd)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_watchers; i++) {
		if (watchers[i] != fd)
			continue;
		watchers[i] = watchers[--n_watchers];
		break;
	}
	pthread_mutex_unlock(&lock);
}

/* --- waiting -------------------------------------------------------------------------------------- */

static struct pnpn_object *waitable(HANDLE handle)
{
	struct pnpn_object *object = at_locked(handle);

	return object && object->type != PNPN_OBJECT_PORT ? object : NULL;
}

static bool is_signaled(const struct pnpn_object *object)
{
	return object->is_signaled ? object->is_signaled(object) : object->signaled;
}

static bool take(struct pnpn_object *object)
{
	return !object->take || object->take(object);
}

static DWORD take_all(DWORD count, const HANDLE *handles)
{
	DWORD result = WAIT_OBJECT_0;

	for (DWORD i = 0; i < count; i++)
		if (!take(waitable(handles[i])))
			result = WAIT_ABANDONED_0;
	return result;
}

static DWORD try_locked(DWORD count, const HANDLE *handles, BOOL all)
{
	DWORD signaled = 0;

	for (DWORD i = 0; i < count; i++) {
		struct pnpn_object *object = waitable(handles[i]);
		if (!object) {
			pnpn_fail(ERROR_INVALID_HANDLE);
			return WAIT_FAILED;
		}
		if (!is_signaled(object))
			continue;
		if (!all)
			return (take(object) ? WAIT_OBJECT_0 : WAIT_ABANDONED_0) + i;
		signaled++;
	}
	return all && count && signaled == count ? take_all(count, handles) : WAIT_TIMEOUT;
}

DWORD pnpn_object_try(DWORD count, const HANDLE *handles, BOOL all)
{
	pthread_mutex_lock(&lock);
	DWORD result = try_locked(count, handles, all);
	pthread_mutex_unlock(&lock);
	return result;
}

static struct timespec deadline_in(DWORD milliseconds)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += milliseconds / 1000;
	deadline.tv_nsec += milliseconds % 1000 * 1000000;
	if (deadline.tv_nsec >= 1000000000) {
		deadline.tv_sec++;
		deadline.tv_nsec -= 1000000000;
	}
	return deadline;
}

void pnpn_object_wake_waiters(void)
{
	pthread_once(&once, init);
	pthread_mutex_lock(&lock);
	wake_locked();
	pthread_mutex_unlock(&lock);
}

/* Without handles it is for time alone. */
static DWORD look(const struct pnpn_object_wait *wait)
{
	if (wait->ends && wait->ends())
		return WAIT_IO_COMPLETION;
	return wait->count ? try_locked(wait->count, wait->handles, wait->all) : WAIT_TIMEOUT;
}

DWORD pnpn_object_wait(const struct pnpn_object_wait *wait)
{
	struct timespec deadline = deadline_in(wait->milliseconds);
	int r = 0;

	pthread_once(&once, init);
	pthread_mutex_lock(&lock);
	DWORD result = look(wait);
	while (result == WAIT_TIMEOUT && r != ETIMEDOUT) {
		if (wait->milliseconds == INFINITE)
			r = pthread_cond_wait(&signaled_something, &lock);
		else
			r = pthread_cond_timedwait(&signaled_something, &lock, &deadline);
		result = look(wait);
	}
	pthread_mutex_unlock(&lock);
	return result;
}
