/* SPDX-License-Identifier: MIT */
/* U18: Windows' additions to the C library for narrow text, files, environment and memory. */
/* sources: run */
#include <windows.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

static void text(void)
{
	char text[8] = "MiXed", *copy = _strdup("copy"), *context = NULL, list[] = "a,b";

	CHECK(!_stricmp("HeLLo", "hEllO") && _stricmp("a", "B") < 0 && !_strnicmp("ABx", "aby", 2));
	CHECK(!stricmp("A", "a") && !strcmpi("A", "a") && !strnicmp("Ax", "ay", 1) &&
	      !_memicmp("Ab", "aB", 2));
	CHECK(copy && !strcmp(strrev(strlwr(copy)), "ypoc"));
	CHECK(!strcmp(strnset(copy, 'z', 1), "zpoc") && !strcmp(strset(copy, 'y'), "yyyy"));
	strcpy(copy, "copy");
	CHECK(!strcmp(_strlwr(text), "mixed") && !strcmp(_strupr(text), "MIXED"));
	CHECK(!strcmp(_strrev(text), "DEXIM") && !strcmp(_strnset(text, '-', 2), "--XIM"));
	CHECK(!strcmp(_strset(text, '.'), ".....") && copy && !strcmp(copy, "copy"));
	CHECK(!strcmp(strtok_s(list, ",", &context), "a") &&
	      !strcmp(strtok_s(NULL, ",", &context), "b"));
	free(copy);
}

static void secure(void)
{
	char text[4];

	CHECK(strcpy_s(text, 4, "abc") == 0 && !strcmp(text, "abc"));
	CHECK(strcpy_s(text, 4, "abcd") == ERANGE && !text[0]);
	CHECK(strncpy_s(text, 4, "abcdef", _TRUNCATE) == STRUNCATE && !strcmp(text, "abc"));
	CHECK(strcat_s(text, 4, "d") == ERANGE && strncat_s(text, 4, "xyz", 2) == 0 &&
	      !strcmp(text, "xy"));
	CHECK(memcpy_s(text, 4, "12345", 5) == ERANGE && !text[0] &&
	      memcpy_s(text, 4, "123", 4) == 0);
	CHECK(_strupr_s(text, 4) == 0 && strerror_s(text, 4, EINVAL) == 0 && strlen(text) == 3);
}

static void numbers(void)
{
	char text[70];

	CHECK(!strcmp(_itoa(-255, text, 10), "-255") && !strcmp(_itoa(-1, text, 16), "ffffffff"));
	CHECK(!strcmp(itoa(35, text, 36), "z") && !strcmp(_ltoa((LONG)-1, text, 8), "37777777777"));
	CHECK(!strcmp(_ui64toa(~0ull, text, 16), "ffffffffffffffff") &&
	      _atoi64("5000000000") == 5000000000ll);
	CHECK(_itoa_s(12345, text, 4, 10) == ERANGE && _ultoa_s(7, text, 4, 10) == 0 &&
	      !strcmp(text, "7"));
	CHECK(_strtoui64("ff", NULL, 16) == 255 && _strtoi64("-5", NULL, 10) == -5);
	CHECK(__max(1, 2) == 2 && __min(1, 2) == 1 && _countof(text) == 70);
}

static void files(void)
{
	char name[] = "sources-narrow-text.tmp", line[16];
	FILE *file = NULL;

	CHECK(fopen_s(&file, name, "wt, ccs=UTF-8") == 0 && file);
	CHECK(fprintf(file, "%lu\n", (DWORD)5) == 2 && _fileno(file) > 2 && _ftelli64(file) >= 2);
	fclose(file);
	CHECK((file = _wfopen(L"sources-narrow-text.tmp", L"rb")) != NULL);
	CHECK(file && fgets(line, 16, file) && line[0] == '5');
	if (file)
		fclose(file);
	CHECK(_wremove(L"sources-narrow-text.tmp") == 0);
	CHECK(fopen_s(&file, name, "r") == ENOENT && !file);
}

static void environment(void)
{
	char value[8];
	size_t size;

	CHECK(_putenv("SOURCES=yes") == 0 && getenv_s(&size, value, 8, "SOURCES") == 0 &&
	      size == 4);
	CHECK(!strcmp(value, "yes") && !wcscmp(_wgetenv(L"SOURCES"), L"yes"));
	CHECK(getenv_s(&size, value, 2, "SOURCES") == ERANGE && size == 4);
	CHECK(_putenv_s("SOURCES", "") == 0 && !getenv("SOURCES"));
}

int main(void)
{
	void *memory = _aligned_malloc(100, 64);

	CHECK(memory && (ULONG_PTR)memory % 64 == 0);
	_aligned_free(memory);
	text();
	secure();
	numbers();
	files();
	environment();
	return failures;
}
