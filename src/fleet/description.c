/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/description.h"
#include "fleet/token.h"

/* What stands for itself in a line. */
#define IN_LINE "\\?.#{}&:+@%,~!$'()*/;<>[]^`|\""

const char *pnpn_description_reference(const char *interface)
{
	const char *end = strrchr(interface, '}');

	return end && end[1] == '\\' ? end + 2 : "";
}

/* --- writing -------------------------------------------------------------------------------------- */

static int add(char *text, size_t *length, const char *word, const char *more, const char *name)
{
	char token[3 * PNPN_NAME_BYTES] = "";
	size_t left = PNPN_DESCRIPTION_BYTES - *length;

	if (*name && pnpn_token_encode(name, IN_LINE, token, sizeof(token)) < 0)
		return -ENAMETOOLONG;
	int n = snprintf(text + *length, left, "%s %s%s\n", word, more, token);
	if (n < 0 || (size_t)n >= left)
		return -ENAMETOOLONG;
	*length += (size_t)n;
	return 0;
}

int pnpn_description_encode(const struct pnpn_description *description,
			    char ret_text[PNPN_DESCRIPTION_BYTES])
{
	char number[24], class[PNPN_GUID_STRING + 1];
	size_t length = 0;

	snprintf(number, sizeof(number), "%" PRIu64, description->since);
	int r = add(ret_text, &length, "device", "", description->device);
	if (r >= 0)
		r = add(ret_text, &length, "since", number, "");
	for (size_t i = 0; i < description->n_links && r >= 0; i++)
		r = add(ret_text, &length, "link", "", description->links[i]);
	for (size_t i = 0; i < description->n_interfaces && r >= 0; i++) {
		const char *reference = description->interfaces[i].reference;
		pnpn_guid_to_string(&description->interfaces[i].class, class);
		if (*reference)
			strcat(class, " ");
		r = add(ret_text, &length, "interface", class, reference);
	}
	return r < 0 ? r : (int)length;
}

/* --- reading -------------------------------------------------------------------------------------- */

static int read_link(struct pnpn_description *description, const char *token)
{
	if (description->n_links == PNPN_DESCRIPTION_NAMES)
		return 0;
	char *link = description->links[description->n_links++];
	if (pnpn_token_decode(token, strlen(token), link, PNPN_NAME_BYTES) < 0 ||
	    !pnpn_link_is_valid(link))
		return -EBADMSG;
	return 0;
}

static int read_interface(struct pnpn_description *description, char *rest)
{
	if (description->n_interfaces == PNPN_DESCRIPTION_NAMES)
		return 0;
	size_t n = description->n_interfaces++;
	char *reference = description->interfaces[n].reference;
	char *token = strchr(rest, ' ');
	if (token)
		*token++ = 0;
	if (pnpn_guid_from_string(rest, &description->interfaces[n].class) < 0)
		return -EBADMSG;
	if (!token)
		return 0;
	return pnpn_token_decode(token, strlen(token), reference, PNPN_NAME_BYTES) < 0 ? -EBADMSG
										       : 0;
}

static int read_since(struct pnpn_description *description, const char *text)
{
	char *end;

	errno = 0;
	description->since = strtoull(text, &end, 10);
	return errno || end == text || *end || *text == '-' ? -EBADMSG : 0;
}

static int read_device(struct pnpn_description *description, const char *token)
{
	char id[PNPN_INSTANCE_ID_BYTES];

	if (pnpn_token_decode(token, strlen(token), description->device,
			      sizeof(description->device)) < 0 ||
	    pnpn_instance_id_normalize(description->device, id) < 0 ||
	    strcmp(id, description->device) != 0)
		return -EBADMSG;
	return 0;
}

static int read_line(struct pnpn_description *description, char *line)
{
	char *rest = strchr(line, ' ');

	if (!rest)
		return 0;
	*rest++ = 0;
	if (strcmp(line, "device") == 0)
		return read_device(description, rest);
	if (strcmp(line, "since") == 0)
		return read_since(description, rest);
	if (strcmp(line, "link") == 0)
		return read_link(description, rest);
	return strcmp(line, "interface") == 0 ? read_interface(description, rest) : 0;
}

int pnpn_description_decode(const char *text, size_t size, struct pnpn_description *ret_description)
{
	char line[4 * PNPN_NAME_BYTES];
	int r = 0;

	memset(ret_description, 0, sizeof(*ret_description));
	if (size >= PNPN_DESCRIPTION_BYTES)
		return -EBADMSG;
	while (size && r >= 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;
		if (length >= sizeof(line) || memchr(text, 0, length))
			return -EBADMSG;
		memcpy(line, text, length);
		line[length] = 0;
		r = read_line(ret_description, line);
		size -= length + (end != NULL);
		text += length + (end != NULL);
	}
	return r < 0 || !*ret_description->device ? -EBADMSG : 0;
}
