/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/remote.h"

/* Hosts that a mirror knows: beyond, only what its servers let pass could bring more. */
#define HOSTS_MAX 65536

/* So many devices that can't be mirrored are told one by one. */
#define FAILURES_SAID 10

/* After so long the removal of a device that left its bucket is not waited for any more. */
#define LEFT_MS 5000

/* --- hosts ------------------------------------------------------------------------------------------ */

void pnpn_remote_init(struct pnpn_remote *remote)
{
	*remote = (struct pnpn_remote){.ledger.fd = -1};
	pnpn_list_init(&remote->hosts);
}

static void device_free(struct pnpn_remote_device *device)
{
	pnpn_list_remove(&device->link);
	device->host->n_devices--;
	free(device->id);
	free(device->text);
	free(device);
}

void pnpn_remote_deinit(struct pnpn_remote *remote)
{
	pnpn_list_for_each_safe (link, after, &remote->hosts) {
		struct pnpn_remote_host *host = pnpn_list_entry(link, struct pnpn_remote_host,
								link);
		pnpn_list_for_each_safe (hold, after_hold, &host->devices)
			device_free(pnpn_list_entry(hold, struct pnpn_remote_device, link));
		pnpn_map_remove(&host->by_name);
		pnpn_list_remove(&host->link);
		free(host);
	}
	pnpn_ledger_deinit(&remote->ledger);
}

struct pnpn_remote_host *pnpn_remote_find(struct pnpn_remote *remote, const char *name, bool make)
{
	pnpn_map_for_each (link, &remote->by_name, name)
		if (strcmp(link->name, name) == 0)
			return pnpn_list_entry(link, struct pnpn_remote_host, by_name);
	if (!make || !pnpn_host_is_valid(name) || remote->n_hosts >= HOSTS_MAX)
		return NULL;

	struct pnpn_remote_host *host = calloc(1, sizeof(*host));
	if (!host)
		return NULL;
	strcpy(host->name, name);
	pnpn_list_init(&host->devices);
	pnpn_list_append(&remote->hosts, &host->link);
	pnpn_map_add(&remote->by_name, &host->by_name, host->name);
	remote->n_hosts++;
	return host;
}

/* --- devices ---------------------------------------------------------------------------------------- */

static struct pnpn_remote_device *find_device(struct pnpn_remote_host *host, const char *id)
{
	pnpn_list_for_each_safe (link, after, &host->devices) {
		struct pnpn_remote_device *device = pnpn_list_entry(link, struct pnpn_remote_device,
								    link);
		if (strcmp(device->id, id) == 0)
			return device;
	}
	return NULL;
}

/* One more of a host, within its share (D10, F6). */
static struct pnpn_remote_device *get_device(struct pnpn_remote *remote,
					     struct pnpn_remote_host *host, const char *id)
{
	struct pnpn_remote_device *device = find_device(host, id);

	if (device)
		return device;
	if (host->n_devices >= remote->host_devices) {
		if (!host->full)
			fprintf(stderr,
				"pnpnotify-fleet: %s has more than %" PRIu64
				" devices: the others are not mirrored\n",
				host->name, remote->host_devices);
		host->full = true;
		return NULL;
	}
	device = calloc(1, sizeof(*device));
	char *copy = strdup(id);
	if (!device || !copy) {
		free(device);
		free(copy);
		return NULL;
	}
	device->host = host;
	device->id = copy;
	host->n_devices++;
	pnpn_list_append(&host->devices, &device->link);
	return device;
}

static void remove_here(struct pnpn_remote_device *device)
{
	device->device = pnpn_device_remove(device->device);
	device->failed = false;
}

static void forget(struct pnpn_remote *remote, struct pnpn_remote_device *device)
{
	remove_here(device);
	pnpn_ledger_forget(&remote->ledger, device->host->name, device->id);
	device_free(device);
}

/* The instance id here: the host in capitals, the other machine's id as in a subject (docs/fleet.md). */
static int format_id(const struct pnpn_remote_device *device, char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	char token[3 * PNPN_INSTANCE_ID_BYTES];
	int r = pnpn_token_encode(device->id, "", token, sizeof(token));

	if (r < 0)
		return r;
	r = snprintf(ret_id, PNPN_INSTANCE_ID_BYTES, "FLEET\\%s\\%s", device->host->name, token);
	return r < PNPN_INSTANCE_ID_BYTES ? 0 : -ENAMETOOLONG;
}

/* \\.\sda there is \\.\alpha.sda here. One that somebody has is his. */
static void add_link(struct pnpn_remote_device *device, const char *link)
{
	char name[PNPN_NAME_BYTES];
	int length = snprintf(name, sizeof(name), "\\\\.\\%s.%s", device->host->name,
			      link + strlen("\\\\.\\"));

	if (length < (int)sizeof(name))
		(void)pnpn_device_add_link(device->device, name);
}

static void enable(struct pnpn_device *device, const struct pnpn_guid *class, const char *reference)
{
	char *name = NULL;

	if (pnpn_device_add_interface(device, class, reference, &name) >= 0)
		(void)pnpn_device_enable_interface(device, name, true);
	free(name);
}

static void add_names(struct pnpn_remote_device *device)
{
	static struct pnpn_description description;

	if (!device->text ||
	    pnpn_description_decode(device->text, strlen(device->text), &description) < 0)
		return;
	for (size_t i = 0; i < description.n_links; i++)
		add_link(device, description.links[i]);
	for (size_t i = 0; i < description.n_interfaces; i++)
		enable(device->device, &description.interfaces[i].class,
		       description.interfaces[i].reference);
}

/* Others' devices are many: what is wrong is known after some of them. */
static void say_failed(struct pnpn_remote *remote, struct pnpn_remote_device *device, int error)
{
	if (!device->failed && remote->n_failed < FAILURES_SAID) {
		remote->n_failed++;
		fprintf(stderr, "pnpnotify-fleet: %s of %s can't be mirrored: %s%s\n", device->id,
			device->host->name, strerror(-error),
			remote->n_failed == FAILURES_SAID ? "; more of them are not told" : "");
	}
	device->failed = true;
}

/* The number of the event before the first that the device will have here. */
static uint64_t number_before(struct pnpn_remote *remote, const struct pnpn_remote_device *device,
			      const struct pnpn_fleet_message *message)
{
	const struct pnpn_ledger_row *row = pnpn_ledger_find(&remote->ledger, device->host->name,
							     device->id, false);

	if (row && row->since == device->since)
		return row->sequence;
	if (!message || message->kind != PNPN_EVENT_CUSTOM || message->lost >= message->sequence)
		return UINT64_MAX;
	return message->sequence - message->lost - 1;
}

/* A device here, because of a message or without one. */
static void make_here(struct pnpn_remote *remote, struct pnpn_remote_device *device,
		      const struct pnpn_fleet_message *message)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	int r = format_id(device, id);

	if (r >= 0)
		r = pnpn_device_new(remote->connection, id, &device->device);
	if (r < 0) {
		say_failed(remote, device, r);
		return;
	}
	(void)pnpn_device_set_sequence(device->device, number_before(remote, device, message));
	if (device->text)
		add_names(device);
	for (size_t i = 0; !device->text && message && i < message->n_classes; i++)
		enable(device->device, &message->classes[i], NULL);
	r = pnpn_device_start(device->device);
	if (r < 0) {
		say_failed(remote, device, r);
		remove_here(device);
	}
}

/* --- presence --------------------------------------------------------------------------------------- */

static void make_all(struct pnpn_remote *remote, struct pnpn_remote_host *host)
{
	pnpn_list_for_each_safe (link, after, &host->devices) {
		struct pnpn_remote_device *device = pnpn_list_entry(link, struct pnpn_remote_device,
								    link);
		if (!device->device && device->text && !device->left_ms)
			make_here(remote, device, NULL);
	}
}

void pnpn_remote_host_present(struct pnpn_remote *remote, struct pnpn_remote_host *host,
			      int64_t now_ms)
{
	bool absent = !host->heard_ms;

	host->heard_ms = now_ms;
	if (absent)
		make_all(remote, host);
}

void pnpn_remote_restore(struct pnpn_remote *remote)
{
	remote->n_failed = 0;
	pnpn_list_for_each_safe (link, after, &remote->hosts) {
		struct pnpn_remote_host *host = pnpn_list_entry(link, struct pnpn_remote_host,
								link);
		if (host->heard_ms)
			make_all(remote, host);
	}
}

void pnpn_remote_host_absent(struct pnpn_remote *remote, struct pnpn_remote_host *host)
{
	host->heard_ms = 0;
	host->full = false;
	pnpn_list_for_each_safe (link, after, &host->devices)
		remove_here(pnpn_list_entry(link, struct pnpn_remote_device, link));
}

/* --- what is said of them --------------------------------------------------------------------------- */

/* Another device of that name than the one before, or the first: it is made anew. */
static void set_since(struct pnpn_remote *remote, struct pnpn_remote_device *device, uint64_t since)
{
	if (device->since == since)
		return;
	remove_here(device);
	device->since = since;
}

void pnpn_remote_described(struct pnpn_remote *remote, struct pnpn_remote_host *host,
			   const char *text, size_t size)
{
	static struct pnpn_description description;

	if (pnpn_description_decode(text, size, &description) < 0)
		return;
	struct pnpn_remote_device *device = get_device(remote, host, description.device);
	char *copy = device ? strndup(text, size) : NULL;
	if (!copy)
		return;
	/* An older one is in the stream still: it has its turn there. */
	if (!device->device)
		device->since = description.since;
	free(device->text);
	device->text = copy;
	device->left_ms = 0;
	if (!host->heard_ms)
		return;
	if (device->device)
		add_names(device);
	else
		make_here(remote, device, NULL);
}

void pnpn_remote_left(struct pnpn_remote_host *host, const char *id, int64_t now_ms)
{
	struct pnpn_remote_device *device = find_device(host, id);

	if (device)
		device->left_ms = now_ms;
}

void pnpn_remote_sweep(struct pnpn_remote *remote, struct pnpn_remote_host *host, int64_t now_ms)
{
	pnpn_list_for_each_safe (link, after, &host->devices) {
		struct pnpn_remote_device *device = pnpn_list_entry(link, struct pnpn_remote_device,
								    link);
		if (device->left_ms && now_ms - device->left_ms > LEFT_MS)
			forget(remote, device);
	}
}

/* --- what happens on them --------------------------------------------------------------------------- */

static void report(struct pnpn_remote *remote, struct pnpn_remote_device *device,
		   const struct pnpn_fleet_message *message)
{
	struct pnpn_ledger_row *row = pnpn_ledger_find(&remote->ledger, device->host->name,
						       device->id, true);

	if (row && row->since == message->since && message->sequence <= row->sequence)
		return;
	if (device->device && pnpn_device_report_as(device->device, &message->guid, message->data,
						    message->size, message->name_offset,
						    message->sequence, message->time) == -ENODEV)
		return;
	if (!row)
		return;
	row->sequence = message->sequence;
	row->since = message->since;
}

static void disable(struct pnpn_remote_device *device, const struct pnpn_fleet_message *message)
{
	char *name = NULL;

	/* By what was there before: its name here. */
	if (device->device &&
	    pnpn_device_add_interface(device->device, &message->guid,
				      pnpn_description_reference(message->interface), &name) >= 0)
		(void)pnpn_device_enable_interface(device->device, name, false);
	free(name);
}

static void take_arrival(struct pnpn_remote *remote, struct pnpn_remote_device *device,
			 const struct pnpn_fleet_message *message)
{
	if (message->size)
		pnpn_remote_described(remote, device->host, message->data, message->size);
}

void pnpn_remote_take(struct pnpn_remote *remote, struct pnpn_remote_host *host,
		      const struct pnpn_fleet_message *message)
{
	bool removed = message->kind == PNPN_EVENT_DEVICE_REMOVED;
	struct pnpn_remote_device *device = removed ? find_device(host, message->device)
						    : get_device(remote, host, message->device);

	if (!device)
		return;
	if (removed) {
		if (device->since == message->since)
			forget(remote, device);
		return;
	}
	set_since(remote, device, message->since);
	if (message->kind == PNPN_EVENT_INTERFACE_ARRIVED ||
	    message->kind == PNPN_EVENT_DEVICE_ARRIVED)
		take_arrival(remote, device, message);
	if (!device->device)
		make_here(remote, device, message);
	if (message->kind == PNPN_EVENT_INTERFACE_REMOVED)
		disable(device, message);
	if (message->kind == PNPN_EVENT_CUSTOM)
		report(remote, device, message);
}
