/* SPDX-License-Identifier: MIT */
/* pnpnotify status */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "port/whole-file.h"
#include "tool/command.h"
#include "tool/json.h"
#include "tool/metrics.h"
#include "tool/terminal.h"

static void print_row(const struct pnpn_status_row *row)
{
	if (row->registrant)
		printf("  %-28s %8u %10u %12" PRIu64 " %12" PRIu64 " %8" PRIu64 "\n", "", row->pid,
		       row->registrant, row->events, row->lag, row->lost);
	else
		printf("%-30s %8u %10s %12" PRIu64 "\n", row->device, row->pid, "", row->events);
}

/* Not by getpwuid(), which ends the process if it has no memory. */
static bool find_name(uid_t uid, char *ret_name, size_t size)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *user;
	bool found = false;

	while (file && !found && (user = fgetpwent(file))) {
		found = user->pw_uid == uid;
		if (found)
			snprintf(ret_name, size, "%s", user->pw_name);
	}
	if (file)
		fclose(file);
	return found;
}

static void print_usage(const struct pnpn_usage_list *usage)
{
	struct pnpn_usage_row row;
	uint32_t uid = UINT32_MAX;

	printf("\n%-30s %-20s %12s %12s\n", "USER", "RESOURCE", "USED", "LIMIT");
	for (size_t i = 0; pnpn_usage_list_get(usage, i, &row, sizeof(row)); i++) {
		char user[64] = "", limit[32] = "-";
		if (row.uid != uid && !find_name(row.uid, user, sizeof(user)))
			snprintf(user, sizeof(user), "%" PRIu32, row.uid);
		if (row.limit)
			snprintf(limit, sizeof(limit), "%" PRIu64, row.limit);
		printf("%-30s %-20s %12" PRIu64 " %12s\n", user, row.resource, row.used, limit);
		uid = row.uid;
	}
}

/* A device's own row, and nothing to say of it: no event, and none of its registrants' rows behind it. */
static bool is_idle(const struct pnpn_status *rows, size_t index, const struct pnpn_status_row *row)
{
	struct pnpn_status_row next;

	return !row->registrant && !row->events &&
	       !(pnpn_status_get(rows, index + 1, &next, sizeof(next)) && next.registrant);
}

static void print_status(const struct pnpn_status *rows, bool all)
{
	struct pnpn_status_row row;

	printf("%-30s %8s %10s %12s %12s %8s\n", "DEVICE", "PROCESS", "REGISTRANT", "EVENTS",
	       "BYTES WAIT", "LOST");
	for (size_t i = 0; pnpn_status_get(rows, i, &row, sizeof(row)); i++)
		if (!row.unanswered && (all || !is_idle(rows, i, &row)))
			print_row(&row);
}

/* Who kept removals waiting (D6). */
static void print_silent(const struct pnpn_status *rows)
{
	struct pnpn_status_row row;

	for (size_t i = 0; pnpn_status_get(rows, i, &row, sizeof(row)); i++)
		if (row.unanswered)
			printf("process %u did not answer in time %" PRIu64
			       " times whether a device may be removed, the last one %s\n",
			       row.pid, row.unanswered, row.device);
}

/* A line for each row of either table: programs tell them by their keys. */
static void print_json(const struct pnpn_status *rows, const struct pnpn_usage_list *usage)
{
	struct pnpn_status_row row;
	struct pnpn_usage_row used;

	for (size_t i = 0; pnpn_status_get(rows, i, &row, sizeof(row)); i++) {
		struct pnpn_json json = {0};
		pnpn_json_begin(&json, '{');
		pnpn_json_add_string(&json, "device", row.device);
		pnpn_json_add_unsigned(&json, "pid", row.pid);
		pnpn_json_add_unsigned(&json, "registrant", row.registrant);
		pnpn_json_add_unsigned(&json, "events", row.events);
		pnpn_json_add_unsigned(&json, "bytes_wait", row.lag);
		pnpn_json_add_unsigned(&json, "lost", row.lost);
		if (row.unanswered)
			pnpn_json_add_unsigned(&json, "unanswered", row.unanswered);
		pnpn_json_end(&json, '}');
		putchar('\n');
	}
	for (size_t i = 0; pnpn_usage_list_get(usage, i, &used, sizeof(used)); i++) {
		struct pnpn_json json = {0};
		pnpn_json_begin(&json, '{');
		pnpn_json_add_unsigned(&json, "uid", used.uid);
		pnpn_json_add_string(&json, "resource", used.resource);
		pnpn_json_add_unsigned(&json, "used", used.used);
		if (used.limit)
			pnpn_json_add_unsigned(&json, "limit", used.limit);
		pnpn_json_end(&json, '}');
		putchar('\n');
	}
}

static int write_metrics(const char *path, const struct pnpn_status *rows,
			 const struct pnpn_usage_list *usage)
{
	struct pnpn_whole_file file;
	int r = pnpn_whole_file_begin(&file, path);

	if (r >= 0) {
		pnpn_metrics_print(file.stream, rows, usage);
		r = pnpn_whole_file_end(&file);
	}
	return r < 0 ? pnpn_command_failed(path, r) : 0;
}

static void print_tables(const struct pnpn_status *rows, const struct pnpn_usage_list *usage,
			 bool all)
{
	pnpn_terminal_begin_pages();
	print_status(rows, all);
	print_silent(rows);
	print_usage(usage);
}

struct wanted {
	bool all, json, metrics;
	const char *output; /* NULL: standard output */
};

static int status(const struct wanted *wanted)
{
	int exit_status = 0;
	struct pnpn_connection *connection;
	struct pnpn_status *rows = NULL;
	struct pnpn_usage_list *usage = NULL;
	int r = pnpn_command_connect(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = pnpn_get_status(connection, &rows);
	if (r >= 0)
		r = pnpn_get_usage(connection, &usage);
	pnpn_disconnect(connection);
	if (r < 0) {
		pnpn_status_free(rows);
		return pnpn_command_failed("the manager did not tell its status", r);
	}
	if (wanted->output)
		exit_status = write_metrics(wanted->output, rows, usage);
	else if (wanted->metrics)
		pnpn_metrics_print(stdout, rows, usage);
	else if (wanted->json)
		print_json(rows, usage);
	else
		print_tables(rows, usage, wanted->all);
	pnpn_status_free(rows);
	pnpn_usage_list_free(usage);
	return exit_status;
}

int pnpn_cmd_status(int argc, char **argv)
{
	static const struct option known[] = {{"all", no_argument, NULL, 'a'},
					      {"json", no_argument, NULL, 'j'},
					      {"metrics", no_argument, NULL, 'm'},
					      {"output", required_argument, NULL, 'o'},
					      {0}};
	struct wanted wanted = {0};
	int exit_status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &exit_status)) >= 0) {
		wanted.all |= option == 'a';
		wanted.json |= option == 'j';
		wanted.metrics |= option == 'm';
		if (option == 'o')
			wanted.output = optarg;
	}
	if (option == PNPN_OPTION_EXIT)
		return exit_status;
	if (optind < argc)
		return pnpn_command_usage(argv[0], "\"%s\" is one word too many", argv[optind]);
	if (wanted.json && wanted.metrics)
		return pnpn_command_usage(argv[0], "it is either --json or --metrics");
	if (wanted.output && !wanted.metrics)
		return pnpn_command_usage(argv[0], "--output is for --metrics");
	return status(&wanted);
}
