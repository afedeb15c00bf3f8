/* SPDX-License-Identifier: MIT */
/* What pnpnotify-fleet is asked for: on the command line, or in a file with the same words. */
#ifndef PNPN_FLEET_OPTIONS_H
#define PNPN_FLEET_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "fleet/token.h"
#include "tool/argument.h"

/** How often an option that may be repeated can be given. */
#define PNPN_FLEET_WORDS 16

/** Words of one option; they live as long as the program. */
struct pnpn_words {
	const char *words[PNPN_FLEET_WORDS];
	int n;
};

struct pnpn_fleet_options {
	/* Where the servers are, and who we are there. */
	struct pnpn_words servers;
	const char *creds;
	const char *login; /* a file: user on its first line, password on its second */
	const char *tls_ca, *tls_cert, *tls_key;
	/* What is made there, if it is not there yet. */
	uint64_t replicas;
	uint64_t stream_bytes;
	/* This machine. */
	bool publish, mirror;
	const char *address; /* of the manager; NULL as pnpn_connect() has it */
	char host[PNPN_HOST_BYTES];
	uint64_t backlog; /* bytes */
	uint64_t limit; /* seconds without a word after which a host is gone */
	const char *state; /* the mirror's file */
	uint64_t host_devices; /* of one host so many are mirrored */
	/* Which events. */
	struct pnpn_words hosts; /* patterns */
	struct pnpn_words devices; /* patterns */
	struct pnpn_guids classes, events;
	/* How they are shown. */
	bool json;
	const char *time;
	uint64_t since; /* seconds back, or since 1970; 0: from now on */
	uint64_t count; /* 0: without end */
	const char *timeout;
};

/**
 * pnpn_fleet_options_read() - the command line behind a command's name, and the file that --config names
 * @command: for messages
 *
 * Returns -1; else a status to exit with, after it said what was wrong.
 */
int pnpn_fleet_options_read(struct pnpn_fleet_options *options, const char *command, int argc,
			    char **argv);

/** Whether a text matches one of the patterns, case not counting; any does where there is none. */
bool pnpn_words_match(const struct pnpn_words *patterns, const char *text);

#endif
