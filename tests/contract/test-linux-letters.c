/* SPDX-License-Identifier: MIT */
/* Letters of volumes, names of ports (U16), on a real loop disk. Needs root. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

static const char volume_class[] = "53f5630d-b6bf-11d0-94f2-00a0c91efb8b";
static const char serial_class[] = "86e0d1e0-8089-11d0-9ce4-08003e301f73";

/* The watcher's next event: the disk's volume came or went. Its letter. */
static char expect_volume(struct linux_fixture *f, enum pnpn_event_kind kind)
{
	const struct pnpn_event *event = linux_next(f->watcher);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	const char *text = pnpn_event_get_text(event);
	assert_non_null(text);
	assert_int_equal(strlen(text), 2);
	assert_true(text[0] >= 'D' && text[0] <= 'Z' && text[1] == ':');
	return text[0];
}

/* What the link of a letter opens, "" if nothing. */
static void open_letter(struct pnpn_connection *connection, char letter, char id[64])
{
	char link[] = "\\\\.\\?:";
	struct pnpn_handle *handle;

	link[4] = letter;
	*id = 0;
	if (pnpn_open(connection, link, &handle) < 0)
		return;
	snprintf(id, 64, "%s", pnpn_handle_get_device(handle));
	pnpn_close(handle);
}

static void disk_id(const struct linux_fixture *f, char id[64])
{
	snprintf(id, 64, "LINUX\\BLOCK\\LOOP%s", f->disk + strlen("/dev/loop"));
}

static void u16_a_volume_has_a_letter_while_it_is_there(void **state)
{
	struct linux_fixture *f = *state;
	char id[64], opened[64];

	linux_command(f, "mkfs.ext4 -q -L letters '%s'", f->image);
	linux_watch(f, volume_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	disk_id(f, id);
	char letter = expect_volume(f, PNPN_EVENT_INTERFACE_ARRIVED);
	open_letter(f->application, letter, opened);
	assert_string_equal(opened, id);
	linux_detach(f);
	assert_int_equal(expect_volume(f, PNPN_EVENT_INTERFACE_REMOVED), letter);
	open_letter(f->application, letter, opened);
	assert_string_equal(opened, "");
}

/* The letter that a manager of its own has given to the disk; 0 if none. */
static char find_letter(const struct linux_fixture *f, const char *address)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	const char *link;
	char id[64], letter = 0;

	disk_id(f, id);
	assert_int_equal(pnpn_connect(&connection, address), 0);
	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++)
		for (size_t j = 0; strcmp(pnpn_device_info_get_id(info), id) == 0 &&
				   (link = pnpn_device_info_get_link(info, j));
		     j++)
			if (strlen(link) == 6 && link[5] == ':')
				letter = link[4];
	pnpn_device_list_free(list);
	pnpn_disconnect(connection);
	return letter;
}

/* Until it has looked at what is on the disk. */
static char await_letter(const struct linux_fixture *f, const char *address)
{
	char letter;

	while (!(letter = find_letter(f, address)))
		usleep(10000);
	return letter;
}

static void stop(pid_t pid)
{
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void u16_letters_last_and_may_be_set(void **state)
{
	struct linux_fixture *f = *state;
	char address[128], id[64];

	linux_command(f, "mkfs.ext4 -q '%s'", f->image);
	linux_watch(f, volume_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	(void)expect_volume(f, PNPN_EVENT_INTERFACE_ARRIVED);
	disk_id(f, id);
	pid_t pid = linux_start_daemon(f, address);
	char letter = await_letter(f, address);
	stop(pid);
	linux_command(f, "grep -q '^%c: ' %s/names", letter, f->folder);
	pid = linux_start_daemon(f, address);
	assert_int_equal(await_letter(f, address), letter);
	stop(pid);
	linux_command(f, "printf '%%s\\n' 'Q: %s' > %s/names", id, f->folder);
	pid = linux_start_daemon(f, address);
	assert_int_equal(await_letter(f, address), 'Q');
	stop(pid);
	linux_command(f, "rm %s/names", f->folder);
}

static void u16_volumes_of_the_system_have_none(void **state)
{
	struct linux_fixture *f = *state;
	char address[128], folder[] = "/var/tmp/pnpn-XXXXXX";
	struct pnpn_connection *connection;
	struct pnpn_properties *properties;

	linux_command(f, "mkfs.ext4 -q -L ours '%s'", f->image);
	linux_watch(f, volume_class, PNPN_REGISTER_INTERFACES_ONLY);
	linux_attach(f);
	(void)expect_volume(f, PNPN_EVENT_INTERFACE_ARRIVED);
	assert_non_null(mkdtemp(folder));
	linux_command(f, "mount -o ro %s %s", f->disk, folder);
	pid_t pid = linux_start_daemon(f, address);
	/* It was looked at once its label is known. */
	assert_int_equal(pnpn_connect(&connection, address), 0);
	for (const char *label = NULL; !label; usleep(10000)) {
		assert_int_equal(pnpn_get_properties(connection, f->disk, &properties), 0);
		label = pnpn_properties_get(properties, "label", 0);
		if (label)
			assert_string_equal(label, "ours");
		pnpn_properties_free(properties);
	}
	pnpn_disconnect(connection);
	assert_int_equal(find_letter(f, address), 0);
	stop(pid);
	linux_command(f, "umount %s && rmdir %s && rm -f %s/names", folder, folder, f->folder);
}

/* Where there is a serial port. */
static void u16_a_port_has_a_number(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	const char *link;
	char text[PNPN_GUID_STRING];
	struct pnpn_guid class;
	int ports = 0, numbered = 0;

	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++) {
		if (!pnpn_device_info_get_interface(info, 0, &class, NULL))
			continue;
		pnpn_guid_to_string(&class, text);
		bool is_port = strcmp(text, serial_class) == 0;
		ports += is_port;
		for (size_t j = 0; is_port && (link = pnpn_device_info_get_link(info, j)); j++)
			numbered += strncmp(link, "\\\\.\\COM", 7) == 0 && atoi(link + 7) >= 1;
	}
	pnpn_device_list_free(list);
	assert_int_equal(numbered, ports);
	if (!ports)
		skip();
	struct pnpn_handle *handle;
	assert_int_equal(pnpn_open(f->application, "\\\\.\\com1", &handle), 0);
	pnpn_close(handle);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u16_a_volume_has_a_letter_while_it_is_there),
		TEST(u16_letters_last_and_may_be_set),
		TEST(u16_volumes_of_the_system_have_none),
		TEST(u16_a_port_has_a_number),
	};

	return cmocka_run_group_tests_name("letters and ports", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_run_tests(run, argc < 2 || strcmp(argv[1], "--no-udev") != 0);
}
