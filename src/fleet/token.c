/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "fleet/token.h"

static const char digits[] = "0123456789ABCDEF";

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

int pnpn_token_encode(const char *name, const char *others, char *ret_token, size_t size)
{
	size_t length = 0;

	if (!*name)
		return -EINVAL;
	for (; *name; name++) {
		bool plain = is_plain(*name) || strchr(others, *name);
		if (length + (plain ? 1 : 3) >= size)
			return -ENAMETOOLONG;
		if (plain) {
			ret_token[length++] = *name;
			continue;
		}
		ret_token[length++] = '=';
		ret_token[length++] = digits[(unsigned char)*name >> 4];
		ret_token[length++] = digits[(unsigned char)*name & 15];
	}
	ret_token[length] = 0;
	return (int)length;
}

/* Two digits; capitals alone, so that each name has one token. */
static int read_byte(const char *text, size_t left)
{
	const char *high = left >= 2 && text[0] ? strchr(digits, text[0]) : NULL;
	const char *low = high && text[1] ? strchr(digits, text[1]) : NULL;

	return low ? (int)((high - digits) << 4 | (low - digits)) : 0;
}

int pnpn_token_decode(const char *token, size_t length, char *ret_name, size_t size)
{
	size_t written = 0;

	for (size_t i = 0; i < length; i++) {
		int byte = (unsigned char)token[i];
		if (byte == '=') {
			byte = read_byte(token + i + 1, length - i - 1);
			i += 2;
		}
		if (!byte)
			return -EBADMSG;
		if (written + 1 >= size)
			return -ENAMETOOLONG;
		ret_name[written++] = (char)byte;
	}
	if (!written)
		return -EBADMSG;
	ret_name[written] = 0;
	return (int)written;
}

bool pnpn_host_is_valid(const char *host)
{
	size_t length = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return length && length < PNPN_HOST_BYTES && !host[length];
}
