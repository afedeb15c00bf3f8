/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tool/json.h"

static FILE *file_of(const struct pnpn_json *json)
{
	return json->file ? json->file : stdout;
}

static void go_on(struct pnpn_json *json)
{
	if (json->goes_on)
		putc(',', file_of(json));
	json->goes_on = true;
}

void pnpn_json_begin(struct pnpn_json *json, char bracket)
{
	go_on(json);
	putc(bracket, file_of(json));
	json->goes_on = false;
}

void pnpn_json_end(struct pnpn_json *json, char bracket)
{
	putc(bracket, file_of(json));
	json->goes_on = true;
}

void pnpn_json_key(struct pnpn_json *json, const char *key)
{
	pnpn_json_string(json, key);
	putc(':', file_of(json));
	json->goes_on = false;
}

static void put_character(FILE *file, char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", escaped[] = "\"\\bfnrt";
	const char *found = c ? strchr(plain, c) : NULL;

	if (found)
		fprintf(file, "\\%c", escaped[found - plain]);
	else if ((unsigned char)c < 0x20)
		fprintf(file, "\\u%04x", (unsigned int)c);
	else
		putc(c, file);
}

void pnpn_json_string(struct pnpn_json *json, const char *text)
{
	go_on(json);
	putc('"', file_of(json));
	for (; *text; text++)
		put_character(file_of(json), *text);
	putc('"', file_of(json));
}

void pnpn_json_digits(struct pnpn_json *json, const char *digits)
{
	const char *quote = strlen(digits) > PNPN_JSON_DIGITS ? "\"" : "";

	go_on(json);
	fprintf(file_of(json), "%s%s%s", quote, digits, quote);
}

void pnpn_json_unsigned(struct pnpn_json *json, uint64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	pnpn_json_digits(json, digits);
}

void pnpn_json_boolean(struct pnpn_json *json, bool value)
{
	go_on(json);
	fputs(value ? "true" : "false", file_of(json));
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
