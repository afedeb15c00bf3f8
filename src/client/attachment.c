/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/attachment.h"
#include "client/connection.h"
#include "core/guid.h"
#include "port/duplicate.h"
#include "port/sealed.h"

/* How far a reader got is told when it has drained the ring, and at least this often: so many events, so many bytes. */
#define PUBLISH_EVERY 64
#define PUBLISH_BYTES 65536u

/* Events passed over before others have their turn. */
#define PASSED_MOST 256

/* A kernel module's ring: nobody can truncate that. */
static int check_kernel_ring(int fd, size_t *ret_bytes)
{
	uint64_t bytes;

	if (ioctl(fd, PNPN_IOC_RING, &bytes) < 0)
		return -EPROTO;
	*ret_bytes = (size_t)bytes;
	return 0;
}

static int map_ring(struct pnpn_attachment *attachment, int fd)
{
	size_t bytes;
	int r = pnpn_sealed_size(fd, &bytes);

	if (r < 0) {
		r = check_kernel_ring(fd, &bytes);
		attachment->of_kernel = r >= 0;
	}
	if (r < 0)
		return r;
	if (bytes <= PNPN_RING_HEADER_BYTES ||
	    !pnpn_ring_data_bytes_valid(bytes - PNPN_RING_HEADER_BYTES))
		return -EPROTO;
	void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	attachment->map = map;
	attachment->map_bytes = bytes;
	return pnpn_ring_reader_init(&attachment->reader, map, bytes);
}

static int map_page(struct pnpn_attachment *attachment, int fd)
{
	size_t bytes;
	int r = pnpn_sealed_size(fd, &bytes);

	if (r < 0)
		return r;
	if (bytes < sizeof(struct pnpn_reader_page))
		return -EPROTO;
	void *map = mmap(NULL, sizeof(struct pnpn_reader_page), PROT_READ | PROT_WRITE, MAP_SHARED,
			 fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	attachment->page = map;
	return 0;
}

/*
 * The wake descriptor is an epoll with eventfds in it that are never read: it stays readable, and
 * only its edges mean something. No read is needed to arm it again.
 */
static int watch(struct pnpn_attachment *attachment, const struct pnpn_attachment_fds *fds)
{
	attachment->kick_fd = pnpn_duplicate(fds->kick);
	attachment->wake_fd = pnpn_duplicate(fds->wake);
	if (attachment->kick_fd < 0 || attachment->wake_fd < 0)
		return -errno;
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = attachment};
	if (epoll_ctl(attachment->connection->epoll_fd, EPOLL_CTL_ADD, attachment->wake_fd,
		      &event) < 0)
		return -errno;
	return 0;
}

int pnpn_attachment_new(struct pnpn_attachment **ret_attachment, struct pnpn_connection *connection,
			const char *instance_id, const struct pnpn_attachment_fds *fds)
{
	struct pnpn_attachment *attachment = calloc(1, sizeof(*attachment));

	if (!attachment)
		return -ENOMEM;
	pnpn_list_init(&attachment->link);
	pnpn_list_init(&attachment->stream_link);
	attachment->connection = connection;
	attachment->end = UINT64_MAX;
	attachment->wake_fd = -1;
	attachment->kick_fd = -1;
	attachment->instance_id = strdup(instance_id);
	int r = attachment->instance_id ? 0 : -ENOMEM;
	if (r >= 0)
		r = map_ring(attachment, fds->ring);
	if (r >= 0)
		r = map_page(attachment, fds->page);
	if (r >= 0)
		r = watch(attachment, fds);
	if (r < 0) {
		pnpn_attachment_free(attachment);
		return r;
	}
	*ret_attachment = attachment;
	return 0;
}

struct pnpn_attachment *pnpn_attachment_free(struct pnpn_attachment *attachment)
{
	if (!attachment)
		return NULL;
	pnpn_list_remove(&attachment->link);
	pnpn_list_remove(&attachment->stream_link);
	/* Another process may hold the same file: closing would not take it out of our epoll. */
	if (attachment->wake_fd >= 0 && !pnpn_connection_is_copy(attachment->connection))
		epoll_ctl(attachment->connection->epoll_fd, EPOLL_CTL_DEL, attachment->wake_fd,
			  NULL);
	if (attachment->wake_fd >= 0)
		close(attachment->wake_fd);
	if (attachment->kick_fd >= 0)
		close(attachment->kick_fd);
	if (attachment->map)
		munmap(attachment->map, attachment->map_bytes);
	if (attachment->page)
		munmap(attachment->page, sizeof(*attachment->page));
	free(attachment->instance_id);
	free(attachment);
	return NULL;
}

/* What every event of this device for this registration has in common. */
static void prepare(struct pnpn_attachment *attachment, void *buffer, struct pnpn_event *event)
{
	event->registration = attachment->registration;
	event->userdata = attachment->userdata;
	event->device = attachment->instance_id;
	event->interface = NULL;
	event->data = buffer;
}

void pnpn_attachment_fill_removed(struct pnpn_attachment *attachment, void *buffer,
				  struct pnpn_event *event)
{
	prepare(attachment, buffer, event);
	event->kind = PNPN_EVENT_DEVICE_REMOVED;
	event->record = (struct pnpn_ring_record){
		.kind = PNPN_RECORD_REMOVED,
		.time = pnpn_port_now(),
		.name_offset = PNPN_NO_TEXT,
	};
	event->lost = attachment->lost_at_end;
}

/* The removal is told once the manager has told of it: what it says of the device's interfaces comes before;
 * and a hostile owner may have kept it out of the ring. */
static void take_removal(struct pnpn_attachment *attachment, uint64_t lost)
{
	attachment->ended = true;
	attachment->lost_at_end = lost;
	if (attachment->removal)
		attachment->removal->lost = lost;
}

static bool is_wanted(const struct pnpn_attachment *attachment, const void *guid)
{
	return pnpn_guid_is_among(attachment->events, attachment->n_events, guid);
}

/* What the registration does not want is passed over; what was lost before it is told with the next. Returns 1 for such
 * a one; 0 for one that is wanted; -EAGAIN for the last in a row. */
static __attribute__((noinline, cold)) int pass_over(struct pnpn_attachment *attachment,
						     struct pnpn_event *event)
{
	if (event->record.kind == PNPN_RECORD_EVENT && !is_wanted(attachment, event->record.guid)) {
		attachment->taken++;
		attachment->lost_untold += event->lost;
		pnpn_attachment_release(attachment);
		return ++attachment->passed % PASSED_MOST ? 1 : -EAGAIN;
	}
	event->lost += attachment->lost_untold;
	attachment->lost_untold = 0;
	return 0;
}

bool pnpn_attachment_next(struct pnpn_attachment *attachment, void *buffer,
			  struct pnpn_event *event)
{
	int r;

	prepare(attachment, buffer, event);
	do {
		if (pnpn_ring_reader_next(&attachment->reader, &event->record, buffer,
					  &event->lost) <= 0)
			return false;
		r = attachment->n_events ? pass_over(attachment, event) : 0;
	} while (r > 0);
	if (r < 0)
		return false;
	attachment->lost += event->lost;
	if (event->record.kind == PNPN_RECORD_REMOVED) {
		take_removal(attachment, event->lost);
		return false;
	}
	attachment->taken++;
	event->kind = PNPN_EVENT_CUSTOM;
	return true;
}

/* Counted once it was sent, before its place was written over: whoever sees the records sees the count. */
bool pnpn_attachment_has_news(struct pnpn_attachment *attachment)
{
	uint32_t told = __atomic_load_n(&attachment->reader.header->told, __ATOMIC_ACQUIRE);
	bool news = told != attachment->told;

	attachment->told = told;
	return news;
}

void pnpn_attachment_end(struct pnpn_attachment *attachment, uint64_t position)
{
	if (position >= attachment->end)
		return;
	attachment->end = position;
	pnpn_ring_reader_set_end(&attachment->reader, position);
}

void pnpn_attachment_end_now(struct pnpn_attachment *attachment)
{
	pnpn_attachment_end(attachment,
			    __atomic_load_n(&attachment->reader.header->head, __ATOMIC_ACQUIRE));
}

bool pnpn_attachment_look(struct pnpn_attachment *attachment, uint64_t limit)
{
	struct pnpn_ring_reader *reader = &attachment->reader;
	uint64_t end = attachment->end < limit ? attachment->end : limit;

	if (attachment->ended)
		return false;
	if (reader->end != end)
		pnpn_ring_reader_set_end(reader, end);
	return reader->position < reader->head || pnpn_ring_reader_has_more(reader);
}

static void kick(struct pnpn_attachment *attachment)
{
	/* A full eventfd says the same. */
	(void)eventfd_write(attachment->kick_fd, 1);
}

void pnpn_attachment_publish(struct pnpn_attachment *attachment)
{
	struct pnpn_reader_page *page = attachment->page;

	if (pnpn_connection_is_copy(attachment->connection))
		return;
	__atomic_store_n(&page->lost, attachment->lost, __ATOMIC_RELAXED);
	__atomic_store_n(&page->taken, attachment->taken, __ATOMIC_RELAXED);
	__atomic_store_n(&page->position, attachment->reader.position, __ATOMIC_RELEASE);
	attachment->published = attachment->reader.position;
}

void pnpn_attachment_release(struct pnpn_attachment *attachment)
{
	if (attachment->taken % PUBLISH_EVERY &&
	    attachment->reader.position - attachment->published < PUBLISH_BYTES)
		return;
	pnpn_attachment_publish(attachment);
	if (attachment->kernel_mode)
		kick(attachment);
}

/*
 * Pairs with publish() in core/ring-writer.c and src/manager/waker.c: armed first, then the head. If
 * armed was set, whatever is reported after we looked at the head clears it and wakes us. If not, the
 * manager sets it, and looks at the head after us.
 */
bool pnpn_attachment_settle(struct pnpn_attachment *attachment)
{
	pnpn_attachment_publish(attachment);
	if (attachment->kernel_mode || !pnpn_ring_reader_is_armed(&attachment->reader))
		kick(attachment);
	return !pnpn_attachment_has_more(attachment, UINT64_MAX);
}
