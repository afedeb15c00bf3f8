/* SPDX-License-Identifier: MIT */
/*
 * Windows' functions that exist for narrow and for wide text alike: read once for each kind, by text.c and
 * wide-text.c, with CHARACTER and NAME(narrow, wide) set. Case is that of ASCII, as in Windows' C locale.
 * The _s functions answer with an error where Windows would end the program.
 */

static CHARACTER lower(CHARACTER c)
{
	return c >= 'A' && c <= 'Z' ? (CHARACTER)(c - 'A' + 'a') : c;
}

static CHARACTER upper(CHARACTER c)
{
	return c >= 'a' && c <= 'z' ? (CHARACTER)(c - 'a' + 'A') : c;
}

static size_t length_of(const CHARACTER *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

static int refuse(CHARACTER *to, size_t room, int error)
{
	if (to && room)
		to[0] = 0;
	return error;
}

int NAME(_strnicmp, _wcsnicmp)(const CHARACTER *a, const CHARACTER *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		UNSIGNED left = (UNSIGNED)lower(a[i]), right = (UNSIGNED)lower(b[i]);
		if (left != right || !left)
			return left - right;
	}
	return 0;
}

int NAME(_stricmp, _wcsicmp)(const CHARACTER *a, const CHARACTER *b)
{
	return NAME(_strnicmp, _wcsnicmp)(a, b, SIZE_MAX);
}

int NAME(_stricoll, _wcsicoll)(const CHARACTER *a, const CHARACTER *b)
{
	return NAME(_stricmp, _wcsicmp)(a, b);
}

CHARACTER *NAME(_strdup, _wcsdup)(const CHARACTER *text)
{
	size_t bytes = (length_of(text, SIZE_MAX) + 1) * sizeof(*text);
	CHARACTER *copy = malloc(bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

CHARACTER *NAME(_strlwr, _wcslwr)(CHARACTER *text)
{
	for (size_t i = 0; text[i]; i++)
		text[i] = lower(text[i]);
	return text;
}

CHARACTER *NAME(_strupr, _wcsupr)(CHARACTER *text)
{
	for (size_t i = 0; text[i]; i++)
		text[i] = upper(text[i]);
	return text;
}

errno_t NAME(_strlwr_s, _wcslwr_s)(CHARACTER *text, size_t room)
{
	if (!text || length_of(text, room) == room)
		return refuse(text, room, EINVAL);
	NAME(_strlwr, _wcslwr)(text);
	return 0;
}

errno_t NAME(_strupr_s, _wcsupr_s)(CHARACTER *text, size_t room)
{
	if (!text || length_of(text, room) == room)
		return refuse(text, room, EINVAL);
	NAME(_strupr, _wcsupr)(text);
	return 0;
}

CHARACTER *NAME(_strrev, _wcsrev)(CHARACTER *text)
{
	size_t length = length_of(text, SIZE_MAX);

	for (size_t i = 0; i < length / 2; i++) {
		CHARACTER c = text[i];
		text[i] = text[length - 1 - i];
		text[length - 1 - i] = c;
	}
	return text;
}

/* What is copied into a room, behind what stands there; what does not fit is cut only if that was asked for. */
static errno_t append(CHARACTER *to, size_t room, size_t used, const CHARACTER *from, size_t count)
{
	if (!to || !room || used >= room)
		return EINVAL;
	if (!from)
		return count ? refuse(to, room, EINVAL) : (to[used] = 0, 0);
	bool cut = count == _TRUNCATE;
	size_t length = length_of(from, cut ? room - used : count);
	if (length >= room - used) {
		if (!cut)
			return refuse(to, room, ERANGE);
		length = room - used - 1;
	} else {
		cut = false;
	}
	memmove(to + used, from, length * sizeof(*to));
	to[used + length] = 0;
	return cut ? STRUNCATE : 0;
}

errno_t NAME(strncpy_s, wcsncpy_s)(CHARACTER *to, size_t room, const CHARACTER *from, size_t count)
{
	return append(to, room, 0, from, count);
}

errno_t NAME(strcpy_s, wcscpy_s)(CHARACTER *to, size_t room, const CHARACTER *from)
{
	return append(to, room, 0, from, SIZE_MAX - 1);
}

errno_t NAME(strncat_s, wcsncat_s)(CHARACTER *to, size_t room, const CHARACTER *from, size_t count)
{
	size_t used = to ? length_of(to, room) : 0;

	return used == room ? refuse(to, room, EINVAL) : append(to, room, used, from, count);
}

errno_t NAME(strcat_s, wcscat_s)(CHARACTER *to, size_t room, const CHARACTER *from)
{
	return NAME(strncat_s, wcsncat_s)(to, room, from, SIZE_MAX - 1);
}

/* A number's digits; of a negative one only in base 10, else its bits. */
static errno_t digits(unsigned long long value, bool negative, CHARACTER *to, size_t room,
		      int radix)
{
	CHARACTER text[66];
	size_t length = 0;

	if (!to || !room || radix < 2 || radix > 36)
		return refuse(to, room, EINVAL);
	if (negative)
		value = -value;
	do {
		text[length++] =
			(CHARACTER) "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)radix];
		value /= (unsigned)radix;
	} while (value);
	if (negative)
		text[length++] = '-';
	if (length >= room)
		return refuse(to, room, ERANGE);
	for (size_t i = 0; i < length; i++)
		to[i] = text[length - 1 - i];
	to[length] = 0;
	return 0;
}

errno_t NAME(_i64toa_s, _i64tow_s)(long long value, CHARACTER *to, size_t room, int radix)
{
	return digits((unsigned long long)value, radix == 10 && value < 0, to, room, radix);
}

errno_t NAME(_ui64toa_s, _ui64tow_s)(unsigned long long value, CHARACTER *to, size_t room,
				     int radix)
{
	return digits(value, false, to, room, radix);
}

errno_t NAME(_itoa_s, _itow_s)(int value, CHARACTER *to, size_t room, int radix)
{
	return radix == 10 ? NAME(_i64toa_s, _i64tow_s)(value, to, room, radix)
			   : digits((unsigned int)value, false, to, room, radix);
}

/* A long of Windows has the bits of an int; one that has more is of Linux. */
errno_t NAME(_ltoa_s, _ltow_s)(long value, CHARACTER *to, size_t room, int radix)
{
	return value == (int)value ? NAME(_itoa_s, _itow_s)((int)value, to, room, radix)
				   : NAME(_i64toa_s, _i64tow_s)(value, to, room, radix);
}

errno_t NAME(_ultoa_s, _ultow_s)(unsigned long value, CHARACTER *to, size_t room, int radix)
{
	return digits(value, false, to, room, radix);
}

CHARACTER *NAME(_itoa, _itow)(int value, CHARACTER *to, int radix)
{
	NAME(_itoa_s, _itow_s)(value, to, 66, radix);
	return to;
}

CHARACTER *NAME(_ltoa, _ltow)(long value, CHARACTER *to, int radix)
{
	NAME(_ltoa_s, _ltow_s)(value, to, 66, radix);
	return to;
}

CHARACTER *NAME(_ultoa, _ultow)(unsigned long value, CHARACTER *to, int radix)
{
	NAME(_ultoa_s, _ultow_s)(value, to, 66, radix);
	return to;
}

CHARACTER *NAME(_i64toa, _i64tow)(long long value, CHARACTER *to, int radix)
{
	NAME(_i64toa_s, _i64tow_s)(value, to, 66, radix);
	return to;
}

CHARACTER *NAME(_ui64toa, _ui64tow)(unsigned long long value, CHARACTER *to, int radix)
{
	NAME(_ui64toa_s, _ui64tow_s)(value, to, 66, radix);
	return to;
}

/* Of the secure printing functions: one that does not fit leaves nothing, unless it may be cut. */
static int print_secure(CHARACTER *to, size_t room, size_t count, const CHARACTER *format,
			va_list arguments)
{
	if (!to || !room || !format) {
		errno = EINVAL;
		return refuse(to, room, -1);
	}
	int length = FORMAT(to, room, format, arguments);
	bool cut = count == _TRUNCATE;
	if (length >= 0 && (size_t)length > count)
		to[count < room ? count : room - 1] = 0;
	if (length >= 0 && (size_t)length < room && (size_t)length <= count)
		return length;
	if (!cut && count >= room) {
		errno = ERANGE;
		return refuse(to, room, -1);
	}
	return -1;
}

int NAME(_vsnprintf_s, _vsnwprintf_s)(CHARACTER *to, size_t room, size_t count,
				      const CHARACTER *format, va_list arguments)
{
	return print_secure(to, room, count, format, arguments);
}

int NAME(vsprintf_s, vswprintf_s)(CHARACTER *to, size_t room, const CHARACTER *format,
				  va_list arguments)
{
	return print_secure(to, room, SIZE_MAX - 1, format, arguments);
}

int NAME(_snprintf_s, _snwprintf_s)(CHARACTER *to, size_t room, size_t count,
				    const CHARACTER *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, print_secure(to, room, count, format, arguments));
}

int NAME(sprintf_s, swprintf_s)(CHARACTER *to, size_t room, const CHARACTER *format, ...)
{
	return PNPN_WITH_ARGUMENTS(format, print_secure(to, room, SIZE_MAX - 1, format, arguments));
}
