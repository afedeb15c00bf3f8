/* SPDX-License-Identifier: MIT */
/* pnpnotify status */
#include <inttypes.h>
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

static int status(void)
{
	struct pnpn_connection *connection;
	struct pnpn_status *rows;
	struct pnpn_status_row row;
	int r = pnpn_command_connect(&connection);

	if (r < 0)
		return pnpn_command_not_connected(r);
	r = pnpn_get_status(connection, &rows);
	pnpn_disconnect(connection);
	if (r < 0)
		return pnpn_command_failed("the manager did not tell its status", r);
	printf("%-30s %8s %10s %12s %12s %8s\n", "DEVICE", "PROCESS", "REGISTRANT", "EVENTS",
	       "BYTES WAIT", "LOST");
	for (size_t i = 0; pnpn_status_get(rows, i, &row); i++)
		print_row(&row);
	pnpn_status_free(rows);
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
