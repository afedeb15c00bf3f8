/* SPDX-License-Identifier: MIT */
/* pnpnotify wait */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tool/command.h"

struct wait {
	char **devices;
	int n_devices;
	bool removed; /* until they are gone */
	int64_t deadline;
};

/* Whether one is there: 0, 1; an errno. Without a manager nothing is. */
static int is_there(struct pnpn_connection *connection, const char *device)
{
	struct pnpn_registration *registration;
	int r = pnpn_register_device(connection, device, 0, NULL, &registration);

	if (r == -ENOENT || r == -ENOTCONN)
		return 0;
	if (r < 0)
		return r;
	(void)pnpn_unregister(registration);
	return 1;
}

/* The first device that is not as it should be; n_devices; an errno. */
static int find_missing(const struct wait *wait, struct pnpn_connection *connection)
{
	for (int i = 0; i < wait->n_devices; i++) {
		int r = is_there(connection, wait->devices[i]);
		if (r < 0)
			pnpn_command_failed(wait->devices[i], r);
		if (r < 0 || r == (int)wait->removed)
			return r < 0 ? r : i;
	}
	return wait->n_devices;
}

/* Looks again whenever a device came or went. Returns an exit status. */
static int wait_for(const struct wait *wait, struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	for (;;) {
		int missing = find_missing(wait, connection);
		if (missing < 0)
			return 1;
		if (missing == wait->n_devices)
			return 0;
		int left = pnpn_command_time_left(wait->deadline);
		if (left == 0) {
			fprintf(stderr, "pnpnotify: %s is %s\n", wait->devices[missing],
				wait->removed ? "still there" : "not there");
			return 1;
		}
		int r = pnpn_wait(connection, left);
		if (r < 0)
			return pnpn_command_failed("wait", r);
		while (pnpn_next_event(connection, &event) > 0)
			;
	}
}

int pnpn_cmd_wait(int argc, char **argv)
{
	static const struct option known[] = {{"removed", no_argument, NULL, 'r'},
					      {"timeout", required_argument, NULL, 't'},
					      {0}};
	struct wait wait = {.deadline = PNPN_NEVER};
	struct pnpn_connection *connection;
	int option, status = 0;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		status = option == 't' ? pnpn_command_take_timeout(argv[0], optarg, &wait.deadline)
				       : -1;
		if (status >= 0)
			return status;
		wait.removed |= option == 'r';
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	wait.devices = argv + optind;
	wait.n_devices = argc - optind;
	if (!wait.n_devices)
		return pnpn_command_usage(argv[0], "which device?");
	int r = pnpn_command_connect_lasting(&connection);
	if (r < 0)
		return pnpn_command_not_connected(r);
	/* First, so that nothing can come between looking and waiting. */
	r = pnpn_register_all(connection, PNPN_REGISTER_DEVICES_ONLY, NULL, NULL);
	status = r < 0 ? pnpn_command_failed("wait", r) : wait_for(&wait, connection);
	pnpn_disconnect(connection);
	return status;
}
