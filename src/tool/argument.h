/* SPDX-License-Identifier: MIT */
/* Values of options that several commands, and programs beside them, take. */
#ifndef PNPN_TOOL_ARGUMENT_H
#define PNPN_TOOL_ARGUMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>

/** Exit status of a command that was not asked for as it has to be. */
#define PNPN_EXIT_USAGE 2

/** How often an option that may be repeated can be given. */
#define PNPN_GUIDS_MAX 16

/** GUIDs that an option named, each time that it was given. */
struct pnpn_guids {
	struct pnpn_guid guids[PNPN_GUIDS_MAX];
	int n;
};

/** Says on stderr what was wrong and how to learn what would be right. Returns PNPN_EXIT_USAGE. */
int pnpn_command_usage(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * pnpn_command_add_guid() - one more, by an option's argument
 * @find: of catalogue.h
 * @what: what there are names of, such as "class"
 *
 * Returns -1; else an exit status, after it said what was wrong.
 */
int pnpn_command_add_guid(const char *command, struct pnpn_guids *guids,
			  int (*find)(const char *text, struct pnpn_guid *ret_guid),
			  const char *what, const char *text);

/** Whether it is one of them. */
bool pnpn_command_has_guid(const struct pnpn_guids *guids, const struct pnpn_guid *guid);

/** No deadline. */
#define PNPN_NEVER INT64_MAX

/**
 * pnpn_command_take_timeout() - when --timeout SECONDS from now is
 * @text: the option's argument, fractions allowed
 *
 * Returns -1; else an exit status, after it said what was wrong.
 */
int pnpn_command_take_timeout(const char *command, const char *text, int64_t *ret_deadline);

/** Milliseconds until then, as pnpn_wait() takes them; 0 once it is over. */
int pnpn_command_time_left(int64_t deadline);

/** Seconds since 1970, of a time back from now, such as 90s, 10m, 2h, 3d, or of a moment as date --iso-8601=seconds writes
 *  it in UTC. Returns whether it is one. */
bool pnpn_command_read_time(const char *text, uint64_t *ret_seconds);

#endif
