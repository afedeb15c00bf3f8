/* SPDX-License-Identifier: MIT */
#include "core/removal.h"
#include "core/port.h"

/* One line of the order. */
struct pnpn_removal_step {
	enum { TELL, CLOSE, LEAVE, OVER } what;
	enum pnpn_removal_part part; /* who is told, all of them together */
	enum pnpn_removal_news news;
	bool answered; /* the next line waits for all of them */
	bool refusable; /* ... and any of them may refuse */
	bool commits; /* it can't be given up from here on */
};

static const struct pnpn_removal_step orderly[] = {
	{TELL, PNPN_REMOVAL_APPLICATION, PNPN_REMOVAL_QUERY, .answered = true, .refusable = true},
	{TELL, PNPN_REMOVAL_DRIVER, PNPN_REMOVAL_QUERY, .answered = true, .refusable = true},
	{.what = CLOSE},
	{TELL, PNPN_REMOVAL_OWNER, PNPN_REMOVAL_QUERY, .answered = true, .refusable = true},
	{TELL, PNPN_REMOVAL_APPLICATION, PNPN_REMOVAL_PENDING, .commits = true},
	{TELL, PNPN_REMOVAL_DRIVER, PNPN_REMOVAL_COMPLETE, .answered = true},
	{TELL, PNPN_REMOVAL_OWNER, PNPN_REMOVAL_REMOVE, .answered = true, .refusable = true},
	{.what = LEAVE},
	{.what = OVER},
};

static const struct pnpn_removal_step surprise[] = {
	{TELL, PNPN_REMOVAL_OWNER, PNPN_REMOVAL_SURPRISE, .answered = true, .commits = true},
	{TELL, PNPN_REMOVAL_DRIVER, PNPN_REMOVAL_COMPLETE, .answered = true},
	{.what = LEAVE},
	{.what = CLOSE},
	{TELL, PNPN_REMOVAL_OWNER, PNPN_REMOVAL_REMOVE, .answered = true},
	{.what = OVER},
};

static struct pnpn_removal_voter *voter_at(struct pnpn_list *link)
{
	return pnpn_list_entry(link, struct pnpn_removal_voter, link);
}

void pnpn_removal_init(struct pnpn_removal *removal, const struct pnpn_removal_world *world,
		       bool is_surprise)
{
	memset(removal, 0, sizeof(*removal));
	removal->world = world;
	removal->step = is_surprise ? surprise : orderly;
	removal->patient = is_surprise;
	pnpn_list_init(&removal->voters);
}

void pnpn_removal_add(struct pnpn_removal *removal, struct pnpn_removal_voter *voter,
		      enum pnpn_removal_part part)
{
	voter->removal = removal;
	voter->part = part;
	voter->asked = voter->waited_for = false;
	pnpn_list_append(&removal->voters, &voter->link);
}

/* --- one line ------------------------------------------------------------------------------------- */

static void stop_waiting(struct pnpn_removal_voter *voter)
{
	voter->removal->n_waited_for -= voter->waited_for;
	voter->waited_for = false;
}

/* He may answer inside. */
static void tell(struct pnpn_removal_voter *voter, const struct pnpn_removal_step *step)
{
	voter->waited_for = step->answered;
	voter->removal->n_waited_for += step->answered;
	if (step->news == PNPN_REMOVAL_QUERY)
		voter->asked = true;
	if (voter->removal->world->tell(voter, step->news))
		return;
	voter->asked = false;
	stop_waiting(voter);
}

static void tell_all(struct pnpn_removal *removal, const struct pnpn_removal_step *step)
{
	pnpn_list_for_each_safe (link, after, &removal->voters)
		if (voter_at(link)->part == step->part &&
		    removal->outcome == PNPN_REMOVAL_UNDER_WAY)
			tell(voter_at(link), step);
	if (removal->n_waited_for)
		removal->world->wait(removal);
}

/* The driver hears of it first, then who was asked before him (D5). */
static void tell_cancelled(struct pnpn_removal *removal)
{
	for (int part = PNPN_REMOVAL_OWNER; part >= PNPN_REMOVAL_APPLICATION; part--)
		pnpn_list_for_each_safe (link, after, &removal->voters)
			if ((int)voter_at(link)->part == part && voter_at(link)->asked)
				(void)removal->world->tell(voter_at(link), PNPN_REMOVAL_CANCELLED);
}

/* It stays. */
static void stop(struct pnpn_removal *removal, enum pnpn_removal_outcome outcome,
		 struct pnpn_removal_voter *vetoer)
{
	removal->outcome = outcome;
	removal->vetoer = vetoer;
	pnpn_list_for_each_safe (link, after, &removal->voters)
		stop_waiting(voter_at(link));
	tell_cancelled(removal);
}

/* --- one line after the other --------------------------------------------------------------------- */

/* Whether the line under way is through; an open handle ends more than that. */
static bool is_through(struct pnpn_removal *removal)
{
	if (removal->step->what != CLOSE || !removal->world->is_open(removal))
		return !removal->n_waited_for;
	if (!removal->patient)
		stop(removal, PNPN_REMOVAL_OPEN, NULL);
	return false;
}

static void begin_step(struct pnpn_removal *removal)
{
	removal->committed |= removal->step->commits;
	switch (removal->step->what) {
	case TELL:
		tell_all(removal, removal->step);
		break;
	case CLOSE:
		break;
	case LEAVE:
		removal->world->leave(removal);
		break;
	case OVER:
		removal->outcome = PNPN_REMOVAL_DONE;
		break;
	}
}

/* As far as it goes. Whoever is told may answer, be forgotten or close inside: that is seen here. */
static void advance(struct pnpn_removal *removal)
{
	if (removal->advancing)
		return;
	removal->advancing = true;
	while (removal->outcome == PNPN_REMOVAL_UNDER_WAY && is_through(removal)) {
		removal->step++;
		begin_step(removal);
	}
	removal->advancing = false;
	if (removal->outcome != PNPN_REMOVAL_UNDER_WAY)
		removal->world->ended(removal, removal->outcome);
}

void pnpn_removal_begin(struct pnpn_removal *removal)
{
	removal->advancing = true;
	begin_step(removal);
	removal->advancing = false;
	advance(removal);
}

/* --- what happens meanwhile ----------------------------------------------------------------------- */

void pnpn_removal_answer(struct pnpn_removal_voter *voter, bool agrees)
{
	struct pnpn_removal *removal = voter->removal;

	if (!voter->waited_for)
		return;
	stop_waiting(voter);
	if (!agrees && removal->step->refusable)
		stop(removal, PNPN_REMOVAL_VETOED, voter);
	advance(removal);
}

void pnpn_removal_forget(struct pnpn_removal_voter *voter)
{
	struct pnpn_removal *removal = voter->removal;

	if (!removal)
		return;
	stop_waiting(voter);
	pnpn_list_remove(&voter->link);
	voter->removal = NULL;
	if (removal->vetoer == voter)
		removal->vetoer = NULL;
	if (removal->outcome == PNPN_REMOVAL_UNDER_WAY)
		advance(removal);
}

bool pnpn_removal_pause(struct pnpn_removal *removal)
{
	bool held = removal->advancing;

	removal->advancing = true;
	return held;
}

void pnpn_removal_resume(struct pnpn_removal *removal, bool held)
{
	removal->advancing = held;
	advance(removal);
}

void pnpn_removal_closed(struct pnpn_removal *removal)
{
	if (removal->step->what == CLOSE)
		advance(removal);
}

void pnpn_removal_time_out(struct pnpn_removal *removal)
{
	pnpn_list_for_each_safe (link, after, &removal->voters) {
		if (!voter_at(link)->waited_for)
			continue;
		removal->world->silent(voter_at(link));
		stop_waiting(voter_at(link));
	}
	advance(removal);
}

void pnpn_removal_give_up(struct pnpn_removal *removal)
{
	if (removal->committed)
		return;
	stop(removal, PNPN_REMOVAL_GIVEN_UP, NULL);
	advance(removal);
}

void pnpn_removal_vanish(struct pnpn_removal *removal)
{
	if (removal->outcome != PNPN_REMOVAL_UNDER_WAY)
		return;
	pnpn_list_for_each_safe (link, after, &removal->voters)
		stop_waiting(voter_at(link));
	/* Its owner may do what he was told to. */
	removal->outcome = removal->step->news == PNPN_REMOVAL_REMOVE ? PNPN_REMOVAL_DONE
								      : PNPN_REMOVAL_GONE;
	advance(removal);
}
