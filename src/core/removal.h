/* SPDX-License-Identifier: MIT */
/*
 * How a device is removed: who is asked and told, in which order, and what becomes of it when one of them refuses,
 * is silent or dies (D5 to D7). Whoever has one lets one thread in at a time.
 *
 * Orderly: applications are asked, then drivers that registered, then nobody may have it open, then its owner is
 * asked. Once all agree applications are told that it is pending, drivers that it is complete, its owner that it is
 * to remove it, and it leaves. Those who stand in one line of that are asked together: a silent one costs his time
 * once. A surprise asks nobody: owner and drivers are told, it leaves, and its owner removes it when nobody has it
 * open any more.
 */
#ifndef PNPN_CORE_REMOVAL_H
#define PNPN_CORE_REMOVAL_H

#include <stdbool.h>
#include "core/list.h"

struct pnpn_removal;

/** Who is asked and told. */
enum pnpn_removal_part {
	PNPN_REMOVAL_APPLICATION,
	PNPN_REMOVAL_DRIVER, /* a kernel-mode registrant */
	PNPN_REMOVAL_OWNER,
};

/** What they are told. */
enum pnpn_removal_news {
	PNPN_REMOVAL_QUERY = 1, /* may it be removed? Answered */
	PNPN_REMOVAL_CANCELLED, /* to who was asked: it stays */
	PNPN_REMOVAL_PENDING, /* to applications */
	PNPN_REMOVAL_COMPLETE, /* to drivers. Answered, once they let go of it */
	PNPN_REMOVAL_REMOVE, /* to the owner. Answered, once it is done; in an orderly removal he may fail */
	PNPN_REMOVAL_SURPRISE, /* to the owner. Answered, once he knows */
};

enum pnpn_removal_outcome {
	PNPN_REMOVAL_UNDER_WAY,
	PNPN_REMOVAL_DONE,
	PNPN_REMOVAL_VETOED, /* by removal->vetoer; NULL: he is gone since */
	PNPN_REMOVAL_OPEN, /* somebody has it open */
	PNPN_REMOVAL_GIVEN_UP, /* by whoever asked for it */
	PNPN_REMOVAL_GONE, /* the device went by itself meanwhile */
};

/** One who is asked, or told. */
struct pnpn_removal_voter {
	struct pnpn_removal *removal; /* NULL: in none */
	struct pnpn_list link; /* in the removal */
	enum pnpn_removal_part part;
	bool asked; /* he heard the query, and is to hear if it is cancelled */
	bool waited_for; /* he has not answered what he heard last */
};

/** What a removal needs of who has it. None may free the removal but ended. */
struct pnpn_removal_world {
	/** Tells him. Where that is answered pnpn_removal_answer() is called, inside or later. Returns false if he
	 *  can't be told: that counts as agreeing. */
	bool (*tell)(struct pnpn_removal_voter *voter, enum pnpn_removal_news news);
	/** Whether somebody has the device open. */
	bool (*is_open)(struct pnpn_removal *removal);
	/** Answers are waited for from now on: pnpn_removal_time_out() is to come after the limit (D6). */
	void (*wait)(struct pnpn_removal *removal);
	/** He did not answer within the limit, and is taken to agree (D6). */
	void (*silent)(struct pnpn_removal_voter *voter);
	/** The device leaves: interfaces and device are told as gone to everybody (D3, D8). */
	void (*leave)(struct pnpn_removal *removal);
	/** It is over; may free it. The voters may be looked at. */
	void (*ended)(struct pnpn_removal *removal, enum pnpn_removal_outcome outcome);
};

struct pnpn_removal {
	const struct pnpn_removal_world *world;
	const struct pnpn_removal_step *step; /* the one under way */
	struct pnpn_list voters; /* in the order in which they are told */
	bool patient; /* open handles are waited for, they veto nothing */
	bool committed; /* it can't be given up any more */
	bool advancing; /* somebody below is at it */
	unsigned int n_waited_for;
	enum pnpn_removal_outcome outcome;
	struct pnpn_removal_voter *vetoer;
};

/** One that has not begun: an orderly one, or a surprise. */
void pnpn_removal_init(struct pnpn_removal *removal, const struct pnpn_removal_world *world,
		       bool surprise);

/** Before it begins: he takes part. */
void pnpn_removal_add(struct pnpn_removal *removal, struct pnpn_removal_voter *voter,
		      enum pnpn_removal_part part);

/** Begins. It may be over, and freed, when this returns; so with all that follow. */
void pnpn_removal_begin(struct pnpn_removal *removal);

/** He answers what he heard last; where nothing can be refused he agrees. One who is not waited for changes
 *  nothing. */
void pnpn_removal_answer(struct pnpn_removal_voter *voter, bool agrees);

/** He is gone: he agrees at once, and hears nothing more (D6). Allowed for one who is in none. */
void pnpn_removal_forget(struct pnpn_removal_voter *voter);

/** Until it is resumed nothing goes on, so that several can be forgotten at once: returns what to resume it with.
 *  It may be over, and freed, when pnpn_removal_resume() returns. */
bool pnpn_removal_pause(struct pnpn_removal *removal);
void pnpn_removal_resume(struct pnpn_removal *removal, bool held);

/** A handle was closed. */
void pnpn_removal_closed(struct pnpn_removal *removal);

/** Whoever is still waited for is taken to agree (D6). */
void pnpn_removal_time_out(struct pnpn_removal *removal);

/** Whoever asked for it gives up: those who had been asked hear that it stays. Too late once all agreed. */
void pnpn_removal_give_up(struct pnpn_removal *removal);

/** The device went by itself, and everybody is told of that: nobody is asked or told any more. */
void pnpn_removal_vanish(struct pnpn_removal *removal);

#endif
