/* SPDX-License-Identifier: MIT */
/*
 * The main() of programs that have a WinMain() instead: in an archive that the pkg-config file adds, so
 * that it is linked only where main() is missing. wmain() and wWinMain() programs get theirs here too.
 */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

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

static int run_wmain(int argc, char **argv)
{
	WCHAR **wide = calloc((size_t)argc + 1, sizeof(*wide));
	if (!wide)
		return 1;
	for (int i = 0; i < argc; i++)
		wide[i] = widen(argv[i]);
	int status = wmain(argc, wide);
	for (int i = 0; i < argc; i++)
		free(wide[i]);
	free(wide);
	return status;
}

static int run_wide_winmain(int argc, char **argv)
{
	WCHAR *line = widen(rest_of_line(argc, argv));
	int status = wWinMain(GetModuleHandleA(NULL), NULL, line, SW_SHOWDEFAULT);

	free(line);
	return status;
}

int main(int argc, char **argv)
{
	if (WinMain)
		return WinMain(GetModuleHandleA(NULL), NULL, rest_of_line(argc, argv),
			       SW_SHOWDEFAULT);
	if (wWinMain)
		return run_wide_winmain(argc, argv);
	if (wmain)
		return run_wmain(argc, argv);
	fputs("this program has neither main() nor WinMain()\n", stderr);
	return 1;
}
