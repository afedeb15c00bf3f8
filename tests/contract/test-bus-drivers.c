/* SPDX-License-Identifier: MIT */
/* Devices that a bus driver has (IRP_MN_QUERY_DEVICE_RELATIONS): how they come and go. D3, D7, R6, U17, E1, V1. */
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
	assert_string_equal(bus_test.log, "card1:SURPRISE card1:REMOVE ");
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
	assert_string_equal(bus_test.log, "card2:SURPRISE card2:REMOVE card1:SURPRISE card1:REMOVE "
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
	assert_string_equal(bus_test.log, "card1:SURPRISE bus:SURPRISE ");
	ObDereferenceObject(file);
	bus_settle();
	assert_string_equal(bus_test.log, "card1:SURPRISE bus:SURPRISE card1:REMOVE bus:REMOVE ");
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
		TEST(test_v1_a_device_that_is_named_twice_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
