/* SPDX-License-Identifier: MIT */
/* U18: regular expressions of wide text are refused when they are compiled. */
/* sources: c++ no-mingw refused:regex_traits<wchar_t> */
#include <windows.h>
#include <regex>

int main()
{
	return std::regex_match(L"a", std::wregex(L"a"));
}
