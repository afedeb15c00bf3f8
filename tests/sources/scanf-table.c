/* SPDX-License-Identifier: MIT */
/* U18: scanf() and its kin by the documentation: l has 32 bits, and nothing behind is overwritten. */
/* sources: run */
#include <windows.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include "check.h"

/* What is read into the first of two, and the second stays. In functions that get whether it is by swscanf(). */
#define SCANS(text, format, ...) \
	(wide ? swscanf(L##text, L##format, __VA_ARGS__) : sscanf(text, format, __VA_ARGS__))
#define NUMBER(type, guard, wanted, text, format)       \
	do {                                            \
		type v[2] = {0, guard};                 \
		CHECK(SCANS(text, format, &v[0]) == 1); \
		CHECK(v[0] == wanted && v[1] == guard); \
	} while (0)

/* Text that a call reads into v. */
#define READS_NARROW(wanted, call)         \
	do {                               \
		char v[8] = "zzzzzzz";     \
		CHECK(call == 1);          \
		CHECK(!strcmp(v, wanted)); \
	} while (0)
#define READS_WIDE(wanted, call)           \
	do {                               \
		wchar_t v[8] = L"zzzzzzz"; \
		CHECK(call == 1);          \
		CHECK(!wcscmp(v, wanted)); \
	} while (0)

/* clang-format off */
static void numbers(bool wide)
{
	NUMBER(DWORD, 0xdeadbeef, 42u, "42", "%lu");
	NUMBER(DWORD, 0xdeadbeef, 42u, "42", "%ld");
	NUMBER(DWORD, 0xdeadbeef, 42u, "42", "%u");
	NUMBER(DWORD, 0xdeadbeef, 42u, "42", "%d");
	NUMBER(DWORD, 0xdeadbeef, 0xffffffffu, "-1", "%ld");
	NUMBER(DWORD, 0xdeadbeef, 0xffffffffu, "4294967295", "%lu");
	NUMBER(DWORD, 0xdeadbeef, 255u, "ff", "%lx");
	NUMBER(DWORD, 0xdeadbeef, 255u, "0xFF", "%lx");
	NUMBER(DWORD, 0xdeadbeef, 255u, "FF", "%lX");
	NUMBER(DWORD, 0xdeadbeef, 15u, "17", "%lo");
	NUMBER(DWORD, 0xdeadbeef, 16u, "0x10", "%li");
	NUMBER(DWORD, 0xdeadbeef, 8u, "010", "%li");
	NUMBER(DWORD, 0xdeadbeef, 10u, "10", "%li");
	NUMBER(DWORD, 0xdeadbeef, 7u, "  7", "%lu");
	NUMBER(DWORD, 0xdeadbeef, 123u, "12345", "%3lu");
	NUMBER(DWORD, 0xdeadbeef, 5u, "+5", "%ld");
	NUMBER(DWORD, 0xdeadbeef, 42u, "42", "%I32u");
	NUMBER(ULONGLONG, 99, 42u, "42", "%llu");
	NUMBER(ULONGLONG, 99, 42u, "42", "%I64u");
	NUMBER(ULONGLONG, 99, ~0ull, "18446744073709551615", "%llu");
	NUMBER(ULONGLONG, 99, ~0ull, "-1", "%lld");
	NUMBER(ULONGLONG, 99, 0x123456789abcdef0ull, "123456789abcdef0", "%I64x");
	NUMBER(ULONGLONG, 99, 42u, "42", "%zu");
	NUMBER(ULONGLONG, 99, 42u, "42", "%Iu");
	NUMBER(ULONGLONG, 99, 42u, "42", "%ju");
	NUMBER(WORD, 77, 65535, "65535", "%hu");
	NUMBER(WORD, 77, 65535, "-1", "%hd");
	NUMBER(BYTE, 77, 200, "200", "%hhu");
	NUMBER(float, 9, 1.5f, "1.5", "%f");
	NUMBER(double, 9, 1.5, "1.5", "%lf");
	NUMBER(double, 9, -225.0, "-2.25e2", "%lf");
	NUMBER(double, 9, 0.5, ".5", "%lf");
	NUMBER(double, 9, 3.0, "3.", "%lf");
	NUMBER(double, 9, 1000.0, "1e3", "%lf");
	NUMBER(double, 9, 3.0, "0x1.8p1", "%lf");
	NUMBER(double, 9, HUGE_VAL, "inf", "%lf");
}

static void several(bool wide)
{
	{
		int v = 3;
		CHECK(SCANS("", "%d", &v) == -1);
		CHECK(v == 3);
	}
	{
		int v = 3;
		CHECK(SCANS("x", "%d", &v) == 0);
		CHECK(v == 3);
	}
	{
		int a = 0, b = 0;
		CHECK(SCANS("1,2", "%d,%d", &a, &b) == 2);
		CHECK(a == 1 && b == 2);
	}
	{
		int a = 0, b = 9;
		CHECK(SCANS("1;2", "%d,%d", &a, &b) == 1);
		CHECK(a == 1 && b == 9);
	}
	{
		int a = 0, b = 0;
		CHECK(SCANS("1 2", "%*d %d", &a) == 1);
		CHECK(a == 2 && b == 0);
	}
	{
		int a = 0, n = 0;
		CHECK(SCANS("12 34", "%d%n", &a, &n) == 1);
		CHECK(a == 12 && n == 2);
	}
	{
		int a = 0;
		CHECK(SCANS("100%5", "100%%%d", &a) == 1);
		CHECK(a == 5);
	}
	{
		void *v = 0;
		CHECK(SCANS("1234", "%p", &v) == 1);
		CHECK(v == (void *)0x1234);
	}
	{
		unsigned int a = 0, b = 0;
		CHECK(SCANS("VID_0781&PID_5567", "VID_%4x&PID_%4x", &a, &b) == 2);
		CHECK(a == 0x781 && b == 0x5567);
	}
	{
		int a = 0;
		CHECK(SCANS("COM12", "COM%d", &a) == 1);
		CHECK(a == 12);
	}
	{
		GUID g; unsigned int d[8]; memset(&g, 0, sizeof(g));
		CHECK(SCANS("{53f56307-b6bf-11d0-94f2-00a0c91efb8b}", "{%8lx-%4hx-%4hx-%2x%2x-%2x%2x%2x%2x%2x%2x}", &g.Data1, &g.Data2, &g.Data3, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7]) == 11);
		CHECK(g.Data1 == 0x53f56307 && g.Data2 == 0xb6bf && g.Data3 == 0x11d0 && d[0] == 0x94 && d[7] == 0x8b && !g.Data4[0]);
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(SCANS("ab cd", "%ls", v) == 1);
		CHECK(!wcscmp(v, L"ab"));
	}
}

static void narrow_texts(void)
{
	READS_NARROW("ab", sscanf("ab cd", "%s", v));
	READS_NARROW("ab", sscanf("ab cd", "%3s", v));
	READS_NARROW("abc", sscanf("abcdef", "%3s", v));
	READS_NARROW("ab", sscanf("ab", "%hs", v));
	READS_WIDE(L"ab", sscanf("ab", "%S", v));
	READS_WIDE(L"\u00fc", sscanf("\xc3\xbc", "%ls", v));
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("a b", "%c", v) == 1);
		CHECK(v[0] == 'a' && v[1] == 'z');
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("a b", "%3c", v) == 1);
		CHECK(!memcmp(v, "a bz", 4));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("ab", "%lc", v) == 1);
		CHECK(v[0] == L'a' && v[1] == L'z');
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("ab", "%C", v) == 1);
		CHECK(v[0] == L'a' && v[1] == L'z');
	}
	READS_NARROW("abc", sscanf("abc123", "%[a-z]", v));
	READS_NARROW("abc]", sscanf("abc]x", "%[]abc]", v));
	READS_NARROW("key", sscanf("key=x", "%[^=]", v));
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("123", "%[a-z]", v) == 0);
		CHECK(v[0] == 'z');
	}
	READS_WIDE(L"abc", sscanf("abc1", "%l[a-z]", v));
}

static void wide_texts(void)
{
	READS_WIDE(L"ab", swscanf(L"ab cd", L"%s", v));
	READS_NARROW("ab", swscanf(L"ab cd", L"%S", v));
	READS_NARROW("ab", swscanf(L"ab cd", L"%hs", v));
	READS_WIDE(L"abc", swscanf(L"abcdef", L"%3s", v));
	READS_WIDE(L"abc", swscanf(L"abc1", L"%[a-z]", v));
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"ab", L"%c", v) == 1);
		CHECK(v[0] == L'a' && v[1] == L'z');
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(swscanf(L"ab", L"%hc", v) == 1);
		CHECK(v[0] == 'a' && v[1] == 'z');
	}
	READS_WIDE(L"x", swscanf(L"\u20acx", L"\u20ac%s", v));
	{
		char v[8] = "zzzzzzz";
		CHECK(swscanf(L"\u20ac\u20ac", L"%3hs", v) == 1);
		CHECK(strlen(v) <= 3);
	}
}
/* clang-format on */

static void secure(void)
{
	char narrow[4] = "zzz";
	wchar_t wide[4] = L"zzz";
	int number = 0;

	CHECK(sscanf_s("abc 5", "%s %d", narrow, 4, &number) == 2 && number == 5);
	CHECK(!strcmp(narrow, "abc"));
	CHECK(sscanf_s("abcd 6", "%s %d", narrow, 4, &number) == 0 && number == 5 && !narrow[0]);
	CHECK(swscanf_s(L"abc 7", L"%ls %d", wide, 4, &number) == 2 && number == 7);
	CHECK(sscanf_s("x", "%c", narrow, 1) == 1 && narrow[0] == 'x');
	CHECK(swscanf_s(L"abcd", L"%ls", wide, 4) == 0 && !wide[0]);
}

static void streams(void)
{
	FILE *file = tmpfile();
	DWORD value = 0;
	wchar_t text[16];

	fwprintf(file, L"%lu \xd83d\xde00\u00fc\n%ls\n", (DWORD)17, L"second");
	rewind(file);
	CHECK(fscanf(file, "%lu", &value) == 1 && value == 17);
	CHECK(fgetwc(file) == L' ' && fgetwc(file) == 0xd83d && fgetwc(file) == 0xde00);
	CHECK(ungetwc(0xde00, file) == 0xde00 && fgetwc(file) == 0xde00);
	CHECK(fgetws(text, 16, file) == text && !wcscmp(text, L"\u00fc\n"));
	CHECK(fwscanf(file, L"%15ls", text) == 1 && !wcscmp(text, L"second"));
	CHECK(fgetwc(file) == L'\n' && fgetwc(file) == WEOF && !fgetws(text, 16, file));
	fclose(file);
}

int main(void)
{
	for (int wide = 0; wide < 2; wide++) {
		numbers(wide);
		several(wide);
	}
	narrow_texts();
	wide_texts();
	secure();
	streams();
	return failures;
}
