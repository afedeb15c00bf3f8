/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "wdm/description.h"
#include "wdm/irp.h"
#include "wdm/relations.h"
#include "wdm/verifier.h"

/* A device that was removed in order and is named on is that one still, and stays away until its bus missed it. */
static struct pnpn_node *find(const struct pnpn_node *bus, PDEVICE_OBJECT pdo)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);

	return node && node->parent == bus && node->reported ? node : NULL;
}

/* What can't be told from another one is told as missing memory is: it is not there. */
static void add(struct pnpn_node *bus, PDEVICE_OBJECT pdo)
{
	struct pnpn_description *description;
	struct pnpn_node *node;

	if (!NT_SUCCESS(pnpn_description_new(pdo, bus->id, &description)))
		return;
	if (pnpn_node_from_id(description->id)) {
		fprintf(stderr, "pnpnotify host: %s: there is a device of that name already\n",
			description->id);
		pnpn_description_free(description);
	} else if (!NT_SUCCESS(
			   pnpn_node_new_child(description->id, bus, pdo, description, &node))) {
		fprintf(stderr, "pnpnotify host: %s: there is no memory for it\n", description->id);
		pnpn_description_free(description);
	}
}

static void take(struct pnpn_node *bus, PDEVICE_OBJECT pdo)
{
	struct pnpn_node *node = find(bus, pdo);

	if (node && node->seen)
		pnpn_verifier_broken("IRP_MN_QUERY_DEVICE_RELATIONS", "%s is named twice",
				     node->id);
	else if (node)
		node->seen = true;
	else
		add(bus, pdo);
	ObDereferenceObject(pdo);
}

static void forget_seen(struct pnpn_node *bus)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (node->parent == bus)
			node->seen = false;
}

static void note_reported(struct pnpn_node *bus)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (node->parent == bus)
			node->reported = node->seen;
}

bool pnpn_relations_query(struct pnpn_node *bus)
{
	const IO_STACK_LOCATION parameters = {.Parameters.QueryDeviceRelations.Type = BusRelations};
	ULONG_PTR information = 0;
	NTSTATUS status = pnpn_irp_send_pnp(bus->pdo, IRP_MN_QUERY_DEVICE_RELATIONS,
					    STATUS_NOT_SUPPORTED, &parameters, &information);

	if (!NT_SUCCESS(status))
		return false;
	PDEVICE_RELATIONS relations = (PDEVICE_RELATIONS)information;
	forget_seen(bus);
	for (ULONG i = 0; relations && i < relations->Count; i++)
		take(bus, relations->Objects[i]);
	note_reported(bus);
	if (relations)
		ExFreePool(relations);
	return true;
}
