/* SPDX-License-Identifier: MIT */
/* <process.h>: threads as C programs begin and end them. */
#include <errno.h>
#include <process.h>
#include <stdlib.h>

#include <windows.h>

#include "win32/export.h"

/* One routine of either kind; the thread frees it. */
struct begin {
	unsigned (*extended)(void *);
	void (*plain)(void *);
	void *argument;
};

static DWORD WINAPI begin(LPVOID parameter)
{
	struct begin routine = *(struct begin *)parameter;

	free(parameter);
	if (routine.extended)
		return routine.extended(routine.argument);
	routine.plain(routine.argument);
	return 0;
}

static HANDLE begin_thread(struct begin routine, unsigned stack, unsigned flags, DWORD *ret_id)
{
	struct begin *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = routine;
	HANDLE thread = CreateThread(NULL, stack, begin, copy, flags, ret_id);
	if (!thread) {
		errno = GetLastError() == ERROR_NOT_SUPPORTED ? EINVAL : EAGAIN;
		free(copy);
	}
	return thread;
}

PNPN_EXPORT uintptr_t _beginthreadex(void *security, unsigned stack, unsigned (*routine)(void *),
				     void *argument, unsigned flags, unsigned *ret_id)
{
	if (!routine) {
		errno = EINVAL;
		return 0;
	}
	return (uintptr_t)begin_thread((struct begin){.extended = routine, .argument = argument},
				       stack, flags, (DWORD *)ret_id);
}

/* Windows closes the handle when such a thread ends: here at once, for nobody can wait for it safely. */
PNPN_EXPORT uintptr_t _beginthread(void (*routine)(void *), unsigned stack, void *argument)
{
	if (!routine) {
		errno = EINVAL;
		return (uintptr_t)-1;
	}
	HANDLE thread = begin_thread((struct begin){.plain = routine, .argument = argument}, stack,
				     0, NULL);
	if (!thread)
		return (uintptr_t)-1;
	CloseHandle(thread);
	return (uintptr_t)thread;
}

PNPN_EXPORT void _endthreadex(unsigned code)
{
	ExitThread(code);
}

PNPN_EXPORT void _endthread(void)
{
	ExitThread(0);
}
