/* SPDX-License-Identifier: MIT */
/* One entry for each device that was there when devices were last listed. */
#include <errno.h>
#include <pthread.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/list.h"
#include "core/protocol.h"
#include "win32/connect.h"
#include "win32/devinst.h"

struct devinst {
	struct pnpn_list link; /* of all; the tree has them, too */
	DEVINST number;
	uint64_t seen; /* the time at which it was last there */
	char instance_id[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_list entries = {&entries, &entries};
static void *tree;
static DEVINST last;
static uint64_t now; /* lists that were begun or numbered so far */

static int compare(const void *a, const void *b)
{
	const struct devinst *one = a, *other = b;

	return strcasecmp(one->instance_id, other->instance_id);
}

/* With the lock held. */
static struct devinst *add(const char *instance_id)
{
	size_t bytes = strlen(instance_id) + 1;
	struct devinst *fresh = malloc(sizeof(*fresh) + bytes);

	if (!fresh)
		return NULL;
	memcpy(fresh->instance_id, instance_id, bytes);
	struct devinst **found = tsearch(fresh, &tree, compare);
	if (!found || *found != fresh) {
		free(fresh);
	} else {
		fresh->number = ++last;
		pnpn_list_append(&entries, &fresh->link);
	}
	return found ? *found : NULL;
}

/* With the lock held. Two lists at a time: what the other one named after this one began may be news. */
static void forget_before(uint64_t begun)
{
	pnpn_list_for_each_safe (link, after, &entries) {
		struct devinst *entry = pnpn_list_entry(link, struct devinst, link);
		if (entry->seen > begun || strcmp(entry->instance_id, PNPN_ROOT_ID) == 0)
			continue;
		tdelete(entry, &tree, compare);
		pnpn_list_remove(&entry->link);
		free(entry);
	}
}

/* Before the devices are listed: what the list will not name and was known by then has gone. */
static uint64_t begin(void)
{
	pthread_mutex_lock(&lock);
	uint64_t begun = ++now;
	pthread_mutex_unlock(&lock);
	return begun;
}

/* NULL without memory. */
static DEVINST *number(const struct pnpn_device_list *list, uint64_t begun)
{
	size_t count = pnpn_device_list_get_size(list);
	DEVINST *numbers = calloc(count + 1, sizeof(*numbers));
	bool sound = numbers;

	pthread_mutex_lock(&lock);
	now++;
	for (size_t i = 0; sound && i < count; i++) {
		struct devinst *entry = add(pnpn_device_info_get_id(pnpn_device_list_get(list, i)));
		sound = entry;
		if (entry) {
			entry->seen = now;
			numbers[i] = entry->number;
		}
	}
	if (sound)
		forget_before(begun);
	pthread_mutex_unlock(&lock);
	if (sound)
		return numbers;
	free(numbers);
	return NULL;
}

int pnpn_devinst_list(struct pnpn_device_list **ret_list, DEVINST **ret_numbers)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;
	int r = pnpn_win32_connect(&connection);

	if (r < 0)
		return r;
	uint64_t begun = begin();
	r = pnpn_list_devices(connection, &list);
	pnpn_disconnect(connection);
	if (r < 0)
		return r;
	DEVINST *numbers = number(list, begun);
	if (!numbers) {
		pnpn_device_list_free(list);
		return -ENOMEM;
	}
	*ret_list = list;
	*ret_numbers = numbers;
	return 0;
}

DEVINST pnpn_devinst_get(const char *instance_id)
{
	pthread_mutex_lock(&lock);
	struct devinst *entry = add(instance_id);
	if (entry)
		entry->seen = ++now;
	DEVINST got = entry ? entry->number : 0;
	pthread_mutex_unlock(&lock);
	return got;
}

int pnpn_devinst_find(DEVINST wanted, char **ret_id)
{
	int r = -EBADF;

	pthread_mutex_lock(&lock);
	pnpn_list_for_each_safe (link, after, &entries) {
		const struct devinst *entry = pnpn_list_entry(link, struct devinst, link);
		if (entry->number != wanted)
			continue;
		char *copy = strdup(entry->instance_id);
		r = copy ? 0 : -ENOMEM;
		if (copy)
			*ret_id = copy;
		break;
	}
	pthread_mutex_unlock(&lock);
	return r;
}
