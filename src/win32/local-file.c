/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <windows.h>

#include "io/caller.h"
#include "win32/device-how.h"
#include "win32/file-path.h"
#include "win32/last-error.h"
#include "win32/local-control.h"
#include "win32/local-file.h"
#include "win32/local-status.h"

#define READS  (GENERIC_READ | GENERIC_ALL | MAXIMUM_ALLOWED | FILE_READ_DATA)
#define WRITES (GENERIC_WRITE | GENERIC_ALL | MAXIMUM_ALLOWED | FILE_WRITE_DATA)

struct pnpn_local_file {
	pthread_mutex_t lock; /* protects that fd is opened once */
	int path_fd; /* of a node that may not be open yet; -1 */
	int fd; /* -1 */
	int flags; /* to open the node with */
	bool is_lent; /* fd is the process's */
	mode_t mode;
	char *delete_path; /* what goes when it is closed; NULL */
};

/* --- making --------------------------------------------------------------------------------------- */

static struct pnpn_local_file *new(void)
{
	struct pnpn_local_file *file = calloc(1, sizeof(*file));

	if (!file) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_init(&file->lock, NULL);
	file->path_fd = file->fd = -1;
	return file;
}

void pnpn_local_file_free(struct pnpn_local_file *file)
{
	if (!file)
		return;
	if (file->delete_path)
		(void)unlink(file->delete_path);
	if (file->path_fd >= 0)
		close(file->path_fd);
	if (file->fd >= 0 && !file->is_lent)
		close(file->fd);
	free(file->delete_path);
	pthread_mutex_destroy(&file->lock);
	free(file);
}

/* What only asks for attributes may not even read. */
static int access_flags(DWORD access)
{
	bool reads = access & READS, writes = access & (WRITES | FILE_APPEND_DATA);
	int flags = reads && writes ? O_RDWR : writes ? O_WRONLY : reads ? O_RDONLY : O_PATH;

	if (access & FILE_APPEND_DATA && !(access & WRITES))
		flags |= O_APPEND;
	return flags | O_CLOEXEC | O_NOCTTY;
}

/* --- by path -------------------------------------------------------------------------------------- */

/* Two steps, so that who made it is known: what is there in between is opened, what is gone is made. */
static int open_or_make(const char *path, int flags, mode_t mode, bool *ret_existed)
{
	for (int attempt = 0; attempt < 100; attempt++) {
		int fd = open(path, flags | O_CREAT | O_EXCL, mode);
		*ret_existed = fd < 0;
		if (fd >= 0 || errno != EEXIST)
			return fd;
		fd = open(path, flags);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	return -1;
}

static int open_path(const char *path, const struct pnpn_device_how *how, bool *ret_existed)
{
	int flags = access_flags(how->access);
	bool makes = how->disposition != OPEN_EXISTING && how->disposition != TRUNCATE_EXISTING;

	if (flags & O_PATH && how->disposition != OPEN_EXISTING)
		flags = (flags & ~O_PATH) | O_RDONLY;
	if (how->flags & FILE_FLAG_WRITE_THROUGH)
		flags |= O_DSYNC;
	*ret_existed = true;
	if (how->disposition == CREATE_NEW)
		return open(path, flags | O_CREAT | O_EXCL, 0666);
	if (makes)
		return open_or_make(path, flags, how->flags & FILE_ATTRIBUTE_READONLY ? 0444 : 0666,
				    ret_existed);
	return open(path, flags);
}

/*
 * Who shares nothing is alone among those who open files through this library, or lock them as flock(2) has it; finer
 * wishes are not Linux's. File systems that know no locks share everything.
 */
static int share(int fd, mode_t mode, const struct pnpn_device_how *how)
{
	bool can_lock = S_ISREG(mode) || S_ISBLK(mode);

	if (!can_lock || access_flags(how->access) & O_PATH)
		return 0;
	if (flock(fd, (how->share ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return -1;
	return 0;
}

/* Returns 0; -1 with errno. */
static int finish_open(struct pnpn_local_file *file, const char *path,
		       const struct pnpn_device_how *how)
{
	bool empties = how->disposition == CREATE_ALWAYS || how->disposition == TRUNCATE_EXISTING;
	struct stat status;

	if (fstat(file->fd, &status) < 0)
		return -1;
	file->mode = status.st_mode;
	if (S_ISDIR(status.st_mode) && !(how->flags & FILE_FLAG_BACKUP_SEMANTICS)) {
		errno = EISDIR;
		return -1;
	}
	if (share(file->fd, status.st_mode, how) < 0)
		return -1;
	if (empties && S_ISREG(status.st_mode) && truncate(path, 0) < 0)
		return -1;
	if (how->flags & FILE_FLAG_DELETE_ON_CLOSE)
		file->delete_path = realpath(path, NULL);
	return 0;
}

struct pnpn_local_file *pnpn_local_file_open(const char *path, const struct pnpn_device_how *how,
					     bool *ret_existed)
{
	struct pnpn_local_file *file = NULL;

	if (how->disposition == TRUNCATE_EXISTING && !(how->access & WRITES))
		pnpn_fail(ERROR_INVALID_PARAMETER);
	else
		file = new ();
	if (!file)
		return NULL;
	file->fd = open_path(path, how, ret_existed);
	if (file->fd >= 0 && finish_open(file, path, how) == 0)
		return file;
	DWORD error = pnpn_file_path_error(path, errno);
	pnpn_local_file_free(file);
	pnpn_fail(error);
	return NULL;
}

struct pnpn_local_file *pnpn_local_file_lend(int fd)
{
	struct stat status;
	struct pnpn_local_file *file = fstat(fd, &status) < 0 ? NULL : new ();

	if (!file)
		return NULL;
	file->fd = fd;
	file->is_lent = true;
	file->mode = status.st_mode;
	return file;
}

/* --- nodes ---------------------------------------------------------------------------------------- */

/* Whether the process may, without opening it. */
static bool may(int path_fd, int flags)
{
	int mode = flags & O_PATH     ? F_OK
		   : flags & O_RDWR   ? R_OK | W_OK
		   : flags & O_WRONLY ? W_OK
				      : R_OK;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

struct pnpn_local_file *pnpn_local_file_open_node(const char *path,
						  const struct pnpn_device_how *how)
{
	struct pnpn_local_file *file = new ();
	struct stat status;

	if (!file)
		return NULL;
	file->flags = access_flags(how->access) & ~O_APPEND;
	file->path_fd = open(path, O_PATH | O_CLOEXEC);
	if (file->path_fd >= 0 && fstat(file->path_fd, &status) == 0 &&
	    may(file->path_fd, file->flags)) {
		file->mode = status.st_mode;
		return file;
	}
	DWORD error = pnpn_win32_error(errno);
	pnpn_local_file_free(file);
	pnpn_fail(error);
	return NULL;
}

/* A node that is not there any more may be another device's by now. A serial line is not to wait for a carrier, nor a drive
 * for a medium to be asked of. */
static int open_node(const struct pnpn_local_file *file)
{
	char path[32];
	struct stat status;

	if (fstat(file->path_fd, &status) < 0 || !status.st_nlink)
		return -ENODEV;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->path_fd);
	int fd = open(path, file->flags | (S_ISBLK(file->mode) ? 0 : O_NONBLOCK));
	if (fd < 0 && errno == ENOMEDIUM)
		fd = open(path, file->flags | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

int pnpn_local_file_get_fd(struct pnpn_local_file *file)
{
	pthread_mutex_lock(&file->lock);
	int fd = file->fd;
	if (fd < 0)
		fd = file->flags & O_PATH ? dup(file->path_fd) : open_node(file);
	if (fd >= 0)
		file->fd = fd;
	pthread_mutex_unlock(&file->lock);
	return fd;
}

/* --- doing ---------------------------------------------------------------------------------------- */

mode_t pnpn_local_file_get_mode(const struct pnpn_local_file *file)
{
	return file->mode;
}

static bool is_seekable(const struct pnpn_local_file *file)
{
	return S_ISREG(file->mode) || S_ISBLK(file->mode);
}

bool pnpn_local_file_may_block(const struct pnpn_local_file *file)
{
	return !is_seekable(file) && !S_ISDIR(file->mode);
}

/* Returns 0; -ECANCELED. */
static int wait_for(int fd, short events, int cancel_fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = cancel_fd, .events = POLLIN}};

	while (poll(fds, ARRAYSIZE(fds), -1) < 0 && errno == EINTR)
		;
	return fds[1].revents ? -ECANCELED : 0;
}

/* One step of it. */
static ssize_t step(int fd, const struct pnpn_ask *ask, bool at_offset, uint64_t done)
{
	off_t offset = (off_t)(ask->offset + done);

	if (ask->kind == PNPN_IO_READ)
		return at_offset ? pread(fd, ask->output, ask->output_size, offset)
				 : read(fd, ask->output, ask->output_size);
	const char *from = (const char *)ask->input + done;
	size_t left = ask->input_size - done;
	return at_offset ? pwrite(fd, from, left, offset) : write(fd, from, left);
}

/* What is to be written is written whole, what can be read at once is enough. */
static int transfer(int fd, const struct pnpn_ask *ask, bool at_offset, int cancel_fd,
		    uint64_t *ret_bytes)
{
	bool reads = ask->kind == PNPN_IO_READ;
	uint64_t done = 0, wanted = reads ? ask->output_size : ask->input_size;

	while (done < wanted) {
		int r = cancel_fd < 0 ? 0 : wait_for(fd, reads ? POLLIN : POLLOUT, cancel_fd);
		ssize_t bytes = r < 0 ? -1 : step(fd, ask, at_offset, done);
		if (r < 0 || (bytes < 0 && errno != EINTR)) {
			*ret_bytes = done;
			return r < 0 ? r : done ? 0 : -errno;
		}
		done += bytes > 0 ? (uint64_t)bytes : 0;
		if (bytes >= 0 && (reads || !bytes))
			break;
	}
	*ret_bytes = done;
	return 0;
}

/* Nothing more to read is said in three ways. */
static int32_t status_of_end(const struct pnpn_local_file *file, bool at_offset)
{
	if (is_seekable(file))
		return at_offset ? PNPN_STATUS_END_OF_FILE : 0;
	return S_ISCHR(file->mode) ? 0 : PNPN_STATUS_PIPE_BROKEN;
}

static int32_t read_or_write(struct pnpn_local_file *file, int fd, const struct pnpn_ask *ask,
			     bool at_offset, bool moves, int cancel_fd, uint64_t *ret_bytes)
{
	struct pnpn_ask there = *ask;

	at_offset = at_offset && is_seekable(file);
	if (at_offset && ask->offset == UINT64_MAX && ask->kind == PNPN_IO_WRITE)
		there.offset = (uint64_t)lseek(fd, 0, SEEK_END); /* as documented: at the end */
	int r = transfer(fd, &there, at_offset, cancel_fd, ret_bytes);
	if (r >= 0 && at_offset && moves)
		(void)lseek(fd, (off_t)(there.offset + *ret_bytes), SEEK_SET);
	if (r >= 0 && ask->kind == PNPN_IO_READ && ask->output_size && !*ret_bytes)
		return status_of_end(file, at_offset);
	return pnpn_local_status(r);
}

static int32_t flush(int fd)
{
	/* What has nothing to keep is through with it. */
	return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? pnpn_local_status(-errno) : 0;
}

int32_t pnpn_local_file_perform(struct pnpn_local_file *file, const struct pnpn_ask *ask,
				bool at_offset, bool moves, int cancel_fd,
				uint64_t *ret_information)
{
	int fd = pnpn_local_file_get_fd(file);

	*ret_information = 0;
	if (fd < 0)
		return pnpn_local_status(fd);
	switch (ask->kind) {
	case PNPN_IO_READ:
	case PNPN_IO_WRITE:
		return read_or_write(file, fd, ask, at_offset, moves, cancel_fd, ret_information);
	case PNPN_IO_FLUSH:
		return flush(fd);
	default:
		return pnpn_local_control(fd, ask, ret_information);
	}
}
