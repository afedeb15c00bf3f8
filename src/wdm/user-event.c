/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <unistd.h>
#include "wdm/object.h"
#include "wdm/user-event.h"

/* DISPATCHER_HEADER.Hand, which nothing else here uses. */
#define IS_USERS 0x55

struct user_event {
	KEVENT event;
	int socket;
};

static void user_event_destroy(void *body)
{
	close(((struct user_event *)body)->socket);
}

NTSTATUS pnpn_user_event_new(int socket, bool manual, PVOID *ret_event)
{
	struct user_event *event = pnpn_object_new(&pnpn_object_type_event, sizeof(*event),
						   user_event_destroy);

	if (!event) {
		close(socket);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	KeInitializeEvent(&event->event, manual ? NotificationEvent : SynchronizationEvent, FALSE);
	event->event.Header.Hand = IS_USERS;
	event->socket = socket;
	*ret_event = event;
	return STATUS_SUCCESS;
}

void pnpn_user_event_tell(const KEVENT *event, bool set)
{
	char byte = set;

	if (event->Header.Hand == IS_USERS)
		(void)send(CONTAINING_RECORD(event, struct user_event, event)->socket, &byte, 1,
			   MSG_DONTWAIT | MSG_NOSIGNAL);
}
