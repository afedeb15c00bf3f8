/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include "wdm/clock.h"
#include "wdm/dispatcher.h"
#include "wdm/irql.h"

static pthread_mutex_t dispatcher_mutex = PTHREAD_MUTEX_INITIALIZER;

/* A thread that waits, on its own stack. */
struct dispatcher_waiter {
	pthread_cond_t cond;
	PKTHREAD thread;
	struct dispatcher_block *blocks;
	ULONG count;
	bool all;
	bool done;
	NTSTATUS status;
};

/* Its place in the queue of one object. */
struct dispatcher_block {
	LIST_ENTRY entry;
	struct dispatcher_waiter *waiter;
	DISPATCHER_HEADER *header;
};

/* Atomic. */
static void (*watcher)(void);

void pnpn_dispatcher_watch_waits(void (*waits)(void))
{
	__atomic_store_n(&watcher, waits, __ATOMIC_RELEASE);
}

void pnpn_dispatcher_tell_wait(void)
{
	void (*waits)(void) = __atomic_load_n(&watcher, __ATOMIC_ACQUIRE);

	if (waits)
		waits();
}

void pnpn_dispatcher_lock(void)
{
	pthread_mutex_lock(&dispatcher_mutex);
}

void pnpn_dispatcher_unlock(void)
{
	pthread_mutex_unlock(&dispatcher_mutex);
}

void pnpn_dispatcher_init(DISPATCHER_HEADER *header, enum pnpn_dispatcher_type type, LONG state)
{
	*header = (DISPATCHER_HEADER){.Type = (UCHAR)type, .SignalState = state};
	InitializeListHead(&header->WaitListHead);
}

static bool dispatcher_is_signalled(const DISPATCHER_HEADER *header, PKTHREAD thread)
{
	if (header->Type == PNPN_DISPATCHER_MUTANT &&
	    ((const KMUTANT *)header)->OwnerThread == thread)
		return true;
	return header->SignalState > 0;
}

static void dispatcher_acquire(DISPATCHER_HEADER *header, PKTHREAD thread)
{
	switch (header->Type) {
	case PNPN_DISPATCHER_EVENT_SYNCHRONIZATION:
	case PNPN_DISPATCHER_TIMER_SYNCHRONIZATION:
		header->SignalState = 0;
		break;
	case PNPN_DISPATCHER_MUTANT:
		((KMUTANT *)header)->OwnerThread = thread;
		header->SignalState--;
		break;
	case PNPN_DISPATCHER_SEMAPHORE:
		header->SignalState--;
		break;
	default:
		break;
	}
}

/* If its wait is over: takes what it waited for. */
static bool dispatcher_satisfy(struct dispatcher_waiter *waiter)
{
	ULONG signalled = 0;

	for (ULONG i = 0; i < waiter->count; i++) {
		if (!dispatcher_is_signalled(waiter->blocks[i].header, waiter->thread))
			continue;
		if (!waiter->all) {
			dispatcher_acquire(waiter->blocks[i].header, waiter->thread);
			waiter->status = STATUS_WAIT_0 + (NTSTATUS)i;
			return true;
		}
		signalled++;
	}
	if (!waiter->all || signalled < waiter->count)
		return false;
	for (ULONG i = 0; i < waiter->count; i++)
		dispatcher_acquire(waiter->blocks[i].header, waiter->thread);
	waiter->status = STATUS_SUCCESS;
	return true;
}

static void dispatcher_dequeue(struct dispatcher_waiter *waiter)
{
	for (ULONG i = 0; i < waiter->count; i++)
		RemoveEntryList(&waiter->blocks[i].entry);
}

void pnpn_dispatcher_release(DISPATCHER_HEADER *header)
{
	PLIST_ENTRY next;

	for (PLIST_ENTRY entry = header->WaitListHead.Flink; entry != &header->WaitListHead;
	     entry = next) {
		struct dispatcher_waiter *waiter =
			CONTAINING_RECORD(entry, struct dispatcher_block, entry)->waiter;
		/* The object's queue has one block of a waiter: objects of one wait differ. */
		next = entry->Flink;
		if (header->SignalState <= 0)
			break;
		if (!dispatcher_satisfy(waiter))
			continue;
		dispatcher_dequeue(waiter);
		waiter->done = true;
		pthread_cond_signal(&waiter->cond);
	}
}

static void dispatcher_enqueue(struct dispatcher_waiter *waiter)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&waiter->cond, &attributes);
	pthread_condattr_destroy(&attributes);
	for (ULONG i = 0; i < waiter->count; i++)
		InsertTailList(&waiter->blocks[i].header->WaitListHead, &waiter->blocks[i].entry);
}

/* With the lock held. */
static void dispatcher_sleep(struct dispatcher_waiter *waiter, uint64_t due)
{
	dispatcher_enqueue(waiter);
	struct timespec time = pnpn_clock_timespec(due);
	int r = 0;
	while (!waiter->done && r != ETIMEDOUT) {
		if (due == PNPN_CLOCK_NEVER)
			r = pthread_cond_wait(&waiter->cond, &dispatcher_mutex);
		else
			r = pthread_cond_timedwait(&waiter->cond, &dispatcher_mutex, &time);
	}
	if (!waiter->done) {
		dispatcher_dequeue(waiter);
		waiter->status = STATUS_TIMEOUT;
	}
	pthread_cond_destroy(&waiter->cond);
}

static bool dispatcher_has_twice(PVOID object[], ULONG count)
{
	for (ULONG i = 0; i < count; i++)
		for (ULONG j = 0; j < i; j++)
			if (object[i] == object[j])
				return true;
	return false;
}

static NTSTATUS dispatcher_wait(PVOID object[], ULONG count, bool all, PLARGE_INTEGER timeout)
{
	bool poll = timeout && timeout->QuadPart == 0;

	if (!poll && !pnpn_irql_is_at_most(APC_LEVEL, "KeWaitFor*Object"))
		return STATUS_INVALID_LEVEL;
	uint64_t due = pnpn_clock_due(timeout);
	struct dispatcher_block blocks[MAXIMUM_WAIT_OBJECTS];
	struct dispatcher_waiter waiter = {
		.thread = KeGetCurrentThread(), .blocks = blocks, .count = count, .all = all};
	for (ULONG i = 0; i < count; i++)
		blocks[i] = (struct dispatcher_block){.waiter = &waiter, .header = object[i]};
	pnpn_dispatcher_lock();
	bool over = dispatcher_satisfy(&waiter);
	if (!over && !poll) {
		pnpn_dispatcher_unlock();
		pnpn_dispatcher_tell_wait();
		pnpn_dispatcher_lock();
		over = dispatcher_satisfy(&waiter);
	}
	if (!over && poll)
		waiter.status = STATUS_TIMEOUT;
	else if (!over)
		dispatcher_sleep(&waiter, due);
	pnpn_dispatcher_unlock();
	return waiter.status;
}

NTSTATUS KeWaitForSingleObject(PVOID object, KWAIT_REASON reason, KPROCESSOR_MODE mode,
			       BOOLEAN alertable, PLARGE_INTEGER timeout)
{
	return dispatcher_wait(&object, 1, false, timeout);
}

NTSTATUS KeWaitForMultipleObjects(ULONG count, PVOID object[], WAIT_TYPE type, KWAIT_REASON reason,
				  KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER timeout,
				  PKWAIT_BLOCK blocks)
{
	if (!count || count > MAXIMUM_WAIT_OBJECTS || (count > THREAD_WAIT_OBJECTS && !blocks) ||
	    dispatcher_has_twice(object, count))
		return STATUS_INVALID_PARAMETER;
	return dispatcher_wait(object, count, type == WaitAll, timeout);
}
