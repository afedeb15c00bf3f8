/* SPDX-License-Identifier: MIT */
/* U18: printf() and its kin by the documentation: l has 32 bits, %s goes by the function. */
/* sources: run */
#include <windows.h>
#include <math.h>
#include <stdio.h>
#include "check.h"

/* clang-format off */
static void longs(void)
{
	PRINTS_BOTH("0", "%lu", (DWORD)0);
	PRINTS_BOTH("0", "%lx", (DWORD)0);
	PRINTS_BOTH("00000000", "%08lX", (DWORD)0);
	PRINTS_BOTH("0", "%#lx", (DWORD)0);
	PRINTS_BOTH("0", "%lo", (DWORD)0);
	PRINTS_BOTH("1", "%lu", (DWORD)1);
	PRINTS_BOTH("1", "%lx", (DWORD)1);
	PRINTS_BOTH("00000001", "%08lX", (DWORD)1);
	PRINTS_BOTH("0x1", "%#lx", (DWORD)1);
	PRINTS_BOTH("1", "%lo", (DWORD)1);
	PRINTS_BOTH("4294967295", "%lu", (DWORD)4294967295u);
	PRINTS_BOTH("ffffffff", "%lx", (DWORD)4294967295u);
	PRINTS_BOTH("FFFFFFFF", "%08lX", (DWORD)4294967295u);
	PRINTS_BOTH("0xffffffff", "%#lx", (DWORD)4294967295u);
	PRINTS_BOTH("37777777777", "%lo", (DWORD)4294967295u);
	PRINTS_BOTH("305419896", "%lu", (DWORD)305419896);
	PRINTS_BOTH("12345678", "%lx", (DWORD)305419896);
	PRINTS_BOTH("12345678", "%08lX", (DWORD)305419896);
	PRINTS_BOTH("0x12345678", "%#lx", (DWORD)305419896);
	PRINTS_BOTH("2215053170", "%lo", (DWORD)305419896);
	PRINTS_BOTH("-1", "%ld", (LONG)-1);
	PRINTS_BOTH("-1", "%li", (LONG)-1);
	PRINTS_BOTH("          -1", "%12ld", (LONG)-1);
	PRINTS_BOTH("-1          |", "%-12ld|", (LONG)-1);
	PRINTS_BOTH("-1", "%+ld", (LONG)-1);
	PRINTS_BOTH("2147483647", "%ld", (LONG)2147483647);
	PRINTS_BOTH("2147483647", "%li", (LONG)2147483647);
	PRINTS_BOTH("  2147483647", "%12ld", (LONG)2147483647);
	PRINTS_BOTH("2147483647  |", "%-12ld|", (LONG)2147483647);
	PRINTS_BOTH("+2147483647", "%+ld", (LONG)2147483647);
	PRINTS_BOTH("-2147483648", "%ld", (LONG)(-2147483647-1));
	PRINTS_BOTH("-2147483648", "%li", (LONG)(-2147483647-1));
	PRINTS_BOTH(" -2147483648", "%12ld", (LONG)(-2147483647-1));
	PRINTS_BOTH("-2147483648 |", "%-12ld|", (LONG)(-2147483647-1));
	PRINTS_BOTH("-2147483648", "%+ld", (LONG)(-2147483647-1));
	PRINTS_BOTH("7", "%ld", (LONG)7);
	PRINTS_BOTH("7", "%li", (LONG)7);
	PRINTS_BOTH("           7", "%12ld", (LONG)7);
	PRINTS_BOTH("7           |", "%-12ld|", (LONG)7);
	PRINTS_BOTH("+7", "%+ld", (LONG)7);
}

static void other_integers(void)
{
	PRINTS_BOTH("18446744073709551615", "%llu", (ULONGLONG)18446744073709551615ull);
	PRINTS_BOTH("18446744073709551615", "%I64u", (ULONGLONG)18446744073709551615ull);
	PRINTS_BOTH("ffffffffffffffff", "%I64x", (ULONGLONG)18446744073709551615ull);
	PRINTS_BOTH("FFFFFFFFFFFFFFFF", "%016I64X", (ULONGLONG)18446744073709551615ull);
	PRINTS_BOTH("1", "%llu", (ULONGLONG)1);
	PRINTS_BOTH("1", "%I64u", (ULONGLONG)1);
	PRINTS_BOTH("1", "%I64x", (ULONGLONG)1);
	PRINTS_BOTH("0000000000000001", "%016I64X", (ULONGLONG)1);
	PRINTS_BOTH("-5", "%lld", (LONGLONG)-5);
	PRINTS_BOTH("-5", "%I64d", (LONGLONG)-5);
	PRINTS_BOTH("                  -5", "%20I64d", (LONGLONG)-5);
	PRINTS_BOTH("1234567890123", "%lld", (LONGLONG)1234567890123ll);
	PRINTS_BOTH("1234567890123", "%I64d", (LONGLONG)1234567890123ll);
	PRINTS_BOTH("       1234567890123", "%20I64d", (LONGLONG)1234567890123ll);
	PRINTS_BOTH("7", "%I32u", 7u);
	PRINTS_BOTH("-7", "%I32d", -7);
	PRINTS_BOTH("4096", "%Iu", (size_t)4096);
	PRINTS_BOTH("4096", "%zu", (size_t)4096);
	PRINTS_BOTH("-3", "%Id", (INT_PTR)-3);
	PRINTS_BOTH("-1", "%hd", (int)0xffff);
	PRINTS_BOTH("65535", "%hu", (int)0xfffff);
	PRINTS_BOTH("255", "%hhu", 0x1ff);
	PRINTS_BOTH("-1", "%hhd", 0xff);
	PRINTS_BOTH("0000000000001234", "%p", (void *)0x1234);
	PRINTS_BOTH("A", "%c", 'A');
	PRINTS_BOTH("    A", "%5c", 'A');
	PRINTS_BOTH("A    |", "%-5c|", 'A');
	PRINTS_BOTH("100%", "100%%");
	PRINTS_BOTH("   42", "%*d", 5, 42);
	PRINTS_BOTH("42   |", "%*d|", -5, 42);
	PRINTS_BOTH("007", "%.*d", 3, 7);
	PRINTS_BOTH("x", "%hc", 'x');
}

static void floats(void)
{
	volatile double huge = 1e308;

	PRINTS_BOTH("1.500000", "%f", 1.5);
	PRINTS_BOTH("2.35", "%.2f", 2.345);
	PRINTS_BOTH("1.234568e+04", "%e", 12345.678);
	PRINTS_BOTH("0.0001", "%g", 0.0001);
	PRINTS_BOTH("1E+20", "%G", 1e+20);
	PRINTS_BOTH("     3.142", "%10.3f", 3.14159);
	PRINTS_BOTH("2.5       |", "%-10.1f|", 2.5);
	PRINTS_BOTH("+3", "%+.0f", 3.0);
	PRINTS_BOTH("1.250000", "%lf", 1.25);
	PRINTS_BOTH("0x1.8000000000000p+0", "%a", 1.5);
	PRINTS_BOTH("0X1.8000000000000P+0", "%A", 1.5);
	PRINTS_BOTH("0x1.80p+0", "%.2a", 1.5);
	PRINTS_BOTH("inf", "%f", huge * 10);
	PRINTS_BOTH("  -INF", "%6G", -huge * 10);
	PRINTS_BOTH("-nan(ind)", "%f", -fabs(huge * 10 - huge * 10));
	PRINTS_BOTH("-NAN(IND) |", "%-10E|", -fabs(huge * 10 - huge * 10));
	PRINTS_BOTH("+nan", "%+g", fabs(huge * 10 - huge * 10));
}

static void narrow_texts(void)
{
	PRINTS("(null)", "%s", (char *)NULL);
	PRINTS("narrow", "%s", "narrow");
	PRINTS("wide", "%S", L"wide");
	PRINTS("wide", "%ls", L"wide");
	PRINTS("wide", "%ws", L"wide");
	PRINTS("narrow", "%hs", "narrow");
	PRINTS("  ab", "%4s", "ab");
	PRINTS("ab  |", "%-4s|", "ab");
	PRINTS("abc", "%.3s", "abcdef");
	PRINTS("abc", "%.3ls", L"abcdef");
	PRINTS("  ab", "%4.2ls", L"abc");
	PRINTS("x", "%lc", L'x');
	PRINTS("x", "%C", L'x');
	PRINTS("Gr\xc3\xbc\xc3\x9f""e", "%ls", L"Gr\u00fc\u00dfe");
	PRINTS("\xe2\x82\xac", "%S", L"\u20ac");
	PRINTS("\xf0\x9f\x98\x80", "%ls", L"\xd83d\xde00");
}

static void wide_texts(void)
{
	PRINTS_WIDE(L"(null)", L"%s", (wchar_t *)NULL);
	PRINTS_WIDE(L"wide", L"%s", L"wide");
	PRINTS_WIDE(L"narrow", L"%S", "narrow");
	PRINTS_WIDE(L"wide", L"%ls", L"wide");
	PRINTS_WIDE(L"wide", L"%ws", L"wide");
	PRINTS_WIDE(L"narrow", L"%hs", "narrow");
	PRINTS_WIDE(L"  ab", L"%4s", L"ab");
	PRINTS_WIDE(L"ab  |", L"%-4s|", L"ab");
	PRINTS_WIDE(L"abc", L"%.3s", L"abcdef");
	PRINTS_WIDE(L"abc", L"%.3hs", "abcdef");
	PRINTS_WIDE(L"x", L"%c", L'x');
	PRINTS_WIDE(L"x", L"%C", 'x');
	PRINTS_WIDE(L"\u20ac", L"%hs", "\xe2\x82\xac");
	PRINTS_WIDE(L"\xd83d\xde00", L"%hs", "\xf0\x9f\x98\x80");
	PRINTS_WIDE(L"\xd83d", L"%c", 0xd83d);
	PRINTS_WIDE(L"\xd83d\xde00", L"%c%c", 0xd83d, 0xde00);
	PRINTS_WIDE(L"\u20ac-\u20ac", L"\u20ac-%s", L"\u20ac");
}
/* clang-format on */

static void rooms(void)
{
	char narrow[4] = "zzz";
	wchar_t wide[4] = L"zzz";

	CHECK(snprintf(narrow, 4, "%s", "abcdef") == 6 && !strcmp(narrow, "abc"));
	CHECK(_snprintf(narrow, 4, "%s", "abcdef") == -1 && !memcmp(narrow, "abcd", 4));
	CHECK(_snprintf(narrow, 4, "%s", "wxyz") == 4 && !memcmp(narrow, "wxyz", 4));
	CHECK(_snprintf(narrow, 4, "%s", "ab") == 2 && !strcmp(narrow, "ab"));
	CHECK(swprintf(wide, 4, L"%ls", L"abcdef") < 0);
	CHECK(_snwprintf(wide, 4, L"%ls", L"abcdef") == -1 && !memcmp(wide, L"abcd", 8));
	CHECK(_snwprintf(wide, 4, L"%ls", L"ab") == 2 && !wcscmp(wide, L"ab"));
	CHECK(_scprintf("%d", 1000) == 4 && _scwprintf(L"%d", 1000) == 4);
	CHECK(sprintf_s(narrow, 4, "%s", "abc") == 3 && !strcmp(narrow, "abc"));
	CHECK(_snprintf_s(narrow, 4, _TRUNCATE, "%s", "abcdef") == -1 && !strcmp(narrow, "abc"));
	CHECK(_snprintf_s(narrow, 4, 2, "%s", "abcdef") == -1 && !strcmp(narrow, "ab"));
	CHECK(_snwprintf_s(wide, 4, _TRUNCATE, L"%ls", L"abcdef") == -1 && !wcscmp(wide, L"abc"));
	CHECK(swprintf_s(wide, 4, L"%ls", L"abc") == 3 && !wcscmp(wide, L"abc"));
}

int main(void)
{
	longs();
	other_integers();
	floats();
	narrow_texts();
	wide_texts();
	rooms();
	return failures;
}
