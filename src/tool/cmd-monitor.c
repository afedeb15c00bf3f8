/* SPDX-License-Identifier: MIT */
/* pnpnotify monitor */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/command.h"
#include "tool/event-line.h"
#include "tool/jobs.h"
#include "tool/terminal.h"
#include "tool/watch.h"

struct monitor {
	struct pnpn_watch watch; /* first: what take_event() is given */
	struct pnpn_event_lines lines;
	struct pnpn_jobs jobs;
};

/* Without a command a line; with one both, if a form was asked for. */
static int take_event(struct pnpn_watch *watch, struct pnpn_connection *connection,
		      const struct pnpn_event *event)
{
	struct monitor *monitor = (struct monitor *)watch;
	struct pnpn_event_line line;

	pnpn_event_line_read(&line, event);
	if (!watch->jobs || monitor->lines.json || monitor->lines.format)
		pnpn_event_line_show(&monitor->lines, &line);
	if (!watch->jobs || pnpn_event_line_is_gap(&line))
		return 0;
	int r = pnpn_jobs_start(watch->jobs, &line);
	if (r < 0)
		pnpn_command_failed("the command could not be started", r);
	return r;
}

static int take_jobs(struct monitor *monitor, const char *text)
{
	char *end;
	long most = strtol(text, &end, 10);

	if (end == text || *end || most < 1 || most > PNPN_JOBS_MAX)
		return pnpn_command_usage(monitor->watch.command,
					  "--jobs wants a number from 1 to %d, not \"%s\"",
					  PNPN_JOBS_MAX, text);
	monitor->jobs.most = (int)most;
	return -1;
}

static int take_format(struct monitor *monitor, const char *text)
{
	const char *wrong = pnpn_event_format_check(text);

	if (wrong)
		return pnpn_command_usage(
			monitor->watch.command,
			"--format: there is no value %s; those of --json are there", wrong);
	monitor->lines.format = text;
	return -1;
}

/* Returns an exit status, or -1 to go on. */
static int take_option(struct monitor *monitor, int option)
{
	switch (option) {
	case 'f':
		if (!pnpn_time_form_find(optarg, &monitor->lines.time))
			return pnpn_command_usage(monitor->watch.command,
						  "--time is " PNPN_TIME_FORMS ", not \"%s\"",
						  optarg);
		return -1;
	case 'F':
		return take_format(monitor, optarg);
	case 'x':
		monitor->jobs.command = optarg;
		monitor->watch.jobs = &monitor->jobs;
		return -1;
	case 'J':
		return take_jobs(monitor, optarg);
	case 'j':
		monitor->lines.json = true;
		return -1;
	default:
		return pnpn_watch_take_option(&monitor->watch, option);
	}
}

int pnpn_cmd_monitor(int argc, char **argv)
{
	static const struct option known[] = {PNPN_WATCH_OPTIONS,
					      {"json", no_argument, NULL, 'j'},
					      {"time", required_argument, NULL, 'f'},
					      {"format", required_argument, NULL, 'F'},
					      {"exec", required_argument, NULL, 'x'},
					      {"jobs", required_argument, NULL, 'J'},
					      {0}};
	static struct monitor monitor = {.watch = PNPN_WATCH_INIT, .jobs = {.most = 1}};
	int status = 0, option;

	monitor.watch.command = argv[0];
	monitor.watch.take = take_event;
	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		status = take_option(&monitor, option);
		if (status >= 0)
			return status;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (monitor.lines.json && monitor.lines.format)
		return pnpn_command_usage(argv[0], "--json and --format are two forms of a line");
	monitor.lines.colours = pnpn_terminal_has_colours();
	/* A line is a line at once, in a pipe too. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	status = pnpn_watch_run(&monitor.watch, argv + optind, argc - optind);
	if (!pnpn_jobs_finish(monitor.watch.jobs) && !status)
		status = 1;
	return status;
}
