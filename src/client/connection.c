/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/connection.h"
#include "core/utf.h"

char pnpn_bus_tag, pnpn_pending_tag, pnpn_timer_tag, pnpn_service_tag;

void pnpn_connection_set_pending(struct pnpn_connection *connection)
{
	(void)eventfd_write(connection->pending_fd, 1);
}

void pnpn_connection_set_incomplete(struct pnpn_connection *connection)
{
	struct pnpn_session *session = &connection->session;

	if (session->incomplete || connection->error)
		return;
	session->incomplete = true;
	pnpn_retry_pause(&session->retry);
}

/* No call of getpid(): a report makes no system call (R13). */
static int mark_own(struct pnpn_connection *connection)
{
	void *page = mmap(NULL, sizeof(bool), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return -errno;
	connection->own = page;
	if (madvise(page, (size_t)sysconf(_SC_PAGESIZE), MADV_WIPEONFORK) < 0)
		return -errno;
	*connection->own = true;
	return 0;
}

static int make_descriptors(struct pnpn_connection *connection)
{
	struct epoll_event pending = {.events = EPOLLIN, .data.ptr = &pnpn_pending_tag};

	connection->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	connection->pending_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (connection->epoll_fd < 0 || connection->pending_fd < 0 ||
	    epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, connection->pending_fd, &pending) < 0)
		return -errno;
	return 0;
}

int pnpn_connection_new(struct pnpn_connection **ret_connection, const struct pnpn_bus_sink *sink)
{
	struct pnpn_connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		return -ENOMEM;
	pnpn_list_init(&connection->registrations);
	pnpn_list_init(&connection->handles);
	pnpn_list_init(&connection->devices);
	pnpn_list_init(&connection->streams);
	pnpn_list_init(&connection->questions);
	pnpn_list_init(&connection->answered);
	pnpn_list_init(&connection->ready);
	connection->sink = sink;
	connection->error = -ENOTCONN;
	connection->bus_fd = connection->session.retry.timer_fd = -1;
	connection->epoll_fd = connection->pending_fd = -1;
	for (int i = 0; i < PNPN_SPARE_FDS; i++)
		connection->spare_fds[i] = -1;
	connection->limit_usec = 25ull * 1000 * 1000;
	connection->text = malloc(PNPN_UTF8_BYTES(PNPN_DATA_MAX));
	connection->buffer = malloc(PNPN_DATA_MAX);
	connection->current.text = connection->text;
	int r = connection->text && connection->buffer ? mark_own(connection) : -ENOMEM;
	if (r >= 0)
		r = make_descriptors(connection);
	if (r < 0) {
		pnpn_connection_free(connection);
		return r;
	}
	*ret_connection = connection;
	return 0;
}

struct pnpn_connection *pnpn_connection_free(struct pnpn_connection *connection)
{
	if (!connection)
		return NULL;
	pnpn_retry_deinit(&connection->session.retry);
	if (connection->epoll_fd >= 0)
		close(connection->epoll_fd);
	if (connection->pending_fd >= 0)
		close(connection->pending_fd);
	if (connection->own)
		munmap(connection->own, sizeof(bool));
	free(connection->session.manager);
	free(connection->address);
	free(connection->text);
	free(connection->buffer);
	free(connection);
	return NULL;
}
