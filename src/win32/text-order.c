/* SPDX-License-Identifier: MIT */
/* Which text comes first. There is one order, of letters and not of locales: small before large where nothing else differs. */
#include <stdlib.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/letter.h"

struct text {
	const WCHAR *units;
	int count;
};

static struct text text_of(LPCWSTR units, int count)
{
	return (struct text){units, count < 0 ? lstrlenW(units) : count};
}

static WCHAR itself(WCHAR c)
{
	return c;
}

/* Below 0, 0 or above. */
static int compare(const struct text *a, const struct text *b, WCHAR (*map)(WCHAR c))
{
	for (int i = 0; i < a->count && i < b->count; i++) {
		int difference = map(a->units[i]) - map(b->units[i]);
		if (difference)
			return difference;
	}
	return a->count - b->count;
}

static int result_of(int order)
{
	return order < 0 ? CSTR_LESS_THAN : order > 0 ? CSTR_GREATER_THAN : CSTR_EQUAL;
}

PNPN_EXPORT int WINAPI CompareStringOrdinal(LPCWCH a, int a_count, LPCWCH b, int b_count,
					    WINBOOL ignore_case)
{
	if (!a || !b || a_count < -1 || b_count < -1)
		return (int)pnpn_fail(ERROR_INVALID_PARAMETER);
	struct text one = text_of(a, a_count), other = text_of(b, b_count);
	return result_of(compare(&one, &other, ignore_case ? pnpn_letter_upper : itself));
}

PNPN_EXPORT int WINAPI CompareStringW(LCID locale, DWORD flags, PCNZWCH a, int a_count, PCNZWCH b,
				      int b_count)
{
	if (!a || !b)
		return (int)pnpn_fail(ERROR_INVALID_PARAMETER);
	struct text one = text_of(a, a_count), other = text_of(b, b_count);
	int order = compare(&one, &other, pnpn_letter_lower);
	if (!order && !(flags & (NORM_IGNORECASE | LINGUISTIC_IGNORECASE)))
		order = compare(&other, &one, itself);
	return result_of(order);
}

/* Text that begins there, of so many bytes or up to its end. */
static WCHAR *widen(LPCSTR text, int count)
{
	char *copy = count < 0 ? NULL : calloc((size_t)count + 1, 1);

	if (count < 0)
		return pnpn_utf_widen(text);
	for (int i = 0; copy && i < count; i++)
		copy[i] = text[i];
	WCHAR *wide = copy ? pnpn_utf_widen(copy) : NULL;
	free(copy);
	return wide;
}

PNPN_EXPORT int WINAPI CompareStringA(LCID locale, DWORD flags, PCNZCH a, int a_count, PCNZCH b,
				      int b_count)
{
	if (!a || !b)
		return (int)pnpn_fail(ERROR_INVALID_PARAMETER);
	WCHAR *one = widen(a, a_count), *other = widen(b, b_count);
	int result = one && other ? CompareStringW(locale, flags, one, -1, other, -1)
				  : (int)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	free(one);
	free(other);
	return result;
}

PNPN_EXPORT int WINAPI lstrcmpiW(LPCWSTR a, LPCWSTR b)
{
	return CompareStringW(0, NORM_IGNORECASE, a, -1, b, -1) - CSTR_EQUAL;
}

PNPN_EXPORT int WINAPI lstrcmpiA(LPCSTR a, LPCSTR b)
{
	return CompareStringA(0, NORM_IGNORECASE, a, -1, b, -1) - CSTR_EQUAL;
}
