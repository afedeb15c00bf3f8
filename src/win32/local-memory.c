/* SPDX-License-Identifier: MIT */
/*
 * Global and local memory, which are one: blocks of the process's heap. Memory that may move stays where it is; a handle
 * is its address, so that locking gives the same.
 */
#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"

static HANDLE get(UINT flags, SIZE_T bytes)
{
	void *memory = HeapAlloc(GetProcessHeap(), flags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0,
				 bytes);

	if (!memory)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return memory;
}

static HANDLE change(HANDLE memory, SIZE_T bytes, UINT flags)
{
	if (!memory) {
		pnpn_fail(ERROR_INVALID_HANDLE);
		return NULL;
	}
	if (flags & LMEM_MODIFY)
		return memory;
	void *changed = HeapReAlloc(GetProcessHeap(), flags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0,
				    memory, bytes);
	if (!changed)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return changed;
}

static HANDLE known(LPCVOID memory)
{
	if (!memory)
		pnpn_fail(ERROR_INVALID_HANDLE);
	return (HANDLE)memory;
}

static SIZE_T size_of(HANDLE memory)
{
	return known(memory) ? HeapSize(GetProcessHeap(), 0, memory) : 0;
}

static HANDLE give_back(HANDLE memory)
{
	return HeapFree(GetProcessHeap(), 0, memory) ? NULL : memory;
}

/* It is locked by nobody: loops that unlock until that is said end. */
static BOOL unlock(HANDLE memory)
{
	return known(memory) ? pnpn_fail(NO_ERROR) : FALSE;
}

PNPN_EXPORT HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T bytes)
{
	return get(flags, bytes);
}

PNPN_EXPORT HGLOBAL WINAPI GlobalReAlloc(HGLOBAL memory, SIZE_T bytes, UINT flags)
{
	return change(memory, bytes, flags);
}

PNPN_EXPORT SIZE_T WINAPI GlobalSize(HGLOBAL memory)
{
	return size_of(memory);
}

PNPN_EXPORT UINT WINAPI GlobalFlags(HGLOBAL memory)
{
	return known(memory) ? 0 : GMEM_INVALID_HANDLE;
}

PNPN_EXPORT HGLOBAL WINAPI GlobalHandle(LPCVOID memory)
{
	return known(memory);
}

PNPN_EXPORT LPVOID WINAPI GlobalLock(HGLOBAL memory)
{
	return known(memory);
}

PNPN_EXPORT WINBOOL WINAPI GlobalUnlock(HGLOBAL memory)
{
	return unlock(memory);
}

PNPN_EXPORT HGLOBAL WINAPI GlobalFree(HGLOBAL memory)
{
	return give_back(memory);
}

PNPN_EXPORT HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes)
{
	return get(flags, bytes);
}

PNPN_EXPORT HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T bytes, UINT flags)
{
	return change(memory, bytes, flags);
}

PNPN_EXPORT SIZE_T WINAPI LocalSize(HLOCAL memory)
{
	return size_of(memory);
}

PNPN_EXPORT UINT WINAPI LocalFlags(HLOCAL memory)
{
	return known(memory) ? 0 : LMEM_INVALID_HANDLE;
}

PNPN_EXPORT HLOCAL WINAPI LocalHandle(LPCVOID memory)
{
	return known(memory);
}

PNPN_EXPORT LPVOID WINAPI LocalLock(HLOCAL memory)
{
	return known(memory);
}

PNPN_EXPORT WINBOOL WINAPI LocalUnlock(HLOCAL memory)
{
	return unlock(memory);
}

PNPN_EXPORT HLOCAL WINAPI LocalFree(HLOCAL memory)
{
	return give_back(memory);
}
