/* SPDX-License-Identifier: MIT */
/* The process and its threads as Linux sees them: times, priorities, its end. Others are in other-process.c. */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/file-time.h"
#include "win32/last-error.h"
#include "win32/object.h"

static BOOL is_this_process(HANDLE process)
{
	return process == GetCurrentProcess() ? TRUE : pnpn_fail(ERROR_INVALID_HANDLE);
}

/* At once: nobody says goodbye. */
PNPN_EXPORT WINBOOL WINAPI TerminateProcess(HANDLE process, UINT code)
{
	if (!is_this_process(process))
		return FALSE;
	_exit((int)code);
}

/* Each has 64 bits. */
PNPN_EXPORT WINBOOL WINAPI IsWow64Process(HANDLE process, PBOOL is)
{
	if (!is_this_process(process))
		return FALSE;
	*is = FALSE;
	return TRUE;
}

static void fill_startup(void *info, DWORD size)
{
	memset(info, 0, size);
	*(DWORD *)info = size;
}

/* What a parent may say on Windows, Linux' do not. */
PNPN_EXPORT void WINAPI GetStartupInfoA(LPSTARTUPINFOA info)
{
	fill_startup(info, sizeof(*info));
}

PNPN_EXPORT void WINAPI GetStartupInfoW(LPSTARTUPINFOW info)
{
	fill_startup(info, sizeof(*info));
}

/* --- times ---------------------------------------------------------------------------------------- */

/* A duration has the same unit, and no beginning in 1601. */
static FILETIME duration(struct timeval time)
{
	ULONGLONG ticks = (ULONGLONG)time.tv_sec * 10000000 + (ULONGLONG)time.tv_usec * 10;

	return (FILETIME){.dwLowDateTime = (DWORD)ticks, .dwHighDateTime = (DWORD)(ticks >> 32)};
}

/* The 22nd word of its line, behind a name that may hold anything: in ticks since the machine was started. */
static struct timespec start_of(const char *stat)
{
	char text[1024];
	unsigned long long ticks = 0;
	struct timespec now, up;
	FILE *file = fopen(stat, "re");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[length] = 0;
	const char *behind = strrchr(text, ')');
	if (behind)
		(void)sscanf(behind + 1,
			     " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			     "%*s %*s %llu",
			     &ticks);
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	long long per_second = sysconf(_SC_CLK_TCK), billion = 1000000000;
	long long age = up.tv_sec * billion + up.tv_nsec -
			(long long)ticks * (billion / per_second);
	long long start = now.tv_sec * billion + now.tv_nsec - age;
	return (struct timespec){.tv_sec = start / billion, .tv_nsec = start % billion};
}

static BOOL fill_times(int whose, const char *stat, FILETIME *created, FILETIME *ended,
		       FILETIME *kernel, FILETIME *user)
{
	struct rusage usage;

	if (getrusage(whose, &usage) < 0)
		return pnpn_fail_errno(errno);
	*created = pnpn_file_time(start_of(stat));
	*ended = (FILETIME){0};
	*kernel = duration(usage.ru_stime);
	*user = duration(usage.ru_utime);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI GetProcessTimes(HANDLE process, LPFILETIME created, LPFILETIME ended,
					   LPFILETIME kernel, LPFILETIME user)
{
	return is_this_process(process) &&
	       fill_times(RUSAGE_SELF, "/proc/self/stat", created, ended, kernel, user);
}

/* Linux tells a thread's own only to itself. */
PNPN_EXPORT WINBOOL WINAPI GetThreadTimes(HANDLE thread, LPFILETIME created, LPFILETIME ended,
					  LPFILETIME kernel, LPFILETIME user)
{
	if (thread != GetCurrentThread())
		return pnpn_fail(ERROR_NOT_SUPPORTED);
	return fill_times(RUSAGE_THREAD, "/proc/thread-self/stat", created, ended, kernel, user);
}

/* --- threads -------------------------------------------------------------------------------------- */

static const struct {
	int priority, nice;
} priorities[] = {
	{THREAD_PRIORITY_TIME_CRITICAL, -15}, {THREAD_PRIORITY_HIGHEST, -10},
	{THREAD_PRIORITY_ABOVE_NORMAL, -5},   {THREAD_PRIORITY_NORMAL, 0},
	{THREAD_PRIORITY_BELOW_NORMAL, 5},    {THREAD_PRIORITY_LOWEST, 10},
	{THREAD_PRIORITY_IDLE, 19},
};

/* What a program that somebody runs with nice(1) begins with: its threads' priorities are of its own class, as on Windows. */
static int class_nice;

__attribute__((constructor)) static void process_take_class(void)
{
	class_nice = getpriority(PRIO_PROCESS, 0);
}

PNPN_EXPORT WINBOOL WINAPI SwitchToThread(void)
{
	sched_yield();
	return TRUE;
}

PNPN_EXPORT DWORD WINAPI GetThreadId(HANDLE thread)
{
	if (thread == GetCurrentThread())
		return GetCurrentThreadId();
	struct pnpn_object *object = pnpn_object_get(thread, PNPN_OBJECT_THREAD);
	DWORD id = object ? object->thread : 0;
	pnpn_object_unref(object);
	return id;
}

/* Without a right to it (RLIMIT_NICE) Linux lets a thread become less urgent, and never more again. */
PNPN_EXPORT WINBOOL WINAPI SetThreadPriority(HANDLE thread, int priority)
{
	DWORD id = GetThreadId(thread);

	if (!id)
		return FALSE;
	for (size_t i = 0; i < ARRAYSIZE(priorities); i++)
		if (priorities[i].priority == priority)
			return setpriority(PRIO_PROCESS, id, class_nice + priorities[i].nice) < 0
				       ? pnpn_fail_errno(errno)
				       : TRUE;
	return pnpn_fail(ERROR_INVALID_PARAMETER);
}

PNPN_EXPORT int WINAPI GetThreadPriority(HANDLE thread)
{
	DWORD id = GetThreadId(thread);

	errno = 0;
	int nice = id ? getpriority(PRIO_PROCESS, id) : -1;
	if (!id)
		return THREAD_PRIORITY_ERROR_RETURN;
	if (nice == -1 && errno) {
		pnpn_fail_errno(errno);
		return THREAD_PRIORITY_ERROR_RETURN;
	}
	for (size_t i = 0; i < ARRAYSIZE(priorities); i++)
		if (nice - class_nice <= priorities[i].nice)
			return priorities[i].priority;
	return THREAD_PRIORITY_IDLE;
}
