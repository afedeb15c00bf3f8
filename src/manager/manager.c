/* SPDX-License-Identifier: MIT */
/* The manager inside a process (pnpnotify/manager.h): the server on a thread of its own. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>

#include "manager/listener.h"
#include "manager/setup.h"

#define EXPORT __attribute__((visibility("default")))

struct pnpn_manager {
	sd_event *event;
	struct pnpn_server *server;
	pthread_t thread;
	int stop_fd; /* an eventfd: the loop ends */
	int peers[2]; /* a socket pair: the other thread sends descriptors of new peers */
};

static int on_stop(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	return sd_event_exit(userdata, 0);
}

/* The only thing that crosses threads: a descriptor. */
static int send_fd(int socket, int fd)
{
	char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = space,
				 .msg_controllen = sizeof(space)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	*(int *)(void *)CMSG_DATA(header) = fd;
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int receive_fd(int socket)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&byte, 1};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = space,
				 .msg_controllen = sizeof(space)};

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
		return -EAGAIN;
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	return header ? *(const int *)(const void *)CMSG_DATA(header) : -EAGAIN;
}

static int on_peer(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_manager *manager = userdata;
	int peer = receive_fd(fd);

	if (peer >= 0)
		(void)pnpn_listener_add_peer(manager->server, peer);
	return 0;
}

static void *run(void *userdata)
{
	struct pnpn_manager *manager = userdata;

	(void)pnpn_server_run(manager->event);
	return NULL;
}

static void manager_free(struct pnpn_manager *manager)
{
	pnpn_server_free(manager->server);
	sd_event_unref(manager->event);
	if (manager->stop_fd >= 0)
		close(manager->stop_fd);
	for (int i = 0; i < 2; i++)
		if (manager->peers[i] >= 0)
			close(manager->peers[i]);
	free(manager);
}

static int manager_prepare(struct pnpn_manager *manager, const char *address, unsigned int flags)
{
	manager->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (manager->stop_fd < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, manager->peers) < 0)
		return -errno;
	int r = sd_event_new(&manager->event);
	if (r >= 0)
		r = sd_event_add_io(manager->event, NULL, manager->stop_fd, EPOLLIN, on_stop,
				    manager->event);
	if (r >= 0)
		r = sd_event_add_io(manager->event, NULL, manager->peers[0], EPOLLIN, on_peer,
				    manager);
	if (r >= 0)
		r = pnpn_server_new(&manager->server, manager->event);
	if (r >= 0 && address)
		r = pnpn_listener_add_socket(manager->server, address);
	if (r >= 0 && flags & PNPN_MANAGER_LINUX_DEVICES)
		r = pnpn_server_add_linux(manager->server);
	if (r >= 0 && flags & PNPN_MANAGER_KERNEL_DEVICES)
		r = pnpn_server_add_kernel(manager->server);
	return r;
}

EXPORT int pnpn_manager_start(struct pnpn_manager **ret_manager, const char *address,
			      unsigned int flags)
{
	if (flags & ~(PNPN_MANAGER_LINUX_DEVICES | PNPN_MANAGER_KERNEL_DEVICES))
		return -EINVAL;
	struct pnpn_manager *manager = calloc(1, sizeof(*manager));

	if (!manager)
		return -ENOMEM;
	manager->stop_fd = manager->peers[0] = manager->peers[1] = -1;
	int r = manager_prepare(manager, address, flags);
	if (r >= 0)
		r = -pthread_create(&manager->thread, NULL, run, manager);
	if (r < 0) {
		manager_free(manager);
		return r;
	}
	*ret_manager = manager;
	return 0;
}

EXPORT int pnpn_manager_connect(struct pnpn_manager *manager,
				struct pnpn_connection **ret_connection)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	int r = send_fd(manager->peers[1], ends[1]);
	close(ends[1]);
	if (r >= 0)
		r = pnpn_connect_fd(ret_connection, ends[0]);
	if (r < 0)
		close(ends[0]);
	return r;
}

EXPORT struct pnpn_manager *pnpn_manager_stop(struct pnpn_manager *manager)
{
	if (!manager)
		return NULL;
	(void)eventfd_write(manager->stop_fd, 1);
	pthread_join(manager->thread, NULL);
	manager_free(manager);
	return NULL;
}
