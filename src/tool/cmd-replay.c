/* SPDX-License-Identifier: MIT */
/* pnpnotify replay */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/name.h"
#include "tool/command.h"
#include "tool/recording.h"

/* So many events are reported before it is looked what the manager wants. */
#define EVENTS_A_TURN 64

/* A device of the recording, by the name that it has there. */
struct player {
	char *id;
	struct pnpn_device *device;
	bool started;
	struct player *next;
};

struct replay {
	const char *path;
	struct pnpn_recording recording;
	struct pnpn_connection *connection;
	struct player *players;
	bool fast;
	uint64_t first_ns; /* time of the recording's first event; 0 before it */
	uint64_t begun_ns; /* when that was replayed: CLOCK_MONOTONIC */
	uint64_t reported;
	uint64_t lost; /* when it was recorded */
};

/* --- devices -------------------------------------------------------------------------------------- */

/* Found is moved to the front: what was reported on last is mostly reported on next. */
static struct player *find_player(struct replay *replay, const char *id)
{
	for (struct player **at = &replay->players; *at; at = &(*at)->next) {
		struct player *player = *at;
		if (strcasecmp(player->id, id) != 0)
			continue;
		*at = player->next;
		player->next = replay->players;
		replay->players = player;
		return player;
	}
	return NULL;
}

/* An id that the manager keeps to itself becomes one of REPLAY's. */
static void rename_id(const char *id, char ret_id[PNPN_INSTANCE_ID_BYTES + 8])
{
	bool first = true;

	snprintf(ret_id, PNPN_INSTANCE_ID_BYTES + 8, "REPLAY\\%s", id);
	for (char *c = ret_id + strlen("REPLAY\\"); *c; c++) {
		if (*c == '\\' && first) {
			*c = '.';
			first = false;
		} else if (strchr(":+@%=,~", *c)) {
			*c = '_';
		}
	}
}

static int make_device(struct replay *replay, const char *id, struct pnpn_device **ret_device)
{
	char other[PNPN_INSTANCE_ID_BYTES + 8];
	int r = pnpn_device_new(replay->connection, id, ret_device);

	if (r != -EACCES && r != -EINVAL)
		return r;
	rename_id(id, other);
	r = pnpn_device_new(replay->connection, other, ret_device);
	if (r >= 0)
		fprintf(stderr, "pnpnotify: %s is replayed as %s: its name is the system's\n", id,
			other);
	return r;
}

static int get_player(struct replay *replay, const char *id, struct player **ret_player)
{
	struct player *player = find_player(replay, id);

	if (player) {
		*ret_player = player;
		return 0;
	}
	player = calloc(1, sizeof(*player));
	if (!player)
		return -ENOMEM;
	player->id = strdup(id);
	int r = player->id ? make_device(replay, id, &player->device) : -ENOMEM;
	if (r < 0) {
		free(player->id);
		free(player);
		return r;
	}
	player->next = replay->players;
	replay->players = player;
	*ret_player = player;
	return 0;
}

/* The one in front. */
static void remove_player(struct replay *replay)
{
	struct player *player = replay->players;

	replay->players = player->next;
	player->device = pnpn_device_remove(player->device);
	free(player->id);
	free(player);
}

static int start(struct player *player)
{
	int r = player->started ? 0 : pnpn_device_start(player->device);

	player->started |= r >= 0;
	return r;
}

/* --- lines ---------------------------------------------------------------------------------------- */

/* A name that another device has, or Linux gives to its own, is not this one's. */
static int add_link(struct player *player, const char *link)
{
	int r = pnpn_device_add_link(player->device, link);

	return r == -EEXIST || r == -EACCES || r == -EINVAL ? 0 : r;
}

static int set_interface(struct player *player, const struct pnpn_recording_entry *entry,
			 bool enable)
{
	char *name;
	int r = pnpn_device_add_interface(player->device, &entry->guid, entry->reference, &name);

	if (r < 0)
		return r;
	r = pnpn_device_enable_interface(player->device, name, enable);
	free(name);
	return r == -EEXIST || r == -ENOENT ? 0 : r;
}

static int play_event(struct replay *replay, struct player *player,
		      const struct pnpn_recording_entry *entry)
{
	switch (entry->event) {
	case PNPN_EVENT_INTERFACE_ARRIVED:
	case PNPN_EVENT_INTERFACE_REMOVED:
		return set_interface(player, entry, entry->event == PNPN_EVENT_INTERFACE_ARRIVED);
	case PNPN_EVENT_DEVICE_REMOVED:
		remove_player(replay);
		return 0;
	case PNPN_EVENT_CUSTOM:
		replay->reported++;
		return pnpn_device_report(player->device, &entry->guid, entry->data, entry->size,
					  entry->name_offset);
	default:
		return 0;
	}
}

static int play_of_device(struct replay *replay, const struct pnpn_recording_entry *entry)
{
	struct player *player;
	int r = get_player(replay, entry->device, &player);

	if (r < 0)
		return r;
	switch (entry->kind) {
	case PNPN_RECORDING_LINK:
		return add_link(player, entry->link);
	case PNPN_RECORDING_INTERFACE:
		return entry->enabled ? set_interface(player, entry, true) : 0;
	case PNPN_RECORDING_EVENT:
		replay->lost += entry->lost;
		r = start(player);
		return r < 0 ? r : play_event(replay, player, entry);
	default:
		return 0;
	}
}

/* --- the pace ------------------------------------------------------------------------------------- */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int take_what_came(struct replay *replay, int timeout_ms)
{
	const struct pnpn_event *event;
	int r = pnpn_wait(replay->connection, timeout_ms);

	while (r >= 0 && pnpn_next_event(replay->connection, &event) > 0)
		;
	return r < 0 ? r : 0;
}

/* Until it is as long after the first event as it was. The clock may have been set back meanwhile, or another recording begin. */
static int keep_pace(struct replay *replay, const struct pnpn_recording_entry *entry)
{
	if (entry->kind == PNPN_RECORDING_HEADER)
		replay->first_ns = 0;
	if (entry->kind != PNPN_RECORDING_EVENT || !entry->time)
		return 0;
	if (!replay->first_ns) {
		replay->first_ns = entry->time;
		replay->begun_ns = now_ns();
	}
	if (replay->fast)
		return replay->reported % EVENTS_A_TURN ? 0 : take_what_came(replay, 0);
	uint64_t after = entry->time > replay->first_ns ? entry->time - replay->first_ns : 0;
	for (;;) {
		uint64_t over = now_ns() - replay->begun_ns;
		uint64_t left_ms = after > over ? (after - over + 999999) / 1000000 : 0;
		int r = take_what_came(replay, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
		if (r < 0 || !left_ms)
			return r;
	}
}

/* --- the whole ------------------------------------------------------------------------------------ */

static int say_wrong(const struct replay *replay, int error)
{
	if (error == -EINVAL)
		fprintf(stderr, "pnpnotify: %s: line %lu is no line of a recording\n", replay->path,
			replay->recording.number);
	else
		(void)pnpn_command_failed(replay->path, error);
	return 1;
}

/* Nothing is replayed of a file that is none to its end; what can't be read twice is believed as it comes. */
static int check_all(struct replay *replay)
{
	struct pnpn_recording_entry entry;
	int r;

	if (fseeko(replay->recording.file, 0, SEEK_SET) < 0)
		return -1;
	while ((r = pnpn_recording_next(&replay->recording, &entry)) > 0)
		;
	if (r < 0)
		return say_wrong(replay, r);
	if (replay->recording.cut)
		fprintf(stderr, "pnpnotify: %s: line %lu was cut off and is left out\n",
			replay->path, replay->recording.cut);
	rewind(replay->recording.file);
	replay->recording.number = replay->recording.cut = 0;
	replay->recording.begun = false;
	return -1;
}

static int play(struct replay *replay)
{
	struct pnpn_recording_entry entry;
	int r, failed = 0;

	while ((r = pnpn_recording_next(&replay->recording, &entry)) > 0) {
		failed = keep_pace(replay, &entry);
		if (failed >= 0 && entry.device)
			failed = play_of_device(replay, &entry);
		if (failed < 0)
			break;
	}
	if (failed < 0) {
		fprintf(stderr, "pnpnotify: %s: line %lu could not be replayed: %s\n", replay->path,
			replay->recording.number, strerror(-failed));
		return 1;
	}
	if (r < 0)
		return say_wrong(replay, r);
	fprintf(stderr, "pnpnotify: %" PRIu64 " events were replayed", replay->reported);
	if (replay->lost)
		fprintf(stderr, "; %" PRIu64 " had been lost when they were recorded",
			replay->lost);
	fputc('\n', stderr);
	return 0;
}

static int run(struct replay *replay)
{
	int status = check_all(replay);

	if (status >= 0)
		return status;
	int r = pnpn_command_connect(&replay->connection);
	if (r < 0)
		return pnpn_command_not_connected(r);
	fputs("pnpnotify: replaying\n", stderr);
	status = play(replay);
	while (replay->players)
		remove_player(replay);
	pnpn_disconnect(replay->connection);
	return status;
}

int pnpn_cmd_replay(int argc, char **argv)
{
	static const struct option known[] = {{"fast", no_argument, NULL, 'f'}, {0}};
	struct replay replay = {0};
	int status = 0, option;

	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0)
		replay.fast |= option == 'f';
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (argc - optind != 1)
		return pnpn_command_usage(argv[0], "it takes one FILE");
	replay.path = argv[optind];
	replay.recording.file = strcmp(replay.path, "-") == 0 ? stdin : fopen(replay.path, "re");
	if (!replay.recording.file)
		return pnpn_command_failed(replay.path, -errno);
	status = run(&replay);
	pnpn_recording_deinit(&replay.recording);
	if (replay.recording.file != stdin)
		fclose(replay.recording.file);
	return status;
}
