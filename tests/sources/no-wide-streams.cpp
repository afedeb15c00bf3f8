/* SPDX-License-Identifier: MIT */
/* U18: streams of wchar_t are refused when they are compiled. */
/* sources: c++ no-mingw refused:basic_ios<wchar_t */
#include <windows.h>
#include <iostream>

int main()
{
	std::wcout << L"text";
}
