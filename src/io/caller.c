/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/list.h"
#include "io/caller.h"
#include "io/memory.h"
#include "io/packet.h"

/* Memory that is kept for the next request of its size. */
#define SLOT_BYTES_MIN	(64u << 10)
#define SLOT_BYTES_KEPT (4u << 20)
#define SLOTS_KEPT	16 /* the others are as small as can be again after a request */

struct slot {
	struct pnpn_io_memory memory;
	bool busy;
};

/* A request that is under way. */
struct asked {
	struct pnpn_list link;
	struct pnpn_ask ask;
	uint64_t id;
	uint32_t slot;
};

struct pnpn_caller {
	int socket;
	pnpn_find_event *find_event;
	void *userdata;
	pthread_mutex_t lock; /* guards what follows but the last one */
	struct pnpn_list under_way;
	unsigned int n_under_way;
	uint64_t last_id;
	struct slot slots[PNPN_IO_SLOTS];
	bool gone;
	union {
		struct pnpn_io_answer answer;
		char bytes[sizeof(struct pnpn_io_answer) + PNPN_IO_INLINE_MAX];
	} room; /* whoever takes answers */
};

struct pnpn_caller *pnpn_caller_new(int socket, pnpn_find_event *find_event, void *userdata)
{
	struct pnpn_caller *caller = calloc(1, sizeof(*caller));

	if (!caller) {
		close(socket);
		return NULL;
	}
	caller->socket = socket;
	caller->find_event = find_event;
	caller->userdata = userdata;
	pthread_mutex_init(&caller->lock, NULL);
	pnpn_list_init(&caller->under_way);
	return caller;
}

static void forget(struct pnpn_caller *caller, struct asked *asked)
{
	pnpn_list_remove(&asked->link);
	caller->n_under_way--;
	free(asked);
}

struct pnpn_caller *pnpn_caller_free(struct pnpn_caller *caller)
{
	if (!caller)
		return NULL;
	pnpn_list_for_each_safe (link, after, &caller->under_way)
		forget(caller, pnpn_list_entry(link, struct asked, link));
	for (size_t i = 0; i < PNPN_IO_SLOTS; i++)
		pnpn_io_memory_deinit(&caller->slots[i].memory);
	close(caller->socket);
	pthread_mutex_destroy(&caller->lock);
	free(caller);
	return NULL;
}

int pnpn_caller_get_fd(const struct pnpn_caller *caller)
{
	return caller->socket;
}

/* --- memory: with the lock held -------------------------------------------------------------------- */

static int send_memory(struct pnpn_caller *caller, uint32_t number, uint64_t bytes, int fd)
{
	struct pnpn_io_request request = {.kind = PNPN_IO_MEMORY, .slot = number, .offset = bytes};
	const struct iovec part = {.iov_base = &request, .iov_len = sizeof(request)};

	return pnpn_packet_send(caller->socket, &part, 1, fd);
}

/* What the owner has of it by then he keeps until he hears of it: the next memory of that number. */
static int fill_slot(struct pnpn_caller *caller, uint32_t number, uint64_t bytes)
{
	struct slot *slot = &caller->slots[number - 1];
	struct pnpn_io_memory memory;
	int fd = pnpn_io_memory_new(&memory, bytes);

	if (fd < 0)
		return fd;
	int r = send_memory(caller, number, bytes, fd);
	close(fd);
	if (r < 0) {
		pnpn_io_memory_deinit(&memory);
		return r;
	}
	pnpn_io_memory_deinit(&slot->memory);
	slot->memory = memory;
	return 0;
}

/* The smallest free one that is large enough; else one that is free is made so. */
static int take_slot(struct pnpn_caller *caller, uint64_t bytes, uint32_t *ret_number)
{
	uint32_t best = 0, free_one = 0;

	for (uint32_t i = 1; i <= PNPN_IO_SLOTS; i++) {
		const struct slot *slot = &caller->slots[i - 1];
		if (slot->busy)
			continue;
		if (!free_one || !slot->memory.map)
			free_one = i;
		if (slot->memory.bytes >= bytes &&
		    (!best || slot->memory.bytes < caller->slots[best - 1].memory.bytes))
			best = i;
	}
	if (!best && !free_one)
		return -EBUSY;
	if (!best) {
		uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
		uint64_t wanted = bytes < SLOT_BYTES_MIN ? SLOT_BYTES_MIN
							 : (bytes + page - 1) / page * page;
		int r = fill_slot(caller, free_one, wanted);
		if (r < 0)
			return r;
		best = free_one;
	}
	caller->slots[best - 1].busy = true;
	*ret_number = best;
	return 0;
}

static void give_slot(struct pnpn_caller *caller, uint32_t number)
{
	if (!number)
		return;
	struct slot *slot = &caller->slots[number - 1];
	slot->busy = false;
	if (slot->memory.bytes <= (number <= SLOTS_KEPT ? SLOT_BYTES_KEPT : SLOT_BYTES_MIN) ||
	    send_memory(caller, number, 0, -1) < 0)
		return;
	pnpn_io_memory_deinit(&slot->memory);
}

/* --- asking ---------------------------------------------------------------------------------------- */

static bool fits_inline(const struct pnpn_ask *ask)
{
	uint64_t there = ask->input_size;

	if (ask->flags & PNPN_IO_OUTPUT_SENT)
		there += ask->output_size;
	return there <= PNPN_IO_INLINE_MAX && ask->output_size <= PNPN_IO_INLINE_MAX;
}

static int place_in_memory(struct pnpn_caller *caller, struct asked *asked)
{
	const struct pnpn_ask *ask = &asked->ask;
	uint64_t output_at = pnpn_io_output_at(ask->input_size);
	int r = take_slot(caller, output_at + ask->output_size, &asked->slot);

	if (r < 0)
		return r;
	char *map = caller->slots[asked->slot - 1].memory.map;
	if (ask->input_size)
		memcpy(map, ask->input, ask->input_size);
	if (ask->flags & PNPN_IO_OUTPUT_SENT && ask->output_size)
		memcpy(map + output_at, ask->output, ask->output_size);
	return 0;
}

static int send_request(struct pnpn_caller *caller, const struct asked *asked)
{
	const struct pnpn_ask *ask = &asked->ask;
	struct pnpn_io_request request = {.kind = ask->kind,
					  .code = ask->code,
					  .id = asked->id,
					  .offset = ask->offset,
					  .input_size = ask->input_size,
					  .output_size = ask->output_size,
					  .slot = asked->slot,
					  .flags = ask->flags};
	struct iovec parts[3] = {{.iov_base = &request, .iov_len = sizeof(request)}};
	size_t n = 1;

	if (!asked->slot && ask->input_size)
		parts[n++] = (struct iovec){(void *)ask->input, ask->input_size};
	if (!asked->slot && ask->flags & PNPN_IO_OUTPUT_SENT && ask->output_size)
		parts[n++] = (struct iovec){ask->output, ask->output_size};
	return pnpn_packet_send(caller->socket, parts, n, -1);
}

/* With the lock held. */
static int try_ask(struct pnpn_caller *caller, struct asked *asked)
{
	if (caller->gone)
		return -EPIPE;
	if (caller->n_under_way >= PNPN_IO_REQUESTS_MAX)
		return -EAGAIN;
	int r = asked->slot || fits_inline(&asked->ask) ? 0 : place_in_memory(caller, asked);
	if (r < 0)
		return r;
	asked->id = ++caller->last_id;
	r = send_request(caller, asked);
	if (r < 0)
		return r;
	pnpn_list_append(&caller->under_way, &asked->link);
	caller->n_under_way++;
	return 0;
}

static void wait_for_room(const struct pnpn_caller *caller)
{
	struct pollfd room = {.fd = caller->socket, .events = POLLOUT};

	(void)poll(&room, 1, -1);
}

int pnpn_caller_ask(struct pnpn_caller *caller, const struct pnpn_ask *ask, bool wait,
		    uint64_t *ret_id)
{
	if (ask->input_size > PNPN_IO_SIZE_MAX || ask->output_size > PNPN_IO_SIZE_MAX)
		return -EMSGSIZE;
	struct asked *asked = calloc(1, sizeof(*asked));
	if (!asked)
		return -ENOMEM;
	asked->ask = *ask;
	pnpn_list_init(&asked->link);
	for (;;) {
		pthread_mutex_lock(&caller->lock);
		int r = try_ask(caller, asked);
		bool full = r == -EAGAIN && caller->n_under_way < PNPN_IO_REQUESTS_MAX;
		if (r < 0 && !(full && wait))
			give_slot(caller, asked->slot);
		uint64_t id = asked->id;
		pthread_mutex_unlock(&caller->lock);
		if (r >= 0 && ret_id)
			*ret_id = id;
		if (r < 0 && full && wait) {
			wait_for_room(caller);
			continue;
		}
		if (r < 0)
			free(asked);
		return r == -EBUSY ? -EAGAIN : r;
	}
}

/* --- cancelling ------------------------------------------------------------------------------------- */

static struct asked *find(struct pnpn_caller *caller, uint64_t id)
{
	pnpn_list_for_each_safe (link, after, &caller->under_way) {
		struct asked *asked = pnpn_list_entry(link, struct asked, link);
		if (asked->id == id)
			return asked;
	}
	return NULL;
}

static void send_cancel(struct pnpn_caller *caller, uint64_t id)
{
	struct pnpn_io_request request = {.kind = PNPN_IO_CANCEL, .id = id};
	const struct iovec part = {.iov_base = &request, .iov_len = sizeof(request)};

	while (pnpn_packet_send(caller->socket, &part, 1, -1) == -EAGAIN)
		wait_for_room(caller);
}

int pnpn_caller_cancel(struct pnpn_caller *caller, uint64_t id)
{
	pthread_mutex_lock(&caller->lock);
	bool there = find(caller, id);
	pthread_mutex_unlock(&caller->lock);
	if (!there)
		return -ENOENT;
	send_cancel(caller, id);
	return 0;
}

unsigned int pnpn_caller_cancel_all(struct pnpn_caller *caller, const void *userdata)
{
	uint64_t ids[PNPN_IO_REQUESTS_MAX];
	unsigned int n = 0;

	pthread_mutex_lock(&caller->lock);
	pnpn_list_for_each_safe (link, after, &caller->under_way) {
		const struct asked *asked = pnpn_list_entry(link, struct asked, link);
		if (!userdata || asked->ask.userdata == userdata)
			ids[n++] = asked->id;
	}
	pthread_mutex_unlock(&caller->lock);
	for (unsigned int i = 0; i < n; i++)
		send_cancel(caller, ids[i]);
	return n;
}

/* --- taking ----------------------------------------------------------------------------------------- */

/* Whether the request's input names an event by that number: no other one is any business of the owner's. */
static bool names_event(const struct asked *asked, uint64_t number)
{
	const char *input = asked->ask.input;
	uint64_t value;

	for (size_t at = 0; at + sizeof(value) <= asked->ask.input_size; at += 4) {
		memcpy(&value, input + at, sizeof(value));
		if (value == number)
			return true;
	}
	for (size_t at = 0; at + sizeof(uint32_t) <= asked->ask.input_size; at += 4) {
		uint32_t narrow;
		memcpy(&narrow, input + at, sizeof(narrow));
		if (narrow == number)
			return true;
	}
	return false;
}

static void answer_question(struct pnpn_caller *caller, const struct pnpn_io_answer *question)
{
	bool manual = false;
	int fd = -1;

	pthread_mutex_lock(&caller->lock);
	const struct asked *asked = find(caller, question->id);
	bool named = asked && names_event(asked, question->information);
	pthread_mutex_unlock(&caller->lock);
	if (named && caller->find_event)
		fd = caller->find_event(question->information, &manual, caller->userdata);
	struct pnpn_io_request answer = {
		.kind = PNPN_IO_EVENT, .id = question->question, .code = manual};
	const struct iovec part = {.iov_base = &answer, .iov_len = sizeof(answer)};
	while (pnpn_packet_send(caller->socket, &part, 1, fd) == -EAGAIN)
		wait_for_room(caller);
	if (fd >= 0)
		close(fd);
}

/* With the lock held. How much of the output is there, or -EPROTO if it can't be so. */
static int64_t take_output(struct pnpn_caller *caller, const struct asked *asked, size_t behind)
{
	uint32_t size = caller->room.answer.output_size;
	const char *from = caller->room.bytes + sizeof(caller->room.answer);

	if (size > asked->ask.output_size || behind != (asked->slot ? 0 : size))
		return -EPROTO;
	if (asked->slot)
		from = (const char *)caller->slots[asked->slot - 1].memory.map +
		       pnpn_io_output_at(asked->ask.input_size);
	if (size)
		memcpy(asked->ask.output, from, size);
	return size;
}

static int take_answer(struct pnpn_caller *caller, size_t behind, struct pnpn_answered *ret_answer)
{
	struct asked *asked = find(caller, caller->room.answer.id);
	int64_t size = asked ? take_output(caller, asked, behind) : -EPROTO;

	if (size < 0)
		return -EPROTO;
	*ret_answer = (struct pnpn_answered){.userdata = asked->ask.userdata,
					     .id = asked->id,
					     .status = caller->room.answer.status,
					     .information = caller->room.answer.information,
					     .output_size = (uint32_t)size};
	give_slot(caller, asked->slot);
	forget(caller, asked);
	return 1;
}

/* Returns as take(), or -EPROTO. */
static int handle_packet(struct pnpn_caller *caller, size_t bytes, struct pnpn_answered *ret_answer)
{
	if (bytes < sizeof(caller->room.answer))
		return -EPROTO;
	if (caller->room.answer.kind == PNPN_IO_QUESTION) {
		answer_question(caller, &caller->room.answer);
		return 0;
	}
	if (caller->room.answer.kind != PNPN_IO_ANSWER)
		return -EPROTO;
	pthread_mutex_lock(&caller->lock);
	int r = take_answer(caller, bytes - sizeof(caller->room.answer), ret_answer);
	pthread_mutex_unlock(&caller->lock);
	return r;
}

void pnpn_caller_forsake(struct pnpn_caller *caller)
{
	pthread_mutex_lock(&caller->lock);
	caller->gone = true;
	pthread_mutex_unlock(&caller->lock);
}

void pnpn_caller_cut(struct pnpn_caller *caller)
{
	pnpn_caller_forsake(caller);
	(void)shutdown(caller->socket, SHUT_RDWR);
}

static bool is_gone(struct pnpn_caller *caller)
{
	pthread_mutex_lock(&caller->lock);
	bool gone = caller->gone;
	pthread_mutex_unlock(&caller->lock);
	return gone;
}

static int take_left(struct pnpn_caller *caller, struct pnpn_answered *ret_answer)
{
	int r = -EPIPE;

	pthread_mutex_lock(&caller->lock);
	if (!pnpn_list_is_empty(&caller->under_way)) {
		struct asked *asked = pnpn_list_entry(caller->under_way.next, struct asked, link);
		*ret_answer = (struct pnpn_answered){.userdata = asked->ask.userdata,
						     .id = asked->id,
						     .status = PNPN_IO_STATUS_GONE};
		caller->slots[asked->slot ? asked->slot - 1 : 0].busy = false;
		forget(caller, asked);
		r = 1;
	}
	pthread_mutex_unlock(&caller->lock);
	return r;
}

int pnpn_caller_take(struct pnpn_caller *caller, bool wait, struct pnpn_answered *ret_answer)
{
	int r = is_gone(caller) ? -EPIPE : 0;

	while (r == 0) {
		int fd = -1;
		ssize_t n = pnpn_packet_receive(caller->socket, &caller->room, sizeof(caller->room),
						wait, &fd);
		if (fd >= 0)
			close(fd);
		if (n == -EAGAIN)
			return 0;
		r = n < 0 || fd >= 0 ? -EPIPE : handle_packet(caller, (size_t)n, ret_answer);
	}
	if (r > 0)
		return r;
	pnpn_caller_cut(caller);
	return take_left(caller, ret_answer);
}
