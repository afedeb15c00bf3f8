/* SPDX-License-Identifier: MIT */
/* The part that an owner has in a removal, for a device of Linux's, that has none: an ejector plays it. */
#ifndef PNPN_MANAGER_EJECTION_H
#define PNPN_MANAGER_EJECTION_H

#include <stdbool.h>
#include <systemd/sd-event.h>
#include "core/removal.h"

struct pnpn_ejectable;
struct pnpn_ejector;
struct pnpn_identity;
struct pnpn_removal_record;

struct pnpn_ejection {
	struct pnpn_removal_voter voter;
	struct pnpn_removal_record *record; /* of the removal that it has part in */
	struct pnpn_ejector *ejector;
	int error; /* why it stays; 0 */
	bool is_leaving; /* nobody else uses it, all agreed */
	bool has_gone; /* as far as the ejector can tell */
	/** Whether who asked may, which is known before anybody else is asked: 0, or an errno. May free the ejection. */
	void (*begun)(struct pnpn_ejection *ejection, int error);
};

/** Begins: begun() is called later. Returns 0; an errno. */
int pnpn_ejection_new(struct pnpn_ejection **ret_ejection, sd_event *event,
		      const struct pnpn_identity *who, const struct pnpn_ejectable *what,
		      void (*begun)(struct pnpn_ejection *ejection, int error));

/** What an owner is told; answered as one answers. */
void pnpn_ejection_tell(struct pnpn_ejection *ejection, enum pnpn_removal_news news);

/**
 * pnpn_ejection_time_out() - D6's limit is over while the removal waits for it
 *
 * Nobody takes Linux to agree: what did not go stays. Where it went, and nobody told of that, it is gone.
 */
void pnpn_ejection_time_out(struct pnpn_ejection *ejection);

/** Lets the device go, if it has not gone; NULL is allowed. Returns NULL. */
struct pnpn_ejection *pnpn_ejection_free(struct pnpn_ejection *ejection);

#endif
