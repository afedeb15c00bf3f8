/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "attacks.h"

#define GUID_TEXT "6e0a9c11-2b3c-4d5e-0807-060504030201"

/* Each process has names of its own. */
static void name_device(char *id, size_t size, int number)
{
	snprintf(id, size, "ROOT\\HOSTILE-%d\\%04d", getpid(), number);
}

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

int attack_flood_of_reports(const struct users *users, int socket)
{
	sd_bus_message *reply = NULL;
	sd_bus *owner = users_connect(users), *caller = users_connect(users);

	char id[64];

	name_device(id, sizeof(id), 0);
	if (!users_create(owner, id, &reply))
		return 1;
	report_without_end(caller, id, 8000);
	return users_stay(socket);
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

int attack_lists_that_nobody_reads(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users);
	sd_bus_message *reply;

	for (int i = 0; i < 200; i++) {
		char id[128];
		snprintf(id, sizeof(id), "ROOT\\HOSTILE-%0100d\\%04d", getpid(), i);
		if (!users_create(owner, id, &reply))
			return 1;
	}
	for (int i = 0; i < 30; i++)
		ask_without_reading(users_connect(users), "ListDevices");
	return users_stay(socket);
}

int attack_authenticate(int fd)
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

int attack_messages_that_never_end(const struct users *users, int socket)
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
		if (attack_authenticate(fd) < 0)
			continue;
		ssize_t n = send(fd, header, sizeof(header), MSG_NOSIGNAL);
		for (int j = 0; j < 60 && n > 0; j++)
			n = send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL);
	}
	return users_stay(socket);
}

int attack_connections_that_say_nothing(const struct users *users, int socket)
{
	for (int i = 0; i < 5000; i++)
		(void)users_connect_raw(users);
	return users_stay(socket);
}

int attack_connections_without_end(const struct users *users)
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

int attack_descriptors_sent_along(const struct users *users, int socket)
{
	unsigned char header[16];

	write_header(header, 1000);
	for (int i = 0; i < 20; i++) {
		int fd = users_connect_raw(users);
		if (attack_authenticate(fd) < 0)
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

int attack_rings_without_end(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users), *reader = users_connect(users);
	sd_bus_message *reply;

	for (int i = 0; i < 60; i++) {
		char id[64];
		name_device(id, sizeof(id), i);
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

/* As many as there are to be had, over so many connections; the last ones get none. */
int attack_devices_without_end(const struct users *users, int socket)
{
	sd_bus_message *reply;
	unsigned int made = 0, last = 1;

	for (int i = 0; i < 16; i++) {
		sd_bus *bus = users_connect(users);
		char id[64];
		last = 0;
		for (int j = 0; j < 2000; j++) {
			name_device(id, sizeof(id), 10000 * i + j);
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

int attack_names_without_end(const struct users *users, int socket)
{
	sd_bus_message *reply;
	sd_bus *bus = users_connect(users);
	int r = 0;

	for (int i = 0; i < 1000 && r != -EDQUOT; i++) {
		char text[64];
		name_device(text, sizeof(text), i);
		uint64_t number = users_create(bus, text, &reply);
		r = number ? 0 : -EDQUOT;
		for (int j = 0; j < 64 && r >= 0; j++) {
			snprintf(text, sizeof(text), "\\\\.\\Hostile-%d-%d-%d", getpid(), i, j);
			r = users_call(bus, "AddLink", NULL, "ts", number, text, NULL);
		}
	}
	return r == -EDQUOT ? users_stay(socket) : 1;
}

int attack_registrations_without_end(const struct users *users, int socket)
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

/* Arrivals and rings that it never takes from its socket, of devices that come and go. */
int attack_signals_that_nobody_reads(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users);
	sd_bus *readers[20];
	sd_bus_message *reply;

	char id[64];

	name_device(id, sizeof(id), 0);
	for (size_t i = 0; i < 20; i++) {
		readers[i] = users_connect(users);
		(void)users_call(readers[i], "Register", NULL, "ussu", 1, "all", "", 0, NULL);
	}
	for (int i = 0; i < 400; i++) {
		uint64_t number = users_create(owner, id, &reply);
		sd_bus_message_unref(reply);
		(void)users_call(owner, "RemoveDevice", NULL, "t", number, NULL);
	}
	return users_stay(socket);
}

/* Calls without end from many connections, all of them answered and read. */
int attack_calls_without_end(const struct users *users, int socket)
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

/* Rings whose headers say nonsense before the devices start. */
int attack_spoilt_rings(const struct users *users, int socket)
{
	sd_bus *bus = users_connect(users);

	for (int i = 0; i < 200; i++) {
		char id[64];
		sd_bus_message *reply = NULL;
		uint64_t number;
		int ring;
		name_device(id, sizeof(id), i);
		if (users_call(bus, "CreateDevice", &reply, "s", id, NULL) < 0 ||
		    sd_bus_message_read(reply, "th", &number, &ring) < 0)
			return 1;
		void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
		if (map == MAP_FAILED)
			return 1;
		memset(map, 0xa5, 4096);
		munmap(map, 4096);
		sd_bus_message_unref(reply);
		(void)users_call(bus, "StartDevice", NULL, "t", number, NULL);
		if (i % 2)
			(void)users_call(bus, "RemoveDevice", NULL, "t", number, NULL);
	}
	return users_stay(socket);
}

/* Each waits for a registrant that never answers. */
int attack_removals_that_nobody_answers(const struct users *users, int socket)
{
	sd_bus *owner = users_connect(users), *asked = users_connect(users),
	       *remover = users_connect(users);
	sd_bus_message *reply;
	char id[64];

	for (uint32_t i = 1; i <= 20; i++)
		if (users_call(asked, "Register", NULL, "ussu", i, "all", "",
			       (uint32_t)PNPN_REGISTER_QUERY_REMOVE, NULL) < 0)
			return 1;
	for (int i = 0; i < 100; i++) {
		name_device(id, sizeof(id), i);
		if (!users_create(owner, id, &reply))
			return 2;
		if (sd_bus_call_method_async(remover, NULL, NULL, MANAGER_PATH, MANAGER_INTERFACE,
					     "Remove", NULL, NULL, "su", id, 0) < 0)
			return 3;
	}
	/* One more, once the manager has heard of all these: it is at the limit. */
	name_device(id, sizeof(id), 99);
	if (users_call(remover, "Remove", NULL, "su", id, 0, NULL) != -EDQUOT)
		return 4;
	return users_stay(socket);
}

static int come_and_go(const struct users *users, int socket)
{
	(void)attack_connections_without_end(users);
	return users_stay(socket);
}

const struct attack attacks[] = {
	{"reports by hand that nobody takes", attack_flood_of_reports},
	{"lists that nobody reads", attack_lists_that_nobody_reads},
	{"messages that never end", attack_messages_that_never_end},
	{"connections that say nothing", attack_connections_that_say_nothing},
	{"connections that come and go", come_and_go},
	{"descriptors sent along", attack_descriptors_sent_along},
	{"60 devices, 100 registrations", attack_rings_without_end},
	{"devices without end", attack_devices_without_end},
	{"names without end", attack_names_without_end},
	{"registrations without end", attack_registrations_without_end},
	{"rings that nobody takes", attack_signals_that_nobody_reads},
	{"calls without end", attack_calls_without_end},
	{"spoilt rings", attack_spoilt_rings},
	{"removals that nobody answers", attack_removals_that_nobody_answers},
	{0},
};
