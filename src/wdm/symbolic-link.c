/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/name.h"
#include "wdm/bus.h"
#include "wdm/device-object.h"
#include "wdm/irql.h"
#include "wdm/legacy.h"
#include "wdm/status.h"
#include "wdm/symbolic-link.h"
#include "wdm/text.h"

/* A name is there whatever it leads to. Once its target is in a stack with a node it is the node's in the tree of nodes,
 * and in the manager. */
struct symbolic_link {
	LIST_ENTRY entry;
	char *name; /* \\.\X */
	UNICODE_STRING target; /* \Device\Y */
	bool settled; /* it was a node's, or was looked at after AddDevice */
};

/* Guarded by the bus lock. */
static LIST_ENTRY links = {&links, &links};

static struct symbolic_link *link_at(PLIST_ENTRY entry)
{
	return CONTAINING_RECORD(entry, struct symbolic_link, entry);
}

static struct symbolic_link *link_free(struct symbolic_link *link)
{
	if (link) {
		free(link->name);
		if (link->target.Buffer)
			RtlFreeUnicodeString(&link->target);
		free(link);
	}
	return NULL;
}

static struct symbolic_link *link_find(const char *name)
{
	for (PLIST_ENTRY e = links.Flink; e != &links; e = e->Flink)
		if (pnpn_name_equal(link_at(e)->name, name))
			return link_at(e);
	return NULL;
}

NTSTATUS pnpn_symbolic_link_to_user(PCUNICODE_STRING wide, char **ret_name)
{
	char user[PNPN_NAME_BYTES];
	char *name;
	NTSTATUS status = pnpn_text_from_unicode(wide, &name);

	if (!NT_SUCCESS(status))
		return status;
	int r = pnpn_name_from_kernel(name, user);
	free(name);
	if (r < 0)
		return STATUS_OBJECT_NAME_INVALID;
	*ret_name = strdup(user);
	return *ret_name ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Whose it is, or NULL. */
static struct pnpn_node *link_owner(const struct symbolic_link *link)
{
	const struct pnpn_tree_link *entry = pnpn_tree_find_link(&pnpn_node_tree, link->name);

	return entry ? pnpn_list_entry(entry->device, struct pnpn_node, entry) : NULL;
}

/* Takes it from a node, whose device in the manager may be gone and have taken its names with it. */
static void link_withdraw(struct symbolic_link *link, struct pnpn_node *node)
{
	if (node->device)
		pnpn_device_remove_link(node->device, link->name);
	(void)pnpn_tree_remove_link(&node->entry, link->name);
}

static int link_give(struct symbolic_link *link, struct pnpn_node *node)
{
	int r = node->device ? pnpn_tree_add_link(&node->entry, link->name) : -ENOTCONN;

	if (r < 0)
		return r;
	r = pnpn_device_add_link(node->device, link->name);
	if (r < 0)
		(void)pnpn_tree_remove_link(&node->entry, link->name);
	return r;
}

/* With the lock held: it becomes the node's that its target's stack has, if that has one. */
static int link_publish(struct symbolic_link *link, struct pnpn_node *node)
{
	struct pnpn_node *owner = link_owner(link);

	if (!node || !node->in_manager || (owner && owner->in_manager))
		return 0;
	/* The node that it had is gone: its device is in a stack now. */
	if (owner)
		link_withdraw(link, owner);
	int r = link_give(link, node);
	link->settled |= r >= 0;
	return r;
}

static struct pnpn_node *link_find_node(struct symbolic_link *link)
{
	PDEVICE_OBJECT device = pnpn_device_object_find(&link->target);

	if (!device)
		return NULL;
	struct pnpn_node *node = pnpn_device_object_get_node(device);
	ObDereferenceObject(device);
	return node;
}

bool pnpn_symbolic_links_attached(PDEVICE_OBJECT device)
{
	PUNICODE_STRING name = &pnpn_device_extension(device)->name;
	int r = 0;

	if (!name->Buffer || !pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return true;
	pnpn_bus_lock();
	for (PLIST_ENTRY e = links.Flink; e != &links && r >= 0; e = e->Flink) {
		if (!RtlEqualUnicodeString(&link_at(e)->target, name, TRUE))
			continue;
		r = link_publish(link_at(e), pnpn_device_object_get_node(device));
		if (r < 0)
			fprintf(stderr, "pnpnotify host: %s: %s\n", link_at(e)->name,
				strerrordesc_np(-r));
	}
	pnpn_bus_unlock();
	return r >= 0;
}

static struct symbolic_link *link_new(char *name, PCUNICODE_STRING target)
{
	struct symbolic_link *link = calloc(1, sizeof(*link));
	PWCH buffer = ExAllocatePoolWithTag(PagedPool, target->Length, 0);

	if (!link || !buffer) {
		free(link);
		if (buffer)
			ExFreePool(buffer);
		return NULL;
	}
	memcpy(buffer, target->Buffer, target->Length);
	link->name = name;
	link->target = (UNICODE_STRING){target->Length, target->Length, buffer};
	return link;
}

/* With the lock held. Takes name over on success. */
static NTSTATUS link_create(char *name, PCUNICODE_STRING target)
{
	if (link_find(name))
		return STATUS_OBJECT_NAME_COLLISION;
	struct symbolic_link *link = link_new(name, target);
	if (!link)
		return STATUS_INSUFFICIENT_RESOURCES;
	int r = link_publish(link, link_find_node(link));
	if (r < 0) {
		link->name = NULL;
		link_free(link);
		return pnpn_status_from_errno(r);
	}
	InsertTailList(&links, &link->entry);
	return STATUS_SUCCESS;
}

NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING wide, PUNICODE_STRING target)
{
	char *name;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (!wide || !target || !target->Length)
		return STATUS_INVALID_PARAMETER;
	NTSTATUS status = pnpn_symbolic_link_to_user(wide, &name);
	if (!NT_SUCCESS(status))
		return status;
	status = pnpn_link_is_valid(name) ? pnpn_legacy_publish(target)
					  : STATUS_OBJECT_NAME_INVALID;
	if (NT_SUCCESS(status)) {
		pnpn_bus_lock();
		status = link_create(name, target);
		pnpn_bus_unlock();
	}
	if (!NT_SUCCESS(status))
		free(name);
	return status;
}

NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING wide)
{
	char *name;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	NTSTATUS status = pnpn_symbolic_link_to_user(wide, &name);
	if (!NT_SUCCESS(status))
		return status;
	pnpn_bus_lock();
	struct symbolic_link *link = link_find(name);
	if (link) {
		struct pnpn_node *owner = link_owner(link);
		if (owner)
			link_withdraw(link, owner);
		RemoveEntryList(&link->entry);
		link_free(link);
	}
	pnpn_bus_unlock();
	free(name);
	return link ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* One at a time: asking the manager needs the lock. */
static bool link_next_loose(struct symbolic_link **ret_link, UNICODE_STRING *ret_target)
{
	bool found = false;

	pnpn_bus_lock();
	for (PLIST_ENTRY e = links.Flink; e != &links && !found; e = e->Flink) {
		struct symbolic_link *link = link_at(e);
		if (link->settled)
			continue;
		link->settled = true;
		*ret_link = link;
		*ret_target = link->target;
		found = true;
	}
	pnpn_bus_unlock();
	return found;
}

void pnpn_symbolic_links_settle(void)
{
	struct symbolic_link *link;
	UNICODE_STRING target;

	while (link_next_loose(&link, &target)) {
		if (!NT_SUCCESS(pnpn_legacy_publish(&target)))
			continue;
		pnpn_bus_lock();
		(void)link_publish(link, link_find_node(link));
		pnpn_bus_unlock();
	}
}

void pnpn_symbolic_links_free(void)
{
	while (!IsListEmpty(&links))
		link_free(link_at(RemoveHeadList(&links)));
}
