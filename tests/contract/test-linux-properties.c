/* SPDX-License-Identifier: MIT */
/* What Linux knows of a device (U17), and ids as on Windows (L1): a loop disk with a partition, a pair of network
 * interfaces, and what hardware this machine has. Needs root. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

static const char partition_class[] = "53f5630a-b6bf-11d0-94f2-00a0c91efb8b";
static const char disk_drives[] = "4d36e967-e325-11ce-bfc1-08002be10318";
static const char volumes[] = "71a27cdd-812a-11d0-bec7-08002be2092f";
static const char adapters[] = "4d36e972-e325-11ce-bfc1-08002be10318";
static const char own_container[] = "00000000-0000-0000-ffff-ffffffffffff";

static struct pnpn_properties *get(struct linux_fixture *f, const char *name)
{
	struct pnpn_properties *properties;

	assert_int_equal(pnpn_get_properties(f->application, name, &properties), 0);
	return properties;
}

static void expect(const struct pnpn_properties *properties, const char *key, const char *value)
{
	const char *got = pnpn_properties_get(properties, key, 0);

	if (!value) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got, value);
}

/* A partition is below its disk, and says so in both directions. */
static void u17_a_disk_and_its_partition(void **state)
{
	struct linux_fixture *f = *state;
	char disk_id[96], partition_id[96], partition[96], name[64], *child = NULL;

	linux_watch(f, partition_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	linux_command(f, "addpart %s 1 2048 2048", f->disk);
	assert_int_equal(pnpn_event_get_kind(linux_next(f->watcher)), PNPN_EVENT_INTERFACE_ARRIVED);
	snprintf(name, sizeof(name), "%s", f->disk + strlen("/dev/loop"));
	snprintf(disk_id, sizeof(disk_id), "LINUX\\BLOCK\\LOOP%s", name);
	snprintf(partition_id, sizeof(partition_id), "LINUX\\BLOCK\\LOOP%sP1", name);
	snprintf(partition, sizeof(partition), "%sp1", f->disk);

	struct pnpn_properties *disk = get(f, f->disk), *part = get(f, partition);
	assert_string_equal(pnpn_properties_get_device(disk), disk_id);
	expect(disk, "setup-class", disk_drives);
	expect(disk, "description", "Disk drive");
	expect(disk, "node", f->disk);
	expect(disk, "DEVNAME", f->disk);
	expect(disk, "DEVTYPE", "disk");
	expect(disk, "container", own_container);
	expect(disk, "parent", "HTREE\\ROOT\\0");
	expect(disk, "service", NULL);
	expect(disk, "manufacturer", NULL);
	expect(disk, "location", NULL);
	assert_string_equal(pnpn_properties_get_device(part), partition_id);
	expect(part, "setup-class", volumes);
	expect(part, "hardware-id", "STORAGE\\Volume");
	expect(part, "parent", disk_id);
	assert_int_equal(pnpn_next_child(f->application, disk_id, NULL, &child), 1);
	assert_string_equal(child, partition_id);
	free(child);
	assert_int_equal(pnpn_next_child(f->application, disk_id, partition_id, &child), 0);
	pnpn_properties_free(disk);
	pnpn_properties_free(part);
	linux_command(f, "delpart %s 1", f->disk);
}

static void u17_a_network_interface(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_properties *properties = get(f, "\\\\.\\lo");

	expect(properties, "setup-class", adapters);
	expect(properties, "description", "Network interface");
	expect(properties, "INTERFACE", "lo");
	expect(properties, "node", NULL);
	pnpn_properties_free(properties);
}

/* The first device on that bus; false if there is none. */
static bool find_on_bus(const char *bus, char name[64])
{
	char path[128];
	struct dirent *entry;

	snprintf(path, sizeof(path), "/sys/bus/%s/devices", bus);
	DIR *folder = opendir(path);
	*name = 0;
	while (folder && !*name && (entry = readdir(folder)))
		if (*entry->d_name != '.')
			snprintf(name, 64, "%.63s", entry->d_name);
	if (folder)
		closedir(folder);
	return *name;
}

/* Of real hardware, where there is any: the id begins with the hardware id, and Linux's own is another name. */
static void l1_u17_a_pci_device(void **state)
{
	struct linux_fixture *f = *state;
	char name[64], path[160], linux_id[96], expected[64];
	unsigned int bus, slot, function;

	if (!find_on_bus("pci", name))
		skip();
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", name);
	snprintf(linux_id, sizeof(linux_id), "LINUX\\pci\\%s", name);
	struct pnpn_properties *properties = get(f, path), *same = get(f, linux_id);
	const char *id = pnpn_properties_get_device(properties);
	const char *hardware_id = pnpn_properties_get(properties, "hardware-id", 0);
	assert_string_equal(pnpn_properties_get_device(same), id);
	assert_non_null(hardware_id);
	assert_int_equal(strncmp(hardware_id, "PCI\\VEN_", 8), 0);
	assert_int_equal(strncmp(id, hardware_id, strlen(hardware_id)), 0);
	assert_int_equal(id[strlen(hardware_id)], '\\');
	assert_non_null(pnpn_properties_get(properties, "compatible-id", 0));
	assert_int_equal(sscanf(name, "%*x:%x:%x.%x", &bus, &slot, &function), 3);
	snprintf(expected, sizeof(expected), "PCI bus %u, device %u, function %u", bus, slot,
		 function);
	expect(properties, "location", expected);
	snprintf(expected, sizeof(expected), "%u", slot << 16 | function);
	expect(properties, "address", expected);
	pnpn_properties_free(properties);
	pnpn_properties_free(same);
}

/* Linux's id is as good as the other, in capitals too. */
static void l1_by_both_ids(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_handle *handle;
	char name[64], id[96];

	if (!find_on_bus("pci", name))
		skip();
	snprintf(id, sizeof(id), "LINUX\\PCI\\%s", name);
	assert_int_equal(pnpn_register_device(f->application, id, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_open(f->application, id, &handle), 0);
	assert_int_equal(strncmp(pnpn_handle_get_device(handle), "PCI\\VEN_", 8), 0);
	pnpn_close(handle);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u17_a_disk_and_its_partition),
		TEST(u17_a_network_interface),
		TEST(l1_u17_a_pci_device),
		TEST(l1_by_both_ids),
	};

	return cmocka_run_group_tests_name("Linux's devices: properties", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_run_tests(run, argc < 2 || strcmp(argv[1], "--no-udev") != 0);
}
