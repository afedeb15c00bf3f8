/* SPDX-License-Identifier: MIT */
/* F6: whatever a message or a description says. Input: the subject, a line for each header, then the payload. */
#include <stdlib.h>
#include <string.h>

#include "fleet/description.h"
#include "fleet/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was believed once is believed again, and says the same. */
static void read_back(const struct pnpn_fleet_message *message)
{
	struct pnpn_fleet_text text;
	struct pnpn_fleet_message again;

	if (pnpn_fleet_message_encode(message, &text) < 0 ||
	    pnpn_fleet_message_decode(text.subject, text.headers, message->data, message->size,
				      &again) < 0 ||
	    again.sequence != message->sequence || again.time != message->time ||
	    strcmp(again.interface, message->interface) != 0)
		abort();
}

static void describe(const uint8_t *data, size_t size)
{
	static struct pnpn_description description, again;
	static char text[PNPN_DESCRIPTION_BYTES];

	if (pnpn_description_decode((const char *)data, size, &description) < 0)
		return;
	int length = pnpn_description_encode(&description, text);
	if (length < 0 || pnpn_description_decode(text, (size_t)length, &again) < 0 ||
	    again.n_links != description.n_links || again.since != description.since)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *headers[PNPN_FLEET_N_HEADERS] = {0}, *subject = "";
	struct pnpn_fleet_message message;
	char *copy = malloc(size + 1), *rest = copy;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	copy[size] = 0;
	for (int i = -1; i < PNPN_FLEET_N_HEADERS && rest; i++) {
		char *line = strsep(&rest, "\n");
		if (i < 0)
			subject = line;
		else if (*line)
			headers[i] = line;
	}
	size_t left = rest ? size - (size_t)(rest - copy) : 0;
	if (pnpn_fleet_message_decode(subject, headers, rest, left, &message) >= 0)
		read_back(&message);
	describe(data, size);
	free(copy);
	return 0;
}
