/* SPDX-License-Identifier: MIT */
/* Text as Windows programs know it (U6, U15): printf with 32-bit longs, UTF-16, 16-bit wcs functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "wincommon/format.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"

static int print_a(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int r = pnpn_format_a(buffer, size, format, arguments);
	va_end(arguments);
	return r;
}

static int print_w(wchar_t *buffer, size_t count, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int r = pnpn_format_w(buffer, count, format, arguments);
	va_end(arguments);
	return r;
}

#define EXPECT_A(text, ...)                                                                 \
	do {                                                                                \
		char got[128];                                                              \
		assert_int_equal(print_a(got, sizeof(got), __VA_ARGS__), sizeof(text) - 1); \
		assert_string_equal(got, text);                                             \
	} while (0)

#define EXPECT_W(text, ...)                                           \
	do {                                                          \
		wchar_t got[128];                                     \
		assert_int_equal(print_w(got, 128, __VA_ARGS__),      \
				 sizeof(text) / sizeof(wchar_t) - 1); \
		assert_memory_equal(got, text, sizeof(text));         \
	} while (0)

/* l has 32 bits, whatever stands in the upper half of the register. */
static void test_integers(void **state)
{
	EXPECT_A("ffffffff|-1|8", "%lx|%ld|%d", 0xabcdffffffffll, (int64_t)0x1234ffffffff, 8);
	EXPECT_A("123456789abcdef0", "%llx", 0x123456789abcdef0ll);
	EXPECT_A("-1|18446744073709551615", "%I64d|%I64u", -1ll, -1ll);
	EXPECT_A("7|0000BEEF|  +5", "%I32u|%08lX|%+4ld", 7u, 0xbeefu, 5);
	EXPECT_A("0x2a|-7|255", "%#lx|%hd|%hhu", 42u, (int)0xfffffff9, 0x1ff);
}

/* %s goes by the function, %S is the other kind; l, w and h say it outright. */
static void test_strings(void **state)
{
	EXPECT_A("narrow wide ", "%s %S ", "narrow", L"wide");
	EXPECT_A("wide wide narrow", "%ls %ws %hs", L"wide", L"wide", "narrow");
	EXPECT_W(L"wide narrow", L"%s %S", L"wide", "narrow");
	EXPECT_W(L"narrow wide", L"%hs %ls", "narrow", L"wide");
	EXPECT_A("[  ab][ab  ]", "[%4s][%-4.2ls]", "ab", L"abcd");
	EXPECT_A("xy", "%c%lc", 'x', L'y');
}

/* Between the two kinds text changes its encoding, not its characters. */
static void test_encodings(void **state)
{
	EXPECT_A("Gr\xc3\xb6\xc3\x9f"
		 "e",
		 "%ls", L"Gr\u00f6\u00dfe");
	EXPECT_W(L"\u20ac", L"%hs", "\xe2\x82\xac");
	char *narrow = pnpn_utf_narrow(L"\xd83d\xde00");
	assert_string_equal(narrow, "\xf0\x9f\x98\x80");
	wchar_t *wide = pnpn_utf_widen(narrow);
	assert_int_equal(pnpn_wcscmp(wide, L"\xd83d\xde00"), 0);
	free(narrow);
	free(wide);
}

/* What does not fit is cut, the length is that of all of it, a zero ends it. */
static void test_room(void **state)
{
	char narrow[4] = "xxx";
	wchar_t wide[4] = L"xxx";

	assert_int_equal(print_a(narrow, sizeof(narrow), "%s", "abcdef"), 6);
	assert_string_equal(narrow, "abc");
	assert_int_equal(print_w(wide, 4, L"%s", L"abcdef"), 6);
	assert_int_equal(pnpn_wcscmp(wide, L"abc"), 0);
	assert_int_equal(print_a(NULL, 0, "%d", 1000), 4);
	assert_int_equal(print_w(NULL, 0, L"%d", 1000), 4);
}

static void test_counted(void **state)
{
	struct {
		uint16_t length, maximum;
		void *buffer;
	} wide = {6, 8, (void *)L"abcdef"}, narrow = {2, 8, (void *)"xyz"};

	EXPECT_A("abc xy", "%wZ %Z", &wide, &narrow);
	EXPECT_A("(null)", "%wZ", NULL);
}

static void test_wcs(void **state)
{
	wchar_t buffer[16] = L"ab";

	assert_int_equal(pnpn_wcslen(L"abc"), 3);
	assert_int_equal(pnpn_wcslen(pnpn_wcscat(buffer, L"cd")), 4);
	assert_int_equal(pnpn_wcscmp(buffer, L"abcd"), 0);
	assert_true(pnpn_wcscmp(L"a", L"b") < 0);
	assert_true(pnpn_wcscmp(L"\xffff", L"a") > 0);
	assert_int_equal(pnpn_wcsncmp(L"abx", L"aby", 2), 0);
	assert_int_equal(pnpn_wcsicmp(L"HeLLo", L"hEllO"), 0);
	assert_ptr_equal(pnpn_wcschr(buffer, 'c'), buffer + 2);
	assert_null(pnpn_wcschr(buffer, 'x'));
	assert_ptr_equal(pnpn_wcsrchr(buffer, 'd'), buffer + 3);
	assert_ptr_equal(pnpn_wcsstr(buffer, L"bc"), buffer + 1);
	assert_null(pnpn_wcsstr(buffer, L"bx"));
	pnpn_wcsncpy(buffer, L"z", 4);
	assert_memory_equal(buffer, L"z\0\0", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),  cmocka_unit_test(test_strings),
		cmocka_unit_test(test_encodings), cmocka_unit_test(test_room),
		cmocka_unit_test(test_counted),	  cmocka_unit_test(test_wcs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
