/* SPDX-License-Identifier: MIT */
/* U18: wmain() of C and of C++, where it has another symbol. */
/* sources: wide run no-mingw */
#include <windows.h>
#include <wchar.h>

int wmain(int argc, wchar_t *argv[]);

int wmain(int argc, wchar_t *argv[])
{
	if (argc != 3 || argv[3] || wcscmp(argv[1], L"one"))
		return 1;
	return wcscmp(argv[2], L"t\u00fcwo") != 0;
}
