/* SPDX-License-Identifier: MIT */
/* D1 to D4, D9: the tree of devices; what is refused, what is found, who is told in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/port.h"
#include "core/tree.h"

static const struct pnpn_guid disk = {
	0x53f56307, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
static const struct pnpn_guid port = {
	0x86e0d1e0, 0x8089, 0x11d0, {0x9c, 0xe4, 0x08, 0x00, 0x3e, 0x30, 0x1f, 0x73}};

#define DISK "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"
#define PORT "{86e0d1e0-8089-11d0-9ce4-08003e301f73}"

/* --- what the tree needs of the world ------------------------------------------------------------- */

static bool no_memory;
static int n_allocated;

void *pnpn_port_alloc(size_t bytes)
{
	void *memory = no_memory ? NULL : calloc(1, bytes);

	n_allocated += memory != NULL;
	return memory;
}

void pnpn_port_free(void *memory)
{
	n_allocated -= memory != NULL;
	free(memory);
}

/* --- what was told, one word each ----------------------------------------------------------------- */

static char told[1024];

static void tell(const char *what, const char *of, const struct pnpn_tree_device *device)
{
	size_t length = strlen(told);

	snprintf(told + length, sizeof(told) - length, "%s%s%s%s ", what, of,
		 device->starting ? "*" : "", device->going ? "!" : "");
}

static void on_came(struct pnpn_tree_device *device)
{
	assert_true(device->started);
	tell("came", "", device);
}

static void on_link(const struct pnpn_tree_link *link, bool there)
{
	tell(there ? "+" : "-", link->name + 4, link->device);
}

static void on_interface(const struct pnpn_tree_interface *interface, bool enabled)
{
	const char *class = memcmp(&interface->class, &disk, sizeof(disk)) ? "port" : "disk";

	/* Who hears that it goes with its device finds it as it was (D8). */
	assert_int_equal(interface->enabled, enabled || interface->device->going);
	tell(enabled ? "+" : "-", class, interface->device);
}

static void on_started(struct pnpn_tree_device *device)
{
	tell("started", "", device);
}

static void on_went(struct pnpn_tree_device *device)
{
	assert_non_null(device->tree);
	tell("went", "", device);
}

static const struct pnpn_tree_watcher watcher = {on_came, on_link, on_interface, on_started,
						 on_went};

static void assert_told(const char *expected)
{
	assert_string_equal(told, expected);
	told[0] = 0;
}

/* --- a tree and two devices ----------------------------------------------------------------------- */

static struct pnpn_tree tree;
static struct pnpn_tree_device one, two;

static int setup(void **state)
{
	told[0] = 0;
	pnpn_tree_init(&tree, &watcher);
	pnpn_tree_device_init(&one);
	pnpn_tree_device_init(&two);
	return pnpn_tree_add(&tree, &one, "Root\\Hello\\0000");
}

static int teardown(void **state)
{
	no_memory = false;
	pnpn_tree_device_deinit(&one);
	pnpn_tree_device_deinit(&two);
	return n_allocated;
}

static struct pnpn_tree_interface *add(struct pnpn_tree_device *device,
				       const struct pnpn_guid *class, const char *reference)
{
	struct pnpn_tree_interface *interface;

	assert_int_equal(pnpn_tree_add_interface(device, class, reference, &interface), 0);
	return interface;
}

static void start(struct pnpn_tree_device *device)
{
	assert_int_equal(pnpn_tree_start(device), 0);
	told[0] = 0;
}

static void an_id_is_one_devices(void **state)
{
	assert_int_equal(pnpn_tree_add(&tree, &two, "no id"), -EINVAL);
	assert_int_equal(pnpn_tree_add(&tree, &two, "ROOT\\HELLO\\0000"), -EEXIST);
	assert_null(two.tree);
	assert_int_equal(pnpn_tree_add(&tree, &two, "Root\\Hello\\0001"), 0);
	assert_string_equal(two.id, "ROOT\\HELLO\\0001");
	assert_ptr_equal(pnpn_tree_find_id(&tree, "root\\hello\\0001"), &two);
	assert_true(two.number > one.number);
}

static void a_number_is_given_once(void **state)
{
	uint64_t number = one.number;

	pnpn_tree_leave(&one);
	assert_int_equal(pnpn_tree_add(&tree, &two, "ROOT\\HELLO\\0000"), 0);
	assert_true(two.number > number);
}

static void d3_a_start_tells_links_then_enabled_interfaces(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &disk, NULL);

	add(&one, &port, NULL);
	assert_int_equal(pnpn_tree_enable(interface, true), 0);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	assert_told("");
	assert_int_equal(pnpn_tree_start(&one), 0);
	assert_told("came* +Hello* +disk* started ");
	assert_int_equal(pnpn_tree_start(&one), -EALREADY);
	assert_told("");
}

static void d3_what_a_started_device_gets_is_told_at_once(void **state)
{
	start(&one);
	struct pnpn_tree_interface *interface = add(&one, &disk, NULL);
	assert_told("");
	assert_int_equal(pnpn_tree_enable(interface, true), 0);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	assert_int_equal(pnpn_tree_enable(interface, false), 0);
	assert_int_equal(pnpn_tree_remove_link(&one, "\\\\.\\HELLO"), 0);
	assert_told("+disk +Hello -disk -Hello ");
}

static void d3_enabling_twice_is_refused_and_nobody_is_told(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &disk, NULL);

	start(&one);
	assert_int_equal(pnpn_tree_enable(NULL, true), -ENOENT);
	assert_int_equal(pnpn_tree_enable(interface, false), -ENOENT);
	assert_int_equal(pnpn_tree_enable(interface, true), 0);
	assert_told("+disk ");
	assert_int_equal(pnpn_tree_enable(interface, true), -EEXIST);
	assert_told("");
	assert_true(interface->enabled);
}

static void d8_an_end_tells_interfaces_then_went(void **state)
{
	assert_int_equal(pnpn_tree_enable(add(&one, &disk, NULL), true), 0);
	add(&one, &port, NULL);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	start(&one);
	pnpn_tree_remove(&one);
	assert_told("-disk! went! ");
}

static void what_never_started_goes_without_a_word(void **state)
{
	assert_int_equal(pnpn_tree_enable(add(&one, &disk, NULL), true), 0);
	pnpn_tree_remove(&one);
	assert_told("");
	assert_null(pnpn_tree_find_id(&tree, "ROOT\\HELLO\\0000"));
}

static void d2_an_interface_registered_twice_is_one(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &disk, "Ref"), *again;

	assert_string_equal(interface->name, "\\\\?\\ROOT#HELLO#0000#" DISK "\\ref");
	assert_int_equal(pnpn_tree_add_interface(&one, &disk, "REF", &again), 1);
	assert_ptr_equal(again, interface);
	assert_int_equal(pnpn_tree_add_interface(&one, &disk, "a/b", &again), -EINVAL);
	assert_int_equal(pnpn_tree_add_interface(&one, &disk, "a\\b", &again), -EINVAL);
	assert_int_equal(one.n_interfaces, 1);
}

static void d9_a_link_is_one_devices(void **state)
{
	assert_int_equal(pnpn_tree_add(&tree, &two, "Root\\Hello\\0001"), 0);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	assert_int_equal(pnpn_tree_add_link(&two, "\\\\.\\hello"), -EEXIST);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\HELLO"), -EEXIST);
	assert_int_equal(pnpn_tree_add_link(&one, "Hello"), -EINVAL);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Foo#{1}"), -EINVAL);
	assert_int_equal(pnpn_tree_remove_link(&two, "\\\\.\\Hello"), -ENOENT);
	assert_int_equal(pnpn_tree_remove_link(&one, "\\\\.\\Hello"), 0);
	assert_int_equal(pnpn_tree_remove_link(&one, "\\\\.\\Hello"), -ENOENT);
	assert_int_equal(pnpn_tree_add_link(&two, "\\\\.\\hello"), 0);
	assert_int_equal(one.n_links, 0);
	assert_int_equal(two.n_links, 1);
}

static void l1_d9_names_that_differ_in_case_where_it_counts(void **state)
{
	assert_int_equal(pnpn_tree_add(&tree, &two, "Root\\Hello\\0001"), 0);
	one.case_counts = true;
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\pnpx"), 0);
	assert_int_equal(pnpn_tree_add_link(&two, "\\\\.\\PNPX"), -EEXIST);
	two.case_counts = true;
	assert_int_equal(pnpn_tree_add_link(&two, "\\\\.\\pnpx"), -EEXIST);
	assert_int_equal(pnpn_tree_add_link(&two, "\\\\.\\PNPX"), 0);
	assert_ptr_equal(pnpn_tree_find_link(&tree, "\\\\.\\pnpx")->device, &one);
	assert_ptr_equal(pnpn_tree_find_link(&tree, "\\\\.\\PNPX")->device, &two);
	assert_non_null(pnpn_tree_find_link(&tree, "\\\\.\\PnpX"));
	assert_int_equal(pnpn_tree_remove_link(&two, "\\\\.\\pnpx"), -ENOENT);
	assert_int_equal(pnpn_tree_remove_link(&two, "\\\\.\\PNPX"), 0);
	assert_ptr_equal(pnpn_tree_find_link(&tree, "\\\\.\\PNPX")->device, &one);
}

static void d9_what_a_device_had_is_free_once_it_left(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &disk, NULL);

	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	pnpn_tree_leave(&one);
	assert_int_equal(pnpn_tree_add(&tree, &two, "Root\\Hello\\0000"), 0);
	assert_int_equal(pnpn_tree_add_link(&two, "\\\\.\\Hello"), 0);
	assert_ptr_not_equal(add(&two, &disk, NULL), interface);
	assert_ptr_equal(pnpn_tree_find_link(&tree, "\\\\.\\Hello")->device, &two);
	/* Who has its name still may read it; it is nobody's any more. */
	assert_string_equal(interface->name, "\\\\?\\ROOT#HELLO#0000#" DISK);
	assert_null(pnpn_tree_own_interface(&one, interface->name));
	assert_int_equal(pnpn_tree_remove_link(&one, "\\\\.\\Hello"), -ENOENT);
}

static void d4_every_spelling_finds_a_started_device(void **state)
{
	static const char *const spellings[] = {
		"root\\hello\\0000",
		"\\\\.\\hello",
		"\\\\?\\HELLO",
		"\\??\\Hello",
		"\\DosDevices\\Hello",
		"\\DosDevices\\Global\\Hello",
		"\\GLOBAL??\\Hello",
		"\\\\?\\root#hello#0000#" DISK,
		"\\\\.\\ROOT#HELLO#0000#" DISK,
		"\\??\\ROOT#HELLO#0000#" DISK,
		"\\DosDevices\\ROOT#HELLO#0000#" DISK,
	};
	size_t n = sizeof(spellings) / sizeof(spellings[0]);

	assert_int_equal(pnpn_tree_enable(add(&one, &disk, NULL), true), 0);
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	for (size_t i = 0; i < n; i++)
		assert_null(pnpn_tree_find(&tree, spellings[i]));
	start(&one);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(pnpn_tree_find(&tree, spellings[i]), &one);
	pnpn_tree_remove(&one);
	for (size_t i = 0; i < n; i++)
		assert_null(pnpn_tree_find(&tree, spellings[i]));
}

static void d4_a_disabled_interface_is_none(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &port, NULL);

	start(&one);
	assert_null(pnpn_tree_find(&tree, interface->name));
	assert_ptr_equal(pnpn_tree_find_interface(&tree, "\\??\\root#hello#0000#" PORT), interface);
	assert_false(pnpn_tree_has_class(&one, &port));
	assert_int_equal(pnpn_tree_enable(interface, true), 0);
	assert_ptr_equal(pnpn_tree_find(&tree, interface->name), &one);
	assert_true(pnpn_tree_has_class(&one, &port));
	assert_false(pnpn_tree_has_class(&one, &disk));
}

static void names_are_numbered_as_they_came(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &disk, NULL);

	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), 0);
	uint32_t item = pnpn_tree_find_link(&tree, "\\\\.\\Hello")->item;
	assert_true(interface->item > 0);
	assert_true(item > interface->item);
	assert_int_equal(pnpn_tree_remove_link(&one, "\\\\.\\Hello"), 0);
	assert_true(add(&one, &port, NULL)->item > item);
}

static void an_interface_was_told_once_it_was_enabled(void **state)
{
	struct pnpn_tree_interface *interface = add(&one, &disk, NULL);

	assert_int_equal(pnpn_tree_enable(interface, true), 0);
	assert_false(interface->told);
	start(&one);
	assert_true(interface->told);
}

static void without_memory_nothing_changes(void **state)
{
	struct pnpn_tree_interface *interface = NULL;

	start(&one);
	no_memory = true;
	assert_int_equal(pnpn_tree_add_link(&one, "\\\\.\\Hello"), -ENOMEM);
	assert_int_equal(pnpn_tree_add_interface(&one, &disk, NULL, &interface), -ENOMEM);
	assert_null(interface);
	assert_told("");
	assert_int_equal(one.n_links + one.n_interfaces, 0);
	assert_null(pnpn_tree_find_link(&tree, "\\\\.\\Hello"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_id_is_one_devices),
		TEST(a_number_is_given_once),
		TEST(d3_a_start_tells_links_then_enabled_interfaces),
		TEST(d3_what_a_started_device_gets_is_told_at_once),
		TEST(d3_enabling_twice_is_refused_and_nobody_is_told),
		TEST(d8_an_end_tells_interfaces_then_went),
		TEST(what_never_started_goes_without_a_word),
		TEST(d2_an_interface_registered_twice_is_one),
		TEST(d9_a_link_is_one_devices),
		TEST(l1_d9_names_that_differ_in_case_where_it_counts),
		TEST(d9_what_a_device_had_is_free_once_it_left),
		TEST(d4_every_spelling_finds_a_started_device),
		TEST(d4_a_disabled_interface_is_none),
		TEST(names_are_numbered_as_they_came),
		TEST(an_interface_was_told_once_it_was_enabled),
		TEST(without_memory_nothing_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
