/* SPDX-License-Identifier: MIT */
/*
 * Text functions that know how much room there is. Cch counts characters, Cb bytes. All of them write a
 * final zero; STATUS_BUFFER_OVERFLOW says that text was cut, STATUS_INVALID_PARAMETER that there was no
 * room at all. Any IRQL up to DISPATCH_LEVEL.
 */
#ifndef PNPN_NTSTRSAFE_H
#define PNPN_NTSTRSAFE_H

#include <wdm.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NTSTRSAFE_MAX_CCH		 2147483647u
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH 32767u

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef WCHAR *NTSTRSAFE_PWSTR;
typedef const WCHAR *NTSTRSAFE_PCWSTR;

/* What the functions below are made of; unit is 1 or 2 bytes, room and limit count units. */
NTSTATUS pnpn_string_length(const void *text, size_t room, unsigned int unit, size_t *ret_length);
NTSTATUS pnpn_string_copy(void *to, size_t room, const void *from, size_t limit, unsigned int unit,
			  BOOLEAN append);
NTSTATUS pnpn_string_format(void *to, size_t room, unsigned int unit, const void *format,
			    va_list arguments);

/* One set of names for a character type: A for char, W for WCHAR. */
#define PNPN_STRSAFE(suffix, type)                                                                 \
	FORCEINLINE NTSTATUS RtlStringCchLength##suffix(const type *text, size_t room,             \
							size_t *length)                            \
	{                                                                                          \
		return pnpn_string_length(text, room, sizeof(type), length);                       \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCbLength##suffix(const type *text, size_t room,              \
						       size_t *length)                             \
	{                                                                                          \
		NTSTATUS status = pnpn_string_length(text, room / sizeof(type), sizeof(type),      \
						     length);                                      \
		if (NT_SUCCESS(status) && length)                                                  \
			*length *= sizeof(type);                                                   \
		return status;                                                                     \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCchCopy##suffix(type *to, size_t room, const type *from)     \
	{                                                                                          \
		return pnpn_string_copy(to, room, from, SIZE_MAX, sizeof(type), FALSE);            \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCbCopy##suffix(type *to, size_t room, const type *from)      \
	{                                                                                          \
		return RtlStringCchCopy##suffix(to, room / sizeof(type), from);                    \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCchCopyN##suffix(type *to, size_t room, const type *from,    \
						       size_t limit)                               \
	{                                                                                          \
		return pnpn_string_copy(to, room, from, limit, sizeof(type), FALSE);               \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCbCopyN##suffix(type *to, size_t room, const type *from,     \
						      size_t limit)                                \
	{                                                                                          \
		return RtlStringCchCopyN##suffix(to, room / sizeof(type), from,                    \
						 limit / sizeof(type));                            \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCchCat##suffix(type *to, size_t room, const type *from)      \
	{                                                                                          \
		return pnpn_string_copy(to, room, from, SIZE_MAX, sizeof(type), TRUE);             \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCbCat##suffix(type *to, size_t room, const type *from)       \
	{                                                                                          \
		return RtlStringCchCat##suffix(to, room / sizeof(type), from);                     \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCchCatN##suffix(type *to, size_t room, const type *from,     \
						      size_t limit)                                \
	{                                                                                          \
		return pnpn_string_copy(to, room, from, limit, sizeof(type), TRUE);                \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCbCatN##suffix(type *to, size_t room, const type *from,      \
						     size_t limit)                                 \
	{                                                                                          \
		return RtlStringCchCatN##suffix(to, room / sizeof(type), from,                     \
						limit / sizeof(type));                             \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCchVPrintf##suffix(type *to, size_t room,                    \
							 const type *format, va_list arguments)    \
	{                                                                                          \
		return pnpn_string_format(to, room, sizeof(type), format, arguments);              \
	}                                                                                          \
	FORCEINLINE NTSTATUS RtlStringCbVPrintf##suffix(type *to, size_t room, const type *format, \
							va_list arguments)                         \
	{                                                                                          \
		return RtlStringCchVPrintf##suffix(to, room / sizeof(type), format, arguments);    \
	}                                                                                          \
	static inline NTSTATUS RtlStringCchPrintf##suffix(type *to, size_t room,                   \
							  const type *format, ...)                 \
	{                                                                                          \
		va_list arguments;                                                                 \
		va_start(arguments, format);                                                       \
		NTSTATUS status = RtlStringCchVPrintf##suffix(to, room, format, arguments);        \
		va_end(arguments);                                                                 \
		return status;                                                                     \
	}                                                                                          \
	static inline NTSTATUS RtlStringCbPrintf##suffix(type *to, size_t room,                    \
							 const type *format, ...)                  \
	{                                                                                          \
		va_list arguments;                                                                 \
		va_start(arguments, format);                                                       \
		NTSTATUS status = RtlStringCbVPrintf##suffix(to, room, format, arguments);         \
		va_end(arguments);                                                                 \
		return status;                                                                     \
	}

PNPN_STRSAFE(A, char)
PNPN_STRSAFE(W, WCHAR)
#undef PNPN_STRSAFE

#ifdef UNICODE
#define RtlStringCchPrintf RtlStringCchPrintfW
#define RtlStringCbPrintf  RtlStringCbPrintfW
#define RtlStringCchCopy   RtlStringCchCopyW
#define RtlStringCbCopy	   RtlStringCbCopyW
#define RtlStringCchCat	   RtlStringCchCatW
#define RtlStringCbCat	   RtlStringCbCatW
#define RtlStringCchLength RtlStringCchLengthW
#define RtlStringCbLength  RtlStringCbLengthW
#else
#define RtlStringCchPrintf RtlStringCchPrintfA
#define RtlStringCbPrintf  RtlStringCbPrintfA
#define RtlStringCchCopy   RtlStringCchCopyA
#define RtlStringCbCopy	   RtlStringCbCopyA
#define RtlStringCchCat	   RtlStringCchCatA
#define RtlStringCbCat	   RtlStringCbCatA
#define RtlStringCchLength RtlStringCchLengthA
#define RtlStringCbLength  RtlStringCbLengthA
#endif

/** Points a counted string at text of at most 32,767 characters; NULL gives an empty one. */
FORCEINLINE NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING string, NTSTRSAFE_PCWSTR text)
{
	size_t length = 0;

	if (text && !NT_SUCCESS(pnpn_string_length(text, NTSTRSAFE_UNICODE_STRING_MAX_CCH,
						   sizeof(WCHAR), &length)))
		return STATUS_INVALID_PARAMETER;
	RtlInitUnicodeString(string, text);
	return STATUS_SUCCESS;
}

#ifdef __cplusplus
}
#endif

#endif
