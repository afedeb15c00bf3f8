/* SPDX-License-Identifier: MIT */
/* Registrations for some of what there is (pnpn_register_filter()): D3, D8, D10, R11, R12. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "native-fixture.h"

#define ID    "ROOT\\FILTER\\0000"
#define OTHER "ROOT\\FILTER\\0001"

static const struct pnpn_guid class_b = {0x7d1f3a92, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class_c = {0x7d1f3a93, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid other_event = {0x7d1f3a94, 0x52c4, 0x4b1e, {1, 2, 3, 4, 5, 6, 7, 8}};

static struct pnpn_filter *filter_new(void)
{
	struct pnpn_filter *filter;

	assert_int_equal(pnpn_filter_new(&filter), 0);
	return filter;
}

/* Takes the filter over. */
static void filtered(struct native_fixture *f, struct pnpn_filter *filter, unsigned int flags)
{
	assert_int_equal(pnpn_register_filter(f->application, filter, flags, f, NULL), 0);
	assert_null(pnpn_filter_free(filter));
}

static char *add_interface(struct pnpn_device *device, const struct pnpn_guid *class)
{
	char *name;

	assert_int_equal(pnpn_device_add_interface(device, class, NULL, &name), 0);
	return name;
}

static struct pnpn_device *device_of(struct native_fixture *f, const char *id,
				     const struct pnpn_guid *class)
{
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(f->driver, id, &device), 0);
	char *name = add_interface(device, class);
	assert_int_equal(pnpn_device_enable_interface(device, name, true), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	free(name);
	return device;
}

/* Started, with a property or two; "" for none. */
static struct pnpn_device *device_with(struct native_fixture *f, const char *id, const char *bus,
				       const char *model)
{
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(f->driver, id, &device), 0);
	if (*bus)
		assert_int_equal(pnpn_device_add_property(device, "ID_BUS", bus), 0);
	if (*model)
		assert_int_equal(pnpn_device_add_property(device, "ID_MODEL", model), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	return device;
}

static void d3_several_classes(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();

	assert_int_equal(pnpn_filter_add_class(filter, &native_class), 0);
	assert_int_equal(pnpn_filter_add_class(filter, &class_b), 0);
	filtered(f, filter, 0);
	struct pnpn_device *c = device_of(f, "ROOT\\FILTER\\C", &class_c);
	native_report(c, 1);
	struct pnpn_device *a = device_of(f, ID, &native_class);
	native_report(a, 2);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 2);
	struct pnpn_device *b = device_of(f, OTHER, &class_b);
	native_report(b, 3);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, OTHER);
	native_expect_number(f->application, OTHER, 3);
	pnpn_device_remove(c);
	pnpn_device_remove(b);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, OTHER);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, OTHER);
	native_expect_nothing(f->application);
}

/* What it heard while it had the one interface does not come again with the other. */
static void r12_d3_nothing_comes_twice_with_a_second_class(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();
	struct pnpn_device *device;

	assert_int_equal(pnpn_filter_add_class(filter, &native_class), 0);
	assert_int_equal(pnpn_filter_add_class(filter, &class_b), 0);
	filtered(f, filter, 0);
	assert_int_equal(pnpn_device_new(f->driver, ID, &device), 0);
	char *first = add_interface(device, &native_class),
	     *second = add_interface(device, &class_b);
	assert_int_equal(pnpn_device_start(device), 0);
	native_report(device, 1);
	assert_int_equal(pnpn_device_enable_interface(device, first, true), 0);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 1);
	assert_int_equal(pnpn_device_enable_interface(device, first, false), 0);
	native_report(device, 2);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	assert_int_equal(pnpn_device_enable_interface(device, second, true), 0);
	native_report(device, 3);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 3);
	native_expect_nothing(f->application);
	free(first);
	free(second);
}

static uint32_t registrants(struct pnpn_connection *connection, const char *id)
{
	struct pnpn_device_list *list;
	uint32_t count = UINT32_MAX;

	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	for (size_t i = 0; i < pnpn_device_list_get_size(list); i++) {
		const struct pnpn_device_info *info = pnpn_device_list_get(list, i);
		if (strcmp(pnpn_device_info_get_id(info), id) == 0)
			count = pnpn_device_info_get_registrants(info);
	}
	pnpn_device_list_free(list);
	return count;
}

/* Who keeps a device out is none of its registrants: its events cost him nothing. */
static void d3_d8_by_a_property(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();
	struct pnpn_device *before = device_with(f, "ROOT\\FILTER\\BEFORE", "usb", "");

	assert_int_equal(pnpn_filter_add_property(filter, "ID_BUS", "usb"), 0);
	filtered(f, filter, PNPN_REGISTER_EXISTING);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, "ROOT\\FILTER\\BEFORE");
	struct pnpn_device *out = device_with(f, OTHER, "pci", "");
	struct pnpn_device *in = device_with(f, ID, "usb", "");
	native_report(out, 1);
	native_report(in, 2);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect_number(f->application, ID, 2);
	native_report(before, 3);
	native_expect_number(f->application, "ROOT\\FILTER\\BEFORE", 3);
	native_expect_nothing(f->application);
	assert_int_equal(registrants(f->driver, OTHER), 0);
	assert_int_equal(registrants(f->driver, ID), 1);
	pnpn_device_remove(out);
	pnpn_device_remove(in);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect_nothing(f->application);
	/* Another one of that id, which is none of them. */
	native_report(device_with(f, ID, "pci", ""), 4);
	native_expect_nothing(f->application);
}

static void d3_values_and_keys(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();

	assert_int_equal(pnpn_filter_add_property(filter, "ID_BUS", "usb"), 0);
	assert_int_equal(pnpn_filter_add_property(filter, "ID_MODEL", "Stick=2"), 0);
	assert_int_equal(pnpn_filter_add_property(filter, "ID_BUS", "pci"), 0);
	filtered(f, filter, PNPN_REGISTER_DEVICES_ONLY);
	device_with(f, "ROOT\\FILTER\\USB", "usb", "Stick=2");
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, "ROOT\\FILTER\\USB");
	device_with(f, "ROOT\\FILTER\\NONE", "usb", "");
	device_with(f, "ROOT\\FILTER\\MODEL", "", "Stick=2");
	device_with(f, "ROOT\\FILTER\\SCSI", "scsi", "Stick=2");
	struct pnpn_device *pci = device_with(f, "ROOT\\FILTER\\PCI", "pci", "Stick=2");
	native_report(pci, 1);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, "ROOT\\FILTER\\PCI");
	pnpn_device_remove(pci);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, "ROOT\\FILTER\\PCI");
	native_expect_nothing(f->application);
}

/* However many there are of others: each of the wanted ones, in its place. */
static void r11_by_event(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();
	struct pnpn_device *device = native_device(f->driver, ID, NULL);

	assert_int_equal(pnpn_filter_add_event(filter, &other_event), 0);
	assert_int_equal(pnpn_filter_add_event(filter, &native_class), 0);
	filtered(f, filter, 0);
	for (int i = 0; i < 20; i++) {
		for (int n = 0; n < 999; n++)
			native_report(device, 0);
		assert_int_equal(
			pnpn_device_report(device, &other_event, NULL, 0, PNPN_NAME_OFFSET_NONE),
			0);
	}
	for (uint64_t i = 1; i <= 20; i++) {
		const struct pnpn_event *event = native_expect(f->application, PNPN_EVENT_CUSTOM,
							       ID);
		assert_true(pnpn_guid_equal(pnpn_event_get_guid(event), &other_event));
		assert_int_equal(pnpn_event_get_sequence(event), 1000 * i);
		assert_int_equal(pnpn_event_get_lost(event), 0);
	}
	native_report(device, 0);
	pnpn_device_remove(device);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect_nothing(f->application);
}

static void r12_an_empty_one_is_everything(void **state)
{
	struct native_fixture *f = *state;

	filtered(f, filter_new(), 0);
	struct pnpn_device *device = native_device(f->driver, ID, NULL);
	native_report(device, 1);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 1);
	native_expect_nothing(f->application);
}

/* Linux's own devices have properties, too. */
static void d3_a_device_of_linux(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();
	struct pnpn_manager *manager;
	struct pnpn_connection *connection;
	const struct pnpn_event *event;

	assert_int_equal(pnpn_manager_start(&manager, NULL, PNPN_MANAGER_LINUX_DEVICES), 0);
	assert_int_equal(pnpn_manager_connect(manager, &connection), 0);
	assert_int_equal(pnpn_filter_add_property(filter, "node", "/dev/null"), 0);
	assert_int_equal(pnpn_register_filter(connection, filter,
					      PNPN_REGISTER_DEVICES_ONLY | PNPN_REGISTER_EXISTING,
					      f, NULL),
			 0);
	pnpn_filter_free(filter);
	event = wait_for_event(connection);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_ARRIVED);
	assert_string_equal(pnpn_event_get_device(event), "LINUX\\MEM\\NULL");
	native_expect_nothing(connection);
	pnpn_disconnect(connection);
	pnpn_manager_stop(manager);
}

static int refused(struct native_fixture *f, struct pnpn_filter *filter, unsigned int flags)
{
	int r = pnpn_register_filter(f->application, filter, flags, NULL, NULL);

	pnpn_filter_free(filter);
	return r;
}

static void d10_what_is_refused(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_filter *filter = filter_new();
	int r = 0;

	assert_int_equal(pnpn_register_filter(f->application, NULL, 0, NULL, NULL), -EINVAL);
	assert_int_equal(pnpn_filter_add_property(filter, "", "x"), -EINVAL);
	assert_int_equal(pnpn_filter_add_property(filter, "A=B", "x"), -EINVAL);
	assert_int_equal(pnpn_filter_add_property(filter, "A", "x\nclass y"), -EINVAL);
	for (int i = 0; i < 64; i++) {
		assert_int_equal(pnpn_filter_add_class(filter, &class_b), 0);
		assert_int_equal(pnpn_filter_add_event(filter, &other_event), 0);
		assert_int_equal(pnpn_filter_add_property(filter, "ID_BUS", "usb"), 0);
	}
	assert_int_equal(pnpn_filter_add_class(filter, &class_b), -E2BIG);
	assert_int_equal(pnpn_filter_add_event(filter, &other_event), -E2BIG);
	assert_int_equal(refused(f, filter, PNPN_REGISTER_DEVICES_ONLY), -EINVAL);
	filter = filter_new();
	for (int i = 0; i < 65; i++)
		assert_int_equal(pnpn_filter_add_property(filter, "ID_BUS", "usb"), 0);
	assert_int_equal(refused(f, filter, 0), -EINVAL);
	filter = filter_new();
	assert_int_equal(pnpn_filter_add_property(filter, "ID_BUS", "usb"), 0);
	while (r == 0)
		r = pnpn_register_filter(f->application, filter, 0, NULL, NULL);
	assert_int_equal(refused(f, filter, 0), -EDQUOT);
	assert_int_equal(r, -EDQUOT);
	assert_int_equal(pnpn_register_all(f->application, PNPN_REGISTER_DEVICES_ONLY, NULL, NULL),
			 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d3_several_classes),   TEST(r12_d3_nothing_comes_twice_with_a_second_class),
		TEST(d3_d8_by_a_property),  TEST(d3_values_and_keys),
		TEST(r11_by_event),	    TEST(r12_an_empty_one_is_everything),
		TEST(d3_a_device_of_linux), TEST(d10_what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
