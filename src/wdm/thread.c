/* SPDX-License-Identifier: MIT */
/* System threads, and the thread objects of threads that came from elsewhere. */
#include <ntddk.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "wdm/dispatcher.h"
#include "wdm/irql.h"
#include "wdm/module.h"
#include "wdm/object.h"
#include "wdm/thread.h"

struct _KTHREAD {
	DISPATCHER_HEADER header; /* signalled once it ended */
	LIST_ENTRY entry; /* of the system threads that run; under the dispatcher lock */
	KPRIORITY priority;
	KSTART_ROUTINE *start;
	PVOID context;
	bool system;
};

static LIST_ENTRY threads = {&threads, &threads};

/* For threads that PsCreateSystemThread() did not make: never freed, so never dereferenced to zero. */
static _Thread_local struct {
	struct pnpn_object object;
	struct _KTHREAD thread;
} thread_foreign = {.object = {.type = &pnpn_object_type_thread, .references = 1}};

static _Thread_local PKTHREAD thread_current;

PKTHREAD KeGetCurrentThread(void)
{
	return thread_current ? thread_current : &thread_foreign.thread;
}

static void thread_finish(PKTHREAD thread)
{
	pnpn_dispatcher_lock();
	RemoveEntryList(&thread->entry);
	thread->header.SignalState = 1;
	pnpn_dispatcher_release(&thread->header);
	pnpn_dispatcher_unlock();
	thread_current = NULL;
	ObDereferenceObject(thread);
}

static void *thread_main(void *argument)
{
	PKTHREAD thread = argument;

	thread_current = thread;
	thread->start(thread->context);
	pnpn_irql_restore(PASSIVE_LEVEL, "system thread");
	thread_finish(thread);
	return NULL;
}

static void thread_list(PKTHREAD thread, bool runs)
{
	pnpn_dispatcher_lock();
	if (runs)
		InsertTailList(&threads, &thread->entry);
	else
		RemoveEntryList(&thread->entry);
	pnpn_dispatcher_unlock();
}

static bool thread_spawn(PKTHREAD thread)
{
	pthread_attr_t attributes;
	pthread_t id;

	thread_list(thread, true);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int r = pthread_create(&id, &attributes, thread_main, thread);
	pthread_attr_destroy(&attributes);
	if (r)
		thread_list(thread, false);
	return r == 0;
}

unsigned int pnpn_threads_of_driver(PDRIVER_INITIALIZE entry)
{
	unsigned int count = 0;

	pnpn_dispatcher_lock();
	for (PLIST_ENTRY e = threads.Flink; e != &threads; e = e->Flink)
		count += pnpn_module_has_code(
			entry, (const void *)(uintptr_t)CONTAINING_RECORD(e, struct _KTHREAD, entry)
				       ->start);
	pnpn_dispatcher_unlock();
	return count;
}

NTSTATUS PsCreateSystemThread(PHANDLE ret_handle, ULONG access, POBJECT_ATTRIBUTES attributes,
			      HANDLE process, PCLIENT_ID client, PKSTART_ROUTINE start,
			      PVOID context)
{
	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (!ret_handle || !start)
		return STATUS_INVALID_PARAMETER;
	PKTHREAD thread = pnpn_object_new(&pnpn_object_type_thread, sizeof(*thread), NULL);
	if (!thread)
		return STATUS_INSUFFICIENT_RESOURCES;
	pnpn_dispatcher_init(&thread->header, PNPN_DISPATCHER_THREAD, 0);
	thread->start = start;
	thread->context = context;
	thread->system = true;
	HANDLE handle = pnpn_handle_new(thread);
	if (!handle) {
		ObDereferenceObject(thread);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (!thread_spawn(thread)) {
		ZwClose(handle);
		ObDereferenceObject(thread);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	*ret_handle = handle;
	return STATUS_SUCCESS;
}

NTSTATUS PsTerminateSystemThread(NTSTATUS status)
{
	PKTHREAD thread = thread_current;

	if (!thread || !thread->system)
		return STATUS_INVALID_PARAMETER;
	pnpn_irql_restore(PASSIVE_LEVEL, "system thread");
	thread_finish(thread);
	pthread_exit(NULL);
}

KPRIORITY KeSetPriorityThread(PKTHREAD thread, KPRIORITY priority)
{
	return __atomic_exchange_n(&thread->priority, priority, __ATOMIC_RELAXED);
}

HANDLE PsGetCurrentThreadId(void)
{
	return (HANDLE)(uintptr_t)syscall(SYS_gettid);
}

/* No APCs are delivered here, so there is nothing to hold off. */
void KeEnterCriticalRegion(void)
{
}

void KeLeaveCriticalRegion(void)
{
}
