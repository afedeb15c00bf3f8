/* SPDX-License-Identifier: MIT */
/* Letters and characters: of text in UTF-16, and of narrow text, which is UTF-8. */
#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <wctype.h>

#include <windows.h>

#include "core/utf.h"
#include "win32/export.h"
#include "win32/letter.h"

static locale_t unicode;

static void init(void)
{
	unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!unicode) /* letters of ASCII then */
		unicode = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
}

static locale_t locale(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, init);
	return unicode;
}

/* One outside of what 16 bits hold is none. */
static WCHAR in_16_bits(wint_t mapped, WCHAR otherwise)
{
	return mapped <= 0xffff ? (WCHAR)mapped : otherwise;
}

WCHAR pnpn_letter_upper(WCHAR c)
{
	return in_16_bits(towupper_l(c, locale()), c);
}

WCHAR pnpn_letter_lower(WCHAR c)
{
	return in_16_bits(towlower_l(c, locale()), c);
}

/* --- UTF-16 --------------------------------------------------------------------------------------- */

static DWORD map_wide(WCHAR *text, DWORD count, WCHAR (*map)(WCHAR c))
{
	for (DWORD i = 0; i < count; i++)
		text[i] = map(text[i]);
	return count;
}

/* A pointer whose upper bits are zero is a character. */
static LPWSTR map_wide_text(LPWSTR text, WCHAR (*map)(WCHAR c))
{
	if ((ULONG_PTR)text <= 0xffff)
		return (LPWSTR)(ULONG_PTR)map((WCHAR)(ULONG_PTR)text);
	(void)map_wide(text, (DWORD)lstrlenW(text), map);
	return text;
}

PNPN_EXPORT LPWSTR WINAPI CharUpperW(LPWSTR text)
{
	return map_wide_text(text, pnpn_letter_upper);
}

PNPN_EXPORT LPWSTR WINAPI CharLowerW(LPWSTR text)
{
	return map_wide_text(text, pnpn_letter_lower);
}

PNPN_EXPORT DWORD WINAPI CharUpperBuffW(LPWSTR text, DWORD count)
{
	return map_wide(text, count, pnpn_letter_upper);
}

PNPN_EXPORT DWORD WINAPI CharLowerBuffW(LPWSTR text, DWORD count)
{
	return map_wide(text, count, pnpn_letter_lower);
}

PNPN_EXPORT LPWSTR WINAPI CharNextW(LPCWSTR text)
{
	return (LPWSTR)(*text ? text + 1 : text);
}

PNPN_EXPORT LPWSTR WINAPI CharPrevW(LPCWSTR start, LPCWSTR text)
{
	return (LPWSTR)(text > start ? text - 1 : start);
}

PNPN_EXPORT WINBOOL WINAPI IsCharAlphaW(WCHAR c)
{
	return iswalpha_l(c, locale()) != 0;
}

PNPN_EXPORT WINBOOL WINAPI IsCharAlphaNumericW(WCHAR c)
{
	return iswalnum_l(c, locale()) != 0;
}

PNPN_EXPORT WINBOOL WINAPI IsCharUpperW(WCHAR c)
{
	return iswupper_l(c, locale()) != 0;
}

PNPN_EXPORT WINBOOL WINAPI IsCharLowerW(WCHAR c)
{
	return iswlower_l(c, locale()) != 0;
}

/* --- UTF-8 ---------------------------------------------------------------------------------------- */

/* What belongs to the character that begins there, at most so many bytes. */
static DWORD bytes_at(const char *text, DWORD most)
{
	DWORD bytes = 1;

	if ((unsigned char)*text >= 0xc0)
		while (bytes < most && (text[bytes] & 0xc0) == 0x80)
			bytes++;
	return bytes;
}

/* A letter whose other form has another length stays as it is: there is no room. */
static void map_character(char *text, DWORD bytes, WCHAR (*map)(WCHAR c))
{
	char character[8] = "", mapped[8];
	WCHAR wide[8];
	size_t units = 0;

	if (bytes >= sizeof(character))
		return;
	memcpy(character, text, bytes);
	if (pnpn_utf8_to_utf16(character, (uint16_t *)wide, &units) < 0 || units != 1)
		return;
	wide[0] = map(wide[0]);
	if (pnpn_utf16_to_utf8(wide, sizeof(*wide), mapped) == bytes)
		memcpy(text, mapped, bytes);
}

static DWORD map_narrow(char *text, DWORD count, WCHAR (*map)(WCHAR c))
{
	for (DWORD i = 0, bytes; i < count; i += bytes) {
		bytes = bytes_at(text + i, count - i);
		map_character(text + i, bytes, map);
	}
	return count;
}

static LPSTR map_narrow_text(LPSTR text, WCHAR (*map)(WCHAR c))
{
	if ((ULONG_PTR)text <= 0xffff) {
		char c = (char)(ULONG_PTR)text;
		(void)map_narrow(&c, 1, map);
		return (LPSTR)(ULONG_PTR)(unsigned char)c;
	}
	(void)map_narrow(text, (DWORD)strlen(text), map);
	return text;
}

PNPN_EXPORT LPSTR WINAPI CharUpperA(LPSTR text)
{
	return map_narrow_text(text, pnpn_letter_upper);
}

PNPN_EXPORT LPSTR WINAPI CharLowerA(LPSTR text)
{
	return map_narrow_text(text, pnpn_letter_lower);
}

PNPN_EXPORT DWORD WINAPI CharUpperBuffA(LPSTR text, DWORD count)
{
	return map_narrow(text, count, pnpn_letter_upper);
}

PNPN_EXPORT DWORD WINAPI CharLowerBuffA(LPSTR text, DWORD count)
{
	return map_narrow(text, count, pnpn_letter_lower);
}

PNPN_EXPORT LPSTR WINAPI CharNextA(LPCSTR text)
{
	return (LPSTR)(*text ? text + bytes_at(text, MAXDWORD) : text);
}

PNPN_EXPORT LPSTR WINAPI CharPrevA(LPCSTR start, LPCSTR text)
{
	if (text > start)
		text--;
	while (text > start && (*text & 0xc0) == 0x80)
		text--;
	return (LPSTR)text;
}

/* One byte is a character only in ASCII. */
static bool is_ascii(CHAR c)
{
	return (unsigned char)c < 0x80;
}

PNPN_EXPORT WINBOOL WINAPI IsCharAlphaA(CHAR c)
{
	return is_ascii(c) && IsCharAlphaW((WCHAR)c);
}

PNPN_EXPORT WINBOOL WINAPI IsCharAlphaNumericA(CHAR c)
{
	return is_ascii(c) && IsCharAlphaNumericW((WCHAR)c);
}

PNPN_EXPORT WINBOOL WINAPI IsCharUpperA(CHAR c)
{
	return is_ascii(c) && IsCharUpperW((WCHAR)c);
}

PNPN_EXPORT WINBOOL WINAPI IsCharLowerA(CHAR c)
{
	return is_ascii(c) && IsCharLowerW((WCHAR)c);
}
