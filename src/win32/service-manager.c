/* SPDX-License-Identifier: MIT */
/*
 * Windows' service manager, as programs ask for it that install themselves or a driver: there is none. Services are systemd's,
 * drivers are loaded with modprobe or hosted.
 */
#include <windows.h>
#include <winsvc.h>

#include "win32/export.h"
#include "win32/last-error.h"

/* No handle of it is ever given out. */
static BOOL refuse(void)
{
	return pnpn_fail(ERROR_INVALID_HANDLE);
}

static SC_HANDLE refuse_handle(DWORD error)
{
	pnpn_fail(error);
	return NULL;
}

PNPN_EXPORT SC_HANDLE WINAPI OpenSCManagerA(LPCSTR machine, LPCSTR database, DWORD access)
{
	return refuse_handle(ERROR_DATABASE_DOES_NOT_EXIST);
}

PNPN_EXPORT SC_HANDLE WINAPI OpenSCManagerW(LPCWSTR machine, LPCWSTR database, DWORD access)
{
	return refuse_handle(ERROR_DATABASE_DOES_NOT_EXIST);
}

PNPN_EXPORT SC_HANDLE WINAPI OpenServiceA(SC_HANDLE manager, LPCSTR name, DWORD access)
{
	return refuse_handle(ERROR_INVALID_HANDLE);
}

PNPN_EXPORT SC_HANDLE WINAPI OpenServiceW(SC_HANDLE manager, LPCWSTR name, DWORD access)
{
	return refuse_handle(ERROR_INVALID_HANDLE);
}

PNPN_EXPORT SC_HANDLE WINAPI CreateServiceA(SC_HANDLE manager, LPCSTR name, LPCSTR shown,
					    DWORD access, DWORD type, DWORD start, DWORD control,
					    LPCSTR path, LPCSTR group, LPDWORD tag,
					    LPCSTR dependencies, LPCSTR user, LPCSTR password)
{
	return refuse_handle(ERROR_INVALID_HANDLE);
}

PNPN_EXPORT SC_HANDLE WINAPI CreateServiceW(SC_HANDLE manager, LPCWSTR name, LPCWSTR shown,
					    DWORD access, DWORD type, DWORD start, DWORD control,
					    LPCWSTR path, LPCWSTR group, LPDWORD tag,
					    LPCWSTR dependencies, LPCWSTR user, LPCWSTR password)
{
	return refuse_handle(ERROR_INVALID_HANDLE);
}

PNPN_EXPORT WINBOOL WINAPI StartServiceA(SC_HANDLE service, DWORD count, LPCSTR *arguments)
{
	return refuse();
}

PNPN_EXPORT WINBOOL WINAPI StartServiceW(SC_HANDLE service, DWORD count, LPCWSTR *arguments)
{
	return refuse();
}

PNPN_EXPORT WINBOOL WINAPI ControlService(SC_HANDLE service, DWORD control, LPSERVICE_STATUS status)
{
	return refuse();
}

PNPN_EXPORT WINBOOL WINAPI QueryServiceStatus(SC_HANDLE service, LPSERVICE_STATUS status)
{
	return refuse();
}

PNPN_EXPORT WINBOOL WINAPI DeleteService(SC_HANDLE service)
{
	return refuse();
}

PNPN_EXPORT WINBOOL WINAPI CloseServiceHandle(SC_HANDLE service)
{
	return refuse();
}
