/* SPDX-License-Identifier: MIT */
/* U18: what Windows' headers of the C library declare besides Linux's of the same names, and what they bring along. */
/* sources: run */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#ifdef __cplusplus
#include <comdef.h>
#else
#include <objidl.h>
#endif
#include "check.h"

/* As headers shared with drivers write it; mingw-w64's compiler does not know it. */
#ifndef __linux__
#define __pragma(words)
#endif
#define ONCE(statement)                            \
	do {                                       \
		statement;                         \
		__pragma(warning(suppress : 4127)) \
	} while (0)

static void files(void)
{
	const char *name = "sources-besides.tmp";
	int file = _open(name, _O_CREAT | _O_WRONLY | _O_BINARY, _S_IREAD | _S_IWRITE);
	struct _stat narrow, wide;
	struct _stat64 open;

	ONCE(CHECK(file >= 0 && _write(file, "12345", 5) == 5));
	CHECK(_fstat64(file, &open) == 0 && open.st_size == 5);
	_close(file);
	CHECK(_stat(name, &narrow) == 0 && narrow.st_size == 5 && (narrow.st_mode & _S_IFREG));
	CHECK(_wstat(L"sources-besides.tmp", &wide) == 0 && wide.st_mtime == narrow.st_mtime);
	CHECK(sizeof(narrow.st_size) == 4 && sizeof(open.st_size) == 8);
	CHECK(_stat(".", &narrow) == 0 && (narrow.st_mode & _S_IFMT) == _S_IFDIR);
	CHECK(_unlink(name) == 0 && _stat(name, &narrow) == -1);
}

static void times(void)
{
	struct tm tm;
	time_t day = 86400, early = -1;
	__time64_t now = _time64(NULL);

	CHECK(gmtime_s(&tm, &day) == 0 && tm.tm_mday == 2 && tm.tm_year == 70);
	CHECK(_localtime64_s(&tm, &now) == 0 && _mktime64(&tm) == now);
	CHECK(localtime_s(&tm, &early) != 0 && tm.tm_year == -1);
}

static void memory(void)
{
	char *text = (char *)_alloca(8);

	strcpy(text, "stack");
	CHECK(UINT_MAX == 0xffffffff && UCHAR_MAX == 255 && !strcmp(text, "stack"));
	text = (char *)_malloca(100000);
	CHECK(text != NULL && LOCK_WRITE == 1);
	_freea(text);
}

int main(void)
{
	files();
	times();
	memory();
	return failures;
}
