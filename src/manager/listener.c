/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "core/protocol.h"
#include "manager/estate.h"
#include "manager/identity.h"
#include "manager/interface.h"
#include "manager/listener.h"
#include "manager/limits.h"
#include "manager/peer.h"
#include "manager/pump.h"
#include "manager/server.h"
#include "manager/socket-file.h"
#include "port/duplicate.h"

#define PATH_PREFIX "unix:path="

/* What a refusal takes, and more. */
#define SPARE_BYTES 16384

/* Since Linux 6.16: whether others may send descriptors to a socket. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

struct pnpn_listener {
	struct pnpn_server *server;
	int fd;
	int spare_fd; /* closed to have one descriptor with which to turn a peer away */
	bool is_public; /* anybody may connect, as on the bus */
	struct pnpn_socket_file file; /* of fd; none where it was handed to us */
	sd_event_source *source;
	sd_bus *system_bus;
	void *spare_memory; /* freed to have some with which to refuse a call */
	struct pnpn_pump system_pump;
	struct pnpn_service system_service;
};

/* A peer that has a connection to itself. */
struct direct {
	struct pnpn_service service;
	struct pnpn_pump pump;
	struct pnpn_peer *peer;
};

/* Nobody waits in vain: sd-bus would lose in silence the error that it has no memory for. Who can't be told
 * that he is refused is ended. Returns 1. */
static int refuse(struct pnpn_peer *peer, sd_bus_message *m, int error, const sd_bus_error *why)
{
	if (sd_bus_reply_method_errno(m, error, why) < 0 && peer)
		pnpn_peer_doom(peer);
	return 1;
}

/* --- peer to peer --------------------------------------------------------------------------------- */

static int find_direct(sd_bus_message *m, void *userdata, struct pnpn_peer **ret_peer)
{
	struct direct *direct = userdata;

	if (!direct->peer)
		return -ENOTCONN;
	*ret_peer = direct->peer;
	return 0;
}

static int on_direct_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct direct *direct = userdata;

	pnpn_pump_got_message(&direct->pump);
	if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected")) {
		pnpn_estate_settle(direct->peer);
		return 0;
	}
	int r = pnpn_interface_handle(&direct->service, m, ret_error);
	return r < 0 ? refuse(direct->peer, m, r, ret_error) : r;
}

static void direct_failed(struct pnpn_pump *pump)
{
	struct direct *direct =
		(struct direct *)(void *)((char *)pump - offsetof(struct direct, pump));

	pnpn_estate_settle(direct->peer);
}

/* The connection is gone for good: sd-bus drops the slot last of all. */
static void free_direct(void *userdata)
{
	free(userdata);
}

static int direct_new(struct direct **ret_direct, sd_bus *bus)
{
	struct direct *direct = calloc(1, sizeof(*direct));
	sd_bus_slot *slot = NULL;

	if (!direct)
		return -ENOMEM;
	direct->service = (struct pnpn_service){find_direct, direct};
	direct->pump.failed = direct_failed;
	int r = sd_bus_add_filter(bus, &slot, on_direct_message, direct);
	if (r < 0) {
		free(direct);
		return r;
	}
	sd_bus_slot_set_destroy_callback(slot, free_direct);
	sd_bus_slot_set_floating(slot, true);
	sd_bus_slot_unref(slot);
	*ret_direct = direct;
	return 0;
}

static int serve_direct(struct pnpn_peer *peer)
{
	struct direct *direct;
	int r = direct_new(&direct, peer->bus);

	if (r < 0)
		return r;
	direct->peer = peer;
	direct->pump.user = peer->account.user;
	peer->back = &direct->peer;
	peer->pump = &direct->pump;
	r = sd_bus_start(peer->bus);
	return r < 0 ? r : pnpn_pump_start(&direct->pump, peer->server, peer->bus);
}

/* The bus has a duplicate: what it closes when it can't start is still there to say why. */
static int new_server_bus(const struct pnpn_server *server, sd_bus **ret_bus, int fd)
{
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_server(bus, 1, server->id);
	if (r >= 0)
		r = sd_bus_negotiate_fds(bus, 1);
	int own = r >= 0 ? pnpn_duplicate(fd) : -1;
	if (r >= 0)
		r = own < 0 ? -errno : sd_bus_set_fd(bus, own, own);
	if (r >= 0) {
		*ret_bus = bus;
		return 0;
	}
	if (own >= 0)
		close(own);
	sd_bus_unref(bus);
	return r;
}

static int serve(struct pnpn_peer *peer, int fd, uint64_t began)
{
	int r = new_server_bus(peer->server, &peer->bus, fd);

	if (r >= 0)
		r = serve_direct(peer);
	pnpn_user_spend(peer->account.user, pnpn_processor_usec() - began);
	if (r < 0)
		pnpn_estate_settle(peer);
	return r;
}

/* Before anything is read of him: on Linux whoever sent something that is not read has that error only behind what he
 * was sent. */
static void say_why(int fd, int error)
{
	char line[sizeof(PNPN_TURNED_AWAY) + 16];
	int length = snprintf(line, sizeof(line), PNPN_TURNED_AWAY "%d\r\n", -error);

	(void)send(fd, line, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Whoever is past his limit is turned away before anything is made for him. */
static int add_peer(struct pnpn_server *server, int fd, bool is_public)
{
	struct pnpn_identity who = {.is_public = is_public};
	struct pnpn_peer *peer = NULL;
	uint64_t began = pnpn_processor_usec();
	int r = pnpn_identity_of_socket(&who, fd);

	if (r >= 0)
		r = pnpn_peer_new(&peer, server, &who, NULL);
	if (r >= 0)
		r = serve(peer, fd, began);
	if (r < 0)
		say_why(fd, r);
	close(fd);
	return r;
}

int pnpn_listener_add_peer(struct pnpn_server *server, int fd)
{
	return add_peer(server, fd, false);
}

/* Without a descriptor left the peer would stay in the queue, and wake us again and again. */
static void turn_away(struct pnpn_listener *listener, int error)
{
	close(listener->spare_fd);
	int peer = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
	if (peer >= 0) {
		say_why(peer, error);
		close(peer);
	}
	listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Many at once, so that whoever fills the queue with connections that are turned away keeps nobody
 * waiting behind them. */
static int on_connect(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_listener *listener = userdata;

	for (int i = 0; i < PNPN_LIMIT_ACCEPTED; i++) {
		int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer >= 0)
			(void)add_peer(listener->server, peer, listener->is_public);
		else if (errno == EMFILE || errno == ENFILE)
			turn_away(listener, -errno);
		else
			break;
	}
	return 0;
}

static struct pnpn_listener *listener_of(struct pnpn_server *server)
{
	if (server->listener)
		return server->listener;
	struct pnpn_listener *listener = calloc(1, sizeof(*listener));
	if (!listener)
		return NULL;
	listener->server = server;
	listener->fd = -1;
	listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	server->listener = listener;
	return listener;
}

static int listen_on(struct pnpn_listener *listener, int fd)
{
	const int no = 0;

	if (listener->fd >= 0)
		return -EBUSY;
	listener->fd = fd;
	/* Connections have it from here; older kernels do not know it, and pump.c looks. */
	(void)setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &no, sizeof(no));
	return sd_event_add_io(listener->server->event, &listener->source, fd, EPOLLIN, on_connect,
			       listener);
}

int pnpn_listener_add_fd(struct pnpn_server *server, int fd)
{
	struct pnpn_listener *listener = listener_of(server);
	int flags = fcntl(fd, F_GETFL);

	if (!listener)
		return -ENOMEM;
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	listener->is_public = true;
	return listen_on(listener, fd);
}

int pnpn_listener_add_socket(struct pnpn_server *server, const char *address)
{
	struct pnpn_listener *listener = listener_of(server);

	if (!listener)
		return -ENOMEM;
	if (strncmp(address, PATH_PREFIX, strlen(PATH_PREFIX)) != 0)
		return -EINVAL;
	int fd = pnpn_socket_file_listen(&listener->file, address + strlen(PATH_PREFIX));
	return fd < 0 ? fd : listen_on(listener, fd);
}

/* --- the system bus ------------------------------------------------------------------------------- */

static struct pnpn_peer *find_name(struct pnpn_server *server, const char *name)
{
	pnpn_list_for_each_safe (link, after, &server->peers) {
		struct pnpn_peer *peer = pnpn_list_entry(link, struct pnpn_peer, link);
		if (peer->name && strcmp(peer->name, name) == 0)
			return peer;
	}
	return NULL;
}

static int new_bus_peer(struct pnpn_listener *listener, const char *name,
			struct pnpn_peer **ret_peer)
{
	struct pnpn_identity who = {.is_public = true};
	struct pnpn_peer *peer = NULL;
	int r = pnpn_identity_of_name(&who, listener->system_bus, name);

	if (r >= 0)
		r = pnpn_peer_new(&peer, listener->server, &who, name);
	if (r < 0)
		return r;
	peer->bus = sd_bus_ref(listener->system_bus);
	peer->pump = &listener->system_pump;
	*ret_peer = peer;
	return 0;
}

static int find_on_bus(sd_bus_message *m, void *userdata, struct pnpn_peer **ret_peer)
{
	struct pnpn_listener *listener = userdata;
	const char *name = sd_bus_message_get_sender(m);

	if (!name)
		return -EBADMSG;
	struct pnpn_peer *peer = find_name(listener->server, name);
	int r = peer ? 0 : new_bus_peer(listener, name, &peer);
	if (r < 0)
		return r;
	/* Its time is counted, but one connection is everybody's: it can't be made to wait. */
	listener->system_pump.user = peer->account.user;
	if (pnpn_user_get_credit(peer->account.user) < -PNPN_LIMIT_DEBT_USEC)
		return -EBUSY;
	*ret_peer = peer;
	return 0;
}

static void system_failed(struct pnpn_pump *pump)
{
	(void)sd_event_exit(pump->server->event, EXIT_FAILURE);
}

/* Who calls over the bus and is no peer can't be told by the connection's end. */
static int refuse_on_bus(struct pnpn_listener *listener, sd_bus_message *m, int error,
			 const sd_bus_error *why)
{
	const char *name = sd_bus_message_get_sender(m);

	if (sd_bus_reply_method_errno(m, error, why) >= 0)
		return 1;
	free(listener->spare_memory);
	int r = refuse(name ? find_name(listener->server, name) : NULL, m, -ENOMEM, NULL);
	listener->spare_memory = malloc(SPARE_BYTES);
	return r;
}

/* Of all names there are, whoever goes: libsystemd's own matches end the process without memory. */
static int watch_names(sd_bus *bus)
{
	return sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
				  "org.freedesktop.DBus", "AddMatch", NULL, NULL, "s",
				  "type='signal',sender='org.freedesktop.DBus',"
				  "interface='org.freedesktop.DBus',member='NameOwnerChanged'");
}

static void name_changed(struct pnpn_listener *listener, sd_bus_message *m)
{
	const char *name, *before, *after, *sender = sd_bus_message_get_sender(m);

	if (sender && strcmp(sender, "org.freedesktop.DBus") == 0 &&
	    sd_bus_message_read(m, "sss", &name, &before, &after) >= 0 && !*after)
		pnpn_estate_settle(find_name(listener->server, name));
}

static int on_system_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_listener *listener = userdata;

	/* Whoever called before does not pay for this one. */
	listener->system_pump.user = NULL;
	if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected"))
		system_failed(&listener->system_pump);
	if (sd_bus_message_is_signal(m, "org.freedesktop.DBus", "NameOwnerChanged"))
		name_changed(listener, m);
	int r = pnpn_interface_handle(&listener->system_service, m, ret_error);
	return r < 0 ? refuse_on_bus(listener, m, r, ret_error) : r;
}

int pnpn_listener_add_system_bus(struct pnpn_server *server)
{
	struct pnpn_listener *listener = listener_of(server);

	if (!listener)
		return -ENOMEM;
	listener->spare_memory = malloc(SPARE_BYTES);
	int r = listener->spare_memory ? sd_bus_open_system(&listener->system_bus) : -ENOMEM;
	if (r < 0)
		return r;
	listener->system_service = (struct pnpn_service){find_on_bus, listener};
	listener->system_pump.trusted = true;
	listener->system_pump.failed = system_failed;
	r = sd_bus_add_filter(listener->system_bus, NULL, on_system_message, listener);
	if (r >= 0)
		r = watch_names(listener->system_bus);
	if (r >= 0)
		r = sd_bus_request_name(listener->system_bus, PNPN_BUS_NAME, 0);
	if (r >= 0)
		r = pnpn_pump_start(&listener->system_pump, server, listener->system_bus);
	return r == -EEXIST ? -EADDRINUSE : r < 0 ? r : 0;
}

struct pnpn_listener *pnpn_listener_free(struct pnpn_listener *listener)
{
	if (!listener)
		return NULL;
	sd_event_source_disable_unref(listener->source);
	pnpn_socket_file_remove(&listener->file);
	if (listener->fd >= 0)
		close(listener->fd);
	if (listener->spare_fd >= 0)
		close(listener->spare_fd);
	free(listener->spare_memory);
	pnpn_pump_stop(&listener->system_pump);
	sd_bus_flush_close_unref(listener->system_bus);
	free(listener);
	return NULL;
}
