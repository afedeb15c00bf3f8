/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "core/name.h"
#include "core/protocol.h"
#include "manager/family.h"
#include "manager/node.h"
#include "manager/path.h"
#include "manager/peer.h"
#include "manager/server.h"

int pnpn_family_find(struct pnpn_server *server, const char *name, struct pnpn_node **ret_node)
{
	struct pnpn_node *node = NULL;

	if (!pnpn_name_equal(name, PNPN_ROOT_ID)) {
		node = pnpn_node_find(server, name);
		if (!node)
			return -ENOENT;
	}
	*ret_node = node;
	return 0;
}

/* The started device at exactly that path. */
static struct pnpn_node *find_at(struct pnpn_server *server, const char *path)
{
	pnpn_map_for_each (link, &server->syspaths, path) {
		struct pnpn_node *node = pnpn_list_entry(link, struct pnpn_node, by_syspath);
		if (strcmp(link->name, path) == 0 && node->entry.started)
			return node;
	}
	return NULL;
}

/* The nearest device above; NULL is the root. */
static struct pnpn_node *find_parent(const struct pnpn_node *node)
{
	char path[PNPN_PATH_BYTES];
	struct pnpn_node *parent = NULL;

	if (node->parent)
		return node->parent;
	if (!node->syspath || strlen(node->syspath) >= sizeof(path))
		return NULL;
	strcpy(path, node->syspath);
	for (char *slash; !parent && (slash = strrchr(path, '/'));) {
		*slash = 0;
		parent = find_at(node->server, path);
	}
	return parent;
}

const char *pnpn_family_parent_id(const struct pnpn_node *node)
{
	const struct pnpn_node *parent = find_parent(node);

	return parent ? parent->entry.id : PNPN_ROOT_ID;
}

/* In the order in which they came. */
static const char *find_next(struct pnpn_server *server, const struct pnpn_node *parent,
			     const struct pnpn_node *after_node)
{
	pnpn_list_for_each_safe (link, after, &server->tree.devices) {
		const struct pnpn_node *node = pnpn_node_at(link);
		if (node->entry.started &&
		    (!after_node || node->entry.number > after_node->entry.number) &&
		    find_parent(node) == parent)
			return node->entry.id;
	}
	return "";
}

int pnpn_family_answer(struct pnpn_peer *peer, sd_bus_message *call, const char *parent,
		       const char *after)
{
	struct pnpn_node *parent_node, *after_node = NULL;
	int r = pnpn_family_find(peer->server, parent, &parent_node);

	if (r >= 0 && *after)
		r = pnpn_family_find(peer->server, after, &after_node);
	if (r < 0)
		return r;
	return sd_bus_reply_method_return(call, "s",
					  find_next(peer->server, parent_node, after_node));
}
