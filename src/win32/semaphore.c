/* SPDX-License-Identifier: MIT */
#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

static bool is_signaled(const struct pnpn_object *object)
{
	return object->count > 0;
}

static bool take(struct pnpn_object *object)
{
	object->count--;
	return true;
}

static HANDLE create(LONG count, LONG maximum, bool named)
{
	struct pnpn_object *object;

	if (named || count < 0 || maximum <= 0 || count > maximum) {
		pnpn_fail(named ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
		return NULL;
	}
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_SEMAPHORE, &object);
	if (!handle)
		return NULL;
	object->count = count;
	object->maximum = maximum;
	object->is_signaled = is_signaled;
	object->take = take;
	return handle;
}

PNPN_EXPORT HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum,
					   LPCWSTR name)
{
	return create(count, maximum, name);
}

PNPN_EXPORT HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum,
					   LPCSTR name)
{
	return create(count, maximum, name);
}

PNPN_EXPORT BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous)
{
	struct pnpn_object *object = pnpn_object_get(semaphore, PNPN_OBJECT_SEMAPHORE);

	if (!object)
		return FALSE;
	pnpn_object_lock();
	LONG before = object->count;
	bool fits = count > 0 && count <= object->maximum - before;
	if (fits)
		object->count += count;
	pnpn_object_unlock(fits);
	pnpn_object_unref(object);
	if (!fits)
		return pnpn_fail(count > 0 ? ERROR_TOO_MANY_POSTS : ERROR_INVALID_PARAMETER);
	if (previous)
		*previous = before;
	return TRUE;
}
