/* SPDX-License-Identifier: MIT */
/* Handles, threads, events, errors, text: what such programs use besides windows. */
#ifndef PNPN_WINBASE_H
#define PNPN_WINBASE_H

#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winerror.h>
#include <winnt.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INVALID_HANDLE_VALUE	       ((HANDLE)(LONG_PTR)-1)
#define INFINITE		       0xffffffffu
#define WAIT_OBJECT_0		       0u
#define WAIT_TIMEOUT		       258u
#define WAIT_FAILED		       0xffffffffu
#define MAXIMUM_WAIT_OBJECTS	       64

#define CREATE_NEW		       1
#define CREATE_ALWAYS		       2
#define OPEN_EXISTING		       3
#define OPEN_ALWAYS		       4
#define FILE_FLAG_OVERLAPPED	       0x40000000

#define CP_ACP			       0
#define CP_UTF8			       65001
#define MB_ERR_INVALID_CHARS	       8

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x0100
#define FORMAT_MESSAGE_IGNORE_INSERTS  0x0200
#define FORMAT_MESSAGE_FROM_SYSTEM     0x1000
#define LANG_NEUTRAL		       0
#define SUBLANG_DEFAULT		       1
#define MAKELANGID(primary, sub)       ((WORD)((sub) << 10 | (primary)))

typedef struct _SECURITY_ATTRIBUTES {
	DWORD nLength;
	LPVOID lpSecurityDescriptor;
	BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

typedef struct _OVERLAPPED {
	ULONG_PTR Internal;
	ULONG_PTR InternalHigh;
	union {
		struct {
			DWORD Offset;
			DWORD OffsetHigh;
		};
		PVOID Pointer;
	};
	HANDLE hEvent;
} OVERLAPPED, *LPOVERLAPPED;

typedef DWORD(WINAPI *LPTHREAD_START_ROUTINE)(LPVOID parameter);

/** The calling thread's last error. */
DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD error);

/**
 * CreateFile() - open a device by \\.\ name, interface name, or its path under /dev (D4)
 *
 * Blocks for a round trip to the PnP manager; any thread. Access, sharing and attributes are taken and
 * mean nothing yet. Returns a handle to be closed with CloseHandle(); INVALID_HANDLE_VALUE with
 * ERROR_FILE_NOT_FOUND if there is no such started device, ERROR_NOT_SUPPORTED for what is no device.
 */
HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
			  DWORD disposition, DWORD flags, HANDLE template_file);
HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
			  DWORD disposition, DWORD flags, HANDLE template_file);
#define CreateFile PNPN_AW(CreateFile)

/** Closes any handle. FALSE with ERROR_INVALID_HANDLE for what is none. */
BOOL WINAPI CloseHandle(HANDLE handle);

/** An event object; names are not supported (ERROR_NOT_SUPPORTED). NULL on failure. */
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, BOOL initial,
			   LPCSTR name);
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, BOOL initial,
			   LPCWSTR name);
#define CreateEvent PNPN_AW(CreateEvent)
BOOL WINAPI SetEvent(HANDLE event);
BOOL WINAPI ResetEvent(HANDLE event);

/** Wait for events and threads. WAIT_FAILED with ERROR_INVALID_HANDLE for other handles. */
DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
				    DWORD milliseconds);

/** A thread; CREATE_SUSPENDED and stack sizes are not supported. NULL on failure. */
HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack,
			   LPTHREAD_START_ROUTINE start, LPVOID parameter, DWORD flags,
			   LPDWORD thread_id);
BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD exit_code);
DWORD WINAPI GetCurrentThreadId(void);
DWORD WINAPI GetCurrentProcessId(void);
void WINAPI ExitProcess(UINT status) __attribute__((noreturn));
void WINAPI Sleep(DWORD milliseconds);
DWORD WINAPI GetTickCount(void);
ULONGLONG WINAPI GetTickCount64(void);

/** Only the program itself is a module: a name gives NULL and ERROR_FILE_NOT_FOUND. */
HMODULE WINAPI GetModuleHandleA(LPCSTR name);
HMODULE WINAPI GetModuleHandleW(LPCWSTR name);
#define GetModuleHandle PNPN_AW(GetModuleHandle)
LPSTR WINAPI GetCommandLineA(void);
LPWSTR WINAPI GetCommandLineW(void);
#define GetCommandLine PNPN_AW(GetCommandLine)

/** The text of an error; FORMAT_MESSAGE_FROM_SYSTEM only. Returns its length; 0 on failure. */
DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD message, DWORD language,
			    LPSTR buffer, DWORD size, va_list *arguments);
DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID source, DWORD message, DWORD language,
			    LPWSTR buffer, DWORD size, va_list *arguments);
#define FormatMessage PNPN_AW(FormatMessage)
HLOCAL WINAPI LocalFree(HLOCAL memory);
HANDLE WINAPI GetProcessHeap(void);
LPVOID WINAPI HeapAlloc(HANDLE heap, DWORD flags, SIZE_T bytes);
BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID memory);
#define HEAP_ZERO_MEMORY 8

/** To stderr. */
void WINAPI OutputDebugStringA(LPCSTR text);
void WINAPI OutputDebugStringW(LPCWSTR text);
#define OutputDebugString PNPN_AW(OutputDebugString)

/** Narrow text is UTF-8 whatever code page is named. Returns units written or wanted; 0 on failure. */
int WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCSTR from, int from_bytes, LPWSTR to,
			       int to_units);
int WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWSTR from, int from_units, LPSTR to,
			       int to_bytes, LPCSTR default_char, LPBOOL used_default);

int WINAPI lstrlenA(LPCSTR text);
int WINAPI lstrlenW(LPCWSTR text);
int WINAPI lstrcmpA(LPCSTR a, LPCSTR b);
int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b);
LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from);
LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from);
#define lstrlen			    PNPN_AW(lstrlen)
#define lstrcmp			    PNPN_AW(lstrcmp)
#define lstrcpy			    PNPN_AW(lstrcpy)

#define ZeroMemory(to, bytes)	    memset((to), 0, (bytes))
#define FillMemory(to, bytes, byte) memset((to), (byte), (bytes))
#define CopyMemory(to, from, bytes) memcpy((to), (from), (bytes))
#define MoveMemory(to, from, bytes) memmove((to), (from), (bytes))
#define SecureZeroMemory(to, bytes) explicit_bzero((to), (bytes))
#define RtlZeroMemory		    ZeroMemory
#define RtlCopyMemory		    CopyMemory

/** The entry of programs with windows; libpnpnotify-win32 has a main() that calls it. */
int WINAPI WinMain(HINSTANCE instance, HINSTANCE previous, LPSTR command_line, int show);
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, LPWSTR command_line, int show);

#ifdef __cplusplus
}
#endif

#endif
