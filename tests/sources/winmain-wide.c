/* SPDX-License-Identifier: MIT */
/* U18: wWinMain() from C and C++, by its name in <tchar.h>. */
/* sources: wide run */
#ifndef UNICODE
#define UNICODE
#endif
#ifndef _UNICODE
#define _UNICODE
#endif
#include <windows.h>
#include <tchar.h>

int WINAPI _tWinMain(HINSTANCE instance, HINSTANCE previous, LPTSTR line, int show)
{
	(void)show;
	return !(instance && !previous && !_tcsncmp(line, _T("one "), 4));
}
