/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tool/json.h"

static void go_on(struct pnpn_json *json)
{
	if (json->goes_on)
		putchar(',');
	json->goes_on = true;
}

void pnpn_json_begin(struct pnpn_json *json, char bracket)
{
	go_on(json);
	putchar(bracket);
	json->goes_on = false;
}

void pnpn_json_end(struct pnpn_json *json, char bracket)
{
	putchar(bracket);
	json->goes_on = true;
}

void pnpn_json_key(struct pnpn_json *json, const char *key)
{
	pnpn_json_string(json, key);
	putchar(':');
	json->goes_on = false;
}

static void put_character(char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", escaped[] = "\"\\bfnrt";
	const char *found = c ? strchr(plain, c) : NULL;

	if (found)
		printf("\\%c", escaped[found - plain]);
	else if ((unsigned char)c < 0x20)
		printf("\\u%04x", (unsigned int)c);
	else
		putchar(c);
}

void pnpn_json_string(struct pnpn_json *json, const char *text)
{
	go_on(json);
	putchar('"');
	for (; *text; text++)
		put_character(*text);
	putchar('"');
}

void pnpn_json_hex(struct pnpn_json *json, const unsigned char *data, size_t size)
{
	go_on(json);
	putchar('"');
	for (size_t i = 0; i < size; i++)
		printf("%02x", data[i]);
	putchar('"');
}

void pnpn_json_signed(struct pnpn_json *json, int64_t number)
{
	go_on(json);
	printf("%" PRId64, number);
}

void pnpn_json_unsigned(struct pnpn_json *json, uint64_t number)
{
	go_on(json);
	printf("%" PRIu64, number);
}

void pnpn_json_boolean(struct pnpn_json *json, bool value)
{
	go_on(json);
	fputs(value ? "true" : "false", stdout);
}

void pnpn_json_add_string(struct pnpn_json *json, const char *key, const char *value)
{
	if (!value)
		return;
	pnpn_json_key(json, key);
	pnpn_json_string(json, value);
}

void pnpn_json_add_unsigned(struct pnpn_json *json, const char *key, uint64_t value)
{
	pnpn_json_key(json, key);
	pnpn_json_unsigned(json, value);
}

void pnpn_json_add_boolean(struct pnpn_json *json, const char *key, bool value)
{
	pnpn_json_key(json, key);
	pnpn_json_boolean(json, value);
}
