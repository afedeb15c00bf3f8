/* SPDX-License-Identifier: MIT */
/* D6, D7: a device is removed though somebody who was asked is silent, dies, or answers what nobody asked; or nobody is
 * asked. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify/uapi.h>

#include "removal-fixture.h"

/* --- D6 ------------------------------------------------------------------------------------------- */

/* An application that is asked and says so ('a'), and answers when it is told to ('g'): too late. */
static int answer_late(int socket, const void *argument)
{
	const struct removal_fixture *f = argument;
	struct pnpn_connection *connection;
	const struct pnpn_event *event;

	if (pnpn_connect(&connection, f->manager.address) < 0)
		return 1;
	removal_ask(connection, 0);
	step_send(socket, 'r');
	event = native_expect(connection, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID);
	step_send(socket, 'a');
	step_expect(socket, 'g');
	return pnpn_event_answer(event, false, NULL) == -ENOENT ? 0 : 2;
}

static bool is_named_in_status(struct removal_fixture *f, pid_t pid)
{
	struct pnpn_status *status;
	struct pnpn_status_row row;
	bool found = false;

	assert_int_equal(pnpn_get_status(f->driver, &status), 0);
	for (size_t i = 0; pnpn_status_get(status, i, &row, sizeof(row)); i++)
		found |= row.unanswered == 1 && row.pid == (uint32_t)pid &&
			 strcmp(row.device, REMOVED_ID) == 0;
	pnpn_status_free(status);
	return found;
}

/* What the manager says goes where our stderr goes: to a file from here on. */
static int begin_logged(struct removal_fixture *f, const char *query_timeout, FILE *log)
{
	int own = dup(STDERR_FILENO);

	dup2(fileno(log), STDERR_FILENO);
	removal_begin(f, query_timeout);
	dup2(own, STDERR_FILENO);
	return close(own);
}

static bool is_named_in_log(FILE *log, pid_t pid)
{
	char line[512], begun[64];
	bool found = false;

	snprintf(begun, sizeof(begun), "pnpnotifyd: process %d did not answer", (int)pid);
	rewind(log);
	while (fgets(line, sizeof(line), log))
		found |= strncmp(line, begun, strlen(begun)) == 0 && strstr(line, REMOVED_ID);
	return found;
}

static void d6_who_is_silent_agrees_and_is_named(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct child child;
	FILE *log = tmpfile();

	assert_non_null(log);
	begin_logged(&f, "0.1", log);
	pnpn_device_set_asked(f.device, false);
	child_init(&child, answer_late, &f);
	step_expect(child.socket, 'r');
	remover_start(&remover, &f, 0);
	step_expect(child.socket, 'a');
	while (pnpn_device_report(f.device, &native_event, NULL, 0, -1) == 0)
		assert_true(pnpn_wait(f.owner, 1) >= 0);
	assert_int_equal(remover_join(&remover), 0);
	assert_true(is_named_in_status(&f, child.pid));
	assert_true(is_named_in_log(log, child.pid));
	step_send(child.socket, 'g');
	assert_int_equal(child_wait(&child), 0);
	removal_end(&f);
	fclose(log);
}

/* The manager took it away, and wrote its end; that its owner goes on as if nothing had happened harms nobody. */
static void d6_an_owner_that_is_silent_loses_it(void **state)
{
	static char data[60000];
	struct removal_fixture f;
	struct remover remover;
	uint64_t position = 0;

	removal_begin(&f, "0.1");
	assert_int_equal(pnpn_register_device(f.application, REMOVED_ID, 0, NULL, NULL), 0);
	/* The manager's record has to begin a chunk of the ring, which the owner does not know of then. */
	while (position % PNPN_RING_CHUNK_BYTES < PNPN_RING_CHUNK_BYTES - 64) {
		assert_int_equal(
			pnpn_device_report_tracked(f.device, &native_event, NULL, 0, -1, &position),
			0);
		native_expect(f.application, PNPN_EVENT_CUSTOM, REMOVED_ID);
	}
	remover_start(&remover, &f, 0);
	assert_int_equal(remover_join(&remover), 0);
	for (int i = 0; i < 100; i++) {
		int r = pnpn_device_report(f.device, &native_event, data, sizeof(data), -1);
		assert_true(r == 0 || r == -ENODEV);
	}
	/* Once the application has heard of it, what the owner wrote where the manager did may be taken for an event
	 * still, but nothing behind it. */
	struct pnpn_device_list *list;
	assert_int_equal(pnpn_list_devices(f.application, &list), 0);
	pnpn_device_list_free(list);
	const struct pnpn_event *event = wait_for_event(f.application);
	if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
		event = wait_for_event(f.application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	native_expect_nothing(f.application);
	assert_int_equal(pnpn_dispatch(f.owner), 0);
	pnpn_device_remove(f.device);
	removal_end(&f);
}

/* A manager that waits for ever for who is silent does not wait for who is dead. */
static void d6_a_dead_one_agrees_at_once(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct child child;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	child_init(&child, answer_late, &f);
	step_expect(child.socket, 'r');
	remover_start(&remover, &f, 0);
	step_expect(child.socket, 'a');
	child_kill(&child);
	removal_expect_and_answer(f.owner, true, NULL);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	removal_end(&f);
}

/* The owner's death, too, at each place. */
static void d6_the_owner_dies(void **state)
{
	for (int told = 0; told < 2; told++) {
		struct removal_fixture f;
		struct remover remover;

		removal_begin(&f, ANSWERS_NEVER_DUE);
		removal_ask(f.application, 0);
		remover_start(&remover, &f, 0);
		removal_expect_and_answer(f.application, true, NULL);
		if (told)
			removal_expect_and_answer(f.owner, true, NULL);
		else
			native_expect(f.owner, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID);
		f.owner = pnpn_disconnect(f.owner);
		assert_int_equal(remover_join(&remover), 0);
		native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
		native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
		removal_end(&f);
	}
}

static void d6_answers_that_nobody_waits_for_change_nothing(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	char who[200];

	memset(who, 'x', sizeof(who) - 1);
	who[sizeof(who) - 1] = 0;
	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	assert_int_equal(pnpn_connection_answer(f.application, 0, false, NULL), -ENOENT);
	assert_int_equal(pnpn_connection_answer(f.application, 1, false, NULL), -ENOENT);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE,
						       REMOVED_ID);
	uint64_t query = pnpn_event_get_query(event);
	/* Another's, its own too soon, and with a name that is too long. */
	assert_int_equal(pnpn_connection_answer(f.driver, query, false, NULL), -ENOENT);
	assert_int_equal(pnpn_connection_answer(f.owner, query, false, NULL), -ENOENT);
	assert_int_equal(pnpn_connection_answer(f.application, query + 1, false, NULL), -ENOENT);
	assert_int_equal(pnpn_event_answer(event, false, who), -EINVAL);
	assert_int_equal(pnpn_event_answer(event, true, who + sizeof(who) - 128), 0);
	/* Twice. */
	assert_int_equal(pnpn_event_answer(event, false, NULL), -ENOENT);
	event = native_expect(f.driver, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	removal_expect_and_answer(f.owner, true, NULL);
	event = native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	assert_int_equal(pnpn_event_get_query(event), 0);
	assert_int_equal(pnpn_event_answer(event, false, NULL), -EINVAL);
	native_expect(f.driver, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	native_expect_nothing(f.driver);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	removal_end(&f);
}

/* --- D7 ------------------------------------------------------------------------------------------- */

static void d7_a_surprise_asks_nobody(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct pnpn_handle *handle, *other;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	assert_int_equal(pnpn_open(f.application, REMOVED_ID, &handle), 0);
	remover_start(&remover, &f, PNPN_REMOVE_FORCE);
	const struct pnpn_event *event = native_expect(f.owner, PNPN_EVENT_SURPRISE_REMOVED,
						       REMOVED_ID);
	native_report(f.device, 1);
	native_expect_number(f.application, REMOVED_ID, 1);
	native_expect_nothing(f.application);
	native_expect_number(f.driver, REMOVED_ID, 1);
	native_expect_nothing(f.driver);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_device_report(f.device, &native_event, NULL, 0, -1), -ENODEV);
	native_expect(f.driver, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	native_expect_nothing(f.application);
	/* What the driver takes next says that it let go. */
	native_expect(f.driver, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	assert_int_equal(remover_join(&remover), 0);
	/* Gone for all others; its owner keeps it for who has it open. */
	assert_int_equal(pnpn_open(f.driver, REMOVED_ID, &other), -ENOENT);
	assert_int_equal(pnpn_device_add_link(f.device, "\\\\.\\Late"), -ENODEV);
	native_expect_nothing(f.owner);
	pnpn_close(handle);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	pnpn_device_remove(f.device);
	removal_end(&f);
}

/* Somebody who vetoes, or is silent, does not keep it from being taken away. */
static void d7_a_surprise_overtakes(void **state)
{
	struct removal_fixture f;
	struct remover remover, forced;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask(f.application, 0);
	remover_start(&remover, &f, 0);
	uint64_t query = pnpn_event_get_query(
		native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID));
	remover_start(&forced, &f, PNPN_REMOVE_FORCE);
	const struct pnpn_event *event = native_expect(f.owner, PNPN_EVENT_SURPRISE_REMOVED,
						       REMOVED_ID);
	assert_int_equal(pnpn_connection_answer(f.application, query, false, NULL), -ENOENT);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	assert_int_equal(remover_join(&remover), 0);
	assert_int_equal(remover_join(&forced), 0);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	removal_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d6_who_is_silent_agrees_and_is_named),
		cmocka_unit_test(d6_an_owner_that_is_silent_loses_it),
		cmocka_unit_test(d6_a_dead_one_agrees_at_once),
		cmocka_unit_test(d6_the_owner_dies),
		cmocka_unit_test(d6_answers_that_nobody_waits_for_change_nothing),
		cmocka_unit_test(d7_a_surprise_asks_nobody),
		cmocka_unit_test(d7_a_surprise_overtakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
