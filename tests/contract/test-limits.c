/* SPDX-License-Identifier: MIT */
/* D10: what one user does to the manager as nobody's library would, and what root and another user notice of
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "attacks.h"

/* --- memory: MEMORY_MAX is what a user may have by src/manager/limits.h, and room for malloc ------- */

/* Half a gigabyte of reports by hand on a device whose owner reads none of them. */
static void d10_reports_by_hand_that_nobody_takes(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_flood_of_reports, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
	users_expect_service(users);
}

static void d10_lists_that_nobody_reads(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_lists_that_nobody_reads, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
}

/* 300 MiB in messages of 4 MiB that are not finished. */
static void d10_messages_that_never_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_messages_that_never_end, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
}

/* --- connections ---------------------------------------------------------------------------------- */

static void d10_connections_that_say_nothing(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_connections_that_say_nothing, &hostile);
	users_expect_service(users);
	child_kill(&hostile);
	users_expect_service(users);
}

static void d10_connections_that_come_and_go(void **state)
{
	struct users *users = *state;

	users_run(users, HOSTILE_UID, attack_connections_without_end);
	users_expect_service(users);
	users_run(users, HOSTILE_UID, attack_connections_without_end);
	users_expect_service(users);
}

/* Whoever is turned away hears why, however the greetings cross (D10); a lasting connection knows it, too. */
static int be_turned_away(const struct users *users)
{
	struct pnpn_connection *connection;
	int r = 0, turned_away = 0;

	while (!r)
		r = pnpn_connect(&connection, users->address);
	for (; r == -EDQUOT && turned_away < 500; turned_away++)
		r = pnpn_connect(&connection, users->address);
	if (r != -EDQUOT || pnpn_connect_lasting(&connection, users->address) < 0)
		return fprintf(stderr, "%d were, then: %s\n", turned_away, strerror(-r));
	r = pnpn_connection_get_error(connection);
	return r == -EDQUOT ? 0 : fprintf(stderr, "a lasting one: %s\n", strerror(-r));
}

static void d10_who_is_past_his_limit_hears_it(void **state)
{
	struct users *users = *state;

	users_run(users, HOSTILE_UID, be_turned_away);
	users_expect_service(users);
}

/* The manager may have so many more than it has. */
static void leave_descriptors(const struct users *users, unsigned int count)
{
	struct rlimit limit;
	char path[64];

	assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, NULL, &limit), 0);
	for (limit.rlim_cur = 0;; limit.rlim_cur++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%lu", users->manager, limit.rlim_cur);
		if (access(path, F_OK) < 0 && !count--)
			break;
	}
	assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, &limit, NULL), 0);
}

/* None to be had, and one for an accepted connection that nothing can be made of. */
static void d10_without_descriptors_who_is_turned_away_hears_it(void **state)
{
	struct users *users = *state;
	struct pnpn_connection *connection;

	for (unsigned int left = 0; left < 2; left++) {
		leave_descriptors(users, left);
		for (int i = 0; i < 200; i++)
			assert_int_equal(pnpn_connect(&connection, users->address), -EMFILE);
	}
	leave_descriptors(users, 1000);
	users_expect_service(users);
}

/* What was sent, and nobody read, is no reason not to hear why: the line comes before that error. */
static void d10_what_was_said_before_does_not_hide_why(void **state)
{
	struct users *users = *state;
	char line[64] = "", why[64], much[4096] = "";

	snprintf(why, sizeof(why), "ERROR %d\r\n", EMFILE);
	leave_descriptors(users, 0);
	kill(users->manager, SIGSTOP);
	int fd = users_connect_raw(users);
	assert_int_equal(send(fd, much, sizeof(much), MSG_NOSIGNAL), sizeof(much));
	kill(users->manager, SIGCONT);
	assert_int_equal(recv(fd, line, sizeof(line) - 1, MSG_WAITALL), strlen(why));
	assert_string_equal(line, why);
	close(fd);
	leave_descriptors(users, 1000);
}

#define MANY 4000

/* Root may have that many. Nobody is deaf when they go at once. */
static void d10_four_thousand_connections_closed_at_once(void **state)
{
	struct users *users = *state;
	struct rlimit limit;
	static int fds[MANY];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < MANY + 256)
		skip();
	for (int i = 0; i < MANY; i++) {
		fds[i] = users_connect_raw(users);
		assert_int_equal(attack_authenticate(fds[i]), 0);
	}
	users_expect_service(users);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	users_expect_service(users);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

/* No call takes any: they are refused, or the connection is. */
static void d10_descriptors_sent_along(void **state)
{
	struct users *users = *state;
	struct child hostile;
	unsigned int before = users_manager_descriptors(users);

	users_start(users, HOSTILE_UID, attack_descriptors_sent_along, &hostile);
	assert_true(users_manager_descriptors(users) < before + 500);
	users_expect_service(users);
	child_kill(&hostile);
}

static void d10_sixty_devices_and_a_hundred_registrations(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_rings_without_end, &hostile);
	assert_true(users_usage(users, HOSTILE_UID, "descriptors") > 0);
	users_expect_service(users);
	struct pnpn_device *device;
	assert_int_equal(pnpn_device_new(users->root, "ROOT\\ANOTHER\\0000", &device), 0);
	pnpn_device_remove(device);
	child_kill(&hostile);
}

/* --- devices, names, and who follows them ----------------------------------------------------------- */

static int own_one(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_device *device;
	struct pnpn_handle *handle;

	return pnpn_connect(&connection, users->address) < 0 ||
	       pnpn_device_new(connection, "ROOT\\OTHER\\0000", &device) < 0 ||
	       pnpn_device_add_link(device, "\\\\.\\Other") < 0 || pnpn_device_start(device) < 0 ||
	       pnpn_open(connection, "\\\\.\\Other", &handle) < 0;
}

/* However many connections he has, one user has only what is one user's; the other one has his own. */
static void d10_devices_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_devices_without_end, &hostile);
	assert_in_range(users_usage(users, HOSTILE_UID, "devices"), 1, 2048);
	users_run(users, OTHER_UID, own_one);
	users_expect_service(users);
	child_kill(&hostile);
	users_run(users, OTHER_UID, own_one);
}

static void d10_names_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_names_without_end, &hostile);
	users_run(users, OTHER_UID, own_one);
	users_expect_service(users);
	child_kill(&hostile);
}

static void d10_registrations_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_registrations_without_end, &hostile);
	users_expect_service(users);
	child_kill(&hostile);
}

#define WATCHERS 20

/* Follows everything from many connections, and says what it could not follow. */
static int watch_everything(const struct users *users, int socket)
{
	struct pnpn_connection *connections[WATCHERS];
	const struct pnpn_event *event;
	bool lost = false;

	for (int i = 0; i < WATCHERS; i++)
		if (pnpn_connect(&connections[i], users->address) < 0 ||
		    pnpn_register_all(connections[i], 0, NULL, NULL) < 0)
			return 1;
	step_send(socket, 'd');
	step_expect(socket, 'r');
	for (int i = 0; i < WATCHERS; i++)
		for (bool heard = false; !heard;) {
			while (pnpn_next_event(connections[i], &event) <= 0)
				if (pnpn_wait(connections[i], PATIENCE_MS) <= 0)
					return 2;
			enum pnpn_event_kind kind = pnpn_event_get_kind(event);
			if (kind == PNPN_EVENT_DISCONNECTED)
				return 3;
			lost = lost || kind == PNPN_EVENT_LOST;
			heard = kind == PNPN_EVENT_CUSTOM &&
				strcmp(pnpn_event_get_device(event), VICTIM_ID) == 0;
		}
	return lost ? 0 : 4;
}

/* Too many to be followed by all of them. What can't be is lost, and told; the rest goes on (R15). */
static void d10_r15_devices_that_take_the_descriptors_of_others(void **state)
{
	struct users *users = *state;
	struct child hostile, other;
	static const struct pnpn_guid guid = {1, 2, 3, {4}};

	users_start(users, HOSTILE_UID, attack_devices_without_end, &hostile);
	users_start(users, OTHER_UID, watch_everything, &other);
	assert_int_equal(pnpn_device_report(users->victim, &guid, "x", 1, -1), 0);
	step_send(other.socket, 'r');
	assert_int_equal(child_wait(&other), 0);
	users_expect_service(users);
	child_kill(&hostile);
}

static void d10_rings_that_nobody_takes(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_signals_that_nobody_reads, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
}

static void d10_calls_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile[4];

	for (int i = 0; i < 4; i++)
		users_start(users, HOSTILE_UID, attack_calls_without_end, &hostile[i]);
	for (int i = 0; i < 10; i++)
		users_expect_service(users);
	assert_true(users_usage(users, HOSTILE_UID, "microseconds") > 0);
	for (int i = 0; i < 4; i++)
		child_kill(&hostile[i]);
}

static void d10_spoilt_rings(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_spoilt_rings, &hostile);
	users_expect_service(users);
	child_kill(&hostile);
	users_expect_service(users);
}

static void d10_removals_that_nobody_answers(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, attack_removals_that_nobody_answers, &hostile);
	assert_in_range(users_usage(users, HOSTILE_UID, "removals"), 1, 64);
	users_expect_service(users);
	child_kill(&hostile);
	users_expect_service(users);
}

/* The manager has none left: what it can't hand out it does not make. */
static void d10_a_device_that_fails_leaves_its_id_free(void **state)
{
	struct users *users = *state;
	struct rlimit before, tight;
	struct pnpn_device *device = NULL;
	struct pnpn_handle *handle;
	int r = -EMFILE;

	assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, NULL, &before), 0);
	/* Too few for the ring, too few for the answer, at last enough. */
	for (rlim_t more = 0; r < 0; more++) {
		tight = before;
		tight.rlim_cur = users_manager_descriptors(users) + more;
		assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, &tight, NULL), 0);
		r = pnpn_device_new(users->root, "ROOT\\SCARCE\\0000", &device);
		assert_true(r == 0 || r == -EMFILE);
		assert_true(more < 64);
	}
	assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, &before, NULL), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pnpn_open(users->root, "ROOT\\SCARCE\\0000", &handle), 0);
	pnpn_device_remove(device);
	users_expect_service(users);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, users_setup, users_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d10_reports_by_hand_that_nobody_takes),
		TEST(d10_lists_that_nobody_reads),
		TEST(d10_messages_that_never_end),
		TEST(d10_connections_that_say_nothing),
		TEST(d10_connections_that_come_and_go),
		TEST(d10_who_is_past_his_limit_hears_it),
		TEST(d10_without_descriptors_who_is_turned_away_hears_it),
		TEST(d10_what_was_said_before_does_not_hide_why),
		TEST(d10_four_thousand_connections_closed_at_once),
		TEST(d10_descriptors_sent_along),
		TEST(d10_sixty_devices_and_a_hundred_registrations),
		TEST(d10_a_device_that_fails_leaves_its_id_free),
		TEST(d10_devices_without_end),
		TEST(d10_names_without_end),
		TEST(d10_registrations_without_end),
		TEST(d10_r15_devices_that_take_the_descriptors_of_others),
		TEST(d10_rings_that_nobody_takes),
		TEST(d10_calls_without_end),
		TEST(d10_spoilt_rings),
		TEST(d10_removals_that_nobody_answers),
	};
	int status = users_main_skip();

	return status ? status : cmocka_run_group_tests(tests, NULL, NULL);
}
