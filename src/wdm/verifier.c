/* SPDX-License-Identifier: MIT */
#include <execinfo.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "wdm/verifier.h"

#define BACKTRACE_MAX 64

static bool verifying;

void pnpn_verifier_set(bool on)
{
	__atomic_store_n(&verifying, on, __ATOMIC_RELAXED);
}

bool pnpn_verifier_is_on(void)
{
	return __atomic_load_n(&verifying, __ATOMIC_RELAXED);
}

void pnpn_verifier_broken(const char *call, const char *rule, ...)
{
	void *frames[BACKTRACE_MAX];
	va_list arguments;

	if (!pnpn_verifier_is_on())
		return;
	fprintf(stderr, "pnpnotify host: %s: ", call);
	va_start(arguments, rule);
	vfprintf(stderr, rule, arguments);
	va_end(arguments);
	fputs("\nthe verifier stops the host; the call came from:\n", stderr);
	fflush(stderr);
	backtrace_symbols_fd(frames, backtrace(frames, BACKTRACE_MAX), STDERR_FILENO);
	abort();
}

bool pnpn_verifier_is_on_stack(const void *address)
{
	pthread_attr_t attributes;
	void *start;
	size_t bytes;

	if (pthread_getattr_np(pthread_self(), &attributes))
		return false;
	bool known = !pthread_attr_getstack(&attributes, &start, &bytes);
	pthread_attr_destroy(&attributes);
	return known && (uintptr_t)address - (uintptr_t)start < bytes;
}
