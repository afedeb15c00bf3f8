/* SPDX-License-Identifier: MIT */
/* What a process asks of a device that it holds open. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/export.h"
#include "client/handle.h"
#include "io/caller.h"
#include "io/status.h"
#include "port/duplicate.h"

#define OPEN_LIMIT_MS 25000

/* The size of the first version's. */
#define TRANSFER_SIZE sizeof(struct pnpn_transfer)
#define RESULT_SIZE   sizeof(struct pnpn_result)

/* An event, by the number that the owner finds in what he is sent. */
struct event {
	struct pnpn_list link;
	uint64_t number;
	int fd;
};

/* What was asked, until the answer is handed out. */
struct pending {
	struct pnpn_list link; /* in the handle's answers, once it is there */
	void *userdata;
	struct pnpn_answered answer;
};

/* --- the way to the owner ------------------------------------------------------------------------------ */

static int find_event(uint64_t number, bool *ret_manual, void *userdata)
{
	struct pnpn_handle *handle = userdata;

	pnpn_list_for_each_safe (link, after, &handle->events) {
		const struct event *event = pnpn_list_entry(link, struct event, link);
		if (event->number == number)
			return pnpn_duplicate(event->fd);
	}
	return -1;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether there is something to take before that time; the owner may never answer. */
static bool wait_until(const struct pnpn_caller *caller, int64_t due)
{
	struct pollfd answer = {.fd = pnpn_caller_get_fd(caller), .events = POLLIN};
	int r;

	do {
		int64_t left = due - now_ms();
		r = poll(&answer, 1, left > 0 ? (int)left : 0);
	} while (r < 0 && errno == EINTR);
	return r > 0;
}

/* Opening and closing: they have a limit, and nothing else is waited for. */
static int ask_in_time(struct pnpn_caller *caller, const struct pnpn_ask *ask)
{
	int64_t due = now_ms() + OPEN_LIMIT_MS;
	struct pnpn_answered answer;
	uint64_t id;
	int r = pnpn_caller_ask(caller, ask, false, &id);

	while (r >= 0) {
		if (!wait_until(caller, due))
			return -ETIMEDOUT;
		r = pnpn_caller_take(caller, false, &answer);
		if (r > 0 && answer.id == id)
			return pnpn_io_errno_of(answer.status);
		if (r > 0 && answer.userdata)
			free(answer.userdata);
	}
	return r == -EPIPE ? -ENODEV : r;
}

int pnpn_handle_begin(struct pnpn_handle *handle, int socket, unsigned int access)
{
	const struct pnpn_ask ask = {.kind = PNPN_IO_OPEN,
				     .code = access,
				     .offset = PNPN_ACCESS_READ | PNPN_ACCESS_WRITE};
	struct pnpn_caller *caller = pnpn_caller_new(socket, find_event, handle);

	if (!caller)
		return -ENOMEM;
	int r = ask_in_time(caller, &ask);
	if (r < 0)
		pnpn_caller_free(caller);
	else
		handle->caller = caller;
	return r;
}

static void free_answers(struct pnpn_handle *handle)
{
	struct pnpn_answered answer;

	/* As if the owner had gone: what was asked comes back. */
	if (handle->caller) {
		if (pnpn_connection_is_copy(handle->connection))
			pnpn_caller_forsake(handle->caller);
		else
			pnpn_caller_cut(handle->caller);
		while (pnpn_caller_take(handle->caller, false, &answer) > 0)
			free(answer.userdata);
	}
	pnpn_list_for_each_safe (link, after, &handle->answers) {
		pnpn_list_remove(link);
		free(pnpn_list_entry(link, struct pending, link));
	}
	pnpn_list_for_each_safe (link, after, &handle->events) {
		struct event *event = pnpn_list_entry(link, struct event, link);
		pnpn_list_remove(link);
		close(event->fd);
		free(event);
	}
}

void pnpn_handle_end(struct pnpn_handle *handle, bool politely)
{
	const struct pnpn_ask ask = {.kind = PNPN_IO_CLOSE};

	if (handle->caller && politely)
		(void)ask_in_time(handle->caller, &ask);
	free_answers(handle);
	handle->caller = pnpn_caller_free(handle->caller);
}

/* --- asking -------------------------------------------------------------------------------------------- */

static uint32_t flags_of(const struct pnpn_transfer *transfer)
{
	return transfer->kind == PNPN_IO_CONTROL ? pnpn_io_control_flags(transfer->code) : 0;
}

static int submit(struct pnpn_handle *handle, const struct pnpn_transfer *transfer, bool wait,
		  uint64_t *ret_number)
{
	if (transfer->kind < PNPN_IO_READ || transfer->kind > PNPN_IO_FLUSH ||
	    (transfer->in_size && !transfer->in) || (transfer->out_size && !transfer->out))
		return -EINVAL;
	if (pnpn_connection_is_copy(handle->connection))
		return -ECHILD;
	if (!handle->caller)
		return -EOPNOTSUPP;
	if (transfer->in_size > PNPN_IO_SIZE_MAX || transfer->out_size > PNPN_IO_SIZE_MAX)
		return -EMSGSIZE;
	struct pending *pending = calloc(1, sizeof(*pending));
	if (!pending)
		return -ENOMEM;
	pnpn_list_init(&pending->link);
	pending->userdata = transfer->userdata;
	const struct pnpn_ask ask = {.kind = transfer->kind,
				     .code = transfer->code,
				     .offset = transfer->offset,
				     .input = transfer->in,
				     .input_size = (uint32_t)transfer->in_size,
				     .output = transfer->out,
				     .output_size = (uint32_t)transfer->out_size,
				     .flags = flags_of(transfer),
				     .userdata = pending};
	int r = pnpn_caller_ask(handle->caller, &ask, wait, ret_number);
	if (r < 0)
		free(pending);
	return r == -EPIPE ? -ENODEV : r;
}

PNPN_EXPORT int pnpn_handle_submit(struct pnpn_handle *handle, const struct pnpn_transfer *transfer,
				   size_t transfer_size, uint64_t *ret_number)
{
	if (!transfer || transfer_size != TRANSFER_SIZE)
		return -EINVAL;
	return submit(handle, transfer, false, ret_number);
}

/* Waits for that one, and keeps what comes before. */
static int await(struct pnpn_handle *handle, uint64_t number, size_t *ret_size)
{
	struct pnpn_answered answer;

	while (pnpn_caller_take(handle->caller, true, &answer) > 0) {
		struct pending *pending = answer.userdata;
		if (answer.id != number) {
			pending->answer = answer;
			pnpn_list_append(&handle->answers, &pending->link);
			continue;
		}
		free(pending);
		if (ret_size)
			*ret_size = (size_t)answer.information;
		return pnpn_io_errno_of(answer.status);
	}
	return -ENODEV;
}

static int call(struct pnpn_handle *handle, const struct pnpn_transfer *transfer, size_t *ret_size)
{
	uint64_t number;
	int r = submit(handle, transfer, true, &number);

	return r < 0 ? r : await(handle, number, ret_size);
}

PNPN_EXPORT int pnpn_handle_ioctl(struct pnpn_handle *handle, uint32_t code, const void *in,
				  size_t in_size, void *out, size_t out_size, size_t *ret_size)
{
	const struct pnpn_transfer transfer = {.kind = PNPN_IO_CONTROL,
					       .code = code,
					       .in = in,
					       .in_size = in_size,
					       .out = out,
					       .out_size = out_size};

	return call(handle, &transfer, ret_size);
}

PNPN_EXPORT int pnpn_handle_read(struct pnpn_handle *handle, void *data, size_t size,
				 uint64_t offset, size_t *ret_size)
{
	const struct pnpn_transfer transfer = {
		.kind = PNPN_IO_READ, .offset = offset, .out = data, .out_size = size};

	return call(handle, &transfer, ret_size);
}

PNPN_EXPORT int pnpn_handle_write(struct pnpn_handle *handle, const void *data, size_t size,
				  uint64_t offset, size_t *ret_size)
{
	const struct pnpn_transfer transfer = {
		.kind = PNPN_IO_WRITE, .offset = offset, .in = data, .in_size = size};

	return call(handle, &transfer, ret_size);
}

PNPN_EXPORT int pnpn_handle_flush(struct pnpn_handle *handle)
{
	const struct pnpn_transfer transfer = {.kind = PNPN_IO_FLUSH};

	return call(handle, &transfer, NULL);
}

PNPN_EXPORT int pnpn_handle_cancel(struct pnpn_handle *handle, uint64_t number)
{
	if (pnpn_connection_is_copy(handle->connection))
		return -ECHILD;
	return handle->caller ? pnpn_caller_cancel(handle->caller, number) : -ENOENT;
}

PNPN_EXPORT int pnpn_handle_get_fd(const struct pnpn_handle *handle)
{
	return handle->caller ? pnpn_caller_get_fd(handle->caller) : -1;
}

static int take_next(struct pnpn_handle *handle, struct pnpn_answered *ret_answer)
{
	if (!pnpn_list_is_empty(&handle->answers)) {
		struct pending *pending = pnpn_list_entry(handle->answers.next, struct pending,
							  link);
		pnpn_list_remove(&pending->link);
		*ret_answer = pending->answer;
		return 1;
	}
	int r = pnpn_caller_take(handle->caller, false, ret_answer);
	return r == -EPIPE ? -ENODEV : r;
}

PNPN_EXPORT int pnpn_handle_take(struct pnpn_handle *handle, struct pnpn_result *ret_result,
				 size_t result_size)
{
	struct pnpn_answered answer;

	if (!ret_result || result_size != RESULT_SIZE)
		return -EINVAL;
	if (pnpn_connection_is_copy(handle->connection))
		return -ECHILD;
	if (!handle->caller)
		return -EOPNOTSUPP;
	int r = take_next(handle, &answer);
	if (r <= 0)
		return r;
	struct pending *pending = answer.userdata;
	*ret_result = (struct pnpn_result){.userdata = pending->userdata,
					   .number = answer.id,
					   .error = pnpn_io_errno_of(answer.status),
					   .status = answer.status,
					   .size = (size_t)answer.information};
	free(pending);
	return 1;
}

PNPN_EXPORT int pnpn_handle_share_event(struct pnpn_handle *handle, int *ret_fd,
					uint64_t *ret_number)
{
	int fds[2];

	if (!handle->caller)
		return -EOPNOTSUPP;
	struct event *event = calloc(1, sizeof(*event));
	if (!event)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0) {
		int r = -errno;
		free(event);
		return r;
	}
	event->fd = fds[0];
	/* As Windows' handles: multiples of four. */
	event->number = handle->last_event += 4;
	pnpn_list_init(&event->link);
	pnpn_list_append(&handle->events, &event->link);
	*ret_fd = fds[1];
	*ret_number = event->number;
	return 0;
}
