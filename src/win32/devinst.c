/* SPDX-License-Identifier: MIT */
/* One entry for each device that this process ever looked at: programs keep the numbers. */
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "win32/devinst.h"

struct devinst {
	DEVINST number;
	char instance_id[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *tree;
static DEVINST last;

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
	if (!found || *found != fresh)
		free(fresh);
	else
		fresh->number = ++last;
	return found ? *found : NULL;
}

DEVINST pnpn_devinst_get(const char *instance_id)
{
	pthread_mutex_lock(&lock);
	const struct devinst *entry = add(instance_id);
	DEVINST number = entry ? entry->number : 0;
	pthread_mutex_unlock(&lock);
	return number;
}
