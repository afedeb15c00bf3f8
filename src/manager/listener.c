/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "manager/interface.h"
#include "manager/listener.h"
#include "manager/peer.h"
#include "manager/server.h"

#define PATH_PREFIX "unix:path="

struct pnpn_listener {
	struct pnpn_server *server;
	int fd;
	int spare_fd; /* closed to have one descriptor with which to turn a peer away */
	char *path;
	dev_t device; /* which file path was when it was made */
	ino_t inode;
	sd_event_source *source;
	sd_bus *system_bus;
	struct pnpn_service system_service;
};

/* A peer that has a connection to itself. */
struct direct {
	struct pnpn_service service;
	struct pnpn_peer *peer;
};

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

	if (!sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected"))
		return 0;
	pnpn_peer_free(direct->peer);
	return 0;
}

/* The connection is gone for good: sd-bus drops the slot last of all. */
static void free_direct(void *userdata)
{
	free(userdata);
}

static int serve_direct(struct pnpn_server *server, sd_bus *bus, const struct ucred *who)
{
	struct direct *direct = calloc(1, sizeof(*direct));
	sd_bus_slot *slot = NULL;

	if (!direct)
		return -ENOMEM;
	direct->service = (struct pnpn_service){find_direct, direct};
	int r = sd_bus_add_filter(bus, &slot, on_direct_message, direct);
	if (r < 0) {
		free(direct);
		return r;
	}
	sd_bus_slot_set_destroy_callback(slot, free_direct);
	sd_bus_slot_set_floating(slot, true);
	sd_bus_slot_unref(slot);
	r = pnpn_interface_serve(bus, &direct->service);
	if (r >= 0)
		r = sd_bus_attach_event(bus, server->event, SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r >= 0)
		r = pnpn_peer_new(&direct->peer, server, bus, NULL, who->uid, who->pid);
	if (r >= 0)
		direct->peer->back = &direct->peer;
	return r;
}

int pnpn_listener_add_peer(struct pnpn_server *server, int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	sd_bus *bus = NULL;
	int r = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0 ? -errno : 0;

	if (r >= 0)
		r = sd_bus_new(&bus);
	if (r >= 0)
		r = sd_bus_set_fd(bus, fd, fd);
	if (r < 0) {
		sd_bus_unref(bus);
		close(fd);
		return r;
	}
	r = sd_bus_set_server(bus, 1, server->id);
	if (r >= 0)
		r = sd_bus_negotiate_fds(bus, 1);
	if (r >= 0)
		r = serve_direct(server, bus, &who);
	if (r < 0)
		sd_bus_close(bus);
	sd_bus_unref(bus);
	return r < 0 ? r : 0;
}

/* Without a descriptor left the peer would stay in the queue, and wake us again and again. */
static void turn_away(struct pnpn_listener *listener)
{
	close(listener->spare_fd);
	int peer = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
	if (peer >= 0)
		close(peer);
	listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int on_connect(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_listener *listener = userdata;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (peer >= 0)
		(void)pnpn_listener_add_peer(listener->server, peer);
	else if (errno == EMFILE || errno == ENFILE)
		turn_away(listener);
	return 0;
}

static bool somebody_listens(const struct sockaddr_un *name)
{
	/* A manager with a full backlog says EAGAIN: it is there. */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return true;
	bool listens = connect(fd, (const struct sockaddr *)name, sizeof(*name)) == 0 ||
		       errno != ECONNREFUSED;
	close(fd);
	return listens;
}

/* Whatever else stands there is somebody's file. */
static bool is_socket(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int bind_socket(int fd, const struct sockaddr_un *name)
{
	/* The mode of the socket becomes that of its file. */
	if (fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)name, sizeof(*name)) < 0)
		return -errno;
	return 0;
}

static int open_socket(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	if (!*path || strlen(path) >= sizeof(name.sun_path))
		return -EINVAL;
	strcpy(name.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	int r = bind_socket(fd, &name);
	if (r == -EADDRINUSE && is_socket(path) && !somebody_listens(&name)) {
		unlink(path);
		r = bind_socket(fd, &name);
	}
	if (r >= 0 && listen(fd, SOMAXCONN) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
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

int pnpn_listener_add_fd(struct pnpn_server *server, int fd)
{
	struct pnpn_listener *listener = listener_of(server);

	if (!listener)
		return -ENOMEM;
	if (listener->fd >= 0)
		return -EBUSY;
	listener->fd = fd;
	return sd_event_add_io(server->event, &listener->source, fd, EPOLLIN, on_connect, listener);
}

int pnpn_listener_add_socket(struct pnpn_server *server, const char *address)
{
	struct pnpn_listener *listener = listener_of(server);

	if (!listener)
		return -ENOMEM;
	if (strncmp(address, PATH_PREFIX, strlen(PATH_PREFIX)) != 0)
		return -EINVAL;
	const char *path = address + strlen(PATH_PREFIX);
	int fd = open_socket(path);
	if (fd < 0)
		return fd;
	int r = pnpn_listener_add_fd(server, fd);
	listener->path = strdup(path);
	struct stat st;
	if (stat(path, &st) == 0) {
		listener->device = st.st_dev;
		listener->inode = st.st_ino;
	}
	return r;
}

/* --- the system bus ------------------------------------------------------------------------------- */

static int on_name_gone(sd_bus_track *track, void *userdata)
{
	pnpn_peer_free(userdata);
	return 0;
}

static struct pnpn_peer *find_name(struct pnpn_server *server, const char *name)
{
	pnpn_list_for_each_safe (link, after, &server->peers) {
		struct pnpn_peer *peer = pnpn_list_entry(link, struct pnpn_peer, link);
		if (peer->name && strcmp(peer->name, name) == 0)
			return peer;
	}
	return NULL;
}

static int new_bus_peer(struct pnpn_listener *listener, sd_bus_message *m, const char *name,
			struct pnpn_peer **ret_peer)
{
	sd_bus_creds *creds = NULL;
	uid_t uid = 0;
	pid_t pid = 0;
	struct pnpn_peer *peer = NULL;
	int r = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID, &creds);

	if (r >= 0)
		r = sd_bus_creds_get_euid(creds, &uid);
	if (r >= 0)
		r = sd_bus_creds_get_pid(creds, &pid);
	sd_bus_creds_unref(creds);
	if (r >= 0)
		r = pnpn_peer_new(&peer, listener->server, listener->system_bus, name, uid, pid);
	if (r < 0)
		return r;
	r = sd_bus_track_new(listener->system_bus, &peer->track, on_name_gone, peer);
	if (r >= 0)
		r = sd_bus_track_add_name(peer->track, name);
	if (r < 0) {
		pnpn_peer_free(peer);
		return r;
	}
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
	if (!peer)
		return new_bus_peer(listener, m, name, ret_peer);
	*ret_peer = peer;
	return 0;
}

int pnpn_listener_add_system_bus(struct pnpn_server *server)
{
	struct pnpn_listener *listener = listener_of(server);

	if (!listener)
		return -ENOMEM;
	int r = sd_bus_open_system(&listener->system_bus);
	if (r < 0)
		return r;
	listener->system_service = (struct pnpn_service){find_on_bus, listener};
	r = pnpn_interface_serve(listener->system_bus, &listener->system_service);
	if (r >= 0)
		r = sd_bus_attach_event(listener->system_bus, server->event,
					SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		r = sd_bus_request_name(listener->system_bus, PNPN_BUS_NAME, 0);
	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(listener->system_bus, true);
	return r == -EEXIST ? -EADDRINUSE : r < 0 ? r : 0;
}

/* Only the file that we made: another manager may have put its own there since. */
static void remove_socket(const struct pnpn_listener *listener)
{
	struct stat st;

	if (listener->path && stat(listener->path, &st) == 0 && st.st_dev == listener->device &&
	    st.st_ino == listener->inode)
		unlink(listener->path);
}

struct pnpn_listener *pnpn_listener_free(struct pnpn_listener *listener)
{
	if (!listener)
		return NULL;
	sd_event_source_disable_unref(listener->source);
	if (listener->fd >= 0)
		close(listener->fd);
	if (listener->spare_fd >= 0)
		close(listener->spare_fd);
	remove_socket(listener);
	free(listener->path);
	sd_bus_flush_close_unref(listener->system_bus);
	free(listener);
	return NULL;
}
