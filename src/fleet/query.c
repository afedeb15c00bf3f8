/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/port.h"
#include "fleet/follow.h"
#include "fleet/options.h"
#include "fleet/query.h"
#include "tool/json.h"

struct host {
	char name[PNPN_HOST_BYTES];
	uint64_t heard_ns;
	uint64_t begun, limit, accepted, waiting, lost;
};

struct hosts {
	const struct pnpn_fleet_options *options;
	struct host *hosts;
	size_t n;
};

/* --- hosts ------------------------------------------------------------------------------------------ */

/* The number behind a word at the beginning of a line. */
static uint64_t number_of(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *line = text; *line; line = strchrnul(line, '\n'), line += *line == '\n')
		if (strncmp(line, word, length) == 0 && line[length] == ' ')
			return strtoull(line + length + 1, NULL, 10);
	return 0;
}

static void read_host(struct host *host, natsMsg *message)
{
	char text[512] = "";
	size_t size = (size_t)natsMsg_GetDataLength(message);

	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, natsMsg_GetData(message), size);
	(void)pnpn_link_place(message, &host->heard_ns, NULL);
	host->begun = number_of(text, "begun");
	host->limit = number_of(text, "limit");
	host->accepted = number_of(text, "accepted");
	host->waiting = number_of(text, "waiting");
	host->lost = number_of(text, "lost");
}

static void take_host(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct hosts *hosts = userdata;
	const char *name = natsMsg_GetSubject(message) + strlen(PNPN_FLEET_HOSTS);

	if (pnpn_link_is_deletion(message) || !pnpn_host_is_valid(name) ||
	    !pnpn_words_match(&hosts->options->hosts, name))
		return;
	if (!(hosts->n & (hosts->n - 1))) {
		size_t room = hosts->n ? 2 * hosts->n : 1;
		struct host *more = reallocarray(hosts->hosts, room, sizeof(*more));
		if (!more)
			return;
		hosts->hosts = more;
	}
	struct host *host = &hosts->hosts[hosts->n++];
	snprintf(host->name, sizeof(host->name), "%s", name);
	read_host(host, message);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct host *)a)->name, ((const struct host *)b)->name);
}

static void print_host_json(const struct host *host)
{
	struct pnpn_json json = {0};

	pnpn_json_begin(&json, '{');
	pnpn_json_add_string(&json, "host", host->name);
	pnpn_json_add_unsigned(&json, "begun_ns", host->begun);
	pnpn_json_add_unsigned(&json, "heard_ns", host->heard_ns);
	pnpn_json_add_unsigned(&json, "published", host->accepted);
	pnpn_json_add_unsigned(&json, "waiting", host->waiting);
	pnpn_json_add_unsigned(&json, "lost", host->lost);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

static void print_hosts(const struct hosts *hosts)
{
	uint64_t now = pnpn_port_now();

	if (!hosts->options->json)
		printf("%-32s %10s %12s %10s %10s\n", "HOST", "HEARD", "PUBLISHED", "WAITING",
		       "LOST");
	for (size_t i = 0; i < hosts->n; i++) {
		const struct host *host = &hosts->hosts[i];
		uint64_t ago = now > host->heard_ns ? (now - host->heard_ns) / 1000000000 : 0;
		if (hosts->options->json)
			print_host_json(host);
		else
			printf("%-32s %8" PRIu64 " s %12" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
			       host->name, ago, host->accepted, host->waiting, host->lost);
	}
}

static int failed(const char *what)
{
	fprintf(stderr, "pnpnotify-fleet: %s: the servers do not say\n", what);
	return 1;
}

static bool has_stream(struct pnpn_link *link)
{
	if (pnpn_link_look(link, PNPN_FLEET_STREAM) != NATS_NOT_FOUND)
		return true;
	fputs("pnpnotify-fleet: there is no fleet yet; start one: pnpnotify-fleet run --publish\n",
	      stderr);
	return false;
}

int pnpn_query_hosts(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop)
{
	struct hosts hosts = {.options = options};
	struct pnpn_link link;
	int r = pnpn_link_init(&link, options, "pnpnotify fleet hosts", NULL);

	if (r >= 0 && !has_stream(&link))
		r = -ENOENT;
	if (r >= 0) {
		r = pnpn_follow_read(&link, PNPN_FLEET_HOSTS_STREAM, PNPN_FLEET_HOSTS ">",
				     take_host, &hosts);
		if (r < 0)
			(void)failed("hosts");
	}
	if (r >= 0 && hosts.n)
		qsort(hosts.hosts, hosts.n, sizeof(*hosts.hosts), by_name);
	if (r >= 0)
		print_hosts(&hosts);
	pnpn_link_deinit(&link);
	free(hosts.hosts);
	return r < 0 ? 1 : 0;
}

/* --- status ----------------------------------------------------------------------------------------- */

static void print_stream(const struct pnpn_fleet_options *options, const char *name,
			 const jsStreamInfo *info)
{
	const jsStreamState *state = &info->State;
	const char *leader = info->Cluster && info->Cluster->Leader ? info->Cluster->Leader : "";
	struct pnpn_json json = {0};

	if (!options->json) {
		printf("%-18s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 " %12" PRIu64 " %8" PRId64
		       " %s\n",
		       name, state->Msgs, state->Bytes, state->FirstSeq, state->LastSeq,
		       info->Config->Replicas, leader);
		return;
	}
	pnpn_json_begin(&json, '{');
	pnpn_json_add_string(&json, "stream", name);
	pnpn_json_add_unsigned(&json, "messages", state->Msgs);
	pnpn_json_add_unsigned(&json, "bytes", state->Bytes);
	pnpn_json_add_unsigned(&json, "first", state->FirstSeq);
	pnpn_json_add_unsigned(&json, "last", state->LastSeq);
	pnpn_json_add_unsigned(&json, "replicas", (uint64_t)info->Config->Replicas);
	pnpn_json_add_string(&json, "leader", leader);
	pnpn_json_end(&json, '}');
	putchar('\n');
}

int pnpn_query_status(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop)
{
	static const char *const streams[] = {PNPN_FLEET_STREAM, PNPN_FLEET_HOSTS_STREAM,
					      PNPN_FLEET_DEVICES_STREAM};
	struct pnpn_link link;
	int r = pnpn_link_init(&link, options, "pnpnotify fleet status", NULL);

	if (r >= 0 && !has_stream(&link))
		r = -ENOENT;
	if (r >= 0 && !options->json)
		printf("%-18s %12s %14s %12s %12s %8s %s\n", "STREAM", "MESSAGES", "BYTES", "FIRST",
		       "LAST", "REPLICAS", "LEADER");
	for (size_t i = 0; r >= 0 && i < sizeof(streams) / sizeof(streams[0]); i++) {
		jsStreamInfo *info = NULL;
		r = js_GetStreamInfo(&info, link.js, streams[i], NULL, NULL) == NATS_OK ? 0
											: -EAGAIN;
		if (r >= 0)
			print_stream(options, streams[i], info);
		else
			(void)failed(streams[i]);
		jsStreamInfo_Destroy(info);
	}
	pnpn_link_deinit(&link);
	return r < 0 ? 1 : 0;
}
