/* SPDX-License-Identifier: MIT */
/* A device that others are on: they go with it, as one (D5, D9, U17). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "native-fixture.h"
#include "removal-fixture.h"

#define CHILD_ID "ROOT\\CHILD\\0000"
#define DEPTH	 16

static struct pnpn_device *add_child(struct pnpn_connection *owner, const char *id,
				     const char *parent)
{
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(owner, id, &device), 0);
	assert_int_equal(pnpn_device_add_property(device, "parent", parent), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	return device;
}

static const struct pnpn_event *expect_query(struct pnpn_connection *connection, const char *id)
{
	return native_expect(connection, PNPN_EVENT_QUERY_REMOVE, id);
}

static void answer_next(struct pnpn_connection *connection, const char *id, bool agrees)
{
	assert_int_equal(pnpn_event_answer(expect_query(connection, id), agrees, "it"), 0);
}

/* U17, D9: a device is on a started one of its own owner's, and is known to be. */
static void u17_d9_what_may_be_on_what(void **state)
{
	struct removal_fixture f;
	struct pnpn_device *device, *other;
	char id[32], parent[32] = REMOVED_ID, *child;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	device = add_child(f.owner, CHILD_ID, REMOVED_ID);
	assert_int_equal(pnpn_next_child(f.application, REMOVED_ID, NULL, &child), 1);
	assert_string_equal(child, CHILD_ID);
	free(child);
	assert_int_equal(pnpn_device_add_property(device, "parent", REMOVED_ID), -EALREADY);
	assert_int_equal(pnpn_device_new(f.application, "ROOT\\OTHER\\0000", &other), 0);
	assert_int_equal(pnpn_device_add_property(other, "parent", REMOVED_ID), -ENOENT);
	assert_int_equal(pnpn_device_add_property(other, "parent", "ROOT\\OTHER\\0000"), -ENOENT);
	pnpn_device_remove(other);
	for (int i = 1; i < DEPTH; i++) {
		snprintf(id, sizeof(id), "ROOT\\DEEP\\%04d", i);
		add_child(f.owner, id, parent);
		strcpy(parent, id);
	}
	assert_int_equal(pnpn_device_new(f.owner, "ROOT\\DEEP\\TOO", &other), 0);
	assert_int_equal(pnpn_device_add_property(other, "parent", parent), -EDQUOT);
	removal_end(&f);
}

/* D5: one that goes by itself while it is asked for does not keep the one that it is on. */
static void d5_a_child_goes_meanwhile(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	struct pnpn_device *child = add_child(f.owner, CHILD_ID, REMOVED_ID);
	assert_int_equal(pnpn_register_device(f.application, CHILD_ID, PNPN_REGISTER_QUERY_REMOVE,
					      NULL, NULL),
			 0);
	removal_ask(f.application, 0);
	remover_start(&remover, &f, 0);
	expect_query(f.application, CHILD_ID);
	pnpn_device_remove(child);
	answer_next(f.application, REMOVED_ID, true);
	answer_next(f.owner, REMOVED_ID, true);
	native_expect(f.owner, PNPN_EVENT_REMOVE_PENDING, REMOVED_ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	removal_end(&f);
}

/* D5: what was asked for went; what is on it is asked on, and stays if it may not go. */
static void d5_a_parent_goes_meanwhile(void **state)
{
	struct removal_fixture f;
	struct remover remover;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	struct pnpn_device *child = add_child(f.owner, CHILD_ID, REMOVED_ID);
	assert_int_equal(pnpn_register_device(f.application, CHILD_ID, PNPN_REGISTER_QUERY_REMOVE,
					      NULL, NULL),
			 0);
	remover_start(&remover, &f, 0);
	const struct pnpn_event *event = expect_query(f.application, CHILD_ID);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	assert_int_equal(pnpn_event_answer(event, false, "it"), 0);
	native_expect(f.application, PNPN_EVENT_REMOVE_CANCELLED, CHILD_ID);
	native_report(child, 7);
	native_expect_number(f.application, CHILD_ID, 7);
	removal_end(&f);
}

/* D7: pulled out, while it is asked for: what is on it goes along, and whoever asked learns that. */
static void d7_a_surprise_overtakes_all(void **state)
{
	struct removal_fixture f;
	struct remover remover, other;

	removal_begin(&f, ANSWERS_NEVER_DUE);
	struct pnpn_device *child = add_child(f.owner, CHILD_ID, REMOVED_ID);
	pnpn_device_set_asked(child, true);
	assert_int_equal(pnpn_register_device(f.application, CHILD_ID, PNPN_REGISTER_QUERY_REMOVE,
					      NULL, NULL),
			 0);
	remover_start(&remover, &f, 0);
	expect_query(f.application, CHILD_ID);
	remover_start(&other, &f, PNPN_REMOVE_FORCE);
	native_expect(f.owner, PNPN_EVENT_SURPRISE_REMOVED, CHILD_ID);
	native_expect(f.owner, PNPN_EVENT_SURPRISE_REMOVED, REMOVED_ID);
	pnpn_device_remove(child);
	pnpn_device_remove(f.device);
	assert_int_equal(remover_join(&remover), 0);
	assert_int_equal(remover_join(&other), 0);
	native_expect(f.application, PNPN_EVENT_DEVICE_REMOVED, CHILD_ID);
	removal_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(u17_d9_what_may_be_on_what),
		cmocka_unit_test(d5_a_child_goes_meanwhile),
		cmocka_unit_test(d5_a_parent_goes_meanwhile),
		cmocka_unit_test(d7_a_surprise_overtakes_all),
	};

	return cmocka_run_group_tests_name("removal-family", tests, NULL, NULL);
}
