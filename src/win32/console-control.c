/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <windows.h>

#include "win32/console-control.h"
#include "win32/export.h"
#include "win32/last-error.h"

static const struct {
	int signal;
	DWORD control;
} controls[] = {
	{SIGINT, CTRL_C_EVENT},
	{SIGTERM, CTRL_CLOSE_EVENT},
	{SIGHUP, CTRL_CLOSE_EVENT},
};

struct handler {
	struct handler *next;
	PHANDLER_ROUTINE routine;
};

/* Protects the handlers, and that signals are taken once. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct handler *handlers; /* the last one first */
static bool ignores_interrupts;
static bool started;
static pid_t owner; /* a child of fork() has the signals' actions, and none of the threads */
static int arrivals[2];

/* As if nobody had ever handled it. */
static void die_of(int number)
{
	signal(number, SIG_DFL);
	kill(getpid(), number);
}

/* In a signal handler: what may be called there alone. */
static void on_signal(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	if (getpid() == owner)
		(void)!write(arrivals[1], &byte, 1);
	else
		die_of(number);
	errno = saved;
}

bool pnpn_console_control_is(const struct sigaction *action)
{
	return action->sa_handler == on_signal;
}

/* --- handlers ------------------------------------------------------------------------------------- */

/* The routines as they are now, the last one first, and NULL; the caller's. NULL without memory. */
static PHANDLER_ROUTINE *copy_routines(void)
{
	size_t count = 0;

	pthread_mutex_lock(&lock);
	for (const struct handler *handler = handlers; handler; handler = handler->next)
		count++;
	PHANDLER_ROUTINE *routines = calloc(count + 1, sizeof(*routines)), *to = routines;
	for (const struct handler *handler = handlers; routines && handler; handler = handler->next)
		*to++ = handler->routine;
	pthread_mutex_unlock(&lock);
	return routines;
}

/* Without the lock: a handler may add and remove handlers. */
static bool call_handlers(DWORD control)
{
	PHANDLER_ROUTINE *routines = copy_routines();
	bool handled = false;

	for (size_t i = 0; routines && routines[i] && !handled; i++)
		handled = routines[i](control);
	free(routines);
	return handled;
}

static DWORD control_of(int number)
{
	size_t i = 0;

	while (controls[i].signal != number)
		i++;
	return controls[i].control;
}

static bool is_ignored(DWORD control)
{
	pthread_mutex_lock(&lock);
	bool ignored = control == CTRL_C_EVENT && ignores_interrupts;
	pthread_mutex_unlock(&lock);
	return ignored;
}

/* A console that is closed ends the process, whatever its handlers say. */
static DWORD WINAPI handle(LPVOID argument)
{
	int number = (int)(LONG_PTR)argument;
	DWORD control = control_of(number);

	if (!is_ignored(control) && (!call_handlers(control) || control == CTRL_CLOSE_EVENT))
		die_of(number);
	return 0;
}

/* --- signals -------------------------------------------------------------------------------------- */

/* A thread for each, as on Windows: a handler that does not return holds up nobody. */
static void *listen_for(void *unused)
{
	unsigned char number;
	ssize_t got;

	while ((got = read(arrivals[0], &number, 1)) == 1 || (got < 0 && errno == EINTR)) {
		HANDLE thread = got == 1 ? CreateThread(NULL, 0, handle, (LPVOID)(LONG_PTR)number,
							0, NULL)
					 : NULL;
		if (thread)
			CloseHandle(thread);
		else if (got == 1)
			(void)handle((LPVOID)(LONG_PTR)number);
	}
	return NULL;
}

/* Signals that the program handles or ignores itself stay the program's. */
static void take_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAYSIZE(controls); i++)
		if (sigaction(controls[i].signal, NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			sigaction(controls[i].signal, &action, NULL);
}

/* With the lock held. Returns 0; an errno. */
static int start(void)
{
	pthread_t thread;
	sigset_t all, before;

	if (started && owner == getpid())
		return 0;
	if (pipe2(arrivals, O_CLOEXEC) < 0)
		return -errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int r = -pthread_create(&thread, NULL, listen_for, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r < 0) {
		close(arrivals[0]);
		close(arrivals[1]);
		return r;
	}
	pthread_detach(thread);
	owner = getpid();
	started = true;
	take_signals();
	return 0;
}

/* --- the program's wishes ------------------------------------------------------------------------- */

static BOOL add(PHANDLER_ROUTINE routine)
{
	struct handler *handler = calloc(1, sizeof(*handler));

	if (!handler)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	*handler = (struct handler){.next = handlers, .routine = routine};
	handlers = handler;
	return TRUE;
}

static BOOL take_away(PHANDLER_ROUTINE routine)
{
	struct handler **link = &handlers;

	while (*link && (*link)->routine != routine)
		link = &(*link)->next;
	struct handler *handler = *link;
	if (!handler)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	*link = handler->next;
	free(handler);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE routine, WINBOOL adds)
{
	BOOL done = TRUE;

	pthread_mutex_lock(&lock);
	int r = adds ? start() : 0;
	if (r < 0)
		done = pnpn_fail_errno(r);
	else if (!routine)
		ignores_interrupts = adds;
	else
		done = adds ? add(routine) : take_away(routine);
	pthread_mutex_unlock(&lock);
	return done;
}

/* To the process group, which stands for those who share a console. */
PNPN_EXPORT WINBOOL WINAPI GenerateConsoleCtrlEvent(DWORD control, DWORD group)
{
	if (control != CTRL_C_EVENT || group)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	return kill(0, SIGINT) < 0 ? pnpn_fail_errno(errno) : TRUE;
}
