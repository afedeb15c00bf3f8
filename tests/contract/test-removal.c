/* SPDX-License-Identifier: MIT */
/* D5: a device is removed in order: who is asked, who vetoes, what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "removal-fixture.h"

static void d5_all_are_asked_in_order_and_told_in_order(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	native_report(f.device, 1);
	remover_start(&remover, &f, 0);
	native_expect_number(f.application, REMOVED_ID, 1);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE,
						       REMOVED_ID);
	native_expect_number(f.driver, REMOVED_ID, 1);
	native_expect_nothing(f.driver);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	event = native_expect(f.driver, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	event = native_expect(f.owner, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID);
	assert_null(pnpn_event_get_registration(event));
	native_expect_nothing(f.application);
	assert_int_equal(pnpn_event_answer(event, true, NULL), 0);
	native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	native_expect(f.driver, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	/* The driver has not let go of it: that it took the event after says so. */
	native_expect_nothing(f.owner);
	native_expect_nothing(f.driver);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	native_report(f.device, 2);
	native_expect_number(f.application, REMOVED_ID, 2);
	native_expect_nothing(f.application);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	native_expect_number(f.driver, REMOVED_ID, 2);
	native_expect(f.driver, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	native_expect_nothing(f.application);
	removal_end(&f);
}

static void d5_an_application_s_veto_is_named_and_cancels(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	removal_ask(f.application, 0);
	remover_start(&remover, &f, 0);
	removal_expect_and_answer(f.application, true, NULL);
	removal_expect_and_answer(f.application, false, "The Editor");
	remover_expect_veto(&remover, PNPN_VETO_APPLICATION, getpid(), "The Editor");
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect_nothing(f.driver);
	native_expect_nothing(f.owner);
	native_report(f.device, 7);
	native_expect_number(f.application, REMOVED_ID, 7);
	removal_expect_unharmed(&f);
	removal_end(&f);
}

static void d5_a_driver_s_veto_is_named_and_cancels(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	remover_start(&remover, &f, 0);
	removal_expect_and_answer(f.application, true, NULL);
	removal_expect_and_answer(f.driver, false, "filter.so");
	remover_expect_veto(&remover, PNPN_VETO_DRIVER, getpid(), "filter.so");
	native_expect(f.driver, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect_nothing(f.owner);
	removal_expect_unharmed(&f);
	removal_end(&f);
}

static void d5_the_owner_s_veto_is_named_and_cancels(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	remover_start(&remover, &f, 0);
	removal_expect_and_answer(f.application, true, NULL);
	removal_expect_and_answer(f.driver, true, NULL);
	removal_expect_and_answer(f.owner, false, "busy");
	remover_expect_veto(&remover, PNPN_VETO_OWNER, getpid(), "busy");
	native_expect(f.owner, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect(f.driver, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	removal_expect_unharmed(&f);
	removal_end(&f);
}

static void d5_an_open_handle_vetoes_and_its_process_is_named(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct pnpn_handle *handle;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	assert_int_equal(pnpn_open(f.application, REMOVED_ID, &handle), 0);
	remover_start(&remover, &f, 0);
	removal_expect_and_answer(f.application, true, NULL);
	removal_expect_and_answer(f.driver, true, NULL);
	remover_expect_veto(&remover, PNPN_VETO_HANDLE, getpid(), "");
	native_expect(f.driver, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	native_expect_nothing(f.owner);
	removal_expect_unharmed(&f);
	removal_end(&f);
}

static void d5_an_application_closes_its_handle_while_it_is_asked(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct pnpn_handle *handle;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	pnpn_device_set_asked(f.device, false);
	removal_ask(f.application, 0);
	assert_int_equal(pnpn_open(f.application, REMOVED_ID, &handle), 0);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE,
						       REMOVED_ID);
	uint64_t query = pnpn_event_get_query(event);
	pnpn_close(handle);
	assert_int_equal(pnpn_connection_answer(f.application, query, true, NULL), 0);
	native_expect_nothing(f.owner);
	native_expect(f.application, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	native_expect_nothing(f.owner);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	assert_int_equal(remover_join(&remover), 0);
	assert_int_equal(pnpn_device_report(f.device, &native_event, NULL, 0, -1), -ENODEV);
	removal_end(&f);
}

static void d5_who_waits_for_handles_is_through_when_they_are_closed(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct pnpn_handle *handle, *other;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	assert_int_equal(pnpn_open(f.application, REMOVED_ID, &handle), 0);
	removal_ask(f.application, 0);
	remover_start(&remover, &f, PNPN_REMOVE_WAIT);
	removal_expect_and_answer(f.application, true, NULL);
	native_expect_nothing(f.owner);
	assert_int_equal(pnpn_open(f.driver, REMOVED_ID, &other), -EBUSY);
	pnpn_close(handle);
	removal_expect_and_answer(f.owner, true, NULL);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	removal_end(&f);
}

/* Neither who did not ask for it, nor who did and went. */
static void d5_who_need_not_be_asked_is_not(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	assert_int_equal(pnpn_register_device(f.application, REMOVED_ID, 0, NULL, NULL), 0);
	struct pnpn_registration *registration = removal_ask(f.driver, 0);
	remover_start(&remover, &f, 0);
	native_expect(f.driver, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID);
	native_expect_nothing(f.owner);
	pnpn_unregister(registration);
	removal_expect_and_answer(f.owner, true, NULL);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	removal_end(&f);
}

static void d5_a_class_registration_is_asked_of_each_device(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	assert_int_equal(pnpn_register_class(f.application, &native_class,
					     PNPN_REGISTER_QUERY_REMOVE, NULL, NULL),
			 0);
	remover_start(&remover, &f, 0);
	removal_expect_and_answer(f.application, false, NULL);
	remover_expect_veto(&remover, PNPN_VETO_APPLICATION, getpid(), "");
	removal_end(&f);
}

/* The library agrees for it when it dispatches; what it reported by then arrives. */
static void d5_an_owner_who_did_not_ask_to_be_asked(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	int r = 0;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	pnpn_device_set_asked(f.device, false);
	assert_int_equal(pnpn_register_device(f.application, REMOVED_ID, 0, NULL, NULL), 0);
	remover_start(&remover, &f, 0);
	uint64_t n = 0;
	for (; r >= 0; n += r >= 0) {
		r = pnpn_device_report(f.device, &native_event, &n, sizeof(n), -1);
		assert_int_equal(pnpn_dispatch(f.owner), 0);
	}
	assert_int_equal(r, -ENODEV);
	for (uint64_t i = 0; i < n; i++)
		native_expect_number(f.application, REMOVED_ID, i);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	assert_int_equal(remover_join(&remover), 0);
	pnpn_device_remove(f.device);
	/* Its id is free. */
	f.device = native_device(f.owner, REMOVED_ID, NULL);
	removal_end(&f);
}

static void d5_one_removal_at_a_time(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask(f.application, 0);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = native_expect(f.application, PNPN_EVENT_QUERY_REMOVE,
						       REMOVED_ID);
	assert_int_equal(pnpn_remove(f.driver, REMOVED_ID, 0, NULL, 0), -EALREADY);
	assert_int_equal(pnpn_event_answer(event, false, NULL), 0);
	assert_int_equal(remover_join(&remover), 1);
	removal_end(&f);
}

static int remove_in_child(int socket, const void *argument)
{
	const struct removal_fixture *f = argument;
	struct pnpn_connection *connection;

	return pnpn_connect(&connection, f->manager.address) < 0
		       ? 1
		       : pnpn_remove(connection, REMOVED_ID, 0, NULL, 0);
}

static void d5_who_asked_for_it_dies_and_it_is_cancelled(void **state)
{
	struct removal_fixture f;
	struct child child;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask(f.application, 0);
	child_init(&child, remove_in_child, &f);
	uint64_t query = pnpn_event_get_query(
		native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID));
	child_kill(&child);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, REMOVED_ID);
	assert_int_equal(pnpn_connection_answer(f.application, query, true, NULL), -ENOENT);
	removal_expect_unharmed(&f);
	removal_end(&f);
}

/* Its owner's end in the middle is as ever: the last word is that it is gone. */
static void d5_it_goes_by_itself_meanwhile(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	removal_ask_both(&f);
	remover_start(&remover, &f, 0);
	uint64_t query = pnpn_event_get_query(
		native_expect(f.application, PNPN_EVENT_QUERY_REMOVE, REMOVED_ID));
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	native_expect(f.driver, PNPN_EVENT_DEVICE_REMOVED, REMOVED_ID);
	assert_int_equal(pnpn_connection_answer(f.application, query, false, NULL), -ENOENT);
	removal_end(&f);
}

static void d5_what_is_removed_does_not_come_back_with_the_next_manager(void **state)
{
	struct removal_fixture f;
	struct remover remover;
	struct pnpn_connection *lasting;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	pnpn_device_remove(f.device);
	assert_int_equal(pnpn_connect_lasting(&lasting, f.manager.address), 0);
	f.device = native_device(lasting, REMOVED_ID, NULL);
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
	removal_end(&f);
}

/* --- what is refused ------------------------------------------------------------------------------ */

static void d5_what_can_t_be_removed(void **state)
{
	struct removal_fixture f;
	struct pnpn_veto veto;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	assert_int_equal(pnpn_remove(f.driver, "ROOT\\NOBODY\\0000", 0, NULL, 0), -ENOENT);
	assert_int_equal(pnpn_remove(f.driver, REMOVED_ID, 1u << 9, NULL, 0), -EINVAL);
	assert_int_equal(pnpn_remove(f.driver, NULL, 0, NULL, 0), -EINVAL);
	assert_int_equal(pnpn_remove(f.driver, REMOVED_ID, 0, &veto, 3), -EINVAL);
	assert_int_equal(pnpn_remove(f.owner, REMOVED_ID, 0, NULL, 0), -EDEADLK);
	removal_ask(f.application, 0);
	removal_expect_unharmed(&f);
	removal_end(&f);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
