/* SPDX-License-Identifier: MIT */
#ifndef PNPN_TOOL_CMD_HOST_H
#define PNPN_TOOL_CMD_HOST_H

/** pnpnotify host: argv[0] is "host". Blocks until the host ends. Returns the exit status. */
int pnpn_cmd_host(int argc, char **argv);

#endif
