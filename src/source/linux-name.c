/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/utf.h"
#include "source/linux-name.h"

/* Instance ids know no case, Linux does: a name in capitals gets a ~ behind it, and in one that has both
 * the capitals are %XX. */
static size_t encode(char *to, size_t room, const char *from)
{
	bool lower = false, upper = false;
	size_t length = 0;

	for (const char *p = from; *p; p++) {
		lower |= islower((unsigned char)*p) != 0;
		upper |= isupper((unsigned char)*p) != 0;
	}
	for (; *from; from++) {
		unsigned char c = (unsigned char)*from;
		if (length + 4 > room)
			return room;
		if (islower(c))
			to[length++] = (char)toupper(c);
		else if (isdigit(c) || strchr("_-.:", c) || (isupper(c) && !lower))
			to[length++] = (char)c;
		else
			length += (size_t)snprintf(to + length, 4, "%%%02X", c);
	}
	if (upper && !lower) {
		if (length + 2 > room)
			return room;
		to[length++] = '~';
	}
	to[length] = 0;
	return length;
}

int pnpn_linux_instance_id(const char *subsystem, const char *name,
			   char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	char subsystem_part[64], name_part[PNPN_INSTANCE_ID_BYTES];

	if (!subsystem)
		return -ENODEV;
	if (encode(subsystem_part, sizeof(subsystem_part), subsystem) == sizeof(subsystem_part) ||
	    encode(name_part, sizeof(name_part), name) == sizeof(name_part))
		return -ENAMETOOLONG;

	char id[PNPN_INSTANCE_ID_BYTES + 80];
	int length = snprintf(id, sizeof(id), "LINUX\\%s\\%s", subsystem_part, name_part);

	if (length >= PNPN_INSTANCE_ID_BYTES)
		return -ENAMETOOLONG;
	strcpy(ret_id, id);
	return 0;
}

int pnpn_linux_read_id(const char *name, char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	static const char first[] = "LINUX\\";
	char subsystem[64];
	size_t length = 0;

	if (strncasecmp(name, first, strlen(first)) != 0)
		return -EINVAL;
	for (name += strlen(first); *name && *name != '\\'; name++) {
		if (length + 1 == sizeof(subsystem))
			return -ENAMETOOLONG;
		subsystem[length++] = (char)tolower((unsigned char)*name);
	}
	subsystem[length] = 0;
	return *name ? pnpn_linux_instance_id(subsystem, name + 1, ret_id) : -EINVAL;
}

void pnpn_linux_link(const char *name, char ret_link[PNPN_NAME_BYTES])
{
	char text[PNPN_NAME_BYTES], escaped[4 * PNPN_NAME_BYTES];

	snprintf(text, sizeof(text), "%s", name);
	size_t bytes = strlen(text);
	/* A name that has a backslash itself is no link's. */
	if (pnpn_utf8_escape(text, escaped) != bytes)
		for (char *p = escaped; (p = strstr(p, "\\x"));) {
			*p = '%';
			memmove(p + 1, p + 2, strlen(p + 2) + 1);
		}
	snprintf(ret_link, PNPN_NAME_BYTES, "\\\\.\\%.*s", PNPN_NAME_BYTES - 5, escaped);
}

void pnpn_linux_decode_label(char *label)
{
	char *to = label;

	for (const char *from = label; *from;) {
		char digits[3] = "";
		if (from[0] == '\\' && from[1] == 'x' && isxdigit((unsigned char)from[2]) &&
		    isxdigit((unsigned char)from[3])) {
			memcpy(digits, from + 2, 2);
			*to++ = (char)strtol(digits, NULL, 16);
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = 0;
}
