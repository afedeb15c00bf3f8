/* SPDX-License-Identifier: MIT */
/* D9: nobody takes another's name, and owners say who may do what with their devices. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify/manager.h>
#include "users-fixture.h"

static const struct pnpn_guid guid = {0x6e0a9c11, 0x2b3c, 0x4d5e, {8, 7, 6, 5, 4, 3, 2, 1}};
static const struct pnpn_guid class = {0x6e0a9c11, 0x2b3c, 0x4d5e, {8, 7, 6, 5, 4, 3, 2, 2}};

/* In a child a number says which step went wrong. */
#define EXPECT(condition)                          \
	do {                                       \
		if (!(condition))                  \
			return __LINE__ % 251 + 1; \
	} while (0)

/* --- who may own what ----------------------------------------------------------------------------- */

static int make(struct pnpn_connection *connection, const char *id)
{
	struct pnpn_device *device;
	int r = pnpn_device_new(connection, id, &device);

	if (r >= 0)
		pnpn_device_remove(device);
	return r;
}

static int owns_what_the_file_says(const struct users *users)
{
	struct pnpn_connection *connection;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(make(connection, "root\\hostile\\0000") == 0);
	EXPECT(make(connection, "ROOT\\HOSTILE-TOO\\0000") == 0);
	EXPECT(make(connection, "ROOT\\OTHER\\0000") == -EACCES);
	EXPECT(make(connection, "ROOT\\MINE\\0000") == -EACCES);
	EXPECT(make(connection, "OTHER\\HOSTILE\\0000") == -EACCES);
	return 0;
}

static int owns_nothing(const struct users *users)
{
	struct pnpn_connection *connection;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(make(connection, "ROOT\\HOSTILE\\0000") == -EACCES);
	return 0;
}

static int owns_all_but_the_system_s(const struct users *users)
{
	static const char *const ids[] = {"LINUX\\BLOCK\\SDZ",	  "KERNEL\\PLATFORM\\FOO",
					  "FLEET\\HOST\\0",	  "USB\\VID_0781&PID_5567\\1",
					  "HID\\VID_0001\\2",	  "PCI\\VEN_8086\\3",
					  "kernel\\Platform\\foo"};
	struct pnpn_connection *connection;
	struct pnpn_device *device;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		EXPECT(make(connection, ids[i]) == -EACCES);
	EXPECT(pnpn_device_new(connection, "ANY\\THING\\0000", &device) == 0);
	EXPECT(pnpn_device_add_link(device, "\\\\.\\sdz") == -EACCES);
	EXPECT(pnpn_device_add_link(device, "\\\\.\\TTYUSB7") == -EACCES);
	EXPECT(pnpn_device_add_link(device, "\\\\.\\Thing") == 0);
	return 0;
}

/* F4: other machines' devices are nobody's whom the file does not name for them. */
static int owns_a_host_of_the_fleet(const struct users *users)
{
	struct pnpn_connection *connection;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(make(connection, "FLEET\\HOST\\0000") == 0);
	EXPECT(make(connection, "FLEET\\HOSTILE\\0000") == -EACCES);
	EXPECT(make(connection, "ROOT\\HOSTILE\\0000") == -EACCES);
	return 0;
}

/* Where anybody may connect. */
static void d9_the_file_says_who_owns_what(void **state)
{
	struct users *users = *state;

	users_run(users, HOSTILE_UID, owns_what_the_file_says);
	users_write_owners(users, "65533 *\n", 0644);
	users_run(users, HOSTILE_UID, owns_nothing);
	users_write_owners(users, "%65534 ROOT\\HOSTILE*  # by his group\n", 0644);
	users_run(users, HOSTILE_UID, owns_what_the_file_says);
	users_write_owners(users, "nobody ROOT\\HOSTILE*\nbroken\n\n* x y z\n", 0644);
	users_run(users, HOSTILE_UID, owns_what_the_file_says);
	users_write_owners(users, "65534 *\n", 0644);
	users_run(users, HOSTILE_UID, owns_all_but_the_system_s);
	users_write_owners(users, "65534 FLEET\\HOST\\*\n", 0644);
	users_run(users, HOSTILE_UID, owns_a_host_of_the_fleet);
	assert_int_equal(make(users->root, "FLEET\\OTHER\\0000"), 0);
	assert_int_equal(make(users->root, "ROOT\\HOSTILE\\0000"), 0);
}

static void d9_a_file_that_others_may_write_does_not_count(void **state)
{
	struct users *users = *state;

	users_write_owners(users, "65534 *\n", 0666);
	users_run(users, HOSTILE_UID, owns_nothing);
	users_write_owners(users, "65534 *\n", 0644);
	assert_int_equal(chown(users->owners, HOSTILE_UID, 0), 0);
	users_run(users, HOSTILE_UID, owns_nothing);
	assert_int_equal(unlink(users->owners), 0);
	users_run(users, HOSTILE_UID, owns_nothing);
}

static int a_manager_of_ones_own(const struct users *users)
{
	struct pnpn_manager *manager;
	struct pnpn_connection *connection;

	EXPECT(pnpn_manager_start(&manager, NULL, 0) == 0);
	EXPECT(pnpn_manager_connect(manager, &connection) == 0);
	EXPECT(make(connection, "ROOT\\WHATEVER\\0000") == 0);
	EXPECT(make(connection, "LINUX\\BLOCK\\SDZ") == -EACCES);
	pnpn_disconnect(connection);
	pnpn_manager_stop(manager);
	return 0;
}

static void d9_whoever_may_connect_to_a_private_one_owns(void **state)
{
	users_run(*state, HOSTILE_UID, a_manager_of_ones_own);
}

/* --- who may do what ------------------------------------------------------------------------------ */

#define ID   "ROOT\\GUARDED\\0000"
#define LINK "\\\\.\\Guarded"

static int may_nothing(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_register_device(connection, LINK, 0, NULL, NULL) == -EACCES);
	EXPECT(pnpn_open(connection, LINK, &handle) == -EACCES);
	EXPECT(pnpn_report_by_hand(connection, LINK, &guid, NULL, 0, -1) == -EACCES);
	return 0;
}

static int may_register(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_register_device(connection, LINK, 0, NULL, NULL) == 0);
	EXPECT(pnpn_open(connection, LINK, &handle) == -EACCES);
	EXPECT(pnpn_report_by_hand(connection, LINK, &guid, NULL, 0, -1) == -EACCES);
	return 0;
}

static int may_open(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_register_device(connection, LINK, 0, NULL, NULL) == -EACCES);
	EXPECT(pnpn_open(connection, LINK, &handle) == 0);
	EXPECT(pnpn_report_by_hand(connection, LINK, &guid, NULL, 0, -1) == -EACCES);
	return 0;
}

static int may_what_everybody_may(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_register_device(connection, LINK, 0, NULL, NULL) == 0);
	EXPECT(pnpn_open(connection, LINK, &handle) == 0);
	EXPECT(pnpn_report_by_hand(connection, LINK, &guid, NULL, 0, -1) == -EACCES);
	return 0;
}

/* Root's device, guarded so, and what the other user may do with it then. */
static void expect_access(struct users *users, uint32_t mode, uint32_t uid, uint32_t gid,
			  int (*run)(const struct users *users))
{
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(users->root, ID, &device), 0);
	assert_int_equal(pnpn_device_set_access(device, mode, uid, gid), 0);
	assert_int_equal(pnpn_device_add_link(device, LINK), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	users_run(users, OTHER_UID, run);
	assert_int_equal(pnpn_device_set_access(device, 0777, uid, gid), -EALREADY);
	pnpn_device_remove(device);
}

static void d9_mode_user_and_group(void **state)
{
	struct users *users = *state;

	expect_access(users, 0755, UINT32_MAX, UINT32_MAX, may_what_everybody_may);
	expect_access(users, 0700, UINT32_MAX, UINT32_MAX, may_nothing);
	expect_access(users, 0704, UINT32_MAX, UINT32_MAX, may_register);
	expect_access(users, 0701, UINT32_MAX, UINT32_MAX, may_open);
	expect_access(users, 0740, UINT32_MAX, OTHER_UID, may_register);
	expect_access(users, 0710, UINT32_MAX, OTHER_UID, may_open);
	/* As of a file: whoever is the user, or of the group, is not one of the others. */
	expect_access(users, 0005, OTHER_UID, UINT32_MAX, may_nothing);
	expect_access(users, 0705, UINT32_MAX, OTHER_UID, may_nothing);
	expect_access(users, 0400, OTHER_UID, UINT32_MAX, may_register);
}

static void d9_a_mode_that_is_none(void **state)
{
	struct users *users = *state;
	struct pnpn_device *device;

	assert_int_equal(pnpn_device_new(users->root, ID, &device), 0);
	assert_int_equal(pnpn_device_set_access(device, 04755, 0, 0), -EINVAL);
	pnpn_device_remove(device);
}

static int report(const struct users *users)
{
	struct pnpn_connection *connection;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	return -pnpn_report_by_hand(connection, LINK, &guid, "x", 1, -1);
}

static int own_device(const struct users *users, int socket)
{
	struct pnpn_connection *connection;
	struct pnpn_device *device;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_device_new(connection, "ROOT\\HOSTILE\\0000", &device) == 0);
	EXPECT(pnpn_device_add_link(device, LINK) == 0);
	EXPECT(pnpn_device_start(device) == 0);
	step_send(socket, 'd');
	while (pnpn_wait(connection, -1) >= 0)
		;
	return 0;
}

static int refused(const struct users *users)
{
	return report(users) == EACCES ? 0 : 1;
}

/* The owner's user and root, and nobody else. */
static void d9_who_reports_by_hand(void **state)
{
	struct users *users = *state;
	struct child owner;

	users_start(users, HOSTILE_UID, own_device, &owner);
	users_run(users, HOSTILE_UID, report);
	users_run(users, OTHER_UID, refused);
	assert_int_equal(pnpn_report_by_hand(users->root, LINK, &guid, "x", 1, -1), 0);
	child_kill(&owner);
}

static int may_not_remove(const struct users *users)
{
	struct pnpn_connection *connection;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_remove(connection, LINK, 0, NULL, 0) == -EACCES);
	EXPECT(pnpn_remove(connection, LINK, PNPN_REMOVE_FORCE, NULL, 0) == -EACCES);
	EXPECT(pnpn_remove(connection, VICTIM_ID, PNPN_REMOVE_FORCE, NULL, 0) == -EACCES);
	return 0;
}

static int removes(const struct users *users)
{
	struct pnpn_connection *connection;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_remove(connection, LINK, 0, NULL, 0) == 0);
	return 0;
}

/* The owner's user and root, and nobody else. */
static void d9_who_removes(void **state)
{
	struct users *users = *state;
	struct child owner;

	users_start(users, HOSTILE_UID, own_device, &owner);
	users_run(users, OTHER_UID, may_not_remove);
	users_run(users, HOSTILE_UID, removes);
	child_kill(&owner);
	users_start(users, HOSTILE_UID, own_device, &owner);
	assert_int_equal(pnpn_remove(users->root, LINK, 0, NULL, 0), 0);
	child_kill(&owner);
}

/* How many of the events that can be taken now are the victim's reports; -1 if one is somebody else's. */
static int take_reports(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;
	int reports = 0;

	while (pnpn_next_event(connection, &event) > 0) {
		if (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM)
			continue;
		if (strcmp(pnpn_event_get_device(event), VICTIM_ID) != 0)
			return -1;
		reports++;
	}
	return reports;
}

/* The victim's event comes last. When it is there the manager's answer comes behind all that it sent, the guarded one's
 * removal too, before which that one's events would have to be told, whatever the order of the rings. */
static int follows_all_but_what_is_guarded(const struct users *users, int socket)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;
	int reports;

	EXPECT(pnpn_connect(&connection, users->address) == 0);
	EXPECT(pnpn_register_class(connection, &class, 0, NULL, NULL) == 0);
	EXPECT(pnpn_register_all(connection, 0, NULL, NULL) == 0);
	step_send(socket, 'd');
	while ((reports = take_reports(connection)) == 0)
		EXPECT(pnpn_wait(connection, PATIENCE_MS) > 0);
	EXPECT(reports == 1);
	EXPECT(pnpn_list_devices(connection, &list) == 0);
	pnpn_device_list_free(list);
	EXPECT(pnpn_dispatch(connection) == 0);
	EXPECT(take_reports(connection) == 0);
	return 0;
}

static void d9_classes_leave_out_what_one_may_not_follow(void **state)
{
	struct users *users = *state;
	struct pnpn_device *device;
	struct child other;
	char *name;

	users_start(users, OTHER_UID, follows_all_but_what_is_guarded, &other);
	assert_int_equal(pnpn_device_new(users->root, ID, &device), 0);
	assert_int_equal(pnpn_device_set_access(device, 0700, UINT32_MAX, UINT32_MAX), 0);
	assert_int_equal(pnpn_device_add_interface(device, &class, NULL, &name), 0);
	assert_int_equal(pnpn_device_enable_interface(device, name, true), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	free(name);
	assert_int_equal(pnpn_device_report(device, &guid, "secret", 6, -1), 0);
	pnpn_device_remove(device);
	assert_int_equal(pnpn_device_report(users->victim, &guid, "x", 1, -1), 0);
	assert_int_equal(child_wait(&other), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, users_setup, users_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d9_the_file_says_who_owns_what),
		TEST(d9_a_file_that_others_may_write_does_not_count),
		TEST(d9_whoever_may_connect_to_a_private_one_owns),
		TEST(d9_mode_user_and_group),
		TEST(d9_a_mode_that_is_none),
		TEST(d9_who_reports_by_hand),
		TEST(d9_who_removes),
		TEST(d9_classes_leave_out_what_one_may_not_follow),
	};
	int status = users_main_skip();

	return status ? status : cmocka_run_group_tests(tests, NULL, NULL);
}
