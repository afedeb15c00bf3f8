/* SPDX-License-Identifier: MIT */
/* What is said before D-Bus is spoken: sd-bus greets, but what it is answered instead of a greeting it keeps to
 * itself. */
#ifndef PNPN_CLIENT_GREETING_H
#define PNPN_CLIENT_GREETING_H

#include <stdbool.h>

/**
 * pnpn_greeting_connect() - connect to where a manager listens, without a word
 * @address: unix:path=PATH, with nothing in it that D-Bus would read as more than a path
 *
 * Does not block. Returns a descriptor, the caller's; -EAFNOSUPPORT: another address, for sd-bus; -EAGAIN: the manager's
 * queue is full; an errno.
 */
int pnpn_greeting_connect(const char *address);

/**
 * pnpn_greeting_look() - how a manager begins, without taking it from the socket
 *
 * Returns 0 if it greets, or is gone; 1 as long as it says nothing; if it turns us away why: -EDQUOT, -EMFILE, -ENFILE,
 * -ENOSPC, -ENOMEM, or -ECONNREFUSED for anything else that it gives as its reason.
 */
int pnpn_greeting_look(int fd);

/** Whether that is why managers turn somebody away. */
bool pnpn_greeting_is_reason(int error);

#endif
