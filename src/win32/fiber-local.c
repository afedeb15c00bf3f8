/* SPDX-License-Identifier: MIT */
/* Fls*: there are no fibers; each thread is one. FlsFree() gives the values of all threads back, so that each thread's are
 * in a list. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/fiber-local.h"
#include "win32/last-error.h"

struct locals {
	struct locals *next, **link; /* who points here */
	PVOID values[FLS_MAXIMUM_AVAILABLE];
};

/* Protects all of these, and what the list holds; no function of the program's is called with it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct locals *list;
static struct {
	bool used;
	PFLS_CALLBACK_FUNCTION callback;
} slots[FLS_MAXIMUM_AVAILABLE];

static _Thread_local struct locals *own;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

/* For threads that CreateThread() did not make. */
static void end(void *unused)
{
	(void)unused;
	pnpn_fiber_locals_end();
}

static void make_key(void)
{
	has_key = !pthread_key_create(&key, end);
}

/* One value, taken out of the table, and who is to get it. */
static PVOID take(struct locals *locals, DWORD index, PFLS_CALLBACK_FUNCTION *ret_callback)
{
	PVOID value = locals->values[index];

	locals->values[index] = NULL;
	*ret_callback = slots[index].callback;
	return value;
}

void pnpn_fiber_locals_end(void)
{
	struct locals *locals = own;

	if (!locals)
		return;
	for (DWORD i = 0; i < FLS_MAXIMUM_AVAILABLE; i++) {
		PFLS_CALLBACK_FUNCTION callback;

		pthread_mutex_lock(&lock);
		PVOID value = take(locals, i, &callback);
		pthread_mutex_unlock(&lock);
		if (value && callback)
			callback(value);
	}
	own = NULL;
	pthread_mutex_lock(&lock);
	*locals->link = locals->next;
	if (locals->next)
		locals->next->link = locals->link;
	pthread_mutex_unlock(&lock);
	free(locals);
}

/* The calling thread's, in the list. NULL without memory. */
static struct locals *make_own(void)
{
	struct locals *locals = calloc(1, sizeof(*locals));

	pthread_once(&key_once, make_key);
	if (!locals || !has_key || pthread_setspecific(key, locals)) {
		free(locals);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	locals->next = list;
	locals->link = &list;
	if (list)
		list->link = &locals->next;
	list = locals;
	pthread_mutex_unlock(&lock);
	return own = locals;
}

PNPN_EXPORT DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback)
{
	DWORD index = 0;

	pthread_mutex_lock(&lock);
	while (index < FLS_MAXIMUM_AVAILABLE && slots[index].used)
		index++;
	if (index < FLS_MAXIMUM_AVAILABLE) {
		slots[index].used = true;
		slots[index].callback = callback;
	}
	pthread_mutex_unlock(&lock);
	if (index < FLS_MAXIMUM_AVAILABLE)
		return index;
	pnpn_fail(ERROR_NO_MORE_ITEMS);
	return FLS_OUT_OF_INDEXES;
}

PNPN_EXPORT PVOID WINAPI FlsGetValue(DWORD index)
{
	PVOID value = NULL;

	pthread_mutex_lock(&lock);
	bool used = index < FLS_MAXIMUM_AVAILABLE && slots[index].used;
	if (used && own)
		value = own->values[index];
	pthread_mutex_unlock(&lock);
	SetLastError(used ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER);
	return value;
}

PNPN_EXPORT BOOL WINAPI FlsSetValue(DWORD index, PVOID value)
{
	struct locals *locals = own ?: make_own();

	if (!locals)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	pthread_mutex_lock(&lock);
	bool used = index < FLS_MAXIMUM_AVAILABLE && slots[index].used;
	if (used)
		locals->values[index] = value;
	pthread_mutex_unlock(&lock);
	return used ? TRUE : pnpn_fail(ERROR_INVALID_PARAMETER);
}

/* The next value that some thread has under an index. */
static PVOID take_any(DWORD index, PFLS_CALLBACK_FUNCTION *ret_callback)
{
	for (struct locals *locals = list; locals; locals = locals->next)
		if (locals->values[index])
			return take(locals, index, ret_callback);
	return NULL;
}

PNPN_EXPORT BOOL WINAPI FlsFree(DWORD index)
{
	PFLS_CALLBACK_FUNCTION callback;
	PVOID value;

	pthread_mutex_lock(&lock);
	if (index >= FLS_MAXIMUM_AVAILABLE || !slots[index].used) {
		pthread_mutex_unlock(&lock);
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	}
	while ((value = take_any(index, &callback))) {
		pthread_mutex_unlock(&lock);
		if (callback)
			callback(value);
		pthread_mutex_lock(&lock);
	}
	slots[index].used = false;
	slots[index].callback = NULL;
	pthread_mutex_unlock(&lock);
	return TRUE;
}
