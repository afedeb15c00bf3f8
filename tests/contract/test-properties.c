/* SPDX-License-Identifier: MIT */
/* What is known of a device, and which is below which (U17), in the native API. */
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

#define ID   "ROOT\\FACTS\\0000"
#define ROOT "HTREE\\ROOT\\0"

static const char disk_drives[] = "4d36e967-e325-11ce-bfc1-08002be10318";

static struct pnpn_device *make(struct native_fixture *f)
{
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(f->driver, ID, &device), 0);
	return device;
}

static struct pnpn_properties *get(struct native_fixture *f, const char *name)
{
	struct pnpn_properties *properties;

	assert_int_equal(pnpn_get_properties(f->application, name, &properties), 0);
	return properties;
}

static void u17_what_its_owner_says(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = make(f);
	struct pnpn_properties *properties;

	assert_int_equal(pnpn_device_add_property(device, "description", "A thing \xc3\xa9"), 0);
	assert_int_equal(pnpn_device_add_property(device, "hardware-id", "ROOT\\FACTS&REV_1"), 0);
	assert_int_equal(pnpn_get_properties(f->application, ID, &properties), -ENOENT);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pnpn_device_add_property(device, "hardware-id", "ROOT\\FACTS"), 0);
	properties = get(f, "root\\facts\\0000");
	assert_string_equal(pnpn_properties_get_device(properties), ID);
	assert_string_equal(pnpn_properties_get(properties, "description", 0), "A thing \xc3\xa9");
	assert_null(pnpn_properties_get(properties, "description", 1));
	assert_string_equal(pnpn_properties_get(properties, "hardware-id", 0), "ROOT\\FACTS&REV_1");
	assert_string_equal(pnpn_properties_get(properties, "hardware-id", 1), "ROOT\\FACTS");
	assert_null(pnpn_properties_get(properties, "hardware-id", 2));
	assert_null(pnpn_properties_get(properties, "manufacturer", 0));
	assert_string_equal(pnpn_properties_get(properties, "parent", 0), ROOT);
	pnpn_properties_free(properties);
	pnpn_device_remove(device);
	assert_int_equal(pnpn_get_properties(f->application, ID, &properties), -ENOENT);
}

static size_t count(const struct pnpn_properties *properties)
{
	const char *value;
	size_t n = 0;

	while (pnpn_properties_get_at(properties, n, &value))
		n++;
	return n;
}

static void u17_what_is_no_property(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = make(f);
	char key[65], value[513];

	memset(key, 'k', 64);
	key[64] = 0;
	memset(value, 'v', 512);
	value[512] = 0;
	assert_int_equal(pnpn_device_add_property(device, "", "x"), -EINVAL);
	assert_int_equal(pnpn_device_add_property(device, "a b", "x"), -EINVAL);
	assert_int_equal(pnpn_device_add_property(device, key, "x"), -EINVAL);
	assert_int_equal(pnpn_device_add_property(device, "k", ""), -EINVAL);
	assert_int_equal(pnpn_device_add_property(device, "k", value), -EINVAL);
	assert_int_equal(pnpn_device_add_property(device, "k", NULL), -EINVAL);
	assert_int_equal(pnpn_device_add_property(device, "parent", ROOT), -ENOENT);
	assert_int_equal(pnpn_device_add_property(device, "setup-class", "Ports"), -EINVAL);
	assert_int_equal(pnpn_device_start(device), 0);
	struct pnpn_properties *properties = get(f, ID);
	assert_int_equal(count(properties), 1); /* its parent */
	pnpn_properties_free(properties);
	pnpn_device_remove(device);
}

/* D10: as many as a device may have, none of which is told in part. */
static void u17_d10_as_many_as_may_be(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = make(f);
	char value[512];
	int n = 0, r;

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = 0;
	while ((r = pnpn_device_add_property(device, "k", value)) == 0)
		n++;
	assert_int_equal(r, -EDQUOT);
	assert_int_equal(n, 64);
	assert_int_equal(pnpn_device_start(device), 0);
	struct pnpn_properties *properties = get(f, ID);
	assert_int_equal(count(properties), 65);
	assert_string_equal(pnpn_properties_get(properties, "k", 63), value);
	pnpn_properties_free(properties);
	pnpn_device_remove(device);
}

static void u17_setup_class(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device = make(f), *other;
	struct pnpn_device_list *list;
	char text[PNPN_GUID_STRING];

	assert_int_equal(pnpn_device_add_property(device, "setup-class", disk_drives), 0);
	assert_int_equal(pnpn_device_add_property(device, "setup-class", disk_drives), -EINVAL);
	other = native_device(f->driver, "ROOT\\NONE\\0000", NULL);
	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	assert_int_equal(pnpn_device_list_get_size(list), 2);
	pnpn_guid_to_string(pnpn_device_info_get_setup_class(pnpn_device_list_get(list, 0)), text);
	assert_string_equal(text, disk_drives);
	pnpn_guid_to_string(pnpn_device_info_get_setup_class(pnpn_device_list_get(list, 1)), text);
	assert_string_equal(text, "00000000-0000-0000-0000-000000000000");
	pnpn_device_list_free(list);
	assert_int_equal(pnpn_device_start(device), 0);
	struct pnpn_properties *properties = get(f, ID);
	assert_string_equal(pnpn_properties_get(properties, "setup-class", 0), disk_drives);
	assert_null(pnpn_properties_get(properties, "setup-class", 1));
	pnpn_properties_free(properties);
	pnpn_device_remove(other);
	pnpn_device_remove(device);
}

static void expect_child(struct native_fixture *f, const char *after, const char *wanted)
{
	char *child = NULL;

	assert_int_equal(pnpn_next_child(f->application, ROOT, after, &child), wanted != NULL);
	if (wanted)
		assert_string_equal(child, wanted);
	else
		assert_null(child);
	free(child);
}

static void u17_children_one_after_the_other(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *one, *two, *three;
	char *child;

	expect_child(f, NULL, NULL);
	one = native_device(f->driver, "ROOT\\ONE\\0", NULL);
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\TWO\\0", &two), 0);
	three = native_device(f->driver, "ROOT\\THREE\\0", NULL);
	expect_child(f, NULL, "ROOT\\ONE\\0");
	expect_child(f, "ROOT\\ONE\\0", "ROOT\\THREE\\0");
	expect_child(f, "ROOT\\THREE\\0", NULL);
	assert_int_equal(pnpn_next_child(f->application, ROOT, "ROOT\\TWO\\0", &child), -ENOENT);
	assert_int_equal(pnpn_next_child(f->application, "ROOT\\TWO\\0", NULL, &child), -ENOENT);
	assert_int_equal(pnpn_next_child(f->application, "ROOT\\ONE\\0", NULL, &child), 0);
	struct pnpn_properties *properties = get(f, ROOT);
	assert_string_equal(pnpn_properties_get_device(properties), ROOT);
	assert_null(pnpn_properties_get(properties, "parent", 0));
	pnpn_properties_free(properties);
	pnpn_device_remove(one);
	pnpn_device_remove(two);
	pnpn_device_remove(three);
}

/* D9: ids that the manager gives to hardware, and the root's, are nobody's. */
static void d9_ids_of_hardware_are_the_managers(void **state)
{
	struct native_fixture *f = *state;
	static const char *const ids[] = {"USBSTOR\\DISK&VEN_A&PROD_B\\0", "SCSI\\DISK\\0",
					  "STORAGE\\VOLUME\\0", "HTREE\\ROOT\\0"};
	struct pnpn_device *device;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_int_equal(pnpn_device_new(f->driver, ids[i], &device), -EACCES);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u17_what_its_owner_says),		TEST(u17_what_is_no_property),
		TEST(u17_d10_as_many_as_may_be),	TEST(u17_setup_class),
		TEST(u17_children_one_after_the_other), TEST(d9_ids_of_hardware_are_the_managers),
	};

	return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
