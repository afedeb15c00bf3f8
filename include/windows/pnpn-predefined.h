/* SPDX-License-Identifier: MIT */
/*
 * What mingw-w64's compiler has built in and Linux's has not: read before every source, by -include in
 * pkg-config's flags. _WIN32 and _WIN64 are flags of their own: -U_WIN32 behind them makes a source choose
 * its Linux branch.
 */
#ifndef PNPN_PREDEFINED_H
#define PNPN_PREDEFINED_H

#if __SIZEOF_WCHAR_T__ != 2
#error "WCHAR has 16 bits: build with -fshort-wchar, as pkg-config --cflags gives it"
#endif

/* Windows' headers declare strdup(), stat64() and their like in strict ISO C, too. */
#ifndef _LARGEFILE64_SOURCE
#define _LARGEFILE64_SOURCE 1
#endif
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif

/* mingw-w64 says so in all modes but strict ISO C; sources test either. */
#define __MSVCRT__ 1
#define __WINNT__  1
#ifdef _WIN32
#define __WIN32	  1
#define __WIN32__ 1
#define __WIN64	  1
#define __WIN64__ 1
#ifndef __STRICT_ANSI__
#define WIN32 1
#define WIN64 1
#define WINNT 1
#endif
#endif

#define __int8	char
#define __int16 short
#define __int32 int
#define __int64 long long

/* Calling conventions: 64-bit Windows has one, and so has Linux. */
#define __cdecl
#define _cdecl
#define __stdcall
#define _stdcall
#define __fastcall
#define _fastcall
#define __thiscall
#define _thiscall
#define __vectorcall

/* A pragma inside a macro, in words that only Microsoft's compiler knows. */
#define __pragma(words)

/*
 * __declspec() as attributes. What would mean another thing on ELF is translated, what means nothing
 * there vanishes; any other word becomes an attribute that the compiler names and ignores, as mingw-w64's
 * does.
 */
#define __declspec(word) __attribute__((PNPN_DECLSPEC_##word))
#define _declspec(word)	 __attribute__((PNPN_DECLSPEC_##word))
#define PNPN_DECLSPEC_
#define PNPN_DECLSPEC_align(n) __aligned__(n)
#define PNPN_DECLSPEC_allocate(s)
#define PNPN_DECLSPEC_code_seg(s)
#define PNPN_DECLSPEC_deprecated __deprecated__
#define PNPN_DECLSPEC_dllexport	 __visibility__("default")
#define PNPN_DECLSPEC_dllimport
#define PNPN_DECLSPEC_naked __naked__
#define PNPN_DECLSPEC_noalias
#define PNPN_DECLSPEC_noinline __noinline__
#define PNPN_DECLSPEC_noreturn __noreturn__
#define PNPN_DECLSPEC_nothrow  __nothrow__
#define PNPN_DECLSPEC_novtable
#define PNPN_DECLSPEC_restrict
#define PNPN_DECLSPEC_safebuffers
#define PNPN_DECLSPEC_selectany __weak__
#define PNPN_DECLSPEC_thread	  )) __thread __attribute__((
#define PNPN_DECLSPEC_uuid(text)

#endif
