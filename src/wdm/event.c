/* SPDX-License-Identifier: MIT */
/* Events and semaphores. */
#include "wdm/dispatcher.h"
#include "wdm/user-event.h"

#define KMODE_EXCEPTION_NOT_HANDLED 0x0000001eu

void KeInitializeEvent(PRKEVENT event, EVENT_TYPE type, BOOLEAN state)
{
	pnpn_dispatcher_init(&event->Header,
			     type == NotificationEvent ? PNPN_DISPATCHER_EVENT_NOTIFICATION
						       : PNPN_DISPATCHER_EVENT_SYNCHRONIZATION,
			     state != FALSE);
}

LONG KeSetEvent(PRKEVENT event, KPRIORITY increment, BOOLEAN wait)
{
	pnpn_dispatcher_lock();
	LONG before = event->Header.SignalState;
	event->Header.SignalState = 1;
	pnpn_user_event_tell(event, true);
	pnpn_dispatcher_release(&event->Header);
	pnpn_dispatcher_unlock();
	return before;
}

LONG KeResetEvent(PRKEVENT event)
{
	pnpn_dispatcher_lock();
	LONG before = event->Header.SignalState;
	event->Header.SignalState = 0;
	pnpn_user_event_tell(event, false);
	pnpn_dispatcher_unlock();
	return before;
}

void KeClearEvent(PRKEVENT event)
{
	KeResetEvent(event);
}

LONG KeReadStateEvent(PRKEVENT event)
{
	pnpn_dispatcher_lock();
	LONG state = event->Header.SignalState;
	pnpn_dispatcher_unlock();
	return state;
}

void KeInitializeSemaphore(PRKSEMAPHORE semaphore, LONG count, LONG limit)
{
	pnpn_dispatcher_init(&semaphore->Header, PNPN_DISPATCHER_SEMAPHORE, count);
	semaphore->Limit = limit;
}

LONG KeReleaseSemaphore(PRKSEMAPHORE semaphore, KPRIORITY increment, LONG adjustment, BOOLEAN wait)
{
	pnpn_dispatcher_lock();
	LONG before = semaphore->Header.SignalState;
	if (adjustment <= 0 || adjustment > semaphore->Limit - before) {
		pnpn_dispatcher_unlock();
		KeBugCheckEx(KMODE_EXCEPTION_NOT_HANDLED, (ULONG)STATUS_SEMAPHORE_LIMIT_EXCEEDED,
			     (ULONG_PTR)semaphore, 0, 0);
	}
	semaphore->Header.SignalState += adjustment;
	pnpn_dispatcher_release(&semaphore->Header);
	pnpn_dispatcher_unlock();
	return before;
}
