/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/catalogue.h"
#include "tool/command.h"
#include "tool/watch.h"

static int watch_device(struct pnpn_watch *watch, struct pnpn_connection *connection, char *name)
{
	unsigned int flags = watch->flags | (watch->waits ? PNPN_REGISTER_WAIT : 0);
	int r = pnpn_register_device(connection, name, flags, name, NULL);

	if (r >= 0)
		watch->n_there++;
	else
		fprintf(stderr, "pnpnotify: %s: %s\n", name,
			r == -ENOENT ? "there is no such device; see pnpnotify list"
				     : strerror(-r));
	return r;
}

static int watch_devices(struct pnpn_watch *watch, struct pnpn_connection *connection)
{
	int r = 0;

	for (int i = 0; i < watch->n_devices && r >= 0; i++)
		r = watch_device(watch, connection, watch->devices[i]);
	return r;
}

/* The classes, the properties and the events that were asked for; or everything. */
static int watch_others(struct pnpn_watch *watch, struct pnpn_connection *connection)
{
	int r = watch->filter ? 0 : pnpn_filter_new(&watch->filter);

	for (int i = 0; i < watch->classes.n && r >= 0; i++)
		r = pnpn_filter_add_class(watch->filter, &watch->classes.guids[i]);
	for (int i = 0; i < watch->events.n && r >= 0; i++)
		r = pnpn_filter_add_event(watch->filter, &watch->events.guids[i]);
	if (r >= 0)
		r = pnpn_register_filter(connection, watch->filter, watch->flags, NULL, NULL);
	return r;
}

/* Says what the manager refused. */
static int begin_watching(struct pnpn_watch *watch, struct pnpn_connection *connection)
{
	int r = watch_devices(watch, connection);

	if (r < 0)
		return r;
	if (watch->classes.n || !watch->n_devices)
		r = watch_others(watch, connection);
	if (r < 0)
		pnpn_command_failed(watch->command, r);
	return r;
}

static bool is_wanted(const struct pnpn_watch *watch, const struct pnpn_event *event)
{
	if (pnpn_event_get_time(event) < watch->since_ns)
		return false;
	return !watch->events.n ||
	       (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM &&
		pnpn_command_has_guid(&watch->events, pnpn_event_get_guid(event)));
}

/* Whoever starts us from a script can wait for this line; events go to stdout. */
static void say_watching(struct pnpn_watch *watch)
{
	watch->is_watching = true;
	fputs("pnpnotify: watching\n", stderr);
}

/* A gap is one of what was taken, too: programs that read it have to know. */
static bool is_gap(const struct pnpn_watch *watch, enum pnpn_event_kind kind)
{
	return kind == PNPN_EVENT_DISCONNECTED ||
	       (kind == PNPN_EVENT_CONNECTED && watch->is_watching);
}

static int take_event(struct pnpn_watch *watch, struct pnpn_connection *connection,
		      const struct pnpn_event *event)
{
	enum pnpn_event_kind kind = pnpn_event_get_kind(event);

	if (kind == PNPN_EVENT_CONNECTED && !watch->is_watching) {
		say_watching(watch);
		return 0;
	}
	if (is_gap(watch, kind)) {
		fprintf(stderr, "pnpnotify: the manager is %s\n",
			kind == PNPN_EVENT_CONNECTED ? "back" : "gone; waiting for it");
		return watch->take(watch, connection, event);
	}
	if (!is_wanted(watch, event))
		return 0;
	if (watch->count > 0)
		watch->count--;
	return watch->take(watch, connection, event);
}

/* A device that goes with the manager comes back with the next one. */
static void note_removal(struct pnpn_watch *watch, struct pnpn_connection *connection,
			 const struct pnpn_event *event)
{
	if (pnpn_event_get_kind(event) == PNPN_EVENT_DEVICE_REMOVED &&
	    pnpn_event_get_userdata(event) && pnpn_connection_get_error(connection) >= 0)
		watch->n_there--;
}

static int handle_event(struct pnpn_watch *watch, struct pnpn_connection *connection,
			const struct pnpn_event *event)
{
	/* Who only looks keeps nothing from being removed: neither by a veto nor by a full pipe. */
	if (pnpn_event_get_query(event))
		(void)pnpn_event_answer(event, true, NULL);
	int r = take_event(watch, connection, event);
	note_removal(watch, connection, event);
	return r;
}

/* Whether there is nothing more to take: all of it, no device, or nowhere to print it to. */
static bool is_over(const struct pnpn_watch *watch)
{
	return !watch->count || ferror(stdout) ||
	       (watch->n_devices && !watch->n_there && !watch->classes.n && !watch->waits);
}

/* Until something happened or the time is over. Returns 0; an errno. */
static int wait_for_more(struct pnpn_watch *watch, struct pnpn_connection *connection, int left)
{
	if (!pnpn_jobs_wait(watch->jobs, pnpn_get_fd(connection), left))
		return 0;
	int r = pnpn_wait(connection, pnpn_jobs_are_running(watch->jobs) ? 0 : left);
	return r < 0 ? r : 0;
}

/* Until it is over, or the time is. Returns 0; an errno. */
static int take_events(struct pnpn_watch *watch, struct pnpn_connection *connection)
{
	for (;;) {
		const struct pnpn_event *event;
		int r = 0;
		while (r >= 0 && !is_over(watch) && pnpn_jobs_have_room(watch->jobs) &&
		       pnpn_next_event(connection, &event) > 0)
			r = handle_event(watch, connection, event);
		int left = pnpn_command_time_left(watch->deadline);
		if (r < 0 || is_over(watch) || left == 0)
			return r;
		r = wait_for_more(watch, connection, left);
		if (r < 0)
			return pnpn_command_failed(watch->command, r), r;
	}
}

/* Devices have to be there; for whatever may come the manager may come first. */
static int begin(struct pnpn_watch *watch, struct pnpn_connection *connection)
{
	int error = pnpn_connection_get_error(connection);

	if (error < 0) {
		(void)pnpn_command_not_connected(error);
		if (watch->n_devices && !watch->waits)
			return error;
		fputs("pnpnotify: waiting for it\n", stderr);
	}
	int r = begin_watching(watch, connection);
	if (r >= 0 && error >= 0)
		say_watching(watch);
	return r;
}

static int run(struct pnpn_watch *watch)
{
	struct pnpn_connection *connection;
	int r = pnpn_command_connect_lasting(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = begin(watch, connection);
	if (r >= 0)
		r = take_events(watch, connection);
	pnpn_disconnect(connection);
	if (r < 0)
		return 1;
	if (watch->count <= 0 || ferror(stdout))
		return 0;
	fprintf(stderr, "pnpnotify: %s, with %ld events to come\n",
		pnpn_command_time_left(watch->deadline) ? "gone" : "the time is over",
		watch->count);
	return 1;
}

int pnpn_watch_run(struct pnpn_watch *watch, char **words, int n_words)
{
	if (watch->waits && !n_words)
		return pnpn_command_usage(watch->command, "--wait is for a DEVICE");
	if (watch->filter && n_words && !watch->classes.n)
		return pnpn_command_usage(watch->command,
					  "--property is for a --class, or for everything");
	watch->n_devices = n_words;
	watch->devices = words;
	int status = run(watch);
	watch->filter = pnpn_filter_free(watch->filter);
	return status;
}

static int take_count(struct pnpn_watch *watch, const char *text)
{
	char *end;

	errno = 0;
	watch->count = strtol(text, &end, 10);
	if (errno || *end || watch->count < 1)
		return pnpn_command_usage(watch->command,
					  "--count wants a number from 1 on, not \"%s\"", text);
	return -1;
}

static int take_since(struct pnpn_watch *watch, const char *text)
{
	uint64_t seconds;

	if (!pnpn_command_read_time(text, &seconds))
		return pnpn_command_usage(
			watch->command,
			"--since wants a time such as 10m, 2h, 3d or 2026-01-31T12:00:00, in UTC, "
			"not \"%s\"",
			text);
	watch->since_ns = seconds * 1000000000;
	watch->flags |= PNPN_REGISTER_HISTORY;
	return -1;
}

static int take_property(struct pnpn_watch *watch, char *text)
{
	char *value = strchr(text, '=');
	int r = watch->filter ? 0 : pnpn_filter_new(&watch->filter);

	if (value)
		*value++ = 0;
	if (r >= 0)
		r = value ? pnpn_filter_add_property(watch->filter, text, value) : -EINVAL;
	if (r == -EINVAL)
		return pnpn_command_usage(watch->command,
					  "--property wants KEY=VALUE, such as ID_BUS=usb");
	return r < 0 ? pnpn_command_failed(watch->command, r) : -1;
}

int pnpn_watch_take_option(struct pnpn_watch *watch, int option)
{
	switch (option) {
	case 'c':
		return pnpn_command_add_guid(watch->command, &watch->classes,
					     pnpn_catalogue_find_class, "class", optarg);
	case 'e':
		return pnpn_command_add_guid(watch->command, &watch->events,
					     pnpn_catalogue_find_event, "event", optarg);
	case 't':
		return pnpn_command_take_timeout(watch->command, optarg, &watch->deadline);
	case 'w':
		watch->waits = true;
		return -1;
	case 'q':
		watch->flags |= PNPN_REGISTER_QUERY_REMOVE;
		return -1;
	case 's':
		return take_since(watch, optarg);
	case 'p':
		return take_property(watch, optarg);
	default:
		return take_count(watch, optarg);
	}
}
