/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <dbt.h>

#include "win32/delivery.h"
#include "win32/event-message.h"
#include "win32/notification.h"
#include "win32/queue.h"
#include "win32/service.h"
#include "win32/window.h"
#include "win32/window-class.h"

/* So many devices that come or go in a row are told of as one change (U12): it says nothing more. */
#define CHANGES_MAX 1024

/* One call of a window procedure, or of all top-level ones. */
struct message {
	struct pnpn_list link; /* among the queue's deliveries, or in its list of those under way */
	struct pnpn_notification *notification; /* a reference; NULL: all top-level windows (U12) */
	WPARAM what;
	void *data;
	uint64_t query; /* that the procedure answers; 0: none */
	void *ansi; /* for all top-level ANSI windows, where that is another one */
};

static void message_free(struct message *message)
{
	pnpn_list_remove(&message->link);
	pnpn_notification_unref(message->notification);
	free(message->data);
	free(message->ansi);
	free(message);
}

/* --- what an event becomes ------------------------------------------------------------------------ */

/* Without memory this registration alone misses it (U14): NULL then. The data is taken over, NULL allowed. */
static struct message *add(struct pnpn_queue *queue, struct pnpn_notification *notification,
			   WPARAM what, void *data)
{
	/* glibc's calloc() does not go by way of the thread's own cache. */
	struct message *message = data || !notification ? malloc(sizeof(*message)) : NULL;

	if (!message) {
		free(data);
		return NULL;
	}
	*message = (struct message){
		.notification = notification ? pnpn_notification_ref(notification) : NULL,
		.what = what,
		.data = data,
	};
	pnpn_list_append(&queue->deliveries, &message->link);
	return message;
}

static struct pnpn_event_target target_of(const struct pnpn_notification *notification)
{
	return (struct pnpn_event_target){notification->handle, notification->number,
					  notification->unicode};
}

/* A removal in order (D5), and its end (D8), have one form. */
static struct message *add_removal(struct pnpn_queue *queue, struct pnpn_notification *notification,
				   WPARAM what)
{
	struct pnpn_event_target target = target_of(notification);

	return add(queue, notification, what, pnpn_event_message_removed(&target));
}

/* Whoever can't be asked agrees: with the connection_lock held. */
static void add_query(struct pnpn_queue *queue, struct pnpn_notification *notification,
		      const struct pnpn_event *event)
{
	struct message *message = add_removal(queue, notification, DBT_DEVICEQUERYREMOVE);

	if (message)
		message->query = pnpn_event_get_query(event);
	else
		(void)pnpn_event_answer(event, true, NULL);
}

static void add_event(struct pnpn_queue *queue, struct pnpn_notification *notification,
		      const struct pnpn_event *event)
{
	struct pnpn_event_target target = target_of(notification);

	if (pnpn_event_get_lost(event) && notification->handle)
		add(queue, notification, DBT_CUSTOMEVENT,
		    pnpn_event_message_lost(&target, pnpn_event_get_lost(event)));
	switch (pnpn_event_get_kind(event)) {
	case PNPN_EVENT_CUSTOM:
		add(queue, notification, DBT_CUSTOMEVENT,
		    pnpn_event_message_custom(&target, event));
		break;
	case PNPN_EVENT_DEVICE_REMOVED:
		/* Whoever asked for interfaces is told of interfaces. */
		if (!notification->handle)
			break;
		add_removal(queue, notification, DBT_DEVICEREMOVECOMPLETE);
		pnpn_notification_detach(notification);
		break;
	case PNPN_EVENT_QUERY_REMOVE:
		add_query(queue, notification, event);
		break;
	case PNPN_EVENT_REMOVE_CANCELLED:
		add_removal(queue, notification, DBT_DEVICEQUERYREMOVEFAILED);
		break;
	case PNPN_EVENT_REMOVE_PENDING:
		add_removal(queue, notification, DBT_DEVICEREMOVEPENDING);
		break;
	case PNPN_EVENT_INTERFACE_ARRIVED:
		add(queue, notification, DBT_DEVICEARRIVAL,
		    pnpn_event_message_interface(notification->unicode, event));
		break;
	case PNPN_EVENT_INTERFACE_REMOVED:
		add(queue, notification, DBT_DEVICEREMOVECOMPLETE,
		    pnpn_event_message_interface(notification->unicode, event));
		break;
	default:
		break;
	}
}

/* A port or a volume that has a name (U16). Without memory it is not told. */
static void add_broadcast(struct pnpn_queue *queue, const struct pnpn_event *event)
{
	const char *name = pnpn_event_get_text(event);
	struct message *message = name ? calloc(1, sizeof(*message)) : NULL;

	if (!message)
		return;
	message->what = pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_ARRIVED
				? DBT_DEVICEARRIVAL
				: DBT_DEVICEREMOVECOMPLETE;
	pnpn_list_append(&queue->deliveries, &message->link);
	if (!pnpn_event_message_named(name, &message->data, &message->ansi))
		message_free(message);
}

/* --- taking --------------------------------------------------------------------------------------- */

/* The registration of that number, referenced; NULL. */
static struct pnpn_notification *get(HDEVNOTIFY number)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	struct pnpn_notification *notification = pnpn_notification_find(number);
	if (notification)
		pnpn_notification_ref(notification);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return notification;
}

/* With the connection_lock held. Something was taken, though it may have become no message. */
static bool take_event(struct pnpn_queue *queue)
{
	const struct pnpn_event *event;

	if (pnpn_next_event(queue->connection, &event) <= 0)
		return false;
	if (pnpn_event_get_userdata(event) == queue) {
		if (pnpn_event_get_interface(event))
			add_broadcast(queue, event);
		else
			queue->changes++;
		return true;
	}
	struct pnpn_notification *notification = get(pnpn_event_get_userdata(event));
	if (notification)
		add_event(queue, notification, event);
	pnpn_notification_unref(notification);
	return true;
}

static bool take(struct pnpn_queue *queue)
{
	pthread_mutex_lock(&queue->connection_lock);
	bool taken = queue->connection &&
		     (take_event(queue) ||
		      (pnpn_dispatch(queue->connection) >= 0 && take_event(queue)));
	pthread_mutex_unlock(&queue->connection_lock);
	return taken;
}

/* --- handing out ---------------------------------------------------------------------------------- */

/* What waits is older than what is still to be taken: an event's second message, which a procedure that
 * retrieves messages inside the first must not let others overtake (R11). */
static struct message *next(struct pnpn_queue *queue)
{
	queue->more = true;
	while (pnpn_list_is_empty(&queue->deliveries) && queue->more) {
		queue->more = take(queue);
		if (queue->changes && (!queue->more || queue->changes >= CHANGES_MAX)) {
			queue->changes = 0;
			add(queue, NULL, DBT_DEVNODES_CHANGED, NULL);
		}
	}
	if (pnpn_list_is_empty(&queue->deliveries))
		return NULL;
	struct message *message = pnpn_list_entry(queue->deliveries.next, struct message, link);
	pnpn_list_remove(&message->link);
	pnpn_list_append(&queue->under_way, &message->link);
	return message;
}

/* NULL if the registration ended meanwhile (U10), or its window says goodbye. */
static HWND window_of(const struct message *message)
{
	HWND handle = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	if (!pnpn_list_is_empty(&message->notification->link)) {
		const struct pnpn_window *window = pnpn_window_find(message->notification->window);
		handle = window && !window->destroying ? window->handle : NULL;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return handle;
}

/* The service, or the class of a window, that refuses is what people may know it by. */
static void copy_name(HWND handle, char *ret_name, size_t size)
{
	if (pnpn_service_copy_name(handle, ret_name, size))
		return;
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(handle);
	const char *name = window ? window->window_class->name : NULL;
	snprintf(ret_name, size, "%s", name && strlen(name) < size ? name : "");
	pthread_mutex_unlock(&pnpn_gui_lock);
}

/* Whoever did not refuse agrees, as on Windows. The manager may wait for it no more. */
static void answer(struct pnpn_queue *queue, const struct message *message, HWND window,
		   LRESULT result)
{
	char name[64];

	copy_name(window, name, sizeof(name));
	pthread_mutex_lock(&queue->connection_lock);
	if (queue->connection)
		(void)pnpn_connection_answer(queue->connection, message->query,
					     result != BROADCAST_QUERY_DENY, name);
	pthread_mutex_unlock(&queue->connection_lock);
	/* The call may have brought events that no descriptor tells of any more. */
	pnpn_queue_wake(queue);
}

static void call(struct pnpn_queue *queue, const struct message *message)
{
	HWND window = window_of(message);
	LRESULT result = window ? pnpn_window_call_sent(ISMEX_SEND, window, WM_DEVICECHANGE,
							message->what, (LPARAM)message->data)
				: TRUE;

	if (message->query)
		answer(queue, message, window, result);
}

static void hand_out(struct pnpn_queue *queue, struct message *message)
{
	queue->depth++;
	if (!message->notification)
		pnpn_window_call_top_level(queue, message->data ? ISMEX_SEND : ISMEX_NOTIFY,
					   WM_DEVICECHANGE, message->what, (LPARAM)message->data,
					   (LPARAM)(message->ansi ? message->ansi : message->data));
	else
		call(queue, message);
	queue->depth--;
	message_free(message);
}

void pnpn_delivery_run(struct pnpn_queue *queue, int most)
{
	for (int i = 0; i < most && pnpn_queue_may_deliver(queue); i++) {
		struct message *message = next(queue);
		if (!message)
			return;
		hand_out(queue, message);
	}
}

void pnpn_delivery_drop_all(struct pnpn_queue *queue)
{
	pnpn_list_for_each_safe (link, after, &queue->deliveries)
		message_free(pnpn_list_entry(link, struct message, link));
	/* The thread ended inside a procedure. */
	pnpn_list_for_each_safe (link, after, &queue->under_way)
		message_free(pnpn_list_entry(link, struct message, link));
}
