/* SPDX-License-Identifier: MIT */
/*
 * stress: threads, windows, registrations, callbacks, devices and restarts of the manager at random, for as long
 * as one says (U3, U10, U11, U13, R11, R15). What goes wrong is for a sanitizer, or valgrind, to say; but for
 * events out of their order, calls that don't return, and what is left with the manager at the end.
 */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <initguid.h>
#include <pnpn-events.h>
#include <pnpnotify.h>

#include "process.h"
#include "stress.h"

/* Who has not ended so long after the end is stuck. */
#define PATIENCE_S 300

const GUID stress_classes[CLASSES] = {
	{0x51a0c8c4, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}},
	{0x51a0c8c5, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}},
};
const GUID stress_event = {0x51a0c8c6, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}};
bool stress_forks = true;

static bool over;
static unsigned long events; /* whose order was looked at */

unsigned int roll(struct dice *dice, unsigned int sides)
{
	dice->state ^= dice->state << 13;
	dice->state ^= dice->state >> 7;
	dice->state ^= dice->state << 17;
	return (unsigned int)((dice->state >> 16) % sides);
}

void rest(struct dice *dice, unsigned int most_ms)
{
	struct timespec pause = {.tv_nsec = (long)roll(dice, most_ms * 1000 + 1) * 1000};

	while (pause.tv_nsec >= 1000000000) {
		pause.tv_sec++;
		pause.tv_nsec -= 1000000000;
	}
	nanosleep(&pause, NULL);
}

bool is_over(void)
{
	return __atomic_load_n(&over, __ATOMIC_RELAXED);
}

void stress_require(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: %s does not hold, last error %u\n", file, line, what,
		(unsigned int)GetLastError());
	abort();
}

void order_check(struct order *order, const GUID *event, const void *data, size_t size)
{
	uint64_t number;

	__atomic_fetch_add(&events, 1, __ATOMIC_RELAXED);
	require(size >= sizeof(number));
	memcpy(&number, data, sizeof(number));
	if (memcmp(event, &GUID_PNPNOTIFY_EVENTS_LOST, sizeof(*event)) == 0) {
		order->next = order->next ? order->next + number : 0;
		return;
	}
	require(memcmp(event, &stress_event, sizeof(*event)) == 0);
	require(!order->next || number == order->next);
	order->next = number + 1;
}

/* --- seats: a thread after the other -------------------------------------------------------------- */

struct seat {
	pthread_t thread;
	void (*play)(struct dice *dice);
	struct dice dice, players;
};

static void *run_player(void *argument)
{
	struct seat *seat = argument;

	seat->play(&seat->players);
	return NULL;
}

static DWORD WINAPI run_windows_player(LPVOID argument)
{
	run_player(argument);
	return 0;
}

static void *run_seat(void *argument)
{
	struct seat *seat = argument;
	pthread_t thread;

	while (!is_over()) {
		seat->players.state = seat->dice.state + 1;
		if (roll(&seat->dice, 2) && seat->play != play_windows_and_leave) {
			HANDLE handle = CreateThread(NULL, 0, run_windows_player, seat, 0, NULL);
			require(handle);
			require(WaitForSingleObject(handle, INFINITE) == WAIT_OBJECT_0);
			require(CloseHandle(handle));
		} else {
			require(pthread_create(&thread, NULL, run_player, seat) == 0);
			require(pthread_join(thread, NULL) == 0);
		}
	}
	return NULL;
}

static struct seat seats[] =
	{
		{.play = play_windows},
		{.play = play_windows},
		{.play = play_windows_and_leave},
		{.play = play_callbacks},
		{.play = play_callbacks},
		{.play = play_questions},
		{.play = play_removals},
		{.play = play_devices}, /* the devices that there are, between them */
		{.play = play_devices},
};

#define SEATS (sizeof(seats) / sizeof(seats[0]))

/* --- the manager ---------------------------------------------------------------------------------- */

/* Of a child with one thread, made before there were others: it starts and kills as it is told. */
static int keep_manager(int socket, const void *unused)
{
	struct manager_process manager = {0};
	char step;

	/* Some answer to nothing: that costs their time. */
	manager_process_init_impatient(&manager, "0.05");
	require(send(socket, manager.address, sizeof(manager.address), MSG_NOSIGNAL) > 0);
	while (recv(socket, &step, 1, 0) == 1) {
		switch (step) {
		case 'k':
			manager_process_kill(&manager);
			break;
		case 's':
			manager_process_start(&manager);
			break;
		default:
			manager_process_deinit(&manager);
			return 0;
		}
		step_send(socket, step);
	}
	return 1;
}

static void tell(const struct child *keeper, char step)
{
	step_send(keeper->socket, step);
	step_expect(keeper->socket, step);
}

static unsigned int restart_until(const struct child *keeper, struct dice *dice, time_t end)
{
	unsigned int restarts = 0;

	while (time(NULL) < end) {
		rest(dice, 2000);
		if (roll(dice, 2))
			continue;
		tell(keeper, 'k');
		rest(dice, 300);
		tell(keeper, 's');
		restarts++;
	}
	return restarts;
}

/* --- what is left --------------------------------------------------------------------------------- */

static uint64_t sum_used(struct pnpn_connection *connection, const char *resource)
{
	struct pnpn_usage_list *list;
	struct pnpn_usage_row row;
	uint64_t sum = 0;

	require(pnpn_get_usage(connection, &list) == 0);
	for (size_t i = 0; pnpn_usage_list_get(list, i, &row, sizeof(row)); i++)
		if (strcmp(row.resource, resource) == 0)
			sum += row.used;
	pnpn_usage_list_free(list);
	return sum;
}

/* Nobody is there but who asks, at last: the manager hears of an end after it. */
static void require_nothing_left(void)
{
	struct pnpn_connection *connection;

	require(pnpn_connect(&connection, NULL) == 0);
	while (sum_used(connection, "registrations") || sum_used(connection, "devices"))
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	pnpn_disconnect(connection);
}

static void play(unsigned int seconds, uint64_t seed)
{
	struct child keeper;
	struct dice dice = {seed};
	char address[sizeof(((struct manager_process *)NULL)->address)];

	child_init(&keeper, keep_manager, NULL);
	require(recv(keeper.socket, address, sizeof(address), MSG_WAITALL) ==
		(ssize_t)sizeof(address));
	require(setenv("PNPNOTIFY_ADDRESS", address, 1) == 0);
	for (size_t i = 0; i < SEATS; i++) {
		seats[i].dice.state = seed * 31 + i + 1;
		require(pthread_create(&seats[i].thread, NULL, run_seat, &seats[i]) == 0);
	}
	unsigned int restarts = restart_until(&keeper, &dice, time(NULL) + seconds);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < SEATS; i++)
		require(pthread_join(seats[i].thread, NULL) == 0);
	end_registrations();
	end_callbacks();
	require_nothing_left();
	step_send(keeper.socket, 'e');
	require(child_wait(&keeper) == 0);
	printf("%u restarts of the manager, %lu events\n", restarts, events);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"seconds", required_argument, NULL, 's'},
		{"seed", required_argument, NULL, 'd'},
		{"no-fork", no_argument, NULL, 'n'},
		{0},
	};
	unsigned int seconds = 600;
	uint64_t seed = (uint64_t)time(NULL);
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			seconds = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 'd')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'n')
			stress_forks = false;
		else
			return 2;
	}
	printf("%u seconds, seed %llu\n", seconds, (unsigned long long)seed);
	fflush(stdout);
	alarm(seconds + PATIENCE_S);
	play(seconds, seed);
	return 0;
}
