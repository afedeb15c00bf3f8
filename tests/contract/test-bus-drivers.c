/* SPDX-License-Identifier: MIT */
/* Devices that a bus driver has (IRP_MN_QUERY_DEVICE_RELATIONS): how they come and go. D3, D5, D7, R6, U17, E1, V1. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "bus-driver.h"
#include "wdm/host.h"

static PFILE_OBJECT held; /* keeps the reporter, so that bus_settle() has a device to name */

static int setup(void **state)
{
	wdm_setup(state);
	struct wdm_fixture *f = *state;
	held = reporter_open();
	bus_add();
	bus_settle();
	assert_int_equal(pnpn_event_get_kind(application_next(f)), PNPN_EVENT_DEVICE_REMOVED);
	assert_int_equal(pnpn_register_class(f->application, (const struct pnpn_guid *)&card_guid,
					     0, NULL, NULL),
			 0);
	return 0;
}

static int teardown(void **state)
{
	ObDereferenceObject(held);
	return wdm_teardown(state);
}

static void expect(struct wdm_fixture *f, enum pnpn_event_kind kind, const char *device)
{
	const struct pnpn_event *event = application_next(f);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_device(event), device);
}

static void expect_gone(struct wdm_fixture *f, const char *device)
{
	expect(f, PNPN_EVENT_INTERFACE_REMOVED, device);
	expect(f, PNPN_EVENT_DEVICE_REMOVED, device);
}

static NTSTATUS report_on(PDEVICE_OBJECT pdo, const char *data)
{
	union notification notification;

	notification_fill(&notification, data, strlen(data));
	return IoReportTargetDeviceChangeAsynchronous(pdo, &notification, NULL, NULL);
}

/* D3: what comes on a bus is a device as others are: told, registered for, reported on. */
static void test_d3_r6_a_device_comes_on_a_bus(void **state)
{
	struct wdm_fixture *f = *state;

	card_add();
	bus_plug(1);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	assert_int_equal(report_on(bus_test.pdos[1], "here"), STATUS_SUCCESS);
	expect(f, PNPN_EVENT_CUSTOM, CARD_ID("1"));
	bus_plug(3);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("3"));
	application_expect_nothing(f);
}

/* U17: it is known for what its bus driver says of it. */
static void test_u17_what_its_bus_says_of_it_is_known(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_properties *known;

	card_add();
	bus_plug(1);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	assert_int_equal(pnpn_get_properties(f->application, CARD_ID("1"), &known), 0);
	assert_string_equal(pnpn_properties_get(known, "description", 0), "A card");
	assert_string_equal(pnpn_properties_get(known, "hardware-id", 0), "TestBus\\Card2000");
	assert_string_equal(pnpn_properties_get(known, "hardware-id", 1), "TestBus\\Card");
	assert_string_equal(pnpn_properties_get(known, "compatible-id", 0), "TestBus\\Anything");
	pnpn_properties_free(known);
	WCHAR ids[64];
	ULONG bytes;
	assert_int_equal(IoGetDeviceProperty(bus_test.pdos[1], DevicePropertyHardwareID,
					     sizeof(ids), ids, &bytes),
			 STATUS_SUCCESS);
	assert_memory_equal(ids, L"TestBus\\Card2000\0TestBus\\Card\0", bytes);
	assert_int_equal(bytes, sizeof(L"TestBus\\Card2000\0TestBus\\Card\0"));
}

/* D7: what its bus names no more went by itself; the others stay. */
static void test_d7_what_a_bus_names_no_more_is_gone(void **state)
{
	struct wdm_fixture *f = *state;

	card_add();
	bus_plug(1);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	bus_plug(2);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("2"));
	assert_int_equal(report_on(bus_test.pdos[1], "last"), STATUS_SUCCESS);
	bus_pull(1);
	expect(f, PNPN_EVENT_CUSTOM, CARD_ID("1"));
	expect_gone(f, CARD_ID("1"));
	assert_string_equal(bus_log(), "card1:SURPRISE card1:REMOVE ");
	assert_null(bus_test.pdos[1]);
	assert_int_equal(report_on(bus_test.pdos[2], "stays"), STATUS_SUCCESS);
	expect(f, PNPN_EVENT_CUSTOM, CARD_ID("2"));
	bus_plug(1);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
}

/* D3: it waits for its driver, and nobody hears of it before. */
static void test_d3_a_device_waits_for_its_driver(void **state)
{
	struct wdm_fixture *f = *state;

	bus_plug(0);
	assert_int_equal(report_on(bus_test.pdos[0], "early"), STATUS_INVALID_DEVICE_REQUEST);
	application_expect_nothing(f);
	card_add();
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("0"));
	bus_plug(1);
	bus_pull(0);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	expect_gone(f, CARD_ID("0"));
}

/* R6: what works without a driver of its own is reported on by its bus driver. */
static void test_r6_a_raw_device_needs_no_driver(void **state)
{
	struct wdm_fixture *f = *state;

	bus_test.raw = true;
	bus_plug(0);
	assert_int_equal(pnpn_register_device(f->application, CARD_ID("0"), 0, NULL, NULL), 0);
	assert_int_equal(report_on(bus_test.pdos[0], "raw"), STATUS_SUCCESS);
	expect(f, PNPN_EVENT_CUSTOM, CARD_ID("0"));
}

/* D7: a bus that is pulled out takes what is on it along, and goes last. */
static void test_d7_a_bus_goes_after_its_devices(void **state)
{
	struct wdm_fixture *f = *state;

	card_add();
	bus_plug(1);
	bus_plug(2);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("2"));
	assert_int_equal(pnpn_host_remove_device(BUS_ID), 0);
	assert_string_equal(bus_log(), "card2:SURPRISE card2:REMOVE card1:SURPRISE card1:REMOVE "
				       "bus:SURPRISE bus:REMOVE ");
	expect_gone(f, CARD_ID("2"));
	expect_gone(f, CARD_ID("1"));
}

/* D7: a file that is open on one of its devices keeps the bus, too. */
static void test_d7_a_file_on_a_device_keeps_its_bus(void **state)
{
	struct wdm_fixture *f = *state;
	UNICODE_STRING name, file_name;
	PDEVICE_OBJECT device;
	PFILE_OBJECT file;

	card_add();
	bus_plug(1);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	assert_int_equal(IoRegisterDeviceInterface(bus_test.pdos[1], &card_guid, NULL, &name),
			 STATUS_OBJECT_NAME_EXISTS);
	file_name = name;
	assert_int_equal(IoGetDeviceObjectPointer(&file_name, FILE_READ_DATA, &file, &device),
			 STATUS_SUCCESS);
	RtlFreeUnicodeString(&name);
	assert_int_equal(pnpn_host_remove_device(BUS_ID), 0);
	assert_string_equal(bus_log(), "card1:SURPRISE bus:SURPRISE ");
	ObDereferenceObject(file);
	bus_settle();
	assert_string_equal(bus_log(), "card1:SURPRISE bus:SURPRISE card1:REMOVE bus:REMOVE ");
}

/* In whatever order. */
static void expect_both_gone(struct wdm_fixture *f)
{
	unsigned int seen = 0;

	for (int i = 0; i < 4; i++) {
		const struct pnpn_event *event = application_next(f);
		bool second = strcmp(pnpn_event_get_device(event), CARD_ID("2")) == 0;
		bool interface = pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_REMOVED;
		if (!interface)
			assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
		seen |= 1u << (second * 2 + interface);
	}
	assert_int_equal(seen, 0xf);
}

/* --- in order: as an administrator has it, from a connection of his own --------------------------- */

struct removal {
	const char *address, *id;
	pthread_t thread;
	struct pnpn_veto veto;
	int result;
};

static void *removal_main(void *userdata)
{
	struct removal *removal = userdata;
	struct pnpn_connection *connection = NULL;

	removal->result = pnpn_connect(&connection, removal->address);
	if (removal->result >= 0)
		removal->result = pnpn_remove(connection, removal->id, 0, &removal->veto,
					      sizeof(removal->veto));
	pnpn_disconnect(connection);
	return NULL;
}

static int remove_in_order(struct wdm_fixture *f, const char *id, struct pnpn_veto *ret_veto)
{
	struct removal removal = {.address = f->address, .id = id};

	removal_main(&removal);
	*ret_veto = removal.veto;
	return removal.result;
}

static void plug_two(struct wdm_fixture *f)
{
	card_add();
	bus_plug(1);
	bus_plug(2);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("2"));
}

/* Where something stands in the log. */
static long place(const char *what)
{
	const char *log = bus_log(), *found = strstr(log, what);

	if (!found)
		fail_msg("%s is missing in: %s", what, log);
	return found - log;
}

/* Devices of one bus may go in any order, but before it. */
static void expect_before_bus(const char *card1, const char *card2, const char *bus)
{
	assert_true(place(card1) < place(bus));
	assert_true(place(card2) < place(bus));
}

/* D5: the drivers of what is on a bus are asked before that of the bus, and nothing goes before all have agreed. */
static void test_d5_a_bus_asks_for_what_is_on_it(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_veto veto;

	plug_two(f);
	assert_int_equal(remove_in_order(f, BUS_ID, &veto), 0);
	bus_settle();
	expect_before_bus("card1:QUERY", "card2:QUERY", "bus:QUERY");
	assert_true(place("bus:QUERY") < place("card1:REMOVE"));
	assert_true(place("bus:QUERY") < place("card2:REMOVE"));
	expect_before_bus("card1:REMOVE", "card2:REMOVE", "bus:REMOVE");
	assert_null(strstr(bus_log(), "SURPRISE"));
	expect_both_gone(f);
	application_expect_nothing(f);
}

/* D5: who follows something that is on a bus may veto, and is asked before any driver. */
static void test_d5_a_registrant_of_a_device_keeps_its_bus(void **state)
{
	struct wdm_fixture *f = *state;
	struct removal removal = {.address = f->address, .id = BUS_ID};

	plug_two(f);
	assert_int_equal(pnpn_register_device(f->application, CARD_ID("2"),
					      PNPN_REGISTER_QUERY_REMOVE, NULL, NULL),
			 0);
	assert_int_equal(pthread_create(&removal.thread, NULL, removal_main, &removal), 0);
	const struct pnpn_event *event = application_next(f);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_QUERY_REMOVE);
	assert_string_equal(pnpn_event_get_device(event), CARD_ID("2"));
	assert_int_equal(pnpn_event_answer(event, false, "me"), 0);
	pthread_join(removal.thread, NULL);
	assert_int_equal(removal.result, 1);
	assert_int_equal(removal.veto.kind, PNPN_VETO_APPLICATION);
	assert_string_equal(removal.veto.who, "me");
	assert_string_equal(bus_log(), "");
}

/* D5: a veto of the bus's driver keeps what is on it, whose drivers hear of it. */
static void test_d5_a_bus_that_stays_keeps_what_is_on_it(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_veto veto;

	plug_two(f);
	bus_test.refuses = BUS_VETO;
	assert_int_equal(remove_in_order(f, BUS_ID, &veto), 1);
	assert_int_equal(veto.kind, PNPN_VETO_OWNER);
	assert_string_equal(veto.who, "testbus");
	event_wait((PKEVENT)&bus_test.cancelled);
	event_wait((PKEVENT)&bus_test.cancelled);
	assert_null(strstr(bus_log(), "REMOVE"));
	assert_int_equal(report_on(bus_test.pdos[1], "here"), STATUS_SUCCESS);
	expect(f, PNPN_EVENT_CUSTOM, CARD_ID("1"));
	bus_test.refuses = -1;
	assert_int_equal(remove_in_order(f, BUS_ID, &veto), 0);
	expect_both_gone(f);
}

/* D5: a veto of one's driver keeps the others, and the bus. */
static void test_d5_a_device_that_stays_keeps_its_bus(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_veto veto;

	plug_two(f);
	bus_test.refuses = 1;
	assert_int_equal(remove_in_order(f, BUS_ID, &veto), 1);
	assert_int_equal(veto.kind, PNPN_VETO_OWNER);
	assert_string_equal(veto.who, "card");
	assert_null(strstr(bus_log(), "REMOVE"));
	bus_plug(3);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("3"));
}

/* D5: a handle that is open on one of its devices keeps a bus. */
static void test_d5_an_open_device_keeps_its_bus(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;
	struct pnpn_veto veto;

	plug_two(f);
	assert_int_equal(pnpn_open(f->application, CARD_ID("2"), &handle), 0);
	assert_int_equal(remove_in_order(f, BUS_ID, &veto), 1);
	assert_int_equal(veto.kind, PNPN_VETO_HANDLE);
	assert_string_equal(bus_log(), "");
	pnpn_close(handle);
	assert_int_equal(remove_in_order(f, BUS_ID, &veto), 0);
}

/* D5: what was removed in order stays away, though its bus has it; once that missed it, it may come again. */
static void test_d5_what_was_removed_stays_away(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_veto veto;

	plug_two(f);
	assert_int_equal(remove_in_order(f, CARD_ID("1"), &veto), 0);
	expect_gone(f, CARD_ID("1"));
	assert_string_equal(bus_log(), "card1:QUERY card1:REMOVE ");
	IoInvalidateDeviceRelations(bus_test.bus_pdo, BusRelations);
	bus_settle();
	application_expect_nothing(f);
	assert_non_null(bus_test.pdos[1]);
	bus_test.plugged[1] = false;
	IoInvalidateDeviceRelations(bus_test.bus_pdo, BusRelations);
	bus_settle();
	bus_test.plugged[1] = true;
	IoInvalidateDeviceRelations(bus_test.bus_pdo, BusRelations);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("1"));
}

/* D7, U17: the manager knows what is on what: by surprise it all goes, and a device tells its bus. */
static void test_d7_u17_the_manager_knows_what_is_on_a_bus(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_properties *known;
	struct pnpn_connection *connection;

	plug_two(f);
	assert_int_equal(pnpn_get_properties(f->application, CARD_ID("1"), &known), 0);
	assert_string_equal(pnpn_properties_get(known, "parent", 0), BUS_ID);
	pnpn_properties_free(known);
	char *child;
	assert_int_equal(pnpn_next_child(f->application, BUS_ID, CARD_ID("1"), &child), 1);
	assert_string_equal(child, CARD_ID("2"));
	free(child);
	assert_int_equal(pnpn_connect(&connection, f->address), 0);
	assert_int_equal(pnpn_remove(connection, BUS_ID, PNPN_REMOVE_FORCE, NULL, 0), 0);
	pnpn_disconnect(connection);
	bus_settle();
	expect_before_bus("card1:SURPRISE", "card2:SURPRISE", "bus:SURPRISE");
	expect_before_bus("card1:REMOVE", "card2:REMOVE", "bus:REMOVE");
	expect_both_gone(f);
}

/* On Windows this stops the machine; under the verifier the host. */
static void test_v1_a_device_that_is_named_twice_is_one(void **state)
{
	struct wdm_fixture *f = *state;

	card_add();
	pnpn_host_set_verify(false);
	bus_test.named_twice = true;
	bus_plug(0);
	expect(f, PNPN_EVENT_INTERFACE_ARRIVED, CARD_ID("0"));
	application_expect_nothing(f);
	bus_test.named_twice = false;
	bus_pull(0);
	expect_gone(f, CARD_ID("0"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_d3_r6_a_device_comes_on_a_bus),
		TEST(test_u17_what_its_bus_says_of_it_is_known),
		TEST(test_d7_what_a_bus_names_no_more_is_gone),
		TEST(test_d3_a_device_waits_for_its_driver),
		TEST(test_r6_a_raw_device_needs_no_driver),
		TEST(test_d7_a_bus_goes_after_its_devices),
		TEST(test_d7_a_file_on_a_device_keeps_its_bus),
		TEST(test_d5_a_bus_asks_for_what_is_on_it),
		TEST(test_d5_a_registrant_of_a_device_keeps_its_bus),
		TEST(test_d5_a_bus_that_stays_keeps_what_is_on_it),
		TEST(test_d5_a_device_that_stays_keeps_its_bus),
		TEST(test_d5_an_open_device_keeps_its_bus),
		TEST(test_d5_what_was_removed_stays_away),
		TEST(test_d7_u17_the_manager_knows_what_is_on_a_bus),
		TEST(test_v1_a_device_that_is_named_twice_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
