/* SPDX-License-Identifier: MIT */
/* What the programs here test with: they end with how many checks failed. */
#ifndef SOURCES_CHECK_H
#define SOURCES_CHECK_H

#include <stdio.h>
#include <string.h>
#include <wchar.h>

static int failures;

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			failures++;                                            \
		}                                                              \
	} while (0)

/* A format, its arguments in brackets, and what comes out. */
#define PRINTS(wanted, ...)                                                                 \
	do {                                                                                \
		char got_text[512];                                                         \
		int got_length = sprintf(got_text, __VA_ARGS__);                            \
		if (strcmp(got_text, wanted) != 0 || got_length != (int)strlen(wanted)) {   \
			printf("%s:%d: \"%s\", not \"%s\"\n", __FILE__, __LINE__, got_text, \
			       wanted);                                                     \
			failures++;                                                         \
		}                                                                           \
	} while (0)

#define PRINTS_WIDE(wanted, ...)                                                              \
	do {                                                                                  \
		wchar_t got_text[512];                                                        \
		int got_length = swprintf(got_text, 512, __VA_ARGS__);                        \
		if (wcscmp(got_text, wanted) != 0 || got_length != (int)wcslen(wanted)) {     \
			printf("%s:%d: \"%ls\", not \"%ls\"\n", __FILE__, __LINE__, got_text, \
			       wanted);                                                       \
			failures++;                                                           \
		}                                                                             \
	} while (0)

/* Both say the same, each in its own text. */
#define PRINTS_BOTH(wanted, format, ...)                                      \
	do {                                                                  \
		PRINTS(wanted, format __VA_OPT__(, ) __VA_ARGS__);            \
		PRINTS_WIDE(L##wanted, L##format __VA_OPT__(, ) __VA_ARGS__); \
	} while (0)

#endif
