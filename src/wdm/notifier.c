/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <wdmguid.h>
#include <pnpn-events.h>
#include "core/name.h"
#include "core/notification.h"
#include "core/utf.h"
#include "wdm/driver.h"
#include "wdm/irql.h"
#include "wdm/notifier.h"
#include "wdm/object.h"

#define NOTIFICATION_BYTES 65536u

static struct {
	pthread_mutex_t lock; /* guards connection and every entry */
	pthread_cond_t freed; /* an entry was */
	struct pnpn_connection *connection; /* a lasting one */
	pthread_t thread;
	int wake; /* eventfd */
	atomic_bool stopping;
	/* The notification that a callback gets; the thread's. */
	_Alignas(16) UCHAR structure[NOTIFICATION_BYTES];
	uint16_t name[PNPN_NAME_BYTES]; /* an interface's, and a final zero */
} notifier = {.lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER, .wake = -1};

static _Thread_local bool is_notifier;

struct pnpn_connection *pnpn_notifier_lock(void)
{
	pthread_mutex_lock(&notifier.lock);
	return notifier.connection;
}

void pnpn_notifier_unlock(void)
{
	pthread_mutex_unlock(&notifier.lock);
	/* A round trip may have read in what its descriptor will not tell of again. */
	if (!is_notifier)
		eventfd_write(notifier.wake, 1);
}

bool pnpn_notifier_is_current_thread(void)
{
	return is_notifier;
}

static bool notifier_has(const struct pnpn_notification_entry *entry)
{
	for (PLIST_ENTRY e = pnpn_notifications()->Flink; e != pnpn_notifications(); e = e->Flink)
		if (CONTAINING_RECORD(e, struct pnpn_notification_entry, entry) == entry)
			return true;
	return false;
}

void pnpn_notifier_wait_freed(struct pnpn_notification_entry *entry)
{
	while (notifier_has(entry))
		pthread_cond_wait(&notifier.freed, &notifier.lock);
}

/* With the lock held, which is released around the callback. Frees an entry that was unregistered
 * meanwhile: returns false then. What the callback returns counts for a query alone (K3). */
static bool notifier_call_status(struct pnpn_notification_entry *entry, PFILE_OBJECT *file,
				 NTSTATUS *ret_status)
{
	/* The callback may look at the file, so it must not go under it; one that is on its way out
	 * counts as closed (K2). */
	PFILE_OBJECT held = file && entry->file && pnpn_object_try_ref(entry->file) ? entry->file
										    : NULL;
	if (file)
		*file = held;
	entry->running++;
	pthread_mutex_unlock(&notifier.lock);
	*ret_status = entry->callback(notifier.structure, entry->context);
	pnpn_irql_restore(PASSIVE_LEVEL, "notification callback");
	if (held)
		ObDereferenceObject(held);
	pthread_mutex_lock(&notifier.lock);
	entry->running--;
	if (!entry->unregistered)
		return true;
	pnpn_notification_free(entry);
	pthread_cond_broadcast(&notifier.freed);
	return false;
}

static bool notifier_call(struct pnpn_notification_entry *entry, PFILE_OBJECT *file)
{
	NTSTATUS ignored;

	return notifier_call_status(entry, file, &ignored);
}

static bool notifier_call_custom(struct pnpn_notification_entry *entry, const void *guid,
				 const void *data, size_t size, LONG name_offset)
{
	PTARGET_DEVICE_CUSTOM_NOTIFICATION custom = (PVOID)notifier.structure;

	if (size > MAXUSHORT - PNPN_NOTIFICATION_HEADER_BYTES)
		return true;
	custom->Version = 1;
	custom->Size = (USHORT)(PNPN_NOTIFICATION_HEADER_BYTES + size);
	memcpy(&custom->Event, guid, sizeof(custom->Event));
	custom->NameBufferOffset = name_offset;
	if (size)
		memcpy(notifier.structure + PNPN_NOTIFICATION_HEADER_BYTES, data, size);
	return notifier_call(entry, &custom->FileObject);
}

static bool notifier_lost(struct pnpn_notification_entry *entry, const struct pnpn_event *event)
{
	ULONGLONG lost = pnpn_event_get_lost(event);

	return !lost || notifier_call_custom(entry, &GUID_PNPNOTIFY_EVENTS_LOST, &lost,
					     sizeof(lost), PNPN_NAME_OFFSET_NONE);
}

static void notifier_custom(struct pnpn_notification_entry *entry, const struct pnpn_event *event)
{
	size_t size;
	const void *data = pnpn_event_get_data(event, &size);

	notifier_call_custom(entry, pnpn_event_get_guid(event), data, size,
			     pnpn_event_get_name_offset(event));
}

/* One of the events of a removal (D5). */
static NTSTATUS notifier_removal(struct pnpn_notification_entry *entry, const GUID *what)
{
	PTARGET_DEVICE_REMOVAL_NOTIFICATION removal = (PVOID)notifier.structure;
	NTSTATUS status;

	*removal = (TARGET_DEVICE_REMOVAL_NOTIFICATION){
		.Version = 1, .Size = sizeof(*removal), .Event = *what};
	notifier_call_status(entry, &removal->FileObject, &status);
	return status;
}

/* The event may be another one by then, and the entry gone: then nobody waits for the answer. */
static void notifier_query(struct pnpn_notification_entry *entry, const struct pnpn_event *event)
{
	uint64_t query = pnpn_event_get_query(event);
	char driver[64];

	snprintf(driver, sizeof(driver), "%s", pnpn_driver_get_name(entry->driver));
	NTSTATUS status = notifier_removal(entry, &GUID_TARGET_DEVICE_QUERY_REMOVE);
	(void)pnpn_connection_answer(notifier.connection, query, NT_SUCCESS(status), driver);
}

/* Told once, when the device is about to go, or when it went. */
static void notifier_complete(struct pnpn_notification_entry *entry)
{
	if (entry->completed)
		return;
	entry->completed = true;
	notifier_removal(entry, &GUID_TARGET_DEVICE_REMOVE_COMPLETE);
}

static void notifier_cancelled(struct pnpn_notification_entry *entry)
{
	entry->completed = false;
	notifier_removal(entry, &GUID_TARGET_DEVICE_REMOVE_CANCELLED);
}

static void notifier_interface(struct pnpn_notification_entry *entry,
			       const struct pnpn_event *event, const GUID *what)
{
	PDEVICE_INTERFACE_CHANGE_NOTIFICATION change = (PVOID)notifier.structure;
	const char *name = pnpn_event_get_interface(event);
	size_t units;

	if (!name || strlen(name) >= PNPN_NAME_BYTES ||
	    pnpn_utf8_to_utf16(name, notifier.name, &units) < 0 || units < 4)
		return;
	notifier.name[units] = 0;
	notifier.name[1] = '?'; /* \\?\ to applications is \??\ here (D1) */
	UNICODE_STRING wide = {.Length = (USHORT)(units * sizeof(WCHAR)),
			       .MaximumLength = sizeof(notifier.name),
			       .Buffer = (PWCH)notifier.name};
	*change = (DEVICE_INTERFACE_CHANGE_NOTIFICATION){
		.Version = 1, .Size = sizeof(*change), .Event = *what, .SymbolicLinkName = &wide};
	memcpy(&change->InterfaceClassGuid, pnpn_event_get_guid(event),
	       sizeof(change->InterfaceClassGuid));
	notifier_call(entry, NULL);
}

/* With the lock held. An entry that was unregistered has no events any more. */
static void notifier_deliver(const struct pnpn_event *event)
{
	struct pnpn_notification_entry *entry = pnpn_event_get_userdata(event);

	/* Once the removal is complete nothing happens on the device any more, as far as a driver is concerned. */
	if (entry->completed && pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
		return;
	if (!notifier_lost(entry, event))
		return;
	switch (pnpn_event_get_kind(event)) {
	case PNPN_EVENT_CUSTOM:
		notifier_custom(entry, event);
		break;
	case PNPN_EVENT_DEVICE_REMOVED:
		/* That the manager went is no removal of the device: it is there again with the manager. */
		if (entry->category == EventCategoryTargetDeviceChange &&
		    !pnpn_connection_get_error(notifier.connection))
			notifier_complete(entry);
		break;
	case PNPN_EVENT_QUERY_REMOVE:
		notifier_query(entry, event);
		break;
	case PNPN_EVENT_REMOVE_CANCELLED:
		notifier_cancelled(entry);
		break;
	case PNPN_EVENT_REMOVE_PENDING:
		notifier_complete(entry);
		break;
	case PNPN_EVENT_INTERFACE_ARRIVED:
		notifier_interface(entry, event, &GUID_DEVICE_INTERFACE_ARRIVAL);
		break;
	case PNPN_EVENT_INTERFACE_REMOVED:
		notifier_interface(entry, event, &GUID_DEVICE_INTERFACE_REMOVAL);
		break;
	default:
		break;
	}
}

/* Waits until the connection, or somebody here, has something to say. */
static void notifier_poll(void)
{
	struct pollfd fds[] = {{.fd = notifier.wake, .events = POLLIN},
			       {.fd = pnpn_get_fd(notifier.connection), .events = POLLIN}};
	eventfd_t ignored;

	if (poll(fds, 2, -1) > 0)
		eventfd_read(notifier.wake, &ignored);
}

static void notifier_dispatch(void)
{
	const struct pnpn_event *event;

	pthread_mutex_lock(&notifier.lock);
	pnpn_dispatch(notifier.connection);
	while (!notifier.stopping && pnpn_next_event(notifier.connection, &event) > 0)
		if (pnpn_event_get_registration(event))
			notifier_deliver(event);
	pthread_mutex_unlock(&notifier.lock);
}

static void *notifier_main(void *unused)
{
	is_notifier = true;
	while (!notifier.stopping) {
		notifier_poll();
		notifier_dispatch();
	}
	return NULL;
}

int pnpn_notifier_start(const char *address)
{
	notifier.stopping = false;
	notifier.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (notifier.wake < 0)
		return -errno;
	int r = pnpn_connect_lasting(&notifier.connection, address);
	if (r >= 0)
		r = pnpn_connection_get_error(notifier.connection);
	if (r >= 0)
		r = -pthread_create(&notifier.thread, NULL, notifier_main, NULL);
	if (r < 0) {
		notifier.connection = pnpn_disconnect(notifier.connection);
		close(notifier.wake);
		notifier.wake = -1;
	}
	return r;
}

void pnpn_notifier_stop(void)
{
	notifier.stopping = true;
	eventfd_write(notifier.wake, 1);
	pthread_join(notifier.thread, NULL);
	while (!IsListEmpty(pnpn_notifications()))
		pnpn_notification_free(CONTAINING_RECORD(pnpn_notifications()->Flink,
							 struct pnpn_notification_entry, entry));
	notifier.connection = pnpn_disconnect(notifier.connection);
	close(notifier.wake);
	notifier.wake = -1;
}
