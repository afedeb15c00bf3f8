/* SPDX-License-Identifier: MIT */
/*
 * Linux's network interfaces, where udev runs and (with --no-udev) where it does not: their names, their links,
 * and who has their names: L1, L2, D3, D9.
 */
#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/events.h>
#include <pnpnotify/manager.h>
#include "linux-fixture.h"

static bool no_udev;

static void settle(struct linux_fixture *f)
{
	if (!no_udev)
		linux_command(f, "udevadm settle");
}

static void expect_interface(struct linux_fixture *f, enum pnpn_event_kind kind, const char *id)
{
	const struct pnpn_event *event = wait_for_event(f->watcher);

	assert_int_equal(pnpn_event_get_kind(event), kind);
	assert_string_equal(pnpn_event_get_device(event), id);
}

/* Returns the number of events that are missing before it. */
static uint64_t expect_link(struct linux_fixture *f, struct pnpn_guid guid, unsigned int index)
{
	const struct pnpn_event *event = wait_for_event(f->application);
	struct pnpn_link_change change;
	size_t size;

	assert_memory_equal(pnpn_event_get_guid(event), &guid, sizeof(guid));
	const void *data = pnpn_event_get_data(event, &size);
	assert_int_equal(size, sizeof(change));
	memcpy(&change, data, sizeof(change));
	assert_int_equal(change.index, index);
	return pnpn_event_get_lost(event);
}

static void l1_l2_d3_a_network_pair(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, "\\\\.\\pnpt0", &handle), -ENOENT);
	linux_watch(f, NETWORK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "ip link add pnpt0 type veth peer name pnpt1");
	/* The kernel makes the peer first; udev may be done with either first. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(pnpn_event_get_kind(wait_for_event(f->watcher)),
				 PNPN_EVENT_INTERFACE_ARRIVED);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\pnpt0", &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), "LINUX\\NET\\PNPT0");
	assert_int_equal(pnpn_register_device(f->application, "\\\\.\\pnpt0", 0, NULL, NULL), 0);
	unsigned int index = if_nametoindex("pnpt0");
	linux_command(f, "ip link set pnpt0 up");
	linux_command(f, "ip link set pnpt1 up");
	expect_link(f, PNPN_LINK_UP, index);
	linux_command(f, "ip link set pnpt1 down");
	expect_link(f, PNPN_LINK_DOWN, index);
	linux_command(f, "ip link del pnpt0");
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pnpn_event_get_kind(wait_for_event(f->watcher)),
				 PNPN_EVENT_INTERFACE_REMOVED);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\pnpt0", &handle), -ENOENT);
}

/* The next event of an interface whose name begins so: others may come and go meanwhile. */
static const struct pnpn_event *next_of(struct linux_fixture *f, const char *first)
{
	const struct pnpn_event *event;

	do
		event = wait_for_event(f->watcher);
	while (strncmp(pnpn_event_get_device(event), first, strlen(first)) != 0);
	return event;
}

/* Links are up before udev has looked at their interfaces: each comes, and then is up. */
static void l2_a_link_that_comes_is_up(void **state)
{
	struct linux_fixture *f = *state;
	int arrived = 0, up = 0;

	linux_watch(f, NETWORK_CLASS, 0);
	if (!no_udev && !linux_pause_udev(true))
		skip();
	for (int i = 0; i < 5; i++)
		linux_command(f,
			      "ip link add pnps%d type veth peer name pnps%d && "
			      "ip link set pnps%d up && ip link set pnps%d up",
			      i, i + 5, i, i + 5);
	(void)linux_pause_udev(false);
	while (up < 10) {
		const struct pnpn_event *event = next_of(f, "LINUX\\NET\\PNPS");
		if (linux_is_event(event, PNPN_LINK_UP))
			up++;
		else
			arrived += pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_ARRIVED;
		assert_true(arrived >= up);
	}
	for (int i = 0; i < 5; i++)
		linux_command(f, "ip link del pnps%d", i);
}

/* A bridge's port that leaves it was up all the time: the next event is that its link goes down. */
static void l2_a_port_leaves_its_bridge(void **state)
{
	struct linux_fixture *f = *state;
	const struct pnpn_event *event;
	int up = 0;

	linux_watch(f, NETWORK_CLASS, 0);
	linux_command(f, "ip link add pnpb0 type bridge && "
			 "ip link add pnpb1 type veth peer name pnpb2 && "
			 "ip link set pnpb1 up && ip link set pnpb2 up && "
			 "ip link set pnpb1 master pnpb0");
	while (up < 2)
		up += linux_is_event(next_of(f, "LINUX\\NET\\PNPB"), PNPN_LINK_UP);
	linux_command(f, "ip link set pnpb1 nomaster && ip link set pnpb2 down");
	do
		event = next_of(f, "LINUX\\NET\\PNPB");
	while (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM ||
	       linux_is_event(event, PNPN_UEVENT));
	assert_true(linux_is_event(event, PNPN_LINK_DOWN));
	linux_command(f, "ip link del pnpb1 && ip link del pnpb0");
}

/* --- a manager of its own ------------------------------------------------------------------------- */

/* Waits for a device; the application, connected to that manager, is registered for it. */
static void wait_and_register(struct linux_fixture *f, const char *name)
{
	struct pnpn_handle *handle;

	while (pnpn_open(f->application, name, &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
	assert_int_equal(pnpn_register_device(f->application, name, 0, NULL, NULL), 0);
}

/* The fixture's application is one of the daemon's until that ends. */
static pid_t begin_daemon(struct linux_fixture *f, struct pnpn_connection **ret_own)
{
	char address[128];
	pid_t daemon = linux_start_daemon(f, address);

	*ret_own = f->application;
	assert_int_equal(pnpn_connect(&f->application, address), 0);
	return daemon;
}

static void end_daemon(struct linux_fixture *f, pid_t daemon, struct pnpn_connection *own)
{

	pnpn_disconnect(f->application);
	f->application = own;
	linux_end_daemon(daemon);
}

/* More messages of links than the daemon, which is stopped, has room for. */
static void overrun_links(struct linux_fixture *f, const char *link)
{
	linux_command(f,
		      "for i in $(seq 4000); do echo link set %s alias $i; done >%s/batch && "
		      "ip -batch %s/batch",
		      link, f->folder, f->folder);
}

/* How often the manager is asked something: what waits for it in between it has had time for. */
#define TURNS 20

static void let_it_work(struct linux_fixture *f)
{
	struct pnpn_device_list *list;

	for (int i = 0; i < TURNS; i++) {
		assert_int_equal(pnpn_list_devices(f->application, &list), 0);
		pnpn_device_list_free(list);
	}
}

/* Returns the limit that it had. */
static rlim_t limit_descriptors(pid_t daemon, rlim_t limit)
{
	struct rlimit now;

	assert_int_equal(prlimit(daemon, RLIMIT_NOFILE, NULL, &now), 0);
	const struct rlimit next = {limit, now.rlim_max};
	assert_int_equal(prlimit(daemon, RLIMIT_NOFILE, &next, NULL), 0);
	return now.rlim_cur;
}

/* L3, R15: the manager's sockets overrun, and it has no descriptor for fresh ones; once it has, all is told, and of
 * three changes of a link the last one, with how many are missing. */
static void l3_r15_an_overrun_without_descriptors(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *own;
	struct pnpn_handle *handle;

	linux_command(f, "ip link add pnpe0 type veth peer name pnpe1 && ip link set pnpe1 up");
	settle(f);
	pid_t daemon = begin_daemon(f, &own);
	wait_and_register(f, "LINUX\\NET\\PNPE0");
	kill(daemon, SIGSTOP);
	overrun_links(f, "pnpe1");
	linux_overrun(f);
	linux_command(f,
		      "ip link set pnpe0 up && ip link set pnpe0 down && ip link set pnpe0 up && "
		      "ip link add pnpe2 type bridge");
	settle(f);
	rlim_t before = limit_descriptors(daemon, 0);
	kill(daemon, SIGCONT);
	let_it_work(f);
	assert_int_equal(pnpn_open(f->application, "LINUX\\MEM\\NULL", &handle), 0);
	pnpn_close(handle);
	(void)limit_descriptors(daemon, before);
	assert_int_equal(expect_link(f, PNPN_LINK_UP, if_nametoindex("pnpe0")), 2);
	while (pnpn_open(f->application, "LINUX\\NET\\PNPE2", &handle) < 0)
		usleep(10000);
	pnpn_close(handle);
	end_daemon(f, daemon, own);
	linux_command(f, "ip link del pnpe0 && ip link del pnpe2");
}

/* A link of which the kernel tells in more than 32 KiB. */
static void l2_a_link_of_many_names(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *own;

	linux_command(f, "ip link add pnpn0 type veth peer name pnpn1 && ip link set pnpn1 up");
	linux_command(f,
		      "for i in $(seq 300); do printf "
		      "'link property add dev pnpn0 altname %%0120d\n' $i; done >%s/batch && "
		      "ip -batch %s/batch",
		      f->folder, f->folder);
	settle(f);
	pid_t daemon = begin_daemon(f, &own);
	wait_and_register(f, "LINUX\\NET\\PNPN0");
	linux_command(f, "ip link set pnpn0 up");
	expect_link(f, PNPN_LINK_UP, if_nametoindex("pnpn0"));
	linux_command(f, "ip link set pnpn1 down");
	expect_link(f, PNPN_LINK_DOWN, if_nametoindex("pnpn0"));
	end_daemon(f, daemon, own);
	linux_command(f, "ip link del pnpn0");
}

static long memory_of(pid_t daemon)
{
	char command[64], line[32] = "";

	snprintf(command, sizeof(command), "sed -n 's/^VmRSS:\\s*//p' /proc/%d/status",
		 (int)daemon);
	assert_int_equal(linux_run(command, line, sizeof(line)), 0);
	assert_true(atol(line) > 0);
	return atol(line);
}

/* An interface's number is its maker's to choose: no table is as long. */
static void l2_an_interface_of_a_high_number(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *own;
	pid_t daemon = begin_daemon(f, &own);
	long before = memory_of(daemon);

	linux_command(f, "ip link add pnpi0 index 1000000000 type veth peer name pnpi1 && "
			 "ip link set pnpi1 up");
	wait_and_register(f, "LINUX\\NET\\PNPI0");
	linux_command(f, "ip link set pnpi0 up");
	expect_link(f, PNPN_LINK_UP, 1000000000);
	assert_true(memory_of(daemon) - before < 65536);
	end_daemon(f, daemon, own);
	linux_command(f, "ip link del pnpi0");
}

static void expect_opens(struct linux_fixture *f, const char *name, const char *id)
{
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, name, &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), id);
	pnpn_close(handle);
}

/* A name in small letters, and one in both: their ids, and as Linux writes them. */
static void l1_linux_s_own_spelling(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_handle *handle;

	linux_watch(f, NETWORK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "ip link add pnpt8 type veth peer name pnpT9");
	for (int i = 0; i < 2; i++)
		wait_for_event(f->watcher);
	expect_opens(f, "LINUX\\NET\\PNPT8", "LINUX\\NET\\PNPT8");
	expect_opens(f, "LINUX\\net\\pnpt8", "LINUX\\NET\\PNPT8");
	expect_opens(f, "LINUX\\NET\\pnpT9", "LINUX\\NET\\PNP%549");
	expect_opens(f, "linux\\Net\\pnp%549", "LINUX\\NET\\PNP%549");
	assert_int_equal(pnpn_open(f->application, "LINUX\\NET\\pnpt9", &handle), -ENOENT);
	assert_int_equal(pnpn_open(f->application, "LINUX\\NET", &handle), -ENOENT);
	linux_command(f, "ip link del pnpt8");
}

/* Another name is another device. */
static void l1_a_network_interface_is_renamed(void **state)
{
	struct linux_fixture *f = *state;

	linux_watch(f, NETWORK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "ip link add pnpt2 type veth peer name pnpt3");
	for (int i = 0; i < 2; i++)
		wait_for_event(f->watcher);
	linux_command(f, "ip link set pnpt2 name pnpt4");
	expect_interface(f, PNPN_EVENT_INTERFACE_REMOVED, "LINUX\\NET\\PNPT2");
	expect_interface(f, PNPN_EVENT_INTERFACE_ARRIVED, "LINUX\\NET\\PNPT4");
	linux_command(f, "ip link del pnpt4");
}

/* Linux's names that differ in case alone are each its own: it is found before one that is the same but for its
 * case, whichever came first. */
static void l1_names_that_differ_in_case(void **state)
{
	struct linux_fixture *f = *state;

	linux_watch(f, NETWORK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "ip link add pnpx type veth peer name 'pnpx~'");
	linux_command(f, "ip link add PNPX type veth peer name PNPx");
	for (int i = 0; i < 4; i++)
		next_of(f, "LINUX\\NET\\");
	expect_opens(f, "\\\\.\\pnpx", "LINUX\\NET\\PNPX");
	expect_opens(f, "\\\\.\\PNPX", "LINUX\\NET\\PNPX~");
	expect_opens(f, "\\\\.\\PNPx", "LINUX\\NET\\%50%4E%50X");
	expect_opens(f, "\\\\.\\pnpx~", "LINUX\\NET\\PNPX%7E");
	expect_opens(f, "LINUX\\NET\\PNPX", "LINUX\\NET\\PNPX");
	expect_opens(f, "LINUX\\NET\\PNPX~", "LINUX\\NET\\PNPX~");
	expect_opens(f, "LINUX\\NET\\pnpx~", "LINUX\\NET\\PNPX%7E");
	expect_opens(f, "LINUX\\NET\\PNPx", "LINUX\\NET\\%50%4E%50X");
	linux_command(f, "ip link del PNPX && ip link del pnpx");
}

/* One name that is no UTF-8 keeps no other from being listed; udev tells nobody of it. */
static void l4_a_name_that_is_no_utf8(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_connection *own = f->application;
	struct pnpn_manager *again;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	const char *path = NULL;

	if (!no_udev)
		skip();
	linux_command(f, "ip link add \"$(printf 'pnpw\\377')\" type veth peer name pnpw1");
	assert_int_equal(pnpn_manager_start(&again, NULL, PNPN_MANAGER_LINUX_DEVICES), 0);
	assert_int_equal(pnpn_manager_connect(again, &f->application), 0);
	expect_opens(f, "LINUX\\NET\\PNPW%FF", "LINUX\\NET\\PNPW%FF");
	expect_opens(f, "\\\\.\\pnpw%FF", "LINUX\\NET\\PNPW%FF");
	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	for (size_t i = 0; (info = pnpn_device_list_get(list, i)); i++)
		if (strcmp(pnpn_device_info_get_id(info), "LINUX\\NET\\PNPW%FF") == 0)
			path = pnpn_device_info_get_syspath(info);
	assert_non_null(path);
	assert_string_equal(path + strlen(path) - strlen("/pnpw\\xff"), "/pnpw\\xff");
	pnpn_device_list_free(list);
	pnpn_disconnect(f->application);
	pnpn_manager_stop(again);
	f->application = own;
	linux_command(f, "ip link del pnpw1");
}

/* A process had the name, which looks like none of Linux's, before the device came. */
static void d9_a_device_of_linux_gets_its_name(void **state)
{
	struct linux_fixture *f = *state;
	struct pnpn_device *device;
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_device_new(f->application, "ROOT\\SQUATTER\\0000", &device), 0);
	assert_int_equal(pnpn_device_add_link(device, "\\\\.\\sdz"), -EACCES);
	assert_int_equal(pnpn_device_add_link(device, "\\\\.\\pnpt6"), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	linux_watch(f, NETWORK_CLASS, PNPN_REGISTER_INTERFACES_ONLY);
	linux_command(f, "ip link add pnpt6 type veth peer name pnpt7");
	for (int i = 0; i < 2; i++)
		wait_for_event(f->watcher);
	assert_int_equal(pnpn_open(f->application, "\\\\.\\pnpt6", &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), "LINUX\\NET\\PNPT6");
	pnpn_close(handle);
	assert_int_equal(pnpn_open(f->application, "ROOT\\SQUATTER\\0000", &handle), 0);
	pnpn_close(handle);
	pnpn_device_remove(device);
	linux_command(f, "ip link del pnpt6");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_setup, linux_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l1_l2_d3_a_network_pair),
		TEST(l2_a_link_that_comes_is_up),
		TEST(l2_a_port_leaves_its_bridge),
		TEST(l1_linux_s_own_spelling),
		TEST(l1_a_network_interface_is_renamed),
		TEST(d9_a_device_of_linux_gets_its_name),
		TEST(l1_names_that_differ_in_case),
		TEST(l4_a_name_that_is_no_utf8),
		TEST(l3_r15_an_overrun_without_descriptors),
		TEST(l2_a_link_of_many_names),
		TEST(l2_an_interface_of_a_high_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	no_udev = argc > 1 && strcmp(argv[1], "--no-udev") == 0;
	return linux_run_tests(run_all, !no_udev);
}
