/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <systemd/sd-id128.h>
#include <time.h>
#include <unistd.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/greeting.h"
#include "port/duplicate.h"

#define DBUS "org.freedesktop.DBus"

/* --- what comes ----------------------------------------------------------------------------------- */

static void fail(struct pnpn_connection *connection, int error)
{
	if (connection->error && connection->error != -EINPROGRESS)
		return;
	connection->error = error;
	if (connection->bus_fd >= 0) {
		epoll_ctl(connection->epoll_fd, EPOLL_CTL_DEL, connection->bus_fd, NULL);
		/* The manager is to know at once, not when the application lets go of the connection. */
		(void)shutdown(connection->bus_fd, SHUT_RDWR);
	}
	connection->bus_fd = -1;
	pnpn_connection_set_pending(connection);
}

static bool is_refusal(int r)
{
	return r == -ECONNREFUSED || r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE;
}

/* The manager is gone, or none was reached, or what was reached is none. */
static void lose(struct pnpn_connection *connection, int r)
{
	if (connection->error == -EINPROGRESS)
		fail(connection, is_refusal(r) ? -ECONNREFUSED : -EPROTO);
	else
		fail(connection, -ENOTCONN);
}

bool pnpn_bus_is_from_manager(const struct pnpn_connection *connection, sd_bus_message *message)
{
	const char *sender = sd_bus_message_get_sender(message);

	if (!connection->is_system_bus)
		return true;
	return sender && connection->manager && strcmp(sender, connection->manager) == 0;
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_connection *connection = userdata;
	int r = connection->sink->handle_call(connection, message);

	/* Without memory for an answer the connection ends, rather than have the manager wait for one. */
	if (r < 0)
		lose(connection, r);
	if (r != 0)
		return 1;
	if (sd_bus_message_is_signal(message, DBUS ".Local", "Disconnected") ||
	    (pnpn_bus_is_from_manager(connection, message) &&
	     sd_bus_message_is_signal(message, PNPN_BUS_INTERFACE, "Ended")))
		lose(connection, -ENOTCONN);
	/* Without memory for what the manager tells the connection ends, rather than lose it in silence. */
	else if (pnpn_bus_is_from_manager(connection, message) &&
		 connection->sink->handle_signal(connection, message) < 0)
		lose(connection, -ENOMEM);
	return 0;
}

static int on_name_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_connection *connection = userdata;

	/* While we connect the bus may be starting it. */
	if (!connection->error)
		lose(connection, -ENOTCONN);
	return 0;
}

/* Waits for room to write only while something waits to be written. */
static void watch(struct pnpn_connection *connection)
{
	int events = connection->bus_fd < 0 ? 0 : sd_bus_get_events(connection->bus);
	uint32_t wanted = EPOLLIN;

	if (events > 0 && events & EPOLLOUT)
		wanted |= EPOLLOUT;
	if (connection->bus_fd < 0 || wanted == connection->bus_events)
		return;
	struct epoll_event event = {.events = wanted, .data.ptr = &pnpn_bus_tag};
	if (epoll_ctl(connection->epoll_fd, EPOLL_CTL_MOD, connection->bus_fd, &event) == 0)
		connection->bus_events = wanted;
}

/*
 * A message whose descriptors can't be received is lost, and with it the place in the stream: sd-bus can't go
 * on. So there is always room for those of one message, however many the application has open.
 */
static void keep_room(struct pnpn_connection *connection)
{
	for (int i = 0; i < PNPN_SPARE_FDS; i++)
		if (connection->spare_fds[i] < 0)
			connection->spare_fds[i] = eventfd(0, EFD_CLOEXEC);
}

static void make_room(struct pnpn_connection *connection)
{
	for (int i = 0; i < PNPN_SPARE_FDS; i++) {
		if (connection->spare_fds[i] >= 0)
			close(connection->spare_fds[i]);
		connection->spare_fds[i] = -1;
	}
}

/* Until the other end said something sd-bus only writes: it would take, and not tell, why we are turned away. */
static bool may_process(struct pnpn_connection *connection)
{
	if (connection->greeted)
		return true;
	int r = pnpn_greeting_look(connection->bus_fd);
	if (r < 0)
		fail(connection, r);
	connection->greeted = !r;
	return !r || (r > 0 && sd_bus_get_events(connection->bus) & POLLOUT);
}

/* One message, or a step on the way to the manager. Returns whether there may be more. */
static bool step(struct pnpn_connection *connection)
{
	if (!may_process(connection))
		return false;
	make_room(connection);
	int r = sd_bus_process(connection->bus, NULL);
	keep_room(connection);
	if (r < 0)
		lose(connection, r);
	return r > 0;
}

static bool is_open(const struct pnpn_connection *connection)
{
	return connection->bus && (!connection->error || connection->error == -EINPROGRESS);
}

/* Descriptors of a message that could not be read stay open as long as sd-bus does, and whoever has the other end
 * would wait. */
static void let_go_of_lost(struct pnpn_connection *connection)
{
	if (connection->bus && !is_open(connection))
		connection->bus = sd_bus_close_unref(connection->bus);
}

void pnpn_bus_process(struct pnpn_connection *connection, unsigned int messages)
{
	for (unsigned int i = 0; i < messages && is_open(connection); i++)
		if (!step(connection))
			break;
	let_go_of_lost(connection);
	uint64_t queued = 0;
	if (is_open(connection) && sd_bus_get_n_queued_read(connection->bus, &queued) >= 0 &&
	    queued)
		pnpn_connection_set_pending(connection);
	watch(connection);
}

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

/* When an answer that is asked for now comes too late. */
static uint64_t get_deadline(const struct pnpn_connection *connection)
{
	return now_usec() + connection->limit_usec;
}

/* Steps until the deadline, waiting where there is nothing. Returns 0 after each; -ETIMEDOUT. */
static int advance(struct pnpn_connection *connection, uint64_t deadline)
{
	uint64_t now = now_usec();

	if (now >= deadline)
		return -ETIMEDOUT;
	if (step(connection) || !is_open(connection))
		return 0;
	int r = sd_bus_wait(connection->bus, deadline - now);
	if (r < 0 && r != -EINTR)
		lose(connection, r);
	return 0;
}

/* --- calls ---------------------------------------------------------------------------------------- */

int pnpn_bus_new_call(struct pnpn_connection *connection, const char *method,
		      sd_bus_message **ret_call)
{
	if (pnpn_connection_is_copy(connection))
		return -ECHILD;
	if (connection->error)
		return -ENOTCONN;
	return sd_bus_message_new_method_call(connection->bus, ret_call,
					      connection->is_system_bus ? PNPN_BUS_NAME : NULL,
					      PNPN_BUS_PATH, PNPN_BUS_INTERFACE, method);
}

int pnpn_bus_answer_errno(sd_bus_message *answer)
{
	const sd_bus_error *error = sd_bus_message_get_error(answer);

	if (!error)
		return 0;
	/* The names that say that nobody is there any more. */
	if (sd_bus_error_has_names(error, SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_DISCONNECTED,
				   SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		return -ENOTCONN;
	return -sd_bus_message_get_errno(answer);
}

/* The manager's end may show first in what is sent to it. */
static int send_errno(struct pnpn_connection *connection, int r)
{
	if (r != -ECONNRESET && r != -EPIPE && r != -ESHUTDOWN && r != -ENOTCONN)
		return r;
	lose(connection, r);
	return -ENOTCONN;
}

static int on_answer(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	sd_bus_message **ret_answer = userdata;

	*ret_answer = sd_bus_message_ref(answer);
	return 1;
}

static int send_until(struct pnpn_connection *connection, sd_bus_message *call,
		      sd_bus_message **ret_reply, uint64_t deadline)
{
	sd_bus_message *answer = NULL;
	sd_bus_slot *slot = NULL;
	int r = send_errno(connection, sd_bus_call_async(connection->bus, &slot, call, on_answer,
							 &answer, UINT64_MAX));

	/* What comes before the answer is handled before it: it may be about it. */
	while (r >= 0 && !answer && is_open(connection))
		r = advance(connection, deadline);
	sd_bus_slot_unref(slot);
	if (r >= 0)
		r = answer ? pnpn_bus_answer_errno(answer) : -ENOTCONN;
	if (r >= 0 && ret_reply)
		*ret_reply = answer;
	else
		sd_bus_message_unref(answer);
	let_go_of_lost(connection);
	watch(connection);
	if (!pnpn_list_is_empty(&connection->ready))
		pnpn_connection_set_pending(connection);
	return r < 0 ? r : 0;
}

int pnpn_bus_send(struct pnpn_connection *connection, sd_bus_message *call,
		  sd_bus_message **ret_reply)
{
	return send_until(connection, call, ret_reply, get_deadline(connection));
}

static int new_callv(struct pnpn_connection *connection, sd_bus_message **ret_call,
		     const char *method, const char *types, va_list arguments)
{
	sd_bus_message *call = NULL;
	int r = pnpn_bus_new_call(connection, method, &call);

	if (r >= 0 && *types)
		r = sd_bus_message_appendv(call, types, arguments);
	if (r < 0)
		sd_bus_message_unref(call);
	else
		*ret_call = call;
	return r < 0 ? r : 0;
}

static int callv(struct pnpn_connection *connection, sd_bus_message **ret_reply, uint64_t deadline,
		 const char *method, const char *types, va_list arguments)
{
	sd_bus_message *call = NULL;
	int r = new_callv(connection, &call, method, types, arguments);

	if (r >= 0)
		r = send_until(connection, call, ret_reply, deadline);
	sd_bus_message_unref(call);
	return r;
}

int pnpn_bus_call(struct pnpn_connection *connection, sd_bus_message **ret_reply,
		  const char *method, const char *types, ...)
{
	va_list arguments;

	va_start(arguments, types);
	int r = callv(connection, ret_reply, get_deadline(connection), method, types, arguments);
	va_end(arguments);
	return r;
}

int pnpn_bus_call_patiently(struct pnpn_connection *connection, sd_bus_message **ret_reply,
			    const char *method, const char *types, ...)
{
	va_list arguments;

	va_start(arguments, types);
	int r = callv(connection, ret_reply, UINT64_MAX, method, types, arguments);
	va_end(arguments);
	return r;
}

void pnpn_bus_undo(struct pnpn_connection *connection, const char *method, const char *types, ...)
{
	va_list arguments;

	va_start(arguments, types);
	int r = callv(connection, NULL, get_deadline(connection), method, types, arguments);
	va_end(arguments);
	if (r == -ENOMEM || r == -ENOBUFS)
		lose(connection, r);
}

int pnpn_bus_call_async(struct pnpn_connection *connection, sd_bus_slot **ret_slot,
			sd_bus_message_handler_t callback, void *userdata, const char *method,
			const char *types, ...)
{
	sd_bus_message *call = NULL;
	va_list arguments;

	va_start(arguments, types);
	int r = new_callv(connection, &call, method, types, arguments);
	va_end(arguments);
	/* Nothing was sent, so nothing was learnt of the connection: it may be on the way. */
	if (r < 0)
		return r;
	if (callback)
		r = sd_bus_call_async(connection->bus, ret_slot, call, callback, userdata,
				      UINT64_MAX);
	else
		r = sd_bus_send(connection->bus, call, NULL);
	sd_bus_message_unref(call);
	watch(connection);
	return r < 0 ? send_errno(connection, r) : 0;
}

/* --- the way there -------------------------------------------------------------------------------- */

static int on_version(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_connection *connection = userdata;
	uint32_t version = 0;
	int r = pnpn_bus_answer_errno(answer);

	if (r >= 0)
		r = sd_bus_message_read(answer, "v", "u", &version);
	if (r >= 0 && version == PNPN_INTERFACE_VERSION)
		connection->error = 0;
	else if (pnpn_greeting_is_reason(r))
		fail(connection, r);
	else
		fail(connection, r == -ENOTCONN ? -ECONNREFUSED : -EPROTO);
	return 1;
}

static int ask_version(struct pnpn_connection *connection)
{
	return sd_bus_call_method_async(connection->bus, NULL,
					connection->is_system_bus ? PNPN_BUS_NAME : NULL,
					PNPN_BUS_PATH, DBUS ".Properties", "Get", on_version,
					connection, "ss", PNPN_BUS_INTERFACE, "Version");
}

static int on_owner(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_connection *connection = userdata;
	const char *owner;
	int r = sd_bus_message_is_method_error(answer, NULL)
			? -ENOENT
			: sd_bus_message_read(answer, "s", &owner);

	if (r >= 0) {
		free(connection->manager);
		connection->manager = strdup(owner);
		r = connection->manager ? ask_version(connection) : -ENOMEM;
	}
	if (r < 0)
		fail(connection, r);
	return 1;
}

static int ask_owner(struct pnpn_connection *connection)
{
	return sd_bus_call_method_async(connection->bus, NULL, DBUS, "/org/freedesktop/DBus", DBUS,
					"GetNameOwner", on_owner, connection, "s", PNPN_BUS_NAME);
}

static int on_started(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_connection *connection = userdata;
	int r = ask_owner(connection);

	if (r < 0)
		fail(connection, r);
	return 1;
}

/* Who is new has the bus start the manager, where it knows how; whether there is one is seen next. Who looks
 * for another one waits: a manager that was stopped on purpose stays so. */
static int find_owner(struct pnpn_connection *connection)
{
	int r = sd_bus_add_match_async(connection->bus, NULL,
				       "type='signal',sender='" DBUS "',interface='" DBUS
				       "',member='NameOwnerChanged',arg0='" PNPN_BUS_NAME "'",
				       on_name_owner_changed, NULL, connection);

	if (r < 0)
		return r;
	if (connection->session.reason)
		return ask_owner(connection);
	return sd_bus_call_method_async(connection->bus, NULL, DBUS, "/org/freedesktop/DBus", DBUS,
					"StartServiceByName", on_started, connection, "su",
					PNPN_BUS_NAME, 0);
}

/* sd-bus takes the descriptor over at once, so it gets a duplicate. */
static int set_fd(sd_bus *bus, int fd)
{
	int own = pnpn_duplicate(fd);

	if (own < 0)
		return -errno;
	int r = sd_bus_set_fd(bus, own, own);
	if (r < 0)
		close(own);
	return r;
}

/* Over fd, or to the address. */
static int start_direct(struct pnpn_connection *connection, int fd)
{
	int r = sd_bus_new(&connection->bus);

	if (r >= 0)
		r = fd >= 0 ? set_fd(connection->bus, fd)
			    : sd_bus_set_address(connection->bus, connection->address);
	if (r >= 0)
		r = sd_bus_negotiate_fds(connection->bus, true);
	if (r >= 0)
		r = sd_bus_start(connection->bus);
	if (r >= 0 || fd < 0)
		return r;
	/* Whoever turns us away may be gone before sd-bus greets him. */
	int reason = pnpn_greeting_look(fd);
	return reason < 0 ? reason : r;
}

static int start(struct pnpn_connection *connection, int fd)
{
	connection->is_system_bus = fd < 0 && !connection->address;
	connection->greeted = connection->is_system_bus;
	if (connection->is_system_bus)
		return sd_bus_open_system(&connection->bus);
	if (fd >= 0)
		return start_direct(connection, fd);
	int own = pnpn_greeting_connect(connection->address);
	if (own < 0 && own != -EAFNOSUPPORT)
		return own;
	int r = start_direct(connection, own);
	if (own >= 0)
		close(own);
	return r;
}

static int add_to_epoll(struct pnpn_connection *connection)
{
	int fd = sd_bus_get_fd(connection->bus);
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = &pnpn_bus_tag};

	if (fd < 0)
		return fd;
	if (epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return -errno;
	connection->bus_fd = fd;
	connection->bus_events = event.events;
	return 0;
}

/* Nobody is there, or somebody who turns us away. */
static int open_errno(int r)
{
	if (r == -EHOSTUNREACH || r == -ENXIO)
		return -ENOENT;
	return is_refusal(r) ? -ECONNREFUSED : r;
}

int pnpn_bus_open(struct pnpn_connection *connection, int fd)
{
	int r = start(connection, fd);

	if (r >= 0)
		r = sd_bus_add_filter(connection->bus, NULL, on_message, connection);
	if (r >= 0)
		r = connection->is_system_bus ? find_owner(connection) : ask_version(connection);
	if (r >= 0)
		r = add_to_epoll(connection);
	if (r < 0) {
		pnpn_bus_close(connection);
		connection->error = open_errno(r);
		return connection->error;
	}
	connection->error = -EINPROGRESS;
	keep_room(connection);
	return 0;
}

int pnpn_bus_wait_open(struct pnpn_connection *connection)
{
	uint64_t deadline = get_deadline(connection);
	int r = 0;

	while (r >= 0 && connection->error == -EINPROGRESS)
		r = advance(connection, deadline);
	watch(connection);
	if (r < 0)
		fail(connection, r);
	return connection->error;
}

char *pnpn_bus_identify(struct pnpn_connection *connection)
{
	char text[SD_ID128_STRING_MAX];
	sd_id128_t id;

	if (connection->is_system_bus)
		return strdup(connection->manager);
	if (sd_bus_get_bus_id(connection->bus, &id) < 0)
		return NULL;
	return strdup(sd_id128_to_string(id, text));
}

/* sd-bus leaves alone what is its parent's, and open: then the manager would not hear when the parent ends. */
static void let_go(struct pnpn_connection *connection)
{
	if (connection->bus_fd >= 0)
		(void)dup3(connection->pending_fd, connection->bus_fd, O_CLOEXEC);
	connection->bus_fd = -1;
}

void pnpn_bus_close(struct pnpn_connection *connection)
{
	if (connection->own && pnpn_connection_is_copy(connection))
		let_go(connection);
	if (connection->bus_fd >= 0)
		epoll_ctl(connection->epoll_fd, EPOLL_CTL_DEL, connection->bus_fd, NULL);
	connection->bus_fd = -1;
	connection->bus = sd_bus_close_unref(connection->bus);
	free(connection->manager);
	connection->manager = NULL;
	make_room(connection);
}
