/* SPDX-License-Identifier: MIT */
/* D5 to D7: who is asked and told of a removal, in which order, whatever the others do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/removal.h"

/* --- the world of one removal --------------------------------------------------------------------- */

/* Voters are letters: applications a to c, drivers d to f, the owner o. What happened is written down: a letter
 * and what it was told, W when answers are waited for, !x when x was silent, L when it leaves, = and how it ended. */
struct world {
	struct pnpn_removal removal;
	struct named {
		struct pnpn_removal_voter voter;
		char name;
	} voters[8];
	size_t n_voters;
	const char *inside; /* answers given at once, in pairs as in a script */
	unsigned int n_open;
	char told[256];
};

static struct world *world_of(struct pnpn_removal *removal)
{
	return pnpn_list_entry(removal, struct world, removal);
}

static void note(struct world *world, char a, char b)
{
	size_t length = strlen(world->told);

	assert_true(length + 4 < sizeof(world->told));
	snprintf(world->told + length, sizeof(world->told) - length, "%c%c ", a, b);
}

static char name_of(struct pnpn_removal_voter *voter)
{
	return pnpn_list_entry(voter, struct named, voter)->name;
}

/* What a word of a script, or what is answered inside, does. */
static void act(struct world *world, char who, char what)
{
	for (size_t i = 0; i < world->n_voters; i++) {
		if (world->voters[i].name != who)
			continue;
		if (what == 'x')
			pnpn_removal_forget(&world->voters[i].voter);
		else
			pnpn_removal_answer(&world->voters[i].voter, what == '+');
	}
}

static bool on_tell(struct pnpn_removal_voter *voter, enum pnpn_removal_news news)
{
	struct world *world = world_of(voter->removal);
	char name = name_of(voter);

	for (const char *answer = world->inside; answer && *answer; answer += 2) {
		if (*answer != name)
			continue;
		if (answer[1] == '0' && news == PNPN_REMOVAL_QUERY) /* he can't be reached */
			return false;
		note(world, name, " ?~.*>!"[news]);
		act(world, name, answer[1]);
		return true;
	}
	note(world, name, " ?~.*>!"[news]);
	/* This one unregisters inside. */
	if (name == 'c' && news == PNPN_REMOVAL_CANCELLED)
		pnpn_removal_forget(voter);
	return true;
}

static bool on_is_open(struct pnpn_removal *removal)
{
	return world_of(removal)->n_open;
}

static void on_wait(struct pnpn_removal *removal)
{
	note(world_of(removal), 'W', 'W');
}

static void on_silent(struct pnpn_removal_voter *voter)
{
	note(world_of(voter->removal), '!', name_of(voter));
}

static void on_leave(struct pnpn_removal *removal)
{
	note(world_of(removal), 'L', 'L');
}

static void on_ended(struct pnpn_removal *removal, enum pnpn_removal_outcome outcome)
{
	struct world *world = world_of(removal);

	note(world, '=', "?DVOUG"[outcome]);
	if (removal->vetoer)
		note(world, 'b', name_of(removal->vetoer));
	for (size_t i = 0; i < world->n_voters; i++)
		pnpn_removal_forget(&world->voters[i].voter);
}

static const struct pnpn_removal_world callbacks = {
	.tell = on_tell,
	.is_open = on_is_open,
	.wait = on_wait,
	.silent = on_silent,
	.leave = on_leave,
	.ended = on_ended,
};

/* --- the table ------------------------------------------------------------------------------------ */

static const struct row {
	const char *name;
	const char *voters;
	const char *
		script; /* a+ agrees, a- refuses, ax dies; h: a handle is closed; t: time is over; g: given up;
			       v: the device goes by itself */
	const char *told;
	unsigned int n_open;
	bool surprise, patient;
	const char *inside;
} rows[] = {
	{"nobody is there", "", "", .told = "LL =D "},
	{"an owner alone", "o", "o+ o+", .told = "o? WW o> WW LL =D "},
	{"everybody agrees", "ado", "a+ d+ o+ d+ o+",
	 .told = "a? WW d? WW o? WW a. d* WW o> WW LL =D "},
	{"those of one kind are asked together", "abdeo", "b+ a+ e+ d+ o+ d+ e+ o+",
	 .told = "a? b? WW d? e? WW o? WW a. b. d* e* WW o> WW LL =D "},
	{"an application refuses", "ado", "a-", .told = "a? WW a~ =V ba "},
	{"the second refuses, the third has not answered", "abcdo", "a+ b-",
	 .told = "a? b? c? WW a~ b~ c~ =V bb "},
	{"one refuses and unregisters when he hears of it", "co", "c-", .told = "c? WW c~ =V "},
	{"a driver refuses", "ado", "a+ d-", .told = "a? WW d? WW d~ a~ =V bd "},
	{"it is open", "ado", "a+ d+", .told = "a? WW d? WW d~ a~ =O ", .n_open = 1},
	{"an application closes its handle while it is asked", "ao", "h a+ o+ o+",
	 .told = "a? WW o? WW a. o> WW LL =D ", .n_open = 1},
	{"the owner refuses", "ado", "a+ d+ o-", .told = "a? WW d? WW o? WW o~ d~ a~ =V bo "},
	{"the owner can't after all", "ado", "a+ d+ o+ d+ o-",
	 .told = "a? WW d? WW o? WW a. d* WW o> WW o~ d~ a~ =V bo "},
	{"a driver can't refuse what is complete", "do", "d+ o+ d- o+",
	 .told = "d? WW o? WW d* WW o> WW LL =D "},
	{"answers that were not asked for", "abo", "o+ a+ a- a+ o- b+ b- o+ o+",
	 .told = "a? b? WW o? WW a. b. o> WW LL =D "},
	{"an application is silent (D6)", "abo", "a+ t o+ o+",
	 .told = "a? b? WW !b o? WW a. b. o> WW LL =D "},
	{"everybody is silent", "ado", "t t t t t",
	 .told = "a? WW !a d? WW !d o? WW !o a. d* WW !d o> WW !o LL =D "},
	{"time is over for nobody", "ao", "a+ o+ o+ t t", .told = "a? WW o? WW a. o> WW LL =D "},
	{"a dead one agrees at once", "abdo", "ax b+ dx o+ o+",
	 .told = "a? b? WW d? WW o? WW b. o> WW LL =D "},
	{"a dead one hears nothing of a veto", "abo", "ax b-", .told = "a? b? WW b~ =V bb "},
	{"the owner dies while he is asked", "ao", "a+ ox", .told = "a? WW o? WW a. LL =D "},
	{"the owner dies while he removes it", "ao", "a+ o+ ox",
	 .told = "a? WW o? WW a. o> WW LL =D "},
	{"one who was not asked yet dies", "ado", "dx a+ o+ o+",
	 .told = "a? WW o? WW a. o> WW LL =D "},
	{"given up while applications are asked", "abo", "a+ g", .told = "a? b? WW a~ b~ =U "},
	{"given up while the owner is asked", "ao", "a+ g", .told = "a? WW o? WW o~ a~ =U "},
	{"given up too late", "ado", "a+ d+ o+ g d+ g o+",
	 .told = "a? WW d? WW o? WW a. d* WW o> WW LL =D "},
	{"it goes by itself while applications are asked", "ado", "v", .told = "a? WW =G "},
	{"it goes by itself while a driver is asked", "ado", "a+ v", .told = "a? WW d? WW =G "},
	{"the owner removes it instead of answering", "ao", "a+ v", .told = "a? WW o? WW =G "},
	{"the owner removes it as he was told", "ao", "a+ o+ v",
	 .told = "a? WW o? WW a. o> WW =D "},
	{"handles are waited for", "ao", "a+ h h o+ o+", .told = "a? WW o? WW a. o> WW LL =D ",
	 .n_open = 2, .patient = true},
	{"given up while handles are waited for", "ao", "a+ g", .told = "a? WW a~ =U ", .n_open = 1,
	 .patient = true},
	{"time does not close handles", "ao", "a+ t g", .told = "a? WW a~ =U ", .n_open = 1,
	 .patient = true},
	{"a surprise", "ado", "o+ d+ o+", .told = "o! WW d* WW LL o> WW =D ", .surprise = true},
	{"a surprise while it is open (D7)", "ado", "o+ d+ h h o+",
	 .told = "o! WW d* WW LL o> WW =D ", .n_open = 2, .surprise = true},
	{"a surprise that nobody can refuse", "do", "o- d- g o-",
	 .told = "o! WW d* WW LL o> WW =D ", .surprise = true},
	{"a surprise with a dead owner", "do", "ox d+", .told = "o! WW d* WW LL =D ",
	 .surprise = true},
	{"a surprise, and everybody is silent", "do", "t t t",
	 .told = "o! WW !o d* WW !d LL o> WW !o =D ", .surprise = true},
	{"all answers inside", "ado", "", .told = "a? d? o? a. d* o> LL =D ", .inside = "a+d+o+"},
	{"a veto inside", "abdo", "", .told = "a? a~ =V ba ", .inside = "a-b+d+o+"},
	{"a driver's veto inside", "ado", "", .told = "a? d? d~ a~ =V bd ", .inside = "a+d-o+"},
	{"who can't be told agrees", "abo", "b+ o+ o+", .told = "b? WW o? WW a. b. o> WW LL =D ",
	 .inside = "a0"},
	{"who can't be told hears nothing of a veto", "abo", "b-", .told = "b? WW b~ =V bb ",
	 .inside = "a0"},
};

static enum pnpn_removal_part part_of(char name)
{
	if (name == 'o')
		return PNPN_REMOVAL_OWNER;
	return name < 'd' ? PNPN_REMOVAL_APPLICATION : PNPN_REMOVAL_DRIVER;
}

static void play_word(struct world *world, const char *word)
{
	switch (*word) {
	case 'h':
		world->n_open--;
		pnpn_removal_closed(&world->removal);
		break;
	case 't':
		pnpn_removal_time_out(&world->removal);
		break;
	case 'g':
		pnpn_removal_give_up(&world->removal);
		break;
	case 'v':
		pnpn_removal_vanish(&world->removal);
		break;
	default:
		act(world, word[0], word[1]);
	}
}

/* Whatever comes once it is over comes to one that is freed. */
static bool is_over(const struct world *world)
{
	return strchr(world->told, '=');
}

static void play(const struct row *row)
{
	struct world world = {.inside = row->inside, .n_open = row->n_open};

	pnpn_removal_init(&world.removal, &callbacks, row->surprise);
	world.removal.patient |= row->patient;
	for (const char *name = row->voters; *name; name++) {
		struct named *named = &world.voters[world.n_voters++];
		named->name = *name;
		pnpn_removal_add(&world.removal, &named->voter, part_of(*name));
	}
	pnpn_removal_begin(&world.removal);
	for (const char *word = row->script; *word && !is_over(&world); word += strcspn(word, " "))
		play_word(&world, word += strspn(word, " "));
	if (strcmp(world.told, row->told) != 0)
		print_error("%s: %s\n", row->name, world.told);
	assert_string_equal(world.told, row->told);
	assert_int_equal(world.removal.n_waited_for, 0);
}

static void test_d5_d6_d7_every_order(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play(&rows[i]);
}

/* Whoever is in no removal, or no more, is forgotten without harm. */
static void test_d6_one_who_takes_no_part_is_forgotten(void **state)
{
	struct pnpn_removal_voter voter = {0};

	pnpn_removal_forget(&voter);
	assert_null(voter.removal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_d5_d6_d7_every_order),
		cmocka_unit_test(test_d6_one_who_takes_no_part_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
