/* SPDX-License-Identifier: MIT */
/* pnpnotify monitor */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/command.h"
#include "tool/catalogue.h"
#include "tool/event-line.h"

/* Events that --event may name. */
#define EVENTS_MAX 16

struct monitor {
	char **devices;
	int n_devices;
	struct pnpn_guid events[EVENTS_MAX]; /* only these; none: all */
	int n_events;
	bool has_class;
	struct pnpn_guid class;
	bool json;
	long count; /* events still to print; -1 for ever */
};

static int watch_devices(const struct monitor *monitor, struct pnpn_connection *connection)
{
	for (int i = 0; i < monitor->n_devices; i++) {
		int r = pnpn_register_device(connection, monitor->devices[i], 0, NULL, NULL);
		if (r < 0) {
			fprintf(stderr, "pnpnotify: %s: %s\n", monitor->devices[i],
				r == -ENOENT ? "there is no such device; see pnpnotify list"
					     : strerror(-r));
			return r;
		}
	}
	return 0;
}

/* Says what the manager refused. */
static int watch(const struct monitor *monitor, struct pnpn_connection *connection)
{
	int r = watch_devices(monitor, connection);

	if (r < 0)
		return r;
	if (monitor->has_class)
		r = pnpn_register_class(connection, &monitor->class, 0, NULL, NULL);
	else if (!monitor->n_devices)
		r = pnpn_register_all(connection, 0, NULL, NULL);
	if (r < 0)
		pnpn_command_failed("monitor", r);
	return r;
}

static bool is_wanted(const struct monitor *monitor, const struct pnpn_event *event)
{
	for (int i = 0; i < monitor->n_events; i++)
		if (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM &&
		    memcmp(pnpn_event_get_guid(event), &monitor->events[i],
			   sizeof(struct pnpn_guid)) == 0)
			return true;
	return !monitor->n_events;
}

static void print_event(struct monitor *monitor, const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);

	if (kind == PNPN_EVENT_DISCONNECTED) {
		fputs("pnpnotify: the manager is gone; waiting for it\n", stderr);
	} else if (kind == PNPN_EVENT_CONNECTED) {
		fputs("pnpnotify: the manager is back\n", stderr);
	} else if (is_wanted(monitor, event)) {
		pnpn_event_line_print(event, monitor->json);
		if (monitor->count > 0)
			monitor->count--;
	}
}

/* Until the count is reached. Returns 0; an errno. */
static int print_events(struct monitor *monitor, struct pnpn_connection *connection)
{
	for (;;) {
		const struct pnpn_event *event;
		while (monitor->count && pnpn_next_event(connection, &event) > 0)
			print_event(monitor, event);
		if (!monitor->count)
			return 0;
		int r = pnpn_wait(connection, -1);
		if (r < 0)
			return r;
	}
}

static int run(struct monitor *monitor)
{
	struct pnpn_connection *connection;
	int r = pnpn_command_connect_lasting(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = watch(monitor, connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return 1;
	}
	/* Whoever starts us from a script can wait for this line; events go to stdout. */
	fputs("pnpnotify: watching\n", stderr);
	r = print_events(monitor, connection);
	pnpn_disconnect(connection);
	return r < 0 ? pnpn_command_failed("monitor", r) : 0;
}

/* Returns an exit status, or -1 to go on. */
static int take_option(struct monitor *monitor, const char *command, int option)
{
	char *end;

	switch (option) {
	case 'c':
		monitor->has_class = true;
		if (pnpn_catalogue_find_class(optarg, &monitor->class) < 0)
			return pnpn_command_usage(command, "\"%s\" is no GUID and no class's name",
						  optarg);
		return -1;
	case 'e':
		if (monitor->n_events == EVENTS_MAX)
			return pnpn_command_usage(command, "%d events at most can be named",
						  EVENTS_MAX);
		if (pnpn_catalogue_find_event(optarg, &monitor->events[monitor->n_events++]) < 0)
			return pnpn_command_usage(command, "\"%s\" is no GUID and no event's name",
						  optarg);
		return -1;
	case 'n':
		errno = 0;
		monitor->count = strtol(optarg, &end, 10);
		if (errno || *end || monitor->count < 1)
			return pnpn_command_usage(
				command, "--count wants a number from 1 on, not \"%s\"", optarg);
		return -1;
	default:
		monitor->json = true;
		return -1;
	}
}

int pnpn_cmd_monitor(int argc, char **argv)
{
	static const struct option known[] = {{"class", required_argument, NULL, 'c'},
					      {"event", required_argument, NULL, 'e'},
					      {"count", required_argument, NULL, 'n'},
					      {"json", no_argument, NULL, 'j'},
					      {0}};
	struct monitor monitor = {.count = -1};
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		status = take_option(&monitor, argv[0], option);
		if (status >= 0)
			return status;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	monitor.devices = argv + optind;
	monitor.n_devices = argc - optind;
	/* A line is a line at once, in a pipe too. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	return run(&monitor);
}
