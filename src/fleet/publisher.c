/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/port.h"
#include "fleet/backlog.h"
#include "fleet/follow.h"
#include "fleet/known.h"
#include "fleet/options.h"
#include "fleet/publisher.h"

/* Events that are taken before the network has its turn. */
#define TURN 256

/* How long what waits may take to go when the program ends, in ms. */
#define LAST_MS 3000

struct publisher {
	const struct pnpn_fleet_options *options;
	struct pnpn_link link;
	struct pnpn_backlog backlog;
	struct pnpn_known known;
	struct pnpn_connection *connection;
	struct pnpn_device_list *list; /* the manager's, as of listed_ns */
	uint64_t listed_ns;
	uint64_t begun_ns;
	uint64_t lost; /* events that could not be published, in all */
	char boot[PNPN_GUID_STRING];
	int wake_fd;
	uint64_t presence_ns; /* when it was told last */
};

/* --- what the servers have ------------------------------------------------------------------------- */

static void take_description(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct publisher *publisher = userdata;
	const char *text = natsMsg_GetData(message);
	size_t size = (size_t)natsMsg_GetDataLength(message);
	struct pnpn_description description;

	if (pnpn_link_is_deletion(message) || pnpn_description_decode(text, size, &description) < 0)
		return;
	struct pnpn_known_device *device = pnpn_known_get(&publisher->known, description.device);
	if (!device)
		return;
	device->since = description.since;
	device->resumed = true;
	free(device->text);
	device->text = strndup(text, size);
}

static void take_last(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct publisher *publisher = userdata;
	struct pnpn_fleet_message event;

	if (pnpn_link_read(message, &event) < 0 || event.kind != PNPN_EVENT_CUSTOM)
		return;
	struct pnpn_known_device *device = pnpn_known_get(&publisher->known, event.device);
	if (!device || device->since != event.since || event.sequence < device->sequence)
		return;
	device->sequence = event.sequence;
	device->has_sequence = true;
}

static int read_servers(struct publisher *publisher)
{
	char subject[128];

	snprintf(subject, sizeof(subject), PNPN_FLEET_DEVICES "%s.>", publisher->options->host);
	int r = pnpn_follow_read(&publisher->link, PNPN_FLEET_DEVICES_STREAM, subject,
				 take_description, publisher);
	snprintf(subject, sizeof(subject), PNPN_FLEET_PREFIX "%s.>", publisher->options->host);
	if (r >= 0)
		r = pnpn_follow_read(&publisher->link, PNPN_FLEET_STREAM, subject, take_last,
				     publisher);
	return r;
}

/* --- what this machine has ------------------------------------------------------------------------- */

/* As the manager tells it, not older than an event that was just taken. */
static const struct pnpn_device_info *find_info(struct publisher *publisher, const char *id,
						uint64_t not_before)
{
	if (!publisher->list || publisher->listed_ns < not_before) {
		pnpn_device_list_free(publisher->list);
		publisher->list = NULL;
		publisher->listed_ns = pnpn_port_now();
		if (pnpn_list_devices(publisher->connection, &publisher->list) < 0)
			return NULL;
	}
	for (size_t i = 0; i < pnpn_device_list_get_size(publisher->list); i++) {
		const struct pnpn_device_info *info = pnpn_device_list_get(publisher->list, i);
		if (strcmp(pnpn_device_info_get_id(info), id) == 0 &&
		    pnpn_device_info_is_started(info))
			return info;
	}
	return NULL;
}

static void describe(const struct pnpn_device_info *info, struct pnpn_description *ret_description)
{
	struct pnpn_guid class;
	const char *name;
	bool enabled;

	memset(ret_description, 0, sizeof(*ret_description));
	snprintf(ret_description->device, sizeof(ret_description->device), "%s",
		 pnpn_device_info_get_id(info));
	ret_description->since = pnpn_device_info_get_since(info);
	for (size_t i = 0; i < PNPN_DESCRIPTION_NAMES && pnpn_device_info_get_link(info, i); i++)
		snprintf(ret_description->links[ret_description->n_links++], PNPN_NAME_BYTES, "%s",
			 pnpn_device_info_get_link(info, i));
	for (size_t i = 0; ret_description->n_interfaces < PNPN_DESCRIPTION_NAMES &&
			   (name = pnpn_device_info_get_interface(info, i, &class, &enabled));
	     i++) {
		if (!enabled)
			continue;
		size_t n = ret_description->n_interfaces++;
		ret_description->interfaces[n].class = class;
		snprintf(ret_description->interfaces[n].reference, PNPN_NAME_BYTES, "%s",
			 pnpn_description_reference(name));
	}
}

static bool is_wanted(const struct publisher *publisher, const struct pnpn_known_device *device)
{
	const struct pnpn_fleet_options *options = publisher->options;
	bool of_class = !options->classes.n;

	for (size_t i = 0; i < device->n_classes && !of_class; i++)
		of_class = pnpn_command_has_guid(&options->classes, &device->classes[i]);
	return of_class && pnpn_words_match(&options->devices, device->id);
}

/* --- publishing ------------------------------------------------------------------------------------ */

static void put(struct publisher *publisher, const struct pnpn_fleet_text *text, const void *data,
		size_t size, bool deletion)
{
	if (pnpn_backlog_add(&publisher->backlog, text, data, size, deletion) >= 0)
		return;
	publisher->lost++;
	fputs("pnpnotify-fleet: out of memory: one message less\n", stderr);
}

/* The bucket's key of a device: its description, or with NULL that it is gone. */
static void put_key(struct publisher *publisher, const struct pnpn_known_device *device,
		    const char *description)
{
	static struct pnpn_fleet_text text;

	memset(&text, 0, sizeof(text));
	snprintf(text.subject, sizeof(text.subject), PNPN_FLEET_DEVICES "%s.%s",
		 publisher->options->host, device->token);
	put(publisher, &text, description, description ? strlen(description) : 0, !description);
}

static void put_message(struct publisher *publisher, const struct pnpn_known_device *device,
			struct pnpn_fleet_message *message)
{
	static struct pnpn_fleet_text text;

	strcpy(message->host, publisher->options->host);
	strcpy(message->boot, publisher->boot);
	strcpy(message->device, device->id);
	message->since = device->since;
	message->n_classes = device->n_classes < PNPN_FLEET_CLASSES ? device->n_classes
								    : PNPN_FLEET_CLASSES;
	memcpy(message->classes, device->classes, message->n_classes * sizeof(struct pnpn_guid));
	if (pnpn_fleet_message_encode(message, &text) >= 0)
		put(publisher, &text, message->data, message->size, false);
}

/* What comes or goes, with how the device is then. */
static void put_change(struct publisher *publisher, const struct pnpn_known_device *device,
		       enum pnpn_event_kind kind, uint64_t time, const struct pnpn_event *event)
{
	const char *interface = event ? pnpn_event_get_interface(event) : NULL;
	struct pnpn_fleet_message message = {
		.kind = kind,
		.time = time,
		.name_offset = PNPN_NAME_OFFSET_NONE,
		.lost = event ? pnpn_event_get_lost(event) : 0,
	};

	if (interface) {
		snprintf(message.interface, sizeof(message.interface), "%s", interface);
		message.guid = *pnpn_event_get_guid(event);
	}
	if (kind != PNPN_EVENT_DEVICE_REMOVED && kind != PNPN_EVENT_LOST && device->text) {
		message.data = device->text;
		message.size = strlen(device->text);
	}
	put_message(publisher, device, &message);
}

/* --- devices that come and go ---------------------------------------------------------------------- */

static void set_classes(struct pnpn_known_device *device,
			const struct pnpn_description *description)
{
	device->n_classes = description->n_interfaces;
	for (size_t i = 0; i < description->n_interfaces; i++)
		device->classes[i] = description->interfaces[i].class;
}

/* Brings what is known of a device up to date, in the bucket too. Returns false if it is not there. */
static bool refresh(struct publisher *publisher, struct pnpn_known_device *device, uint64_t time)
{
	static struct pnpn_description description;
	static char text[PNPN_DESCRIPTION_BYTES];
	const struct pnpn_device_info *info = find_info(publisher, device->id, time);

	if (!info)
		return false;
	describe(info, &description);
	set_classes(device, &description);
	device->wanted = is_wanted(publisher, device);
	if (description.since != device->since) {
		/* Another one than before: its events begin anew. Of one that was there before us we know nothing. */
		device->since = description.since;
		device->sequence = 0;
		device->has_sequence = description.since >= publisher->begun_ns;
		device->resumed = false;
	}
	if (!device->wanted || pnpn_description_encode(&description, text) < 0 ||
	    (device->text && strcmp(device->text, text) == 0))
		return true;
	free(device->text);
	device->text = strdup(text);
	put_key(publisher, device, text);
	return true;
}

static void remove_device(struct publisher *publisher, struct pnpn_known_device *device,
			  uint64_t time, const struct pnpn_event *event)
{
	if (device->text || device->wanted)
		put_change(publisher, device, PNPN_EVENT_DEVICE_REMOVED, time, event);
	if (device->text)
		put_key(publisher, device, NULL);
	pnpn_known_forget(device);
}

/* Those that the servers know and that went while nobody published. */
static void remove_missing(struct publisher *publisher)
{
	uint64_t now = pnpn_port_now();

	pnpn_list_for_each_safe (link, after, &publisher->known.devices) {
		struct pnpn_known_device *device = pnpn_list_entry(link, struct pnpn_known_device,
								   link);
		if (!find_info(publisher, device->id, 0))
			remove_device(publisher, device, now, NULL);
	}
}

/* Whether the servers were told of it by the publisher before this one. */
static bool was_told(const struct pnpn_known_device *device, const struct pnpn_event *event)
{
	const char *interface = pnpn_event_get_interface(event);
	static struct pnpn_description before;

	if (!device->resumed || !device->text)
		return false;
	if (!interface)
		return true;
	if (pnpn_description_decode(device->text, strlen(device->text), &before) < 0)
		return false;
	for (size_t i = 0; i < before.n_interfaces; i++)
		if (memcmp(&before.interfaces[i].class, pnpn_event_get_guid(event),
			   sizeof(struct pnpn_guid)) == 0 &&
		    strcmp(before.interfaces[i].reference, pnpn_description_reference(interface)) ==
			    0)
			return true;
	return false;
}

static void take_change(struct publisher *publisher, struct pnpn_known_device *device,
			const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);
	uint64_t time = pnpn_event_get_time(event), since = device->since;
	bool told = was_told(device, event);

	if (kind == PNPN_EVENT_DEVICE_REMOVED) {
		remove_device(publisher, device, time, event);
		return;
	}
	(void)refresh(publisher, device, time);
	told = told && device->since == since && kind != PNPN_EVENT_INTERFACE_REMOVED;
	if (device->wanted && !told)
		put_change(publisher, device, kind, time, event);
}

/* --- events ---------------------------------------------------------------------------------------- */

static void say_lost(struct publisher *publisher, const struct pnpn_known_device *device,
		     uint64_t lost)
{
	publisher->lost += lost;
	if (lost)
		fprintf(stderr, "pnpnotify-fleet: %" PRIu64 " events of %s are lost\n", lost,
			device->id);
}

static void take_custom(struct publisher *publisher, struct pnpn_known_device *device,
			const struct pnpn_event *event)
{
	uint64_t sequence = pnpn_event_get_sequence(event);
	struct pnpn_fleet_message message = {
		.kind = PNPN_EVENT_CUSTOM,
		.guid = *pnpn_event_get_guid(event),
		.sequence = sequence,
		.time = pnpn_event_get_time(event),
		.name_offset = pnpn_event_get_name_offset(event),
	};

	/* History that the servers have. */
	if (device->has_sequence && sequence <= device->sequence)
		return;
	if (device->has_sequence)
		message.lost = sequence - device->sequence - 1;
	/* The past of a device that nobody published is nobody's. */
	bool past = !device->has_sequence && !device->resumed && message.time < publisher->begun_ns;
	device->sequence = sequence;
	device->has_sequence = true;
	if (past)
		return;
	if (publisher->options->events.n &&
	    !pnpn_command_has_guid(&publisher->options->events, &message.guid))
		return;
	say_lost(publisher, device, message.lost);
	message.data = pnpn_event_get_data(event, &message.size);
	put_message(publisher, device, &message);
}

static void take_event(struct publisher *publisher, const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);
	const char *id = pnpn_event_get_device(event);

	/* Other machines' devices are theirs to publish. */
	if (!*id || !pnpn_fleet_kind_name(kind) || strncmp(id, "FLEET\\", strlen("FLEET\\")) == 0)
		return;
	struct pnpn_known_device *device = pnpn_known_get(&publisher->known, id);
	if (!device)
		return;
	if (kind != PNPN_EVENT_CUSTOM) {
		take_change(publisher, device, event);
		return;
	}
	if (!device->n_classes && !device->wanted)
		(void)refresh(publisher, device, 0);
	if (device->wanted)
		take_custom(publisher, device, event);
}

/* --- being there ----------------------------------------------------------------------------------- */

static void tell_presence(struct publisher *publisher)
{
	char subject[128], text[256];
	uint64_t waiting, accepted, now = pnpn_port_now();

	if (now - publisher->presence_ns < publisher->options->limit * 1000000000ull / 3 ||
	    !pnpn_link_is_up(&publisher->link))
		return;
	publisher->presence_ns = now;
	pnpn_backlog_count(&publisher->backlog, &waiting, &accepted);
	snprintf(subject, sizeof(subject), PNPN_FLEET_HOSTS "%s", publisher->options->host);
	int length = snprintf(text, sizeof(text),
			      "boot %s\nbegun %" PRIu64 "\nlimit %" PRIu64 "\naccepted %" PRIu64
			      "\nwaiting %" PRIu64 "\nlost %" PRIu64 "\n",
			      publisher->boot, publisher->begun_ns, publisher->options->limit,
			      accepted, waiting, publisher->lost);
	(void)natsConnection_Publish(publisher->link.connection, subject, text, length);
}

/* On purpose: nobody has to wait for the limit. */
static void tell_absence(struct publisher *publisher)
{
	static struct pnpn_fleet_text text;

	snprintf(text.subject, sizeof(text.subject), PNPN_FLEET_HOSTS "%s",
		 publisher->options->host);
	put(publisher, &text, NULL, 0, true);
}

static int presence_left(const struct publisher *publisher)
{
	uint64_t pause = publisher->options->limit * 1000000000ull / 3;
	uint64_t next = publisher->presence_ns + pause, now = pnpn_port_now();

	return next <= now || next > now + pause ? 100 : (int)((next - now) / 1000000) + 1;
}

/* --- the loop -------------------------------------------------------------------------------------- */

static int shorter(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Takes what there is room for. Returns whether there was room for all; says whether there may be more at once. */
static bool take_events(struct publisher *publisher, bool *ret_more)
{
	const struct pnpn_event *event;

	*ret_more = false;
	for (int i = 0; i < TURN; i++) {
		if (!pnpn_backlog_has_room(&publisher->backlog))
			return false;
		if (pnpn_next_event(publisher->connection, &event) <= 0)
			return true;
		take_event(publisher, event);
	}
	*ret_more = true;
	return true;
}

static void serve(struct publisher *publisher, int stop_fd)
{
	struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN},
			       {.fd = publisher->wake_fd, .events = POLLIN},
			       {.events = POLLIN}};
	eventfd_t times;

	while (!fds[0].revents) {
		/* What nobody takes stays with the manager, which counts what it can't keep (R15). */
		bool more, room = take_events(publisher, &more);
		int left = pnpn_backlog_pump(&publisher->backlog, more);
		tell_presence(publisher);
		fds[2].fd = room ? pnpn_get_fd(publisher->connection) : -1;
		left = shorter(left, presence_left(publisher));
		if (poll(fds, 3, more ? 0 : left) < 0)
			continue;
		if (fds[1].revents)
			(void)eventfd_read(publisher->wake_fd, &times);
		if (fds[2].revents)
			(void)pnpn_dispatch(publisher->connection);
	}
}

static void finish(struct publisher *publisher)
{
	uint64_t waiting, accepted, until = pnpn_port_now() + LAST_MS * 1000000ull;

	tell_absence(publisher);
	do {
		(void)pnpn_backlog_pump(&publisher->backlog, false);
		nats_Sleep(5);
		pnpn_backlog_count(&publisher->backlog, &waiting, &accepted);
	} while (waiting && pnpn_port_now() < until);
	if (waiting)
		fprintf(stderr, "pnpnotify-fleet: %" PRIu64 " messages were not acknowledged\n",
			waiting);
}

static void read_boot(char ret_boot[PNPN_GUID_STRING])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	*ret_boot = 0;
	if (file && fgets(ret_boot, PNPN_GUID_STRING, file))
		ret_boot[strcspn(ret_boot, "\n")] = 0;
	if (file)
		fclose(file);
}

/* Until the servers are ready. Returns 0; -EINTR. */
static int begin(struct publisher *publisher, int stop_fd)
{
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
	bool told = false;

	while (pnpn_link_prepare(&publisher->link, publisher->options) < 0 ||
	       read_servers(publisher) < 0) {
		if (!told)
			fputs("pnpnotify-fleet: the servers have no stream yet; waiting\n", stderr);
		told = true;
		if (poll(&stop, 1, 500) > 0)
			return -EINTR;
	}
	return 0;
}

static int watch(struct publisher *publisher)
{
	int r = pnpn_connect_lasting(&publisher->connection, publisher->options->address);

	if (r >= 0)
		r = pnpn_register_all(publisher->connection,
				      PNPN_REGISTER_EXISTING | PNPN_REGISTER_HISTORY, NULL, NULL);
	if (r < 0) {
		fprintf(stderr, "pnpnotify-fleet: the manager: %s\n", strerror(-r));
		return r;
	}
	if (pnpn_connection_get_error(publisher->connection) >= 0)
		remove_missing(publisher);
	fputs("pnpnotify-fleet: publishing\n", stderr);
	return 0;
}

int pnpn_publish(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop)
{
	static struct publisher publisher;

	publisher.options = options;
	publisher.begun_ns = pnpn_port_now();
	publisher.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pnpn_known_init(&publisher.known);
	read_boot(publisher.boot);
	int r = publisher.wake_fd < 0 ? -errno : 0;
	if (r >= 0)
		r = pnpn_link_init(&publisher.link, options, options->host, stop);
	if (r >= 0)
		r = pnpn_backlog_init(&publisher.backlog, &publisher.link, options->backlog,
				      publisher.wake_fd);
	if (r >= 0)
		r = begin(&publisher, stop_fd);
	if (r >= 0)
		r = watch(&publisher);
	if (r >= 0) {
		serve(&publisher, stop_fd);
		finish(&publisher);
	}
	pnpn_disconnect(publisher.connection);
	pnpn_device_list_free(publisher.list);
	pnpn_link_deinit(&publisher.link);
	pnpn_backlog_deinit(&publisher.backlog);
	pnpn_known_deinit(&publisher.known);
	close(publisher.wake_fd);
	return r < 0 && r != -EINTR ? 1 : 0;
}
