/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "core/list.h"
#include "wdm/binding.h"
#include "wdm/description.h"

struct binding {
	struct pnpn_list link;
	PDRIVER_OBJECT driver;
	bool filter;
	char id[];
};

static struct pnpn_list bindings = {&bindings, &bindings};

NTSTATUS pnpn_binding_add(PDRIVER_OBJECT driver, const char *id, bool filter)
{
	struct binding *binding = malloc(sizeof(*binding) + strlen(id) + 1);

	if (!binding)
		return STATUS_INSUFFICIENT_RESOURCES;
	binding->driver = driver;
	binding->filter = filter;
	strcpy(binding->id, id);
	pnpn_list_append(&bindings, &binding->link);
	return STATUS_SUCCESS;
}

void pnpn_binding_drop(PDRIVER_OBJECT driver)
{
	pnpn_list_for_each_safe (link, after, &bindings) {
		struct binding *binding = pnpn_list_entry(link, struct binding, link);
		if (binding->driver != driver)
			continue;
		pnpn_list_remove(link);
		free(binding);
	}
}

/* ROOT\HELLO and ROOT\HELLO\0000. */
static bool root_has_id(const char *own, const char *id)
{
	char device[PNPN_INSTANCE_ID_BYTES];

	strcpy(device, own);
	*strrchr(device, '\\') = 0;
	return pnpn_name_equal(own, id) || pnpn_name_equal(device, id);
}

static bool node_has_id(const struct pnpn_node *node, const char *id)
{
	return node->description ? pnpn_description_has_id(node->description, id)
				 : root_has_id(node->id, id);
}

PDRIVER_OBJECT pnpn_binding_find(const struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &bindings) {
		struct binding *binding = pnpn_list_entry(link, struct binding, link);
		if (!binding->filter && node_has_id(node, binding->id))
			return binding->driver;
	}
	return NULL;
}

PDRIVER_OBJECT pnpn_binding_next_filter(const struct pnpn_node *node, PDRIVER_OBJECT after_driver)
{
	bool past = !after_driver;

	pnpn_list_for_each_safe (link, after, &bindings) {
		struct binding *binding = pnpn_list_entry(link, struct binding, link);
		if (!binding->filter || !node_has_id(node, binding->id))
			continue;
		if (past && binding->driver != after_driver)
			return binding->driver;
		past |= binding->driver == after_driver;
	}
	return NULL;
}
