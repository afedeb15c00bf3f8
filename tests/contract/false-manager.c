/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "../support/waiting.h"
#include "core/protocol.h"
#include "false-manager.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

/* On the thread there is no test to fail. The library may have ended the connection. */
static void require(int r, const char *what)
{
	if (r >= 0 || r == -ECONNRESET || r == -EPIPE || r == -ENOTCONN)
		return;
	fprintf(stderr, "the false manager: %s: %s\n", what, strerror(-r));
	abort();
}

/* --- memory --------------------------------------------------------------------------------------- */

int false_memory(size_t bytes, int seals)
{
	int fd = memfd_create("false", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void init_ring(struct false_manager *manager)
{
	struct epoll_event event = {.events = EPOLLIN};

	manager->ring.ring = false_memory(FALSE_RING, SEALS);
	manager->ring.page = false_memory((size_t)sysconf(_SC_PAGESIZE), SEALS);
	manager->ring.kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	manager->owner = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	manager->ring.wake = epoll_create1(EPOLL_CLOEXEC);
	assert_int_equal(epoll_ctl(manager->ring.wake, EPOLL_CTL_ADD, manager->owner, &event), 0);
	manager->header = mmap(NULL, FALSE_RING, PROT_READ | PROT_WRITE, MAP_SHARED,
			       manager->ring.ring, 0);
	assert_ptr_not_equal(manager->header, MAP_FAILED);
	pnpn_ring_init(manager->header, FALSE_DATA);
	assert_int_equal(pnpn_ring_writer_init(&manager->writer, manager->header, FALSE_RING), 0);
}

void false_report(struct false_manager *manager, uint64_t number)
{
	static const struct pnpn_guid guid = {1, 2, 3, {4}};
	unsigned int after;

	require(pnpn_ring_writer_report(&manager->writer, &guid, &number, sizeof(number),
					PNPN_NO_TEXT, NULL, &after),
		"a report");
	(void)eventfd_write(manager->owner, 1);
}

/* --- the socket ----------------------------------------------------------------------------------- */

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	struct false_manager *manager = userdata;

	if (!sd_bus_message_is_method_call(message, NULL, NULL))
		return 0;
	int r = manager->answer ? manager->answer(manager, message) : 0;
	if (r == 0 &&
	    sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get"))
		r = sd_bus_reply_method_return(message, "v", "u", PNPN_INTERFACE_VERSION);
	else if (r == 0)
		r = sd_bus_reply_method_return(message, NULL);
	require(r, "an answer");
	return 1;
}

static void *run(void *argument)
{
	struct false_manager *manager = argument;

	while (sd_bus_is_open(manager->bus) > 0) {
		int r = sd_bus_process(manager->bus, NULL);
		if (r == 0)
			r = sd_bus_wait(manager->bus, UINT64_MAX);
		if (r < 0)
			break;
	}
	/* Whoever is connected hears that it went. */
	sd_bus_close(manager->bus);
	return NULL;
}

void false_manager_init(struct false_manager *manager, false_answer *answer)
{
	*manager = (struct false_manager){.answer = answer};
	init_ring(manager);
}

int false_manager_connect(struct false_manager *manager)
{
	const sd_id128_t id = {.bytes = {1}};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_true(sd_bus_new(&manager->bus) >= 0);
	assert_true(sd_bus_set_fd(manager->bus, fds[0], fds[0]) >= 0);
	assert_true(sd_bus_set_server(manager->bus, 1, id) >= 0);
	assert_true(sd_bus_negotiate_fds(manager->bus, 1) >= 0);
	assert_true(sd_bus_add_filter(manager->bus, NULL, on_message, manager) >= 0);
	assert_true(sd_bus_start(manager->bus) >= 0);
	assert_int_equal(pthread_create(&manager->thread, NULL, run, manager), 0);
	int r = pnpn_connect_fd(&manager->connection, fds[1]);
	if (r < 0)
		close(fds[1]);
	return r;
}

void false_manager_deinit(struct false_manager *manager)
{
	pnpn_disconnect(manager->connection);
	pthread_join(manager->thread, NULL);
	sd_bus_close_unref(manager->bus);
	pnpn_ring_writer_deinit(&manager->writer);
	munmap(manager->header, FALSE_RING);
	close(manager->ring.ring);
	close(manager->ring.wake);
	close(manager->ring.kick);
	close(manager->ring.page);
	close(manager->owner);
}

void false_signal(struct false_manager *manager, const char *name, const char *types, ...)
{
	sd_bus_message *signal = NULL;
	va_list arguments;

	require(sd_bus_message_new_signal(manager->bus, &signal, FALSE_PATH, FALSE_INTERFACE, name),
		name);
	va_start(arguments, types);
	require(sd_bus_message_appendv(signal, types, arguments), name);
	va_end(arguments);
	require(sd_bus_send(manager->bus, signal, NULL), name);
	sd_bus_message_unref(signal);
}

void false_attach(struct false_manager *manager, uint64_t device)
{
	const struct false_ring *ring = &manager->ring;

	false_signal(manager, "Attached", "utsbhhhh", 1u, device, FALSE_ID, 0, ring->ring,
		     ring->wake, ring->kick, ring->page);
}

int false_register(struct false_manager *manager)
{
	return pnpn_register_device(manager->connection, FALSE_ID, 0, NULL, NULL);
}

void false_expect(struct false_manager *manager, enum pnpn_event_kind kind)
{
	assert_int_equal(pnpn_event_get_kind(wait_for_event(manager->connection)), kind);
}
