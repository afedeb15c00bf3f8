/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdbool.h>
#include "wdm/clock.h"
#include "wdm/dispatcher.h"
#include "wdm/dpc.h"
#include "wdm/irql.h"
#include "wdm/timer.h"

#define THREAD_STUCK_IN_DEVICE_DRIVER 0x000000eau

/* All of it under the dispatcher lock. */
static struct {
	LIST_ENTRY queue;
	KEVENT work;
	bool running; /* the thread */
	bool stopping;
	pthread_t thread;
} dpc = {
	.queue = {&dpc.queue, &dpc.queue},
	.work = {{.Type = PNPN_DISPATCHER_EVENT_SYNCHRONIZATION,
		  .WaitListHead = {&dpc.work.Header.WaitListHead, &dpc.work.Header.WaitListHead}}}};

static void dpc_run(PKDPC first)
{
	/* The routine may queue or free the DPC itself, so nothing of it is touched afterwards. */
	PKDEFERRED_ROUTINE routine = first->DeferredRoutine;
	PVOID context = first->DeferredContext;
	PVOID argument1 = first->SystemArgument1;
	PVOID argument2 = first->SystemArgument2;

	RemoveEntryList(&first->DpcListEntry);
	first->DpcListEntry.Flink = NULL;
	pnpn_dispatcher_unlock();
	pnpn_irql_set(DISPATCH_LEVEL);
	routine(first, context, argument1, argument2);
	pnpn_irql_restore(DISPATCH_LEVEL, "DPC routine");
	pnpn_irql_set(PASSIVE_LEVEL);
	pnpn_dispatcher_lock();
}

static void dpc_sleep(uint64_t due)
{
	LARGE_INTEGER timeout;

	pnpn_dispatcher_unlock();
	if (due == PNPN_CLOCK_NEVER) {
		KeWaitForSingleObject(&dpc.work, Executive, KernelMode, FALSE, NULL);
	} else {
		uint64_t now = pnpn_clock_now();
		timeout.QuadPart = due > now ? -(LONGLONG)((due - now + 99) / 100) : 0;
		KeWaitForSingleObject(&dpc.work, Executive, KernelMode, FALSE, &timeout);
	}
	pnpn_dispatcher_lock();
}

static void *dpc_thread(void *unused)
{
	pnpn_dispatcher_lock();
	for (;;) {
		uint64_t due = pnpn_timer_expire(pnpn_clock_now());
		if (!IsListEmpty(&dpc.queue))
			dpc_run(CONTAINING_RECORD(dpc.queue.Flink, KDPC, DpcListEntry));
		else if (dpc.stopping)
			break;
		else
			dpc_sleep(due);
	}
	pnpn_dispatcher_unlock();
	return NULL;
}

static int dpc_begin(void)
{
	int r = dpc.running ? 0 : -pthread_create(&dpc.thread, NULL, dpc_thread, NULL);

	dpc.running = r >= 0;
	return r;
}

int pnpn_dpc_start(void)
{
	pnpn_dispatcher_lock();
	int r = dpc_begin();
	pnpn_dispatcher_unlock();
	return r;
}

void pnpn_dpc_wake(void)
{
	if (dpc_begin() < 0)
		KeBugCheckEx(THREAD_STUCK_IN_DEVICE_DRIVER, 0, 0, 0, 0);
	dpc.work.Header.SignalState = 1;
	pnpn_dispatcher_release(&dpc.work.Header);
}

void pnpn_dpc_stop(void)
{
	pnpn_dispatcher_lock();
	bool running = dpc.running;
	if (running) {
		dpc.stopping = true;
		pnpn_dpc_wake();
	}
	pnpn_dispatcher_unlock();
	if (!running)
		return;
	pthread_join(dpc.thread, NULL);
	pnpn_dispatcher_lock();
	dpc.running = dpc.stopping = false;
	pnpn_dispatcher_unlock();
}

BOOLEAN pnpn_dpc_queue(PKDPC new, PVOID argument1, PVOID argument2)
{
	if (new->DpcListEntry.Flink)
		return FALSE;
	new->SystemArgument1 = argument1;
	new->SystemArgument2 = argument2;
	if (new->Importance == HighImportance)
		InsertHeadList(&dpc.queue, &new->DpcListEntry);
	else
		InsertTailList(&dpc.queue, &new->DpcListEntry);
	pnpn_dpc_wake();
	return TRUE;
}

void KeInitializeDpc(PRKDPC new, PKDEFERRED_ROUTINE routine, PVOID context)
{
	*new = (KDPC){.Importance = MediumImportance,
		      .DeferredRoutine = routine,
		      .DeferredContext = context};
}

BOOLEAN KeInsertQueueDpc(PRKDPC new, PVOID argument1, PVOID argument2)
{
	pnpn_dispatcher_lock();
	BOOLEAN queued = pnpn_dpc_queue(new, argument1, argument2);
	pnpn_dispatcher_unlock();
	return queued;
}

BOOLEAN KeRemoveQueueDpc(PRKDPC old)
{
	pnpn_dispatcher_lock();
	BOOLEAN queued = old->DpcListEntry.Flink != NULL;
	if (queued) {
		RemoveEntryList(&old->DpcListEntry);
		old->DpcListEntry.Flink = NULL;
	}
	pnpn_dispatcher_unlock();
	return queued;
}

void KeSetImportanceDpc(PRKDPC one, KDPC_IMPORTANCE importance)
{
	one->Importance = (UCHAR)importance;
}

static void dpc_flushed(PKDPC one, PVOID done, PVOID argument1, PVOID argument2)
{
	KeSetEvent(done, IO_NO_INCREMENT, FALSE);
}

void KeFlushQueuedDpcs(void)
{
	KEVENT done;
	KDPC last;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	KeInitializeDpc(&last, dpc_flushed, &done);
	KeInsertQueueDpc(&last, NULL, NULL);
	KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
}
