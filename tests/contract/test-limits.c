/* SPDX-License-Identifier: MIT */
/* D10: what one user does to the manager as nobody's library would, and what root and another user notice of
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "users-fixture.h"

#define GUID_TEXT "6e0a9c11-2b3c-4d5e-0807-060504030201"

/* --- memory: MEMORY_MAX is what a user may have by src/manager/limits.h, and room for malloc ------- */

static void report_without_end(sd_bus *bus, const char *id, int count)
{
	static char data[65499];

	for (int i = 0; i < count; i++) {
		sd_bus_message *m = NULL;
		if (sd_bus_message_new_method_call(bus, &m, NULL, MANAGER_PATH, MANAGER_INTERFACE,
						   "Report") < 0)
			return;
		(void)sd_bus_message_append(m, "ssi", id, GUID_TEXT, -1);
		(void)sd_bus_message_append_array(m, 'y', data, sizeof(data));
		(void)sd_bus_message_set_expect_reply(m, 0);
		int r = sd_bus_send(bus, m, NULL);
		sd_bus_message_unref(m);
		while (r >= 0 && (r = sd_bus_process(bus, NULL)) > 0)
			;
		if (r < 0 || sd_bus_flush(bus) < 0)
			return;
	}
}

static int flood_of_reports(const struct users *users, int socket)
{
	sd_bus_message *reply = NULL;
	sd_bus *owner = users_connect(users), *caller = users_connect(users);

	if (!users_create(owner, "ROOT\\HOSTILE\\0000", &reply))
		return 1;
	report_without_end(caller, "ROOT\\HOSTILE\\0000", 8000);
	return users_stay(socket);
}

/* Half a gigabyte of reports by hand on a device whose owner reads none of them. */
static void d10_reports_by_hand_that_nobody_takes(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, flood_of_reports, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
	users_expect_service(users);
}

/* More questions than there is room for, as far as they are taken. */
static void ask_without_reading(sd_bus *bus, const char *method)
{
	struct pollfd poll_fd = {.fd = sd_bus_get_fd(bus), .events = POLLOUT};

	for (int i = 0; i < 2000 && poll(&poll_fd, 1, 100) == 1; i++) {
		sd_bus_message *m = NULL;
		uint64_t cookie; /* asking for it asks for an answer */
		if (poll_fd.revents & (POLLHUP | POLLERR) ||
		    sd_bus_message_new_method_call(bus, &m, NULL, MANAGER_PATH, MANAGER_INTERFACE,
						   method) < 0)
			return;
		(void)sd_bus_message_append(m, "t", (uint64_t)0);
		(void)sd_bus_send(bus, m, &cookie);
		sd_bus_message_unref(m);
	}
}

static int lists_that_nobody_reads(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users);
	sd_bus_message *reply;

	for (int i = 0; i < 200; i++) {
		char id[128];
		snprintf(id, sizeof(id), "ROOT\\HOSTILE-%0100d\\%04d", 0, i);
		if (!users_create(owner, id, &reply))
			return 1;
	}
	for (int i = 0; i < 30; i++)
		ask_without_reading(users_connect(users), "ListDevices");
	return users_stay(socket);
}

static void d10_lists_that_nobody_reads(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, lists_that_nobody_reads, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
}

static int authenticate(int fd)
{
	static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
	char answer[4096];

	if (send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL) < 0)
		return -errno;
	size_t length = 0;
	while (length < sizeof(answer) - 1) {
		ssize_t n = recv(fd, answer + length, sizeof(answer) - 1 - length, 0);
		if (n <= 0)
			return -ECONNRESET;
		length += (size_t)n;
		answer[length] = 0;
		if (strstr(answer, "AGREE"))
			return 0;
	}
	return -EPROTO;
}

/* A method call's fixed header: little endian, a body of that many bytes, four bytes of other fields. */
static void write_header(unsigned char header[16], uint32_t body)
{
	memcpy(header, "l\1\0\1", 4);
	memcpy(header + 4, &body, 4);
	memcpy(header + 8, "\1\0\0\0\0\0\0\0", 8);
}

static int messages_that_never_end(const struct users *users, int socket)
{
	static char zeros[1 << 16];
	unsigned char header[16];

	write_header(header, 4u << 20);
	for (int i = 0; i < 80; i++) {
		/* Whoever had his time has to wait: the next one is tried meanwhile. */
		const struct timeval patience = {.tv_usec = 200000};
		int fd = users_connect_raw(users);
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		if (authenticate(fd) < 0)
			continue;
		ssize_t n = send(fd, header, sizeof(header), MSG_NOSIGNAL);
		for (int j = 0; j < 60 && n > 0; j++)
			n = send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL);
	}
	return users_stay(socket);
}

/* 300 MiB in messages of 4 MiB that are not finished. */
static void d10_messages_that_never_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, messages_that_never_end, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
}

/* --- connections ---------------------------------------------------------------------------------- */

static int connections_that_say_nothing(const struct users *users, int socket)
{
	for (int i = 0; i < 5000; i++)
		(void)users_connect_raw(users);
	return users_stay(socket);
}

static void d10_connections_that_say_nothing(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, connections_that_say_nothing, &hostile);
	users_expect_service(users);
	child_kill(&hostile);
	users_expect_service(users);
}

static int connections_without_end(const struct users *users)
{
	for (int i = 0; i < 20; i++) {
		int fds[500];
		for (int j = 0; j < 500; j++)
			fds[j] = users_connect_raw(users);
		for (int j = 0; j < 500; j++)
			close(fds[j]);
	}
	return 0;
}

static void d10_connections_that_come_and_go(void **state)
{
	struct users *users = *state;

	users_run(users, HOSTILE_UID, connections_without_end);
	users_expect_service(users);
	users_run(users, HOSTILE_UID, connections_without_end);
	users_expect_service(users);
}

#define MANY 4000

/* Root may have that many. Nobody is deaf when they go at once. */
static void d10_four_thousand_connections_closed_at_once(void **state)
{
	struct users *users = *state;
	struct rlimit limit;
	static int fds[MANY];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < MANY + 256)
		skip();
	for (int i = 0; i < MANY; i++) {
		fds[i] = users_connect_raw(users);
		assert_int_equal(authenticate(fds[i]), 0);
	}
	users_expect_service(users);
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
	users_expect_service(users);
}

/* --- descriptors ---------------------------------------------------------------------------------- */

static ssize_t send_with_descriptors(int socket, const void *bytes, size_t size)
{
	char space[CMSG_SPACE(200 * sizeof(int))] = {0};
	struct iovec iov = {(void *)bytes, size};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = space,
				 .msg_controllen = sizeof(space)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(200 * sizeof(int));
	for (int i = 0; i < 200; i++)
		((int *)(void *)CMSG_DATA(header))[i] = socket;
	return sendmsg(socket, &message, MSG_NOSIGNAL);
}

static int descriptors_sent_along(const struct users *users, int socket)
{
	unsigned char header[16];

	write_header(header, 1000);
	for (int i = 0; i < 20; i++) {
		int fd = users_connect_raw(users);
		if (authenticate(fd) < 0)
			return 1;
		/* One byte at a time: the message is not whole before they are all there. */
		for (size_t j = 0; j < sizeof(header); j++)
			if (send_with_descriptors(fd, header + j, 1) < 0)
				break;
	}
	/* What was sent has been looked at once another call is answered. */
	sd_bus *bus = users_connect(users);
	if (users_call(bus, "Unregister", NULL, "u", 1, NULL) != -ENOENT)
		return 1;
	return users_stay(socket);
}

/* No call takes any: they are refused, or the connection is. */
static void d10_descriptors_sent_along(void **state)
{
	struct users *users = *state;
	struct child hostile;
	unsigned int before = users_manager_descriptors(users);

	users_start(users, HOSTILE_UID, descriptors_sent_along, &hostile);
	assert_true(users_manager_descriptors(users) < before + 500);
	users_expect_service(users);
	child_kill(&hostile);
}

static int rings_without_end(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users), *reader = users_connect(users);
	sd_bus_message *reply;

	for (int i = 0; i < 60; i++) {
		char id[64];
		snprintf(id, sizeof(id), "ROOT\\HOSTILE\\%04d", i);
		(void)users_create(owner, id, &reply);
	}
	for (uint32_t i = 1; i < 100; i++) {
		(void)users_call(reader, "Register", NULL, "ussu", i, "all", "", 0, NULL);
		sd_bus_message *m = NULL;
		while (sd_bus_process(reader, &m) > 0)
			m = sd_bus_message_unref(m);
	}
	return users_stay(socket);
}

static void d10_sixty_devices_and_a_hundred_registrations(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, rings_without_end, &hostile);
	assert_true(users_usage(users, HOSTILE_UID, "descriptors") > 0);
	users_expect_service(users);
	struct pnpn_device *device;
	assert_int_equal(pnpn_device_new(users->root, "ROOT\\ANOTHER\\0000", &device), 0);
	pnpn_device_remove(device);
	child_kill(&hostile);
}

/* --- devices, names, and who follows them ----------------------------------------------------------- */

/* As many as there are to be had, over so many connections; the last ones get none. */
static int devices_without_end(const struct users *users, int socket)
{
	sd_bus_message *reply;
	unsigned int made = 0, last = 1;

	for (int i = 0; i < 16; i++) {
		sd_bus *bus = users_connect(users);
		char id[64];
		last = 0;
		for (int j = 0; j < 2000; j++) {
			snprintf(id, sizeof(id), "ROOT\\HOSTILE\\%d-%04d", i, j);
			if (!users_create(bus, id, &reply))
				break;
			sd_bus_message_unref(reply);
			made++;
			last++;
		}
	}
	if (!made || last)
		return 1;
	return users_stay(socket);
}

static int own_one(const struct users *users)
{
	struct pnpn_connection *connection;
	struct pnpn_device *device;
	struct pnpn_handle *handle;

	return pnpn_connect(&connection, users->address) < 0 ||
	       pnpn_device_new(connection, "ROOT\\OTHER\\0000", &device) < 0 ||
	       pnpn_device_add_link(device, "\\\\.\\Other") < 0 || pnpn_device_start(device) < 0 ||
	       pnpn_open(connection, "\\\\.\\Other", &handle) < 0;
}

/* However many connections he has, one user has only what is one user's; the other one has his own. */
static void d10_devices_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, devices_without_end, &hostile);
	assert_in_range(users_usage(users, HOSTILE_UID, "devices"), 1, 2048);
	users_run(users, OTHER_UID, own_one);
	users_expect_service(users);
	child_kill(&hostile);
	users_run(users, OTHER_UID, own_one);
}

static int names_without_end(const struct users *users, int socket)
{
	sd_bus_message *reply;
	sd_bus *bus = users_connect(users);
	int r = 0;

	for (int i = 0; i < 1000 && r != -EDQUOT; i++) {
		char text[64];
		snprintf(text, sizeof(text), "ROOT\\HOSTILE\\%04d", i);
		uint64_t number = users_create(bus, text, &reply);
		r = number ? 0 : -EDQUOT;
		for (int j = 0; j < 64 && r >= 0; j++) {
			snprintf(text, sizeof(text), "\\\\.\\Hostile-%d-%d", i, j);
			r = users_call(bus, "AddLink", NULL, "ts", number, text, NULL);
		}
	}
	return r == -EDQUOT ? users_stay(socket) : 1;
}

static void d10_names_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, names_without_end, &hostile);
	users_run(users, OTHER_UID, own_one);
	users_expect_service(users);
	child_kill(&hostile);
}

static int registrations_without_end(const struct users *users, int socket)
{
	sd_bus *bus = users_connect(users);
	int awaited = 0, r = 0;

	for (uint32_t i = 1; i < 100000 && r != -EDQUOT; i++, awaited++)
		r = users_call(bus, "Register", NULL, "ussu", i, "coming", "/dev/none", 0, NULL);
	r = 0;
	for (uint32_t i = 100000; i < 200000 && r != -EDQUOT; i++)
		r = users_call(bus, "Register", NULL, "ussu", i, "device", VICTIM_ID, 0, NULL);
	return r == -EDQUOT && awaited < 1000 ? users_stay(socket) : 1;
}

static void d10_registrations_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, registrations_without_end, &hostile);
	users_expect_service(users);
	child_kill(&hostile);
}

#define WATCHERS 20

/* Follows everything from many connections, and says what it could not follow. */
static int watch_everything(const struct users *users, int socket)
{
	struct pnpn_connection *connections[WATCHERS];
	const struct pnpn_event *event;
	bool lost = false;

	for (int i = 0; i < WATCHERS; i++)
		if (pnpn_connect(&connections[i], users->address) < 0 ||
		    pnpn_register_all(connections[i], 0, NULL, NULL) < 0)
			return 1;
	step_send(socket, 'd');
	step_expect(socket, 'r');
	for (int i = 0; i < WATCHERS; i++)
		for (bool heard = false; !heard;) {
			while (pnpn_next_event(connections[i], &event) <= 0)
				if (pnpn_wait(connections[i], PATIENCE_MS) <= 0)
					return 2;
			enum pnpn_event_kind kind = pnpn_event_get_kind(event);
			if (kind == PNPN_EVENT_DISCONNECTED)
				return 3;
			lost = lost || kind == PNPN_EVENT_LOST;
			heard = kind == PNPN_EVENT_CUSTOM &&
				strcmp(pnpn_event_get_device(event), VICTIM_ID) == 0;
		}
	return lost ? 0 : 4;
}

/* Too many to be followed by all of them. What can't be is lost, and told; the rest goes on (R15). */
static void d10_r15_devices_that_take_the_descriptors_of_others(void **state)
{
	struct users *users = *state;
	struct child hostile, other;
	static const struct pnpn_guid guid = {1, 2, 3, {4}};

	users_start(users, HOSTILE_UID, devices_without_end, &hostile);
	users_start(users, OTHER_UID, watch_everything, &other);
	assert_int_equal(pnpn_device_report(users->victim, &guid, "x", 1, -1), 0);
	step_send(other.socket, 'r');
	assert_int_equal(child_wait(&other), 0);
	users_expect_service(users);
	child_kill(&hostile);
}

/* Arrivals and rings that it never takes from its socket, of devices that come and go. */
static int signals_that_nobody_reads(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users);
	sd_bus *readers[20];
	sd_bus_message *reply;

	for (size_t i = 0; i < 20; i++) {
		readers[i] = users_connect(users);
		(void)users_call(readers[i], "Register", NULL, "ussu", 1, "all", "", 0, NULL);
	}
	for (int i = 0; i < 400; i++) {
		uint64_t number = users_create(owner, "ROOT\\HOSTILE\\0000", &reply);
		sd_bus_message_unref(reply);
		(void)users_call(owner, "RemoveDevice", NULL, "t", number, NULL);
	}
	return users_stay(socket);
}

static void d10_rings_that_nobody_takes(void **state)
{
	struct users *users = *state;
	struct child hostile;

	users_start(users, HOSTILE_UID, signals_that_nobody_reads, &hostile);
	assert_true(users_manager_memory(users) < MEMORY_MAX);
	users_expect_service(users);
	child_kill(&hostile);
}

/* Calls without end from many connections, all of them answered and read. */
static int calls_without_end(const struct users *users, int socket)
{
	struct pnpn_connection *connections[50];
	struct pnpn_device_list *list;

	for (size_t i = 0; i < 50; i++)
		if (pnpn_connect(&connections[i], users->address) < 0)
			return 1;
	for (size_t i = 0;; i++) {
		if (i == 200)
			step_send(socket, 'd');
		if (pnpn_list_devices(connections[i % 50], &list) < 0)
			return 2;
		pnpn_device_list_free(list);
	}
}

static void d10_calls_without_end(void **state)
{
	struct users *users = *state;
	struct child hostile[4];

	for (int i = 0; i < 4; i++)
		users_start(users, HOSTILE_UID, calls_without_end, &hostile[i]);
	for (int i = 0; i < 10; i++)
		users_expect_service(users);
	assert_true(users_usage(users, HOSTILE_UID, "microseconds") > 0);
	for (int i = 0; i < 4; i++)
		child_kill(&hostile[i]);
}

/* The manager has none left: what it can't hand out it does not make. */
static void d10_a_device_that_fails_leaves_its_id_free(void **state)
{
	struct users *users = *state;
	struct rlimit before, tight;
	struct pnpn_device *device = NULL;
	struct pnpn_handle *handle;
	int r = -EMFILE;

	assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, NULL, &before), 0);
	/* Too few for the ring, too few for the answer, at last enough. */
	for (rlim_t more = 0; r < 0; more++) {
		tight = before;
		tight.rlim_cur = users_manager_descriptors(users) + more;
		assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, &tight, NULL), 0);
		r = pnpn_device_new(users->root, "ROOT\\SCARCE\\0000", &device);
		assert_true(r == 0 || r == -EMFILE);
		assert_true(more < 64);
	}
	assert_int_equal(prlimit(users->manager, RLIMIT_NOFILE, &before, NULL), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pnpn_open(users->root, "ROOT\\SCARCE\\0000", &handle), 0);
	pnpn_device_remove(device);
	users_expect_service(users);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, users_setup, users_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d10_reports_by_hand_that_nobody_takes),
		TEST(d10_lists_that_nobody_reads),
		TEST(d10_messages_that_never_end),
		TEST(d10_connections_that_say_nothing),
		TEST(d10_connections_that_come_and_go),
		TEST(d10_four_thousand_connections_closed_at_once),
		TEST(d10_descriptors_sent_along),
		TEST(d10_sixty_devices_and_a_hundred_registrations),
		TEST(d10_a_device_that_fails_leaves_its_id_free),
		TEST(d10_devices_without_end),
		TEST(d10_names_without_end),
		TEST(d10_registrations_without_end),
		TEST(d10_r15_devices_that_take_the_descriptors_of_others),
		TEST(d10_rings_that_nobody_takes),
		TEST(d10_calls_without_end),
	};
	int status = users_main_skip();

	return status ? status : cmocka_run_group_tests(tests, NULL, NULL);
}
