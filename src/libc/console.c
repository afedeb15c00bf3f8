/* SPDX-License-Identifier: MIT */
/* <conio.h>: single keys from the standard input, a terminal's without waiting for the end of the line. */
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>
#include <conio.h>

static int pushed_back = EOF;

/* Whether it is a terminal, which then neither collects a line nor shows what is typed; as it was before is kept. */
static bool take_keys(struct termios *ret_before)
{
	if (tcgetattr(STDIN_FILENO, ret_before) < 0)
		return false;
	struct termios keys = *ret_before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	return tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
}

static int read_key(void)
{
	struct termios before;
	bool terminal = take_keys(&before);
	unsigned char key;

	ssize_t got = read(STDIN_FILENO, &key, 1);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (got != 1)
		return EOF;
	return key == '\n' ? '\r' : key;
}

int _getch(void)
{
	int key = pushed_back;

	fflush(stdout);
	if (key == EOF)
		return read_key();
	pushed_back = EOF;
	return key;
}

int _getche(void)
{
	int key = _getch();

	if (key != EOF)
		_putch(key);
	return key;
}

int _ungetch(int key)
{
	if (pushed_back != EOF || key == EOF)
		return EOF;
	return pushed_back = key;
}

int _kbhit(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	struct termios before;

	if (pushed_back != EOF)
		return 1;
	bool terminal = take_keys(&before);
	bool hit = poll(&input, 1, 0) == 1 && input.revents & POLLIN;
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return hit;
}

int _putch(int key)
{
	return fputc(key, stdout) == EOF || fflush(stdout) ? EOF : key;
}

int _cputs(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) ? EOF : 0;
}

int _cprintf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int length = vprintf(format, arguments);
	va_end(arguments);
	fflush(stdout);
	return length;
}
