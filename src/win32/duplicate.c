/* SPDX-License-Identifier: MIT */
/* Further handles of what a process has one of. */
#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"
#include "win32/thread.h"

#define OPTIONS (DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS)

PNPN_EXPORT HANDLE WINAPI GetCurrentProcess(void)
{
	return (HANDLE)(LONG_PTR)-1;
}

/* Each handle may do what the first may: the owner of a device knows one file, and the access that was asked of that. */
PNPN_EXPORT BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process,
					LPHANDLE target, DWORD access, BOOL inherit, DWORD options)
{
	if (options & ~OPTIONS)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (source_process != GetCurrentProcess() || target_process != GetCurrentProcess())
		return pnpn_fail(ERROR_INVALID_HANDLE);
	HANDLE handle = source == GetCurrentThread() ? pnpn_thread_open()
						     : pnpn_object_duplicate(source);
	if (options & DUPLICATE_CLOSE_SOURCE && source != GetCurrentThread())
		(void)CloseHandle(source);
	if (!handle)
		return FALSE;
	if (target)
		*target = handle;
	else
		(void)CloseHandle(handle);
	return TRUE;
}
