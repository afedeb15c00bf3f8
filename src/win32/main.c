/* SPDX-License-Identifier: MIT */
/*
 * The main() of programs that have a WinMain() instead: in an archive that the pkg-config file adds, so
 * that it is linked only where main() is missing. wmain() and wWinMain() programs get theirs here too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <windows.h>

#pragma weak WinMain
#pragma weak wWinMain

typedef int wide_main(int argc, WCHAR **argv, WCHAR **environment);
/* As C has it, and as C++ does with other parameters: those that are left out are not looked at. */
wide_main wmain __attribute__((weak));
wide_main wmain_cpp_arguments __asm__("_Z5wmainiPPw") __attribute__((weak));
wide_main wmain_cpp_const_arguments __asm__("_Z5wmainiPPKw") __attribute__((weak));
wide_main wmain_cpp_environment __asm__("_Z5wmainiPPwS0_") __attribute__((weak));
wide_main wmain_cpp_without __asm__("_Z5wmainv") __attribute__((weak));
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

static WCHAR **widen_all(char **texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	WCHAR **wide = calloc(count + 1, sizeof(*wide));
	for (size_t i = 0; wide && i < count; i++)
		wide[i] = widen(texts[i]);
	return wide;
}

static void free_all(WCHAR **wide)
{
	for (size_t i = 0; wide && wide[i]; i++)
		free(wide[i]);
	free(wide);
}

static int run_wide(wide_main *program, int argc, char **argv)
{
	WCHAR **arguments = widen_all(argv), **environment = widen_all(environ);
	int status = arguments && environment ? program(argc, arguments, environment) : 1;

	free_all(environment);
	free_all(arguments);
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
	wide_main *const programs[] = {wmain, wmain_cpp_arguments, wmain_cpp_const_arguments,
				       wmain_cpp_environment, wmain_cpp_without};
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (programs[i])
			return run_wide(programs[i], argc, argv);
	fputs("this program has neither main() nor WinMain()\n", stderr);
	return 1;
}
