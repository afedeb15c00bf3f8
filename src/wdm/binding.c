/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "core/list.h"
#include "wdm/binding.h"
#include "wdm/description.h"

struct binding {
	struct pnpn_list link;
	PDRIVER_OBJECT driver;
	char id[];
};

static struct pnpn_list bindings = {&bindings, &bindings};

NTSTATUS pnpn_binding_add(PDRIVER_OBJECT driver, const char *id)
{
	struct binding *binding = malloc(sizeof(*binding) + strlen(id) + 1);

	if (!binding)
		return STATUS_INSUFFICIENT_RESOURCES;
	binding->driver = driver;
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

PDRIVER_OBJECT pnpn_binding_find(const struct pnpn_node *node)
{
	pnpn_list_for_each_safe (link, after, &bindings) {
		struct binding *binding = pnpn_list_entry(link, struct binding, link);
		if (pnpn_description_has_id(node->description, binding->id))
			return binding->driver;
	}
	return NULL;
}
