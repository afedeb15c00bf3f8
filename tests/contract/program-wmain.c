/* SPDX-License-Identifier: MIT */
/* U15: a console program with wmain(), built with UNICODE; its text and its printf are Windows'. */
#include <windows.h>
#include <strsafe.h>

int wmain(int argc, WCHAR **argv);

int wmain(int argc, WCHAR **argv)
{
	TCHAR text[32];
	DWORD number = 0xfedcba98;

	if (argc != 2 || wcscmp(argv[1], L"gr\u00fc\u00dfe") != 0 || sizeof(TCHAR) != 2)
		return 1;
	if (FAILED(StringCchPrintf(text, ARRAYSIZE(text), TEXT("%s %lx"), argv[1], number)))
		return 2;
	if (wcscmp(text, L"gr\u00fc\u00dfe fedcba98") != 0)
		return 3;
	if (StringCchCopy(text, 4, TEXT("12345")) != STRSAFE_E_INSUFFICIENT_BUFFER ||
	    wcscmp(text, L"123") != 0)
		return 4;
	return wprintf(L"%ls\n", text) == 4 ? 0 : 5;
}
