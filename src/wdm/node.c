/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <stdlib.h>
#include "core/name.h"
#include "wdm/description.h"
#include "wdm/device-object.h"
#include "wdm/node.h"
#include "wdm/object.h"

#define BUCKETS 256

/* Entries are put in front with a release store and never taken out while the host runs, so that
 * readers need no lock; the acquire loads in the finders pair with it. */
static _Atomic(struct pnpn_node *) first_node;
static _Atomic(struct pnpn_node *) buckets[BUCKETS];

struct pnpn_tree pnpn_node_tree = {.devices = {&pnpn_node_tree.devices, &pnpn_node_tree.devices}};

static size_t node_hash(const void *pdo)
{
	return ((uintptr_t)pdo * 0x9e3779b97f4a7c15ull) >> 56;
}

static void node_publish(struct pnpn_node *node)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of who creates nodes */
	_Atomic(struct pnpn_node *) *bucket = &buckets[node_hash(node->pdo)];

	pthread_mutex_lock(&lock);
	if (!node->legacy) {
		node->hash_next = atomic_load_explicit(bucket, memory_order_relaxed);
		atomic_store_explicit(bucket, node, memory_order_release);
	}
	node->next = atomic_load_explicit(&first_node, memory_order_relaxed);
	atomic_store_explicit(&first_node, node, memory_order_release);
	pthread_mutex_unlock(&lock);
}

static struct pnpn_node *node_free(struct pnpn_node *node)
{
	pnpn_tree_device_deinit(&node->entry);
	pthread_rwlock_destroy(&node->lock);
	pthread_mutex_destroy(&node->order);
	pthread_mutex_destroy(&node->waiters);
	pthread_cond_destroy(&node->handled);
	free(node->completions.slots);
	pnpn_description_free(node->description);
	free(node);
	return NULL;
}

/* Writers first: a driver that keeps reporting must not keep its device from going. */
static void node_init_lock(struct pnpn_node *node)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&node->lock, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

static struct pnpn_node *node_new(const char *id, PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	struct pnpn_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	strcpy(node->id, id);
	node->driver = driver;
	node->pdo = pdo;
	pnpn_tree_device_init(&node->entry);
	node_init_lock(node);
	pthread_mutex_init(&node->order, NULL);
	pthread_mutex_init(&node->waiters, NULL);
	pthread_cond_init(&node->handled, NULL);
	return node;
}

static NTSTATUS node_begin(struct pnpn_node *node, struct pnpn_node **ret_node)
{
	pnpn_device_object_set_node(node->pdo, node);
	node_publish(node);
	*ret_node = node;
	return STATUS_SUCCESS;
}

NTSTATUS pnpn_node_new(const char *id, PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo,
		       struct pnpn_node **ret_node)
{
	struct pnpn_node *node = node_new(id, driver, pdo);

	return node ? node_begin(node, ret_node) : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS pnpn_node_new_legacy(const char *id, PDRIVER_OBJECT driver, PDEVICE_OBJECT device,
			      struct pnpn_node **ret_node)
{
	struct pnpn_node *node = node_new(id, driver, device);

	if (!node)
		return STATUS_INSUFFICIENT_RESOURCES;
	node->legacy = true;
	ObReferenceObject(device);
	return node_begin(node, ret_node);
}

NTSTATUS pnpn_node_new_child(const char *id, struct pnpn_node *parent, PDEVICE_OBJECT pdo,
			     struct pnpn_description *description, struct pnpn_node **ret_node)
{
	struct pnpn_node *node = node_new(id, NULL, pdo);

	if (!node)
		return STATUS_INSUFFICIENT_RESOURCES;
	node->parent = parent;
	node->description = description;
	node->reported = node->seen = true;
	ObReferenceObject(pdo);
	return node_begin(node, ret_node);
}

bool pnpn_node_is_childless(const struct pnpn_node *node)
{
	for (struct pnpn_node *child = pnpn_node_first(); child; child = child->next)
		if (child->parent == node && pnpn_node_get_state(child) != PNPN_NODE_DELETED)
			return false;
	return true;
}

struct pnpn_node *pnpn_node_first(void)
{
	return atomic_load_explicit(&first_node, memory_order_acquire);
}

struct pnpn_node *pnpn_node_from_pdo(const void *pdo)
{
	struct pnpn_node *node = atomic_load_explicit(&buckets[node_hash(pdo)],
						      memory_order_acquire);

	while (node && node->pdo != pdo)
		node = node->hash_next;
	return node;
}

struct pnpn_node *pnpn_node_from_id(const char *id)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (pnpn_name_equal(node->id, id) && pnpn_node_get_state(node) != PNPN_NODE_DELETED)
			return node;
	return NULL;
}

enum pnpn_node_state pnpn_node_get_state(struct pnpn_node *node)
{
	pthread_rwlock_rdlock(&node->lock);
	enum pnpn_node_state state = node->state;
	pthread_rwlock_unlock(&node->lock);
	return state;
}

NTSTATUS pnpn_node_open(struct pnpn_node *node, bool alone)
{
	NTSTATUS status = STATUS_SUCCESS;

	pthread_rwlock_wrlock(&node->lock);
	if (node->files < 0)
		status = STATUS_NO_SUCH_DEVICE;
	else if (alone && node->files)
		status = STATUS_ACCESS_DENIED;
	else
		node->files++;
	pthread_rwlock_unlock(&node->lock);
	return status;
}

/* What was sealed with files left counts them no more. */
void pnpn_node_close(struct pnpn_node *node)
{
	pthread_rwlock_wrlock(&node->lock);
	node->files -= node->files > 0;
	pthread_rwlock_unlock(&node->lock);
}

long pnpn_node_seal(struct pnpn_node *node, bool force)
{
	pthread_rwlock_wrlock(&node->lock);
	long files = node->files;
	if (!files || force)
		node->files = -1;
	pthread_rwlock_unlock(&node->lock);
	return files > 0 ? files : 0;
}

struct pnpn_device *pnpn_node_set(struct pnpn_node *node, enum pnpn_node_state state,
				  struct pnpn_device *device)
{
	pthread_rwlock_wrlock(&node->lock);
	struct pnpn_device *old = node->device;
	node->state = state;
	node->device = device;
	if (old != device)
		node->generation++;
	pthread_rwlock_unlock(&node->lock);
	pnpn_node_wake(node);
	return old;
}

void pnpn_node_lost(struct pnpn_node *node)
{
	node->lost = node->device;
	pthread_rwlock_wrlock(&node->lock);
	node->generation++;
	pthread_rwlock_unlock(&node->lock);
	pnpn_node_wake(node);
}

void pnpn_node_get_handled(struct pnpn_node *node, struct pnpn_place *ret_handled)
{
	pthread_rwlock_rdlock(&node->lock);
	ret_handled->generation = node->generation;
	ret_handled->position = node->device ? pnpn_device_get_handled(node->device) : UINT64_MAX;
	pthread_rwlock_unlock(&node->lock);
}

static bool node_has_handled(struct pnpn_node *node, const struct pnpn_place *end)
{
	struct pnpn_place handled;

	pnpn_node_get_handled(node, &handled);
	return pnpn_place_is_handled(end, &handled);
}

void pnpn_node_wait_handled(struct pnpn_node *node, const struct pnpn_place *end)
{
	pthread_mutex_lock(&node->waiters);
	while (!node_has_handled(node, end))
		pthread_cond_wait(&node->handled, &node->waiters);
	pthread_mutex_unlock(&node->waiters);
}

void pnpn_node_wake(struct pnpn_node *node)
{
	/* With the lock, so that nobody is between looking and sleeping. */
	pthread_mutex_lock(&node->waiters);
	pthread_cond_broadcast(&node->handled);
	pthread_mutex_unlock(&node->waiters);
}

void pnpn_nodes_free(void)
{
	struct pnpn_node *node = atomic_exchange(&first_node, NULL);

	for (size_t i = 0; i < BUCKETS; i++)
		atomic_store(&buckets[i], NULL);
	while (node) {
		struct pnpn_node *next = node->next;
		if (node->legacy || node->parent)
			ObDereferenceObject(node->pdo);
		else
			IoDeleteDevice(node->pdo);
		node_free(node);
		node = next;
	}
}
