/* SPDX-License-Identifier: MIT */
/* A recording, whatever stands in it: what is read of it is what pnpnotify replay may go by. */
#include <stdlib.h>
#include <string.h>

#include "core/name.h"
#include "tool/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct pnpn_recording_entry *entry)
{
	char id[PNPN_INSTANCE_ID_BYTES];

	if (entry->kind == PNPN_RECORDING_HEADER || entry->kind == PNPN_RECORDING_OTHER)
		return;
	expect(entry->device && pnpn_instance_id_normalize(entry->device, id) >= 0);
	expect(entry->kind != PNPN_RECORDING_LINK || pnpn_link_is_valid(entry->link));
	if (entry->interface)
		expect(!strchr(entry->reference, '/'));
	if (entry->kind != PNPN_RECORDING_EVENT || entry->event != PNPN_EVENT_CUSTOM)
		return;
	for (size_t i = 0; i < entry->size; i++)
		entry->data[i] ^= 1;
	expect(entry->name_offset == PNPN_NAME_OFFSET_NONE ||
	       (entry->name_offset >= 0 && (size_t)entry->name_offset < entry->size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pnpn_recording recording = {0};
	struct pnpn_recording_entry entry;

	if (!size)
		return 0;
	recording.file = fmemopen((void *)data, size, "r");
	expect(recording.file);
	while (pnpn_recording_next(&recording, &entry) > 0)
		check(&entry);
	fclose(recording.file);
	pnpn_recording_deinit(&recording);
	return 0;
}
