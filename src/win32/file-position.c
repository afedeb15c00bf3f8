/* SPDX-License-Identifier: MIT */
/* Where an open file is, how large, of what kind: of those that are Linux's own. */
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <windows.h>

#include "win32/device-io.h"
#include "win32/export.h"
#include "win32/file-path.h"
#include "win32/file-time.h"
#include "win32/last-error.h"
#include "win32/local-file.h"
#include "win32/object.h"

/* An open one, and a reference to its object. */
struct open_file {
	struct pnpn_object *object;
	struct pnpn_local_file *local;
	int fd;
};

/* Returns false, last error set, for what is none. */
static bool get(HANDLE handle, struct open_file *ret_file)
{
	struct pnpn_device_io *io;
	struct pnpn_object *object = pnpn_device_io_get(handle, &io);

	if (!object)
		return false;
	struct pnpn_local_file *local = pnpn_device_io_get_local(io);
	int fd = local ? pnpn_local_file_get_fd(local) : -EINVAL;
	if (fd < 0) {
		pnpn_object_unref(object);
		return local ? pnpn_fail_errno(fd) : pnpn_fail(ERROR_INVALID_FUNCTION);
	}
	*ret_file = (struct open_file){object, local, fd};
	return true;
}

static bool is_seekable(const struct open_file *file)
{
	return !pnpn_local_file_may_block(file->local);
}

/* --- where ---------------------------------------------------------------------------------------- */

static BOOL move(const struct open_file *file, LONGLONG distance, DWORD method, LONGLONG *ret_place)
{
	static const int from[] = {
		[FILE_BEGIN] = SEEK_SET, [FILE_CURRENT] = SEEK_CUR, [FILE_END] = SEEK_END};

	if (method > FILE_END)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (!is_seekable(file))
		return pnpn_fail(ERROR_SEEK_ON_DEVICE);
	off_t place = lseek(file->fd, distance, from[method]);
	if (place < 0)
		return errno == EINVAL ? pnpn_fail(ERROR_NEGATIVE_SEEK) : pnpn_fail_errno(errno);
	*ret_place = place;
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI SetFilePointerEx(HANDLE handle, LARGE_INTEGER distance,
					    PLARGE_INTEGER place, DWORD method)
{
	struct open_file file;
	LONGLONG moved = 0;

	if (!get(handle, &file))
		return FALSE;
	BOOL done = move(&file, distance.QuadPart, method, &moved);
	pnpn_object_unref(file.object);
	if (done && place)
		place->QuadPart = moved;
	return done;
}

/* Without the upper half 32 bits have to be enough, before and after. */
PNPN_EXPORT DWORD WINAPI SetFilePointer(HANDLE handle, LONG low, PLONG high, DWORD method)
{
	LARGE_INTEGER distance = {.QuadPart = low}, place, before;

	if (high)
		distance.QuadPart = (LONGLONG)((ULONGLONG)(ULONG)*high << 32 | (ULONG)low);
	if (!SetFilePointerEx(handle, (LARGE_INTEGER){0}, &before, FILE_CURRENT) ||
	    !SetFilePointerEx(handle, distance, &place, method))
		return INVALID_SET_FILE_POINTER;
	if (!high && place.HighPart) {
		(void)SetFilePointerEx(handle, before, NULL, FILE_BEGIN);
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return INVALID_SET_FILE_POINTER;
	}
	if (high)
		*high = place.HighPart;
	pnpn_fail(NO_ERROR);
	return place.LowPart;
}

PNPN_EXPORT WINBOOL WINAPI SetEndOfFile(HANDLE handle)
{
	struct open_file file;

	if (!get(handle, &file))
		return FALSE;
	BOOL done = ftruncate(file.fd, lseek(file.fd, 0, SEEK_CUR)) == 0;
	/* A file that is not open for writing is no fault of the argument's. */
	if (!done)
		pnpn_fail(errno == EINVAL || errno == EBADF ? ERROR_ACCESS_DENIED
							    : pnpn_win32_error(errno));
	pnpn_object_unref(file.object);
	return done;
}

/* --- what ----------------------------------------------------------------------------------------- */

/* Returns false, last error set. */
static bool look(HANDLE handle, struct stat *ret_status)
{
	struct open_file file;

	if (!get(handle, &file))
		return false;
	bool done = fstat(file.fd, ret_status) == 0 || pnpn_fail_errno(errno);
	pnpn_object_unref(file.object);
	return done;
}

PNPN_EXPORT WINBOOL WINAPI GetFileSizeEx(HANDLE handle, PLARGE_INTEGER size)
{
	struct stat status;

	if (!look(handle, &status))
		return FALSE;
	if (!S_ISREG(status.st_mode)) /* devices are asked with DeviceIoControl() */
		return pnpn_fail(ERROR_INVALID_FUNCTION);
	size->QuadPart = status.st_size;
	return TRUE;
}

PNPN_EXPORT DWORD WINAPI GetFileSize(HANDLE handle, LPDWORD high)
{
	LARGE_INTEGER size;

	if (!GetFileSizeEx(handle, &size))
		return INVALID_FILE_SIZE;
	if (high)
		*high = (DWORD)size.HighPart;
	pnpn_fail(NO_ERROR);
	return size.LowPart;
}

/* A device that a driver serves says nothing of it. */
PNPN_EXPORT DWORD WINAPI GetFileType(HANDLE handle)
{
	struct pnpn_object *object = pnpn_object_get(handle, PNPN_OBJECT_DEVICE);

	if (!object)
		return FILE_TYPE_UNKNOWN;
	struct pnpn_local_file *local = object->io ? pnpn_device_io_get_local(object->io) : NULL;
	mode_t mode = local ? pnpn_local_file_get_mode(local) : 0;
	pnpn_object_unref(object);
	pnpn_fail(NO_ERROR);
	if (!mode)
		return FILE_TYPE_UNKNOWN;
	if (S_ISCHR(mode))
		return FILE_TYPE_CHAR;
	return S_ISFIFO(mode) || S_ISSOCK(mode) ? FILE_TYPE_PIPE : FILE_TYPE_DISK;
}

PNPN_EXPORT WINBOOL WINAPI GetFileInformationByHandle(HANDLE handle,
						      LPBY_HANDLE_FILE_INFORMATION information)
{
	struct stat status;

	if (!look(handle, &status))
		return FALSE;
	*information = (BY_HANDLE_FILE_INFORMATION){
		.dwFileAttributes = pnpn_file_attributes(status.st_mode),
		.ftCreationTime = pnpn_file_time(status.st_ctim),
		.ftLastAccessTime = pnpn_file_time(status.st_atim),
		.ftLastWriteTime = pnpn_file_time(status.st_mtim),
		.dwVolumeSerialNumber = (DWORD)status.st_dev,
		.nFileSizeHigh = (DWORD)((uint64_t)status.st_size >> 32),
		.nFileSizeLow = (DWORD)status.st_size,
		.nNumberOfLinks = (DWORD)status.st_nlink,
		.nFileIndexHigh = (DWORD)(status.st_ino >> 32),
		.nFileIndexLow = (DWORD)status.st_ino};
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI GetFileTime(HANDLE handle, LPFILETIME created, LPFILETIME accessed,
				       LPFILETIME written)
{
	BY_HANDLE_FILE_INFORMATION information;

	if (!GetFileInformationByHandle(handle, &information))
		return FALSE;
	if (created)
		*created = information.ftCreationTime;
	if (accessed)
		*accessed = information.ftLastAccessTime;
	if (written)
		*written = information.ftLastWriteTime;
	return TRUE;
}

static struct timespec change_of(const FILETIME *time)
{
	return time ? pnpn_file_time_to_linux(time) : (struct timespec){.tv_nsec = UTIME_OMIT};
}

/* When a file was made is not to be changed on Linux. */
PNPN_EXPORT WINBOOL WINAPI SetFileTime(HANDLE handle, const FILETIME *created,
				       const FILETIME *accessed, const FILETIME *written)
{
	const struct timespec times[] = {change_of(accessed), change_of(written)};
	struct open_file file;

	if (!get(handle, &file))
		return FALSE;
	BOOL done = futimens(file.fd, times) == 0 || pnpn_fail_errno(errno);
	pnpn_object_unref(file.object);
	return done;
}
