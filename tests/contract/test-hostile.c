/* SPDX-License-Identifier: MIT */
/* Clients that mean harm, or are broken, harm nobody else: R1, R13, R14, with the manager's sockets and
 * descriptors used as no library of ours would: by the user whose device it is, and by another one. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "../support/waiting.h"

#define ANOTHER_UID	65534
#define FEW_DESCRIPTORS 1024
#define NO_ROOM_MS	500 /* who reads makes room sooner */
#define PATH		"/org/pnpnotify/Manager1"
#define INTERFACE	"org.pnpnotify.Manager1"
#define ID		"ROOT\\VICTIM\\0000"

static const struct pnpn_guid guid = {0x6e0a9c11, 0x2b3c, 0x4d5e, {8, 7, 6, 5, 4, 3, 2, 1}};

struct fixture {
	char folder[64];
	char socket[96];
	char address[128];
	struct pnpn_manager *manager;
	struct pnpn_connection *driver;
	struct pnpn_connection *application;
	struct pnpn_device *device;
	sd_bus *attacker;
};

/* As whom the attacker connects: a socket says of its peer who connected. */
static uid_t attacker_uid;

/* The calling thread alone becomes another user, and is itself again. */
static void become(uid_t uid)
{
	assert_int_equal(syscall(SYS_setresuid, -1, uid, -1), 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	strcpy(f->folder, "/tmp/pnpn-hostile-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->socket, sizeof(f->socket), "%s/socket", f->folder);
	snprintf(f->address, sizeof(f->address), "unix:path=%s", f->socket);
	assert_int_equal(pnpn_manager_start(&f->manager, f->address, false), 0);
	assert_int_equal(chmod(f->folder, 0755), 0);
	assert_int_equal(chmod(f->socket, 0666), 0);
	assert_int_equal(pnpn_connect(&f->driver, f->address), 0);
	assert_int_equal(pnpn_connect(&f->application, f->address), 0);
	assert_int_equal(pnpn_device_new(f->driver, ID, &f->device), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_true(sd_bus_new(&f->attacker) >= 0);
	assert_true(sd_bus_set_address(f->attacker, f->address) >= 0);
	assert_true(sd_bus_negotiate_fds(f->attacker, 1) >= 0);
	become(attacker_uid);
	int r = sd_bus_start(f->attacker);
	become(getuid());
	assert_true(r >= 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sd_bus_close_unref(f->attacker);
	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	pnpn_manager_stop(f->manager);
	rmdir(f->folder);
	free(f);
	return 0;
}

/* The proof that nobody else was harmed: a registration, a report, the event. */
static void expect_service(struct fixture *f)
{
	struct pnpn_registration *registration;

	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, &registration), 0);
	assert_int_equal(pnpn_device_report(f->device, &guid, "x", 1, -1), 0);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	pnpn_unregister(registration);
}

__attribute__((sentinel(0))) static int call(struct fixture *f, const char *method,
					     sd_bus_message **ret_reply, const char *types, ...);

static int call(struct fixture *f, const char *method, sd_bus_message **ret_reply,
		const char *types, ...)
{
	sd_bus_message *m = NULL;
	va_list arguments;

	assert_true(sd_bus_message_new_method_call(f->attacker, &m, NULL, PATH, INTERFACE,
						   method) >= 0);
	va_start(arguments, types);
	assert_true(sd_bus_message_appendv(m, types, arguments) >= 0);
	va_end(arguments);
	int r = sd_bus_call(f->attacker, m, 0, NULL, ret_reply);
	sd_bus_message_unref(m);
	return r < 0 ? r : 0;
}

struct owned {
	sd_bus_message *reply; /* keeps the descriptors */
	uint64_t number;
	int ring, wake, helper, handled;
};

static void create(struct fixture *f, const char *id, struct owned *owned)
{
	assert_int_equal(call(f, "CreateDevice", &owned->reply, "s", id, NULL), 0);
	assert_true(sd_bus_message_read(owned->reply, "thhhh", &owned->number, &owned->ring,
					&owned->wake, &owned->helper, &owned->handled) >= 0);
	assert_int_equal(call(f, "StartDevice", NULL, "t", owned->number, NULL), 0);
}

/* Full, and blocking for whoever else writes to it. */
static void block_writers(int fd)
{
	(void)eventfd_write(fd, UINT64_MAX - 1);
	(void)fcntl(fd, F_SETFL, 0);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

/* R1, R14: an owner spoils the descriptors that it shares with the manager, then ends. */
static void r14_an_owner_that_blocks_its_descriptors(void **state)
{
	struct fixture *f = *state;
	struct owned owned;

	create(f, "ROOT\\HOSTILE\\0000", &owned);
	assert_int_equal(pnpn_register_device(f->application, "ROOT\\HOSTILE\\0000",
					      PNPN_REGISTER_KERNEL_MODE, NULL, NULL),
			 0);
	block_writers(owned.wake);
	block_writers(owned.handled);
	(void)fcntl(owned.helper, F_SETFL, 0);
	assert_int_equal(eventfd_write(owned.helper, 1), 0);
	assert_int_equal(call(f, "RemoveDevice", NULL, "t", owned.number, NULL), 0);
	sd_bus_message_unref(owned.reply);
	const struct pnpn_event *event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	expect_service(f);
}

struct kicker {
	int fd;
	bool stop;
};

static void *kick_without_end(void *argument)
{
	struct kicker *kicker = argument;

	while (!__atomic_load_n(&kicker->stop, __ATOMIC_RELAXED))
		(void)eventfd_write(kicker->fd, 1);
	return NULL;
}

/* The attacker registers for the victim's device. Returns what wakes him, and what he says with that he sleeps. */
static int attach(struct fixture *f, int *ret_kick)
{
	sd_bus_message *m = NULL;
	int wake = -1;

	assert_int_equal(call(f, "Register", NULL, "ussu", 1, "device", ID, 0, NULL), 0);
	while (wake < 0) {
		assert_true(sd_bus_process(f->attacker, &m) >= 0);
		if (m && sd_bus_message_is_signal(m, INTERFACE, "Attached")) {
			assert_true(sd_bus_message_skip(m, "utsbh") >= 0);
			assert_true(sd_bus_message_read(m, "hh", &wake, ret_kick) >= 0);
			wake = dup(wake);
			*ret_kick = dup(*ret_kick);
		}
		m = sd_bus_message_unref(m);
	}
	return wake;
}

/* R1: a registrant that says without end that it is about to sleep. */
static void r1_a_registrant_that_kicks_without_end(void **state)
{
	struct fixture *f = *state;
	struct kicker kicker = {0};
	pthread_t thread;

	close(attach(f, &kicker.fd));
	assert_int_equal(pthread_create(&thread, NULL, kick_without_end, &kicker), 0);
	for (int i = 0; i < 20; i++)
		expect_service(f);
	__atomic_store_n(&kicker.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	close(kicker.fd);
}

/* R1, D10: what wakes a registrant, and is never read, is out of what he keeps. */
static void r1_d10_who_left_is_woken_by_nobody(void **state)
{
	struct fixture *f = *state;
	int kick, wake = attach(f, &kick);
	struct pollfd poll_fd = {.fd = wake, .events = POLLIN};

	assert_int_equal(eventfd_write(kick, 1), 0);
	while (poll(&poll_fd, 1, 0) == 0)
		assert_int_equal(pnpn_device_report(f->device, &guid, "x", 1, -1), 0);
	assert_int_equal(call(f, "Unregister", NULL, "u", 1, NULL), 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	expect_service(f);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	close(wake);
	close(kick);
}

/* --- the bus -------------------------------------------------------------------------------------- */

static void the_devices_of_others_are_out_of_reach(void **state)
{
	struct fixture *f = *state;

	for (uint64_t number = 0; number < 16; number++) {
		assert_int_equal(call(f, "RemoveDevice", NULL, "t", number, NULL), -ENODEV);
		assert_int_equal(call(f, "AddLink", NULL, "ts", number, "\\\\.\\Mine", NULL),
				 -ENODEV);
	}
	assert_int_equal(call(f, "RemoveDevice", NULL, "t", UINT64_MAX, NULL), -ENODEV);
	expect_service(f);
}

/* D9: whoever asks, on a private socket too. */
static void d9_ids_and_names_of_the_system_s_devices(void **state)
{
	struct fixture *f = *state;
	struct owned owned;
	static const char *const ids[] = {"linux\\Block\\sda", "KERNEL\\PLATFORM\\FOO",
					  "FLEET\\HOST\\0",    "usb\\VID_0781&PID_5567\\1",
					  "HID\\VID_0001\\2",  "PCI\\VEN_8086\\3"};
	static const char *const names[] = {
		"sdz",	      "SDZ9",	     "nvme3n1p2", "eth7",    "enp0s31f6",    "wlan0",
		"ttyUSB12",   "hidraw5",     "event99",	  "loop250", "0000:00:1f.2", "1-1.4:1.0",
		"renderD128", "iio:device0", "dm-77",	  "null",    "mmcblk0boot1", "ttyS0"};
	char name[64];

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_int_equal(call(f, "CreateDevice", NULL, "s", ids[i], NULL), -EACCES);
	create(f, "ROOT\\USB\\0000", &owned);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "\\\\.\\%s", names[i]);
		assert_int_equal(call(f, "AddLink", NULL, "ts", owned.number, name, NULL), -EACCES);
	}
	assert_int_equal(call(f, "AddLink", NULL, "ts", owned.number, "\\\\.\\Hello1", NULL), 0);
	assert_int_equal(call(f, "AddLink", NULL, "ts", owned.number, "\\\\.\\sdzTool", NULL), 0);
	sd_bus_message_unref(owned.reply);
	expect_service(f);
}

static void wrong_types_and_wrong_words(void **state)
{
	struct fixture *f = *state;

	assert_true(call(f, "CreateDevice", NULL, "u", 7, NULL) < 0);
	assert_true(call(f, "Register", NULL, "s", "device", NULL) < 0);
	assert_int_equal(call(f, "Register", NULL, "ussu", 0, "all", "", 0, NULL), -EINVAL);
	assert_int_equal(call(f, "Register", NULL, "ussu", 1, "some", "", 0, NULL), -EINVAL);
	assert_int_equal(call(f, "Register", NULL, "ussu", 1, "all", "", 1u << 31, NULL), -EINVAL);
	assert_int_equal(call(f, "Register", NULL, "ussu", 1, "class", "{", 0, NULL), -EINVAL);
	assert_int_equal(call(f, "Unregister", NULL, "u", 1, NULL), -ENOENT);
	assert_true(call(f, "Close", NULL, "t", (uint64_t)1, NULL) < 0);
	assert_int_equal(call(f, "Register", NULL, "ussu", 1, "all", "", 0, NULL), 0);
	assert_int_equal(call(f, "Register", NULL, "ussu", 1, "all", "", 0, NULL), -EEXIST);
	expect_service(f);
}

/* More often than one may at once. */
#define AWAITED_MORE 5000

/* D10: who waits for a device no longer may wait for another one. */
static void d10_waiting_is_given_back(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < AWAITED_MORE; i++) {
		assert_int_equal(call(f, "Register", NULL, "ussu", 1, "coming", "ROOT\\NEVER\\0000",
				      0, NULL),
				 0);
		assert_int_equal(call(f, "Unregister", NULL, "u", 1, NULL), 0);
	}
	expect_service(f);
}

/* So many registrations for the victim's device until one is refused. */
static uint32_t register_till_refused(struct fixture *f)
{
	for (uint32_t number = 1;; number++) {
		int r = call(f, "Register", NULL, "ussu", number, "device", ID, 0, NULL);
		while (sd_bus_process(f->attacker, NULL) > 0)
			;
		if (r == -EDQUOT)
			return number - 1;
		assert_int_equal(r, 0);
	}
}

/* D10: a refused registration takes no descriptors, and gives none back that it did not take; one that ends gives
 * back its own. */
static void d10_descriptors_are_counted(void **state)
{
	struct fixture *f = *state;

	/* Whoever runs the manager has no less than there is. */
	if (attacker_uid == getuid())
		skip();
	uint32_t most = register_till_refused(f);
	assert_in_range(most, 1, FEW_DESCRIPTORS / 4);
	for (int i = 0; i < 20; i++)
		assert_int_equal(call(f, "Register", NULL, "ussu", most + 1, "device", ID, 0, NULL),
				 -EDQUOT);
	for (uint32_t number = 1; number <= most; number++)
		assert_int_equal(call(f, "Unregister", NULL, "u", number, NULL), 0);
	assert_int_equal(register_till_refused(f), most);
	expect_service(f);
}

/* D10: so does one for a device whose owner has but a share of them. */
static void d10_a_share_of_descriptors_is_given_back(void **state)
{
	struct fixture *f = *state;
	struct owned owned;

	create(f, "ROOT\\HOSTILE\\0000", &owned);
	for (int i = 0; i < FEW_DESCRIPTORS; i++) {
		struct pnpn_registration *registration;
		assert_int_equal(pnpn_register_device(f->application, "ROOT\\HOSTILE\\0000", 0,
						      NULL, &registration),
				 0);
		pnpn_unregister(registration);
	}
	sd_bus_message_unref(owned.reply);
}

/* What is opened is registered for, and nothing else by its number. */
static void handles_of_other_devices(void **state)
{
	struct fixture *f = *state;
	struct pnpn_handle *handle;
	struct owned owned;
	char what[128];

	create(f, "ROOT\\ANOTHER\\0000", &owned);
	assert_int_equal(pnpn_open(f->application, "ROOT\\ANOTHER\\0000", &handle), 0);
	uint64_t number = pnpn_handle_get_number(handle);
	static const struct {
		const char *format;
		int r;
	} cases[] = {{"%lu " ID, -ENODEV},
		     {"%lu1 " ID, -ENODEV},
		     {"%lu ROOT\\NONE\\0000", -ENODEV},
		     {"%lu", -EINVAL},
		     {" %lu", -EINVAL},
		     {"x%lu " ID, -EINVAL},
		     {"%lu" ID, -EINVAL},
		     {"%lu ROOT\\ANOTHER\\0000", 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(what, sizeof(what), cases[i].format, (unsigned long)number);
		int r = call(f, "Register", NULL, "ussu", 7, "handle", what, 0, NULL);
		if (r != cases[i].r)
			fail_msg("\"%s\": %d", what, r);
	}
	sd_bus_message_unref(owned.reply);
	pnpn_close(handle);
	expect_service(f);
}

static int connect_raw(struct fixture *f)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(name.sun_path, f->socket, strlen(f->socket));
	become(attacker_uid);
	int r = connect(fd, (struct sockaddr *)&name, sizeof(name));
	become(getuid());
	assert_int_equal(r, 0);
	return fd;
}

static void garbage_ends_its_own_connection_only(void **state)
{
	struct fixture *f = *state;
	static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
	char bytes[4096];

	for (unsigned int seed = 0; seed < 200; seed++) {
		int fd = connect_raw(f);
		unsigned int word = seed * 2654435761u + 1;
		for (size_t i = 0; i < sizeof(bytes); i++) {
			word = word * 1664525u + 1013904223u;
			bytes[i] = (char)(word >> 24);
		}
		if (seed & 1)
			(void)!send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL);
		if (seed & 2)
			memcpy(bytes, "l\1\0\1", 4);
		(void)!send(fd, bytes, seed & 4 ? sizeof(bytes) : seed, MSG_NOSIGNAL);
		close(fd);
	}
	expect_service(f);
	pnpn_disconnect(f->application);
	assert_int_equal(pnpn_connect(&f->application, f->address), 0);
	expect_service(f);
}

/* A request after the other, whatever becomes of the answers. Returns whether there is room for more. */
static bool ask_without_reading(struct fixture *f, int fd)
{
	sd_bus_message *m = NULL;
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

	if (poll(&poll_fd, 1, NO_ROOM_MS) != 1 || poll_fd.revents & (POLLHUP | POLLERR))
		return false;
	assert_true(sd_bus_message_new_method_call(f->attacker, &m, NULL, PATH, INTERFACE,
						   "ListDevices") >= 0);
	assert_true(sd_bus_message_append(m, "t", (uint64_t)0) >= 0);
	uint64_t cookie; /* asking for it asks for an answer */
	int r = sd_bus_send(f->attacker, m, &cookie);
	if (r >= 0)
		r = sd_bus_flush(f->attacker);
	sd_bus_message_unref(m);
	return r >= 0;
}

/* R1, D10: it asks and never reads the answers, until the manager takes no more from it. */
static void r1_d10_a_client_that_never_reads(void **state)
{
	struct fixture *f = *state;
	int fd = fcntl(sd_bus_get_fd(f->attacker), F_DUPFD_CLOEXEC, 3); /* sd-bus closes its own */
	int asked = 0;

	for (int i = 0; i < 64; i++) {
		char id[64];
		snprintf(id, sizeof(id), "ROOT\\A-DEVICE-WITH-A-LONG-NAME\\%04d", i);
		assert_int_equal(call(f, "CreateDevice", NULL, "s", id, NULL), 0);
	}
	while (asked < 20000 && ask_without_reading(f, fd))
		asked++;
	assert_true(asked < 20000);
	close(fd);
	expect_service(f);
}

/* --- many ----------------------------------------------------------------------------------------- */

#define MANY 150

/* Linux allows 100 ways through two epolls from one descriptor: a registrant in a loop of its own. */
static void r1_many_registrants_in_loops_of_their_own(void **state)
{
	struct fixture *f = *state;
	struct pnpn_connection *connections[MANY];
	int loops[MANY];

	for (int i = 0; i < MANY; i++) {
		struct epoll_event event = {.events = EPOLLIN};
		assert_int_equal(pnpn_manager_connect(f->manager, &connections[i]), 0);
		loops[i] = epoll_create1(EPOLL_CLOEXEC);
		assert_int_equal(
			epoll_ctl(loops[i], EPOLL_CTL_ADD, pnpn_get_fd(connections[i]), &event), 0);
		assert_int_equal(pnpn_register_device(connections[i], ID, 0, NULL, NULL), 0);
	}
	for (int i = 0; i < MANY; i++)
		assert_int_equal(pnpn_dispatch(connections[i]), 0);
	assert_int_equal(pnpn_device_report(f->device, &guid, "x", 1, -1), 0);
	for (int i = 0; i < MANY; i++) {
		const struct pnpn_event *event;
		struct epoll_event got;
		while (pnpn_next_event(connections[i], &event) <= 0) {
			assert_int_equal(epoll_wait(loops[i], &got, 1, PATIENCE_MS), 1);
			assert_int_equal(pnpn_dispatch(connections[i]), 0);
		}
		assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	}
	for (int i = 0; i < MANY; i++) {
		pnpn_disconnect(connections[i]);
		close(loops[i]);
	}
}

/* Manager and registrants are one process here: more descriptors than it may have unasked. */
static void raise_limit(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Of what the process may have open the manager gives its users a part. */
static int setup_few(void **state)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = FEW_DESCRIPTORS;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return setup(state);
}

static int teardown_few(void **state)
{
	raise_limit();
	return teardown(state);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r14_an_owner_that_blocks_its_descriptors),
		TEST(r1_a_registrant_that_kicks_without_end),
		TEST(r1_d10_who_left_is_woken_by_nobody),
		TEST(the_devices_of_others_are_out_of_reach),
		TEST(d9_ids_and_names_of_the_system_s_devices),
		TEST(wrong_types_and_wrong_words),
		TEST(d10_waiting_is_given_back),
		cmocka_unit_test_setup_teardown(d10_descriptors_are_counted, setup_few,
						teardown_few),
		cmocka_unit_test_setup_teardown(d10_a_share_of_descriptors_is_given_back, setup_few,
						teardown_few),
		TEST(handles_of_other_devices),
		TEST(garbage_ends_its_own_connection_only),
		TEST(r1_d10_a_client_that_never_reads),
	};
	const struct CMUnitTest others[] = {
		TEST(r1_many_registrants_in_loops_of_their_own),
	};

	raise_limit();
	attacker_uid = getuid();
	int failed = cmocka_run_group_tests_name("by the same user", tests, NULL, NULL) +
		     cmocka_run_group_tests(others, NULL, NULL);
	if (getuid()) {
		puts("needs root, to be another user too");
		return failed;
	}
	attacker_uid = ANOTHER_UID;
	return failed + cmocka_run_group_tests_name("by another user", tests, NULL, NULL);
}
