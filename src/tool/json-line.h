/* SPDX-License-Identifier: MIT */
/* A line that is one JSON object of texts and numbers: what pnpn_json writes of an event, read back. */
#ifndef PNPN_TOOL_JSON_LINE_H
#define PNPN_TOOL_JSON_LINE_H

#include <stddef.h>
#include <stdint.h>

/** More than any event has. */
#define PNPN_JSON_LINE_PAIRS 32

/** An object's keys and values, which lie in the line. */
struct pnpn_json_line {
	struct {
		const char *key;
		const char *value; /* a number's digits; a text without escapes */
	} pairs[PNPN_JSON_LINE_PAIRS];
	size_t n;
};

/**
 * pnpn_json_line_read() - read a line
 * @line: ended by a zero, without the end of the line; it is written to, and has to last as long as the result
 *
 * Returns 0; -EINVAL for what is no such object: with a value of another kind, a key twice, a text with a zero in it or what is
 * no UTF-8; -E2BIG for one with more pairs.
 */
int pnpn_json_line_read(char *line, struct pnpn_json_line *ret_line);

/** The value of a key; NULL without. */
const char *pnpn_json_line_get(const struct pnpn_json_line *line, const char *key);

#endif
