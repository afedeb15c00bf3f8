/* SPDX-License-Identifier: MIT */
/* Connections that outlast the manager: U11, with D3, D8, R12, R14, R15 over its restarts. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "native-fixture.h"

#define ID   "ROOT\\LASTING\\0000"
#define LINK "\\\\.\\Lasting"

struct fixture {
	char folder[64];
	char address[128];
	struct pnpn_manager *manager;
	struct pnpn_connection *driver;
	struct pnpn_connection *application;
};

static void start(struct fixture *f)
{
	assert_int_equal(pnpn_manager_start(&f->manager, f->address, 0), 0);
}

static void stop(struct fixture *f)
{
	f->manager = pnpn_manager_stop(f->manager);
}

static int setup_alone(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->folder, "/tmp/pnpn-lasting-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->address, sizeof(f->address), "unix:path=%s/socket", f->folder);
	*state = f;
	return 0;
}

static int setup(void **state)
{
	setup_alone(state);
	struct fixture *f = *state;
	start(f);
	assert_int_equal(pnpn_connect_lasting(&f->driver, f->address), 0);
	assert_int_equal(pnpn_connect_lasting(&f->application, f->address), 0);
	assert_int_equal(pnpn_connection_get_error(f->application), 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	stop(f);
	rmdir(f->folder);
	free(f);
	return 0;
}

/* The driver hears that the manager went and is back, and brings its devices back. */
static void expect_back(struct pnpn_connection *connection)
{
	native_expect(connection, PNPN_EVENT_DISCONNECTED, "");
	native_expect(connection, PNPN_EVENT_CONNECTED, "");
}

static void restart(struct fixture *f)
{
	stop(f);
	start(f);
	expect_back(f->driver);
}

/* The same, and one device of the driver's is back. */
static void restart_with(struct fixture *f, const char *id)
{
	restart(f);
	assert_null(pnpn_event_get_registration(native_expect(f->driver, PNPN_EVENT_RESTORED, id)));
}

/* --- registrations -------------------------------------------------------------------------------- */

/* What went before the manager did went once. */
static void u11_what_is_gone_is_not_told_as_gone_again(void **state)
{
	struct fixture *f = *state;
	char *name;
	struct pnpn_device *device = native_device(f->driver, ID, &name);
	struct pnpn_device *other = native_device(f->driver, "ROOT\\OTHER\\0000", NULL);

	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_INTERFACES_ONLY, f, NULL),
			 0);
	assert_int_equal(pnpn_device_enable_interface(device, name, false), 0);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	stop(f);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, "ROOT\\OTHER\\0000");
	native_expect(f->application, PNPN_EVENT_DISCONNECTED, "");
	pnpn_device_remove(other);
	free(name);
}

static void u11_a_class_is_told_what_went_and_what_is_there(void **state)
{
	struct fixture *f = *state;
	char *name;
	struct pnpn_device *device = native_device(f->driver, ID, &name);

	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, f, NULL), 0);
	native_expect_nothing(f->application);
	for (int life = 0; life < 3; life++) {
		for (uint64_t i = 0; i < 100; i++)
			native_report(device, i);
		restart_with(f, ID);
		native_report(device, 100);
		for (uint64_t i = 0; i < 100; i++)
			native_expect_number(f->application, ID, i);
		const struct pnpn_event *event = native_expect(f->application,
							       PNPN_EVENT_INTERFACE_REMOVED, ID);
		assert_string_equal(pnpn_event_get_interface(event), name);
		assert_memory_equal(pnpn_event_get_guid(event), &native_class,
				    sizeof(native_class));
		assert_ptr_equal(pnpn_event_get_userdata(event), f);
		native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
		expect_back(f->application);
		event = native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
		assert_string_equal(pnpn_event_get_interface(event), name);
		assert_ptr_equal(pnpn_event_get_userdata(event), f);
		native_report(device, 101);
		/* The owner was back, and reported, before the application was. */
		native_expect_number(f->application, ID, 100);
		native_expect_number(f->application, ID, 101);
		native_expect_nothing(f->application);
	}
	free(name);
}

static void u11_registrations_made_before_the_manager(void **state)
{
	struct fixture *f = *state;
	struct pnpn_registration *ended;
	struct pnpn_device *device = NULL;
	struct pnpn_device_list *list;

	assert_int_equal(pnpn_connect_lasting(&f->application, "nonsense"), -EINVAL);
	assert_int_equal(pnpn_connect_lasting(&f->application, f->address), 0);
	assert_int_equal(pnpn_connection_get_error(f->application), -ENOENT);
	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	assert_int_equal(
		pnpn_register_all(f->application, PNPN_REGISTER_DEVICES_ONLY, NULL, &ended), 0);
	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), -ENOTCONN);
	assert_int_equal(pnpn_device_new(f->application, ID, &device), -ENOTCONN);
	assert_int_equal(pnpn_list_devices(f->application, &list), -ENOTCONN);
	assert_true(pnpn_wait(f->application, 0) >= 0); /* it may be time to look again */
	assert_null(pnpn_unregister(ended));
	start(f);
	native_expect(f->application, PNPN_EVENT_CONNECTED, "");
	assert_int_equal(pnpn_connection_get_error(f->application), 0);
	native_expect_nothing(f->application);
	assert_int_equal(pnpn_connect(&f->driver, f->address), 0);
	device = native_device(f->driver, ID, NULL);
	native_report(device, 1);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 1);
	native_expect_nothing(f->application);
}

/* A device that is waited for: before the manager, over its restarts, and after the device went. */
static void u11_a_device_that_is_waited_for(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device;

	assert_int_equal(pnpn_connect_lasting(&f->application, f->address), 0);
	assert_int_equal(pnpn_register_device(f->application, ID, PNPN_REGISTER_WAIT, NULL, NULL),
			 0);
	start(f);
	native_expect(f->application, PNPN_EVENT_CONNECTED, "");
	assert_int_equal(pnpn_connect_lasting(&f->driver, f->address), 0);
	for (uint64_t life = 0; life < 3; life++) {
		device = native_device(f->driver, ID, NULL);
		native_report(device, life);
		native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
		native_expect_number(f->application, ID, life);
		restart_with(f, ID);
		native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
		expect_back(f->application);
		native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
		pnpn_device_remove(device);
		native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
		restart(f);
		expect_back(f->application);
		native_expect_nothing(f->application);
	}
}

static void u11_a_filter_is_there_again(void **state)
{
	struct fixture *f = *state;
	struct pnpn_filter *filter;

	assert_int_equal(pnpn_filter_new(&filter), 0);
	assert_int_equal(pnpn_filter_add_class(filter, &native_class), 0);
	assert_int_equal(pnpn_register_filter(f->application, filter, 0, f, NULL), 0);
	pnpn_filter_free(filter);
	struct pnpn_device *device = native_device(f->driver, ID, NULL);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	restart_with(f, ID);
	native_report(device, 1);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	expect_back(f->application);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 1);
	native_expect_nothing(f->application);
}

/* Nobody has looked at the connection since the manager went: the call is what shows it. */
static void u11_registrations_that_find_the_manager_gone(void **state)
{
	struct fixture *f = *state;

	native_device(f->driver, ID, NULL);
	stop(f);
	assert_int_equal(pnpn_register_class(f->application, &native_class,
					     PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL),
			 0);
	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), -ENOTCONN);
	start(f);
	expect_back(f->driver);
	native_expect(f->driver, PNPN_EVENT_RESTORED, ID);
	expect_back(f->application);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
}

/* Whoever asks for a device again and again, on the way to the manager too, gets there. */
static void u11_asking_too_early_keeps_nobody_away(void **state)
{
	struct fixture *f = *state;
	int r;

	native_device(f->driver, ID, NULL);
	stop(f);
	start(f);
	expect_back(f->driver);
	native_expect(f->driver, PNPN_EVENT_RESTORED, ID);
	native_expect(f->application, PNPN_EVENT_DISCONNECTED, "");
	while ((r = pnpn_register_device(f->application, ID, 0, NULL, NULL)) == -ENOTCONN)
		assert_true(pnpn_wait(f->application, PATIENCE_MS) > 0);
	assert_int_equal(r, 0);
}

static void u11_r12_a_device_registration_follows_from_the_start(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	assert_int_equal(pnpn_device_add_link(device, LINK), 0);
	assert_int_equal(pnpn_register_device(f->application, LINK, 0, NULL, NULL), 0);
	native_report(device, 1);
	stop(f);
	native_expect_number(f->application, ID, 1);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DISCONNECTED, "");
	assert_int_equal(pnpn_connection_get_error(f->application), -ENOENT);
	start(f);
	native_expect(f->application, PNPN_EVENT_CONNECTED, "");
	native_expect_nothing(f->application); /* it waits for its device */
	expect_back(f->driver);
	native_expect(f->driver, PNPN_EVENT_RESTORED, ID);
	for (uint64_t i = 1; i <= 100; i++)
		native_report(device, i);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	for (uint64_t i = 1; i <= 100; i++)
		native_expect_number(f->application, ID, i);
	pnpn_device_remove(device);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect_nothing(f->application);
}

static void u11_d8_a_registration_whose_device_went_stays_ended(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	pnpn_device_remove(device);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	restart(f);
	native_device(f->driver, ID, NULL);
	expect_back(f->application);
	native_expect_nothing(f->application);
}

static void u11_u10_what_was_unregistered_does_not_come_back(void **state)
{
	struct fixture *f = *state;
	struct pnpn_registration *first, *second;

	native_device(f->driver, ID, NULL);
	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, &first), 0);
	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, &second), 0);
	pnpn_unregister(first);
	stop(f);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	pnpn_unregister(second);
	native_expect(f->application, PNPN_EVENT_DISCONNECTED, "");
	start(f);
	expect_back(f->driver);
	native_expect(f->driver, PNPN_EVENT_RESTORED, ID);
	native_expect(f->application, PNPN_EVENT_CONNECTED, "");
	native_expect_nothing(f->application);
}

static void u11_u12_devices_and_interfaces_alone(void **state)
{
	struct fixture *f = *state;
	char *name;

	native_device(f->driver, ID, &name);
	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_DEVICES_ONLY, NULL, NULL),
			 0);
	assert_int_equal(
		pnpn_register_all(f->application, PNPN_REGISTER_INTERFACES_ONLY, NULL, NULL), 0);
	native_expect_nothing(f->application);
	restart_with(f, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	expect_back(f->application);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_nothing(f->application);
	free(name);
}

/* Somebody has the manager's place, and says nothing, or something else: nobody waits for him. */
static void u11_r1_somebody_who_is_no_manager(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	const struct pnpn_event *event;
	int silent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	stop(f);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s", f->address + strlen("unix:path="));
	assert_int_equal(bind(silent, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(silent, 8), 0);
	native_expect(f->application, PNPN_EVENT_DISCONNECTED, "");
	for (int i = 0; i < 10; i++) {
		assert_int_equal(pnpn_dispatch(f->application), 0);
		assert_int_equal(pnpn_next_event(f->application, &event), 0);
	}
	assert_true(pnpn_connection_get_error(f->application) < 0);
	int peer = accept(silent, NULL, NULL);
	assert_true(peer >= 0);
	assert_true(write(peer, "REJECTED\r\nERROR\r\n", 17) > 0);
	close(peer);
	close(silent);
	unlink(name.sun_path);
	start(f);
	native_expect(f->application, PNPN_EVENT_CONNECTED, "");
}

/* --- devices -------------------------------------------------------------------------------------- */

static uint32_t count_handles(struct fixture *f)
{
	struct pnpn_device_list *list;
	uint32_t handles = 0;

	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	for (size_t i = 0; i < pnpn_device_list_get_size(list); i++)
		handles += pnpn_device_info_get_handles(pnpn_device_list_get(list, i));
	pnpn_device_list_free(list);
	return handles;
}

static void u11_d4_a_device_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device, *asleep;
	struct pnpn_handle *handle = NULL;
	char *enabled, *disabled;

	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\ASLEEP\\0000", &asleep), 0);
	device = native_device(f->driver, ID, &enabled);
	assert_int_equal(pnpn_device_add_interface(device, &native_class, "off", &disabled), 0);
	assert_int_equal(pnpn_device_add_link(device, LINK), 0);
	assert_int_equal(pnpn_device_add_link(device, "\\\\.\\Gone"), 0);
	assert_int_equal(pnpn_device_add_link(device, "\\\\.\\Late"), 0);
	assert_int_equal(pnpn_device_remove_link(device, "\\\\.\\gone"), 0);
	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	stop(f);
	native_expect(f->driver, PNPN_EVENT_DISCONNECTED, "");
	assert_int_equal(pnpn_device_report(device, &native_event, NULL, 0, -1), -ENODEV);
	assert_int_equal(pnpn_device_add_link(device, "\\\\.\\Now"), -ENOTCONN);
	assert_int_equal(pnpn_device_remove_link(device, "\\\\.\\Late"), 0);
	assert_int_equal(pnpn_device_remove_link(device, "\\\\.\\Late"), -ENOENT);
	assert_int_equal(pnpn_device_start(asleep), -ENOTCONN);
	start(f);
	native_expect(f->driver, PNPN_EVENT_CONNECTED, "");
	native_expect(f->driver, PNPN_EVENT_RESTORED, "ROOT\\ASLEEP\\0000");
	native_expect(f->driver, PNPN_EVENT_RESTORED, ID);
	native_report(device, 1);
	expect_back(f->application);
	/* One of the manager that went is closed: the new ones, whatever their numbers, stay open. */
	struct pnpn_handle *open[8];
	for (int i = 0; i < 8; i++)
		assert_int_equal(pnpn_open(f->application, LINK, &open[i]), 0);
	pnpn_close(handle);
	assert_int_equal(count_handles(f), 8);
	for (int i = 0; i < 8; i++)
		pnpn_close(open[i]);
	assert_int_equal(pnpn_open(f->application, disabled, &handle), -ENOENT);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\Gone", &handle), -ENOENT);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\Late", &handle), -ENOENT);
	assert_int_equal(pnpn_open(f->application, "ROOT\\ASLEEP\\0000", &handle), -ENOENT);
	assert_int_equal(pnpn_device_enable_interface(device, disabled, true), 0);
	assert_int_equal(pnpn_device_start(asleep), 0);
	assert_int_equal(pnpn_open(f->application, disabled, &handle), 0);
	pnpn_close(handle);
	free(enabled);
	free(disabled);
}

static void u11_a_device_that_was_removed_meanwhile_stays_away(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *device = native_device(f->driver, ID, NULL);
	struct pnpn_device_list *list;

	stop(f);
	native_expect(f->driver, PNPN_EVENT_DISCONNECTED, "");
	assert_null(pnpn_device_remove(device));
	device = NULL;
	start(f);
	native_expect(f->driver, PNPN_EVENT_CONNECTED, "");
	assert_int_equal(pnpn_list_devices(f->driver, &list), 0);
	assert_int_equal(pnpn_device_list_get_size(list), 0);
	pnpn_device_list_free(list);
	/* And one that goes while the manager is being asked for it. */
	device = native_device(f->driver, ID, NULL);
	restart(f);
	pnpn_device_remove(device);
	assert_int_equal(pnpn_list_devices(f->driver, &list), 0);
	assert_int_equal(pnpn_device_list_get_size(list), 0);
	pnpn_device_list_free(list);
}

static void u11_an_id_that_somebody_else_took_comes_back_after_him(void **state)
{
	struct fixture *f = *state;
	struct pnpn_connection *thief;
	struct pnpn_device *stolen, *device = native_device(f->driver, ID, NULL);

	stop(f);
	native_expect(f->driver, PNPN_EVENT_DISCONNECTED, "");
	start(f);
	assert_int_equal(pnpn_connect(&thief, f->address), 0);
	assert_int_equal(pnpn_device_new(thief, ID, &stolen), 0);
	native_expect(f->driver, PNPN_EVENT_CONNECTED, "");
	struct pnpn_device_list *list;
	assert_int_equal(pnpn_list_devices(f->driver, &list), 0); /* after the answer to it */
	pnpn_device_list_free(list);
	assert_int_equal(pnpn_device_report(device, &native_event, NULL, 0, -1), -ENODEV);
	pnpn_disconnect(thief);
	native_expect(f->driver, PNPN_EVENT_RESTORED, ID);
	native_report(device, 1);
}

struct reporter {
	struct pnpn_device *device;
	bool stop;
};

static void *report_on(void *argument)
{
	struct reporter *reporter = argument;

	while (!__atomic_load_n(&reporter->stop, __ATOMIC_RELAXED)) {
		int r = pnpn_device_report(reporter->device, &native_event, "x", 1, -1);
		assert_true(r == 0 || r == -ENODEV);
		(void)pnpn_device_get_handled(reporter->device);
	}
	return NULL;
}

static int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* With a thread that reports on and on, many restarts; nothing is left over. */
static void u11_r1_reports_while_the_manager_restarts(void **state)
{
	struct fixture *f = *state;
	struct reporter reporter = {.device = native_device(f->driver, ID, NULL)};
	pthread_t thread;
	int descriptors = 0;

	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, report_on, &reporter), 0);
	for (int life = 0; life < 30; life++) {
		uint64_t last = 0;
		restart_with(f, ID);
		while (pnpn_event_get_kind(wait_for_event(f->application)) !=
		       PNPN_EVENT_INTERFACE_ARRIVED)
			;
		for (int i = 0; i < 100; i++) {
			const struct pnpn_event *event = native_expect(f->application,
								       PNPN_EVENT_CUSTOM, ID);
			uint64_t sequence = pnpn_event_get_sequence(event);
			if (last)
				assert_int_equal(sequence, last + pnpn_event_get_lost(event) + 1);
			last = sequence;
		}
		if (life == 1)
			descriptors = count_descriptors();
	}
	/* Not one for each of the restarts; some may be under way in the manager. */
	assert_in_range(count_descriptors(), descriptors - 10, descriptors + 10);
	__atomic_store_n(&reporter.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

#define TEST(test)  cmocka_unit_test_setup_teardown(test, setup, teardown)
#define ALONE(test) cmocka_unit_test_setup_teardown(test, setup_alone, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u11_what_is_gone_is_not_told_as_gone_again),
		TEST(u11_a_class_is_told_what_went_and_what_is_there),
		ALONE(u11_registrations_made_before_the_manager),
		ALONE(u11_a_device_that_is_waited_for),
		TEST(u11_a_filter_is_there_again),
		TEST(u11_registrations_that_find_the_manager_gone),
		TEST(u11_asking_too_early_keeps_nobody_away),
		TEST(u11_r12_a_device_registration_follows_from_the_start),
		TEST(u11_d8_a_registration_whose_device_went_stays_ended),
		TEST(u11_u10_what_was_unregistered_does_not_come_back),
		TEST(u11_u12_devices_and_interfaces_alone),
		TEST(u11_r1_somebody_who_is_no_manager),
		TEST(u11_d4_a_device_comes_back_as_it_was),
		TEST(u11_a_device_that_was_removed_meanwhile_stays_away),
		TEST(u11_an_id_that_somebody_else_took_comes_back_after_him),
		TEST(u11_r1_reports_while_the_manager_restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
