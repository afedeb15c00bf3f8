/* SPDX-License-Identifier: MIT */
/* Which functions a source is not to use, in the WDK: mingw-w64 has no such header, and here each may be used. */
