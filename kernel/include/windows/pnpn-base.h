/* SPDX-License-Identifier: MIT */
/*
 * The types that applications and drivers share under their Windows names. Linux is LP64: LONG, ULONG
 * and DWORD have 32 bits here as on Windows, and WCHAR has 16 (build with -fshort-wchar, which the
 * pkg-config files give). Sizes and offsets are asserted against the contract's layout table by
 * tests/abi.
 */
#ifndef PNPN_BASE_H
#define PNPN_BASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <guiddef.h>

#if __SIZEOF_WCHAR_T__ != 2
#error "WCHAR has 16 bits: build with -fshort-wchar, as pkg-config --cflags gives it"
#endif

#ifndef VOID
#define VOID void
#endif

typedef char CHAR, CCHAR;
typedef unsigned char UCHAR, BYTE;
typedef int16_t SHORT, CSHORT;
typedef uint16_t USHORT, WORD;
typedef int32_t INT, LONG, INT32;
typedef uint32_t UINT, ULONG, DWORD, UINT32, ULONG32, DWORD32;
typedef int64_t LONGLONG, LONG64, INT64;
typedef uint64_t ULONGLONG, DWORDLONG, ULONG64, UINT64, DWORD64;
typedef intptr_t INT_PTR, LONG_PTR, SSIZE_T;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR, SIZE_T;
typedef int8_t INT8;
typedef uint8_t UINT8;
typedef int16_t INT16;
typedef uint16_t UINT16;
typedef float FLOAT;
typedef __WCHAR_TYPE__ WCHAR;
typedef UCHAR BOOLEAN;
typedef INT BOOL;

typedef void *PVOID, *LPVOID, *HANDLE;
typedef const void *PCVOID, *LPCVOID;
typedef HANDLE *PHANDLE, *LPHANDLE;
typedef CHAR *PCHAR, *PSTR, *LPSTR, *PSZ;
typedef const CHAR *PCSTR, *LPCSTR, *PCSZ;
typedef WCHAR *PWCHAR, *PWSTR, *LPWSTR, *PWCH;
typedef const WCHAR *PCWSTR, *LPCWSTR, *PCWCH, *PCWCHAR;
typedef UCHAR *PUCHAR, *PBYTE, *LPBYTE, *PBOOLEAN;
typedef SHORT *PSHORT;
typedef USHORT *PUSHORT, *PWORD, *LPWORD;
typedef INT *PINT, *LPINT;
typedef UINT *PUINT;
typedef LONG *PLONG, *LPLONG;
typedef ULONG *PULONG;
typedef DWORD *PDWORD, *LPDWORD;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef ULONG_PTR *PULONG_PTR;
typedef SIZE_T *PSIZE_T;
typedef BOOL *PBOOL, *LPBOOL;

#define TRUE  1
#define FALSE 0
#ifndef CONST
#define CONST const
#endif
#define UNALIGNED
#define ANYSIZE_ARRAY 1
#define MAXUSHORT     0xffff
#define MAXULONG      0xffffffffu
#define MAXLONG	      0x7fffffff
#define MAX_PATH      260

#define IN
#define OUT
#define OPTIONAL
#define FAR
#define NEAR
#define _In_
#define _In_opt_
#define _In_z_
#define _In_reads_(n)
#define _In_reads_bytes_(n)
#define _Inout_
#define _Inout_opt_
#define _Out_
#define _Out_opt_
#define _Out_writes_(n)
#define _Out_writes_bytes_(n)
#define _Outptr_
#define _Reserved_
#define _Use_decl_annotations_
#define _IRQL_requires_(l)
#define _IRQL_requires_max_(l)
#define _IRQL_requires_min_(l)
#define _IRQL_requires_same_
#define _Function_class_(f)
#define _Must_inspect_result_
#define __in
#define __out
#define __inout
#define __in_opt
#define __out_opt
#define EXTERN_C		      PNPN_EXTERN_C
#define DECLSPEC_SELECTANY	      __attribute__((weak))
#define DECLSPEC_ALIGN(n)	      __attribute__((aligned(n)))
#define FORCEINLINE		      static inline __attribute__((always_inline))
#define UNREFERENCED_PARAMETER(p)     ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p) ((void)(p))
#ifndef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field) \
	((type *)((char *)(address) - offsetof(type, field)))
#endif
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#define RTL_NUMBER_OF(a)	  (sizeof(a) / sizeof((a)[0]))
#define ARRAYSIZE(a)		  RTL_NUMBER_OF(a)
#define _countof(a)		  RTL_NUMBER_OF(a)
#define FIELD_SIZE(type, field)	  sizeof(((type *)0)->field)
#define RTL_FIELD_SIZE		  FIELD_SIZE

/* Calling conventions mean nothing here. */
#define __stdcall
#define __cdecl
#define __fastcall
#define WINAPI
#define APIENTRY
#define CALLBACK
#define NTAPI
#define FASTCALL
#define STDCALL

typedef union _LARGE_INTEGER {
	struct {
		DWORD LowPart;
		LONG HighPart;
	};
	struct {
		DWORD LowPart;
		LONG HighPart;
	} u;
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
	struct {
		DWORD LowPart;
		DWORD HighPart;
	};
	struct {
		DWORD LowPart;
		DWORD HighPart;
	} u;
	ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

#endif
