/* SPDX-License-Identifier: MIT */
/* What Windows' C library has besides, whichever header was asked for; see man 7 pnpnotify-win32. */
/* <_mingw.h> reads the C library's headers before it is ready for this, and comes back at its end. */
#if !defined(PNPN_LIBC_H) && !defined(PNPN_MINGW_BEGINS)
#define PNPN_LIBC_H
#pragma GCC system_header

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <crtdefs.h>
#include <corecrt_wstdlib.h>
#include <sec_api/stdio_s.h>
#include <sec_api/stdlib_s.h>
#include <sec_api/string_s.h>
#include <sec_api/wchar_s.h>

#undef WEOF
#define WEOF	   ((wint_t)0xffff)

#define STRUNCATE  80
#define _MAX_PATH  260
#define _MAX_DRIVE 3
#define _MAX_DIR   256
#define _MAX_FNAME 256
#define _MAX_EXT   256
#ifndef __max
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef __cplusplus
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif

/* clang-format off */
#ifdef __cplusplus
extern "C++" {
template <typename T, size_t N> char (&pnpn_countof(T (&)[N]))[N];
}
#define _countof(array) sizeof(pnpn_countof(array))
extern "C" {
#endif

/* Printing. */
int _snprintf(char *to, size_t room, const char *format, ...);
int _vsnprintf(char *to, size_t room, const char *format, va_list arguments);
int _snwprintf(wchar_t *to, size_t room, const wchar_t *format, ...);
int _vsnwprintf(wchar_t *to, size_t room, const wchar_t *format, va_list arguments);
int _scprintf(const char *format, ...);
int _vscprintf(const char *format, va_list arguments);
int _scwprintf(const wchar_t *format, ...);
int _vscwprintf(const wchar_t *format, va_list arguments);
int _swprintf(wchar_t *to, const wchar_t *format, ...);
int _vswprintf(wchar_t *to, const wchar_t *format, va_list arguments);

/* Scanning. */
int _snscanf(const char *text, size_t length, const char *format, ...);
int _snwscanf(const wchar_t *text, size_t length, const wchar_t *format, ...);

/* Streams and files. */
wint_t _fgetwchar(void);
wint_t _fputwchar(wchar_t c);
int _putws(const wchar_t *text);
FILE *_wfopen(const wchar_t *path, const wchar_t *mode);
FILE *_fsopen(const char *path, const char *mode, int sharing);
FILE *_wfsopen(const wchar_t *path, const wchar_t *mode, int sharing);
int _fileno(FILE *file);
FILE *_fdopen(int descriptor, const char *mode);
int _fseeki64(FILE *file, int64_t offset, int whence);
int64_t _ftelli64(FILE *file);
FILE *_popen(const char *command, const char *mode);
int _pclose(FILE *file);
int _wremove(const wchar_t *path);
int _wrename(const wchar_t *from, const wchar_t *to);

/* Text. */
int _stricmp(const char *a, const char *b);
int _strnicmp(const char *a, const char *b, size_t count);
int _strcmpi(const char *a, const char *b);
int _stricoll(const char *a, const char *b);
errno_t memcpy_s(void *to, size_t room, const void *from, size_t count);
int _memicmp(const void *a, const void *b, size_t count);
char *_strdup(const char *text);
char *_strlwr(char *text);
char *_strupr(char *text);
char *_strrev(char *text);
char *_strset(char *text, int c);
char *_strnset(char *text, int c, size_t count);
int _wcsicmp(const wchar_t *a, const wchar_t *b);
int _wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count);
int _wcsicoll(const wchar_t *a, const wchar_t *b);
wchar_t *_wcsdup(const wchar_t *text);
wchar_t *_wcslwr(wchar_t *text);
wchar_t *_wcsupr(wchar_t *text);
wchar_t *_wcsrev(wchar_t *text);
wchar_t *_wcsset(wchar_t *text, wchar_t c);
wchar_t *_wcsnset(wchar_t *text, wchar_t c, size_t count);

/* Numbers. */
char *_itoa(int value, char *to, int radix);
char *_ltoa(long value, char *to, int radix);
char *_ultoa(unsigned long value, char *to, int radix);
char *_i64toa(long long value, char *to, int radix);
char *_ui64toa(unsigned long long value, char *to, int radix);
wchar_t *_itow(int value, wchar_t *to, int radix);
wchar_t *_ltow(long value, wchar_t *to, int radix);
wchar_t *_ultow(unsigned long value, wchar_t *to, int radix);
wchar_t *_i64tow(long long value, wchar_t *to, int radix);
wchar_t *_ui64tow(unsigned long long value, wchar_t *to, int radix);
long long _atoi64(const char *text);
long long _strtoi64(const char *text, char **ret_end, int base);
unsigned long long _strtoui64(const char *text, char **ret_end, int base);
long long _wcstoi64(const wchar_t *text, wchar_t **ret_end, int base);
unsigned long long _wcstoui64(const wchar_t *text, wchar_t **ret_end, int base);
int _wtoi(const wchar_t *text);
long _wtol(const wchar_t *text);
long long _wtoi64(const wchar_t *text);
double _wtof(const wchar_t *text);

/* Environment, memory. */
int _putenv(const char *text);
wchar_t *_wgetenv(const wchar_t *name);
void *_aligned_malloc(size_t bytes, size_t alignment);
void _aligned_free(void *memory);

#ifdef __cplusplus
}
#endif

/* The names without the underscore, as functions of the same symbols. */
#ifndef NO_OLDNAMES
#ifdef __cplusplus
extern "C" {
#endif
int stricmp(const char *a, const char *b) __asm__("_stricmp");
int strcmpi(const char *a, const char *b) __asm__("_stricmp");
int strnicmp(const char *a, const char *b, size_t count) __asm__("_strnicmp");
int memicmp(const void *a, const void *b, size_t count) __asm__("_memicmp");
char *strlwr(char *text) __asm__("_strlwr");
char *strupr(char *text) __asm__("_strupr");
char *strrev(char *text) __asm__("_strrev");
int wcsicmp(const wchar_t *a, const wchar_t *b) __asm__("_wcsicmp");
int wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count) __asm__("_wcsnicmp");
wchar_t *wcslwr(wchar_t *text) __asm__("_wcslwr");
wchar_t *wcsupr(wchar_t *text) __asm__("_wcsupr");
wchar_t *wcsrev(wchar_t *text) __asm__("_wcsrev");
char *itoa(int value, char *to, int radix) __asm__("_itoa");
char *ltoa(long value, char *to, int radix) __asm__("_ltoa");
#ifdef __cplusplus
}
#endif
#endif

/* As mingw-w64 has them: wcstok() of two, and in C++ swprintf() without the room. */
#ifndef __cplusplus
wchar_t *_wcstok(wchar_t *text, const wchar_t *delimiters);
#define PNPN_FOURTH(a, b, c, d, ...) d
#define wcstok(...) PNPN_FOURTH(__VA_ARGS__, wcstok, _wcstok, )(__VA_ARGS__)
#else
extern "C++" {
inline int swprintf(wchar_t *to, const wchar_t *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = _vswprintf(to, format, arguments);
	va_end(arguments);
	return length;
}
inline int vswprintf(wchar_t *to, const wchar_t *format, va_list arguments)
{
	return _vswprintf(to, format, arguments);
}
inline wchar_t *wcstok(wchar_t *text, const wchar_t *delimiters)
{
	static thread_local wchar_t *rest;
	return wcstok(text, delimiters, &rest);
}
}
#endif
/* clang-format on */

#endif
