/* SPDX-License-Identifier: MIT */
/*
 * Memory, lists, interlocked operations, counted strings. Unless a comment says otherwise a function
 * may be called at any IRQL, never blocks and touches nothing but its arguments.
 */
#ifndef PNPN_WDM_RTL_H
#define PNPN_WDM_RTL_H

#include <string.h>
#include <ntdef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- memory --------------------------------------------------------------------------------------- */

#define RtlZeroMemory(to, bytes)       memset((to), 0, (bytes))
#define RtlSecureZeroMemory(to, bytes) explicit_bzero((to), (bytes))
#define RtlFillMemory(to, bytes, fill) memset((to), (fill), (bytes))
#define RtlCopyMemory(to, from, bytes) memcpy((to), (from), (bytes))
#define RtlMoveMemory(to, from, bytes) memmove((to), (from), (bytes))
#define RtlEqualMemory(a, b, bytes)    (memcmp((a), (b), (bytes)) == 0)
#define RtlCopyBytes		       RtlCopyMemory
#define RtlZeroBytes		       RtlZeroMemory

/** How many bytes from the start are the same. */
SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length);

/* --- lists: the caller's lock guards them ---------------------------------------------------------- */

FORCEINLINE VOID InitializeListHead(PLIST_ENTRY head)
{
	head->Flink = head->Blink = head;
}

FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY *head)
{
	return head->Flink == head;
}

FORCEINLINE VOID InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	entry->Flink = head->Flink;
	entry->Blink = head;
	head->Flink->Blink = entry;
	head->Flink = entry;
}

FORCEINLINE VOID InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
	InsertHeadList(head->Blink, entry);
}

/** Returns whether the list is empty now. */
FORCEINLINE BOOLEAN RemoveEntryList(PLIST_ENTRY entry)
{
	entry->Blink->Flink = entry->Flink;
	entry->Flink->Blink = entry->Blink;
	return entry->Flink == entry->Blink;
}

FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Flink;

	RemoveEntryList(entry);
	return entry;
}

FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY head)
{
	PLIST_ENTRY entry = head->Blink;

	RemoveEntryList(entry);
	return entry;
}

FORCEINLINE VOID AppendTailList(PLIST_ENTRY head, PLIST_ENTRY list)
{
	PLIST_ENTRY last = head->Blink;

	head->Blink->Flink = list;
	head->Blink = list->Blink;
	list->Blink->Flink = head;
	list->Blink = last;
}

FORCEINLINE VOID PushEntryList(PSINGLE_LIST_ENTRY head, PSINGLE_LIST_ENTRY entry)
{
	entry->Next = head->Next;
	head->Next = entry;
}

FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY head)
{
	PSINGLE_LIST_ENTRY entry = head->Next;

	if (entry)
		head->Next = entry->Next;
	return entry;
}

/** The list operations under a spin lock; the entry that was first before, or NULL. */
PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
					PKSPIN_LOCK Lock);
PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
					PKSPIN_LOCK Lock);
/** Takes the first entry under a spin lock; NULL if there is none. */
PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock);

/* --- interlocked: full barriers -------------------------------------------------------------------- */

FORCEINLINE LONG InterlockedIncrement(LONG volatile *addend)
{
	return __atomic_add_fetch(addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedDecrement(LONG volatile *addend)
{
	return __atomic_sub_fetch(addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedExchange(LONG volatile *target, LONG value)
{
	return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedExchangeAdd(LONG volatile *addend, LONG value)
{
	return __atomic_fetch_add(addend, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedCompareExchange(LONG volatile *target, LONG value, LONG comparand)
{
	__atomic_compare_exchange_n(target, &comparand, value, 0, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
	return comparand;
}

FORCEINLINE LONG InterlockedOr(LONG volatile *target, LONG value)
{
	return __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedAnd(LONG volatile *target, LONG value)
{
	return __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONG InterlockedXor(LONG volatile *target, LONG value)
{
	return __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONGLONG InterlockedIncrement64(LONGLONG volatile *addend)
{
	return __atomic_add_fetch(addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONGLONG InterlockedDecrement64(LONGLONG volatile *addend)
{
	return __atomic_sub_fetch(addend, 1, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONGLONG InterlockedExchange64(LONGLONG volatile *target, LONGLONG value)
{
	return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONGLONG InterlockedExchangeAdd64(LONGLONG volatile *addend, LONGLONG value)
{
	return __atomic_fetch_add(addend, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE LONGLONG InterlockedCompareExchange64(LONGLONG volatile *target, LONGLONG value,
						  LONGLONG comparand)
{
	__atomic_compare_exchange_n(target, &comparand, value, 0, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
	return comparand;
}

FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile *target, PVOID value)
{
	return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *target, PVOID value,
						    PVOID comparand)
{
	__atomic_compare_exchange_n(target, &comparand, value, 0, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
	return comparand;
}

#define KeMemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier()	  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define YieldProcessor()  __builtin_ia32_pause()
#if !defined(__x86_64__) && !defined(__i386__)
#undef YieldProcessor
#define YieldProcessor() KeMemoryBarrier()
#endif

/* --- the C library's wide functions: its own have characters of 32 bits ------------------------------- */

/** Each as its C namesake. */
size_t pnpn_wcslen(const WCHAR *text);
WCHAR *pnpn_wcscpy(WCHAR *to, const WCHAR *from);
WCHAR *pnpn_wcsncpy(WCHAR *to, const WCHAR *from, size_t count);
WCHAR *pnpn_wcscat(WCHAR *to, const WCHAR *from);
int pnpn_wcscmp(const WCHAR *a, const WCHAR *b);
int pnpn_wcsncmp(const WCHAR *a, const WCHAR *b, size_t count);
WCHAR *pnpn_wcschr(const WCHAR *text, WCHAR c);
WCHAR *pnpn_wcsrchr(const WCHAR *text, WCHAR c);
WCHAR *pnpn_wcsstr(const WCHAR *text, const WCHAR *part);
/** Without regard to ASCII case. */
int pnpn_wcsicmp(const WCHAR *a, const WCHAR *b);
#ifndef wcslen
#define wcslen(text)	     pnpn_wcslen(text)
#define wcscpy(to, from)     pnpn_wcscpy(to, from)
#define wcsncpy(to, from, n) pnpn_wcsncpy(to, from, n)
#define wcscat(to, from)     pnpn_wcscat(to, from)
#define wcscmp(a, b)	     pnpn_wcscmp(a, b)
#define wcsncmp(a, b, n)     pnpn_wcsncmp(a, b, n)
#define wcschr(text, c)	     pnpn_wcschr(text, c)
#define wcsrchr(text, c)     pnpn_wcsrchr(text, c)
#define wcsstr(text, part)   pnpn_wcsstr(text, part)
#define _wcsicmp(a, b)	     pnpn_wcsicmp(a, b)
#endif

/* --- counted strings ------------------------------------------------------------------------------- */

/** Points the string at SourceString, which may be NULL and stays the caller's. */
VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
/** The same for 8-bit text. */
VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSTR SourceString);
#define RtlInitString RtlInitAnsiString
/** Points an empty string at a buffer. */
FORCEINLINE VOID RtlInitEmptyUnicodeString(PUNICODE_STRING string, PWCHAR buffer, USHORT bytes)
{
	string->Length = 0;
	string->MaximumLength = bytes;
	string->Buffer = buffer;
}
/** Copies what fits; NULL empties the destination. */
VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString);
/** Negative, 0 or positive; case counts unless CaseInSensitive. */
LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			     BOOLEAN CaseInSensitive);
/** Whether they are the same. */
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			      BOOLEAN CaseInSensitive);
/** Whether String2 starts with String1. */
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
			       BOOLEAN CaseInSensitive);
/** Appends; STATUS_BUFFER_TOO_SMALL changes nothing. */
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
/** Appends; STATUS_BUFFER_TOO_SMALL changes nothing. */
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source);
/** Frees a Buffer that one of the functions below allocated, and clears the string. */
VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);
/** As RtlFreeUnicodeString(). */
VOID RtlFreeAnsiString(PANSI_STRING AnsiString);
/** UTF-8 to UTF-16; allocates Buffer if asked, the caller's: RtlFreeUnicodeString(). */
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString,
				      BOOLEAN AllocateDestinationString);
/** UTF-16 to UTF-8; allocates Buffer if asked, the caller's: RtlFreeAnsiString(). */
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
				      BOOLEAN AllocateDestinationString);
/** A number in base 2, 8, 10 (also 0) or 16. */
NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String);
/** The number at the start; base 0 goes by the prefix 0x, 0o or 0b. */
NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value);
/** {xxxxxxxx-…}; allocates Buffer, the caller's: RtlFreeUnicodeString(). */
NTSTATUS RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString);
/** Reads {xxxxxxxx-…}; STATUS_INVALID_PARAMETER if it is none. */
NTSTATUS RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid);
/** Upper case of a letter of the Latin-1 range; other characters unchanged. */
WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter);
/** Lower case; otherwise as RtlUpcaseUnicodeChar(). */
WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter);

/** Prints the expression and stops the process; behind ASSERT. */
VOID RtlAssert(PVOID FailedAssertion, PVOID FileName, ULONG LineNumber, PCHAR Message);

#ifdef __cplusplus
}
#endif

#endif
