/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/memory.h"
#include "io/packet.h"
#include "io/servant.h"
#include "io/user.h"

/* Answers that wait for an application that does not read; a good one has never so many. */
#define WAITING_MAX (2 * PNPN_IO_REQUESTS_MAX)

/* An answer without room in the socket. */
struct waiting {
	struct pnpn_list link;
	size_t bytes;
	char packet[];
};

/* Which event is meant: on the stack of whoever waits. */
struct question {
	struct pnpn_list link;
	uint32_t id;
	bool answered, manual;
	int fd;
};

struct slot {
	struct pnpn_io_memory memory;
	unsigned int users; /* calls */
};

struct pnpn_servant {
	int socket;
	struct pnpn_io_user *user;
	void *userdata;
	unsigned int references; /* atomic */
	bool opened, closing; /* whoever receives */
	pthread_mutex_t lock; /* guards the rest but room */
	pthread_cond_t told;
	struct pnpn_list calls; /* not answered */
	unsigned int n_calls;
	struct pnpn_list waiting;
	unsigned int n_waiting;
	struct pnpn_list questions;
	uint32_t last_question;
	struct slot slots[PNPN_IO_SLOTS];
	bool gone;
	union {
		struct pnpn_io_request request;
		char bytes[sizeof(struct pnpn_io_request) + PNPN_IO_INLINE_MAX];
	} room; /* whoever receives */
};

int pnpn_servant_new(struct pnpn_servant **ret_servant, struct pnpn_io_users *users, int socket,
		     uid_t uid)
{
	struct pnpn_servant *servant = calloc(1, sizeof(*servant));
	int r = servant ? pnpn_io_user_open(users, uid, &servant->user) : -ENOMEM;

	if (r < 0) {
		free(servant);
		close(socket);
		return r;
	}
	servant->socket = socket;
	servant->references = 1;
	pthread_mutex_init(&servant->lock, NULL);
	pthread_cond_init(&servant->told, NULL);
	pnpn_list_init(&servant->calls);
	pnpn_list_init(&servant->waiting);
	pnpn_list_init(&servant->questions);
	*ret_servant = servant;
	return 0;
}

struct pnpn_servant *pnpn_servant_ref(struct pnpn_servant *servant)
{
	__atomic_add_fetch(&servant->references, 1, __ATOMIC_RELAXED);
	return servant;
}

static void drop_waiting(struct pnpn_servant *servant)
{
	pnpn_list_for_each_safe (link, after, &servant->waiting) {
		pnpn_list_remove(link);
		free(pnpn_list_entry(link, struct waiting, link));
	}
	servant->n_waiting = 0;
}

struct pnpn_servant *pnpn_servant_unref(struct pnpn_servant *servant)
{
	if (!servant || __atomic_sub_fetch(&servant->references, 1, __ATOMIC_ACQ_REL))
		return NULL;
	drop_waiting(servant);
	for (size_t i = 0; i < PNPN_IO_SLOTS; i++) {
		pnpn_io_user_give(servant->user, 0, servant->slots[i].memory.bytes);
		pnpn_io_memory_deinit(&servant->slots[i].memory);
	}
	pnpn_io_user_close(servant->user);
	close(servant->socket);
	pthread_cond_destroy(&servant->told);
	pthread_mutex_destroy(&servant->lock);
	free(servant);
	return NULL;
}

void pnpn_servant_set_userdata(struct pnpn_servant *servant, void *userdata)
{
	servant->userdata = userdata;
}

void *pnpn_servant_get_userdata(struct pnpn_servant *servant)
{
	return servant->userdata;
}

int pnpn_servant_get_fd(const struct pnpn_servant *servant)
{
	return servant->socket;
}

/* --- answers --------------------------------------------------------------------------------------- */

void pnpn_servant_forsake(struct pnpn_servant *servant)
{
	servant->gone = true;
}

static void set_gone(struct pnpn_servant *servant)
{
	servant->gone = true;
	(void)shutdown(servant->socket, SHUT_RDWR);
	pthread_cond_broadcast(&servant->told);
}

/* With the lock held. What can't wait either ends it. */
static void keep(struct pnpn_servant *servant, const struct iovec *parts, size_t n_parts)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n_parts; i++)
		bytes += parts[i].iov_len;
	struct waiting *waiting = servant->n_waiting < WAITING_MAX
					  ? malloc(sizeof(*waiting) + bytes)
					  : NULL;
	if (!waiting) {
		set_gone(servant);
		return;
	}
	waiting->bytes = 0;
	for (size_t i = 0; i < n_parts; i++) {
		memcpy(waiting->packet + waiting->bytes, parts[i].iov_base, parts[i].iov_len);
		waiting->bytes += parts[i].iov_len;
	}
	pnpn_list_init(&waiting->link);
	pnpn_list_append(&servant->waiting, &waiting->link);
	servant->n_waiting++;
}

/* With the lock held: in the order of the answers. */
static void send_parts(struct pnpn_servant *servant, const struct iovec *parts, size_t n_parts)
{
	int r = servant->n_waiting ? -EAGAIN
				   : pnpn_packet_send(servant->socket, parts, n_parts, -1);

	if (r == -EAGAIN && !servant->gone)
		keep(servant, parts, n_parts);
	else if (r < 0)
		set_gone(
			servant); /* the kernel has no memory for it: nobody waits for what never comes */
}

bool pnpn_servant_has_waiting(struct pnpn_servant *servant)
{
	pthread_mutex_lock(&servant->lock);
	bool waits = servant->n_waiting && !servant->gone;
	pthread_mutex_unlock(&servant->lock);
	return waits;
}

void pnpn_servant_flush(struct pnpn_servant *servant)
{
	int r = 0;

	pthread_mutex_lock(&servant->lock);
	while (r >= 0 && servant->n_waiting) {
		struct waiting *waiting = pnpn_list_entry(servant->waiting.next, struct waiting,
							  link);
		const struct iovec part = {waiting->packet, waiting->bytes};
		r = pnpn_packet_send(servant->socket, &part, 1, -1);
		if (r < 0)
			break;
		pnpn_list_remove(&waiting->link);
		servant->n_waiting--;
		free(waiting);
	}
	if (r < 0 && r != -EAGAIN)
		drop_waiting(servant);
	pthread_mutex_unlock(&servant->lock);
}

struct pnpn_io_call *pnpn_io_call_ref(struct pnpn_io_call *call)
{
	__atomic_add_fetch(&call->references, 1, __ATOMIC_RELAXED);
	return call;
}

struct pnpn_io_call *pnpn_io_call_unref(struct pnpn_io_call *call)
{
	if (!call || __atomic_sub_fetch(&call->references, 1, __ATOMIC_ACQ_REL))
		return NULL;
	if (call->destroy)
		call->destroy(call);
	pnpn_io_user_give(call->servant->user, 1, call->charged);
	pnpn_servant_unref(call->servant);
	free(call);
	return NULL;
}

static uint32_t size_of_answer(const struct pnpn_io_call *call, int32_t status,
			       uint64_t information)
{
	if (call->flags & PNPN_IO_OUTPUT_WHOLE)
		return call->output_size;
	if (((uint32_t)status >> 30) == 3)
		return 0;
	return information < call->output_size ? (uint32_t)information : call->output_size;
}

/* With the lock held. */
static void send_answer(struct pnpn_io_call *call, int32_t status, uint64_t information)
{
	struct pnpn_servant *servant = call->servant;
	struct pnpn_io_answer answer = {.kind = PNPN_IO_ANSWER,
					.status = status,
					.id = call->id,
					.information = information,
					.output_size = size_of_answer(call, status, information)};
	const struct iovec parts[2] = {{&answer, sizeof(answer)},
				       {call->output, answer.output_size}};

	send_parts(servant, parts, !call->slot && answer.output_size ? 2 : 1);
}

void pnpn_io_call_answer(struct pnpn_io_call *call, int32_t status, uint64_t information)
{
	struct pnpn_servant *servant = call->servant;

	pthread_mutex_lock(&servant->lock);
	if (!servant->gone)
		send_answer(call, status, information);
	pnpn_list_remove(&call->link);
	servant->n_calls--;
	call->answered = true;
	if (call->slot)
		servant->slots[call->slot - 1].users--;
	pthread_mutex_unlock(&servant->lock);
	pnpn_io_call_unref(call);
}

size_t pnpn_servant_list(struct pnpn_servant *servant, struct pnpn_io_call **ret_calls, size_t room)
{
	size_t n = 0;

	pthread_mutex_lock(&servant->lock);
	pnpn_list_for_each_safe (link, after, &servant->calls) {
		struct pnpn_io_call *call = pnpn_list_entry(link, struct pnpn_io_call, link);
		if (n < room)
			ret_calls[n++] = pnpn_io_call_ref(call);
	}
	pthread_mutex_unlock(&servant->lock);
	return n;
}

/* --- requests: whoever receives ---------------------------------------------------------------------- */

/* What is refused before anybody sees it. With the lock held. */
static void refuse(struct pnpn_servant *servant, uint64_t id, int32_t status)
{
	struct pnpn_io_answer answer = {.kind = PNPN_IO_ANSWER, .status = status, .id = id};
	const struct iovec part = {&answer, sizeof(answer)};

	send_parts(servant, &part, 1);
}

static bool fits(struct pnpn_servant *servant, const struct pnpn_io_request *request, size_t behind)
{
	uint64_t sent = request->input_size;

	if (request->input_size > PNPN_IO_SIZE_MAX || request->output_size > PNPN_IO_SIZE_MAX ||
	    request->padding || request->flags & ~(PNPN_IO_OUTPUT_SENT | PNPN_IO_OUTPUT_WHOLE) ||
	    request->slot > PNPN_IO_SLOTS)
		return false;
	if (request->slot) {
		const struct slot *slot = &servant->slots[request->slot - 1];
		return !behind && slot->users == 0 &&
		       pnpn_io_output_at(request->input_size) + request->output_size <=
			       slot->memory.bytes;
	}
	if (request->flags & PNPN_IO_OUTPUT_SENT)
		sent += request->output_size;
	return behind == sent && request->output_size <= PNPN_IO_INLINE_MAX;
}

static void set_buffers(struct pnpn_servant *servant, struct pnpn_io_call *call, char *own)
{
	uint64_t output_at = pnpn_io_output_at(call->input_size);
	char *base = call->slot ? servant->slots[call->slot - 1].memory.map : own;

	call->input = call->input_size ? base : NULL;
	call->output = call->output_size ? base + output_at : NULL;
	if (call->slot)
		return;
	const char *data = servant->room.bytes + sizeof(servant->room.request);
	if (call->input_size)
		memcpy(call->input, data, call->input_size);
	if (call->output_size && call->flags & PNPN_IO_OUTPUT_SENT)
		memcpy(call->output, data + call->input_size, call->output_size);
}

/* Room behind the struct, aligned as a driver expects of its buffers. */
static struct pnpn_io_call *call_alloc(size_t bytes, char **ret_buffer)
{
	size_t head = (size_t)pnpn_io_output_at(sizeof(struct pnpn_io_call));
	struct pnpn_io_call *call = aligned_alloc(PNPN_IO_ALIGN,
						  head + (size_t)pnpn_io_output_at(bytes));

	if (!call)
		return NULL;
	memset(call, 0, head + bytes);
	*ret_buffer = (char *)call + head;
	return call;
}

static int call_new(struct pnpn_io_call **ret_call, struct pnpn_servant *servant)
{
	const struct pnpn_io_request *request = &servant->room.request;
	size_t own = request->slot ? 0
				   : (size_t)pnpn_io_output_at(request->input_size) +
					     request->output_size;
	char *buffer;
	int r = pnpn_io_user_take(servant->user, 1, own);

	if (r < 0)
		return r;
	struct pnpn_io_call *call = call_alloc(own, &buffer);
	if (!call) {
		pnpn_io_user_give(servant->user, 1, own);
		return -ENOMEM;
	}
	pnpn_list_init(&call->link);
	call->servant = pnpn_servant_ref(servant);
	call->kind = request->kind;
	call->code = request->code;
	call->id = request->id;
	call->offset = request->offset;
	call->input_size = request->input_size;
	call->output_size = request->output_size;
	call->flags = request->flags;
	call->slot = request->slot;
	call->references = 1;
	call->charged = own;
	set_buffers(servant, call, buffer);
	*ret_call = call;
	return 0;
}

/* With the lock held. */
static enum pnpn_servant_result take_call(struct pnpn_servant *servant, size_t behind,
					  struct pnpn_io_call **ret_call)
{
	const struct pnpn_io_request *request = &servant->room.request;
	bool is_open = request->kind == PNPN_IO_OPEN;
	struct pnpn_io_call *call;

	if (is_open == servant->opened || servant->closing || !fits(servant, request, behind) ||
	    servant->n_calls >= PNPN_IO_REQUESTS_MAX)
		return PNPN_SERVANT_GONE;
	servant->opened = true;
	servant->closing = request->kind == PNPN_IO_CLOSE;
	int r = call_new(&call, servant);
	if (r < 0) {
		/* Without them it is not open, or is closed all the same. */
		if (is_open || servant->closing)
			return PNPN_SERVANT_GONE;
		refuse(servant, request->id,
		       r == -EDQUOT ? PNPN_IO_STATUS_QUOTA : PNPN_IO_STATUS_MEMORY);
		return PNPN_SERVANT_NOTHING;
	}
	if (call->slot)
		servant->slots[call->slot - 1].users++;
	pnpn_list_append(&servant->calls, &call->link);
	servant->n_calls++;
	*ret_call = call;
	return PNPN_SERVANT_CALL;
}

static enum pnpn_servant_result take_cancel(struct pnpn_servant *servant,
					    struct pnpn_io_call **ret_call)
{
	pnpn_list_for_each_safe (link, after, &servant->calls) {
		struct pnpn_io_call *call = pnpn_list_entry(link, struct pnpn_io_call, link);
		if (call->id != servant->room.request.id)
			continue;
		*ret_call = pnpn_io_call_ref(call);
		return PNPN_SERVANT_CANCEL;
	}
	return PNPN_SERVANT_NOTHING;
}

/* What can't be charged or mapped is not there: requests in it end the file. */
static enum pnpn_servant_result take_memory(struct pnpn_servant *servant, int fd)
{
	const struct pnpn_io_request *request = &servant->room.request;
	uint64_t bytes = request->offset;

	if (!request->slot || request->slot > PNPN_IO_SLOTS || bytes > 4ull * PNPN_IO_SIZE_MAX ||
	    (bytes && fd < 0))
		return PNPN_SERVANT_GONE;
	struct slot *slot = &servant->slots[request->slot - 1];
	if (slot->users)
		return PNPN_SERVANT_GONE;
	pnpn_io_user_give(servant->user, 0, slot->memory.bytes);
	pnpn_io_memory_deinit(&slot->memory);
	if (!bytes)
		return PNPN_SERVANT_NOTHING;
	if (pnpn_io_user_take(servant->user, 0, bytes) < 0)
		return PNPN_SERVANT_NOTHING;
	int r = pnpn_io_memory_adopt(&slot->memory, fd, bytes);
	if (r < 0)
		pnpn_io_user_give(servant->user, 0, bytes);
	return r == -EPROTO ? PNPN_SERVANT_GONE : PNPN_SERVANT_NOTHING;
}

/* Takes the descriptor over. */
static enum pnpn_servant_result take_event(struct pnpn_servant *servant, int *fd)
{
	pnpn_list_for_each_safe (link, after, &servant->questions) {
		struct question *question = pnpn_list_entry(link, struct question, link);
		if (question->answered || question->id != servant->room.request.id)
			continue;
		question->answered = true;
		question->manual = servant->room.request.code;
		question->fd = *fd;
		*fd = -1;
		pthread_cond_broadcast(&servant->told);
	}
	return PNPN_SERVANT_NOTHING;
}

/* With the lock held. */
static enum pnpn_servant_result handle(struct pnpn_servant *servant, size_t bytes, int *fd,
				       struct pnpn_io_call **ret_call)
{
	size_t head = sizeof(servant->room.request);

	if (bytes < head)
		return PNPN_SERVANT_GONE;
	switch (servant->room.request.kind) {
	case PNPN_IO_OPEN:
	case PNPN_IO_CLOSE:
	case PNPN_IO_READ:
	case PNPN_IO_WRITE:
	case PNPN_IO_CONTROL:
	case PNPN_IO_FLUSH:
		return *fd >= 0 ? PNPN_SERVANT_GONE : take_call(servant, bytes - head, ret_call);
	case PNPN_IO_CANCEL:
		return take_cancel(servant, ret_call);
	case PNPN_IO_MEMORY:
		return take_memory(servant, *fd);
	case PNPN_IO_EVENT:
		return take_event(servant, fd);
	default:
		return PNPN_SERVANT_GONE;
	}
}

enum pnpn_servant_result pnpn_servant_receive(struct pnpn_servant *servant, bool wait,
					      struct pnpn_io_call **ret_call)
{
	enum pnpn_servant_result result = PNPN_SERVANT_NOTHING;

	while (result == PNPN_SERVANT_NOTHING) {
		int fd = -1;
		ssize_t n = pnpn_packet_receive(servant->socket, &servant->room,
						sizeof(servant->room), wait, &fd);
		if (n == -EAGAIN)
			return PNPN_SERVANT_NOTHING;
		pthread_mutex_lock(&servant->lock);
		result = n < 0 || servant->gone ? PNPN_SERVANT_GONE
						: handle(servant, (size_t)n, &fd, ret_call);
		if (result == PNPN_SERVANT_GONE)
			set_gone(servant);
		pthread_mutex_unlock(&servant->lock);
		if (fd >= 0)
			close(fd);
	}
	return result;
}

void pnpn_servant_cut(struct pnpn_servant *servant)
{
	pthread_mutex_lock(&servant->lock);
	set_gone(servant);
	pthread_mutex_unlock(&servant->lock);
}

/* --- events ------------------------------------------------------------------------------------------ */

static void ask_event(struct pnpn_servant *servant, const struct pnpn_io_call *call,
		      uint64_t number, struct question *question)
{
	question->id = ++servant->last_question;
	struct pnpn_io_answer ask = {.kind = PNPN_IO_QUESTION,
				     .id = call->id,
				     .information = number,
				     .question = question->id};
	const struct iovec part = {&ask, sizeof(ask)};

	pnpn_list_init(&question->link);
	pnpn_list_append(&servant->questions, &question->link);
	send_parts(servant, &part, 1);
}

int pnpn_servant_find_event(struct pnpn_io_call *call, uint64_t number, bool *ret_manual)
{
	struct pnpn_servant *servant = call->servant;
	struct question question = {.fd = -1};

	pthread_mutex_lock(&servant->lock);
	if (!servant->gone)
		ask_event(servant, call, number, &question);
	else
		pnpn_list_init(&question.link);
	while (!question.answered && !servant->gone)
		pthread_cond_wait(&servant->told, &servant->lock);
	pnpn_list_remove(&question.link);
	pthread_mutex_unlock(&servant->lock);
	if (!question.answered)
		return -EPIPE;
	*ret_manual = question.manual;
	return question.fd >= 0 ? question.fd : -ENOENT;
}
