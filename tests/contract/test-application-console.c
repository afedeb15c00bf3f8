/* SPDX-License-Identifier: MIT */
/* Standard handles and the console, which is a pseudo terminal here (U18). */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <windows.h>
#include <cmocka.h>

/* A terminal: what is typed there and shown, and a handle as a program has it. */
struct console {
	int keys;
	HANDLE handle;
};

static int setup(void **state)
{
	struct console *console = calloc(1, sizeof(*console));

	console->keys = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(console->keys >= 0);
	assert_int_equal(grantpt(console->keys), 0);
	assert_int_equal(unlockpt(console->keys), 0);
	console->handle = CreateFileA(ptsname(console->keys), GENERIC_READ | GENERIC_WRITE,
				      FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
				      NULL);
	assert_ptr_not_equal(console->handle, INVALID_HANDLE_VALUE);
	*state = console;
	return 0;
}

static int teardown(void **state)
{
	struct console *console = *state;

	assert_true(CloseHandle(console->handle));
	close(console->keys);
	free(console);
	return 0;
}

static void type(const struct console *console, const char *text)
{
	assert_int_equal(write(console->keys, text, strlen(text)), strlen(text));
}

/* So many bytes come, and are these. */
static void assert_shown(const struct console *console, const char *text)
{
	char got[128];
	size_t length = 0;

	while (length < strlen(text)) {
		ssize_t bytes = read(console->keys, got + length, strlen(text) - length);
		assert_true(bytes > 0);
		length += (size_t)bytes;
	}
	assert_memory_equal(got, text, length);
}

static void test_u18_console_mode(void **state)
{
	struct console *console = *state;
	DWORD mode;

	assert_int_equal(GetFileType(console->handle), FILE_TYPE_CHAR);
	assert_true(GetConsoleMode(console->handle, &mode));
	assert_int_equal(mode, ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT);
	assert_false(SetConsoleMode(console->handle, ENABLE_ECHO_INPUT));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_true(SetConsoleMode(console->handle, ENABLE_PROCESSED_INPUT));
	assert_true(GetConsoleMode(console->handle, &mode));
	assert_int_equal(mode, ENABLE_PROCESSED_INPUT);
	type(console, "k"); /* a key is enough, and nobody shows it */
	char key;
	DWORD count;
	assert_true(ReadConsoleA(console->handle, &key, 1, &count, NULL));
	assert_int_equal(count, 1);
	assert_int_equal(key, 'k');
}

static void test_u18_console_lines(void **state)
{
	struct console *console = *state;
	char line[64];
	WCHAR wide[64];
	DWORD count;

	type(console, "one\n");
	assert_true(ReadConsoleA(console->handle, line, sizeof(line), &count, NULL));
	assert_int_equal(count, 5);
	assert_memory_equal(line, "one\r\n", 5);
	type(console, "gr\xc3\xbc\xc3\x9f\n");
	assert_true(ReadConsoleW(console->handle, wide, ARRAYSIZE(wide), &count, NULL));
	assert_int_equal(count, 6);
	assert_memory_equal(wide, L"gr\x00fc\x00df\r\n", 6 * sizeof(WCHAR));
	type(console, "a\xc3\xbc\n"); /* room for half a character: it comes whole */
	assert_true(ReadConsoleW(console->handle, wide, 3, &count, NULL));
	assert_int_equal(count, 2);
	assert_memory_equal(wide, L"a\x00fc", 2 * sizeof(WCHAR));
	assert_true(ReadConsoleW(console->handle, wide, 3, &count, NULL));
	assert_memory_equal(wide, L"\r\n", 2 * sizeof(WCHAR));
}

static void test_u18_console_output(void **state)
{
	struct console *console = *state;
	CONSOLE_SCREEN_BUFFER_INFO info;
	struct winsize size = {.ws_col = 100, .ws_row = 40};
	DWORD count;

	assert_true(WriteConsoleA(console->handle, "text", 4, &count, NULL));
	assert_int_equal(count, 4);
	assert_shown(console, "text");
	assert_true(WriteConsoleW(console->handle, L"\x00fc!", 2, &count, NULL));
	assert_int_equal(count, 2);
	assert_shown(console, "\xc3\xbc!");
	assert_true(
		SetConsoleTextAttribute(console->handle, FOREGROUND_RED | FOREGROUND_INTENSITY));
	assert_shown(console, "\033[0;91;40m");
	assert_true(SetConsoleTextAttribute(console->handle, 7));
	assert_shown(console, "\033[0m");
	assert_true(SetConsoleCursorPosition(console->handle, (COORD){4, 2}));
	assert_shown(console, "\033[3;5H");
	assert_int_equal(ioctl(console->keys, TIOCSWINSZ, &size), 0);
	assert_true(GetConsoleScreenBufferInfo(console->handle, &info));
	assert_int_equal(info.dwSize.X, 100);
	assert_int_equal(info.srWindow.Bottom, 39);
	type(console, "dropped\n");
	assert_true(FlushConsoleInputBuffer(console->handle));
}

static void test_u18_a_file_is_no_console(void **state)
{
	DWORD mode;

	(void)state;
	HANDLE file = CreateFileA("NUL", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	assert_false(GetConsoleMode(file, &mode));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	assert_false(WriteConsoleA(file, "x", 1, &mode, NULL));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	CloseHandle(file);
	assert_int_equal(GetConsoleOutputCP(), CP_UTF8);
	assert_true(SetConsoleOutputCP(CP_UTF8) && SetConsoleCP(CP_UTF8));
	assert_false(SetConsoleCP(437));
}

/* --- standard handles ----------------------------------------------------------------------------- */

/* In a process whose standard streams are the terminal. Returns what was wrong. */
static int use_standard_handles(void)
{
	HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
	char line[16];
	DWORD count, mode;

	if (in == out || GetStdHandle(STD_OUTPUT_HANDLE) != out)
		return 1;
	if (!GetConsoleMode(out, &mode) || !(mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING))
		return 2;
	if (!GetConsoleMode(in, &mode) || !(mode & ENABLE_LINE_INPUT))
		return 3;
	if (!ReadFile(in, line, sizeof(line), &count, NULL) || count != 3)
		return 4;
	if (!SetConsoleTitleW(L"title") || !WriteFile(out, "seen", 4, &count, NULL))
		return 5;
	HANDLE terminal = CreateFileA("CONOUT$", GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	if (terminal == INVALID_HANDLE_VALUE || !WriteConsoleA(terminal, "!", 1, &count, NULL))
		return 6;
	if (!SetStdHandle(STD_OUTPUT_HANDLE, terminal) ||
	    GetStdHandle(STD_OUTPUT_HANDLE) != terminal)
		return 7;
	return GetStdHandle(1) == INVALID_HANDLE_VALUE && GetLastError() == ERROR_INVALID_HANDLE
		       ? 0
		       : 8;
}

static void test_u18_standard_handles(void **state)
{
	struct console *console = *state;
	int status;
	struct termios settings;

	assert_int_equal(tcgetattr(console->keys, &settings), 0);
	settings.c_lflag &= ~(tcflag_t)ECHO;
	assert_int_equal(tcsetattr(console->keys, TCSANOW, &settings), 0);
	pid_t child = fork();
	if (!child) {
		setsid();
		int terminal = open(ptsname(console->keys), O_RDWR); /* its own from now on */
		for (int fd = 0; fd < 3; fd++)
			dup2(terminal, fd);
		_exit(use_standard_handles());
	}
	type(console, "in\n");
	assert_shown(console, "\033]0;title\007seen!");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_u18_console_mode),	 TEST(test_u18_console_lines),
		TEST(test_u18_console_output),	 cmocka_unit_test(test_u18_a_file_is_no_console),
		TEST(test_u18_standard_handles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
