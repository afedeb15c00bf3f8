/* SPDX-License-Identifier: MIT */
/* Letters, characters and the order of text (U18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <windows.h>
#include <cmocka.h>

#define SMALL \
	"gr\xc3\xbc\xc3\x9f-\xc3\xbf" /* y with two dots: its capital is elsewhere, and as long */
#define LARGE "GR\xc3\x9c\xc3\x9f-\xc5\xb8"

static void test_u18_narrow_letters(void **state)
{
	char text[] = SMALL;

	(void)state;
	assert_ptr_equal(CharUpperA(text), text);
	assert_string_equal(text, LARGE);
	assert_ptr_equal(CharLowerA(text), text);
	assert_string_equal(text, SMALL);
	assert_int_equal(CharUpperBuffA(text, 2), 2);
	assert_string_equal(text, "GR\xc3\xbc\xc3\x9f-\xc3\xbf");
	assert_int_equal((ULONG_PTR)CharUpperA((LPSTR)(ULONG_PTR)'q'), 'Q');
	assert_int_equal((ULONG_PTR)CharLowerA((LPSTR)(ULONG_PTR)'Q'), 'q');
	char broken[] = "a\xff\xc3";
	assert_string_equal(CharUpperA(broken), "A\xff\xc3");
	assert_true(IsCharAlphaA('a') && !IsCharAlphaA('1') && !IsCharAlphaA('\xc3'));
	assert_true(IsCharAlphaNumericA('1') && IsCharUpperA('A') && IsCharLowerA('a'));
}

static void test_u18_wide_letters(void **state)
{
	WCHAR text[] = L"gr\x00fc\x00df \x0451";

	(void)state;
	assert_ptr_equal(CharUpperW(text), text);
	assert_int_equal(lstrcmpW(text, L"GR\x00dc\x00df \x0401"), 0);
	assert_int_equal(CharLowerBuffW(text, 3), 3);
	assert_int_equal(lstrcmpW(text, L"gr\x00fc\x00df \x0401"), 0);
	assert_int_equal((ULONG_PTR)CharUpperW((LPWSTR)(ULONG_PTR)0xe4), 0xc4);
	assert_true(IsCharAlphaW(0x451) && IsCharLowerW(0x451) && IsCharUpperW(0x401));
	assert_false(IsCharAlphaNumericW(' '));
}

static void test_u18_neighbours(void **state)
{
	const char *text = "a\xe2\x82\xac"
			   "b";
	const WCHAR *wide = L"ab";

	(void)state;
	assert_ptr_equal(CharNextA(text), text + 1);
	assert_ptr_equal(CharNextA(text + 1), text + 4);
	assert_ptr_equal(CharNextA(text + 5), text + 5);
	assert_ptr_equal(CharPrevA(text, text + 4), text + 1);
	assert_ptr_equal(CharPrevA(text, text), text);
	assert_ptr_equal(CharNextW(wide), wide + 1);
	assert_ptr_equal(CharNextW(wide + 2), wide + 2);
	assert_ptr_equal(CharPrevW(wide, wide + 1), wide);
	assert_ptr_equal(CharPrevW(wide, wide), wide);
}

static void test_u18_order_of_text(void **state)
{
	const LCID any = LOCALE_USER_DEFAULT;

	(void)state;
	assert_int_equal(CompareStringA(any, 0, "abc", -1, "abc", 3), CSTR_EQUAL);
	assert_int_equal(CompareStringA(any, 0, "abc", -1, "ABD", -1), CSTR_LESS_THAN);
	assert_int_equal(CompareStringA(any, 0, "abc", -1, "ABC", -1), CSTR_LESS_THAN);
	assert_int_equal(CompareStringW(any, 0, L"ABC", -1, L"abc", -1), CSTR_GREATER_THAN);
	assert_int_equal(CompareStringW(any, NORM_IGNORECASE, L"\x00c4z", 1, L"\x00e4", -1),
			 CSTR_EQUAL);
	assert_int_equal(CompareStringA(any, 0, "ab", 1, "ab", 2), CSTR_LESS_THAN);
	assert_int_equal(CompareStringA(any, 0, NULL, 1, "ab", 2), 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_int_equal(CompareStringOrdinal(L"a", -1, L"B", -1, FALSE), CSTR_GREATER_THAN);
	assert_int_equal(CompareStringOrdinal(L"a", -1, L"B", -1, TRUE), CSTR_LESS_THAN);
	assert_int_equal(CompareStringOrdinal(L"a", -2, L"B", -1, TRUE), 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_int_equal(lstrcmpiA("usb\\VID", "USB\\vid"), 0);
	assert_true(lstrcmpiA("a", "B") < 0 && lstrcmpiW(L"b", L"A") > 0);
}

static void test_u18_copied_text(void **state)
{
	char text[8] = "abcdefg";
	WCHAR wide[8] = L"ab";

	(void)state;
	assert_ptr_equal(lstrcpynA(text, "12345", 4), text);
	assert_string_equal(text, "123");
	assert_string_equal(lstrcatA(text, "4"), "1234");
	assert_string_equal(lstrcpynA(text, "", 4), "");
	assert_int_equal(lstrcmpW(lstrcatW(wide, L"c"), L"abc"), 0);
	assert_int_equal(lstrcmpW(lstrcpynW(wide, L"12345", 4), L"123"), 0);
	assert_int_equal(lstrcmpW(lstrcpynW(wide, L"x", 0), L"123"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_narrow_letters), cmocka_unit_test(test_u18_wide_letters),
		cmocka_unit_test(test_u18_neighbours),	   cmocka_unit_test(test_u18_order_of_text),
		cmocka_unit_test(test_u18_copied_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
