/* SPDX-License-Identifier: MIT */
/* A manager that means harm, or is broken, does not bring an application down: what it says in the wrong order or with
 * the wrong words is a refused call or the end of the connection (R3, R4, R11, D8). */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../support/waiting.h"
#include "false-manager.h"

#define GUID_TEXT "6e0a9c11-2b3c-4d5e-0807-060504030201"

static const struct pnpn_guid any_event = {0x6e0a9c11, 0x2b3c, 0x4d5e, {8, 7, 6, 5, 4, 3, 2, 1}};

/* A call that is answered with nothing: what comes of it comes after the signals of before. */
static int ask(struct false_manager *manager)
{
	return pnpn_report_by_hand(manager->connection, FALSE_ID, &any_event, NULL, 0,
				   PNPN_NAME_OFFSET_NONE);
}

/* --- words ---------------------------------------------------------------------------------------- */

static void say_types(struct false_manager *manager)
{
	false_signal(manager, "Attached", "us", 1u, "seven");
}

static void say_no_number(struct false_manager *manager)
{
	false_signal(manager, "Detached", "s", "one");
}

static void say_nothing(struct false_manager *manager)
{
	false_signal(manager, "DeviceChanged", "");
}

static void say_no_guid(struct false_manager *manager)
{
	false_signal(manager, "InterfaceChanged", "uttsssbs", 1u, (uint64_t)0, (uint64_t)0,
		     FALSE_ID, "\\\\?\\x", "{", 1, "");
}

static void say_event(struct false_manager *manager, const char *guid, size_t size,
		      int32_t name_offset)
{
	static char data[70000];
	sd_bus_message *signal = NULL;

	if (sd_bus_message_new_signal(manager->bus, &signal, FALSE_PATH, FALSE_INTERFACE, "Event") <
		    0 ||
	    sd_bus_message_append(signal, "ussttti", 1u, FALSE_ID, guid, UINT64_MAX, UINT64_MAX,
				  (uint64_t)0, name_offset) < 0 ||
	    sd_bus_message_append_array(signal, 'y', data, size) < 0 ||
	    sd_bus_send(manager->bus, signal, NULL) < 0)
		abort();
	sd_bus_message_unref(signal);
}

static void say_event_without_guid(struct false_manager *manager)
{
	say_event(manager, "7", 1, -1);
}

static void say_event_too_large(struct false_manager *manager)
{
	say_event(manager, GUID_TEXT, PNPN_DATA_MAX + 1, -1);
}

static void say_event_with_an_odd_name(struct false_manager *manager)
{
	say_event(manager, GUID_TEXT, 8, 3);
}

static void say_event_with_a_name_outside(struct false_manager *manager)
{
	say_event(manager, GUID_TEXT, 8, 8);
}

static void say_event_with_a_name_before(struct false_manager *manager)
{
	say_event(manager, GUID_TEXT, 8, INT_MIN);
}

/* R3: events of the system's are no reports. */
static void say_event_of_the_system(struct false_manager *manager)
{
	say_event(manager, "cb3a4008-46f0-11d0-b08f-00609713053f", 0, -1);
}

static void say_ring_without_device(struct false_manager *manager)
{
	false_attach(manager, 0);
}

static void say_missed_without_device(struct false_manager *manager)
{
	false_signal(manager, "Missed", "uts", 1u, (uint64_t)0, FALSE_ID);
}

static void hang_up(struct false_manager *manager)
{
	sd_bus_close(manager->bus);
}

/* What can't be understood ends the connection, and is told as its end; nothing of it is told. */
static const struct {
	const char *what;
	void (*say)(struct false_manager *manager);
} endings[] = {
	{"other types", say_types},
	{"no number", say_no_number},
	{"nothing", say_nothing},
	{"no GUID", say_no_guid},
	{"an event without GUID", say_event_without_guid},
	{"an event that is too large", say_event_too_large},
	{"an event whose name is at an odd place", say_event_with_an_odd_name},
	{"an event whose name is outside", say_event_with_a_name_outside},
	{"an event whose name is before it", say_event_with_a_name_before},
	{"an event of the system's", say_event_of_the_system},
	{"a ring of no device", say_ring_without_device},
	{"events lost of no device", say_missed_without_device},
	{"no answer", hang_up},
};

static int say_when_asked(struct false_manager *manager, sd_bus_message *call)
{
	void (*const *say)(struct false_manager *) = manager->how;

	if (sd_bus_message_is_method_call(call, NULL, "Report"))
		(*say)(manager);
	return sd_bus_is_open(manager->bus) > 0 ? 0 : 1;
}

static void r11_words_that_are_none_end_the_connection(void **state)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct false_manager manager;
		false_manager_init(&manager, say_when_asked);
		manager.how = &endings[i].say;
		assert_int_equal(false_manager_connect(&manager), 0);
		assert_int_equal(false_register(&manager), 0);
		int r = ask(&manager);
		if (r != -ENOTCONN)
			fail_msg("%s: %d", endings[i].what, r);
		false_expect(&manager, PNPN_EVENT_DISCONNECTED);
		assert_int_equal(pnpn_connection_get_error(manager.connection), -ENOTCONN);
		assert_int_equal(false_register(&manager), -ENOTCONN);
		false_manager_deinit(&manager);
	}
}

/* --- order ---------------------------------------------------------------------------------------- */

static void detach(struct false_manager *manager, uint64_t device, uint64_t position, int removed)
{
	false_signal(manager, "Detached", "uttsb", 1u, device, position, FALSE_ID, removed);
}

static void change(struct false_manager *manager, const char *name, int there)
{
	false_signal(manager, "InterfaceChanged", "uttsssbs", 1u, (uint64_t)7, UINT64_MAX - 7,
		     FALSE_ID, name, GUID_TEXT, there, "a name that no port has, and no volume");
}

/* To whom it may concern: nobody of that number is registered. */
static void say_to_a_stranger(struct false_manager *manager)
{
	const struct false_ring *ring = &manager->ring;

	false_signal(manager, "Attached", "utsbhhhh", 99u, (uint64_t)7, FALSE_ID, 0, ring->ring,
		     ring->wake, ring->kick, ring->page);
	false_signal(manager, "Detached", "uttsb", 99u, (uint64_t)7, (uint64_t)0, FALSE_ID, 1);
	false_signal(manager, "Missed", "uts", 99u, (uint64_t)7, FALSE_ID);
	false_signal(manager, "Elsewhere", "s", "x");
}

/* Twice, of a device that was there, of one that never was, at places beyond the ring. */
static void say_out_of_order(struct false_manager *manager)
{
	detach(manager, 7, 0, 0);
	detach(manager, 8, UINT64_MAX, 0);
	false_attach(manager, 7);
	false_attach(manager, 7);
	change(manager, "\\\\?\\x", 0);
	change(manager, "\\\\?\\x", 1);
	change(manager, "\\\\?\\x", 1);
	false_signal(manager, "DeviceChanged", "uttsb", 1u, (uint64_t)7, (uint64_t)3, FALSE_ID, 0);
	detach(manager, 7, 1ull << 62, 0);
	detach(manager, 7, 5, 1);
	detach(manager, 7, UINT64_MAX, 1);
	false_signal(manager, "Missed", "uts", 1u, (uint64_t)7, FALSE_ID);
	detach(manager, 0, 0, 1);
}

static int say_and_answer(struct false_manager *manager, sd_bus_message *call)
{
	void (*const *say)(struct false_manager *) = manager->how;

	if (sd_bus_message_is_method_call(call, NULL, "Report"))
		(*say)(manager);
	return 0;
}

/* Whatever is told of it comes to an end, and the connection goes on. */
static void d8_an_order_that_can_not_be(void **state)
{
	static void (*const says[])(struct false_manager *) = {say_to_a_stranger, say_out_of_order};

	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		struct false_manager manager;
		const struct pnpn_event *event;
		unsigned int told = 0;
		false_manager_init(&manager, say_and_answer);
		manager.how = &says[i];
		assert_int_equal(false_manager_connect(&manager), 0);
		assert_int_equal(pnpn_register_all(manager.connection, 0, NULL, NULL), 0);
		for (int times = 0; times < 3; times++) {
			assert_int_equal(ask(&manager), 0);
			false_report(&manager, 1);
			while (pnpn_next_event(manager.connection, &event) > 0)
				assert_true(told++ < 200);
		}
		assert_true(says[i] == say_out_of_order ? told > 0 : told == 0);
		assert_int_equal(pnpn_connection_get_error(manager.connection), 0);
		false_manager_deinit(&manager);
	}
}

/* D8: the end stays where it was told first; what its owner goes on writing is nothing. */
static void end_twice(struct false_manager *manager)
{
	false_attach(manager, 7);
	false_report(manager, 1);
	uint64_t end = manager->header->head;
	false_report(manager, 2);
	detach(manager, 7, end, 0);
	false_signal(manager, "Missed", "uts", 1u, (uint64_t)7, FALSE_ID);
	detach(manager, 7, UINT64_MAX, 1);
}

static void d8_an_end_is_told_once(void **state)
{
	void (*const say)(struct false_manager *) = end_twice;
	struct false_manager manager;
	size_t size;

	false_manager_init(&manager, say_and_answer);
	manager.how = &say;
	assert_int_equal(false_manager_connect(&manager), 0);
	assert_int_equal(pnpn_register_all(manager.connection, 0, NULL, NULL), 0);
	assert_int_equal(ask(&manager), 0);
	/* The loss stands before all that is in the ring. */
	const struct pnpn_event *event = wait_for_event(manager.connection);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_LOST);
	assert_int_equal(pnpn_event_get_lost(event), 1);
	event = wait_for_event(manager.connection);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_int_equal(*(const uint64_t *)pnpn_event_get_data(event, &size), 1);
	false_expect(&manager, PNPN_EVENT_DEVICE_REMOVED);
	assert_int_equal(pnpn_next_event(manager.connection, &event), 0);
	false_manager_deinit(&manager);
}

/* D8: nor does it move when the manager goes. */
static void end_and_go(struct false_manager *manager)
{
	false_attach(manager, 7);
	false_report(manager, 1);
	uint64_t end = manager->header->head;
	false_report(manager, 2);
	detach(manager, 7, end, 0);
	sd_bus_flush(manager->bus);
	sd_bus_close(manager->bus);
}

static void d8_an_end_is_none_later_when_the_manager_goes(void **state)
{
	void (*const say)(struct false_manager *) = end_and_go;
	struct false_manager manager;
	size_t size;

	false_manager_init(&manager, say_when_asked);
	manager.how = &say;
	assert_int_equal(false_manager_connect(&manager), 0);
	assert_int_equal(pnpn_register_all(manager.connection, 0, NULL, NULL), 0);
	assert_int_equal(ask(&manager), -ENOTCONN);
	/* It notices before the events are taken. */
	assert_true(pnpn_dispatch(manager.connection) >= 0);
	const struct pnpn_event *event = wait_for_event(manager.connection);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_int_equal(*(const uint64_t *)pnpn_event_get_data(event, &size), 1);
	false_expect(&manager, PNPN_EVENT_DISCONNECTED);
	false_manager_deinit(&manager);
}

/* --- what an owner is asked ----------------------------------------------------------------------- */

/* A report in its name, as nobody may have it; then one as it is. */
static const struct {
	const char *what, *guid;
	uint64_t device;
	int32_t name_offset;
	size_t size;
	int r;
} reports[] = {
	{"what is asked", GUID_TEXT, 7, -1, 8, 0},
	{"another device", GUID_TEXT, 8, -1, 8, -ENODEV},
	{"no device", GUID_TEXT, 0, -1, 8, -ENODEV},
	{"no GUID", "{", 7, -1, 8, -EINVAL},
	{"an event of the system's", "cb3a4008-46f0-11d0-b08f-00609713053f", 7, -1, 8, -EACCES},
	{"a name at an odd place", GUID_TEXT, 7, 3, 8, -EINVAL},
	{"a name outside", GUID_TEXT, 7, 8, 8, -EINVAL},
	{"too much data", GUID_TEXT, 7, -1, PNPN_DATA_MAX + 1, -EINVAL},
};

static int on_reported(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	int *r = userdata;

	*r = -sd_bus_message_get_errno(answer);
	return 1;
}

/* Each is answered before the call of the test is. */
static int ask_for_reports(struct false_manager *manager, sd_bus_message *call)
{
	static char data[PNPN_DATA_MAX + 1];
	static int got[sizeof(reports) / sizeof(reports[0])];

	if (sd_bus_message_is_method_call(call, NULL, "CreateDevice"))
		return sd_bus_reply_method_return(call, "thhhh", (uint64_t)7, manager->ring.ring,
						  manager->ring.kick, manager->ring.kick,
						  manager->ring.kick);
	if (!sd_bus_message_is_method_call(call, NULL, "AddLink"))
		return 0;
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
		sd_bus_message *m = NULL;
		if (sd_bus_message_new_method_call(manager->bus, &m, NULL, "/org/pnpnotify/Owner1",
						   "org.pnpnotify.Owner1", "Report") < 0 ||
		    sd_bus_message_append(m, "tsi", reports[i].device, reports[i].guid,
					  reports[i].name_offset) < 0 ||
		    sd_bus_message_append_array(m, 'y', data, reports[i].size) < 0 ||
		    sd_bus_call_async(manager->bus, NULL, m, on_reported, &got[i], 0) < 0)
			abort();
		sd_bus_message_unref(m);
	}
	manager->how = got;
	return 0;
}

static void r3_r4_what_an_owner_is_asked_to_report(void **state)
{
	struct false_manager manager;
	struct pnpn_device *device;

	false_manager_init(&manager, ask_for_reports);
	assert_int_equal(false_manager_connect(&manager), 0);
	assert_int_equal(pnpn_device_new(manager.connection, FALSE_ID, &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pnpn_device_add_link(device, "\\\\.\\False"), 0);
	/* The answers are read before this one's question is. */
	assert_int_equal(pnpn_device_remove_link(device, "\\\\.\\False"), 0);
	const int *got = manager.how;
	for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (got[i] != reports[i].r)
			fail_msg("%s: %d", reports[i].what, got[i]);
	assert_int_equal(manager.header->sequence, 1);
	pnpn_device_remove(device);
	false_manager_deinit(&manager);
}

/* --- answers -------------------------------------------------------------------------------------- */

/* Pages that lead nowhere: the same one again, and one of before. */
static int answer_pages(struct false_manager *manager, sd_bus_message *call)
{
	if (sd_bus_message_is_method_call(call, NULL, "ListDevices"))
		return sd_bus_reply_method_return(call, "a(ssssbtuuuasa(ssb))t", 0, (uint64_t)1);
	if (sd_bus_message_is_method_call(call, NULL, "GetUsage"))
		return sd_bus_reply_method_return(call, "a(ustt)t", 0, (uint64_t)1);
	if (sd_bus_message_is_method_call(call, NULL, "GetStatus"))
		return sd_bus_reply_method_return(call, "a(suutttt)tu", 0, (uint64_t)1, 1u);
	return 0;
}

static void pages_without_end_are_no_list(void **state)
{
	struct false_manager manager;
	struct pnpn_device_list *devices;
	struct pnpn_usage_list *usage;
	struct pnpn_status *status;

	false_manager_init(&manager, answer_pages);
	assert_int_equal(false_manager_connect(&manager), 0);
	assert_int_equal(pnpn_list_devices(manager.connection, &devices), -EPROTO);
	assert_int_equal(pnpn_get_usage(manager.connection, &usage), -EPROTO);
	assert_int_equal(pnpn_get_status(manager.connection, &status), -EPROTO);
	false_manager_deinit(&manager);
}

/* Every call is answered with nothing, or with a text. */
static int answer_text(struct false_manager *manager, sd_bus_message *call)
{
	if (!manager->how ||
	    sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "Get"))
		return 0;
	return sd_bus_reply_method_return(call, "s", "no");
}

static void answers_that_are_none_are_refused_calls(void **state)
{
	for (int i = 0; i < 2; i++) {
		struct false_manager manager;
		struct pnpn_device *device;
		struct pnpn_device_list *devices;
		struct pnpn_usage_list *usage;
		struct pnpn_status *status;
		struct pnpn_handle *handle;
		false_manager_init(&manager, answer_text);
		manager.how = i ? "text" : NULL;
		assert_int_equal(false_manager_connect(&manager), 0);
		assert_true(pnpn_device_new(manager.connection, FALSE_ID, &device) < 0);
		assert_true(pnpn_open(manager.connection, FALSE_ID, &handle) < 0);
		assert_true(pnpn_list_devices(manager.connection, &devices) < 0);
		assert_true(pnpn_get_usage(manager.connection, &usage) < 0);
		assert_true(pnpn_get_status(manager.connection, &status) < 0);
		assert_int_equal(pnpn_connection_get_error(manager.connection), 0);
		false_manager_deinit(&manager);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r11_words_that_are_none_end_the_connection),
		cmocka_unit_test(d8_an_order_that_can_not_be),
		cmocka_unit_test(d8_an_end_is_told_once),
		cmocka_unit_test(d8_an_end_is_none_later_when_the_manager_goes),
		cmocka_unit_test(r3_r4_what_an_owner_is_asked_to_report),
		cmocka_unit_test(pages_without_end_are_no_list),
		cmocka_unit_test(answers_that_are_none_are_refused_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
