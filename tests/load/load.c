/* SPDX-License-Identifier: MIT */
/*
 * load: a hundred listeners, the most events a second that the machine gives; one of them stopped, one killed,
 * one more each second; and all that again while a hostile user attacks the manager (D10, R11, R15). Nothing
 * may be lost but what is told, and the latency of the others at most double. Needs root.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "attacks.h"
#include "listener.h"

#define LISTENERS 100
#define SECONDS	  60
#define MOST	  (LISTENERS + SECONDS + 1)

/* Events between the reporter and the slowest listener that runs: more would only be waited for. */
#define WINDOW 1024

/* Which is stopped, and which is killed. */
#define STOPPED 10
#define KILLED	11

struct load {
	struct users *users;
	uint64_t begun, reported; /* reports that were begun, and that came to their end */
	bool over; /* the reporter is to end */
	unsigned int n_listeners;
	struct load_listener listeners[MOST];
};

struct result {
	double events; /* a second */
	double deliveries; /* likewise, by all listeners */
	double p50, p99; /* of the latency, in us */
	double call_p50, call_p99; /* of connecting and listing, by root */
	size_t memory; /* the manager's, at most */
	unsigned int descriptors;
	uint64_t told, unseen, behind;
	unsigned int ended; /* listeners that should not have */
};

/* --- processes ------------------------------------------------------------------------------------ */

static pid_t fork_quietly(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void add_listener(struct load *load)
{
	struct load_listener *listener = &load->listeners[load->n_listeners];
	pid_t pid = fork_quietly();

	if (!pid) {
		if (load->n_listeners % 2)
			users_become(OTHER_UID, OTHER_UID);
		load_listen(listener, load->users->address, &load->begun);
	}
	listener->pid = pid;
	__atomic_store_n(&load->n_listeners, load->n_listeners + 1, __ATOMIC_RELEASE);
}

static uint64_t least_next(const struct load *load)
{
	unsigned int n = __atomic_load_n(&load->n_listeners, __ATOMIC_ACQUIRE);
	uint64_t least = UINT64_MAX;

	for (unsigned int i = 0; i < n; i++) {
		const struct load_listener *listener = &load->listeners[i];
		if (!__atomic_load_n(&listener->ready, __ATOMIC_ACQUIRE) || listener->excluded)
			continue;
		uint64_t next = __atomic_load_n(&listener->next, __ATOMIC_ACQUIRE);
		least = next < least ? next : least;
	}
	return least;
}

static void report_on(struct load *load)
{
	static const struct pnpn_guid guid = {1, 2, 3, {4}};
	struct pnpn_connection *connection;
	struct pnpn_device *device;

	if (pnpn_connect(&connection, load->users->address) < 0 ||
	    pnpn_device_new(connection, LOAD_DEVICE, &device) < 0 || pnpn_device_start(device) < 0)
		_exit(1);
	raise(SIGSTOP); /* until the listeners are there */
	uint64_t bound = 0;
	while (!__atomic_load_n(&load->over, __ATOMIC_RELAXED)) {
		if (load->reported >= bound) {
			bound = least_next(load) + WINDOW;
			if (load->reported >= bound)
				usleep(50);
			continue;
		}
		const struct load_payload payload = {.time = load_now(), .number = load->reported};
		__atomic_store_n(&load->begun, load->reported + 1, __ATOMIC_SEQ_CST);
		if (pnpn_device_report(device, &guid, &payload, sizeof(payload), -1) < 0)
			_exit(1);
		__atomic_store_n(&load->reported, load->reported + 1, __ATOMIC_RELEASE);
	}
	pause();
	_exit(0);
}

static pid_t start_reporter(struct load *load)
{
	siginfo_t info;
	pid_t pid = fork_quietly();

	if (!pid)
		report_on(load);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED), 0);
	assert_int_equal(info.si_code, CLD_STOPPED);
	return pid;
}

/*
 * The same attack again and again, each time by a new process; those say on stderr what was refused. How much of
 * the processor a user's own processes get is the scheduler's to say: what he has the manager do is measured.
 */
static void attack_on(const struct users *users, const struct attack *attack)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(null, STDERR_FILENO);
	(void)!nice(19);
	for (;;) {
		int sockets[2];
		char byte;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
			_exit(1);
		pid_t pid = fork();
		if (!pid) {
			users_become(HOSTILE_UID, HOSTILE_UID);
			close(sockets[0]);
			_exit(attack->run(users, sockets[1]));
		}
		close(sockets[1]);
		(void)!recv(sockets[0], &byte, 1, 0);
		usleep(1000000); /* it holds what it has */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(sockets[0]);
	}
}

static size_t start_attacks(const struct users *users, pid_t *pids)
{
	size_t n = 0;

	for (; attacks[n].name; n++) {
		pids[n] = fork_quietly();
		if (!pids[n])
			attack_on(users, &attacks[n]);
	}
	return n;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* --- the run -------------------------------------------------------------------------------------- */

/* Root connects and lists. */
static uint64_t time_call(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;
	uint64_t began = load_now();

	assert_int_equal(pnpn_connect(&connection, users->address), 0);
	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	pnpn_device_list_free(list);
	pnpn_disconnect(connection);
	return load_now() - began;
}

static void look_at_manager(const struct users *users, struct result *result)
{
	size_t memory = users_manager_memory(users);
	unsigned int descriptors = users_manager_descriptors(users);

	result->memory = memory > result->memory ? memory : result->memory;
	result->descriptors = descriptors > result->descriptors ? descriptors : result->descriptors;
}

static void disturb(struct load *load, int second)
{
	if (second == 2)
		load->listeners[STOPPED].excluded = load->listeners[KILLED].excluded = true;
	if (second == 3) {
		kill(load->listeners[STOPPED].pid, SIGSTOP);
		end_process(load->listeners[KILLED].pid);
	}
	if (second == SECONDS - 3)
		kill(load->listeners[STOPPED].pid, SIGCONT);
	add_listener(load);
}

static double percentile(const uint64_t *latencies, double part)
{
	uint64_t all = 0, seen = 0;

	for (unsigned int i = 0; i < LOAD_CLASSES; i++)
		all += latencies[i];
	for (unsigned int i = 0; i < LOAD_CLASSES; i++) {
		seen += latencies[i];
		if (all && (double)seen >= part * (double)all)
			return load_class_us(i);
	}
	return 0;
}

/* All who still live come to the end. Returns how many events they are behind. */
static uint64_t await_end(const struct load *load)
{
	uint64_t behind = 0;

	for (unsigned int i = 0; i < load->n_listeners; i++) {
		const struct load_listener *listener = &load->listeners[i];
		if (i == KILLED)
			continue;
		for (int tries = 0; tries < PATIENCE_MS; tries++) {
			if (__atomic_load_n(&listener->next, __ATOMIC_ACQUIRE) >= load->reported)
				break;
			usleep(1000);
		}
		behind += load->reported - listener->next;
	}
	return behind;
}

static void collect(struct load *load, struct result *result)
{
	static uint64_t latencies[LOAD_CLASSES];

	memset(latencies, 0, sizeof(latencies));
	for (unsigned int i = 0; i < load->n_listeners; i++) {
		const struct load_listener *listener = &load->listeners[i];
		result->told += listener->told;
		result->unseen += listener->unseen;
		if (i != KILLED && waitpid(listener->pid, NULL, WNOHANG) == listener->pid)
			result->ended++;
		for (unsigned int j = 0; i != STOPPED && j < LOAD_CLASSES; j++) {
			latencies[j] += listener->latencies[j];
			result->deliveries += (double)listener->latencies[j] / SECONDS;
		}
	}
	result->events = (double)load->reported / SECONDS;
	result->p50 = percentile(latencies, 0.5);
	result->p99 = percentile(latencies, 0.99);
}

static void run_seconds(struct load *load, struct result *result)
{
	static uint64_t calls[LOAD_CLASSES];
	uint64_t began = load_now();

	memset(calls, 0, sizeof(calls));
	for (int second = 1; second <= SECONDS; second++) {
		disturb(load, second);
		while (load_now() - began < (uint64_t)second * 1000000000u) {
			calls[load_class(time_call(load->users))]++;
			look_at_manager(load->users, result);
			usleep(100000);
		}
	}
	result->call_p50 = percentile(calls, 0.5);
	result->call_p99 = percentile(calls, 0.99);
}

static void run(bool hostile, struct result *result)
{
	void *users;
	pid_t pids[32];
	size_t n_attacks = 0;
	struct load *load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(load, MAP_FAILED);
	assert_int_equal(users_setup(&users), 0);
	load->users = users;
	pid_t reporter = start_reporter(load);
	for (unsigned int i = 0; i < LISTENERS; i++)
		add_listener(load);
	for (unsigned int i = 0; i < LISTENERS; i++)
		while (!__atomic_load_n(&load->listeners[i].ready, __ATOMIC_ACQUIRE))
			usleep(1000);
	if (hostile)
		n_attacks = start_attacks(users, pids);
	kill(reporter, SIGCONT);
	run_seconds(load, result);
	__atomic_store_n(&load->over, true, __ATOMIC_RELEASE);
	result->behind = await_end(load);
	collect(load, result);
	for (size_t i = 0; i < n_attacks; i++)
		end_process(pids[i]);
	for (unsigned int i = 0; i < load->n_listeners; i++)
		if (i != KILLED)
			end_process(load->listeners[i].pid);
	end_process(reporter);
	assert_int_equal(users_teardown(&users), 0);
	munmap(load, sizeof(*load));
}

/* --- what came of it ------------------------------------------------------------------------------ */

static void print(const char *name, const struct result *result)
{
	printf("%-16s %9.0f %12.0f %9.0f %9.0f %10.0f %10.0f %8zu %11u %12lu %8lu\n", name,
	       result->events, result->deliveries, result->p50, result->p99, result->call_p50,
	       result->call_p99, result->memory >> 20, result->descriptors, result->told,
	       result->unseen + result->behind);
	fflush(stdout);
}

static struct result alone, attacked;

static void r15_nothing_is_lost_unseen(void **state)
{
	assert_int_equal(alone.unseen + alone.behind + alone.ended, 0);
	assert_int_equal(attacked.unseen + attacked.behind + attacked.ended, 0);
}

static void d10_latency_is_at_most_doubled(void **state)
{
	assert_true(attacked.p50 <= 2 * alone.p50);
	assert_true(attacked.p99 <= 2 * alone.p99);
}

static int measure(void **state)
{
	printf("%-16s %9s %12s %9s %9s %10s %10s %8s %11s %12s %8s\n", "", "events/s",
	       "deliveries/s", "p50 us", "p99 us", "call p50", "call p99", "MiB", "descriptors",
	       "told lost", "unseen");
	run(false, &alone);
	print("alone", &alone);
	run(true, &attacked);
	print("attacked", &attacked);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r15_nothing_is_lost_unseen),
		cmocka_unit_test(d10_latency_is_at_most_doubled),
	};
	int status = users_main_skip();

	if (status)
		return status;
	int failed = cmocka_run_group_tests(tests, measure, NULL);
	printf("RESULT %d passed, %d failed\n", 2 - failed, failed);
	return failed != 0;
}
