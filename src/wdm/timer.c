/* SPDX-License-Identifier: MIT */
#include "wdm/clock.h"
#include "wdm/dispatcher.h"
#include "wdm/dpc.h"
#include "wdm/module.h"
#include "wdm/timer.h"

/* Under the dispatcher lock; the first is due first. */
static LIST_ENTRY timer_queue = {&timer_queue, &timer_queue};

static void timer_insert(PKTIMER timer, uint64_t due)
{
	PLIST_ENTRY after = timer_queue.Blink;

	/* Equal times keep the order in which they were set. */
	while (after != &timer_queue &&
	       CONTAINING_RECORD(after, KTIMER, TimerListEntry)->DueTime.QuadPart > due)
		after = after->Blink;
	timer->DueTime.QuadPart = due;
	InsertHeadList(after, &timer->TimerListEntry);
	timer->Header.Inserted = TRUE;
}

static BOOLEAN timer_remove(PKTIMER timer)
{
	BOOLEAN inserted = timer->Header.Inserted;

	if (inserted)
		RemoveEntryList(&timer->TimerListEntry);
	timer->Header.Inserted = FALSE;
	return inserted;
}

static void timer_fire(PKTIMER timer)
{
	uint64_t due = timer->DueTime.QuadPart;

	timer_remove(timer);
	if (timer->Period > 0)
		timer_insert(timer, due + (uint64_t)timer->Period * 1000000);
	if (timer->Dpc)
		pnpn_dpc_queue(timer->Dpc, NULL, NULL);
	timer->Header.SignalState = 1;
	pnpn_dispatcher_release(&timer->Header);
}

uint64_t pnpn_timer_expire(uint64_t now)
{
	while (!IsListEmpty(&timer_queue)) {
		PKTIMER first = CONTAINING_RECORD(timer_queue.Flink, KTIMER, TimerListEntry);

		if (first->DueTime.QuadPart > now)
			return first->DueTime.QuadPart;
		timer_fire(first);
	}
	return PNPN_CLOCK_NEVER;
}

void KeInitializeTimerEx(PKTIMER timer, TIMER_TYPE type)
{
	*timer = (KTIMER){0};
	pnpn_dispatcher_init(&timer->Header,
			     type == NotificationTimer ? PNPN_DISPATCHER_TIMER_NOTIFICATION
						       : PNPN_DISPATCHER_TIMER_SYNCHRONIZATION,
			     0);
}

void KeInitializeTimer(PKTIMER timer)
{
	KeInitializeTimerEx(timer, NotificationTimer);
}

BOOLEAN KeSetTimerEx(PKTIMER timer, LARGE_INTEGER due_time, LONG period, PKDPC dpc)
{
	uint64_t due = pnpn_clock_due(&due_time);

	pnpn_dispatcher_lock();
	BOOLEAN inserted = timer_remove(timer);
	timer->Header.SignalState = 0;
	timer->Dpc = dpc;
	timer->Period = period;
	timer_insert(timer, due);
	pnpn_dpc_wake();
	pnpn_dispatcher_unlock();
	return inserted;
}

BOOLEAN KeSetTimer(PKTIMER timer, LARGE_INTEGER due_time, PKDPC dpc)
{
	return KeSetTimerEx(timer, due_time, 0, dpc);
}

BOOLEAN KeCancelTimer(PKTIMER timer)
{
	pnpn_dispatcher_lock();
	BOOLEAN inserted = timer_remove(timer);
	pnpn_dispatcher_unlock();
	return inserted;
}

BOOLEAN KeReadStateTimer(PKTIMER timer)
{
	pnpn_dispatcher_lock();
	BOOLEAN state = timer->Header.SignalState > 0;
	pnpn_dispatcher_unlock();
	return state;
}

unsigned int pnpn_timers_of_driver(PDRIVER_INITIALIZE entry)
{
	unsigned int count = 0;

	pnpn_dispatcher_lock();
	for (PLIST_ENTRY e = timer_queue.Flink; e != &timer_queue; e = e->Flink) {
		const KDPC *dpc = CONTAINING_RECORD(e, KTIMER, TimerListEntry)->Dpc;
		count += dpc &&
			 pnpn_module_has_code(entry, (const void *)(uintptr_t)dpc->DeferredRoutine);
	}
	pnpn_dispatcher_unlock();
	return count;
}
