/* SPDX-License-Identifier: MIT */
/* What a hostile user does to the manager, as nobody's library would: each for users_start(), which goes on once
 * it did its worst. */
#ifndef PNPN_TESTS_ATTACKS_H
#define PNPN_TESTS_ATTACKS_H

#include "users-fixture.h"

struct attack {
	const char *name;
	int (*run)(const struct users *users, int socket);
};

/** All of them; the last one has no name. */
extern const struct attack attacks[];

int attack_flood_of_reports(const struct users *users, int socket);
int attack_lists_that_nobody_reads(const struct users *users, int socket);
int attack_messages_that_never_end(const struct users *users, int socket);
int attack_connections_that_say_nothing(const struct users *users, int socket);
int attack_connections_without_end(const struct users *users);
int attack_descriptors_sent_along(const struct users *users, int socket);
int attack_rings_without_end(const struct users *users, int socket);
int attack_devices_without_end(const struct users *users, int socket);
int attack_names_without_end(const struct users *users, int socket);
int attack_registrations_without_end(const struct users *users, int socket);
int attack_signals_that_nobody_reads(const struct users *users, int socket);
int attack_calls_without_end(const struct users *users, int socket);
int attack_removals_that_nobody_answers(const struct users *users, int socket);
int attack_spoilt_rings(const struct users *users, int socket);

/** The client's half of authentication, on a bare socket. Returns 0; an errno. */
int attack_authenticate(int fd);

#endif
