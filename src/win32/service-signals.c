/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <windows.h>
#include <winsvc.h>

#include "win32/console-control.h"
#include "win32/service-signals.h"

static const int handled[] = {SIGTERM, SIGINT, SIGHUP};

/* A signal's number as one bit of what the eventfd counts up; the last says that it is over. */
#define N_HANDLED ((int)ARRAYSIZE(handled))
#define STOP	  N_HANDLED
#define STEP	  16 /* so that each may come so often before it is looked at */

static struct sigaction before[N_HANDLED];
static bool ours[N_HANDLED];
static int arrivals = -1;
static pthread_t thread;
static int (*control)(DWORD control, DWORD accepted); /* of that thread */
static bool asked_to_stop; /* of that thread */

/* In a signal handler: write() and errno alone. */
static void add_arrival(int index)
{
	uint64_t one = (uint64_t)1 << (index * STEP);
	int saved = errno;

	(void)!write(arrivals, &one, sizeof(one));
	errno = saved;
}

static void on_signal(int signal)
{
	for (int i = 0; i < N_HANDLED; i++)
		if (handled[i] == signal)
			add_arrival(i);
}

/* As if nobody had ever handled it. */
static void die_of(int index)
{
	sigaction(handled[index], &before[index], NULL);
	kill(getpid(), handled[index]);
}

static void stop_services(int index)
{
	bool again = asked_to_stop;

	asked_to_stop = true;
	if (again || (!control(SERVICE_CONTROL_STOP, SERVICE_ACCEPT_STOP) &&
		      !control(SERVICE_CONTROL_SHUTDOWN, SERVICE_ACCEPT_SHUTDOWN)))
		die_of(index);
}

static void handle(int index)
{
	if (handled[index] == SIGHUP &&
	    control(SERVICE_CONTROL_PARAMCHANGE, SERVICE_ACCEPT_PARAMCHANGE))
		return;
	stop_services(index);
}

static void *run(void *unused)
{
	uint64_t came;

	while (read(arrivals, &came, sizeof(came)) == sizeof(came) || errno == EINTR) {
		if (came >> (STOP * STEP))
			break;
		for (int i = 0; i < N_HANDLED; i++)
			if (came >> (i * STEP) & ((1 << STEP) - 1))
				handle(i);
	}
	return NULL;
}

static void take_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	for (int i = 0; i < N_HANDLED; i++) {
		sigaction(handled[i], NULL, &before[i]);
		ours[i] = before[i].sa_handler == SIG_DFL || pnpn_console_control_is(&before[i]);
		if (ours[i])
			sigaction(handled[i], &action, NULL);
	}
}

int pnpn_service_signals_start(int (*tell)(DWORD control, DWORD accepted))
{
	arrivals = eventfd(0, EFD_CLOEXEC);
	if (arrivals < 0)
		return -errno;
	asked_to_stop = false;
	control = tell;
	int r = pthread_create(&thread, NULL, run, NULL);
	if (r) {
		close(arrivals);
		return -r;
	}
	take_signals();
	return 0;
}

void pnpn_service_signals_stop(void)
{
	for (int i = 0; i < N_HANDLED; i++)
		if (ours[i])
			sigaction(handled[i], &before[i], NULL);
	add_arrival(STOP);
	pthread_join(thread, NULL);
	close(arrivals);
}
