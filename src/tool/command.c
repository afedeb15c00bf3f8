/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/command.h"
#include "tool/terminal.h"

#define OPTIONS_MAX 24

enum {
	OPTION_HELP = 1000,
	OPTION_ADDRESS,
	OPTION_NO_PAGER,
};

static const char *address;

const struct pnpn_command *pnpn_command_find(const char *name)
{
	for (const struct pnpn_command *command = pnpn_commands; command->name; command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

int pnpn_command_print_help(const char *name)
{
	const struct pnpn_command *command = pnpn_command_find(name);

	if (command)
		printf("usage: pnpnotify %s%s%s\n%s\n\n%s"
		       "  --address unix:path=PATH  of the manager; else $PNPNOTIFY_ADDRESS, else "
		       "the system "
		       "bus\n"
		       "  --no-pager                show what is long at once, on a terminal too\n"
		       "  --help                    this text\n",
		       name, *command->arguments ? " " : "", command->arguments, command->what,
		       command->options);
	return 0;
}

/* getopt's own words do not say what would be right. */
static int unknown(int argc, char **argv, int option)
{
	const char *word = optind > 1 && optind <= argc ? argv[optind - 1] : "";

	if (option == ':')
		return pnpn_command_usage(argv[0], "%s wants a value", word);
	return pnpn_command_usage(argv[0], "there is no option %s", word);
}

int pnpn_command_next_option(int argc, char **argv, const struct option *known, int *ret_status)
{
	struct option all[OPTIONS_MAX] = {{"help", no_argument, NULL, OPTION_HELP},
					  {"address", required_argument, NULL, OPTION_ADDRESS},
					  {"no-pager", no_argument, NULL, OPTION_NO_PAGER}};

	for (size_t i = 0; known[i].name && i + 4 < OPTIONS_MAX; i++)
		all[i + 3] = known[i];
	opterr = 0;
	for (;;) {
		int option = getopt_long(argc, argv, ":h", all, NULL);
		switch (option) {
		case 'h':
		case OPTION_HELP:
			*ret_status = pnpn_command_print_help(argv[0]);
			return PNPN_OPTION_EXIT;
		case OPTION_ADDRESS:
			address = optarg;
			break;
		case OPTION_NO_PAGER:
			pnpn_terminal_set_pager(false);
			break;
		case '?':
		case ':':
			*ret_status = unknown(argc, argv, option);
			return PNPN_OPTION_EXIT;
		default:
			return option;
		}
	}
}

int pnpn_command_failed(const char *what, int error)
{
	fprintf(stderr, "pnpnotify: %s: %s\n", what, strerror(-error));
	return 1;
}

const char *pnpn_command_address(void)
{
	return address ? address : getenv("PNPNOTIFY_ADDRESS");
}

int pnpn_command_connect(struct pnpn_connection **ret_connection)
{
	return pnpn_connect(ret_connection, address);
}

int pnpn_command_connect_lasting(struct pnpn_connection **ret_connection)
{
	return pnpn_connect_lasting(ret_connection, address);
}

int pnpn_command_not_connected(int error)
{
	const char *where = pnpn_command_address();

	if (error == -EINVAL)
		fprintf(stderr,
			"pnpnotify: %s is no address; it has to be unix:path= and the path of the "
			"manager's socket\n",
			where);
	else if (error == -EDQUOT || error == -EMFILE || error == -ENFILE || error == -ENOMEM)
		fprintf(stderr, "pnpnotify: the manager can't be connected to: %s\n",
			strerror(-error));
	else if (where)
		fprintf(stderr,
			"pnpnotify: no manager at %s: %s; start one: pnpnotifyd --address %s\n",
			where, strerror(-error), where);
	else
		fprintf(stderr,
			"pnpnotify: no manager on the system bus: %s; start pnpnotifyd there, or a "
			"private "
			"one: pnpnotifyd --address unix:path=PATH, and set PNPNOTIFY_ADDRESS\n",
			strerror(-error));
	return 1;
}
