/* SPDX-License-Identifier: MIT */
/*
 * In front of libstdc++'s, which says that the library has the functions of std::wstring, where they are for a
 * wchar_t of 32 bits: here each program makes its own.
 */
#pragma GCC system_header
#include_next <bits/c++config.h>
#undef _GLIBCXX_EXTERN_TEMPLATE
#define _GLIBCXX_EXTERN_TEMPLATE 0
