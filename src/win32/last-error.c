/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"

static _Thread_local DWORD last_error;

static const struct {
	int error;
	DWORD code;
} codes[] = {
	{0, ERROR_SUCCESS},
	{ENOENT, ERROR_FILE_NOT_FOUND},
	{ENODEV, ERROR_FILE_NOT_FOUND},
	{EINVAL, ERROR_INVALID_PARAMETER},
	{ENOMEM, ERROR_NOT_ENOUGH_MEMORY},
	{ENOBUFS, ERROR_NOT_ENOUGH_MEMORY},
	{EACCES, ERROR_ACCESS_DENIED},
	{EPERM, ERROR_ACCESS_DENIED},
	{EBUSY, ERROR_ACCESS_DENIED},
	{EEXIST, ERROR_ALREADY_EXISTS},
	{EBADF, ERROR_INVALID_HANDLE},
	{ETIMEDOUT, ERROR_TIMEOUT},
	{EDQUOT, ERROR_NOT_ENOUGH_QUOTA},
	{EMFILE, ERROR_NO_SYSTEM_RESOURCES},
	{ENFILE, ERROR_NO_SYSTEM_RESOURCES},
	{EAGAIN, ERROR_NO_SYSTEM_RESOURCES},
	{ENOSPC, ERROR_NO_SYSTEM_RESOURCES},
	{EILSEQ, ERROR_NO_UNICODE_TRANSLATION},
	{ENOTCONN, RPC_S_SERVER_UNAVAILABLE},
	{ECONNREFUSED, RPC_S_SERVER_UNAVAILABLE},
	{EPROTO, RPC_S_SERVER_UNAVAILABLE},
};

static const struct {
	DWORD code;
	const char *text;
} texts[] = {
	{ERROR_SUCCESS, "It succeeded."},
	{ERROR_FILE_NOT_FOUND, "There is no such device."},
	{ERROR_ACCESS_DENIED, "That is not allowed."},
	{ERROR_INVALID_HANDLE, "The handle is invalid."},
	{ERROR_NOT_ENOUGH_MEMORY, "Memory can't be had."},
	{ERROR_INVALID_DATA, "The data is invalid."},
	{ERROR_NOT_SUPPORTED, "That is not supported."},
	{ERROR_INVALID_PARAMETER, "A parameter is incorrect."},
	{ERROR_CALL_NOT_IMPLEMENTED, "That call does not work here."},
	{ERROR_INSUFFICIENT_BUFFER, "The buffer is too small."},
	{ERROR_ALREADY_EXISTS, "It exists already."},
	{ERROR_NO_UNICODE_TRANSLATION, "The text can't be translated."},
	{ERROR_CANNOT_FIND_WND_CLASS, "There is no such window class."},
	{ERROR_INVALID_WINDOW_HANDLE, "There is no such window."},
	{ERROR_CLASS_ALREADY_EXISTS, "There is a window class of that name."},
	{ERROR_CLASS_DOES_NOT_EXIST, "There is no window class of that name."},
	{ERROR_INVALID_THREAD_ID, "There is no such thread with a message queue."},
	{ERROR_TIMEOUT, "It took too long."},
	{ERROR_NO_SYSTEM_RESOURCES, "The system has no resources left for it."},
	{RPC_S_SERVER_UNAVAILABLE, "The PnP manager is not there."},
};

DWORD pnpn_win32_error(int error)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].error == abs(error))
			return codes[i].code;
	return ERROR_GEN_FAILURE;
}

BOOL pnpn_fail(DWORD error)
{
	last_error = error;
	return FALSE;
}

BOOL pnpn_fail_errno(int error)
{
	return pnpn_fail(pnpn_win32_error(error));
}

PNPN_EXPORT DWORD WINAPI GetLastError(void)
{
	return last_error;
}

PNPN_EXPORT void WINAPI SetLastError(DWORD error)
{
	last_error = error;
}

/* --- FormatMessage -------------------------------------------------------------------------------- */

static const char *text_of(DWORD message)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].code == message)
			return texts[i].text;
	return NULL;
}

/* Where the text goes: the caller's buffer, or one of ours that it frees with LocalFree(). */
static void *place(DWORD flags, void *buffer, DWORD size, size_t wanted, size_t unit)
{
	if (!(flags & FORMAT_MESSAGE_ALLOCATE_BUFFER))
		return size >= wanted ? buffer : NULL;
	void *own = LocalAlloc(LMEM_FIXED | LMEM_ZEROINIT, wanted * unit);
	if (own)
		*(void **)buffer = own;
	return own;
}

static const char *begin(DWORD flags, DWORD message, const void *buffer)
{
	if (!(flags & FORMAT_MESSAGE_FROM_SYSTEM) || !buffer) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	const char *text = text_of(message);
	if (!text)
		pnpn_fail(ERROR_NOT_FOUND);
	return text;
}

PNPN_EXPORT DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD message, DWORD language,
					LPSTR buffer, DWORD size, va_list *arguments)
{
	const char *text = begin(flags, message, buffer);

	if (!text)
		return 0;
	size_t length = strlen(text);
	char *to = place(flags, buffer, size, length + 1, 1);
	if (!to)
		return (DWORD)pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	memcpy(to, text, length + 1);
	return (DWORD)length;
}

PNPN_EXPORT DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD message, DWORD language,
					LPWSTR buffer, DWORD size, va_list *arguments)
{
	const char *text = begin(flags, message, buffer);

	if (!text)
		return 0;
	size_t length = strlen(text);
	WCHAR *to = place(flags, buffer, size, length + 1, sizeof(WCHAR));
	if (!to)
		return (DWORD)pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	for (size_t i = 0; i <= length; i++)
		to[i] = (WCHAR)text[i]; /* the texts above are ASCII */
	return (DWORD)length;
}
