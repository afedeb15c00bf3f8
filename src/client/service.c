/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/export.h"
#include "client/service.h"
#include "core/list.h"
#include "io/servant.h"
#include "io/status.h"

#define WAKES_AT_ONCE 16

struct pnpn_service {
	int epoll_fd; /* of the files; in the connection's */
	struct pnpn_io_users users;
	struct pnpn_list files;
	struct pnpn_list ready; /* to be handed out */
};

struct pnpn_io {
	struct pnpn_list link; /* in the ready ones, or in none */
	struct pnpn_list file_link; /* in its file */
	struct file *file;
	struct pnpn_io_call *call; /* NULL where the opener just went */
	void *copy; /* of input that the opener could change */
	bool cancelled;
};

/* A device that somebody has open. It lives until its last io is completed. */
struct file {
	struct pnpn_list link;
	struct pnpn_service *service;
	struct pnpn_device *device; /* NULL once it was removed */
	struct pnpn_servant *servant;
	uint32_t uid, pid;
	char *rest;
	void *userdata;
	bool opened; /* the owner agreed */
	bool closing; /* PNPN_IO_CLOSE was made */
	bool over; /* nothing more comes */
	struct pnpn_list ios;
	struct pnpn_io last; /* PNPN_IO_CLOSE when the opener just goes: that can't fail */
};

/* --- the connection's ----------------------------------------------------------------------------------- */

static int hang_in(struct pnpn_connection *connection, struct pnpn_service *service)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = &pnpn_service_tag};

	service->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (service->epoll_fd < 0 ||
	    epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, service->epoll_fd, &event) < 0)
		return -errno;
	return 0;
}

int pnpn_service_get(struct pnpn_connection *connection, struct pnpn_service **ret_service)
{
	struct pnpn_service *service = connection->service;

	if (!service) {
		service = calloc(1, sizeof(*service));
		if (!service)
			return -ENOMEM;
		pnpn_io_users_init(&service->users);
		pnpn_list_init(&service->files);
		pnpn_list_init(&service->ready);
		int r = hang_in(connection, service);
		if (r < 0) {
			pnpn_service_free(service, false);
			return r;
		}
		connection->service = service;
	}
	*ret_service = service;
	return 0;
}

/* --- files ----------------------------------------------------------------------------------------------- */

static void file_free(struct file *file)
{
	pnpn_list_remove(&file->link);
	pnpn_servant_unref(file->servant);
	free(file->rest);
	free(file);
}

static void file_let_go(struct file *file)
{
	if (file->over && pnpn_list_is_empty(&file->ios))
		file_free(file);
}

static int watch(struct file *file, int operation, bool writable)
{
	struct epoll_event event = {.events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN,
				    .data.ptr = file};

	return epoll_ctl(file->service->epoll_fd, operation, pnpn_servant_get_fd(file->servant),
			 &event) < 0
		       ? -errno
		       : 0;
}

void pnpn_service_open(struct pnpn_service *service, struct pnpn_device *device,
		       const struct pnpn_opener *opener, int socket)
{
	struct file *file = calloc(1, sizeof(*file));

	if (!file) {
		close(socket);
		return;
	}
	pnpn_list_init(&file->link);
	pnpn_list_init(&file->ios);
	file->service = service;
	file->device = device;
	file->uid = opener->uid;
	file->pid = opener->pid;
	file->rest = strdup(opener->rest);
	/* Whoever can't be served finds the socket closed. */
	if (pnpn_servant_new(&file->servant, &service->users, socket, opener->uid) < 0 ||
	    !file->rest || watch(file, EPOLL_CTL_ADD, false) < 0) {
		file_free(file);
		return;
	}
	pnpn_list_append(&service->files, &file->link);
}

static void io_init(struct pnpn_io *io, struct file *file)
{
	io->file = file;
	pnpn_list_init(&io->link);
	pnpn_list_init(&io->file_link);
	pnpn_list_append(&file->ios, &io->file_link);
}

static struct pnpn_io *io_new(struct file *file, struct pnpn_io_call *call)
{
	struct pnpn_io *io = calloc(1, sizeof(*io));

	if (!io)
		return NULL;
	io->call = call;
	if (call->slot && call->input_size) {
		io->copy = malloc(call->input_size);
		if (!io->copy) {
			free(io);
			return NULL;
		}
		memcpy(io->copy, call->input, call->input_size);
	}
	call->userdata = io;
	io_init(io, file);
	return io;
}

static void make_ready(struct pnpn_io *io)
{
	if (pnpn_list_is_empty(&io->link))
		pnpn_list_append(&io->file->service->ready, &io->link);
}

static void cancel_all(struct file *file, const struct pnpn_io *except)
{
	struct pnpn_io_call *calls[PNPN_IO_REQUESTS_MAX + 1];
	size_t n = pnpn_servant_list(file->servant, calls, PNPN_IO_REQUESTS_MAX + 1);

	for (size_t i = 0; i < n; i++) {
		struct pnpn_io *io = calls[i]->userdata;
		if (io && io != except && !io->cancelled) {
			io->cancelled = true;
			make_ready(io);
		}
		pnpn_io_call_unref(calls[i]);
	}
}

static void tell_closed(struct file *file)
{
	file->closing = true;
	io_init(&file->last, file);
	make_ready(&file->last);
}

/* What was asked is wanted no more; then its owner hears that it is closed, unless he did or never agreed. */
static void end(struct file *file)
{
	if (file->over)
		return;
	file->over = true;
	(void)epoll_ctl(file->service->epoll_fd, EPOLL_CTL_DEL, pnpn_servant_get_fd(file->servant),
			NULL);
	pnpn_servant_cut(file->servant);
	cancel_all(file, NULL);
	if (file->opened && !file->closing)
		tell_closed(file);
	file_let_go(file);
}

static void take_call(struct file *file, struct pnpn_io_call *call)
{
	struct pnpn_io *io = io_new(file, call);

	if (!io) {
		pnpn_io_call_answer(call, PNPN_IO_STATUS_MEMORY, 0);
		return;
	}
	if (call->kind == PNPN_IO_CLOSE) {
		file->closing = true;
		cancel_all(file, io);
	}
	make_ready(io);
}

static void take_cancel(struct pnpn_io_call *call)
{
	struct pnpn_io *io = call->userdata;

	if (io && !io->cancelled && !call->answered) {
		io->cancelled = true;
		make_ready(io);
	}
	pnpn_io_call_unref(call);
}

/* One packet: others have their turn, too. */
static void file_receive(struct file *file)
{
	struct pnpn_io_call *call;

	switch (pnpn_servant_receive(file->servant, false, &call)) {
	case PNPN_SERVANT_CALL:
		take_call(file, call);
		break;
	case PNPN_SERVANT_CANCEL:
		take_cancel(call);
		break;
	case PNPN_SERVANT_GONE:
		end(file);
		break;
	case PNPN_SERVANT_NOTHING:
		break;
	}
}

static void file_handle(struct file *file, uint32_t events)
{
	if (events & EPOLLOUT) {
		pnpn_servant_flush(file->servant);
		if (!pnpn_servant_has_waiting(file->servant))
			(void)watch(file, EPOLL_CTL_MOD, false);
	}
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		file_receive(file);
}

/* --- the owner's ------------------------------------------------------------------------------------------ */

PNPN_EXPORT int pnpn_next_io(struct pnpn_connection *connection, struct pnpn_io **ret_io)
{
	struct epoll_event events[WAKES_AT_ONCE];
	struct pnpn_service *service = connection->service;

	if (!service || pnpn_connection_is_copy(connection))
		return 0;
	if (pnpn_list_is_empty(&service->ready)) {
		int n = epoll_wait(service->epoll_fd, events, WAKES_AT_ONCE, 0);
		for (int i = 0; i < n; i++)
			file_handle(events[i].data.ptr, events[i].events);
	}
	if (pnpn_list_is_empty(&service->ready))
		return 0;
	struct pnpn_io *io = pnpn_list_entry(service->ready.next, struct pnpn_io, link);
	pnpn_list_remove(&io->link);
	if (!pnpn_list_is_empty(&service->ready))
		pnpn_connection_set_pending(connection);
	*ret_io = io;
	return 1;
}

static void answer(struct pnpn_io *io, int error, size_t size)
{
	struct file *file = io->file;

	if (io->call->kind == PNPN_IO_OPEN)
		file->opened = error >= 0;
	pnpn_io_call_answer(io->call, pnpn_io_status_of(error), size);
	if (!file->over && pnpn_servant_has_waiting(file->servant))
		(void)watch(file, EPOLL_CTL_MOD, true);
}

PNPN_EXPORT struct pnpn_io *pnpn_io_complete(struct pnpn_io *io, int error, size_t size)
{
	if (!io)
		return NULL;
	struct file *file = io->file;
	bool is_open = io->call && io->call->kind == PNPN_IO_OPEN;
	pnpn_list_remove(&io->link);
	pnpn_list_remove(&io->file_link);
	if (io->call)
		answer(io, error, size);
	if (io != &file->last) {
		free(io->copy);
		free(io);
	}
	/* Its opener went while the owner was asked: that is to be heard of, too. */
	if (is_open && file->opened && file->over)
		tell_closed(file);
	file_let_go(file);
	return NULL;
}

void pnpn_service_drop_device(struct pnpn_service *service, const struct pnpn_device *device)
{
	if (!service)
		return;
	pnpn_list_for_each_safe (link, after, &service->files) {
		struct file *file = pnpn_list_entry(link, struct file, link);
		if (file->device != device)
			continue;
		file->device = NULL;
		end(file);
	}
}

/* What is asked goes unanswered. */
static void forget(struct file *file, bool copy)
{
	if (copy)
		pnpn_servant_forsake(file->servant);
	else
		pnpn_servant_cut(file->servant);
	file->over = true;
	file->opened = false;
	pnpn_list_for_each_safe (link, after, &file->ios) {
		struct pnpn_io *io = pnpn_list_entry(link, struct pnpn_io, file_link);
		bool last = after == &file->ios;
		pnpn_io_complete(io, -ENODEV, 0);
		if (last)
			return;
	}
	file_free(file);
}

struct pnpn_service *pnpn_service_free(struct pnpn_service *service, bool copy)
{
	if (!service)
		return NULL;
	pnpn_list_for_each_safe (link, after, &service->files)
		forget(pnpn_list_entry(link, struct file, link), copy);
	if (service->epoll_fd >= 0)
		close(service->epoll_fd);
	pnpn_io_users_deinit(&service->users);
	free(service);
	return NULL;
}

/* --- what it is ------------------------------------------------------------------------------------------- */

PNPN_EXPORT enum pnpn_io_kind pnpn_io_get_kind(const struct pnpn_io *io)
{
	return io->call ? io->call->kind : PNPN_IO_CLOSE;
}

PNPN_EXPORT struct pnpn_device *pnpn_io_get_device(const struct pnpn_io *io)
{
	return io->file->device;
}

PNPN_EXPORT uint32_t pnpn_io_get_code(const struct pnpn_io *io)
{
	return io->call ? io->call->code : 0;
}

PNPN_EXPORT uint64_t pnpn_io_get_offset(const struct pnpn_io *io)
{
	return io->call && io->call->kind != PNPN_IO_OPEN ? io->call->offset : 0;
}

PNPN_EXPORT const void *pnpn_io_get_input(const struct pnpn_io *io, size_t *ret_size)
{
	if (pnpn_io_get_kind(io) == PNPN_IO_OPEN) {
		*ret_size = strlen(io->file->rest);
		return io->file->rest;
	}
	*ret_size = io->call ? io->call->input_size : 0;
	if (io->copy)
		return io->copy;
	return io->call ? io->call->input : NULL;
}

PNPN_EXPORT void *pnpn_io_get_output(const struct pnpn_io *io, size_t *ret_size)
{
	*ret_size = io->call ? io->call->output_size : 0;
	return io->call ? io->call->output : NULL;
}

PNPN_EXPORT bool pnpn_io_is_cancelled(const struct pnpn_io *io)
{
	return io->cancelled;
}

PNPN_EXPORT uint32_t pnpn_io_get_uid(const struct pnpn_io *io)
{
	return io->file->uid;
}

PNPN_EXPORT uint32_t pnpn_io_get_pid(const struct pnpn_io *io)
{
	return io->file->pid;
}

PNPN_EXPORT void pnpn_io_set_file_data(struct pnpn_io *io, void *userdata)
{
	io->file->userdata = userdata;
}

PNPN_EXPORT void *pnpn_io_get_file_data(const struct pnpn_io *io)
{
	return io->file->userdata;
}
