/* SPDX-License-Identifier: MIT */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "context.h"
#include "device.h"
#include "dispatch.h"

static struct pnpn_device *device_of(struct pnpn_dispatch *dispatch)
{
	return container_of(dispatch, struct pnpn_device, dispatch);
}

/* Somebody wants to hear of each event. */
static bool has_consumers(struct pnpn_device *device)
{
	return device->flags & PNPN_DEVICE_UEVENT ||
	       !pnpn_listeners_is_empty(&device->dispatch.listeners);
}

static u64 head_of(struct pnpn_device *device)
{
	/* Pairs with publish() in core/ring-writer.c. */
	return smp_load_acquire(&device->writer.header->head);
}

/* --- telling -------------------------------------------------------------------------------------- */

static bool wants(const struct pnpn_listener *listener, const void *about)
{
	const struct pnpn_ring_record *record = about;

	return record->position >= listener->from;
}

static void send_uevent(struct pnpn_device *device, const struct pnpn_ring_record *record, u64 lost)
{
	struct pnpn_guid guid;
	char event[16 + PNPN_GUID_STRING] = "PNPNOTIFY_EVENT=";
	char sequence[48], lost_text[48];
	char *variables[] = {event, sequence, lost_text, NULL};

	if (record->kind != PNPN_RECORD_EVENT || !device->dev)
		return;
	memcpy(&guid, record->guid, sizeof(guid));
	pnpn_guid_to_string(&guid, event + 16);
	snprintf(sequence, sizeof(sequence), "PNPNOTIFY_SEQUENCE=%llu", record->sequence);
	snprintf(lost_text, sizeof(lost_text), "PNPNOTIFY_LOST=%llu", lost);
	kobject_uevent_env(&device->dev->kobj, KOBJ_CHANGE, variables);
}

static void tell(struct pnpn_device *device, const struct pnpn_ring_record *record,
		 const void *data, u64 lost)
{
	struct pnpn_guid guid;
	struct pnpn_notice notice = {
		.kind = record->kind == PNPN_RECORD_EVENT ? PNPN_NOTICE_EVENT : PNPN_NOTICE_REMOVED,
		.device_id = device->entry.id,
		.guid = &guid,
		.data = data,
		.size = record->data_size,
		.name_offset = record->name_offset,
		.sequence = record->sequence,
		.time = record->time,
		.lost = lost,
	};

	memcpy(&guid, record->guid, sizeof(guid));
	pnpn_listeners_call(&device->dispatch.listeners, wants, record, &notice);
	if (device->flags & PNPN_DEVICE_UEVENT)
		send_uevent(device, record, lost);
}

/* --- completions ---------------------------------------------------------------------------------- */

static bool take_completion(struct pnpn_dispatch *dispatch, struct pnpn_completion *ret_completion)
{
	struct pnpn_place handled = {.position = dispatch->handled};
	unsigned long flags;
	bool taken;

	raw_spin_lock_irqsave(&dispatch->lock, flags);
	taken = pnpn_completions_take(&dispatch->completions, &handled, U64_MAX, ret_completion);
	raw_spin_unlock_irqrestore(&dispatch->lock, flags);
	return taken;
}

/* Everything below was told: whoever waited for that goes on. */
static void set_handled(struct pnpn_dispatch *dispatch, u64 position)
{
	struct pnpn_completion completion;

	/* Pairs with pnpn_dispatch_wait(). */
	smp_store_release(&dispatch->handled, position);
	wake_up_all(&dispatch->handled_wait);
	while (take_completion(dispatch, &completion))
		completion.done(completion.context);
}

int pnpn_dispatch_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
			 u32 size, s32 name_offset, struct pnpn_completion *completion,
			 unsigned int *ret_after)
{
	struct pnpn_dispatch *dispatch = &device->dispatch;
	unsigned long flags;
	int r = -ENOBUFS;

	raw_spin_lock_irqsave(&dispatch->lock, flags);
	if (!pnpn_completions_is_full(&dispatch->completions))
		r = pnpn_ring_writer_report(&device->writer, guid, data, size, name_offset,
					    &completion->end.position, ret_after);
	if (r >= 0)
		pnpn_completions_put(&dispatch->completions, completion);
	raw_spin_unlock_irqrestore(&dispatch->lock, flags);
	return r;
}

/* --- the work ------------------------------------------------------------------------------------- */

/* The next record that somebody wants to hear of; without anybody the reader goes to the ring's head. */
static bool next_record(struct pnpn_device *device, struct pnpn_ring_record *ret_record,
			u64 *ret_lost)
{
	struct pnpn_dispatch *dispatch = &device->dispatch;
	bool found = false;

	mutex_lock(&dispatch->reader_lock);
	if (has_consumers(device))
		found = pnpn_ring_reader_next(&dispatch->reader, ret_record,
					      dispatch->buffer + PNPN_DISPATCH_HEADROOM,
					      ret_lost) > 0;
	else
		pnpn_ring_reader_seek_head(&dispatch->reader);
	mutex_unlock(&dispatch->reader_lock);
	return found;
}

static void work(struct work_struct *work)
{
	struct pnpn_dispatch *dispatch = container_of(work, struct pnpn_dispatch, work);
	struct pnpn_device *device = device_of(dispatch);
	struct pnpn_ring_record record;
	struct pnpn_context context;
	u64 lost = 0;

	pnpn_context_enter(&context, &dispatch->listeners);
	while (next_record(device, &record, &lost)) {
		tell(device, &record, dispatch->buffer + PNPN_DISPATCH_HEADROOM, lost);
		set_handled(dispatch, dispatch->reader.position);
		cond_resched();
	}
	set_handled(dispatch, dispatch->reader.position);
	pnpn_context_leave(&context);
}

void pnpn_dispatch_kick(struct pnpn_device *device)
{
	struct pnpn_dispatch *dispatch = &device->dispatch;

	if (has_consumers(device) || READ_ONCE(dispatch->completions.n_waiting))
		queue_work(dispatch->queue, &dispatch->work);
}

void pnpn_dispatch_wait(struct pnpn_device *device, u64 position)
{
	struct pnpn_dispatch *dispatch = &device->dispatch;

	if (!has_consumers(device))
		return;
	queue_work(dispatch->queue, &dispatch->work);
	/* Pairs with set_handled(). */
	wait_event(dispatch->handled_wait, smp_load_acquire(&dispatch->handled) >= position);
}

int pnpn_dispatch_listen(struct pnpn_device *device, struct pnpn_listener *listener)
{
	struct pnpn_dispatch *dispatch;
	int r = 0;

	if (!device)
		return -ENOENT;
	dispatch = &device->dispatch;
	listener->device = device;
	listener->put = pnpn_device_put;
	mutex_lock(&dispatch->reader_lock);
	if (!has_consumers(device))
		pnpn_ring_reader_seek_head(&dispatch->reader);
	listener->from = head_of(device);
	listener->listeners = &dispatch->listeners;
	if (READ_ONCE(device->writer.closed)) {
		r = -ENOENT;
	} else {
		mutex_lock(&dispatch->listeners.lock);
		list_add_tail(&listener->node, &dispatch->listeners.list);
		mutex_unlock(&dispatch->listeners.lock);
	}
	mutex_unlock(&dispatch->reader_lock);
	return r;
}

struct pnpn_listener *pnpn_listen_device(const char *name, pnpn_notice_fn fn, void *context,
					 struct module *owner)
{
	struct pnpn_listener *listener;
	int r;

	if (!name)
		return ERR_PTR(-EINVAL);
	listener = pnpn_listener_new(fn, context, owner);
	if (IS_ERR(listener))
		return listener;
	r = pnpn_dispatch_listen(pnpn_device_find(name), listener);
	if (r >= 0)
		return listener;
	pnpn_listener_put(listener);
	return ERR_PTR(r);
}
EXPORT_SYMBOL_GPL(pnpn_listen_device);

/* --- life ----------------------------------------------------------------------------------------- */

static int make_room(struct pnpn_dispatch *dispatch)
{
	struct pnpn_completion *slots =
		vmalloc(array_size(PNPN_COMPLETIONS_RESERVE, sizeof(*slots)));

	if (!slots)
		return -ENOMEM;
	pnpn_completions_move(&dispatch->completions, slots, PNPN_COMPLETIONS_RESERVE);
	return 0;
}

int pnpn_dispatch_init(struct pnpn_device *device)
{
	struct pnpn_dispatch *dispatch = &device->dispatch;

	pnpn_listeners_init(&dispatch->listeners);
	mutex_init(&dispatch->reader_lock);
	init_waitqueue_head(&dispatch->handled_wait);
	raw_spin_lock_init(&dispatch->lock);
	INIT_WORK(&dispatch->work, work);
	dispatch->queue = alloc_ordered_workqueue("pnpn-%llu", 0, device->entry.number);
	dispatch->buffer = vmalloc(PNPN_DISPATCH_HEADROOM + PNPN_DATA_MAX + 1);
	if (!dispatch->queue || !dispatch->buffer ||
	    (device->flags & PNPN_DEVICE_COMPLETIONS && make_room(dispatch) < 0))
		return -ENOMEM;
	return pnpn_ring_reader_init(&dispatch->reader, device->ring, device->ring_bytes);
}

void pnpn_dispatch_deinit(struct pnpn_device *device)
{
	struct pnpn_dispatch *dispatch = &device->dispatch;

	if (dispatch->queue)
		destroy_workqueue(dispatch->queue);
	vfree(dispatch->buffer);
	vfree(dispatch->completions.slots);
	dispatch->queue = NULL;
	dispatch->buffer = NULL;
	dispatch->completions.slots = NULL;
}
