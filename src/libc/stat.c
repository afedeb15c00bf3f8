/* SPDX-License-Identifier: MIT */
/* What is known of a file, in Windows' structures. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "libc/narrow-path.h"

static int fill(int result, const struct stat *from, struct _stat64 *to)
{
	if (result < 0)
		return -1;
	*to = (struct _stat64){
		.st_dev = (_dev_t)from->st_dev,
		.st_mode = (unsigned short)from->st_mode,
		.st_nlink = from->st_nlink < INT16_MAX ? (short)from->st_nlink : INT16_MAX,
		.st_rdev = (_dev_t)from->st_dev,
		.st_size = from->st_size,
		.st_atim = {from->st_atime},
		.st_mtim = {from->st_mtime},
		.st_ctim = {from->st_ctime},
	};
	return 0;
}

/* The structure that has 32 bits for the size: a larger file is an error, and no wrong number. */
static int shorten(int result, const struct _stat64 *from, struct _stat64i32 *to)
{
	if (result < 0)
		return -1;
	if (from->st_size > INT32_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	*to = (struct _stat64i32){
		.st_dev = from->st_dev,
		.st_mode = from->st_mode,
		.st_nlink = from->st_nlink,
		.st_rdev = from->st_rdev,
		.st_size = (_off_t)from->st_size,
		.st_atim = {from->st_atime},
		.st_mtim = {from->st_mtime},
		.st_ctim = {from->st_ctime},
	};
	return 0;
}

int _stat64(const char *path, struct _stat64 *ret_stat)
{
	struct stat found;

	return fill(stat(path, &found), &found, ret_stat);
}

int _wstat64(const wchar_t *path, struct _stat64 *ret_stat)
{
	return WITH_NARROW(path, _stat64(name, ret_stat));
}

int _fstat64(int descriptor, struct _stat64 *ret_stat)
{
	struct stat found;

	return fill(fstat(descriptor, &found), &found, ret_stat);
}

int _stat64i32(const char *path, struct _stat64i32 *ret_stat)
{
	struct _stat64 found;

	return shorten(_stat64(path, &found), &found, ret_stat);
}

int _wstat64i32(const wchar_t *path, struct _stat64i32 *ret_stat)
{
	struct _stat64 found;

	return shorten(_wstat64(path, &found), &found, ret_stat);
}

int _fstat64i32(int descriptor, struct _stat64i32 *ret_stat)
{
	struct _stat64 found;

	return shorten(_fstat64(descriptor, &found), &found, ret_stat);
}
