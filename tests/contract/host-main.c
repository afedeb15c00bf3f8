/* SPDX-License-Identifier: MIT */
/* The command "host" as a program of its own, for tests of the driver face. */
#include <stdio.h>

#include "tool/cmd-host.h"
#include "tool/command.h"

/* The whole help is the command's. */
int pnpn_command_print_help(const char *name)
{
	printf("usage: %s DRIVER.so...\n", name);
	return 0;
}

int main(int argc, char **argv)
{
	return pnpn_cmd_host(argc, argv);
}
