/* SPDX-License-Identifier: MIT */
/* What the manager is asked without waiting (pnpn_ask_…()): the same answers, as events. U17, D5, D10, U11. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "native-fixture.h"

#define ID	"ROOT\\ASKED\\0000"
#define DEVICES 300

/* The next event is the answer to that question. */
static int wait_for_answer(struct pnpn_connection *connection, struct pnpn_question *question)
{
	const struct pnpn_event *event = wait_for_event(connection);

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_ANSWERED);
	assert_ptr_equal(pnpn_event_get_question(event), question);
	assert_null(pnpn_event_get_registration(event));
	assert_string_equal(pnpn_event_get_device(event), "");
	assert_true(pnpn_event_get_time(event) > 0);
	return pnpn_question_get_result(question);
}

static size_t count_devices(struct pnpn_connection *connection)
{
	struct pnpn_device_list *list;

	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	size_t n = pnpn_device_list_get_size(list);
	pnpn_device_list_free(list);
	return n;
}

/* All of it, however many pages the manager makes of it. */
static void u17_a_list(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_question *question;
	struct pnpn_device_list *list;
	struct pnpn_properties *properties;
	char id[64];

	for (int i = 0; i < DEVICES; i++) {
		snprintf(id, sizeof(id), "ROOT\\ASKED\\%04d", i);
		native_device(f->driver, id, NULL);
	}
	assert_int_equal(pnpn_ask_devices(f->application, f, &question), 0);
	assert_int_equal(pnpn_question_get_result(question), -EINPROGRESS);
	assert_int_equal(pnpn_question_take_devices(question, &list), -EINPROGRESS);
	assert_int_equal(wait_for_answer(f->application, question), 0);
	assert_int_equal(pnpn_question_take_properties(question, &properties), -EINVAL);
	assert_int_equal(pnpn_question_take_devices(question, &list), 0);
	assert_int_equal(pnpn_device_list_get_size(list), DEVICES);
	assert_int_equal(count_devices(f->application), DEVICES);
	assert_string_equal(pnpn_device_info_get_id(pnpn_device_list_get(list, 0)), ID);
	assert_int_equal(pnpn_question_take_devices(question, &list), -EINVAL);
	assert_null(pnpn_question_free(question));
	pnpn_device_list_free(list);
}

/* Several are under way at once, beside events; each has its own answer, in their order. */
static void u17_d10_several_at_once(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_question *properties, *none, *status, *usage;
	struct pnpn_properties *facts;
	struct pnpn_status *rows;
	struct pnpn_status_row row;
	struct pnpn_usage_list *users;
	struct pnpn_usage_row user;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	assert_int_equal(pnpn_device_add_property(device, "location", "here"), 0);
	assert_int_equal(pnpn_ask_properties(f->application, ID, NULL, &properties), 0);
	assert_int_equal(pnpn_ask_properties(f->application, "ROOT\\NONE\\0", NULL, &none), 0);
	assert_int_equal(pnpn_ask_properties(f->application, NULL, NULL, &none), -EINVAL);
	assert_int_equal(pnpn_ask_status(f->application, NULL, &status), 0);
	assert_int_equal(pnpn_ask_usage(f->application, NULL, &usage), 0);
	assert_int_equal(wait_for_answer(f->application, properties), 0);
	assert_int_equal(wait_for_answer(f->application, none), -ENOENT);
	assert_int_equal(wait_for_answer(f->application, status), 0);
	assert_int_equal(wait_for_answer(f->application, usage), 0);
	assert_int_equal(pnpn_question_take_properties(none, &facts), -ENOENT);
	assert_int_equal(pnpn_question_take_properties(properties, &facts), 0);
	assert_string_equal(pnpn_properties_get_device(facts), ID);
	assert_string_equal(pnpn_properties_get(facts, "location", 0), "here");
	assert_int_equal(pnpn_question_take_status(status, &rows), 0);
	assert_true(pnpn_status_get(rows, 0, &row, sizeof(row)));
	assert_string_equal(row.device, ID);
	assert_int_equal(pnpn_question_take_usage(usage, &users), 0);
	assert_true(pnpn_usage_list_get(users, 0, &user, sizeof(user)));
	pnpn_properties_free(facts);
	pnpn_status_free(rows);
	pnpn_usage_list_free(users);
}

/* Asker, registrant and owner are one thread: nobody waits for anybody. */
static void d5_a_removal(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_connection *registrant;
	struct pnpn_question *question;
	struct pnpn_veto veto;

	native_device(f->driver, ID, NULL);
	assert_int_equal(pnpn_manager_connect(f->manager, &registrant), 0);
	assert_int_equal(
		pnpn_register_device(registrant, ID, PNPN_REGISTER_QUERY_REMOVE, NULL, NULL), 0);
	assert_int_equal(pnpn_ask_removal(f->application, ID, 0, NULL, &question), 0);
	assert_int_equal(pnpn_event_answer(native_expect(registrant, PNPN_EVENT_QUERY_REMOVE, ID),
					   false, "me"),
			 0);
	assert_int_equal(wait_for_answer(f->application, question), 1);
	assert_int_equal(pnpn_question_take_veto(question, &veto, 1), -EINVAL);
	assert_int_equal(pnpn_question_take_veto(question, &veto, sizeof(veto)), 1);
	assert_string_equal(veto.who, "me");
	pnpn_question_free(question);
	pnpn_disconnect(registrant);

	assert_int_equal(pnpn_ask_removal(f->application, ID, 0, NULL, &question), 0);
	while (pnpn_question_get_result(question) == -EINPROGRESS) {
		assert_true(pnpn_wait(f->driver, 10) >= 0);
		assert_true(pnpn_wait(f->application, 10) >= 0);
	}
	assert_int_equal(wait_for_answer(f->application, question), 0);
	assert_int_equal(pnpn_question_take_veto(question, &veto, sizeof(veto)), 0);
}

/* Of what was freed nothing is told; an event that was taken stays, and names it no more. */
static void u10_freed_before_and_after(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_question *question;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_ask_devices(f->application, NULL, &question), 0);
	pnpn_question_free(question);
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_ask_devices(f->application, NULL, &question), 0);
	while (pnpn_question_get_result(question) == -EINPROGRESS)
		assert_true(pnpn_wait(f->application, -1) >= 0);
	pnpn_question_free(question);
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_ask_devices(f->application, f, &question), 0);
	event = wait_for_event(f->application);
	pnpn_question_free(question);
	assert_null(pnpn_event_get_question(event));
	assert_ptr_equal(pnpn_event_get_userdata(event), f);
	assert_null(pnpn_question_free(NULL));
}

/* What nobody answers any more is answered here, before the end is told. */
static void u11_the_manager_goes(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_question *questions[2];

	native_device(f->driver, ID, NULL);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pnpn_ask_removal(f->driver, ID, 0, NULL, &questions[i]), 0);
	f->manager = pnpn_manager_stop(f->manager);
	for (int i = 0; i < 2; i++) {
		int r = wait_for_answer(f->driver, questions[i]);
		/* It may have been quick enough to refuse it. */
		assert_true(r == -ENOTCONN || r == -EDEADLK);
	}
	native_expect(f->driver, PNPN_EVENT_DISCONNECTED, "");
	assert_int_equal(pnpn_ask_devices(f->driver, NULL, &questions[0]), -ENOTCONN);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u17_a_list),	    TEST(u17_d10_several_at_once),
		TEST(d5_a_removal),	    TEST(u10_freed_before_and_after),
		TEST(u11_the_manager_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
