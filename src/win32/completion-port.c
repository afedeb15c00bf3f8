/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>

#include <windows.h>

#include "core/list.h"
#include "win32/apc.h"
#include "win32/completion-port.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/object.h"

struct packet {
	struct pnpn_list link;
	struct pnpn_packet_done done;
};

struct port {
	pthread_mutex_t lock;
	struct pnpn_list packets;
	bool closed;
};

/* --- ports ---------------------------------------------------------------------------------------------- */

static void release(struct pnpn_object *object)
{
	struct port *port = object->device;

	pnpn_list_for_each_safe (link, after, &port->packets)
		free(pnpn_list_entry(link, struct packet, link));
	pthread_mutex_destroy(&port->lock);
	free(port);
}

/* Whoever waits is told that nothing comes any more. */
static void closed(struct pnpn_object *object)
{
	struct port *port = object->device;

	pthread_mutex_lock(&port->lock);
	port->closed = true;
	pthread_mutex_unlock(&port->lock);
	pnpn_object_wake_waiters();
}

HANDLE pnpn_port_new(void)
{
	struct pnpn_object *object;
	struct port *port = calloc(1, sizeof(*port));

	if (!port) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_init(&port->lock, NULL);
	pnpn_list_init(&port->packets);
	HANDLE handle = pnpn_object_new(PNPN_OBJECT_PORT, &object);
	if (!handle) {
		pthread_mutex_destroy(&port->lock);
		free(port);
		return NULL;
	}
	object->device = port;
	object->closed = closed;
	object->release = release;
	return handle;
}

bool pnpn_port_post(struct pnpn_object *object, const struct pnpn_packet_done *done)
{
	struct port *port = object->device;
	struct packet *packet = calloc(1, sizeof(*packet));

	if (!packet)
		return false;
	packet->done = *done;
	pnpn_list_init(&packet->link);
	pthread_mutex_lock(&port->lock);
	pnpn_list_append(&port->packets, &packet->link);
	pthread_mutex_unlock(&port->lock);
	pnpn_object_wake_waiters();
	return true;
}

static bool port_has(struct port *port)
{
	pthread_mutex_lock(&port->lock);
	bool has = port->closed || !pnpn_list_is_empty(&port->packets);
	pthread_mutex_unlock(&port->lock);
	return has;
}

static bool port_take(struct port *port, struct pnpn_packet_done *ret_done, bool *ret_closed)
{
	struct packet *packet = NULL;

	pthread_mutex_lock(&port->lock);
	*ret_closed = port->closed;
	if (!port->closed && !pnpn_list_is_empty(&port->packets)) {
		packet = pnpn_list_entry(port->packets.next, struct packet, link);
		pnpn_list_remove(&packet->link);
		*ret_done = packet->done;
	}
	pthread_mutex_unlock(&port->lock);
	free(packet);
	return packet;
}

/* --- waiting: which port the calling thread waits for ----------------------------------------------------- */

static _Thread_local struct {
	struct port *port;
	bool alertable;
} awaited;

static bool is_over(void)
{
	return port_has(awaited.port) || (awaited.alertable && pnpn_apc_is_pending());
}

/* Returns 0 with a packet; the error else. */
static DWORD wait_for_packet(struct port *port, DWORD milliseconds, bool alertable,
			     struct pnpn_packet_done *ret_done)
{
	ULONGLONG end = GetTickCount64() + milliseconds;
	bool is_closed;

	for (;;) {
		if (port_take(port, ret_done, &is_closed))
			return 0;
		if (is_closed)
			return ERROR_ABANDONED_WAIT_0;
		if (alertable && pnpn_apc_run())
			return WAIT_IO_COMPLETION;
		ULONGLONG now = GetTickCount64();
		DWORD left = milliseconds == INFINITE ? INFINITE
			     : now < end	      ? (DWORD)(end - now)
						      : 0;
		if (!left)
			return WAIT_TIMEOUT;
		awaited.port = port;
		awaited.alertable = alertable;
		(void)pnpn_object_wait(
			&(struct pnpn_object_wait){.milliseconds = left, .ends = is_over});
	}
}

PNPN_EXPORT BOOL WINAPI GetQueuedCompletionStatus(HANDLE handle, LPDWORD bytes, PULONG_PTR key,
						  LPOVERLAPPED *overlapped, DWORD milliseconds)
{
	struct pnpn_packet_done done = {0};
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_PORT);

	if (overlapped)
		*overlapped = NULL;
	if (!object)
		return FALSE;
	DWORD error = wait_for_packet(object->device, milliseconds, false, &done);
	pnpn_object_unref(object);
	if (error)
		return pnpn_fail(error);
	if (bytes)
		*bytes = done.bytes;
	if (key)
		*key = done.key;
	if (overlapped)
		*overlapped = done.overlapped;
	return done.error ? pnpn_fail(done.error) : TRUE;
}

PNPN_EXPORT BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE handle, LPOVERLAPPED_ENTRY entries,
						    ULONG room, PULONG count, DWORD milliseconds,
						    BOOL alertable)
{
	struct pnpn_packet_done done;
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_PORT);

	if (!object)
		return FALSE;
	if (!entries || !room || !count) {
		pnpn_object_unref(object);
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	}
	DWORD error = wait_for_packet(object->device, milliseconds, alertable, &done);
	*count = 0;
	while (!error) {
		entries[(*count)++] = (OVERLAPPED_ENTRY){
			.lpCompletionKey = done.key,
			.lpOverlapped = done.overlapped,
			.Internal = done.overlapped ? done.overlapped->Internal : 0,
			.dwNumberOfBytesTransferred = done.bytes};
		bool is_closed;
		if (*count == room || !port_take(object->device, &done, &is_closed))
			break;
	}
	pnpn_object_unref(object);
	return *count ? TRUE : pnpn_fail(error);
}

PNPN_EXPORT BOOL WINAPI PostQueuedCompletionStatus(HANDLE handle, DWORD bytes, ULONG_PTR key,
						   LPOVERLAPPED overlapped)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_PORT);

	if (!object)
		return FALSE;
	bool posted = pnpn_port_post(
		object,
		&(struct pnpn_packet_done){.key = key, .overlapped = overlapped, .bytes = bytes});
	pnpn_object_unref(object);
	return posted ? TRUE : pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
}
