/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "manager/assignment.h"
#include "manager/estate.h"
#include "manager/limits.h"
#include "manager/listener.h"
#include "manager/node.h"
#include "manager/registration.h"
#include "manager/server.h"
#include "manager/setup.h"
#include "manager/user.h"
#include "manager/waker-thread.h"
#include "source/source-kernel.h"
#include "source/source.h"

int pnpn_server_new(struct pnpn_server **ret_server, sd_event *event)
{
	struct pnpn_server *server = calloc(1, sizeof(*server));

	if (!server)
		return -ENOMEM;
	server->event = event;
	server->query_usec = PNPN_QUERY_TIMEOUT_USEC;
	pnpn_tree_init(&server->tree, &pnpn_registration_watcher);
	pnpn_list_init(&server->registrations);
	pnpn_list_init(&server->users);
	pnpn_list_init(&server->assignments);
	int r = pnpn_estates_init(server);
	if (r >= 0)
		r = pnpn_waker_thread_start(&server->waker);
	if (r >= 0)
		r = sd_id128_randomize(&server->id);
	if (r < 0) {
		pnpn_server_free(server);
		return r;
	}
	pnpn_limits_read(server);
	*ret_server = server;
	return 0;
}

int pnpn_server_run(sd_event *event)
{
	int r;

	do
		r = sd_event_loop(event);
	while (r == -ENOMEM);
	return r;
}

struct pnpn_server *pnpn_server_free(struct pnpn_server *server)
{
	if (!server)
		return NULL;
	pnpn_source_free(server->source);
	pnpn_kernel_source_free(server->kernel_source);
	pnpn_estates_free(server);
	pnpn_listener_free(server->listener);
	pnpn_list_for_each_safe (link, after, &server->tree.devices)
		pnpn_node_free(pnpn_node_at(link));
	server->waker = pnpn_waker_thread_stop(server->waker);
	pnpn_users_free(server);
	pnpn_assignments_free(server);
	free(server->owners_path);
	free(server);
	return NULL;
}

void pnpn_server_set_query_limit(struct pnpn_server *server, uint64_t usec)
{
	server->query_usec = usec;
}
