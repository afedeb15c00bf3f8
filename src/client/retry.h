/* SPDX-License-Identifier: MIT */
/* When something is tried again: a timer, with pauses that grow. */
#ifndef PNPN_CLIENT_RETRY_H
#define PNPN_CLIENT_RETRY_H

#include <stdbool.h>

struct pnpn_retry {
	int timer_fd; /* -1 where nothing is tried again */
	int pause_ms; /* the last one; 0: there was none */
};

/** Its timer hangs in the epoll, with this tag. Returns 0; an errno. */
int pnpn_retry_init(struct pnpn_retry *retry, int epoll_fd, void *tag);

/** Frees what belongs to it. */
void pnpn_retry_deinit(struct pnpn_retry *retry);

/** The timer fires in so many milliseconds; 0: it does not. */
void pnpn_retry_set(struct pnpn_retry *retry, int ms);

/** The timer fires after a pause, longer than the one before. */
void pnpn_retry_pause(struct pnpn_retry *retry);

/** It went well: the next pause is a short one. */
void pnpn_retry_reset(struct pnpn_retry *retry);

/** Whether the timer fired since this was asked last. */
bool pnpn_retry_is_due(struct pnpn_retry *retry);

#endif
