/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "core/utf.h"
#include "pnpnotify/uapi.h"
#include "source/sink.h"

/* UTF-16 units of the longest text, its final zero included. */
#define TEXT_UNITS (PNPN_DATA_MAX / 2)

void pnpn_source_sink_tell(const struct pnpn_source_sink *sink, const char *instance_id,
			   const struct pnpn_guid *guid, const void *data, size_t size)
{
	sink->event(sink->userdata, instance_id, guid, data, size, PNPN_NAME_OFFSET_NONE);
}

/* What is no UTF-8 is told as it is, and then as text that has no other bytes. */
void pnpn_source_sink_tell_text(const struct pnpn_source_sink *sink, const char *instance_id,
				const struct pnpn_guid *guid, const char *text)
{
	size_t bytes = strlen(text), offset = 0, units;
	char escaped[4 * TEXT_UNITS + 1];
	_Alignas(uint16_t) uint8_t data[2 * TEXT_UNITS];

	if (bytes > TEXT_UNITS)
		text = "", bytes = 0;
	if (pnpn_utf8_escape(text, escaped) != bytes)
		offset = (bytes + 2) & ~(size_t)1;
	(void)pnpn_utf8_to_utf16(escaped, NULL, &units);
	/* What is too long for an event is told without. */
	if (offset + 2 * units >= 2 * TEXT_UNITS) {
		*escaped = 0;
		units = offset = 0;
	}
	memset(data, 0, offset + 2 * (units + 1));
	memcpy(data, text, offset ? bytes : 0);
	(void)pnpn_utf8_to_utf16(escaped, (uint16_t *)(data + offset), &units);
	sink->event(sink->userdata, instance_id, guid, data, offset + 2 * (units + 1),
		    (int32_t)offset);
}
