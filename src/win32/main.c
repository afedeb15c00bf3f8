/* SPDX-License-Identifier: MIT */
/*
 * The main() of programs that have a WinMain() instead: in an archive that the pkg-config file adds, so
 * that it is linked only where main() is missing. wmain() and wWinMain() programs get theirs here too.
 */
#include <stdio.h>
#include <stdlib.h>

#include <winbase.h>

#pragma weak WinMain
#pragma weak wWinMain
#pragma weak wmain

int wmain(int argc, WCHAR **argv);
int main(int argc, char **argv);

/* Text from outside may be no UTF-8; nothing is lost but what can't be shown. */
static WCHAR *widen(const char *text)
{
	int units = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	WCHAR *wide = calloc((size_t)units + 1, sizeof(*wide));

	if (wide && units)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, units);
	return wide;
}

/* Everything behind the program's name. */
static char *rest_of_line(int argc, char **argv)
{
	static char line[65536];
	size_t length = 0;

	for (int i = 1; i < argc && length < sizeof(line); i++)
		length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%s",
					   i > 1 ? " " : "", argv[i]);
	return line;
}

int main(int argc, char **argv)
{
	if (WinMain)
		return WinMain(GetModuleHandleA(NULL), NULL, rest_of_line(argc, argv), 10);
	if (wWinMain)
		return wWinMain(GetModuleHandleA(NULL), NULL, widen(rest_of_line(argc, argv)), 10);
	if (!wmain) {
		fputs("this program has neither main() nor WinMain()\n", stderr);
		return 1;
	}
	WCHAR **wide = calloc((size_t)argc + 1, sizeof(*wide));
	for (int i = 0; wide && i < argc; i++)
		wide[i] = widen(argv[i]);
	return wide ? wmain(argc, wide) : 1;
}
