/* SPDX-License-Identifier: MIT */
/* Strings that end where their room does. Sizes are characters (Cch) or bytes (Cb), the zero included.
 * S_OK; STRSAFE_E_INSUFFICIENT_BUFFER, what fits was written; STRSAFE_E_INVALID_PARAMETER. */
#ifndef PNPN_STRSAFE_H
#define PNPN_STRSAFE_H

#include <windef.h>
#include <winerror.h>

#define STRSAFE_MAX_CCH 2147483647

#ifdef __cplusplus
extern "C" {
#endif

HRESULT StringCchCopyA(LPSTR to, size_t room, LPCSTR from);
HRESULT StringCchCopyW(LPWSTR to, size_t room, LPCWSTR from);
HRESULT StringCchCopyNA(LPSTR to, size_t room, LPCSTR from, size_t limit);
HRESULT StringCchCopyNW(LPWSTR to, size_t room, LPCWSTR from, size_t limit);
HRESULT StringCchCatA(LPSTR to, size_t room, LPCSTR from);
HRESULT StringCchCatW(LPWSTR to, size_t room, LPCWSTR from);
HRESULT StringCchLengthA(LPCSTR text, size_t limit, size_t *ret_length);
HRESULT StringCchLengthW(LPCWSTR text, size_t limit, size_t *ret_length);
HRESULT StringCchPrintfA(LPSTR to, size_t room, LPCSTR format, ...);
HRESULT StringCchPrintfW(LPWSTR to, size_t room, LPCWSTR format, ...);
HRESULT StringCchVPrintfA(LPSTR to, size_t room, LPCSTR format, va_list arguments);
HRESULT StringCchVPrintfW(LPWSTR to, size_t room, LPCWSTR format, va_list arguments);
HRESULT StringCbCopyA(LPSTR to, size_t bytes, LPCSTR from);
HRESULT StringCbCopyW(LPWSTR to, size_t bytes, LPCWSTR from);
HRESULT StringCbCatA(LPSTR to, size_t bytes, LPCSTR from);
HRESULT StringCbCatW(LPWSTR to, size_t bytes, LPCWSTR from);
HRESULT StringCbLengthA(LPCSTR text, size_t limit, size_t *ret_bytes);
HRESULT StringCbLengthW(LPCWSTR text, size_t limit, size_t *ret_bytes);
HRESULT StringCbPrintfA(LPSTR to, size_t bytes, LPCSTR format, ...);
HRESULT StringCbPrintfW(LPWSTR to, size_t bytes, LPCWSTR format, ...);

#ifdef __cplusplus
}
#endif

#define StringCchCopy	 PNPN_AW(StringCchCopy)
#define StringCchCopyN	 PNPN_AW(StringCchCopyN)
#define StringCchCat	 PNPN_AW(StringCchCat)
#define StringCchLength	 PNPN_AW(StringCchLength)
#define StringCchPrintf	 PNPN_AW(StringCchPrintf)
#define StringCchVPrintf PNPN_AW(StringCchVPrintf)
#define StringCbCopy	 PNPN_AW(StringCbCopy)
#define StringCbCat	 PNPN_AW(StringCbCat)
#define StringCbLength	 PNPN_AW(StringCbLength)
#define StringCbPrintf	 PNPN_AW(StringCbPrintf)

#endif
