/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fleet/follow.h"
#include "fleet/mirror.h"
#include "fleet/options.h"
#include "fleet/remote.h"

/* How often silence is looked for. */
#define TICK_MS 250

struct mirror {
	const struct pnpn_fleet_options *options;
	pthread_mutex_t lock; /* protects all of it: the library's threads bring what happens */
	struct pnpn_link link;
	struct pnpn_remote remote;
	struct pnpn_follow hosts, devices, events;
	uint64_t refused; /* messages that were none */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* --- what comes, in the library's threads ------------------------------------------------------------ */

/* Not this machine itself, and one that was asked for. */
static bool is_wanted(const struct mirror *mirror, const char *host)
{
	return strcmp(host, mirror->options->host) != 0 &&
	       pnpn_words_match(&mirror->options->hosts, host);
}

/* The host that a bucket's key begins with, up to its end or a dot. */
static struct pnpn_remote_host *host_of(struct mirror *mirror, const char *key)
{
	char name[PNPN_HOST_BYTES];
	size_t length = strcspn(key, ".");

	if (length >= sizeof(name))
		return NULL;
	memcpy(name, key, length);
	name[length] = 0;
	return is_wanted(mirror, name) ? pnpn_remote_find(&mirror->remote, name, true) : NULL;
}

static void take_host(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct mirror *mirror = userdata;
	const char *key = natsMsg_GetSubject(message) + strlen(PNPN_FLEET_HOSTS);
	struct pnpn_remote_host *host = host_of(mirror, key);

	if (!host || strchr(key, '.'))
		return;
	if (pnpn_link_is_deletion(message))
		pnpn_remote_host_absent(&mirror->remote, host);
	else
		pnpn_remote_host_present(&mirror->remote, host, now_ms());
}

static void take_device(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct mirror *mirror = userdata;
	const char *key = natsMsg_GetSubject(message) + strlen(PNPN_FLEET_DEVICES);
	struct pnpn_remote_host *host = host_of(mirror, key);
	const char *token = strchr(key, '.');
	char id[PNPN_INSTANCE_ID_BYTES];

	if (!host || !token || pnpn_token_decode(token + 1, strlen(token + 1), id, sizeof(id)) < 0)
		return;
	if (pnpn_link_is_deletion(message))
		pnpn_remote_left(host, id, now_ms());
	else if (pnpn_words_match(&mirror->options->devices, id))
		pnpn_remote_described(&mirror->remote, host, natsMsg_GetData(message),
				      (size_t)natsMsg_GetDataLength(message));
}

static void take_message(struct mirror *mirror, natsMsg *message)
{
	struct pnpn_fleet_message event;

	if (pnpn_link_read(message, &event) < 0) {
		if (!mirror->refused++)
			fputs("pnpnotify-fleet: a message that is none of ours; it is ignored, as "
			      "others are from now on\n",
			      stderr);
		return;
	}
	if (!is_wanted(mirror, event.host) ||
	    !pnpn_words_match(&mirror->options->devices, event.device))
		return;
	struct pnpn_remote_host *host = pnpn_remote_find(&mirror->remote, event.host, true);
	if (!host)
		return;
	/* Who was silent and has something to say is heard, for as long as everybody is. */
	if (!host->heard_ms)
		pnpn_remote_host_present(&mirror->remote, host, now_ms());
	pnpn_remote_take(&mirror->remote, host, &event);
}

static void take_event(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct mirror *mirror = userdata;

	take_message(mirror, message);
	pnpn_ledger_set_place(&mirror->remote.ledger, sequence);
}

/* --- the loop -------------------------------------------------------------------------------------- */

static void tick(struct mirror *mirror)
{
	int64_t now = now_ms(), limit = (int64_t)mirror->options->limit * 1000;

	pnpn_list_for_each_safe (link, after, &mirror->remote.hosts) {
		struct pnpn_remote_host *host = pnpn_list_entry(link, struct pnpn_remote_host,
								link);
		if (host->heard_ms && now - host->heard_ms > limit) {
			fprintf(stderr, "pnpnotify-fleet: %s is silent: its devices go\n",
				host->name);
			pnpn_remote_host_absent(&mirror->remote, host);
		}
		pnpn_remote_sweep(&mirror->remote, host, now);
	}
	pnpn_follow_tend(&mirror->hosts);
	pnpn_follow_tend(&mirror->devices);
	pnpn_follow_tend(&mirror->events);
}

static void dispatch(struct mirror *mirror)
{
	const struct pnpn_event *event;

	(void)pnpn_dispatch(mirror->remote.connection);
	while (pnpn_next_event(mirror->remote.connection, &event) > 0)
		if (pnpn_event_get_kind(event) == PNPN_EVENT_CONNECTED)
			pnpn_remote_restore(&mirror->remote);
}

static void serve(struct mirror *mirror, int stop_fd)
{
	struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN},
			       {.fd = pnpn_get_fd(mirror->remote.connection), .events = POLLIN}};
	int64_t ticked = 0;

	while (!fds[0].revents) {
		(void)poll(fds, 2, TICK_MS);
		pthread_mutex_lock(&mirror->lock);
		if (fds[1].revents)
			dispatch(mirror);
		if (now_ms() - ticked >= TICK_MS) {
			ticked = now_ms();
			tick(mirror);
		}
		pthread_mutex_unlock(&mirror->lock);
	}
}

static struct pnpn_follow follow(struct mirror *mirror, const char *stream, const char *subject,
				 void (*take)(void *userdata, natsMsg *message, uint64_t sequence))
{
	return (struct pnpn_follow){
		.link = &mirror->link,
		.stream = stream,
		.subject = subject,
		.lock = &mirror->lock,
		.take = take,
		.userdata = mirror,
	};
}

/* Where the mirror before this one ended; the first one begins with what comes. Returns 0; -EAGAIN. */
static int find_place(struct mirror *mirror)
{
	jsStreamInfo *info = NULL;
	int r = pnpn_link_prepare(&mirror->link, mirror->options);

	if (r < 0 ||
	    js_GetStreamInfo(&info, mirror->link.js, PNPN_FLEET_STREAM, NULL, NULL) != NATS_OK)
		return -EAGAIN;
	uint64_t place = pnpn_ledger_begin(&mirror->remote.ledger, (uint64_t)info->Created);
	if (!place) {
		place = info->State.LastSeq;
		pnpn_ledger_set_place(&mirror->remote.ledger, place);
	}
	mirror->events.next = place + 1;
	jsStreamInfo_Destroy(info);
	return 0;
}

static int begin(struct mirror *mirror, int stop_fd)
{
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
	bool told = false;

	while (find_place(mirror) < 0) {
		if (!told)
			fputs("pnpnotify-fleet: the servers have no stream yet; waiting\n", stderr);
		told = true;
		if (poll(&stop, 1, 500) > 0)
			return -EINTR;
	}
	pthread_mutex_lock(&mirror->lock);
	(void)pnpn_follow_start(&mirror->devices);
	(void)pnpn_follow_start(&mirror->hosts);
	(void)pnpn_follow_start(&mirror->events);
	pthread_mutex_unlock(&mirror->lock);
	fputs("pnpnotify-fleet: mirroring\n", stderr);
	return 0;
}

static int open_ledger(struct mirror *mirror)
{
	int r = pnpn_ledger_init(&mirror->remote.ledger, mirror->options->state);

	if (r < 0)
		fprintf(stderr, "pnpnotify-fleet: %s: %s\n", mirror->options->state,
			r == -EBUSY ? "another mirror has it" : strerror(-r));
	return r;
}

int pnpn_mirror(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop)
{
	static struct mirror mirror;

	mirror.options = options;
	pthread_mutex_init(&mirror.lock, NULL);
	pnpn_remote_init(&mirror.remote);
	mirror.remote.host_devices = options->host_devices;
	mirror.hosts = follow(&mirror, PNPN_FLEET_HOSTS_STREAM, PNPN_FLEET_HOSTS ">", take_host);
	mirror.devices = follow(&mirror, PNPN_FLEET_DEVICES_STREAM, PNPN_FLEET_DEVICES ">",
				take_device);
	mirror.events = follow(&mirror, PNPN_FLEET_STREAM, PNPN_FLEET_SUBJECTS, take_event);
	int r = open_ledger(&mirror);
	if (r >= 0)
		r = pnpn_connect_lasting(&mirror.remote.connection, options->address);
	if (r >= 0)
		r = pnpn_link_init(&mirror.link, options, options->host, stop);
	if (r >= 0)
		r = begin(&mirror, stop_fd);
	if (r >= 0)
		serve(&mirror, stop_fd);
	pnpn_follow_stop(&mirror.hosts);
	pnpn_follow_stop(&mirror.devices);
	pnpn_follow_stop(&mirror.events);
	pnpn_link_deinit(&mirror.link);
	pnpn_disconnect(mirror.remote.connection);
	pnpn_remote_deinit(&mirror.remote);
	return r < 0 && r != -EINTR ? 1 : 0;
}
