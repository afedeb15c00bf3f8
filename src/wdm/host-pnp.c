/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "wdm/binding.h"
#include "wdm/bus.h"
#include "wdm/clock.h"
#include "wdm/completer.h"
#include "wdm/description.h"
#include "wdm/driver.h"
#include "wdm/host-pnp.h"
#include "wdm/irp.h"
#include "wdm/irql.h"
#include "wdm/legacy.h"
#include "wdm/relations.h"
#include "wdm/root-bus.h"
#include "wdm/status.h"
#include "wdm/symbolic-link.h"

/* How long a removal waits for other hosts' registrants to handle what was reported before. */
#define DRAIN_LIMIT_NS 5000000000ull

struct pnp_call {
	void (*function)(void *argument);
	void *argument;
	bool done;
};

static struct {
	pthread_mutex_t lock; /* guards the rest but for removed */
	pthread_cond_t work;
	pthread_cond_t done;
	struct pnp_call *call;
	bool look; /* for invalidated devices, and those that may go */
	bool stopping;
	pthread_t thread;
	int removed; /* eventfd */
} pnp = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER, .removed = -1};

void pnpn_pnp_wake(void)
{
	pthread_mutex_lock(&pnp.lock);
	pnp.look = true;
	pthread_cond_signal(&pnp.work);
	pthread_mutex_unlock(&pnp.lock);
}

int pnpn_pnp_get_removed_fd(void)
{
	return pnp.removed;
}

/* Waits until somebody wants a look, or the time is over: false then. */
static bool pnp_wait_look(uint64_t due)
{
	struct timespec time = pnpn_clock_timespec(due);
	int r = 0;

	pthread_mutex_lock(&pnp.lock);
	while (!pnp.look && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&pnp.work, &pnp.lock, &time);
	bool look = pnp.look;
	pnp.look = false;
	pthread_mutex_unlock(&pnp.lock);
	return look;
}

/* Registrants are told the removal last, so what they have not handled by then is not waited for. What is told of
 * meanwhile is looked at afterwards. */
static void pnp_drain(struct pnpn_node *node)
{
	uint64_t due = pnpn_clock_now() + DRAIN_LIMIT_NS;
	/* Not for those that come while it waits: a driver that keeps reporting must not stay. */
	uint64_t queued = pnpn_completer_count(node);

	while (pnpn_completer_run(node, queued)) {
		if (pnp_wait_look(due))
			continue;
		fprintf(stderr,
			"pnpnotify host: %s: a registrant did not handle its events in time\n",
			node->id);
		break;
	}
	pnpn_pnp_wake();
}

/* The driver is told that the device is gone, then the world. */
static void pnp_surprise(struct pnpn_node *node)
{
	if (node->stack_started) {
		pnpn_irp_send_pnp(node->pdo, IRP_MN_SURPRISE_REMOVAL, STATUS_NOT_SUPPORTED, NULL,
				  NULL);
		/* What a DPC under way still reports must not wait for the driver's last routine. */
		KeFlushQueuedDpcs();
		pnp_drain(node);
	}
	pnpn_bus_remove_node(node, PNPN_NODE_GONE);
}

static void pnp_remove(struct pnpn_node *node)
{
	pnpn_completer_run(node, pnpn_completer_count(node));
	pnpn_irp_send_pnp(node->pdo, IRP_MN_REMOVE_DEVICE, STATUS_NOT_SUPPORTED, NULL, NULL);
	pnpn_bus_remove_node(node, PNPN_NODE_DELETED);
	pnpn_completer_run(node, pnpn_completer_count(node));
	if (node->pdo->AttachedDevice)
		fprintf(stderr, "pnpnotify host: %s: the driver left a device attached\n",
			node->id);
	eventfd_write(pnp.removed, 1);
}

/* What stands on it goes before it. */
static void pnp_remove_children(struct pnpn_node *node, bool force)
{
	for (struct pnpn_node *child = pnpn_node_first(); child; child = child->next)
		if (child->parent == node)
			pnpn_pnp_remove_device(child, force);
}

bool pnpn_pnp_remove_device(struct pnpn_node *node, bool force)
{
	enum pnpn_node_state state = pnpn_node_get_state(node);

	if (state == PNPN_NODE_DELETED)
		return true;
	/* Its driver deletes it, which can't be asked by PnP: it is in its way as long as somebody has it open. */
	if (node->legacy)
		return !pnpn_node_seal(node, force) || force;
	pnp_remove_children(node, force);
	pnpn_completer_hold(node);
	if (state != PNPN_NODE_GONE)
		pnp_surprise(node);
	bool removes = pnpn_node_is_childless(node);
	long files = removes ? pnpn_node_seal(node, force) : 0;
	if (files && force)
		fprintf(stderr, "pnpnotify host: %s: files left open on it: %ld\n", node->id,
			files);
	removes &= !files || force;
	if (removes)
		pnp_remove(node);
	pnpn_completer_release(node);
	return removes;
}

/* --- in order (D5) -------------------------------------------------------------------------------- */

static void pnp_query_remove(struct pnpn_node *node, uint64_t query)
{
	node->remove_queried = true;
	NTSTATUS status = pnpn_irp_send_pnp(node->pdo, IRP_MN_QUERY_REMOVE_DEVICE,
					    STATUS_NOT_SUPPORTED, NULL, NULL);
	pnpn_bus_answer_removal(query, NT_SUCCESS(status),
				pnpn_driver_get_name(node->driver ?: node->pdo->DriverObject));
}

static void pnp_cancel_remove(struct pnpn_node *node)
{
	if (node->remove_queried)
		pnpn_irp_send_pnp(node->pdo, IRP_MN_CANCEL_REMOVE_DEVICE, STATUS_NOT_SUPPORTED,
				  NULL, NULL);
	node->remove_queried = false;
}

/* Nobody has a file on it: the manager asked them all. */
static void pnp_remove_in_order(struct pnpn_node *node)
{
	pnp_remove_children(node, true);
	pnpn_completer_hold(node);
	pnpn_node_seal(node, true);
	/* The driver may wait in there for the callbacks of all that it reported before. */
	KeFlushQueuedDpcs();
	pnp_drain(node);
	pnp_remove(node);
	pnpn_completer_release(node);
}

static void pnp_removal(struct pnpn_node *node);

/* What the manager wants of what is on it: that was told first. */
static void pnp_removal_of_children(struct pnpn_node *node)
{
	for (struct pnpn_node *child = pnpn_node_first(); child; child = child->next)
		if (child->parent == node && atomic_exchange(&child->removal_told, false))
			pnp_removal(child);
}

/* What the manager wants of it (D5, D7). */
static void pnp_removal(struct pnpn_node *node)
{
	struct pnpn_node_removal removal = pnpn_bus_take_removal(node);

	pnp_removal_of_children(node);
	if (pnpn_node_get_state(node) != PNPN_NODE_STARTED)
		return;
	if (removal.cancelled)
		pnp_cancel_remove(node);
	if (removal.told == PNPN_EVENT_QUERY_REMOVE)
		pnp_query_remove(node, removal.query);
	else if (removal.told == PNPN_EVENT_REMOVE_PENDING)
		pnp_remove_in_order(node);
	else if (removal.told == PNPN_EVENT_SURPRISE_REMOVED)
		pnpn_pnp_remove_device(node, false);
}

/* --- its beginning -------------------------------------------------------------------------------- */

static NTSTATUS pnp_refuse(struct pnpn_node *node, const char *what, NTSTATUS status)
{
	fprintf(stderr, "pnpnotify host: %s: %s failed with status 0x%08x\n", node->id, what,
		(unsigned int)status);
	return status;
}

static NTSTATUS pnp_add_driver(struct pnpn_node *node, PDRIVER_OBJECT driver)
{
	pnpn_legacy_hold(true);
	NTSTATUS status = driver->DriverExtension->AddDevice(driver, node->pdo);
	pnpn_legacy_hold(false);

	pnpn_irql_restore(PASSIVE_LEVEL, "AddDevice routine");
	pnpn_symbolic_links_settle();
	return NT_SUCCESS(status) ? status : pnp_refuse(node, "AddDevice", status);
}

/* A device that its bus driver drives by itself has no function driver. Filters attach above it. */
static NTSTATUS pnp_build_stack(struct pnpn_node *node)
{
	NTSTATUS status = node->driver ? pnp_add_driver(node, node->driver) : STATUS_SUCCESS;
	PDRIVER_OBJECT filter = NULL;

	while (NT_SUCCESS(status) && (filter = pnpn_binding_next_filter(node, filter)))
		status = pnp_add_driver(node, filter);
	return status;
}

static NTSTATUS pnp_start_stack(struct pnpn_node *node)
{
	NTSTATUS status = pnp_build_stack(node);

	if (!NT_SUCCESS(status))
		return status;
	status = pnpn_irp_send_pnp(node->pdo, IRP_MN_START_DEVICE, STATUS_NOT_SUPPORTED, NULL,
				   NULL);
	if (!NT_SUCCESS(status))
		return pnp_refuse(node, "IRP_MN_START_DEVICE", status);
	node->stack_started = true;
	int r = pnpn_bus_start_node(node);
	return r < 0 ? pnp_refuse(node, strerrordesc_np(-r), pnpn_status_from_errno(r))
		     : STATUS_SUCCESS;
}

static NTSTATUS pnp_new_node(PDRIVER_OBJECT driver, const char *id, struct pnpn_node **ret_node)
{
	PDEVICE_OBJECT pdo;
	NTSTATUS status = pnpn_root_bus_new_pdo(&pdo);

	if (!NT_SUCCESS(status))
		return status;
	status = pnpn_node_new(id, driver, pdo, ret_node);
	if (!NT_SUCCESS(status))
		IoDeleteDevice(pdo);
	return status;
}

static void pnp_enumerate(struct pnpn_node *bus);

static NTSTATUS pnp_begin_node(struct pnpn_node *node)
{
	int r = pnpn_bus_add_node(node);

	if (r < 0) {
		pnpn_bus_remove_node(node, PNPN_NODE_DELETED);
		fprintf(stderr, "pnpnotify host: %s: %s\n", node->id,
			r == -EEXIST ? "there is a device of that name already"
				     : strerrordesc_np(-r));
		return pnpn_status_from_errno(r);
	}
	NTSTATUS status = pnp_start_stack(node);
	if (!NT_SUCCESS(status)) {
		pnpn_pnp_remove_device(node, false);
		return status;
	}
	fprintf(stderr, "pnpnotify host: %s started\n", node->id);
	pnp_enumerate(node);
	return STATUS_SUCCESS;
}

NTSTATUS pnpn_pnp_add_device(PDRIVER_OBJECT driver, const char *id)
{
	struct pnpn_node *node;
	NTSTATUS status = pnp_new_node(driver, id, &node);

	return NT_SUCCESS(status) ? pnp_begin_node(node) : status;
}

/* --- devices of bus drivers ----------------------------------------------------------------------- */

/* It waits for its driver until it is known to have one, or to need none. */
static void pnp_begin_child(struct pnpn_node *child)
{
	child->driver = pnpn_binding_find(child);
	if (child->driver || child->description->raw)
		(void)pnp_begin_node(child);
}

static bool pnp_is_waiting(struct pnpn_node *node)
{
	return node->parent && !node->in_manager && node->reported &&
	       pnpn_node_get_state(node) == PNPN_NODE_NEW;
}

void pnpn_pnp_begin_waiting(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (pnp_is_waiting(node))
			pnp_begin_child(node);
}

static void pnp_remove_missing(struct pnpn_node *bus)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (node->parent == bus && !node->reported)
			pnpn_pnp_remove_device(node, false);
}

/* Those that are not there any more go first: one that comes may have their name. */
static void pnp_enumerate(struct pnpn_node *bus)
{
	if (!pnpn_relations_query(bus))
		return;
	pnp_remove_missing(bus);
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (node->parent == bus && pnp_is_waiting(node))
			pnp_begin_child(node);
}

/* Other relations are asked for when they are needed. */
void IoInvalidateDeviceRelations(PDEVICE_OBJECT pdo, DEVICE_RELATION_TYPE type)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);

	if (!node || type != BusRelations)
		return;
	atomic_store(&node->relations_invalidated, true);
	pnpn_pnp_wake();
}

/* --- what is looked at ---------------------------------------------------------------------------- */

/* What IoInvalidateDeviceState() asked for. */
static void pnp_query_state(struct pnpn_node *node)
{
	ULONG_PTR state = 0;
	NTSTATUS status = pnpn_irp_send_pnp(node->pdo, IRP_MN_QUERY_PNP_DEVICE_STATE,
					    STATUS_NOT_SUPPORTED, NULL, &state);

	if (!NT_SUCCESS(status) || !(state & (PNP_DEVICE_FAILED | PNP_DEVICE_REMOVED)))
		return;
	fprintf(stderr, "pnpnotify host: %s: the driver says that it failed\n", node->id);
	pnpn_pnp_remove_device(node, false);
}

void IoInvalidateDeviceState(PDEVICE_OBJECT pdo)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);

	if (!node)
		return;
	atomic_store(&node->invalidated, true);
	pnpn_pnp_wake();
}

static void pnp_look(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next) {
		if (atomic_exchange(&node->invalidated, false) && node->stack_started &&
		    pnpn_node_get_state(node) == PNPN_NODE_STARTED)
			pnp_query_state(node);
		if (atomic_exchange(&node->removal_told, false))
			pnp_removal(node);
		/* While it is asked whether it may go nothing comes on it. */
		if (!node->remove_queried && atomic_exchange(&node->relations_invalidated, false) &&
		    pnpn_node_get_state(node) == PNPN_NODE_STARTED)
			pnp_enumerate(node);
		/* Its last file may have been closed. */
		if (pnpn_node_get_state(node) == PNPN_NODE_GONE)
			pnpn_pnp_remove_device(node, false);
	}
}

static void *pnp_main(void *unused)
{
	pthread_mutex_lock(&pnp.lock);
	while (!pnp.stopping || pnp.call || pnp.look) {
		struct pnp_call *call = pnp.call;
		if (!call && !pnp.look) {
			pthread_cond_wait(&pnp.work, &pnp.lock);
			continue;
		}
		pnp.look = false;
		pthread_mutex_unlock(&pnp.lock);
		if (call)
			call->function(call->argument);
		pnp_look();
		pthread_mutex_lock(&pnp.lock);
		if (call) {
			call->done = true;
			pnp.call = NULL;
			pthread_cond_broadcast(&pnp.done);
		}
	}
	pthread_mutex_unlock(&pnp.lock);
	return NULL;
}

void pnpn_pnp_call(void (*function)(void *argument), void *argument)
{
	struct pnp_call call = {.function = function, .argument = argument};

	pthread_mutex_lock(&pnp.lock);
	while (pnp.call)
		pthread_cond_wait(&pnp.done, &pnp.lock);
	pnp.call = &call;
	pthread_cond_signal(&pnp.work);
	while (!call.done)
		pthread_cond_wait(&pnp.done, &pnp.lock);
	pthread_mutex_unlock(&pnp.lock);
}

int pnpn_pnp_start(void)
{
	pthread_condattr_t attributes;

	pnp.removed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pnp.removed < 0)
		return -errno;
	pnp.stopping = false;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&pnp.work, &attributes);
	pthread_condattr_destroy(&attributes);
	int r = pnpn_completer_start();
	if (r >= 0) {
		r = -pthread_create(&pnp.thread, NULL, pnp_main, NULL);
		if (r < 0)
			pnpn_completer_stop();
	}
	if (r < 0)
		close(pnp.removed);
	return r;
}

void pnpn_pnp_stop(void)
{
	pthread_mutex_lock(&pnp.lock);
	pnp.stopping = true;
	pthread_cond_signal(&pnp.work);
	pthread_mutex_unlock(&pnp.lock);
	pthread_join(pnp.thread, NULL);
	pnpn_completer_stop();
	pthread_cond_destroy(&pnp.work);
	close(pnp.removed);
	pnp.removed = -1;
}
