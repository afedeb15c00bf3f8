/* SPDX-License-Identifier: MIT */
/*
 * A process that has one of Linux's disks go for whoever asks, with his rights and no more, so that the kernel says what he
 * may. It goes three steps, each when it is told to: whether he may; that nobody uses it, and nobody does from then on; that
 * it goes. The kernel may take its time over each: the manager does not wait.
 */
#ifndef PNPN_MANAGER_EJECTOR_H
#define PNPN_MANAGER_EJECTOR_H

#include <systemd/sd-event.h>

struct pnpn_ejectable;
struct pnpn_ejector;
struct pnpn_identity;

/**
 * pnpn_ejector_new() - makes the process, which goes the first step
 * @told: called at the end of each step, with 0 or an errno; may free the ejector. Behind an errno nothing comes
 *
 * Returns 0; an errno.
 */
int pnpn_ejector_new(struct pnpn_ejector **ret_ejector, sd_event *event,
		     const struct pnpn_identity *who, const struct pnpn_ejectable *what,
		     void (*told)(void *userdata, int error), void *userdata);

/** Has it go the next step. */
void pnpn_ejector_go_on(struct pnpn_ejector *ejector);

/** Ends the process, wherever it is, and lets the disk go; NULL is allowed. Returns NULL. */
struct pnpn_ejector *pnpn_ejector_free(struct pnpn_ejector *ejector);

#endif
