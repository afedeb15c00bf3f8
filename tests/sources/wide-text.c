/* SPDX-License-Identifier: MIT */
/* U18: the C library's functions on 16-bit text: complete families, by themselves and through pointers. */
/* sources: run */
#include <windows.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include "check.h"

static void standard(void)
{
	wchar_t text[16] = L"abc";
	wchar_t *copy = wcsdup(L"copy");

	CHECK(sizeof(wchar_t) == 2 && wcslen(L"abc") == 3 && wcsnlen(L"abc", 2) == 2);
	CHECK(wcscat(text, L"de") == text && !wcscmp(text, L"abcde"));
	CHECK(wcsncat(text, L"fghi", 2) == text && !wcscmp(text, L"abcdefg"));
	CHECK(wcscmp(L"a", L"b") < 0 && wcscmp(L"\xffff", L"a") > 0 && !wcsncmp(L"abx", L"aby", 2));
	CHECK(wcscoll(L"a", L"a") == 0 && wcsxfrm(text + 8, L"zz", 4) == 2 &&
	      !wcscmp(text + 8, L"zz"));
	CHECK(wcschr(text, L'c') == text + 2 && !wcschr(text, L'x') && wcsrchr(text, L'a') == text);
	CHECK(wcsstr(text, L"cd") == text + 2 && wcspbrk(text, L"xgd") == text + 3);
	CHECK(wcsspn(text, L"abx") == 2 && wcscspn(text, L"dx") == 3);
	CHECK(!wcscmp(wcscpy(text, L"xy"), L"xy") && !wcscmp(wcsncpy(text, L"z", 4), L"z") &&
	      !text[3]);
	CHECK(copy && !wcscmp(copy, L"copy"));
	free(copy);
	CHECK(wmemset(text, L'q', 3) == text && text[2] == L'q' && wmemchr(text, L'q', 3) == text);
	CHECK(!wmemcmp(L"ab", L"ab", 2) && wmemcmp(L"ab", L"ac", 2) < 0);
	CHECK(!wcscmp(wmemcpy(text, L"mno", 4), L"mno") &&
	      !wcscmp(wmemmove(text + 1, text, 4), L"mno"));
}

static void tokens(void)
{
	wchar_t text[] = L"USB\\VID_0781&PID_5567", *context = NULL;
	wchar_t again[] = L";a;;b";

	CHECK(!wcscmp(wcstok(text, L"\\&"), L"USB"));
	CHECK(!wcscmp(wcstok(NULL, L"\\&"), L"VID_0781"));
	CHECK(!wcscmp(wcstok(NULL, L"\\&"), L"PID_5567") && !wcstok(NULL, L"\\&"));
	CHECK(!wcscmp(wcstok_s(again, L";", &context), L"a"));
	CHECK(!wcscmp(wcstok_s(NULL, L";", &context), L"b") && !wcstok_s(NULL, L";", &context));
}

static void windows(void)
{
	wchar_t text[8] = L"MiXed";
	wchar_t *copy = _wcsdup(L"copy");

	CHECK(!_wcsicmp(L"HeLLo", L"hEllO") && _wcsicmp(L"a", L"B") < 0 &&
	      _wcsicmp(L"b", L"A") > 0);
	CHECK(!_wcsnicmp(L"ABx", L"aby", 2) && _wcsnicmp(L"ABx", L"aby", 3) < 0);
	CHECK(!wcscmp(_wcslwr(text), L"mixed") && !wcscmp(_wcsupr(text), L"MIXED"));
	CHECK(!wcscmp(_wcsrev(text), L"DEXIM") && !wcscmp(_wcsnset(text, L'-', 2), L"--XIM"));
	CHECK(!wcscmp(_wcsset(text, L'.'), L"....."));
	CHECK(copy && !wcscmp(copy, L"copy"));
	free(copy);
}

static void secure(void)
{
	wchar_t text[4];

	CHECK(wcscpy_s(text, 4, L"abc") == 0 && !wcscmp(text, L"abc"));
	CHECK(wcscpy_s(text, 4, L"abcd") == ERANGE && !text[0]);
	CHECK(wcsncpy_s(text, 4, L"abcdef", _TRUNCATE) == STRUNCATE && !wcscmp(text, L"abc"));
	CHECK(wcsncpy_s(text, 4, L"abcdef", 2) == 0 && !wcscmp(text, L"ab"));
	CHECK(wcscat_s(text, 4, L"c") == 0 && !wcscmp(text, L"abc"));
	CHECK(wcscat_s(text, 4, L"d") == ERANGE && !text[0]);
	CHECK(wcsncat_s(text, 4, L"xyz", 2) == 0 && !wcscmp(text, L"xy"));
	CHECK(wcscpy_s(NULL, 4, L"a") == EINVAL && wcscpy_s(text, 4, NULL) == EINVAL && !text[0]);
	CHECK(_wcsupr_s(wcscpy(text, L"abc"), 4) == 0 && !wcscmp(text, L"ABC"));
	CHECK(wmemcpy_s(text, 4, L"pq", 3) == 0 && !wcscmp(text, L"pq"));
	CHECK(wmemcpy_s(text, 4, L"12345", 5) == ERANGE && !text[0]);
}

static void numbers(void)
{
	wchar_t text[40], *end;

	CHECK(wcstol(L" -42x", &end, 10) == -42 && *end == L'x');
	CHECK(wcstoul(L"0xff", &end, 0) == 255 && !*end && wcstol(L"zz\u00fc", &end, 36) == 1295 &&
	      *end == 0xfc);
	CHECK(_wcstoi64(L"1234567890123", NULL, 10) == 1234567890123ll);
	CHECK(_wcstoui64(L"18446744073709551615", NULL, 10) == ~0ull);
	CHECK(wcstod(L"2.5e1", &end) == 25.0 && !*end && _wtof(L"0.5") == 0.5);
	CHECK(_wtoi(L"17") == 17 && _wtol(L"-17") == -17 && _wtoi64(L"5000000000") == 5000000000ll);
	CHECK(!wcscmp(_itow(-255, text, 10), L"-255") && !wcscmp(_itow(-1, text, 16), L"ffffffff"));
	CHECK(!wcscmp(_ultow(0xffffffffu, text, 2), L"11111111111111111111111111111111"));
	CHECK(!wcscmp(_i64tow(-5, text, 10), L"-5") &&
	      !wcscmp(_ltow((LONG)-1, text, 16), L"ffffffff"));
	CHECK(_itow_s(12345, text, 4, 10) == ERANGE && _itow_s(123, text, 4, 10) == 0 &&
	      !wcscmp(text, L"123"));
}

static void multibyte(void)
{
	char narrow[16];
	wchar_t wide[16];
	size_t count;

	CHECK(mbstowcs(NULL, "gr\xc3\xbc\xc3\x9f", 0) == 4 &&
	      mbstowcs(wide, "gr\xc3\xbc\xc3\x9f", 16) == 4);
	CHECK(!wcscmp(wide, L"gr\u00fc\u00df"));
	CHECK(wcstombs(NULL, L"\xd83d\xde00", 0) == 4 &&
	      wcstombs(narrow, L"\xd83d\xde00", 16) == 4);
	CHECK(!strcmp(narrow, "\xf0\x9f\x98\x80"));
	CHECK(mbstowcs(wide, "\xf0\x9f\x98\x80", 16) == 2 && wide[0] == 0xd83d &&
	      wide[1] == 0xde00);
	CHECK(mbtowc(wide, "\xe2\x82\xac", 3) == 3 && wide[0] == 0x20ac &&
	      wctomb(narrow, 0x20ac) == 3);
	CHECK(mbstowcs(wide, "\xff", 16) == (size_t)-1);
	CHECK(mbstowcs_s(&count, wide, 4, "abc", _TRUNCATE) == 0 && count == 4 &&
	      !wcscmp(wide, L"abc"));
	CHECK(mbstowcs_s(&count, wide, 3, "abc", _TRUNCATE) == STRUNCATE && !wcscmp(wide, L"ab"));
	CHECK(wcstombs_s(&count, narrow, 4, L"abc", 3) == 0 && count == 4 &&
	      !strcmp(narrow, "abc"));
	CHECK(wcstombs_s(&count, narrow, 3, L"abc", 3) == ERANGE && !narrow[0]);
}

static void pointers(void)
{
	size_t (*length)(const wchar_t *) = wcslen;
	int (*compare)(const wchar_t *, const wchar_t *) = _wcsicmp;
	int (*print)(wchar_t *, size_t, const wchar_t *, ...) = _snwprintf;
	wchar_t text[8];

	CHECK(length(L"four") == 4 && compare(L"A", L"a") == 0);
	CHECK(print(text, 8, L"%lu", (DWORD)7) == 1 && !wcscmp(text, L"7"));
}

static void times(void)
{
	struct tm time;
	wchar_t text[32];

	memset(&time, 0, sizeof(time));
	time.tm_year = 126;
	time.tm_mday = 1;
	CHECK(wcsftime(text, 32, L"%Y-%m-%d", &time) == 10 && !wcscmp(text, L"2026-01-01"));
	CHECK(wcsftime(text, 5, L"%Y-%m-%d", &time) == 0);
}

int main(void)
{
	standard();
	tokens();
	windows();
	secure();
	numbers();
	multibyte();
	pointers();
	times();
	return failures;
}
