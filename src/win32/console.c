/* SPDX-License-Identifier: MIT */
/* The console: the standard streams, and a terminal's modes, size and title. Text is UTF-8 there. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <windows.h>

#include "wincommon/utf.h"
#include "win32/device-file.h"
#include "win32/device-io.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/local-file.h"
#include "win32/object.h"

#define STREAMS		3
#define DEFAULT_COLUMNS 80
#define DEFAULT_LINES	25

/* --- standard handles ----------------------------------------------------------------------------- */

/* Protects the handles. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static HANDLE handles[STREAMS];

/* STD_INPUT_HANDLE is -10, and so on. Returns STREAMS for what is none. */
static DWORD stream_of(DWORD name)
{
	DWORD stream = STD_INPUT_HANDLE - name;

	return stream < STREAMS ? stream : STREAMS;
}

/* A descriptor that is closed has none. */
static HANDLE make_handle(int fd)
{
	struct pnpn_local_file *file = pnpn_local_file_lend(fd);

	return file ? pnpn_device_file_make(file, false) : NULL;
}

PNPN_EXPORT HANDLE WINAPI GetStdHandle(DWORD name)
{
	DWORD stream = stream_of(name);

	if (stream == STREAMS) {
		pnpn_fail(ERROR_INVALID_HANDLE);
		return INVALID_HANDLE_VALUE;
	}
	pthread_mutex_lock(&lock);
	if (!handles[stream])
		handles[stream] = make_handle((int)stream);
	HANDLE handle = handles[stream];
	pthread_mutex_unlock(&lock);
	return handle;
}

PNPN_EXPORT WINBOOL WINAPI SetStdHandle(DWORD name, HANDLE handle)
{
	DWORD stream = stream_of(name);

	if (stream == STREAMS)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	pthread_mutex_lock(&lock);
	handles[stream] = handle;
	pthread_mutex_unlock(&lock);
	return TRUE;
}

/* --- terminals ------------------------------------------------------------------------------------ */

/* A handle's terminal: its descriptor, and a reference to its object. */
struct terminal {
	struct pnpn_object *object;
	int fd;
};

/* Returns false, last error set, for what is no terminal. */
static bool get(HANDLE handle, struct terminal *ret_terminal)
{
	struct pnpn_device_io *io;
	struct pnpn_object *object = pnpn_device_io_get(handle, &io);

	if (!object)
		return pnpn_fail(ERROR_INVALID_HANDLE);
	struct pnpn_local_file *file = pnpn_device_io_get_local(io);
	int fd = file ? pnpn_local_file_get_fd(file) : -1;
	if (fd < 0 || !isatty(fd)) {
		pnpn_object_unref(object);
		return pnpn_fail(ERROR_INVALID_HANDLE);
	}
	*ret_terminal = (struct terminal){object, fd};
	return true;
}

/* Input modes are a terminal's own; which of its handles is meant for output is said by what it was opened for. */
static const struct {
	DWORD mode;
	tcflag_t flags;
} modes[] = {
	{ENABLE_PROCESSED_INPUT, ISIG},
	{ENABLE_LINE_INPUT, ICANON},
	{ENABLE_ECHO_INPUT, ECHO},
};

static DWORD mode_of(const struct termios *settings)
{
	DWORD mode = 0;

	for (size_t i = 0; i < ARRAYSIZE(modes); i++)
		if (settings->c_lflag & modes[i].flags)
			mode |= modes[i].mode;
	return mode;
}

/* A terminal is both: the standard input and what else can be read is asked for input's modes. */
static bool is_output(int fd)
{
	return fd == STDOUT_FILENO || fd == STDERR_FILENO ||
	       (fd != STDIN_FILENO && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY);
}

static BOOL get_mode(int fd, DWORD *mode)
{
	struct termios settings;

	if (is_output(fd))
		*mode = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT |
			ENABLE_VIRTUAL_TERMINAL_PROCESSING;
	else if (tcgetattr(fd, &settings) == 0)
		*mode = mode_of(&settings);
	else
		return pnpn_fail_errno(errno);
	return TRUE;
}

/* Output's modes are as a terminal has them, whatever is wished. */
static BOOL set_mode(int fd, DWORD mode)
{
	struct termios settings;

	if (is_output(fd))
		return TRUE;
	if (mode & ENABLE_ECHO_INPUT && !(mode & ENABLE_LINE_INPUT))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (tcgetattr(fd, &settings) < 0)
		return pnpn_fail_errno(errno);
	for (size_t i = 0; i < ARRAYSIZE(modes); i++)
		settings.c_lflag = mode & modes[i].mode ? settings.c_lflag | modes[i].flags
							: settings.c_lflag & ~modes[i].flags;
	return tcsetattr(fd, TCSANOW, &settings) < 0 ? pnpn_fail_errno(errno) : TRUE;
}

PNPN_EXPORT WINBOOL WINAPI GetConsoleMode(HANDLE handle, LPDWORD mode)
{
	struct terminal terminal;

	if (!get(handle, &terminal))
		return FALSE;
	BOOL done = get_mode(terminal.fd, mode);
	pnpn_object_unref(terminal.object);
	return done;
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleMode(HANDLE handle, DWORD mode)
{
	struct terminal terminal;

	if (!get(handle, &terminal))
		return FALSE;
	BOOL done = set_mode(terminal.fd, mode);
	pnpn_object_unref(terminal.object);
	return done;
}

PNPN_EXPORT WINBOOL WINAPI FlushConsoleInputBuffer(HANDLE handle)
{
	struct terminal terminal;

	if (!get(handle, &terminal))
		return FALSE;
	BOOL done = tcflush(terminal.fd, TCIFLUSH) == 0 || pnpn_fail_errno(errno);
	pnpn_object_unref(terminal.object);
	return done;
}

static void fill_info(int fd, CONSOLE_SCREEN_BUFFER_INFO *info)
{
	struct winsize size = {0};

	(void)ioctl(fd, TIOCGWINSZ, &size);
	SHORT columns = (SHORT)(size.ws_col ? size.ws_col : DEFAULT_COLUMNS);
	SHORT lines = (SHORT)(size.ws_row ? size.ws_row : DEFAULT_LINES);
	*info = (CONSOLE_SCREEN_BUFFER_INFO){
		.dwSize = {columns, lines},
		.wAttributes = FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE,
		.srWindow = {0, 0, (SHORT)(columns - 1), (SHORT)(lines - 1)},
		.dwMaximumWindowSize = {columns, lines}};
}

/* Where the cursor is a terminal does not say without being read from. */
PNPN_EXPORT WINBOOL WINAPI GetConsoleScreenBufferInfo(HANDLE handle,
						      PCONSOLE_SCREEN_BUFFER_INFO info)
{
	struct terminal terminal;

	if (!get(handle, &terminal))
		return FALSE;
	fill_info(terminal.fd, info);
	pnpn_object_unref(terminal.object);
	return TRUE;
}

/* --- text ----------------------------------------------------------------------------------------- */

static BOOL is_terminal(HANDLE handle)
{
	struct terminal terminal;

	if (!get(handle, &terminal))
		return FALSE;
	pnpn_object_unref(terminal.object);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI WriteConsoleA(HANDLE handle, const void *text, DWORD count,
					 LPDWORD written, LPVOID reserved)
{
	return is_terminal(handle) && WriteFile(handle, text, count, written, NULL);
}

PNPN_EXPORT WINBOOL WINAPI WriteConsoleW(HANDLE handle, const void *text, DWORD count,
					 LPDWORD written, LPVOID reserved)
{
	DWORD bytes;

	if (!is_terminal(handle))
		return FALSE;
	int size = count ? WideCharToMultiByte(CP_UTF8, 0, text, (int)count, NULL, 0, NULL, NULL)
			 : 0;
	char *narrow = malloc((size_t)size + 1);
	if (!narrow)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	if (count)
		(void)WideCharToMultiByte(CP_UTF8, 0, text, (int)count, narrow, size, NULL, NULL);
	BOOL done = WriteFile(handle, narrow, (DWORD)size, &bytes, NULL);
	free(narrow);
	if (done && written)
		*written = count;
	return done;
}

/* What is missing of the character that the bytes end with. */
static DWORD missing_of(const char *bytes, DWORD count)
{
	DWORD behind = 0;

	while (behind < 3 && behind < count && (bytes[count - 1 - behind] & 0xc0) == 0x80)
		behind++;
	if (behind == count)
		return 0;
	unsigned char first = (unsigned char)bytes[count - 1 - behind];
	DWORD wanted = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
	return wanted > behind ? wanted - behind : 0;
}

/* Whole characters, and a line's end as Windows has it: programs cut off both. There are 4 bytes more than room. */
static BOOL read_line(HANDLE handle, char *line, DWORD room, DWORD *ret_bytes)
{
	DWORD more = 0;

	if (!ReadFile(handle, line, room > 1 ? room - 1 : room, ret_bytes, NULL))
		return FALSE;
	DWORD missing = missing_of(line, *ret_bytes);
	if (missing && ReadFile(handle, line + *ret_bytes, missing, &more, NULL))
		*ret_bytes += more;
	if (*ret_bytes && *ret_bytes < room && line[*ret_bytes - 1] == '\n') {
		memcpy(line + *ret_bytes - 1, "\r\n", 2);
		++*ret_bytes;
	}
	return TRUE;
}

static BOOL read_console(HANDLE handle, void *to, DWORD room, DWORD *ret_count, BOOL wide)
{
	char *line = calloc(1, (size_t)room + 4);
	DWORD bytes = 0;

	if (!line)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = read_line(handle, line, room, &bytes);
	if (done && wide)
		*ret_count = bytes ? (DWORD)MultiByteToWideChar(CP_UTF8, 0, line, (int)bytes, to,
								(int)room)
				   : 0;
	else if (done)
		memcpy(to, line, *ret_count = bytes < room ? bytes : room);
	free(line);
	return done;
}

/* By symbol: versions of the headers do not agree on the type of what nobody gives. */
PNPN_EXPORT BOOL pnpn_read_console_a(HANDLE handle, LPVOID to, DWORD room, LPDWORD count,
				     LPVOID control) __asm__("ReadConsoleA");
PNPN_EXPORT BOOL pnpn_read_console_w(HANDLE handle, LPVOID to, DWORD room, LPDWORD count,
				     LPVOID control) __asm__("ReadConsoleW");

BOOL pnpn_read_console_a(HANDLE handle, LPVOID to, DWORD room, LPDWORD count, LPVOID control)
{
	return is_terminal(handle) && read_console(handle, to, room, count, FALSE);
}

BOOL pnpn_read_console_w(HANDLE handle, LPVOID to, DWORD room, LPDWORD count, LPVOID control)
{
	return is_terminal(handle) && read_console(handle, to, room, count, TRUE);
}

/* --- what a terminal is told ---------------------------------------------------------------------- */

static BOOL tell(HANDLE handle, const char *sequence)
{
	DWORD written;

	return WriteConsoleA(handle, sequence, (DWORD)strlen(sequence), &written, NULL);
}

/* Blue is Windows' first colour and a terminal's fourth. */
static int color_of(WORD attributes)
{
	return (attributes & FOREGROUND_RED ? 1 : 0) | (attributes & FOREGROUND_GREEN ? 2 : 0) |
	       (attributes & FOREGROUND_BLUE ? 4 : 0);
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleTextAttribute(HANDLE handle, WORD attributes)
{
	WORD behind = (WORD)(attributes >> 4);
	char sequence[64];

	snprintf(sequence, sizeof(sequence), "\033[0;%d;%dm",
		 (attributes & FOREGROUND_INTENSITY ? 90 : 30) + color_of(attributes),
		 (behind & FOREGROUND_INTENSITY ? 100 : 40) + color_of(behind));
	/* Grey on black is how a console begins: a terminal has its own colours then. */
	return tell(handle, attributes == 7 ? "\033[0m" : sequence);
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleCursorPosition(HANDLE handle, COORD place)
{
	char sequence[32];

	snprintf(sequence, sizeof(sequence), "\033[%d;%dH", place.Y + 1, place.X + 1);
	return tell(handle, sequence);
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleTitleA(LPCSTR title)
{
	char sequence[512];

	snprintf(sequence, sizeof(sequence), "\033]0;%.500s\007", title);
	(void)tell(GetStdHandle(STD_OUTPUT_HANDLE),
		   sequence); /* where there is none, there is no title */
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleTitleW(LPCWSTR title)
{
	char *narrow = pnpn_utf_narrow(title);

	if (!narrow)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = SetConsoleTitleA(narrow);
	free(narrow);
	return done;
}

PNPN_EXPORT UINT WINAPI GetConsoleCP(void)
{
	return CP_UTF8;
}

PNPN_EXPORT UINT WINAPI GetConsoleOutputCP(void)
{
	return CP_UTF8;
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleCP(UINT page)
{
	return page == CP_UTF8 || pnpn_fail(ERROR_INVALID_PARAMETER);
}

PNPN_EXPORT WINBOOL WINAPI SetConsoleOutputCP(UINT page)
{
	return page == CP_UTF8 || pnpn_fail(ERROR_INVALID_PARAMETER);
}
