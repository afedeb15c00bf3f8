/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/mutex.h"
#include "win32/object.h"

/* Those that some thread has. Guarded as every object is. */
static struct pnpn_list owned = {&owned, &owned};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* set in threads that have had one */

/* Threads that CreateThread() did not make have no other end. */
static void end(void *unused)
{
	(void)unused;
	pnpn_mutexes_abandon();
}

static void make_key(void)
{
	(void)pthread_key_create(&key, end);
}

static bool is_signaled(const struct pnpn_object *object)
{
	return !object->thread || object->thread == GetCurrentThreadId();
}

static bool take(struct pnpn_object *object)
{
	bool abandoned = object->abandoned;

	object->abandoned = false;
	if (!object->count++) {
		object->thread = GetCurrentThreadId();
		pnpn_list_append(&owned, &object->link);
		(void)pthread_setspecific(key, &owned);
	}
	return !abandoned;
}

static void leave(struct pnpn_object *object)
{
	object->count = 0;
	object->thread = 0;
	pnpn_list_remove(&object->link);
}

void pnpn_mutexes_abandon(void)
{
	DWORD thread = GetCurrentThreadId();
	bool any = false;

	pnpn_object_lock();
	pnpn_list_for_each_safe (link, after, &owned) {
		struct pnpn_object *object = pnpn_list_entry(link, struct pnpn_object, link);
		if (object->thread != thread)
			continue;
		leave(object);
		object->abandoned = true;
		any = true;
	}
	pnpn_object_unlock(any);
}

static void release(struct pnpn_object *object)
{
	pnpn_object_lock();
	pnpn_list_remove(&object->link);
	pnpn_object_unlock(false);
}

static HANDLE create(bool is_owned, bool named)
{
	struct pnpn_object *object;

	if (named) {
		pnpn_fail(ERROR_NOT_SUPPORTED);
		return NULL;
	}
	pthread_once(&once, make_key);
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_MUTEX, &object);
	if (!handle)
		return NULL;
	pnpn_object_lock();
	pnpn_list_init(&object->link);
	object->is_signaled = is_signaled;
	object->take = take;
	object->release = release;
	if (is_owned)
		(void)take(object);
	pnpn_object_unlock(false);
	return handle;
}

PNPN_EXPORT HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL is_owned, LPCWSTR name)
{
	return create(is_owned, name);
}

PNPN_EXPORT HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL is_owned, LPCSTR name)
{
	return create(is_owned, name);
}

PNPN_EXPORT BOOL WINAPI ReleaseMutex(HANDLE mutex)
{
	struct pnpn_object *object = pnpn_object_get(mutex, PNPN_OBJECT_MUTEX);

	if (!object)
		return FALSE;
	pnpn_object_lock();
	bool is_owner = object->thread == GetCurrentThreadId();
	bool is_free = is_owner && !--object->count;
	if (is_free)
		leave(object);
	pnpn_object_unlock(is_free);
	pnpn_object_unref(object);
	return is_owner ? TRUE : pnpn_fail(ERROR_NOT_OWNER);
}
