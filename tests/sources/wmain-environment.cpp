/* SPDX-License-Identifier: MIT */
/* U18: wmain() with an environment. */
/* sources: c++ wide run no-mingw */
#include <windows.h>
#include <wchar.h>

int wmain(int argc, wchar_t *argv[], wchar_t *environment[])
{
	for (int i = 0; environment[i]; i++)
		if (!wcscmp(environment[i], L"LC_ALL=C"))
			return argc != 3 || wcscmp(argv[1], L"one");
	return 1;
}
