/* SPDX-License-Identifier: MIT */
/* <io.h> and <direct.h> under Windows' names: descriptors, folders, files by narrow and wide names. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "libc/narrow-path.h"

/* Nothing is translated: text and binary are one, and who asks for the mode is told that it was binary. */
int _setmode(int descriptor, int mode)
{
	if (fcntl(descriptor, F_GETFD) < 0)
		return -1;
	return _O_BINARY;
}

static int open_flags(int windows)
{
	return (windows & _O_ACCMODE) | O_CLOEXEC | (windows & _O_APPEND ? O_APPEND : 0) |
	       (windows & _O_CREAT ? O_CREAT : 0) | (windows & _O_TRUNC ? O_TRUNC : 0) |
	       (windows & _O_EXCL ? O_EXCL : 0);
}

/* Windows knows one right of a new file: whether it may be written. */
static int open_file(const char *path, int flags, int rights)
{
	int descriptor = open(path, open_flags(flags), rights & S_IWUSR ? 0666 : 0444);

	if (descriptor >= 0 && flags & _O_TEMPORARY)
		unlink(path);
	return descriptor;
}

#define RIGHTS(flags)                          \
	({                                     \
		va_list more;                  \
		va_start(more, flags);         \
		int given = va_arg(more, int); \
		va_end(more);                  \
		given;                         \
	})

int _open(const char *path, int flags, ...)
{
	return open_file(path, flags, flags & _O_CREAT ? RIGHTS(flags) : 0);
}

int _wopen(const wchar_t *path, int flags, ...)
{
	int rights = flags & _O_CREAT ? RIGHTS(flags) : 0;

	return WITH_NARROW(path, open_file(name, flags, rights));
}

int _close(int descriptor)
{
	return close(descriptor);
}

int _read(int descriptor, void *to, unsigned int bytes)
{
	return (int)read(descriptor, to, bytes);
}

int _write(int descriptor, const void *from, unsigned int bytes)
{
	return (int)write(descriptor, from, bytes);
}

long _lseek(int descriptor, long offset, int whence)
{
	return lseek(descriptor, offset, whence);
}

__int64 _lseeki64(int descriptor, __int64 offset, int whence)
{
	return lseek(descriptor, offset, whence);
}

int _dup(int descriptor)
{
	return dup(descriptor);
}

/* Windows answers with 0. */
int _dup2(int from, int to)
{
	return dup2(from, to) < 0 ? -1 : 0;
}

int _isatty(int descriptor)
{
	return isatty(descriptor);
}

int _access(const char *path, int mode)
{
	return access(path, mode & (R_OK | W_OK));
}

int _waccess(const wchar_t *path, int mode)
{
	return WITH_NARROW(path, _access(name, mode));
}

int _unlink(const char *path)
{
	return unlink(path);
}

int _wunlink(const wchar_t *path)
{
	return WITH_NARROW(path, unlink(name));
}

int _mkdir(const char *path)
{
	return mkdir(path, 0777);
}

int _wmkdir(const wchar_t *path)
{
	return WITH_NARROW(path, _mkdir(name));
}

int _rmdir(const char *path)
{
	return rmdir(path);
}

int _wrmdir(const wchar_t *path)
{
	return WITH_NARROW(path, rmdir(name));
}

int _chdir(const char *path)
{
	return chdir(path);
}

int _wchdir(const wchar_t *path)
{
	return WITH_NARROW(path, chdir(name));
}

char *_getcwd(char *to, int room)
{
	return getcwd(to, room > 0 ? (size_t)room : 0);
}

int _getpid(void)
{
	return getpid();
}
