/* SPDX-License-Identifier: MIT */
/* JSON on the way to a file: nothing is kept, so there is no memory to be without. */
#ifndef PNPN_TOOL_JSON_H
#define PNPN_TOOL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** A number of more digits is written as a string: it may be more than JavaScript's numbers hold. */
#define PNPN_JSON_DIGITS 15

/** Begins as all zero. */
struct pnpn_json {
	FILE *file; /* NULL: stdout */
	bool goes_on; /* a comma stands before what comes next */
};

/** '{' or '['. */
void pnpn_json_begin(struct pnpn_json *json, char bracket);

/** '}' or ']'. */
void pnpn_json_end(struct pnpn_json *json, char bracket);

/** In an object: what comes next has that name. */
void pnpn_json_key(struct pnpn_json *json, const char *key);

void pnpn_json_string(struct pnpn_json *json, const char *text);
void pnpn_json_digits(struct pnpn_json *json, const char *digits);
void pnpn_json_unsigned(struct pnpn_json *json, uint64_t number);
void pnpn_json_boolean(struct pnpn_json *json, bool value);

/** A key and its value; a string that is NULL is left out with its key. */
void pnpn_json_add_string(struct pnpn_json *json, const char *key, const char *value);
void pnpn_json_add_unsigned(struct pnpn_json *json, const char *key, uint64_t value);
void pnpn_json_add_boolean(struct pnpn_json *json, const char *key, bool value);

#endif
