/* SPDX-License-Identifier: MIT */
/* pnpnotify fleet: a program beside this one, because nothing else is to need NATS. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool/command.h"

#define PROGRAM "pnpnotify-fleet"

/* Where this program is; where it was built the other one has a folder of its own. */
static void run_beside(char **argv)
{
	static const char *const places[] = {"/" PROGRAM, "/../fleet/" PROGRAM};
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);

	if (length < 0)
		return;
	path[length] = 0;
	char *end = strrchr(path, '/');
	for (size_t i = 0; end && i < sizeof(places) / sizeof(places[0]); i++) {
		strcpy(end, places[i]);
		execv(path, argv);
	}
}

int pnpn_cmd_fleet(int argc, char **argv)
{
	static const char *const words[] = {"hosts", "status", "monitor", "--help"};
	bool known = false;

	for (size_t i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++)
		known |= strcmp(argv[1], words[i]) == 0;
	if (!known)
		return pnpn_command_usage(argv[0], "it wants hosts, monitor or status");
	argv[0] = (char[]){PROGRAM};
	run_beside(argv);
	execvp(PROGRAM, argv);
	fprintf(stderr, "pnpnotify: " PROGRAM ": %s; the package " PROGRAM " has it\n",
		strerror(errno));
	return 1;
}
