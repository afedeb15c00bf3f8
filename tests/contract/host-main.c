/* SPDX-License-Identifier: MIT */
/* The command "host" as a program of its own, for tests of the driver face. */
#include "tool/cmd-host.h"

int main(int argc, char **argv)
{
	return pnpn_cmd_host(argc, argv);
}
