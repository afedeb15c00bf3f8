/* SPDX-License-Identifier: MIT */
/* What whoever runs the manager is told: a line on stderr, or in the journal, where it has fields to look for. */
#ifndef PNPN_PORT_NOTICE_H
#define PNPN_PORT_NOTICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** What a notice is about, as far as that is said; a field of the journal each. */
struct pnpn_notice {
	const char *device; /* PNPNOTIFY_DEVICE: an instance id */
	const char *resource; /* PNPNOTIFY_RESOURCE: the limit that was hit */
	pid_t pid; /* PNPNOTIFY_PID: a process; 0 for none */
	bool has_uid;
	uid_t uid; /* PNPNOTIFY_UID: a user, if has_uid */
};

/**
 * pnpn_notice() - say it
 * @about: what it is about; NULL: nothing in particular
 *
 * In the journal if stderr is connected to it. Any thread. Nobody can fill the log: after a hundred at once there is
 * one each ten seconds, and how many were left out is said with the next.
 */
__attribute__((format(printf, 2, 3))) void pnpn_notice(const struct pnpn_notice *about,
						       const char *format, ...);

#endif
