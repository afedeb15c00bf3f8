/* SPDX-License-Identifier: MIT */
/* U18: paths of wide text are refused when they are compiled. */
/* sources: c++ no-mingw refused:wstring */
#include <windows.h>
#include <filesystem>

int main()
{
	return std::filesystem::path("a").wstring().empty();
}
