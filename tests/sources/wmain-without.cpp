/* SPDX-License-Identifier: MIT */
/* U18: wmain() that wants no arguments. */
/* sources: c++ wide run no-mingw */
#include <windows.h>

int wmain()
{
	return 0;
}
