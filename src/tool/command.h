/* SPDX-License-Identifier: MIT */
/* One command of pnpnotify, and what commands share. */
#ifndef PNPN_TOOL_COMMAND_H
#define PNPN_TOOL_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "tool/argument.h"

struct pnpn_command {
	const char *name;
	const char *arguments; /* as the usage line shows them */
	const char *what; /* one line */
	const char *options; /* lines of the help text; "" without */
	int (*run)(int argc, char **argv);
};

/** Every command, ended by one without a name. */
extern const struct pnpn_command pnpn_commands[];

/** The one of that name, or NULL. */
const struct pnpn_command *pnpn_command_find(const char *name);

/** The commands: argv[0] is the name; they return the exit status. */
int pnpn_cmd_list(int argc, char **argv);
int pnpn_cmd_monitor(int argc, char **argv);
int pnpn_cmd_status(int argc, char **argv);
int pnpn_cmd_remove(int argc, char **argv);
int pnpn_cmd_report(int argc, char **argv);
int pnpn_cmd_fleet(int argc, char **argv);
int pnpn_cmd_guid(int argc, char **argv);
int pnpn_cmd_service(int argc, char **argv);
int pnpn_cmd_wait(int argc, char **argv);
int pnpn_cmd_info(int argc, char **argv);
int pnpn_cmd_record(int argc, char **argv);
int pnpn_cmd_replay(int argc, char **argv);
int pnpn_cmd_top(int argc, char **argv);
int pnpn_cmd_complete(int argc, char **argv);

/** What pnpn_command_next_option() found. */
enum pnpn_option {
	PNPN_OPTION_END = -1, /* optind is at the first argument that is no option */
	PNPN_OPTION_EXIT = -2, /* the command is to end with *ret_status */
};

/**
 * pnpn_command_next_option() - getopt_long() with this program's manners
 * @known: the command's own options; --help and --address are handled here
 *
 * Returns the option's val, its argument in optarg; or an enum pnpn_option.
 */
int pnpn_command_next_option(int argc, char **argv, const struct option *known, int *ret_status);

/** What a command is for and which options it has. Returns 0. */
int pnpn_command_print_help(const char *name);

/** Says on stderr what the world refused; error is negative. Returns 1. */
int pnpn_command_failed(const char *what, int error);

/** The manager's address that was asked for, by --address or $PNPNOTIFY_ADDRESS; NULL: the system bus. */
const char *pnpn_command_address(void);

/** Connects to --address, $PNPNOTIFY_ADDRESS or the system bus. Returns 0; an errno. */
int pnpn_command_connect(struct pnpn_connection **ret_connection);

/** The same, to go on when the manager restarts; where it is not there yet, it succeeds too. */
int pnpn_command_connect_lasting(struct pnpn_connection **ret_connection);

/** Says why connecting failed and what would help. Returns 1. */
int pnpn_command_not_connected(int error);

#endif
