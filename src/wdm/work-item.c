/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdbool.h>
#include "wdm/device-object.h"
#include "wdm/irql.h"
#include "wdm/work-item.h"

#define WORKERS_MAX 64

/* One queue for all types: what the types mean is priority, which Linux sees to. */
static struct {
	pthread_mutex_t lock; /* guards all of this */
	pthread_cond_t work; /* something was queued, or stopping */
	pthread_cond_t gone; /* a worker ended */
	LIST_ENTRY queue;
	unsigned int queued, threads, idle;
	bool stopping;
} workers = {.lock = PTHREAD_MUTEX_INITIALIZER,
	     .work = PTHREAD_COND_INITIALIZER,
	     .gone = PTHREAD_COND_INITIALIZER,
	     .queue = {&workers.queue, &workers.queue}};

struct _IO_WORKITEM {
	WORK_QUEUE_ITEM item;
	PDEVICE_OBJECT device;
	PIO_WORKITEM_ROUTINE routine;
	PIO_WORKITEM_ROUTINE_EX routine_ex;
	PVOID context;
};

static void worker_run_first(void)
{
	PWORK_QUEUE_ITEM item = CONTAINING_RECORD(RemoveHeadList(&workers.queue), WORK_QUEUE_ITEM,
						  List);
	/* The routine may free the item. */
	PWORKER_THREAD_ROUTINE routine = item->WorkerRoutine;
	PVOID parameter = item->Parameter;

	workers.queued--;
	pthread_mutex_unlock(&workers.lock);
	routine(parameter);
	pnpn_irql_restore(PASSIVE_LEVEL, "work item");
	pthread_mutex_lock(&workers.lock);
}

static void *worker_main(void *unused)
{
	pthread_mutex_lock(&workers.lock);
	for (;;) {
		if (!IsListEmpty(&workers.queue)) {
			worker_run_first();
		} else if (workers.stopping) {
			break;
		} else {
			workers.idle++;
			pthread_cond_wait(&workers.work, &workers.lock);
			workers.idle--;
		}
	}
	workers.threads--;
	pthread_cond_broadcast(&workers.gone);
	pthread_mutex_unlock(&workers.lock);
	return NULL;
}

static int worker_spawn(void)
{
	pthread_attr_t attributes;
	pthread_t id;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int r = -pthread_create(&id, &attributes, worker_main, NULL);
	pthread_attr_destroy(&attributes);
	if (r >= 0)
		workers.threads++;
	return r;
}

int pnpn_workers_start(void)
{
	pthread_mutex_lock(&workers.lock);
	int r = workers.threads ? 0 : worker_spawn();
	pthread_mutex_unlock(&workers.lock);
	return r;
}

void ExQueueWorkItem(PWORK_QUEUE_ITEM item, WORK_QUEUE_TYPE type)
{
	pthread_mutex_lock(&workers.lock);
	InsertTailList(&workers.queue, &item->List);
	workers.queued++;
	/* Without another worker the item waits for one that is busy; a host has one from its start. */
	if (workers.queued > workers.idle && workers.threads < WORKERS_MAX && worker_spawn() < 0 &&
	    !workers.threads)
		KeBugCheckEx(0x0000009f, 0, 0, 0, 0);
	pthread_cond_signal(&workers.work);
	pthread_mutex_unlock(&workers.lock);
}

void pnpn_workers_stop(void)
{
	pthread_mutex_lock(&workers.lock);
	workers.stopping = true;
	pthread_cond_broadcast(&workers.work);
	while (workers.threads)
		pthread_cond_wait(&workers.gone, &workers.lock);
	workers.stopping = false;
	pthread_mutex_unlock(&workers.lock);
}

static void io_work_item_main(PVOID parameter)
{
	PIO_WORKITEM item = parameter;
	PDEVICE_OBJECT device = item->device;

	if (item->routine_ex)
		item->routine_ex(device, item->context, item);
	else
		item->routine(device, item->context);
	ObDereferenceObject(device);
}

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT device)
{
	PIO_WORKITEM item = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*item), 0);

	if (item)
		item->device = device;
	return item;
}

void IoFreeWorkItem(PIO_WORKITEM item)
{
	ExFreePool(item);
}

static void io_work_item_queue(PIO_WORKITEM item, WORK_QUEUE_TYPE type, PVOID context)
{
	pnpn_device_object_verify(item->device, "IoQueueWorkItem*");
	item->context = context;
	ObReferenceObject(item->device);
	ExInitializeWorkItem(&item->item, io_work_item_main, item);
	ExQueueWorkItem(&item->item, type);
}

void IoQueueWorkItem(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine, WORK_QUEUE_TYPE type,
		     PVOID context)
{
	item->routine = routine;
	item->routine_ex = NULL;
	io_work_item_queue(item, type, context);
}

void IoQueueWorkItemEx(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE_EX routine, WORK_QUEUE_TYPE type,
		       PVOID context)
{
	item->routine_ex = routine;
	io_work_item_queue(item, type, context);
}
