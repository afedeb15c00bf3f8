/* SPDX-License-Identifier: MIT */
#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

/* One waiter has what is not reset by hand. */
static bool take(struct pnpn_object *object)
{
	if (!object->manual_reset)
		object->signaled = false;
	return true;
}

PNPN_EXPORT HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset,
				       BOOL initial, LPCWSTR name)
{
	struct pnpn_object *object;

	if (name) {
		pnpn_fail(ERROR_NOT_SUPPORTED);
		return NULL;
	}
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_EVENT, &object);
	if (!handle)
		return NULL;
	object->take = take;
	object->manual_reset = manual_reset;
	pnpn_object_signal(object, initial);
	return handle;
}

PNPN_EXPORT HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual_reset,
				       BOOL initial, LPCSTR name)
{
	return CreateEventW(security, manual_reset, initial, name ? L"" : NULL);
}

static BOOL set_event(HANDLE event, bool signaled)
{
	struct pnpn_object *object = pnpn_object_get(event, PNPN_OBJECT_EVENT);

	if (!object)
		return FALSE;
	pnpn_object_signal(object, signaled);
	pnpn_object_unref(object);
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI SetEvent(HANDLE event)
{
	return set_event(event, true);
}

PNPN_EXPORT BOOL WINAPI ResetEvent(HANDLE event)
{
	return set_event(event, false);
}
