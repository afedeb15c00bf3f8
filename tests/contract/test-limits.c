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
	};
	int status = users_main_skip();

	return status ? status : cmocka_run_group_tests(tests, NULL, NULL);
}
