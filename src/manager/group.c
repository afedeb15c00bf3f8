/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "manager/group.h"
#include "manager/node.h"
#include "manager/server.h"

static int group_new(struct pnpn_node *node, uid_t uid, struct pnpn_group **ret_group)
{
	struct pnpn_group *group = calloc(1, sizeof(*group));

	if (!group)
		return -ENOMEM;
	group->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (group->fd < 0) {
		int r = -errno;
		free(group);
		return r;
	}
	group->uid = uid;
	group->thread = node->server->waker;
	pnpn_waker_lock(group->thread);
	pnpn_list_append(&node->groups, &group->link);
	pnpn_waker_unlock(group->thread);
	*ret_group = group;
	return 0;
}

int pnpn_group_join(struct pnpn_node *node, uid_t uid, struct pnpn_group **ret_group)
{
	struct pnpn_group *found = NULL;

	pnpn_list_for_each_safe (link, after, &node->groups) {
		struct pnpn_group *group = pnpn_list_entry(link, struct pnpn_group, link);
		if (group->uid == uid && group->n_readers < PNPN_GROUP_READERS)
			found = group;
	}
	int r = found ? 0 : group_new(node, uid, &found);
	if (r < 0)
		return r;
	found->n_readers++;
	*ret_group = found;
	return 0;
}

struct pnpn_group *pnpn_group_leave(struct pnpn_group *group)
{
	if (!group || --group->n_readers)
		return NULL;
	pnpn_waker_lock(group->thread);
	pnpn_list_remove(&group->link);
	pnpn_waker_unlock(group->thread);
	close(group->fd);
	free(group);
	return NULL;
}
