/* SPDX-License-Identifier: MIT */
/* pnpnotify status */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>

#include "tool/command.h"

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

static void print_status(const struct pnpn_status *rows)
{
	struct pnpn_status_row row;

	printf("%-30s %8s %10s %12s %12s %8s\n", "DEVICE", "PROCESS", "REGISTRANT", "EVENTS",
	       "BYTES WAIT", "LOST");
	for (size_t i = 0; pnpn_status_get(rows, i, &row, sizeof(row)); i++)
		print_row(&row);
}

static int status(void)
{
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
	print_status(rows);
	print_usage(usage);
	pnpn_status_free(rows);
	pnpn_usage_list_free(usage);
	return 0;
}

int pnpn_cmd_status(int argc, char **argv)
{
	static const struct option known[] = {{0}};
	int exit_status = 0;

	if (pnpn_command_next_option(argc, argv, known, &exit_status) == PNPN_OPTION_EXIT)
		return exit_status;
	if (optind < argc)
		return pnpn_command_usage(argv[0], "\"%s\" is one word too many", argv[optind]);
	return status();
}
