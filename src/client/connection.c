/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/device.h"
#include "client/export.h"
#include "client/handle.h"
#include "client/registration.h"
#include "client/stream.h"

#define CALL_TIMEOUT_USEC (25ull * 1000 * 1000)

/* Work for one pnpn_dispatch(): messages from the bus, descriptors that woke. */
#define DISPATCH_MESSAGES 64
#define DISPATCH_WAKES	  64

/* Events taken before the descriptors are looked at again: who reports faster than the application takes
 * keeps neither the manager nor other devices from being heard. */
#define ASKED_MOST 64

/* What the epoll's data says where it is no attachment. */
static char bus_tag, pending_tag;

/* --- the bus -------------------------------------------------------------------------------------- */

static void set_lost(struct pnpn_connection *connection)
{
	if (connection->lost)
		return;
	connection->lost = true;
	epoll_ctl(connection->epoll_fd, EPOLL_CTL_DEL, connection->bus_fd, NULL);
	pnpn_list_for_each_safe (link, after, &connection->devices)
		pnpn_device_set_lost(pnpn_list_entry(link, struct pnpn_device, link));
	pnpn_streams_close(connection);
	pnpn_connection_set_pending(connection);
}

/* On the system bus anybody may send us a signal: only the manager is believed. */
static bool is_from_manager(struct pnpn_connection *connection, sd_bus_message *message)
{
	const char *sender = sd_bus_message_get_sender(message);

	if (!connection->is_system_bus)
		return true;
	return sender && connection->manager && strcmp(sender, connection->manager) == 0;
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_connection *connection = userdata;

	if (sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", "Disconnected")) {
		set_lost(connection);
		return 0;
	}
	if (!is_from_manager(connection, message))
		return 0;
	int r = pnpn_registration_handle_signal(connection, message);
	if (r >= 0)
		return 0;
	/* A device that can't be followed: the call that asks for it says so, and later, where nobody
	 * can be told, the connection ends rather than lose events in silence. */
	if (connection->in_call)
		connection->signal_error = r;
	else
		set_lost(connection);
	return 0;
}

static int on_name_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *ret_error)
{
	set_lost(userdata);
	return 0;
}

/* Waits for room to write only while something waits to be written. */
static void watch_bus(struct pnpn_connection *connection)
{
	int events = connection->lost ? 0 : sd_bus_get_events(connection->bus);
	uint32_t wanted = EPOLLIN;

	if (events > 0 && events & EPOLLOUT)
		wanted |= EPOLLOUT;
	if (connection->lost || wanted == connection->bus_events)
		return;
	struct epoll_event event = {.events = wanted, .data.ptr = &bus_tag};
	if (epoll_ctl(connection->epoll_fd, EPOLL_CTL_MOD, connection->bus_fd, &event) == 0)
		connection->bus_events = wanted;
}

static void process_bus(struct pnpn_connection *connection, uint64_t messages)
{
	for (uint64_t i = 0; i < messages && !connection->lost; i++) {
		int r = sd_bus_process(connection->bus, NULL);
		if (r < 0)
			set_lost(connection);
		if (r <= 0)
			break;
	}
	uint64_t queued = 0;
	if (!connection->lost && sd_bus_get_n_queued_read(connection->bus, &queued) >= 0 && queued)
		pnpn_connection_set_pending(connection);
	watch_bus(connection);
}

void pnpn_connection_set_pending(struct pnpn_connection *connection)
{
	(void)eventfd_write(connection->pending_fd, 1);
}

int pnpn_connection_new_call(struct pnpn_connection *connection, const char *method,
			     sd_bus_message **ret_call)
{
	if (connection->lost)
		return -ENOTCONN;
	return sd_bus_message_new_method_call(connection->bus, ret_call,
					      connection->is_system_bus ? PNPN_MANAGER_NAME : NULL,
					      PNPN_MANAGER_PATH, PNPN_MANAGER_INTERFACE, method);
}

static int call_errno(const sd_bus_error *error, int r)
{
	/* The names that say that nobody is there any more. */
	if (sd_bus_error_has_names(error, SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_DISCONNECTED,
				   SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		return -ENOTCONN;
	if (r == -ECONNRESET || r == -EPIPE || r == -ESHUTDOWN)
		return -ENOTCONN;
	return r;
}

int pnpn_connection_send(struct pnpn_connection *connection, sd_bus_message *call,
			 sd_bus_message **ret_reply)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	uint64_t queued = 0;
	int r = sd_bus_call(connection->bus, call, CALL_TIMEOUT_USEC, &error, &reply);

	r = r < 0 ? call_errno(&error, r) : 0;
	sd_bus_error_free(&error);
	/* What came before the answer is handled before the caller goes on: it may be about it. */
	connection->in_call = true;
	connection->signal_error = 0;
	if (sd_bus_get_n_queued_read(connection->bus, &queued) >= 0)
		process_bus(connection, queued);
	connection->in_call = false;
	if (r >= 0)
		r = connection->signal_error;
	if (r >= 0 && ret_reply)
		*ret_reply = reply;
	else
		sd_bus_message_unref(reply);
	if (!pnpn_list_is_empty(&connection->ready))
		pnpn_connection_set_pending(connection);
	return r;
}

int pnpn_connection_call(struct pnpn_connection *connection, sd_bus_message **ret_reply,
			 const char *method, const char *types, ...)
{
	sd_bus_message *call = NULL;
	int r = pnpn_connection_new_call(connection, method, &call);

	if (r < 0)
		return r;
	va_list arguments;
	va_start(arguments, types);
	r = *types ? sd_bus_message_appendv(call, types, arguments) : 0;
	va_end(arguments);
	if (r >= 0)
		r = pnpn_connection_send(connection, call, ret_reply);
	sd_bus_message_unref(call);
	return r < 0 ? r : 0;
}

/* --- connecting ----------------------------------------------------------------------------------- */

static int connection_new(struct pnpn_connection **ret_connection)
{
	struct pnpn_connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return -ENOMEM;
	pnpn_list_init(&connection->registrations);
	pnpn_list_init(&connection->handles);
	pnpn_list_init(&connection->devices);
	pnpn_list_init(&connection->ready);
	pnpn_list_init(&connection->streams);
	connection->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	connection->pending_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Three bytes of UTF-8 for each unit of UTF-16, and the final zero. */
	connection->text = malloc(PNPN_DATA_MAX / 2 * 3 + 1);
	connection->buffer = malloc(PNPN_DATA_MAX);
	connection->current.text = connection->text;
	if (connection->epoll_fd < 0 || connection->pending_fd < 0 || !connection->text ||
	    !connection->buffer) {
		pnpn_disconnect(connection);
		return -ENOMEM;
	}
	*ret_connection = connection;
	return 0;
}

static int open_address(struct pnpn_connection *connection, const char *address)
{
	if (strncmp(address, "unix:", 5) != 0)
		return -EINVAL;
	int r = sd_bus_new(&connection->bus);
	if (r >= 0)
		r = sd_bus_set_address(connection->bus, address);
	if (r >= 0)
		r = sd_bus_negotiate_fds(connection->bus, true);
	if (r >= 0)
		r = sd_bus_start(connection->bus);
	return r;
}

static int open_system_bus(struct pnpn_connection *connection)
{
	int r = sd_bus_open_system(&connection->bus);

	if (r < 0)
		return r;
	connection->is_system_bus = true;
	r = sd_bus_add_match(connection->bus, NULL,
			     "type='signal',sender='org.freedesktop.DBus',"
			     "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
			     "arg0='" PNPN_MANAGER_NAME "'",
			     on_name_owner_changed, connection);
	if (r < 0)
		return r;
	/* The bus starts it where it knows how; whether there is one is seen next. */
	(void)sd_bus_call_method(connection->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
				 "org.freedesktop.DBus", "StartServiceByName", NULL, NULL, "su",
				 PNPN_MANAGER_NAME, 0);
	sd_bus_message *reply = NULL;
	r = sd_bus_call_method(connection->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
			       "org.freedesktop.DBus", "GetNameOwner", NULL, &reply, "s",
			       PNPN_MANAGER_NAME);
	const char *owner = NULL;
	if (r >= 0)
		r = sd_bus_message_read(reply, "s", &owner);
	if (r >= 0) {
		connection->manager = strdup(owner);
		r = connection->manager ? 0 : -ENOMEM;
	}
	sd_bus_message_unref(reply);
	return r;
}

static int check_version(struct pnpn_connection *connection)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	uint32_t version = 0;
	int r = sd_bus_get_property_trivial(
		connection->bus, connection->is_system_bus ? PNPN_MANAGER_NAME : NULL,
		PNPN_MANAGER_PATH, PNPN_MANAGER_INTERFACE, "Version", &error, 'u', &version);

	sd_bus_error_free(&error);
	if (r == -ECONNRESET || r == -ENOTCONN)
		return -ECONNREFUSED;
	return r < 0 || version != PNPN_MANAGER_VERSION ? -EPROTO : 0;
}

static int connection_start(struct pnpn_connection *connection)
{
	int r = sd_bus_add_filter(connection->bus, NULL, on_message, connection);

	if (r >= 0)
		r = pnpn_device_serve_owner(connection);
	if (r >= 0)
		r = check_version(connection);
	if (r < 0)
		return r;
	connection->bus_fd = sd_bus_get_fd(connection->bus);
	if (connection->bus_fd < 0)
		return connection->bus_fd;
	connection->bus_events = EPOLLIN;
	struct epoll_event bus = {.events = EPOLLIN, .data.ptr = &bus_tag};
	struct epoll_event pending = {.events = EPOLLIN, .data.ptr = &pending_tag};
	if (epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, connection->bus_fd, &bus) < 0 ||
	    epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, connection->pending_fd, &pending) < 0)
		return -errno;
	return 0;
}

PNPN_EXPORT int pnpn_connect(struct pnpn_connection **ret_connection, const char *address)
{
	struct pnpn_connection *connection;
	int r = connection_new(&connection);

	if (r < 0)
		return r;
	if (!address)
		address = secure_getenv("PNPNOTIFY_ADDRESS");
	r = address ? open_address(connection, address) : open_system_bus(connection);
	if (r >= 0)
		r = connection_start(connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r == -EHOSTUNREACH || r == -ENXIO ? -ENOENT : r;
	}
	*ret_connection = connection;
	return 0;
}

/* sd-bus takes the descriptor over at once, so it gets a duplicate until all went well. */
static int open_fd(struct pnpn_connection *connection, int fd)
{
	int r = sd_bus_new(&connection->bus);

	if (r < 0)
		return r;
	int own = dup(fd);
	if (own < 0)
		return -errno;
	r = sd_bus_set_fd(connection->bus, own, own);
	if (r < 0) {
		close(own);
		return r;
	}
	r = sd_bus_negotiate_fds(connection->bus, true);
	if (r >= 0)
		r = sd_bus_start(connection->bus);
	return r;
}

PNPN_EXPORT int pnpn_connect_fd(struct pnpn_connection **ret_connection, int fd)
{
	struct pnpn_connection *connection;
	int r = connection_new(&connection);

	if (r < 0)
		return r;
	r = open_fd(connection, fd);
	if (r >= 0)
		r = connection_start(connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return r;
	}
	close(fd);
	*ret_connection = connection;
	return 0;
}

static void free_children(struct pnpn_connection *connection)
{
	pnpn_list_for_each_safe (link, after, &connection->registrations)
		pnpn_registration_free(pnpn_list_entry(link, struct pnpn_registration, link));
	pnpn_list_for_each_safe (link, after, &connection->handles)
		pnpn_handle_free(pnpn_list_entry(link, struct pnpn_handle, link));
	pnpn_list_for_each_safe (link, after, &connection->devices)
		pnpn_device_free(pnpn_list_entry(link, struct pnpn_device, link));
	pnpn_streams_free(connection);
}

PNPN_EXPORT struct pnpn_connection *pnpn_disconnect(struct pnpn_connection *connection)
{
	if (!connection)
		return NULL;
	connection->taken_from = NULL;
	free_children(connection);
	pnpn_event_free(connection->queued);
	pnpn_attachment_free(connection->graveyard);
	sd_bus_close_unref(connection->bus);
	if (connection->epoll_fd >= 0)
		close(connection->epoll_fd);
	if (connection->pending_fd >= 0)
		close(connection->pending_fd);
	free(connection->manager);
	free(connection->text);
	free(connection->buffer);
	free(connection);
	return NULL;
}

/* --- dispatch ------------------------------------------------------------------------------------- */

PNPN_EXPORT int pnpn_get_fd(const struct pnpn_connection *connection)
{
	return connection->epoll_fd;
}

static void handle_wake(struct pnpn_connection *connection, void *tag)
{
	eventfd_t count;

	if (tag == &bus_tag)
		process_bus(connection, DISPATCH_MESSAGES);
	else if (tag != &pending_tag)
		pnpn_stream_mark_ready(((struct pnpn_attachment *)tag)->stream);
	else if (!connection->lost && eventfd_read(connection->pending_fd, &count) >= 0)
		process_bus(connection, DISPATCH_MESSAGES);
}

static bool has_something(const struct pnpn_connection *connection)
{
	return !pnpn_list_is_empty(&connection->ready) ||
	       (connection->lost && !connection->lost_told);
}

/* Descriptors that woke; returns their number, or an errno. */
static int dispatch(struct pnpn_connection *connection, int timeout_ms)
{
	struct epoll_event events[DISPATCH_WAKES];

	connection->asked = 0;
	if (connection->lost_told && !has_something(connection))
		return -ENOTCONN;
	int n = epoll_wait(connection->epoll_fd, events, DISPATCH_WAKES, timeout_ms);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++)
		handle_wake(connection, events[i].data.ptr);
	return n;
}

PNPN_EXPORT int pnpn_dispatch(struct pnpn_connection *connection)
{
	int r = dispatch(connection, 0);

	return r < 0 && r != -EINTR ? r : 0;
}

PNPN_EXPORT int pnpn_wait(struct pnpn_connection *connection, int timeout_ms)
{
	bool waiting = has_something(connection);
	int r = dispatch(connection, waiting ? 0 : timeout_ms);

	if (r < 0)
		return r;
	return waiting || r > 0;
}

/* --- events --------------------------------------------------------------------------------------- */

static bool take_disconnected(struct pnpn_connection *connection,
			      const struct pnpn_event **ret_event)
{
	if (!connection->lost || connection->lost_told)
		return false;
	connection->lost_told = true;
	connection->current = (struct pnpn_event){
		.kind = PNPN_EVENT_DISCONNECTED,
		.record = {.name_offset = PNPN_NO_TEXT, .time = pnpn_port_now()},
		.device = "",
		.data = connection->buffer,
		.text = connection->text,
	};
	*ret_event = &connection->current;
	return true;
}

PNPN_EXPORT int pnpn_next_event(struct pnpn_connection *connection,
				const struct pnpn_event **ret_event)
{
	pnpn_streams_release(connection);
	if (++connection->asked >= ASKED_MOST)
		(void)dispatch(connection, 0);
	return pnpn_streams_take(connection, ret_event) || take_disconnected(connection, ret_event);
}
