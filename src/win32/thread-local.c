/* SPDX-License-Identifier: MIT */
/* Tls*: values of the calling thread's, under indexes that are the C library's keys. */
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"

/* Keys that TlsAlloc() made: the others are other libraries'. */
static bool own[PTHREAD_KEYS_MAX];

PNPN_EXPORT DWORD WINAPI TlsAlloc(void)
{
	pthread_key_t key;

	if (pthread_key_create(&key, NULL)) {
		pnpn_fail(ERROR_NO_MORE_ITEMS);
		return TLS_OUT_OF_INDEXES;
	}
	__atomic_store_n(&own[key], true, __ATOMIC_RELEASE);
	return key;
}

static bool is_own(DWORD index)
{
	return index < PTHREAD_KEYS_MAX && __atomic_load_n(&own[index], __ATOMIC_ACQUIRE);
}

PNPN_EXPORT LPVOID WINAPI TlsGetValue(DWORD index)
{
	if (!is_own(index)) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	SetLastError(ERROR_SUCCESS);
	return pthread_getspecific(index);
}

PNPN_EXPORT BOOL WINAPI TlsSetValue(DWORD index, LPVOID value)
{
	if (!is_own(index))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	int r = pthread_setspecific(index, value);
	return r ? pnpn_fail_errno(r) : TRUE;
}

PNPN_EXPORT BOOL WINAPI TlsFree(DWORD index)
{
	/* One of those who free it at once does. */
	if (index >= PTHREAD_KEYS_MAX || !__atomic_exchange_n(&own[index], false, __ATOMIC_ACQ_REL))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	pthread_key_delete(index);
	return TRUE;
}
