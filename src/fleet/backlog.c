/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "fleet/backlog.h"

/* So many messages go ahead of their acknowledgements. */
#define AHEAD 4096

/* The oldest is in doubt after so long. Less than the four seconds after which servers elect another leader. */
#define DOUBT_MS 1500

/* One in doubt is sent again after so long. */
#define AGAIN_MS 500

/* How long the server may take to say that it has what was written. Nobody waits for us meanwhile. */
#define FLUSH_MS 5

/* One message, as little of it as can be: the library's own form takes many times as much, and is made to be sent. */
struct pnpn_backlog_entry {
	char *text; /* subject, id, each header ("": not there), each with its zero; then the data */
	size_t bytes, size; /* of all, and of the data */
	bool deletion;
	bool acknowledged;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct pnpn_backlog_entry *entry_at(struct pnpn_backlog *backlog, uint64_t number)
{
	return &backlog->entries[number & (backlog->capacity - 1)];
}

/* --- acknowledgements: in a thread of the library's ------------------------------------------------ */

/* The oldest that are done with go. */
static void advance(struct pnpn_backlog *backlog)
{
	uint64_t before = backlog->first;

	while (backlog->first < backlog->sent && entry_at(backlog, backlog->first)->acknowledged) {
		struct pnpn_backlog_entry *entry = entry_at(backlog, backlog->first++);
		backlog->bytes -= sizeof(*entry) + entry->bytes;
		free(entry->text);
		*entry = (struct pnpn_backlog_entry){0};
	}
	if (backlog->first == before)
		return;
	backlog->accepted += backlog->first - before;
	backlog->tried_ms = now_ms();
	/* The oldest was in doubt and is there: those behind it are sent once more. */
	if (backlog->in_doubt)
		backlog->sent = backlog->first;
	/* Not for each of them: half of what may go ahead is a good while's work for the servers. */
	bool enough = backlog->awaited && backlog->sent - backlog->first <= AHEAD / 2;
	if (enough || backlog->in_doubt)
		(void)eventfd_write(backlog->wake_fd, 1);
	backlog->awaited &= !enough;
	backlog->in_doubt = false;
}

/* What servers answer is JSON; of it only this is needed. */
static bool is_accepted(natsMsg *answer)
{
	static const char error[] = "\"error\"";
	int size = natsMsg_GetDataLength(answer);

	return !natsMsg_IsNoResponders(answer) && size > 0 &&
	       !memmem(natsMsg_GetData(answer), (size_t)size, error, sizeof(error) - 1);
}

static void on_answer(natsConnection *connection, natsSubscription *subscription, natsMsg *answer,
		      void *userdata)
{
	struct pnpn_backlog *backlog = userdata;
	uint64_t number = strtoull(strrchr(natsMsg_GetSubject(answer), '.') + 1, NULL, 10);
	bool accepted = is_accepted(answer);

	pthread_mutex_lock(&backlog->lock);
	if (accepted && number >= backlog->first && number < backlog->end)
		entry_at(backlog, number)->acknowledged = true;
	else if (!accepted && number == backlog->first)
		backlog->in_doubt = true;
	advance(backlog);
	pthread_mutex_unlock(&backlog->lock);
	natsMsg_Destroy(answer);
}

/* --- the owner's side ------------------------------------------------------------------------------ */

int pnpn_backlog_init(struct pnpn_backlog *backlog, struct pnpn_link *link, size_t limit,
		      int wake_fd)
{
	natsInbox *inbox = NULL;
	char subject[80];

	*backlog = (struct pnpn_backlog){
		.link = link, .limit = limit, .wake_fd = wake_fd, .capacity = 1024};
	pthread_mutex_init(&backlog->lock, NULL);
	backlog->entries = calloc(backlog->capacity, sizeof(*backlog->entries));
	if (!backlog->entries || natsInbox_Create(&inbox) != NATS_OK)
		return -ENOMEM;
	snprintf(backlog->inbox, sizeof(backlog->inbox), "%s", inbox);
	snprintf(subject, sizeof(subject), "%s.*", inbox);
	natsInbox_Destroy(inbox);
	return natsConnection_Subscribe(&backlog->acks, link->connection, subject, on_answer,
					backlog) == NATS_OK
		       ? 0
		       : -ENOMEM;
}

void pnpn_backlog_deinit(struct pnpn_backlog *backlog)
{
	natsSubscription_Destroy(backlog->acks);
	for (uint64_t i = 0; backlog->entries && i < backlog->capacity; i++)
		free(backlog->entries[i].text);
	free(backlog->entries);
	pthread_mutex_destroy(&backlog->lock);
}

bool pnpn_backlog_has_room(struct pnpn_backlog *backlog)
{
	pthread_mutex_lock(&backlog->lock);
	bool room = backlog->bytes < backlog->limit;
	if (!room)
		backlog->awaited = true;
	pthread_mutex_unlock(&backlog->lock);
	return room;
}

static int grow(struct pnpn_backlog *backlog)
{
	uint64_t capacity = 2 * backlog->capacity;
	struct pnpn_backlog_entry *entries = calloc(capacity, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	for (uint64_t i = backlog->first; i < backlog->end; i++)
		entries[i & (capacity - 1)] = *entry_at(backlog, i);
	free(backlog->entries);
	backlog->entries = entries;
	backlog->capacity = capacity;
	return 0;
}

static size_t room_for(const char *text)
{
	return strlen(text ? text : "") + 1;
}

static char *append(char *end, const char *text)
{
	return stpcpy(end, text ? text : "") + 1;
}

/* Returns 0; -ENOMEM. */
static int pack(struct pnpn_backlog_entry *entry, const struct pnpn_fleet_text *text,
		const void *data)
{
	size_t bytes = room_for(text->subject) + room_for(text->id) + entry->size;

	for (int i = 0; i < PNPN_FLEET_N_HEADERS; i++)
		bytes += room_for(text->headers[i]);
	entry->text = malloc(bytes);
	if (!entry->text)
		return -ENOMEM;
	entry->bytes = bytes;
	char *end = append(append(entry->text, text->subject), text->id);
	for (int i = 0; i < PNPN_FLEET_N_HEADERS; i++)
		end = append(end, text->headers[i]);
	if (entry->size)
		memcpy(end, data, entry->size);
	return 0;
}

int pnpn_backlog_add(struct pnpn_backlog *backlog, const struct pnpn_fleet_text *text,
		     const void *data, size_t size, bool deletion)
{
	struct pnpn_backlog_entry entry = {.size = size, .deletion = deletion};
	int r = pack(&entry, text, data);

	pthread_mutex_lock(&backlog->lock);
	if (r >= 0 && backlog->end - backlog->first == backlog->capacity)
		r = grow(backlog);
	if (r >= 0) {
		*entry_at(backlog, backlog->end++) = entry;
		backlog->bytes += sizeof(entry) + entry.bytes;
	}
	pthread_mutex_unlock(&backlog->lock);
	if (r < 0)
		free(entry.text);
	return r;
}

static bool send(struct pnpn_backlog *backlog, uint64_t number)
{
	const struct pnpn_backlog_entry *entry = entry_at(backlog, number);
	const char *id = entry->text + room_for(entry->text), *text = id + room_for(id);
	char reply[96];
	struct pnpn_link_parcel parcel = {
		.subject = entry->text,
		.reply = reply,
		.id = id,
		.size = entry->size,
		.deletion = entry->deletion,
	};

	snprintf(reply, sizeof(reply), "%s.%" PRIu64, backlog->inbox, number);
	for (int i = 0; i < PNPN_FLEET_N_HEADERS; i++, text += room_for(text))
		parcel.headers[i] = *text ? text : NULL;
	parcel.data = text;
	return pnpn_link_send(backlog->link, &parcel) >= 0;
}

/* Never one after one that could not be sent. */
static void send_ahead(struct pnpn_backlog *backlog)
{
	while (backlog->sent < backlog->end && backlog->sent - backlog->first < AHEAD) {
		if (!entry_at(backlog, backlog->sent)->acknowledged &&
		    !send(backlog, backlog->sent)) {
			backlog->in_doubt = true;
			return;
		}
		if (backlog->sent++ == backlog->first)
			backlog->tried_ms = now_ms();
	}
	advance(backlog);
}

static void send_oldest(struct pnpn_backlog *backlog, int64_t now)
{
	if (now - backlog->tried_ms < AGAIN_MS || !pnpn_link_is_up(backlog->link))
		return;
	backlog->tried_ms = now;
	(void)send(backlog, backlog->first);
	if (backlog->sent == backlog->first)
		backlog->sent++;
}

static int time_left(const struct pnpn_backlog *backlog, int64_t now)
{
	int64_t pause = backlog->in_doubt ? AGAIN_MS : DOUBT_MS;
	int64_t left = backlog->tried_ms + pause - now;

	if (backlog->first == backlog->end)
		return -1;
	return left < 1 ? AGAIN_MS / 10 : (int)left;
}

int pnpn_backlog_pump(struct pnpn_backlog *backlog, bool burst)
{
	int64_t now = now_ms();

	pthread_mutex_lock(&backlog->lock);
	uint64_t before = backlog->sent;
	if (backlog->first == backlog->end)
		backlog->in_doubt = false;
	else if (!pnpn_link_is_up(backlog->link) ||
		 (backlog->first < backlog->sent && now - backlog->tried_ms > DOUBT_MS))
		backlog->in_doubt = true;
	if (backlog->in_doubt)
		send_oldest(backlog, now);
	else
		send_ahead(backlog);
	backlog->awaited |= backlog->sent < backlog->end;
	int left = time_left(backlog, now);
	bool more = backlog->sent != before;
	pthread_mutex_unlock(&backlog->lock);
	/* What happens is told when it happens: left to itself the library waits a while for more. In a burst it need not. */
	if (more && !burst && pnpn_link_is_up(backlog->link))
		(void)natsConnection_FlushTimeout(backlog->link->connection, FLUSH_MS);
	return left;
}

void pnpn_backlog_count(struct pnpn_backlog *backlog, uint64_t *ret_waiting, uint64_t *ret_accepted)
{
	pthread_mutex_lock(&backlog->lock);
	*ret_waiting = backlog->end - backlog->first;
	*ret_accepted = backlog->accepted;
	pthread_mutex_unlock(&backlog->lock);
}
