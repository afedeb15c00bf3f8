/* SPDX-License-Identifier: MIT */
/* A manager that means harm, or is broken, hands over what is something else: it is checked before it is used, and the
 * call says so (R14, R15). */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/protocol.h"
#include "../support/waiting.h"
#include "false-manager.h"

/* An errno as text. */
#define DIGITS(number) #number
#define NUMBER(error)  DIGITS(error)

#define BOTH_SEALS     (F_SEAL_SHRINK | F_SEAL_GROW)

/* --- the first words ------------------------------------------------------------------------------ */

static int answer_version(struct false_manager *manager, sd_bus_message *call)
{
	const char *how = manager->how;

	if (strcmp(how, "none") == 0)
		return sd_bus_reply_method_return(call, NULL);
	if (strcmp(how, "text") == 0)
		return sd_bus_reply_method_return(call, "v", "s", "2");
	if (strcmp(how, "error") == 0)
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_FAILED, "no");
	if (strcmp(how, "gone") == 0) {
		sd_bus_close(manager->bus);
		return 1;
	}
	uint32_t off = strcmp(how, "older") == 0 ? UINT32_MAX : strcmp(how, "newer") == 0;
	return sd_bus_reply_method_return(call, "v", "u", PNPN_INTERFACE_VERSION + off);
}

static void whoever_is_no_manager_of_this_version_is_refused(void **state)
{
	static const struct {
		const char *how;
		int r;
	} cases[] = {
		{"same", 0},	   {"older", -EPROTO}, {"newer", -EPROTO},     {"none", -EPROTO},
		{"text", -EPROTO}, {"error", -EPROTO}, {"gone", -ECONNREFUSED}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct false_manager manager;
		false_manager_init(&manager, answer_version);
		manager.how = cases[i].how;
		int r = false_manager_connect(&manager);
		if (r != cases[i].r)
			fail_msg("%s: %d", cases[i].how, r);
		false_manager_deinit(&manager);
	}
}

/* Who says so and is gone before he is greeted, and what is no reason, or no end of one. */
static void d10_why_one_is_turned_away_is_heard(void **state)
{
	static const struct {
		const char *line;
		int r;
	} cases[] = {
		{"ERROR " NUMBER(EDQUOT) "\r\n", -EDQUOT},
		{"ERROR " NUMBER(EMFILE) "\r\n", -EMFILE},
		{"ERROR " NUMBER(ENFILE) "\r\n", -ENFILE},
		{"ERROR " NUMBER(ENOMEM) "\r\n", -ENOMEM},
		{"ERROR " NUMBER(ENOENT) "\r\n", -ECONNREFUSED},
		{"ERROR -122\r\n", -ECONNREFUSED},
		{"ERROR 99999999999999999999999999\r\n", -ECONNREFUSED},
		{"ERROR 4294967418\r\n", -ECONNREFUSED},
		{"ERROR\r\n", -ECONNREFUSED},
		{"ERR", -ECONNREFUSED},
		{"", -ECONNREFUSED},
	};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		struct pnpn_connection *connection;
		const char *line = cases[i / 2].line;
		int fds[2];
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
		assert_int_equal(send(fds[1], line, strlen(line), 0), strlen(line));
		if (i % 2)
			close(fds[1]);
		else
			shutdown(fds[1], SHUT_WR);
		int r = pnpn_connect_fd(&connection, fds[0]);
		if (r != cases[i / 2].r)
			fail_msg("%s: %d", line, r);
		close(fds[0]);
		if (i % 2 == 0)
			close(fds[1]);
	}
}

/* --- memory and descriptors ----------------------------------------------------------------------- */

/* What stands in one place of Attached instead of what belongs there. */
enum instead {
	GOOD,
	MEMORY, /* of so many bytes, with these seals */
	READ_ONLY, /* the same, not to be written to */
	PIPE,
	EVENT,
};

static int make(enum instead what, size_t bytes, int seals)
{
	char path[64];
	int fds[2], fd, memory;

	switch (what) {
	case MEMORY:
		return false_memory(bytes, seals);
	case READ_ONLY:
		memory = false_memory(bytes, seals);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		close(memory);
		return fd;
	case PIPE:
		assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
		close(fds[1]);
		return fds[0];
	default:
		return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	}
}

#define PLACE(member) offsetof(struct false_ring, member)

static const struct {
	const char *what;
	size_t place;
	enum instead instead;
	size_t bytes;
	int seals;
	int r;
} descriptors[] = {
	{"what belongs there", PLACE(ring), GOOD, 0, 0, 0},
	{"a ring without seals", PLACE(ring), MEMORY, FALSE_RING, 0, -EPROTO},
	{"a ring that may shrink", PLACE(ring), MEMORY, FALSE_RING, F_SEAL_GROW, -EPROTO},
	{"a ring that may grow", PLACE(ring), MEMORY, FALSE_RING, F_SEAL_SHRINK, -EPROTO},
	{"a ring without memory", PLACE(ring), MEMORY, 0, BOTH_SEALS, -EPROTO},
	{"half a header", PLACE(ring), MEMORY, 100, BOTH_SEALS, -EPROTO},
	{"a header alone", PLACE(ring), MEMORY, PNPN_RING_HEADER_BYTES, BOTH_SEALS, -EPROTO},
	{"a ring that is too small", PLACE(ring), MEMORY, PNPN_RING_HEADER_BYTES + 4096, BOTH_SEALS,
	 -EPROTO},
	{"a ring of an odd size", PLACE(ring), MEMORY, FALSE_RING + 8, BOTH_SEALS, -EPROTO},
	{"a ring that is too large", PLACE(ring), MEMORY, PNPN_RING_HEADER_BYTES + (1ull << 32),
	 BOTH_SEALS, -EPROTO},
	{"a pipe for a ring", PLACE(ring), PIPE, 0, 0, -EPROTO},
	{"an eventfd for a ring", PLACE(ring), EVENT, 0, 0, -EPROTO},
	{"a page without seals", PLACE(page), MEMORY, 4096, 0, -EPROTO},
	{"a page that may shrink", PLACE(page), MEMORY, 4096, F_SEAL_GROW, -EPROTO},
	{"a page that is too small", PLACE(page), MEMORY, sizeof(struct pnpn_reader_page) - 1,
	 BOTH_SEALS, -EPROTO},
	{"a page that can't be written to", PLACE(page), READ_ONLY, 4096, BOTH_SEALS, -EACCES},
	{"a pipe for a page", PLACE(page), PIPE, 0, 0, -EPROTO},
	{"memory that wakes", PLACE(wake), MEMORY, 4096, BOTH_SEALS, -EPERM},
	{"memory to kick", PLACE(kick), MEMORY, 4096, BOTH_SEALS, 0},
};

static int attach_when_asked(struct false_manager *manager, sd_bus_message *call)
{
	if (sd_bus_message_is_method_call(call, NULL, "Register"))
		false_attach(manager, 7);
	return 0;
}

/* R15: the call says so, and nothing is left of it: the next one is served. */
static void r15_descriptors_that_are_something_else(void **state)
{
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
		struct false_manager manager;
		false_manager_init(&manager, attach_when_asked);
		assert_int_equal(false_manager_connect(&manager), 0);
		int *place = (int *)(void *)((char *)&manager.ring + descriptors[i].place);
		int good = *place;
		if (descriptors[i].instead != GOOD)
			*place = make(descriptors[i].instead, descriptors[i].bytes,
				      descriptors[i].seals);
		int r = false_register(&manager);
		if (r != descriptors[i].r)
			fail_msg("%s: %d", descriptors[i].what, r);
		if (*place != good)
			close(*place);
		*place = good;
		if (r >= 0) {
			false_report(&manager, 1);
			false_expect(&manager, PNPN_EVENT_CUSTOM);
		}
		assert_int_equal(pnpn_connection_get_error(manager.connection), 0);
		false_manager_deinit(&manager);
	}
}

/* A device's own ring can be truncated under its owner too. */
static int create_with(struct false_manager *manager, sd_bus_message *call)
{
	const int *ring = manager->how;

	if (!sd_bus_message_is_method_call(call, NULL, "CreateDevice"))
		return 0;
	return sd_bus_reply_method_return(call, "thhhh", (uint64_t)7, *ring, manager->ring.kick,
					  manager->ring.kick, manager->ring.kick);
}

static void r14_a_ring_of_one_s_own_that_is_something_else(void **state)
{
	static const struct {
		const char *what;
		enum instead instead;
		size_t bytes;
		int seals;
		int r;
		bool with_header;
	} cases[] = {
		{"what belongs there", GOOD, 0, 0, 0, false},
		{"the same", MEMORY, FALSE_RING, BOTH_SEALS, 0, true},
		{"no seals", MEMORY, FALSE_RING, 0, -EPROTO, true},
		{"it may shrink", MEMORY, FALSE_RING, F_SEAL_GROW, -EPROTO, true},
		{"another size", MEMORY, FALSE_RING + PNPN_RING_CHUNK_BYTES, BOTH_SEALS, -EPROTO,
		 true},
		{"nothing in it", MEMORY, 0, BOTH_SEALS, -EPROTO, false},
		{"half a header", MEMORY, 100, BOTH_SEALS, -EPROTO, false},
		{"no header", MEMORY, FALSE_RING, BOTH_SEALS, -EPROTO, false},
		{"a pipe", PIPE, 0, 0, -EPROTO, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct false_manager manager;
		struct pnpn_device *device = NULL;
		false_manager_init(&manager, create_with);
		int fd = cases[i].instead == GOOD
				 ? dup(manager.ring.ring)
				 : make(cases[i].instead, cases[i].bytes, cases[i].seals);
		if (cases[i].with_header)
			assert_int_equal(pwrite(fd, manager.header, sizeof(*manager.header), 0),
					 sizeof(*manager.header));
		manager.how = &fd;
		assert_int_equal(false_manager_connect(&manager), 0);
		int r = pnpn_device_new(manager.connection, FALSE_ID, &device);
		if (r != cases[i].r)
			fail_msg("%s: %d", cases[i].what, r);
		pnpn_device_remove(device);
		close(fd);
		false_manager_deinit(&manager);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_is_no_manager_of_this_version_is_refused),
		cmocka_unit_test(d10_why_one_is_turned_away_is_heard),
		cmocka_unit_test(r15_descriptors_that_are_something_else),
		cmocka_unit_test(r14_a_ring_of_one_s_own_that_is_something_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
