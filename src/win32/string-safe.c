/* SPDX-License-Identifier: MIT */
/* <strsafe.h>: each pair of functions for narrow and wide text comes from one macro. */
#include <strsafe.h>

#include "wincommon/format.h"
#include "win32/export.h"

#define STRING_FUNCTIONS(S, CHARACTER)                                                            \
	PNPN_EXPORT HRESULT StringCchLength##S(const CHARACTER *text, size_t limit,               \
					       size_t *ret_length)                                \
	{                                                                                         \
		if (!text || limit > STRSAFE_MAX_CCH)                                             \
			return STRSAFE_E_INVALID_PARAMETER;                                       \
		for (size_t i = 0; i < limit; i++) {                                              \
			if (text[i])                                                              \
				continue;                                                         \
			if (ret_length)                                                           \
				*ret_length = i;                                                  \
			return S_OK;                                                              \
		}                                                                                 \
		return STRSAFE_E_INVALID_PARAMETER;                                               \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCchCopyN##S(CHARACTER *to, size_t room, const CHARACTER *from,  \
					      size_t limit)                                       \
	{                                                                                         \
		if (!to || !from || !room || room > STRSAFE_MAX_CCH)                              \
			return STRSAFE_E_INVALID_PARAMETER;                                       \
		size_t i = 0;                                                                     \
		for (; i < room - 1 && i < limit && from[i]; i++)                                 \
			to[i] = from[i];                                                          \
		to[i] = 0;                                                                        \
		return i < limit && from[i] ? STRSAFE_E_INSUFFICIENT_BUFFER : S_OK;               \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCchCopy##S(CHARACTER *to, size_t room, const CHARACTER *from)   \
	{                                                                                         \
		return StringCchCopyN##S(to, room, from, STRSAFE_MAX_CCH);                        \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCchCat##S(CHARACTER *to, size_t room, const CHARACTER *from)    \
	{                                                                                         \
		size_t length;                                                                    \
		HRESULT result = StringCchLength##S(to, room, &length);                           \
		return FAILED(result) ? result                                                    \
				      : StringCchCopy##S(to + length, room - length, from);       \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCchPrintf##S(CHARACTER *to, size_t room,                        \
					       const CHARACTER *format, ...)                      \
	{                                                                                         \
		va_list arguments;                                                                \
		va_start(arguments, format);                                                      \
		HRESULT result = StringCchVPrintf##S(to, room, format, arguments);                \
		va_end(arguments);                                                                \
		return result;                                                                    \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCbLength##S(const CHARACTER *text, size_t limit,                \
					      size_t *ret_bytes)                                  \
	{                                                                                         \
		size_t length = 0;                                                                \
		HRESULT result = StringCchLength##S(text, limit / sizeof(*text), &length);        \
		if (SUCCEEDED(result) && ret_bytes)                                               \
			*ret_bytes = length * sizeof(*text);                                      \
		return result;                                                                    \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCbCopy##S(CHARACTER *to, size_t bytes, const CHARACTER *from)   \
	{                                                                                         \
		return StringCchCopy##S(to, bytes / sizeof(*to), from);                           \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCbCat##S(CHARACTER *to, size_t bytes, const CHARACTER *from)    \
	{                                                                                         \
		return StringCchCat##S(to, bytes / sizeof(*to), from);                            \
	}                                                                                         \
	PNPN_EXPORT HRESULT StringCbPrintf##S(CHARACTER *to, size_t bytes,                        \
					      const CHARACTER *format, ...)                       \
	{                                                                                         \
		va_list arguments;                                                                \
		va_start(arguments, format);                                                      \
		HRESULT result = StringCchVPrintf##S(to, bytes / sizeof(*to), format, arguments); \
		va_end(arguments);                                                                \
		return result;                                                                    \
	}

PNPN_EXPORT HRESULT StringCchVPrintfA(LPSTR to, size_t room, LPCSTR format, va_list arguments)
{
	if (!to || !format || !room || room > STRSAFE_MAX_CCH)
		return STRSAFE_E_INVALID_PARAMETER;
	int length = pnpn_format_a(to, room, format, arguments);
	return length < 0	       ? E_OUTOFMEMORY
	       : (size_t)length < room ? S_OK
				       : STRSAFE_E_INSUFFICIENT_BUFFER;
}

PNPN_EXPORT HRESULT StringCchVPrintfW(LPWSTR to, size_t room, LPCWSTR format, va_list arguments)
{
	if (!to || !format || !room || room > STRSAFE_MAX_CCH)
		return STRSAFE_E_INVALID_PARAMETER;
	int length = pnpn_format_w(to, room, format, arguments);
	return length < 0	       ? E_OUTOFMEMORY
	       : (size_t)length < room ? S_OK
				       : STRSAFE_E_INSUFFICIENT_BUFFER;
}

STRING_FUNCTIONS(A, CHAR)
STRING_FUNCTIONS(W, WCHAR)
