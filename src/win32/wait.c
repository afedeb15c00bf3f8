/* SPDX-License-Identifier: MIT */
/* Waiting, alertably or not. */
#include <windows.h>

#include "win32/apc.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

/* What ended it is called before it is over. */
static DWORD wait_for(const struct pnpn_object_wait *wait)
{
	DWORD result = pnpn_object_wait(wait);

	if (result == WAIT_IO_COMPLETION)
		(void)pnpn_apc_run();
	return result;
}

PNPN_EXPORT DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
	if (!alertable) {
		Sleep(milliseconds);
		return 0;
	}
	return wait_for(&(struct pnpn_object_wait){.milliseconds = milliseconds,
						   .ends = pnpn_apc_is_pending}) ==
			       WAIT_IO_COMPLETION
		       ? WAIT_IO_COMPLETION
		       : 0;
}

PNPN_EXPORT DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all,
						  DWORD milliseconds, BOOL alertable)
{
	if (!count || count > MAXIMUM_WAIT_OBJECTS || !handles) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return WAIT_FAILED;
	}
	return wait_for(&(struct pnpn_object_wait){.count = count,
						   .handles = handles,
						   .all = all,
						   .milliseconds = milliseconds,
						   .ends = alertable ? pnpn_apc_is_pending : NULL});
}

PNPN_EXPORT DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
						DWORD milliseconds)
{
	return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

PNPN_EXPORT DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
	return WaitForMultipleObjectsEx(1, &handle, FALSE, milliseconds, alertable);
}

PNPN_EXPORT DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
	return WaitForMultipleObjectsEx(1, &handle, FALSE, milliseconds, FALSE);
}

/* One step after the other; whoever is released by the first may be quicker than the second. */
static BOOL signal_any(HANDLE handle)
{
	return SetEvent(handle) || ReleaseMutex(handle) || ReleaseSemaphore(handle, 1, NULL);
}

PNPN_EXPORT DWORD WINAPI SignalObjectAndWait(HANDLE signaled, HANDLE awaited, DWORD milliseconds,
					     BOOL alertable)
{
	return signal_any(signaled) ? WaitForSingleObjectEx(awaited, milliseconds, alertable)
				    : WAIT_FAILED;
}
