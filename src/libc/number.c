/* SPDX-License-Identifier: MIT */
/* Numbers from 16-bit text: its ASCII part goes to the C library's functions. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "wincommon/wcs.h"

/* What may belong to a number, as bytes, to be freed; each of them stands for one unit of the text. */
static char *ascii(const wchar_t *text)
{
	size_t length = 0;

	while (text[length] && text[length] < 128)
		length++;
	char *copy = malloc(length + 1);
	if (!copy)
		return NULL;
	for (size_t i = 0; i < length; i++)
		copy[i] = (char)text[i];
	copy[length] = 0;
	return copy;
}

#define FROM_TEXT(type, call)                                      \
	({                                                         \
		char *copy = ascii(text), *end = copy;             \
		type value = copy ? (call) : 0;                    \
		if (ret_end)                                       \
			*ret_end = (wchar_t *)text + (end - copy); \
		free(copy);                                        \
		value;                                             \
	})

long wcstol(const wchar_t *text, wchar_t **ret_end, int base)
{
	return FROM_TEXT(long, strtol(copy, &end, base));
}

unsigned long wcstoul(const wchar_t *text, wchar_t **ret_end, int base)
{
	return FROM_TEXT(unsigned long, strtoul(copy, &end, base));
}

long long wcstoll(const wchar_t *text, wchar_t **ret_end, int base)
{
	return FROM_TEXT(long long, strtoll(copy, &end, base));
}

unsigned long long wcstoull(const wchar_t *text, wchar_t **ret_end, int base)
{
	return FROM_TEXT(unsigned long long, strtoull(copy, &end, base));
}

intmax_t wcstoimax(const wchar_t *text, wchar_t **ret_end, int base)
{
	return FROM_TEXT(intmax_t, strtoimax(copy, &end, base));
}

uintmax_t wcstoumax(const wchar_t *text, wchar_t **ret_end, int base)
{
	return FROM_TEXT(uintmax_t, strtoumax(copy, &end, base));
}

double wcstod(const wchar_t *text, wchar_t **ret_end)
{
	return FROM_TEXT(double, strtod(copy, &end));
}

float wcstof(const wchar_t *text, wchar_t **ret_end)
{
	return FROM_TEXT(float, strtof(copy, &end));
}

long double wcstold(const wchar_t *text, wchar_t **ret_end)
{
	return FROM_TEXT(long double, strtold(copy, &end));
}

long long _wcstoi64(const wchar_t *text, wchar_t **ret_end, int base)
{
	return wcstoll(text, ret_end, base);
}

unsigned long long _wcstoui64(const wchar_t *text, wchar_t **ret_end, int base)
{
	return wcstoull(text, ret_end, base);
}

int _wtoi(const wchar_t *text)
{
	return (int)wcstol(text, NULL, 10);
}

long _wtol(const wchar_t *text)
{
	return wcstol(text, NULL, 10);
}

long long _wtoi64(const wchar_t *text)
{
	return wcstoll(text, NULL, 10);
}

double _wtof(const wchar_t *text)
{
	return wcstod(text, NULL);
}

long long _atoi64(const char *text)
{
	return strtoll(text, NULL, 10);
}

long long _strtoi64(const char *text, char **ret_end, int base)
{
	return strtoll(text, ret_end, base);
}

unsigned long long _strtoui64(const char *text, char **ret_end, int base)
{
	return strtoull(text, ret_end, base);
}
