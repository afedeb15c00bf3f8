/* SPDX-License-Identifier: MIT */
/* What the players of the stress have in common: dice, devices, and what lies open for everybody. */
#ifndef PNPN_TESTS_STRESS_H
#define PNPN_TESTS_STRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>
#include <dbt.h>

#define DEVICES	  4
#define CLASSES	  2
#define NAME_SIZE 64

extern const GUID stress_classes[CLASSES];
extern const GUID stress_event;

/** Whether the children that fork() makes are part of it. */
extern bool stress_forks;

/** A player's own: what it does is said by one number. */
struct dice {
	uint64_t state;
};

/** One of 0 … sides - 1. */
unsigned int roll(struct dice *dice, unsigned int sides);

/** Waits so many milliseconds at most: a player's rest, not a condition. */
void rest(struct dice *dice, unsigned int most_ms);

/** Whether every player is to end. */
bool is_over(void);

/** Ends the process with a word unless it holds. */
#define require(condition) stress_require((condition), #condition, __FILE__, __LINE__)
void stress_require(bool holds, const char *what, const char *file, int line);

/** The order of the events that one registration got: nothing doubled, nothing lost unseen (R11, R15). */
struct order {
	uint64_t next; /* the number that comes; any if it is 0 */
};

/** One event's data, or the loss of some. */
void order_check(struct order *order, const GUID *event, const void *data, size_t size);

/** Opens one of the devices; INVALID_HANDLE_VALUE if it is not there. */
HANDLE open_any(struct dice *dice);

/** Registers some window of some thread for something, and ends what lay in the place where it is put. */
void register_any(struct dice *dice, HWND window);

/** Ends some registration of some thread. */
void unregister_any(struct dice *dice);

/** Some thread's window, or what was one; NULL. */
HWND any_window(struct dice *dice);

/** Begins, or ends, some callback. */
void begin_callback(struct dice *dice);
void end_callback(struct dice *dice);

/** The players: each runs until it has played enough, or all is over. */
void play_callbacks(struct dice *dice);
void play_devices(struct dice *dice);
void play_questions(struct dice *dice);
void play_removals(struct dice *dice);
void play_windows(struct dice *dice);

/** Whether the thread may end inside play_windows(), in a procedure. */
void play_windows_and_leave(struct dice *dice);

/** Ends what is left of everybody. */
void end_registrations(void);
void end_callbacks(void);

#endif
