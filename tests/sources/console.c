/* SPDX-License-Identifier: MIT */
/* U18: what console programs use: single keys, folders, descriptors, threads as C programs begin them. */
/* sources: run */
#include <windows.h>
#include <conio.h>
#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <string.h>
#include <sys/stat.h>
#include "check.h"

static int began;

static unsigned __stdcall extended(void *argument)
{
	began += *(int *)argument;
	_endthreadex(7);
	return 8;
}

static void __cdecl plain(void *argument)
{
	SetEvent(argument);
	_endthread();
}

static void threads(void)
{
	int one = 1;
	unsigned id = 0;
	DWORD code = 0;
	HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, extended, &one, 0, &id);
	HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL);

	CHECK(thread && id);
	CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0 && began == 1);
	CHECK(GetExitCodeThread(thread, &code) && code == 7);
	CloseHandle(thread);
	CHECK(_beginthread(plain, 0, event) != (uintptr_t)-1);
	CHECK(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
	CloseHandle(event);
}

static void descriptors(void)
{
	char text[8] = "";
	int file = _open("sources-console.tmp", _O_CREAT | _O_TRUNC | _O_RDWR | _O_BINARY,
			 _S_IREAD | _S_IWRITE);

	CHECK(file >= 0 && _write(file, "text", 4) == 4 && _lseek(file, 1, SEEK_SET) == 1);
	CHECK(_read(file, text, 8) == 3 && !strcmp(text, "ext"));
	CHECK(!_isatty(file) && _setmode(file, _O_TEXT) == _O_BINARY && _close(file) == 0);
	CHECK(_waccess(L"sources-console.tmp", 4) == 0 && _wunlink(L"sources-console.tmp") == 0);
	CHECK(_open("sources-console.tmp", _O_RDONLY) == -1 && errno == ENOENT);
}

static void folders(void)
{
	char folder[MAX_PATH];

	CHECK(_getcwd(folder, MAX_PATH) == folder && _getpid() == (int)GetCurrentProcessId());
	CHECK(_mkdir("sources-console.dir") == 0 && _wmkdir(L"sources-console.dir") == -1 &&
	      errno == EEXIST);
	CHECK(_chdir("sources-console.dir") == 0 && _wchdir(L"..") == 0 &&
	      _wrmdir(L"sources-console.dir") == 0);
}

/* The test has no input: there is no key, and one that was put back. */
static void keys(void)
{
	CHECK(_ungetch('k') == 'k' && _ungetch('l') == EOF && _kbhit() && _getch() == 'k');
	CHECK(_putch('.') == '.' && _cputs(".\n") == 0 && _cprintf("%d\n", 5) == 2);
}

int main(void)
{
	threads();
	descriptors();
	folders();
	keys();
	return failures;
}
