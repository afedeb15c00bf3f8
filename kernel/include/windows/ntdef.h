/* SPDX-License-Identifier: MIT */
/* Types that all of kernel mode stands on: NTSTATUS, counted strings, object attributes. */
#ifndef PNPN_NTDEF_H
#define PNPN_NTDEF_H

#include <pnpn-base.h>
#include <pnpn-wdm/sal.h>
#include <ntstatus.h>

typedef LONG NTSTATUS, *PNTSTATUS;

#define NT_SUCCESS(status)     ((NTSTATUS)(status) >= 0)
#define NT_INFORMATION(status) (((ULONG)(status) >> 30) == 1)
#define NT_WARNING(status)     (((ULONG)(status) >> 30) == 2)
#define NT_ERROR(status)       (((ULONG)(status) >> 30) == 3)

typedef GUID *PGUID;
typedef ULONG CLONG, LOGICAL, *PLOGICAL;
typedef CCHAR KPROCESSOR_MODE;
typedef LONG KPRIORITY;
typedef ULONG_PTR KAFFINITY;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef ULONG DEVICE_TYPE;
typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;
typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;
typedef UCHAR KIRQL, *PKIRQL;

typedef enum _MODE { KernelMode, UserMode, MaximumMode } MODE;

/* Length and MaximumLength are bytes; a final zero is allowed, and counted in neither's favour. */
typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWCH Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
	USHORT Length;
	USHORT MaximumLength;
	PCHAR Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING, OEM_STRING, *POEM_STRING;
typedef const STRING *PCANSI_STRING, *PCSTRING;

#define UNICODE_NULL		 ((WCHAR)0)
#define ANSI_NULL		 ((CHAR)0)
#define UNICODE_STRING_MAX_BYTES ((USHORT)65534)
#define UNICODE_STRING_MAX_CHARS 32767

#define RTL_CONSTANT_STRING(s)	 {sizeof(s) - sizeof((s)[0]), sizeof(s), (s)}
#define DECLARE_CONST_UNICODE_STRING(name, text)                                 \
	const WCHAR name##_buffer[] = text;                                      \
	const UNICODE_STRING name = {sizeof(text) - sizeof(WCHAR), sizeof(text), \
				     (PWCH)name##_buffer}
#define DECLARE_UNICODE_STRING_SIZE(name, chars) \
	WCHAR name##_buffer[chars];              \
	UNICODE_STRING name = {0, (chars) * sizeof(WCHAR), name##_buffer}

typedef struct _OBJECT_ATTRIBUTES {
	ULONG Length;
	HANDLE RootDirectory;
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
	PVOID SecurityDescriptor;
	PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

#define OBJ_INHERIT	     0x00000002u
#define OBJ_PERMANENT	     0x00000010u
#define OBJ_CASE_INSENSITIVE 0x00000040u
#define OBJ_OPENIF	     0x00000080u
#define OBJ_KERNEL_HANDLE    0x00000200u

#define InitializeObjectAttributes(p, name, attributes, root, security) \
	do {                                                            \
		(p)->Length = sizeof(OBJECT_ATTRIBUTES);                \
		(p)->RootDirectory = (root);                            \
		(p)->Attributes = (attributes);                         \
		(p)->ObjectName = (name);                               \
		(p)->SecurityDescriptor = (security);                   \
		(p)->SecurityQualityOfService = NULL;                   \
	} while (0)

typedef struct _CLIENT_ID {
	HANDLE UniqueProcess;
	HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _SINGLE_LIST_ENTRY {
	struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

#define FILE_READ_DATA	      0x0001u
#define FILE_WRITE_DATA	      0x0002u
#define FILE_READ_ATTRIBUTES  0x0080u
#define FILE_WRITE_ATTRIBUTES 0x0100u
#define DELETE		      0x00010000u
#define SYNCHRONIZE	      0x00100000u
#define STANDARD_RIGHTS_ALL   0x001f0000u
#define THREAD_ALL_ACCESS     0x001fffffu
#define GENERIC_ALL	      0x10000000u
#define GENERIC_WRITE	      0x40000000u
#define GENERIC_READ	      0x80000000u
#define FILE_ALL_ACCESS	      0x001f01ffu

#define MAXIMUM_WAIT_OBJECTS  64
#ifndef PAGE_SIZE
#define PAGE_SIZE 4096u
#endif

#endif
