/* SPDX-License-Identifier: MIT */
#include "core/guid.h"
#include "core/port.h"

static const char hex_digits[] = "0123456789abcdef";

/* Where the 16 bytes stand in the text, most significant first. */
static void guid_to_bytes(const struct pnpn_guid *guid, uint8_t ret_bytes[16])
{
	for (int i = 0; i < 4; i++)
		ret_bytes[i] = (uint8_t)(guid->data1 >> (24 - 8 * i));
	for (int i = 0; i < 2; i++) {
		ret_bytes[4 + i] = (uint8_t)(guid->data2 >> (8 - 8 * i));
		ret_bytes[6 + i] = (uint8_t)(guid->data3 >> (8 - 8 * i));
	}
	memcpy(ret_bytes + 8, guid->data4, 8);
}

static void guid_from_bytes(const uint8_t bytes[16], struct pnpn_guid *ret_guid)
{
	ret_guid->data1 = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
			  (uint32_t)bytes[2] << 8 | bytes[3];
	ret_guid->data2 = (uint16_t)(bytes[4] << 8 | bytes[5]);
	ret_guid->data3 = (uint16_t)(bytes[6] << 8 | bytes[7]);
	memcpy(ret_guid->data4, bytes + 8, 8);
}

static bool dash_before(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

__attribute__((visibility("default"))) void pnpn_guid_to_string(const struct pnpn_guid *guid,
								char ret_string[PNPN_GUID_STRING])
{
	uint8_t bytes[16];
	char *out = ret_string;

	guid_to_bytes(guid, bytes);
	for (int i = 0; i < 16; i++) {
		if (dash_before(i))
			*out++ = '-';
		*out++ = hex_digits[bytes[i] >> 4];
		*out++ = hex_digits[bytes[i] & 15];
	}
	*out = 0;
}

__attribute__((visibility("default"))) int pnpn_guid_from_string(const char *string,
								 struct pnpn_guid *ret_guid)
{
	if (!string)
		return -EINVAL;

	uint8_t bytes[16];
	bool braced = *string == '{';
	const char *in = string + braced;

	for (int i = 0; i < 16; i++) {
		if (dash_before(i) && *in++ != '-')
			return -EINVAL;
		int high = hex_value(in[0]);
		int low = high < 0 ? -1 : hex_value(in[1]);
		if (low < 0)
			return -EINVAL;
		bytes[i] = (uint8_t)(high << 4 | low);
		in += 2;
	}
	if (braced && *in++ != '}')
		return -EINVAL;
	if (*in)
		return -EINVAL;
	guid_from_bytes(bytes, ret_guid);
	return 0;
}

__attribute__((visibility("default"))) bool pnpn_guid_equal(const struct pnpn_guid *a,
							    const struct pnpn_guid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool pnpn_guid_is_among(const struct pnpn_guid *guids, size_t n, const struct pnpn_guid *guid)
{
	for (size_t i = 0; i < n; i++)
		if (pnpn_guid_equal(&guids[i], guid))
			return true;
	return false;
}

bool pnpn_guid_is_null(const struct pnpn_guid *guid)
{
	static const struct pnpn_guid null;

	return pnpn_guid_equal(guid, &null);
}
