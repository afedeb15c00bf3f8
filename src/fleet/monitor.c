/* SPDX-License-Identifier: MIT */
/* pnpnotify fleet monitor: the stream as lines. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <pnpnotify/uapi.h>

#include "core/utf.h"
#include "fleet/follow.h"
#include "fleet/options.h"
#include "fleet/query.h"
#include "tool/event-line.h"

/* How often it is looked whether the servers have forgotten us. */
#define TICK_MS 500

struct monitor {
	const struct pnpn_fleet_options *options;
	pthread_mutex_t lock;
	struct pnpn_link link;
	struct pnpn_follow follow;
	struct pnpn_event_lines lines;
	uint64_t printed;
	int over_fd; /* an eventfd: nothing more is to be printed */
};

static bool is_wanted(const struct pnpn_fleet_options *options,
		      const struct pnpn_fleet_message *message)
{
	bool of_class = !options->classes.n;

	for (size_t i = 0; i < message->n_classes && !of_class; i++)
		of_class = pnpn_command_has_guid(&options->classes, &message->classes[i]);
	return of_class && pnpn_words_match(&options->hosts, message->host) &&
	       pnpn_words_match(&options->devices, message->device) &&
	       (!options->events.n || (message->kind == PNPN_EVENT_CUSTOM &&
				       pnpn_command_has_guid(&options->events, &message->guid)));
}

/* In the library's thread, with the lock. */
static void show(struct monitor *monitor, const struct pnpn_fleet_message *message)
{
	static char text[3 * (PNPN_DATA_MAX / 2 + 1) + 1];
	bool custom = message->kind == PNPN_EVENT_CUSTOM;
	struct pnpn_event_line line = {
		.host = message->host,
		.kind = message->kind,
		.device = message->device,
		.interface = *message->interface ? message->interface : NULL,
		.guid = &message->guid,
		.sequence = message->sequence,
		.time = message->time,
		.lost = message->lost,
		.data = message->data,
		.size = custom ? message->size : 0,
		.name_offset = message->name_offset,
	};

	if (custom && message->name_offset >= 0) {
		size_t offset = (size_t)message->name_offset;
		(void)pnpn_utf16_to_utf8((const char *)message->data + offset,
					 message->size - offset, text);
		line.text = text;
	}
	pnpn_event_line_show(&monitor->lines, &line);
}

static bool is_over(const struct monitor *monitor)
{
	return ferror(stdout) ||
	       (monitor->options->count && monitor->printed >= monitor->options->count);
}

static void take(void *userdata, natsMsg *message, uint64_t sequence)
{
	struct monitor *monitor = userdata;
	struct pnpn_fleet_message event;

	if (is_over(monitor) || pnpn_link_read(message, &event) < 0 ||
	    !is_wanted(monitor->options, &event))
		return;
	show(monitor, &event);
	monitor->printed++;
	if (is_over(monitor))
		(void)eventfd_write(monitor->over_fd, 1);
}

static int wait_for_end(struct monitor *monitor, int stop_fd, int64_t deadline)
{
	struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN},
			       {.fd = monitor->over_fd, .events = POLLIN}};

	while (!fds[0].revents && !fds[1].revents) {
		int left = pnpn_command_time_left(deadline);
		if (left == 0)
			break;
		(void)poll(fds, 2, left > 0 && left < TICK_MS ? left : TICK_MS);
		pthread_mutex_lock(&monitor->lock);
		pnpn_follow_tend(&monitor->follow);
		pthread_mutex_unlock(&monitor->lock);
	}
	return monitor->options->count && monitor->printed < monitor->options->count ? 1 : 0;
}

/* One host alone need not be asked of all. */
static void set_subject(struct monitor *monitor)
{
	static char subject[128];
	const struct pnpn_words *hosts = &monitor->options->hosts;

	snprintf(subject, sizeof(subject), PNPN_FLEET_SUBJECTS);
	if (hosts->n == 1 && pnpn_host_is_valid(hosts->words[0]))
		snprintf(subject, sizeof(subject), PNPN_FLEET_PREFIX "%s.>", hosts->words[0]);
	monitor->follow.subject = subject;
}

static int begin(struct monitor *monitor)
{
	pthread_mutex_lock(&monitor->lock);
	int r = pnpn_follow_start(&monitor->follow);
	pthread_mutex_unlock(&monitor->lock);
	if (r < 0)
		fputs("pnpnotify-fleet: there is no fleet yet; start one: pnpnotify-fleet run "
		      "--publish\n",
		      stderr);
	else
		fputs("pnpnotify: watching\n", stderr);
	return r;
}

int pnpn_query_monitor(const struct pnpn_fleet_options *options, int stop_fd, const bool *stop)
{
	static struct monitor monitor;
	int64_t deadline = PNPN_NEVER;

	if (options->time && !pnpn_time_form_find(options->time, &monitor.lines.time))
		return pnpn_command_usage("fleet monitor",
					  "--time is " PNPN_TIME_FORMS ", not \"%s\"",
					  options->time);
	if (options->timeout &&
	    pnpn_command_take_timeout("fleet monitor", options->timeout, &deadline) >= 0)
		return PNPN_EXIT_USAGE;
	monitor.options = options;
	monitor.lines.json = options->json;
	monitor.over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&monitor.lock, NULL);
	monitor.follow = (struct pnpn_follow){
		.link = &monitor.link,
		.stream = PNPN_FLEET_STREAM,
		.since_ns = options->since * 1000000000ull,
		.next = options->since ? PNPN_FOLLOW_LAST : PNPN_FOLLOW_NEW,
		.lock = &monitor.lock,
		.take = take,
		.userdata = &monitor,
	};
	set_subject(&monitor);
	setvbuf(stdout, NULL, _IOLBF, 0);
	int status = 1;
	if (pnpn_link_init(&monitor.link, options, "pnpnotify fleet monitor", stop) >= 0 &&
	    begin(&monitor) >= 0)
		status = wait_for_end(&monitor, stop_fd, deadline);
	pnpn_follow_stop(&monitor.follow);
	pnpn_link_deinit(&monitor.link);
	close(monitor.over_fd);
	return status;
}
