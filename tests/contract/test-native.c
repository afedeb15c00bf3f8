/* SPDX-License-Identifier: MIT */
/* The native API, both sides in one process, with a manager inside: R1, R3-R6, R11-R13, R15, D3, D4, D8. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "../support/waiting.h"

/* tests/kernel runs these tests once more, with devices of a kernel module. */
#ifndef PNPN_TEST_SOURCE
#define PNPN_TEST_SOURCE "driver"
#endif

#define LINK "\\\\.\\Native"

static const struct pnpn_guid guid = {0x51a0c8b2, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class = {0x51a0c8b3, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid other_class = {0x51a0c8b4, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}};

struct fixture {
	struct pnpn_manager *manager;
	struct pnpn_connection *driver;
	struct pnpn_connection *application;
	struct pnpn_device *device;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_int_equal(pnpn_manager_start(&f->manager, NULL, false), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->driver), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->application), 0);
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\NATIVE\\0000", &f->device), 0);
	assert_int_equal(pnpn_device_add_link(f->device, LINK), 0);
	*state = f;
	return 0;
}

static int setup_started(void **state)
{
	setup(state);
	return pnpn_device_start(((struct fixture *)*state)->device);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_device_remove(f->device);
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	pnpn_manager_stop(f->manager);
	free(f);
	return 0;
}

static void expect_nothing(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	assert_int_equal(pnpn_dispatch(connection), 0);
	assert_int_equal(pnpn_next_event(connection, &event), 0);
}

static void report_number(struct pnpn_device *device, uint64_t number)
{
	assert_int_equal(
		pnpn_device_report(device, &guid, &number, sizeof(number), PNPN_NAME_OFFSET_NONE),
		0);
}

static void expect_number(struct pnpn_connection *connection, uint64_t number)
{
	const struct pnpn_event *event = wait_for_event(connection);
	size_t size;

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_memory_equal(pnpn_event_get_data(event, &size), &number, sizeof(number));
	assert_int_equal(size, sizeof(number));
}

static void r1_the_report_is_copied(void **state)
{
	struct fixture *f = *state;
	char data[32];

	assert_int_equal(pnpn_register_device(f->application, LINK, 0, f, NULL), 0);
	memset(data, 'a', sizeof(data));
	assert_int_equal(pnpn_device_report(f->device, &guid, data, sizeof(data), 2), 0);
	memset(data, 'b', sizeof(data));
	const struct pnpn_event *event = wait_for_event(f->application);
	size_t size;
	const char *got = pnpn_event_get_data(event, &size);
	assert_int_equal(size, sizeof(data));
	for (size_t i = 0; i < size; i++)
		assert_int_equal(got[i], 'a');
	assert_int_equal(pnpn_event_get_name_offset(event), 2);
	assert_ptr_equal(pnpn_event_get_userdata(event), f);
	assert_string_equal(pnpn_event_get_device(event), "ROOT\\NATIVE\\0000");
	assert_memory_equal(pnpn_event_get_guid(event), &guid, sizeof(guid));
	assert_int_equal(pnpn_event_get_sequence(event), 1);
	assert_true(pnpn_event_get_time(event) > 0);
}

static void r3_r4_a_refused_report_sends_nothing(void **state)
{
	struct fixture *f = *state;
	struct pnpn_guid system_event;
	char data[8] = {0};

	pnpn_guid_from_string("cb3a4008-46f0-11d0-b08f-00609713053f", &system_event);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_device_report(f->device, &system_event, NULL, 0, -1), -EPERM);
	assert_int_equal(pnpn_device_report(f->device, NULL, data, 8, -1), -EINVAL);
	assert_int_equal(pnpn_device_report(f->device, &guid, NULL, 8, -1), -EINVAL);
	assert_int_equal(pnpn_device_report(f->device, &guid, data, 8, 3), -EINVAL);
	assert_int_equal(pnpn_device_report(f->device, &guid, data, 8, 8), -EINVAL);
	assert_int_equal(pnpn_device_report(f->device, &guid, data, 65500, -1), -EINVAL);
	assert_int_equal(pnpn_device_report_text(f->device, &guid, NULL, 0, "\xff"), -EILSEQ);
	report_number(f->device, 7);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_sequence(event), 1);
	expect_nothing(f->application);
}

static void r5_every_size_arrives_as_it_was(void **state)
{
	struct fixture *f = *state;
	static const size_t sizes[] = {0, 1, 7, 8, 9, 4096, 65498, 65499};
	char *data = malloc(65499);

	memset(data, 'x', 65499);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size;
		assert_int_equal(pnpn_device_report(f->device, &guid, data, sizes[i], -1), 0);
		const struct pnpn_event *event = wait_for_event(f->application);
		assert_memory_equal(pnpn_event_get_data(event, &size), data, sizes[i]);
		assert_int_equal(size, sizes[i]);
	}
	free(data);
}

static void r6_only_a_started_device_reports(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_device_report(f->device, &guid, NULL, 0, -1), -ENODEV);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_device_start(f->device), -EALREADY);
	assert_int_equal(pnpn_device_report(f->device, &guid, NULL, 0, -1), 0);
}

static void text_goes_along(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_device_report_text(f->device, &guid, "abc", 3, "gr\xc3\xbc\xc3\x9f"),
			 0);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_name_offset(event), 4);
	assert_string_equal(pnpn_event_get_text(event), "gr\xc3\xbc\xc3\x9f");
	report_number(f->device, 1);
	assert_null(pnpn_event_get_text(wait_for_event(f->application)));
}

static void r12_events_before_the_registration_are_not_told(void **state)
{
	struct fixture *f = *state;

	report_number(f->device, 1);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	expect_nothing(f->application);
	report_number(f->device, 2);
	expect_number(f->application, 2);
}

static void r12_a_registrant_may_ask_for_the_past(void **state)
{
	struct fixture *f = *state;

	for (uint64_t i = 1; i <= 100; i++)
		report_number(f->device, i);
	assert_int_equal(
		pnpn_register_device(f->application, LINK, PNPN_REGISTER_HISTORY, NULL, NULL), 0);
	report_number(f->device, 101);
	for (uint64_t i = 1; i <= 101; i++)
		expect_number(f->application, i);
}

struct reporter {
	struct pnpn_device *device;
	uint64_t done;
	bool stop;
};

static void *report_until_stopped(void *argument)
{
	struct reporter *reporter = argument;

	for (uint64_t i = 1; !__atomic_load_n(&reporter->stop, __ATOMIC_RELAXED); i++) {
		report_number(reporter->device, i);
		__atomic_store_n(&reporter->done, i, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void r12_exactly_what_is_accepted_after_the_call_returned(void **state)
{
	struct fixture *f = *state;
	struct reporter reporter = {.device = f->device};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, report_until_stopped, &reporter), 0);
	for (int i = 0; i < 50; i++) {
		struct pnpn_registration *registration;
		uint64_t before = __atomic_load_n(&reporter.done, __ATOMIC_SEQ_CST);
		assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, &registration),
				 0);
		uint64_t after = __atomic_load_n(&reporter.done, __ATOMIC_SEQ_CST);
		const struct pnpn_event *event = wait_for_event(f->application);
		assert_true(pnpn_event_get_sequence(event) > before);
		/* One more may have been accepted of which the reporter had not said so yet. */
		assert_true(pnpn_event_get_sequence(event) <= after + 2);
		pnpn_unregister(registration);
		expect_nothing(f->application);
	}
	__atomic_store_n(&reporter.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static void r11_one_order_for_all_registrants(void **state)
{
	struct fixture *f = *state;
	struct reporter reporter = {.device = f->device};
	struct pnpn_connection *others[2];
	pthread_t thread;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(pnpn_manager_connect(f->manager, &others[i]), 0);
		assert_int_equal(pnpn_register_device(others[i], LINK, 0, NULL, NULL), 0);
	}
	assert_int_equal(pthread_create(&thread, NULL, report_until_stopped, &reporter), 0);
	for (uint64_t i = 1; i <= 5000; i++) {
		expect_number(others[0], i);
		expect_number(others[1], i);
	}
	__atomic_store_n(&reporter.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	for (int i = 0; i < 2; i++)
		pnpn_disconnect(others[i]);
}

static void a_class_is_followed_from_each_device_s_first_event_on(void **state)
{
	struct fixture *f = *state;
	char *name, *again;

	assert_int_equal(pnpn_register_class(f->application, &class, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_device_add_interface(f->device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_device_add_interface(f->device, &class, "", &again), 1);
	assert_string_equal(name, again);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, false), -ENOENT);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, true), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, true), -EEXIST);
	expect_nothing(f->application); /* D3: not before the device started */
	assert_int_equal(pnpn_device_start(f->device), 0);
	report_number(f->device, 1);

	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_INTERFACE_ARRIVED);
	assert_string_equal(pnpn_event_get_interface(event), name);
	assert_memory_equal(pnpn_event_get_guid(event), &class, sizeof(class));
	expect_number(f->application, 1);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, false), 0);
	event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_INTERFACE_REMOVED);
	assert_string_equal(pnpn_event_get_interface(event), name);
	free(name);
	free(again);
}

static void another_class_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char *name;

	assert_int_equal(pnpn_register_class(f->application, &other_class, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_device_add_interface(f->device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, true), 0);
	report_number(f->device, 1);
	expect_nothing(f->application);
	free(name);
}

static void d8_everything_then_the_removal(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	for (uint64_t i = 1; i <= 1000; i++)
		report_number(f->device, i);
	f->device = pnpn_device_remove(f->device);
	for (uint64_t i = 1; i <= 1000; i++)
		expect_number(f->application, i);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	assert_string_equal(pnpn_event_get_device(event), "ROOT\\NATIVE\\0000");
	size_t size;
	pnpn_event_get_data(event, &size);
	assert_int_equal(size, 0);
	assert_int_equal(pnpn_event_get_name_offset(event), -1);
	expect_nothing(f->application);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), -ENOENT);
}

static void d5_d8_events_then_the_interface_then_the_device(void **state)
{
	struct fixture *f = *state;
	char *name;

	assert_int_equal(pnpn_device_add_interface(f->device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, true), 0);
	assert_int_equal(pnpn_register_class(f->application, &class, 0, NULL, NULL), 0);
	for (uint64_t i = 1; i <= 100; i++)
		report_number(f->device, i);
	f->device = pnpn_device_remove(f->device);
	for (uint64_t i = 1; i <= 100; i++)
		expect_number(f->application, i);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_INTERFACE_REMOVED);
	assert_string_equal(pnpn_event_get_interface(event), name);
	event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	expect_nothing(f->application);
	free(name);
}

static void d4_opening(void **state)
{
	struct fixture *f = *state;
	struct pnpn_handle *handle = NULL;
	char *name;

	assert_int_equal(pnpn_device_add_interface(f->device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_open(f->application, LINK, &handle), -ENOENT);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_open(f->application, name, &handle), -ENOENT);
	assert_null(handle);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, true), 0);
	assert_int_equal(pnpn_open(f->application, name, &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), "ROOT\\NATIVE\\0000");
	pnpn_close(handle);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\nATIVE", &handle), 0);
	pnpn_close(handle);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\Nothing", &handle), -ENOENT);
	free(name);
}

static void u10_nothing_after_unregister(void **state)
{
	struct fixture *f = *state;
	struct pnpn_registration *first, *second;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_register_device(f->application, LINK, 0, "first", &first), 0);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, "second", &second), 0);
	report_number(f->device, 1);
	report_number(f->device, 2);
	event = wait_for_event(f->application);
	/* Ended while one of its events is in hand, and another one waits. */
	struct pnpn_registration *mine = pnpn_event_get_registration(event);
	struct pnpn_registration *other = mine == first ? second : first;
	pnpn_unregister(mine);
	assert_string_equal(pnpn_event_get_device(event), "ROOT\\NATIVE\\0000");
	for (int i = 0; i < 2; i++)
		assert_ptr_equal(pnpn_event_get_registration(wait_for_event(f->application)),
				 other);
	expect_nothing(f->application);
}

static void by_hand_on_nothing(void **state)
{
	struct fixture *f = *state;
	struct pollfd poll_fd = {.fd = pnpn_get_fd(f->driver), .events = POLLIN};

	assert_int_equal(pnpn_report_by_hand(f->application, "\\\\.\\Nothing", &guid, "x", 1, -1),
			 -ENOENT);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
}

static void *dispatch_driver(void *argument)
{
	struct fixture *f = argument;

	/* Until the manager has asked for the event and nothing more comes. */
	assert_true(pnpn_wait(f->driver, PATIENCE_MS) > 0);
	return NULL;
}

static void by_hand_the_owner_reports(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, dispatch_driver, f), 0);
	assert_int_equal(pnpn_report_by_hand(f->application, LINK, &guid, "hello", 5, -1), 0);
	pthread_join(thread, NULL);
	size_t size;
	assert_memory_equal(pnpn_event_get_data(wait_for_event(f->application), &size), "hello", 5);
	assert_int_equal(size, 5);
}

static void names_and_ids_that_are_none(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device = NULL;

	assert_int_equal(pnpn_device_new(f->driver, "nonsense", &device), -EINVAL);
	assert_int_equal(pnpn_device_new(f->driver, "root\\native\\0000", &device), -EEXIST);
	assert_null(device);
	assert_int_equal(pnpn_device_add_link(f->device, "Native"), -EINVAL);
	assert_int_equal(pnpn_device_add_link(f->device, "\\\\.\\native"), -EEXIST);
	assert_int_equal(pnpn_register_device(f->application, NULL, 0, NULL, NULL), -EINVAL);
	assert_int_equal(pnpn_register_device(f->application, LINK, 1 << 20, NULL, NULL), -EINVAL);
	assert_int_equal(pnpn_register_device(f->application, "\\\\.\\Nothing", 0, NULL, NULL),
			 -ENOENT);
}

static void r2_handled_grows_when_kernel_mode_took_it(void **state)
{
	struct fixture *f = *state;
	uint64_t position;
	struct pollfd poll_fd = {.fd = pnpn_device_get_handled_fd(f->device), .events = POLLIN};

	assert_int_equal(pnpn_device_get_handled(f->device), UINT64_MAX);
	assert_int_equal(
		pnpn_register_device(f->application, LINK, PNPN_REGISTER_KERNEL_MODE, NULL, NULL),
		0);
	assert_int_equal(pnpn_device_report_tracked(f->device, &guid, NULL, 0, -1, &position), 0);
	assert_true(pnpn_device_get_handled(f->device) < position);
	wait_for_event(f->application);
	assert_true(pnpn_device_get_handled(f->device) < position);
	expect_nothing(f->application); /* says that the last one was handled */
	while (pnpn_device_get_handled(f->device) < position) {
		eventfd_t count;
		assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
		assert_int_equal(eventfd_read(poll_fd.fd, &count), 0);
	}
}

static void *connect_and_follow(void *argument)
{
	struct fixture *f = argument;
	struct pnpn_connection *connection;

	assert_int_equal(pnpn_manager_connect(f->manager, &connection), 0);
	for (int i = 0; i < 20; i++) {
		struct pnpn_registration *registration;
		assert_int_equal(pnpn_register_device(connection, LINK, 0, NULL, &registration), 0);
		wait_for_event(connection);
		pnpn_unregister(registration);
	}
	pnpn_disconnect(connection);
	return NULL;
}

static void several_connections_and_threads(void **state)
{
	struct fixture *f = *state;
	struct reporter reporter = {.device = f->device};
	pthread_t reporting, following[4];

	assert_int_equal(pthread_create(&reporting, NULL, report_until_stopped, &reporter), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&following[i], NULL, connect_and_follow, f), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(following[i], NULL);
	__atomic_store_n(&reporter.stop, true, __ATOMIC_RELAXED);
	pthread_join(reporting, NULL);
}

static void what_is_there(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device_list *list;
	char *name;
	struct pnpn_guid interface_class;
	bool enabled;

	assert_int_equal(pnpn_device_add_interface(f->device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, name, true), 0);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	assert_int_equal(pnpn_device_list_get_size(list), 1);
	const struct pnpn_device_info *info = pnpn_device_list_get(list, 0);
	assert_string_equal(pnpn_device_info_get_id(info), "ROOT\\NATIVE\\0000");
	assert_string_equal(pnpn_device_info_get_source(info), PNPN_TEST_SOURCE);
	assert_true(pnpn_device_info_is_started(info));
	assert_int_equal(pnpn_device_info_get_registrants(info), 1);
	assert_string_equal(pnpn_device_info_get_link(info, 0), LINK);
	assert_null(pnpn_device_info_get_link(info, 1));
	assert_string_equal(pnpn_device_info_get_interface(info, 0, &interface_class, &enabled),
			    name);
	assert_true(enabled);
	assert_memory_equal(&interface_class, &class, sizeof(class));
	assert_null(pnpn_device_list_get(list, 1));
	pnpn_device_list_free(list);
	free(name);
}

#define STARTED(test)	  cmocka_unit_test_setup_teardown(test, setup_started, teardown)
#define NOT_STARTED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STARTED(r1_the_report_is_copied),
		STARTED(r3_r4_a_refused_report_sends_nothing),
		STARTED(r5_every_size_arrives_as_it_was),
		NOT_STARTED(r6_only_a_started_device_reports),
		STARTED(text_goes_along),
		STARTED(r12_events_before_the_registration_are_not_told),
		STARTED(r12_a_registrant_may_ask_for_the_past),
		STARTED(r12_exactly_what_is_accepted_after_the_call_returned),
		STARTED(r11_one_order_for_all_registrants),
		NOT_STARTED(a_class_is_followed_from_each_device_s_first_event_on),
		STARTED(another_class_is_left_alone),
		STARTED(d8_everything_then_the_removal),
		STARTED(d5_d8_events_then_the_interface_then_the_device),
		NOT_STARTED(d4_opening),
		STARTED(u10_nothing_after_unregister),
		STARTED(by_hand_on_nothing),
		STARTED(names_and_ids_that_are_none),
#ifndef PNPN_TEST_KERNEL_DEVICES
		STARTED(by_hand_the_owner_reports),
		STARTED(r2_handled_grows_when_kernel_mode_took_it),
#endif
		STARTED(several_connections_and_threads),
		STARTED(what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
