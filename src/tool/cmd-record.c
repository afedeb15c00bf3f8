/* SPDX-License-Identifier: MIT */
/* pnpnotify record */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool/command.h"
#include "tool/event-line.h"
#include "tool/json.h"
#include "tool/recording.h"
#include "tool/watch.h"

struct record {
	struct pnpn_watch watch; /* first: what take_event() is given */
	const char *path;
	FILE *file;
	void *described; /* a tree of the ids of the devices that were */
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* --- what there is ------------------------------------------------------------------------------- */

static void write_line(FILE *file, const char *const pairs[][2], size_t n)
{
	struct pnpn_json json = {.file = file};

	pnpn_json_begin(&json, '{');
	for (size_t i = 0; i < n; i++)
		pnpn_json_add_string(&json, pairs[i][0], pairs[i][1]);
	pnpn_json_end(&json, '}');
	putc('\n', file);
}

static void write_interface(FILE *file, const char *id, const char *name,
			    const struct pnpn_guid *class, bool enabled)
{
	char guid[PNPN_GUID_STRING];

	pnpn_guid_to_string(class, guid);
	write_line(file,
		   (const char *const[][2]){{"kind", "interface"},
					    {"device", id},
					    {"guid", guid},
					    {"interface", name},
					    {"enabled", enabled ? "1" : "0"}},
		   5);
}

static void write_device(FILE *file, const struct pnpn_device_info *device)
{
	const char *id = pnpn_device_info_get_id(device), *name;
	struct pnpn_guid class;
	bool enabled;

	write_line(file, (const char *const[][2]){{"kind", "device"}, {"device", id}}, 2);
	for (size_t i = 0; (name = pnpn_device_info_get_link(device, i)); i++)
		write_line(
			file,
			(const char *const[][2]){{"kind", "link"}, {"device", id}, {"link", name}},
			3);
	for (size_t i = 0; (name = pnpn_device_info_get_interface(device, i, &class, &enabled));
	     i++)
		write_interface(file, id, name, &class, enabled);
}

/* A device that is gone by now is not known any more, and that is all there is to say of it. */
static void describe(struct record *record, struct pnpn_connection *connection, const char *id)
{
	const struct pnpn_device_info *device;
	struct pnpn_device_list *devices;

	if (pnpn_list_devices(connection, &devices) < 0)
		return;
	for (size_t i = 0; (device = pnpn_device_list_get(devices, i)); i++)
		if (strcmp(pnpn_device_info_get_id(device), id) == 0)
			write_device(record->file, device);
	pnpn_device_list_free(devices);
}

/* Returns whether it is now; false without memory. */
static bool set_described(struct record *record, const char *id, bool *ret_new)
{
	char *copy = strdup(id), **found = copy ? tsearch(copy, &record->described, compare) : NULL;

	*ret_new = found && *found == copy;
	if (!*ret_new)
		free(copy);
	return found;
}

static void forget(struct record *record, const char *id)
{
	char **found = tfind(id, &record->described, compare), *copy = found ? *found : NULL;

	(void)tdelete(id, &record->described, compare);
	free(copy);
}

/* --- what happens --------------------------------------------------------------------------------- */

static int say_unwritten(const struct record *record)
{
	fprintf(stderr, "pnpnotify: not all of it could be written to %s\n", record->path);
	return -EIO;
}

/* Each event and what is said before it goes to the file at once: it is cut off in its last line, if anywhere. */
static int take_event(struct pnpn_watch *watch, struct pnpn_connection *connection,
		      const struct pnpn_event *event)
{
	struct record *record = (struct record *)watch;
	struct pnpn_event_line line;
	bool is_new = false;

	pnpn_event_line_read(&line, event);
	if (*line.device && !set_described(record, line.device, &is_new)) {
		pnpn_command_failed("record", -ENOMEM);
		return -ENOMEM;
	}
	if (is_new)
		describe(record, connection, line.device);
	pnpn_event_line_write_json(record->file, &line);
	if (line.kind == PNPN_EVENT_DEVICE_REMOVED)
		forget(record, line.device);
	return fflush(record->file) == 0 && !ferror(record->file) ? 0 : say_unwritten(record);
}

static void write_header(FILE *file)
{
	struct pnpn_json json = {.file = file};
	struct timespec now;
	char time[32];

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(time, sizeof(time), "%" PRIu64,
		 (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
	pnpn_json_begin(&json, '{');
	pnpn_json_add_string(&json, "kind", "recording");
	pnpn_json_add_unsigned(&json, "version", PNPN_RECORDING_VERSION);
	pnpn_json_add_string(&json, "program", pnpn_get_version());
	pnpn_json_add_string(&json, "time_ns", time);
	pnpn_json_end(&json, '}');
	putc('\n', file);
}

/* --- the file ------------------------------------------------------------------------------------- */

/* Something that is there already has to be a recording; a last line that was cut off is ended. Returns 0; an errno. */
static int go_on_with(FILE *file)
{
	struct pnpn_recording recording = {.file = file};
	struct pnpn_recording_entry entry;
	char last;

	if (fseeko(file, 0, SEEK_END) < 0 || !ftello(file))
		return 0;
	rewind(file);
	int r = pnpn_recording_next(&recording, &entry);
	pnpn_recording_deinit(&recording);
	if (r < 0)
		return r;
	if (fseeko(file, -1, SEEK_END) < 0 || fread(&last, 1, 1, file) != 1)
		return -EIO;
	(void)fseeko(file, 0, SEEK_END);
	if (last != '\n')
		putc('\n', file);
	return 0;
}

/* Returns an exit status, after it said what was wrong; -1 to go on. */
static int open_file(struct record *record)
{
	int r = 0;

	if (strcmp(record->path, "-") == 0) {
		record->file = stdout;
	} else {
		int fd = open(record->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		record->file = fd < 0 ? NULL : fdopen(fd, "a+");
		if (!record->file)
			r = -errno;
		if (!record->file && fd >= 0)
			close(fd);
	}
	if (r >= 0)
		r = go_on_with(record->file);
	if (r == -EINVAL) {
		fprintf(stderr, "pnpnotify: %s is there already, and no recording\n", record->path);
		return 1;
	}
	if (r < 0)
		return pnpn_command_failed(record->path, r);
	write_header(record->file);
	if (fflush(record->file) < 0 || ferror(record->file)) {
		(void)say_unwritten(record);
		return 1;
	}
	return -1;
}

static int run(struct record *record, char **words, int n_words)
{
	int status = open_file(record);

	if (status < 0)
		status = pnpn_watch_run(&record->watch, words, n_words);
	if (record->file && record->file != stdout)
		fclose(record->file);
	tdestroy(record->described, free);
	return status;
}

int pnpn_cmd_record(int argc, char **argv)
{
	static const struct option known[] = {PNPN_WATCH_OPTIONS, {0}};
	struct record record = {.watch = PNPN_WATCH_INIT};
	int status = 0, option;

	record.watch.command = argv[0];
	record.watch.take = take_event;
	while ((option = pnpn_command_next_option(argc, argv, known, &status)) >= 0) {
		status = pnpn_watch_take_option(&record.watch, option);
		if (status >= 0)
			return status;
	}
	if (option == PNPN_OPTION_EXIT)
		return status;
	if (optind == argc)
		return pnpn_command_usage(argv[0], "into which file?");
	record.path = argv[optind];
	return run(&record, argv + optind + 1, argc - optind - 1);
}
