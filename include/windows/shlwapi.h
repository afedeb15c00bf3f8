/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which does not compile behind <strsafe.h>: that makes words of warning of these names. */
#pragma GCC system_header
#undef StrCatW
#undef StrCatBuffA
#undef StrCatBuffW
#undef StrCatChainW
#undef StrCpyW
#undef StrCpyNW
#undef StrNCat
#undef StrNCatA
#undef StrNCatW
#undef wnsprintfA
#undef wnsprintfW
#undef wvnsprintfA
#undef wvnsprintfW
#include_next <shlwapi.h>
