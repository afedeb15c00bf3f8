/* SPDX-License-Identifier: MIT */
/* D5 to D9: a device is removed in order, or by surprise; who is asked, who vetoes, who is silent or dies. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify/uapi.h>

#include "native-fixture.h"
#include "process.h"

#define ID "ROOT\\REMOVED\\0000"

/* Longer than any test: whoever waits for it is hung. */
#define NEVER "100000"

struct fixture {
	struct manager_process manager;
	struct pnpn_connection *owner, *application, *driver;
	struct pnpn_device *device;
};

static void begin(struct fixture *f, const char *query_timeout)
{
	manager_process_init_impatient(&f->manager, query_timeout);
	assert_int_equal(pnpn_connect(&f->owner, f->manager.address), 0);
	assert_int_equal(pnpn_connect(&f->application, f->manager.address), 0);
	assert_int_equal(pnpn_connect(&f->driver, f->manager.address), 0);
	f->device = native_device(f->owner, ID, NULL);
	pnpn_device_set_asked(f->device, true);
}

static void end(struct fixture *f)
{
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	pnpn_disconnect(f->owner);
	manager_process_deinit(&f->manager);
}

static struct pnpn_registration *ask(struct pnpn_connection *connection, unsigned int flags)
{
	struct pnpn_registration *registration;

	assert_int_equal(pnpn_register_device(connection, ID, PNPN_REGISTER_QUERY_REMOVE | flags,
					      NULL, &registration),
			 0);
	return registration;
}

/* Of the registrants that the tests have: one of each kind. */
static void ask_both(struct fixture *f)
{
	ask(f->application, 0);
	ask(f->driver, PNPN_REGISTER_KERNEL_MODE);
}

/* --- whoever removes it: on a thread, for it blocks ------------------------------------------------ */

struct remover {
	pthread_t thread;
	struct pnpn_connection *connection;
	unsigned int flags;
	struct pnpn_veto veto;
	int result;
};

static void *remove_it(void *userdata)
{
	struct remover *remover = userdata;

	remover->result = pnpn_remove(remover->connection, ID, remover->flags, &remover->veto,
				      sizeof(remover->veto));
	return NULL;
}

static void remover_start(struct remover *remover, const struct fixture *f, unsigned int flags)
{
	*remover = (struct remover){.flags = flags};
	assert_int_equal(pnpn_connect(&remover->connection, f->manager.address), 0);
	assert_int_equal(pthread_create(&remover->thread, NULL, remove_it, remover), 0);
}

static int remover_join(struct remover *remover)
{
	assert_int_equal(pthread_join(remover->thread, NULL), 0);
	pnpn_disconnect(remover->connection);
	return remover->result;
}

static void expect_veto(struct remover *remover, enum pnpn_veto_kind kind, pid_t pid,
			const char *who)
{
	assert_int_equal(remover_join(remover), 1);
	assert_int_equal(remover->veto.kind, kind);
	assert_int_equal(remover->veto.pid, pid);
	assert_string_equal(remover->veto.who, who);
}

static void expect_and_answer(struct pnpn_connection *connection, bool agrees, const char *who)
{
	const struct pnpn_event *event = native_expect(connection, PNPN_EVENT_QUERY_REMOVE, ID);

	assert_int_not_equal(pnpn_event_get_query(event), 0);
	assert_int_equal(pnpn_event_answer(event, agrees, who), 0);
}

/* Nothing came of it: it is there, may be opened, and reports arrive. */
static void expect_unharmed(struct fixture *f)
{
	struct pnpn_handle *handle;

	native_report(f->device, 7);
	native_expect_number(f->application, ID, 7);
	assert_int_equal(pnpn_open(f->application, ID, &handle), 0);
	pnpn_close(handle);
}

/* --- D5 ------------------------------------------------------------------------------------------- */

static void d5_all_are_asked_in_order_and_told_in_order(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	ask_both(&f);
	native_report(f.device, 1);
	remover_start(&remover, &f, 0);
	native_expect_number(f.application, ID, 1);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID);
	native_expect_number(f.driver, ID, 1);
	native_expect_nothing(f.driver);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	event = native_expect(f.driver, PNPN_EVENT_QUERY_REMOVE, ID);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	event = native_expect(f.owner, PNPN_EVENT_QUERY_REMOVE, ID);
	assert_null(pnpn_event_get_registration(event));
	native_expect_nothing(f.application);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, ID);
	native_expect(f.driver, PNPN_EVENT_REMOVE_PENDING, ID);
	/* The driver has not let go of it: that it took the event after says so. */
	native_expect_nothing(f.owner);
	native_expect_nothing(f.driver);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	native_report(f.device, 2);
	native_expect_number(f.application, ID, 2);
	native_expect_nothing(f.application);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect_number(f.driver, ID, 2);
	native_expect(f.driver, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect_nothing(f.application);
	end(&f);
}

static void d5_an_application_s_veto_is_named_and_cancels(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	ask_both(&f);
	ask(f.application, 0);
	remover_start(&remover, &f, 0);
	expect_and_answer(f.application, true, NULL);
	expect_and_answer(f.application, false, "The Editor");
	expect_veto(&remover, PNPN_VETO_APPLICATION, getpid(), "The Editor");
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect_nothing(f.driver);
	native_expect_nothing(f.owner);
	native_report(f.device, 7);
	native_expect_number(f.application, ID, 7);
	expect_unharmed(&f);
	end(&f);
}

static void d5_a_driver_s_veto_is_named_and_cancels(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	ask_both(&f);
	remover_start(&remover, &f, 0);
	expect_and_answer(f.application, true, NULL);
	expect_and_answer(f.driver, false, "filter.so");
	expect_veto(&remover, PNPN_VETO_DRIVER, getpid(), "filter.so");
	native_expect(f.driver, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect_nothing(f.owner);
	expect_unharmed(&f);
	end(&f);
}

static void d5_the_owner_s_veto_is_named_and_cancels(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	ask_both(&f);
	remover_start(&remover, &f, 0);
	expect_and_answer(f.application, true, NULL);
	expect_and_answer(f.driver, true, NULL);
	expect_and_answer(f.owner, false, "busy");
	expect_veto(&remover, PNPN_VETO_OWNER, getpid(), "busy");
	native_expect(f.owner, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect(f.driver, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, ID);
	expect_unharmed(&f);
	end(&f);
}

static void d5_an_open_handle_vetoes_and_its_process_is_named(void **state)
{
	struct fixture f;
	struct remover remover;
	struct pnpn_handle *handle;

	begin(&f, NEVER);
	ask_both(&f);
	assert_int_equal(pnpn_open(f.application, ID, &handle), 0);
	remover_start(&remover, &f, 0);
	expect_and_answer(f.application, true, NULL);
	expect_and_answer(f.driver, true, NULL);
	expect_veto(&remover, PNPN_VETO_HANDLE, getpid(), "");
	native_expect(f.driver, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, ID);
	native_expect_nothing(f.owner);
	expect_unharmed(&f);
	end(&f);
}

static void d5_an_application_closes_its_handle_while_it_is_asked(void **state)
{
	struct fixture f;
	struct remover remover;
	struct pnpn_handle *handle;

	begin(&f, NEVER);
	pnpn_device_set_asked(f.device, false);
	ask(f.application, 0);
	assert_int_equal(pnpn_open(f.application, ID, &handle), 0);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID);
	uint64_t query = pnpn_event_get_query(event);
	pnpn_close(handle);
	assert_int_equal(pnpn_connection_answer(f.application, query, true, NULL), 0);
	native_expect_nothing(f.owner);
	native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, ID);
	native_expect_nothing(f.owner);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_int_equal(remover_join(&remover), 0);
	assert_int_equal(pnpn_device_report(f.device, &native_event, NULL, 0, -1), -ENODEV);
	end(&f);
}

static void d5_who_waits_for_handles_is_through_when_they_are_closed(void **state)
{
	struct fixture f;
	struct remover remover;
	struct pnpn_handle *handle, *other;

	begin(&f, NEVER);
	assert_int_equal(pnpn_open(f.application, ID, &handle), 0);
	ask(f.application, 0);
	remover_start(&remover, &f, PNPN_REMOVE_WAIT);
	expect_and_answer(f.application, true, NULL);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_open(f.driver, ID, &other), -EBUSY);
	pnpn_close(handle);
	expect_and_answer(f.owner, true, NULL);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	end(&f);
}

/* Neither who did not ask for it, nor who did and went. */
static void d5_who_need_not_be_asked_is_not(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	assert_int_equal(pnpn_register_device(f.application, ID, 0, NULL, NULL), 0);
	struct pnpn_registration *registration = ask(f.driver, 0);
	remover_start(&remover, &f, 0);
	native_expect(f.driver, PNPN_EVENT_QUERY_REMOVE, ID);
	native_expect_nothing(f.owner);
	pnpn_unregister(registration);
	expect_and_answer(f.owner, true, NULL);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	end(&f);
}

static void d5_a_class_registration_is_asked_of_each_device(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	assert_int_equal(pnpn_register_class(f.application, &native_class,
					     PNPN_REGISTER_QUERY_REMOVE, NULL, NULL),
			 0);
	remover_start(&remover, &f, 0);
	expect_and_answer(f.application, false, NULL);
	expect_veto(&remover, PNPN_VETO_APPLICATION, getpid(), "");
	end(&f);
}

/* The library agrees for it when it dispatches; what it reported by then arrives. */
static void d5_an_owner_who_did_not_ask_to_be_asked(void **state)
{
	struct fixture f;
	struct remover remover;
	int r = 0;

	begin(&f, NEVER);
	pnpn_device_set_asked(f.device, false);
	assert_int_equal(pnpn_register_device(f.application, ID, 0, NULL, NULL), 0);
	remover_start(&remover, &f, 0);
	uint64_t n = 0;
	for (; r >= 0; n += r >= 0) {
		r = pnpn_device_report(f.device, &native_event, &n, sizeof(n), -1);
		assert_int_equal(pnpn_dispatch(f.owner), 0);
	}
	assert_int_equal(r, -ENODEV);
	for (uint64_t i = 0; i < n; i++)
		native_expect_number(f.application, ID, i);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_int_equal(remover_join(&remover), 0);
	pnpn_device_remove(f.device);
	/* Its id is free. */
	f.device = native_device(f.owner, ID, NULL);
	end(&f);
}

static void d5_one_removal_at_a_time(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	ask(f.application, 0);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID);
	assert_int_equal(pnpn_remove(f.driver, ID, 0, NULL, 0), -EALREADY);
	assert_int_equal(pnpn_event_answer(event, false, NULL), 0);
	assert_int_equal(remover_join(&remover), 1);
	end(&f);
}

static int remove_in_child(int socket, const void *argument)
{
	const struct fixture *f = argument;
	struct pnpn_connection *connection;

	return pnpn_connect(&connection, f->manager.address) < 0
		       ? 1
		       : pnpn_remove(connection, ID, 0, NULL, 0);
}

static void d5_who_asked_for_it_dies_and_it_is_cancelled(void **state)
{
	struct fixture f;
	struct child child;

	begin(&f, NEVER);
	ask(f.application, 0);
	child_init(&child, remove_in_child, &f);
	uint64_t query =
		pnpn_event_get_query(native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID));
	child_kill(&child);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, ID);
	assert_int_equal(pnpn_connection_answer(f.application, query, true, NULL), -ENOENT);
	expect_unharmed(&f);
	end(&f);
}

/* Its owner's end in the middle is as ever: the last word is that it is gone. */
static void d5_it_goes_by_itself_meanwhile(void **state)
{
	struct fixture f;
	struct remover remover;

	begin(&f, NEVER);
	ask_both(&f);
	remover_start(&remover, &f, 0);
	uint64_t query =
		pnpn_event_get_query(native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID));
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f.driver, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_int_equal(pnpn_connection_answer(f.application, query, false, NULL), -ENOENT);
	end(&f);
}

static void d5_what_is_removed_does_not_come_back_with_the_next_manager(void **state)
{
	struct fixture f;
	struct remover remover;
	struct pnpn_connection *lasting;

	begin(&f, NEVER);
	pnpn_device_remove(f.device);
	assert_int_equal(pnpn_connect_lasting(&lasting, f.manager.address), 0);
	f.device = native_device(lasting, ID, NULL);
	struct pnpn_device *other = native_device(lasting, "ROOT\\REMOVED\\0001", NULL);
	remover_start(&remover, &f, 0);
	while (pnpn_device_report(f.device, &native_event, NULL, 0, -1) == 0)
		assert_true(pnpn_wait(lasting, 1) >= 0);
	assert_int_equal(remover_join(&remover), 0);
	manager_process_kill(&f.manager);
	manager_process_start(&f.manager);
	native_expect(lasting, PNPN_EVENT_DISCONNECTED, "");
	native_expect(lasting, PNPN_EVENT_CONNECTED, "");
	native_expect(lasting, PNPN_EVENT_RESTORED, pnpn_device_get_id(other));
	native_expect_nothing(lasting);
	assert_int_equal(pnpn_device_report(f.device, &native_event, NULL, 0, -1), -ENODEV);
	pnpn_disconnect(lasting);
	end(&f);
}

/* --- D6 ------------------------------------------------------------------------------------------- */

/* An application that is asked and says so ('a'), and answers when it is told to ('g'): too late. */
static int answer_late(int socket, const void *argument)
{
	const struct fixture *f = argument;
	struct pnpn_connection *connection;
	const struct pnpn_event *event;

	if (pnpn_connect(&connection, f->manager.address) < 0)
		return 1;
	ask(connection, 0);
	step_send(socket, 'r');
	event = native_expect(connection, PNPN_EVENT_QUERY_REMOVE, ID);
	step_send(socket, 'a');
	step_expect(socket, 'g');
	return pnpn_event_answer(event, false, NULL) == -ENOENT ? 0 : 2;
}

static bool is_named_in_status(struct fixture *f, pid_t pid)
{
	struct pnpn_status *status;
	struct pnpn_status_row row;
	bool found = false;

	assert_int_equal(pnpn_get_status(f->driver, &status), 0);
	for (size_t i = 0; pnpn_status_get(status, i, &row, sizeof(row)); i++)
		found |= row.unanswered == 1 && row.pid == (uint32_t)pid &&
			 strcmp(row.device, ID) == 0;
	pnpn_status_free(status);
	return found;
}

/* What the manager says goes where our stderr goes: to a file from here on. */
static int begin_logged(struct fixture *f, const char *query_timeout, FILE *log)
{
	int own = dup(STDERR_FILENO);

	dup2(fileno(log), STDERR_FILENO);
	begin(f, query_timeout);
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
		found |= strncmp(line, begun, strlen(begun)) == 0 && strstr(line, ID);
	return found;
}

static void d6_who_is_silent_agrees_and_is_named(void **state)
{
	struct fixture f;
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
	end(&f);
	fclose(log);
}

/* The manager took it away, and wrote its end; that its owner goes on as if nothing had happened harms nobody. */
static void d6_an_owner_that_is_silent_loses_it(void **state)
{
	static char data[60000];
	struct fixture f;
	struct remover remover;
	uint64_t position = 0;

	begin(&f, "0.1");
	assert_int_equal(pnpn_register_device(f.application, ID, 0, NULL, NULL), 0);
	/* The manager's record has to begin a chunk of the ring, which the owner does not know of then. */
	while (position % PNPN_RING_CHUNK_BYTES < PNPN_RING_CHUNK_BYTES - 64) {
		assert_int_equal(
			pnpn_device_report_tracked(f.device, &native_event, NULL, 0, -1, &position),
			0);
		native_expect(f.application, PNPN_EVENT_CUSTOM, ID);
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
	end(&f);
}

/* A manager that waits for ever for who is silent does not wait for who is dead. */
static void d6_a_dead_one_agrees_at_once(void **state)
{
	struct fixture f;
	struct remover remover;
	struct child child;

	begin(&f, NEVER);
	child_init(&child, answer_late, &f);
	step_expect(child.socket, 'r');
	remover_start(&remover, &f, 0);
	step_expect(child.socket, 'a');
	child_kill(&child);
	expect_and_answer(f.owner, true, NULL);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	end(&f);
}

/* The owner's death, too, at each place. */
static void d6_the_owner_dies(void **state)
{
	for (int told = 0; told < 2; told++) {
		struct fixture f;
		struct remover remover;

		begin(&f, NEVER);
		ask(f.application, 0);
		remover_start(&remover, &f, 0);
		expect_and_answer(f.application, true, NULL);
		if (told)
			expect_and_answer(f.owner, true, NULL);
		else
			native_expect(f.owner, PNPN_EVENT_QUERY_REMOVE, ID);
		f.owner = pnpn_disconnect(f.owner);
		assert_int_equal(remover_join(&remover), 0);
		native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, ID);
		native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
		end(&f);
	}
}

static void d6_answers_that_nobody_waits_for_change_nothing(void **state)
{
	struct fixture f;
	struct remover remover;
	char who[200];

	memset(who, 'x', sizeof(who) - 1);
	who[sizeof(who) - 1] = 0;
	begin(&f, NEVER);
	ask_both(&f);
	assert_int_equal(pnpn_connection_answer(f.application, 0, false, NULL), -ENOENT);
	assert_int_equal(pnpn_connection_answer(f.application, 1, false, NULL), -ENOENT);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID);
	uint64_t query = pnpn_event_get_query(event);
	/* Another's, its own too soon, and with a name that is too long. */
	assert_int_equal(pnpn_connection_answer(f.driver, query, false, NULL), -ENOENT);
	assert_int_equal(pnpn_connection_answer(f.owner, query, false, NULL), -ENOENT);
	assert_int_equal(pnpn_connection_answer(f.application, query + 1, false, NULL), -ENOENT);
	assert_int_equal(pnpn_event_answer(event, false, who), -EINVAL);
	assert_int_equal(pnpn_event_answer(event, true, who + sizeof(who) - 128), 0);
	/* Twice. */
	assert_int_equal(pnpn_event_answer(event, false, NULL), -ENOENT);
	event = native_expect(f.driver, PNPN_EVENT_QUERY_REMOVE, ID);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	expect_and_answer(f.owner, true, NULL);
	event = native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, ID);
	assert_int_equal(pnpn_event_get_query(event), 0);
	assert_int_equal(pnpn_event_answer(event, false, NULL), -EINVAL);
	native_expect(f.driver, PNPN_EVENT_REMOVE_PENDING, ID);
	native_expect_nothing(f.driver);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	end(&f);
}

/* --- D7 ------------------------------------------------------------------------------------------- */

static void d7_a_surprise_asks_nobody(void **state)
{
	struct fixture f;
	struct remover remover;
	struct pnpn_handle *handle, *other;

	begin(&f, NEVER);
	ask_both(&f);
	assert_int_equal(pnpn_open(f.application, ID, &handle), 0);
	remover_start(&remover, &f, PNPN_REMOVE_FORCE);
	const struct pnpn_event *event = native_expect(f.owner, PNPN_EVENT_SURPRISE_REMOVED, ID);
	native_report(f.device, 1);
	native_expect_number(f.application, ID, 1);
	native_expect_nothing(f.application);
	native_expect_number(f.driver, ID, 1);
	native_expect_nothing(f.driver);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_device_report(f.device, &native_event, NULL, 0, -1), -ENODEV);
	native_expect(f.driver, PNPN_EVENT_REMOVE_PENDING, ID);
	native_expect_nothing(f.application);
	/* What the driver takes next says that it let go. */
	native_expect(f.driver, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_int_equal(remover_join(&remover), 0);
	/* Gone for all others; its owner keeps it for who has it open. */
	assert_int_equal(pnpn_open(f.driver, ID, &other), -ENOENT);
	assert_int_equal(pnpn_device_add_link(f.device, "\\\\.\\Late"), -ENODEV);
	native_expect_nothing(f.owner);
	pnpn_close(handle);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	pnpn_device_remove(f.device);
	end(&f);
}

/* Somebody who vetoes, or is silent, does not keep it from being taken away. */
static void d7_a_surprise_overtakes(void **state)
{
	struct fixture f;
	struct remover remover, forced;

	begin(&f, NEVER);
	ask(f.application, 0);
	remover_start(&remover, &f, 0);
	uint64_t query =
		pnpn_event_get_query(native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, ID));
	remover_start(&forced, &f, PNPN_REMOVE_FORCE);
	const struct pnpn_event *event = native_expect(f.owner, PNPN_EVENT_SURPRISE_REMOVED, ID);
	assert_int_equal(pnpn_connection_answer(f.application, query, false, NULL), -ENOENT);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_int_equal(remover_join(&remover), 0);
	assert_int_equal(remover_join(&forced), 0);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, ID);
	end(&f);
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void d5_what_can_t_be_removed(void **state)
{
	struct fixture f;
	struct pnpn_veto veto;

	begin(&f, NEVER);
	assert_int_equal(pnpn_remove(f.driver, "ROOT\\NOBODY\\0000", 0, NULL, 0), -ENOENT);
	assert_int_equal(pnpn_remove(f.driver, ID, 1u << 9, NULL, 0), -EINVAL);
	assert_int_equal(pnpn_remove(f.driver, NULL, 0, NULL, 0), -EINVAL);
	assert_int_equal(pnpn_remove(f.driver, ID, 0, &veto, 3), -EINVAL);
	assert_int_equal(pnpn_remove(f.owner, ID, 0, NULL, 0), -EDEADLK);
	ask(f.application, 0);
	expect_unharmed(&f);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d5_all_are_asked_in_order_and_told_in_order),
		cmocka_unit_test(d5_an_application_s_veto_is_named_and_cancels),
		cmocka_unit_test(d5_a_driver_s_veto_is_named_and_cancels),
		cmocka_unit_test(d5_the_owner_s_veto_is_named_and_cancels),
		cmocka_unit_test(d5_an_open_handle_vetoes_and_its_process_is_named),
		cmocka_unit_test(d5_an_application_closes_its_handle_while_it_is_asked),
		cmocka_unit_test(d5_who_waits_for_handles_is_through_when_they_are_closed),
		cmocka_unit_test(d5_who_need_not_be_asked_is_not),
		cmocka_unit_test(d5_a_class_registration_is_asked_of_each_device),
		cmocka_unit_test(d5_an_owner_who_did_not_ask_to_be_asked),
		cmocka_unit_test(d5_one_removal_at_a_time),
		cmocka_unit_test(d5_who_asked_for_it_dies_and_it_is_cancelled),
		cmocka_unit_test(d5_it_goes_by_itself_meanwhile),
		cmocka_unit_test(d5_what_is_removed_does_not_come_back_with_the_next_manager),
		cmocka_unit_test(d5_what_can_t_be_removed),
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
