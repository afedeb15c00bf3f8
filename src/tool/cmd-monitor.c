/* SPDX-License-Identifier: MIT */
/* pnpnotify monitor */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/command.h"
#include "tool/catalogue.h"
#include "tool/event-line.h"

/* A device that was named. */
struct watched {
	const char *name;
	struct pnpn_registration *registration; /* NULL while it is not there */
};

struct monitor {
	struct watched *devices;
	int n_devices;
	int n_there; /* of them */
	unsigned int flags; /* of its registrations */
	bool waits; /* for those that are not, and for those that went */
	int64_t deadline;
	struct pnpn_guids events; /* only these; none: all */
	struct pnpn_guids classes;
	struct pnpn_event_lines lines;
	bool is_watching; /* a manager was there */
	long count; /* events still to print; -1 for ever */
};

/* Returns 1 if it is there; 0; an errno, after it said so. */
static int watch_device(struct monitor *monitor, struct pnpn_connection *connection,
			struct watched *device, unsigned int flags)
{
	int r = pnpn_register_device(connection, device->name, flags, device,
				     &device->registration);

	if (r >= 0) {
		monitor->n_there++;
		return 1;
	}
	if (monitor->waits && (r == -ENOENT || r == -ENOTCONN))
		return 0;
	fprintf(stderr, "pnpnotify: %s: %s\n", device->name,
		r == -ENOENT ? "there is no such device; see pnpnotify list" : strerror(-r));
	return r;
}

static int watch_devices(struct monitor *monitor, struct pnpn_connection *connection)
{
	int r = 0;

	if (monitor->waits)
		r = pnpn_register_all(connection, PNPN_REGISTER_DEVICES_ONLY, monitor, NULL);
	for (int i = 0; i < monitor->n_devices && r >= 0; i++)
		r = watch_device(monitor, connection, &monitor->devices[i], monitor->flags);
	return r;
}

/* Those that were missing and are there now, from their first event on. Returns whether there are any. */
static bool find_missing(struct monitor *monitor, struct pnpn_connection *connection)
{
	bool found = false;

	for (int i = 0; i < monitor->n_devices; i++)
		if (!monitor->devices[i].registration)
			found |= watch_device(monitor, connection, &monitor->devices[i],
					      monitor->flags | PNPN_REGISTER_HISTORY) > 0;
	return found;
}

/* Says what the manager refused. */
static int watch(struct monitor *monitor, struct pnpn_connection *connection)
{
	int r = watch_devices(monitor, connection);

	if (r < 0)
		return r;
	for (int i = 0; i < monitor->classes.n && r >= 0; i++)
		r = pnpn_register_class(connection, &monitor->classes.guids[i], monitor->flags,
					NULL, NULL);
	if (!monitor->classes.n && !monitor->n_devices)
		r = pnpn_register_all(connection, monitor->flags, NULL, NULL);
	if (r < 0)
		pnpn_command_failed("monitor", r);
	return r;
}

/* What only tells that some device came or went. */
static bool is_arrivals(const struct monitor *monitor, const struct pnpn_event *event)
{
	return pnpn_event_get_registration(event) && pnpn_event_get_userdata(event) == monitor;
}

static bool is_wanted(const struct monitor *monitor, const struct pnpn_event *event)
{
	return !monitor->events.n ||
	       (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM &&
		pnpn_command_has_guid(&monitor->events, pnpn_event_get_guid(event)));
}

/* Whoever starts us from a script can wait for this line; events go to stdout. */
static void say_watching(struct monitor *monitor)
{
	monitor->is_watching = true;
	fputs("pnpnotify: watching\n", stderr);
}

static void print_event(struct monitor *monitor, const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);

	if (kind == PNPN_EVENT_DISCONNECTED) {
		fputs("pnpnotify: the manager is gone; waiting for it\n", stderr);
	} else if (kind == PNPN_EVENT_CONNECTED && !monitor->is_watching) {
		say_watching(monitor);
	} else if (kind == PNPN_EVENT_CONNECTED) {
		fputs("pnpnotify: the manager is back\n", stderr);
	} else if (is_wanted(monitor, event)) {
		pnpn_event_line_print(&monitor->lines, event);
		if (monitor->count > 0)
			monitor->count--;
	}
}

/* A device that goes with the manager comes back with the next one. */
static void note_removal(struct monitor *monitor, struct pnpn_connection *connection,
			 const struct pnpn_event *event)
{
	struct watched *device = pnpn_event_get_userdata(event);

	if (pnpn_event_get_kind(event) != PNPN_EVENT_DEVICE_REMOVED || !device ||
	    pnpn_connection_get_error(connection) < 0)
		return;
	monitor->n_there--;
	if (monitor->waits)
		device->registration = pnpn_unregister(device->registration);
}

static void take_event(struct monitor *monitor, struct pnpn_connection *connection,
		       const struct pnpn_event *event)
{
	if (is_arrivals(monitor, event)) {
		if (find_missing(monitor, connection))
			print_event(monitor, event);
		return;
	}
	/* Who only looks keeps nothing from being removed: neither by a veto nor by a full pipe. */
	if (pnpn_event_get_query(event))
		(void)pnpn_event_answer(event, true, NULL);
	print_event(monitor, event);
	note_removal(monitor, connection, event);
}

/* Whether there is nothing more to print: all of it, no device, or nowhere to print it to. */
static bool is_over(const struct monitor *monitor)
{
	return !monitor->count || ferror(stdout) ||
	       (monitor->n_devices && !monitor->n_there && !monitor->classes.n && !monitor->waits);
}

/* Until it is over, or the time is. Returns 0; an errno. */
static int print_events(struct monitor *monitor, struct pnpn_connection *connection)
{
	for (;;) {
		const struct pnpn_event *event;
		while (!is_over(monitor) && pnpn_next_event(connection, &event) > 0)
			take_event(monitor, connection, event);
		int left = pnpn_command_time_left(monitor->deadline);
		if (is_over(monitor) || left == 0)
			return 0;
		int r = pnpn_wait(connection, left);
		if (r < 0)
			return r;
	}
}

/* Devices have to be there; for whatever may come the manager may come first. */
static int begin(struct monitor *monitor, struct pnpn_connection *connection)
{
	int error = pnpn_connection_get_error(connection);

	if (error < 0) {
		(void)pnpn_command_not_connected(error);
		if (monitor->n_devices && !monitor->waits)
			return error;
		fputs("pnpnotify: waiting for it\n", stderr);
	}
	int r = watch(monitor, connection);
	if (r >= 0 && error >= 0)
		say_watching(monitor);
	return r;
}

static int run(struct monitor *monitor)
{
	struct pnpn_connection *connection;
	int r = pnpn_command_connect_lasting(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = begin(monitor, connection);
	if (r < 0) {
		pnpn_disconnect(connection);
		return 1;
	}
	r = print_events(monitor, connection);
	pnpn_disconnect(connection);
	if (r < 0)
		return pnpn_command_failed("monitor", r);
	if (monitor->count <= 0 || ferror(stdout))
		return 0;
	fprintf(stderr, "pnpnotify: %s, with %ld events to come\n",
		pnpn_command_time_left(monitor->deadline) ? "gone" : "the time is over",
		monitor->count);
	return 1;
}

/* Returns an exit status, or -1 to go on. */
static int take_option(struct monitor *monitor, const char *command, int option)
{
	char *end;

	switch (option) {
	case 'c':
		return pnpn_command_add_guid(command, &monitor->classes, pnpn_catalogue_find_class,
					     "class", optarg);
	case 'e':
		return pnpn_command_add_guid(command, &monitor->events, pnpn_catalogue_find_event,
					     "event", optarg);
	case 'f':
		if (!pnpn_time_form_find(optarg, &monitor->lines.time))
			return pnpn_command_usage(
				command, "--time is clock, iso, utc or delta, not \"%s\"", optarg);
		return -1;
	case 't':
		return pnpn_command_take_timeout(command, optarg, &monitor->deadline);
	case 'w':
		monitor->waits = true;
		return -1;
	case 'q':
		monitor->flags = PNPN_REGISTER_QUERY_REMOVE;
		return -1;
	case 'n':
		errno = 0;
		monitor->count = strtol(optarg, &end, 10);
		if (errno || *end || monitor->count < 1)
			return pnpn_command_usage(
				command, "--count wants a number from 1 on, not \"%s\"", optarg);
		return -1;
	default:
		monitor->lines.json = true;
		return -1;
	}
}

int pnpn_cmd_monitor(int argc, char **argv)
{
	static const struct option known[] = {{"class", required_argument, NULL, 'c'},
					      {"event", required_argument, NULL, 'e'},
					      {"count", required_argument, NULL, 'n'},
					      {"json", no_argument, NULL, 'j'},
					      {"time", required_argument, NULL, 'f'},
					      {"timeout", required_argument, NULL, 't'},
					      {"queries", no_argument, NULL, 'q'},
					      {"wait", no_argument, NULL, 'w'},
					      {0}};
	struct monitor monitor = {.count = -1, .deadline = PNPN_NEVER};
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		status = take_option(&monitor, argv[0], option);
		if (status >= 0)
			return status;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (monitor.waits && optind == argc)
		return pnpn_command_usage(argv[0], "--wait is for a DEVICE");
	monitor.n_devices = argc - optind;
	monitor.devices = calloc((size_t)monitor.n_devices + 1, sizeof(*monitor.devices));
	if (!monitor.devices)
		return pnpn_command_failed("monitor", -ENOMEM);
	for (int i = 0; i < monitor.n_devices; i++)
		monitor.devices[i].name = argv[optind + i];
	/* A line is a line at once, in a pipe too. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	status = run(&monitor);
	free(monitor.devices);
	return status;
}
