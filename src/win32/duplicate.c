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

static bool is_pseudo(HANDLE handle)
{
	return handle == GetCurrentThread() || handle == GetCurrentProcess();
}

static HANDLE open_again(HANDLE handle)
{
	if (handle == GetCurrentThread())
		return pnpn_thread_open();
	if (handle == GetCurrentProcess())
		return OpenProcess(0, FALSE, GetCurrentProcessId());
	return pnpn_object_duplicate(handle);
}

/* Whether it is the process that asks. With the last error set, else. */
static bool is_own(HANDLE process)
{
	DWORD id = GetProcessId(process);

	if (id && id != GetCurrentProcessId())
		pnpn_fail(ERROR_NOT_SUPPORTED);
	return id == GetCurrentProcessId();
}

/* Each handle may do what the first may: the owner of a device knows one file, and the access that was asked of that. */
PNPN_EXPORT BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process,
					LPHANDLE target, DWORD access, BOOL inherit, DWORD options)
{
	if (options & ~OPTIONS)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (!is_own(source_process) || !is_own(target_process))
		return FALSE;
	HANDLE handle = open_again(source);
	if (options & DUPLICATE_CLOSE_SOURCE && !is_pseudo(source))
		(void)CloseHandle(source);
	if (!handle)
		return FALSE;
	if (target)
		*target = handle;
	else
		(void)CloseHandle(handle);
	return TRUE;
}
