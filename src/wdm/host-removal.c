/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <pnpnotify.h>
#include "wdm/host-removal.h"
#include "wdm/node.h"

static struct {
	pthread_t thread;
	int done; /* eventfd; -1: it was not started */
	bool joined;
	struct pnpn_connection *connection; /* the thread's, until it is joined */
	char (*ids)[PNPN_INSTANCE_ID_BYTES]; /* the nodes may be freed meanwhile */
	size_t n_ids;
	bool failed; /* one could not even be asked for: the manager is gone, or has no room */
} removal = {.done = -1};

static void say_vetoed(const char *id, const struct pnpn_veto *veto)
{
	fprintf(stderr, "pnpnotify host: %s stays: process %u%s%s %s\n", id, veto->pid,
		*veto->who ? ", " : "", veto->who,
		veto->kind == PNPN_VETO_HANDLE ? "has it open, and is waited for"
					       : "does not agree; a second signal takes it away");
}

static void remove_device(const char *id)
{
	struct pnpn_veto veto;
	int r = pnpn_remove(removal.connection, id, 0, &veto, sizeof(veto));

	if (r == 1)
		say_vetoed(id, &veto);
	if (r == 1 && veto.kind == PNPN_VETO_HANDLE) {
		r = pnpn_remove(removal.connection, id, PNPN_REMOVE_WAIT, &veto, sizeof(veto));
		if (r == 1)
			say_vetoed(id, &veto);
	}
	/* Somebody else's removal is one. */
	if (r < 0 && r != -EALREADY)
		removal.failed = true;
}

static void *removal_main(void *unused)
{
	for (size_t i = 0; i < removal.n_ids; i++)
		remove_device(removal.ids[i]);
	eventfd_write(removal.done, 1);
	return NULL;
}

/* The newest first: what came later may use what was there before. What is without a PDO goes with its driver. */
static int copy_ids(void)
{
	size_t count = 0;

	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		count++;
	removal.ids = calloc(count + 1, sizeof(*removal.ids));
	if (!removal.ids)
		return -ENOMEM;
	removal.n_ids = 0;
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (!node->legacy && pnpn_node_get_state(node) == PNPN_NODE_STARTED)
			strcpy(removal.ids[removal.n_ids++], node->id);
	return 0;
}

static void deinit(void)
{
	removal.connection = pnpn_disconnect(removal.connection);
	free(removal.ids);
	removal.ids = NULL;
	if (removal.done >= 0)
		close(removal.done);
	removal.done = -1;
}

int pnpn_host_removal_start(const char *address)
{
	int r = copy_ids();

	removal.failed = removal.joined = false;
	if (r >= 0) {
		removal.done = eventfd(0, EFD_CLOEXEC);
		r = removal.done < 0 ? -errno : pnpn_connect(&removal.connection, address);
	}
	if (r >= 0)
		r = -pthread_create(&removal.thread, NULL, removal_main, NULL);
	if (r < 0)
		deinit();
	return r < 0 ? r : removal.done;
}

static void join(void)
{
	if (!removal.joined)
		pthread_join(removal.thread, NULL);
	removal.joined = true;
}

int pnpn_host_removal_get_fd(void)
{
	join();
	return pnpn_get_fd(removal.connection);
}

bool pnpn_host_removal_failed(void)
{
	join();
	return removal.failed || pnpn_dispatch(removal.connection) < 0 ||
	       pnpn_connection_get_error(removal.connection) < 0;
}

void pnpn_host_removal_stop(void)
{
	if (removal.done < 0)
		return;
	join();
	deinit();
}
