/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/name.h"
#include "tool/event-value.h"
#include "tool/json-line.h"
#include "tool/recording.h"

/* The most data that an event carries. */
#define DATA_MAX 65499

/* --- the parts of a line -------------------------------------------------------------------------- */

static bool read_number(const char *text, uint64_t most, uint64_t *ret_number)
{
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	return !errno && !*end && *ret_number <= most;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Where the digits stand: a byte never lies behind its digits. */
static bool read_data(char *digits, struct pnpn_recording_entry *entry)
{
	size_t length = strlen(digits);

	if (length % 2 || length / 2 > DATA_MAX)
		return false;
	entry->data = (unsigned char *)digits;
	entry->size = length / 2;
	for (size_t i = 0; i < entry->size; i++) {
		int high = digit_of(digits[2 * i]), low = digit_of(digits[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		entry->data[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool read_name_offset(const char *text, struct pnpn_recording_entry *entry)
{
	uint64_t offset;

	entry->name_offset = PNPN_NAME_OFFSET_NONE;
	if (!text || strcmp(text, "-1") == 0)
		return true;
	if (!read_number(text, DATA_MAX, &offset) || offset % 2 || offset >= entry->size)
		return false;
	entry->name_offset = (int32_t)offset;
	return true;
}

static bool read_interface(const char *name, struct pnpn_recording_entry *entry)
{
	if (!name || strlen(name) >= PNPN_NAME_BYTES)
		return false;
	const char *end = strchr(name, '}');
	if (!end || (end[1] && end[1] != '\\'))
		return false;
	entry->interface = name;
	entry->reference = end[1] ? end + 2 : "";
	return !strpbrk(entry->reference, "\\/");
}

static bool read_guid(const char *text, struct pnpn_recording_entry *entry)
{
	return text && pnpn_guid_from_string(text, &entry->guid) >= 0;
}

/* --- lines by kind -------------------------------------------------------------------------------- */

static bool read_header(const struct pnpn_json_line *line, struct pnpn_recording_entry *entry)
{
	uint64_t version;

	return read_number(pnpn_json_line_get(line, "version"), UINT64_MAX, &version) && version &&
	       version <= PNPN_RECORDING_VERSION;
}

static bool read_link(const struct pnpn_json_line *line, struct pnpn_recording_entry *entry)
{
	entry->link = pnpn_json_line_get(line, "link");
	return entry->link && pnpn_link_is_valid(entry->link);
}

static bool read_interface_line(const struct pnpn_json_line *line,
				struct pnpn_recording_entry *entry)
{
	const char *text = pnpn_json_line_get(line, "enabled");
	uint64_t enabled = 0;

	if (text && !read_number(text, 1, &enabled))
		return false;
	entry->enabled = enabled;
	return read_guid(pnpn_json_line_get(line, "guid"), entry) &&
	       read_interface(pnpn_json_line_get(line, "interface"), entry);
}

static bool read_nothing(const struct pnpn_json_line *line, struct pnpn_recording_entry *entry)
{
	return true;
}

static bool read_custom(const struct pnpn_json_line *line, struct pnpn_recording_entry *entry)
{
	const char *data = pnpn_json_line_get(line, "data");

	return data && read_data((char *)data, entry) &&
	       read_name_offset(pnpn_json_line_get(line, "name_offset"), entry) &&
	       read_guid(pnpn_json_line_get(line, "guid"), entry);
}

static const struct known {
	const char *name;
	enum pnpn_recording_kind kind;
	enum pnpn_event_kind event;
	bool of_device;
	bool (*read)(const struct pnpn_json_line *line, struct pnpn_recording_entry *entry);
} kinds[] = {
	{"recording", PNPN_RECORDING_HEADER, 0, false, read_header},
	{"device", PNPN_RECORDING_DEVICE, 0, true, read_nothing},
	{"link", PNPN_RECORDING_LINK, 0, true, read_link},
	{"interface", PNPN_RECORDING_INTERFACE, 0, true, read_interface_line},
	{"event", PNPN_RECORDING_EVENT, PNPN_EVENT_CUSTOM, true, read_custom},
	{"device-arrived", PNPN_RECORDING_EVENT, PNPN_EVENT_DEVICE_ARRIVED, true, read_nothing},
	{"device-removed", PNPN_RECORDING_EVENT, PNPN_EVENT_DEVICE_REMOVED, true, read_nothing},
	{"interface-arrived", PNPN_RECORDING_EVENT, PNPN_EVENT_INTERFACE_ARRIVED, true,
	 read_interface_line},
	{"interface-removed", PNPN_RECORDING_EVENT, PNPN_EVENT_INTERFACE_REMOVED, true,
	 read_interface_line},
	{"lost", PNPN_RECORDING_EVENT, PNPN_EVENT_LOST, true, read_nothing},
};

static const struct known *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static bool read_common(const struct pnpn_json_line *line, const struct known *kind,
			struct pnpn_recording_entry *entry)
{
	const char *time = pnpn_json_line_get(line, "time_ns");
	const char *lost = pnpn_json_line_get(line, "lost");
	char id[PNPN_INSTANCE_ID_BYTES];

	entry->device = pnpn_json_line_get(line, "device");
	return (!time || read_number(time, INT64_MAX, &entry->time)) &&
	       (!lost || read_number(lost, UINT64_MAX, &entry->lost)) &&
	       (!kind->of_device ||
		(entry->device && pnpn_instance_id_normalize(entry->device, id) >= 0));
}

int pnpn_recording_read_line(char *text, struct pnpn_recording_entry *ret_entry)
{
	struct pnpn_recording_entry entry = {.kind = PNPN_RECORDING_OTHER};
	struct pnpn_json_line line;

	if (pnpn_json_line_read(text, &line) < 0)
		return -EINVAL;
	const char *name = pnpn_json_line_get(&line, "kind");
	if (!name)
		return -EINVAL;
	const struct known *kind = find_kind(name);
	if (kind) {
		entry.kind = kind->kind;
		entry.event = kind->event;
		if (!read_common(&line, kind, &entry) || !kind->read(&line, &entry))
			return -EINVAL;
	}
	*ret_entry = entry;
	return 0;
}

/* --- a file --------------------------------------------------------------------------------------- */

/* Returns 1 with a line, which may be none; 0 at the end; an errno. */
static int read_text(struct pnpn_recording *recording, struct pnpn_recording_entry *entry,
		     bool *ret_valid)
{
	size_t room = PNPN_RECORDING_LINE_BYTES;
	int c = EOF;
	size_t length = 0;

	/* By character: a line may hold zeros, and be longer than there is room. */
	while ((c = getc_unlocked(recording->file)) != EOF && c != '\n' && length + 1 < room)
		recording->line[length++] = (char)c;
	if (ferror(recording->file))
		return -EIO;
	if (c == EOF && !length)
		return 0;
	recording->number++;
	recording->line[length] = 0;
	bool whole = c == '\n' || c == EOF;
	while (c != '\n' && c != EOF)
		c = getc_unlocked(recording->file);
	*ret_valid = whole && strlen(recording->line) == length &&
		     pnpn_recording_read_line(recording->line, entry) >= 0;
	return 1;
}

int pnpn_recording_next(struct pnpn_recording *recording, struct pnpn_recording_entry *ret_entry)
{
	struct pnpn_recording_entry entry;
	unsigned long bad = 0;
	bool valid;
	int r;

	if (!recording->line)
		recording->line = malloc(PNPN_RECORDING_LINE_BYTES);
	if (!recording->line)
		return -ENOMEM;
	while ((r = read_text(recording, &entry, &valid)) > 0) {
		bool begins = valid && entry.kind == PNPN_RECORDING_HEADER;
		if (valid && (begins || (recording->begun && !bad))) {
			recording->begun = true;
			recording->cut = bad ? bad : recording->cut;
			*ret_entry = entry;
			return 1;
		}
		/* One line may be bad, and only where it can have been cut off. */
		if (!recording->begun || bad) {
			recording->number = bad ? bad : recording->number;
			return -EINVAL;
		}
		bad = recording->number;
	}
	if (r < 0)
		return r;
	recording->cut = bad ? bad : recording->cut;
	return recording->begun ? 0 : -EINVAL;
}

void pnpn_recording_deinit(struct pnpn_recording *recording)
{
	free(recording->line);
	recording->line = NULL;
}
