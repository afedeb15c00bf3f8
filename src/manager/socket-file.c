/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "manager/socket-file.h"

/* Nobody who is not stopped has the lock as long as that. */
#define LOCK_MS	    5000

#define LOCK_SUFFIX ".pnpnotify-lock"

struct lock {
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + sizeof(LOCK_SUFFIX)];
	int fd;
};

static bool is_at(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

/* A socket that is bound and not listened on yet looks like one whose manager was killed: who looks, binds or removes
 * has this lock. Whoever has it may have removed its file. Returns 0; -EADDRINUSE: somebody else has it; an errno. */
static int lock(struct lock *lock, const char *path)
{
	snprintf(lock->path, sizeof(lock->path), "%s" LOCK_SUFFIX, path);
	for (int ms = 0; ms < LOCK_MS; ms++) {
		lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
				0600);
		if (lock->fd < 0)
			return -errno;
		int r = flock(lock->fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
		if (!r && is_at(lock->fd, lock->path))
			return 0;
		close(lock->fd);
		if (r < 0 && r != -EWOULDBLOCK)
			return r;
		(void)poll(NULL, 0, 1);
	}
	return -EADDRINUSE;
}

static void unlock(struct lock *lock)
{
	unlink(lock->path);
	close(lock->fd);
}

static bool somebody_listens(const struct sockaddr_un *name)
{
	/* A manager with a full backlog says EAGAIN: it is there. */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return true;
	bool listens = connect(fd, (const struct sockaddr *)name, sizeof(*name)) == 0 ||
		       errno != ECONNREFUSED;
	close(fd);
	return listens;
}

/* Whatever else stands there is somebody's file. */
static bool is_socket(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int bind_socket(int fd, const struct sockaddr_un *name)
{
	/* The mode of the socket becomes that of its file. */
	if (fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)name, sizeof(*name)) < 0)
		return -errno;
	return 0;
}

static int listen_at(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	int r = bind_socket(fd, name);
	if (r == -EADDRINUSE && is_socket(name->sun_path) && !somebody_listens(name)) {
		unlink(name->sun_path);
		r = bind_socket(fd, name);
	}
	if (r >= 0 && listen(fd, SOMAXCONN) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

static int listen_alone(struct pnpn_socket_file *file, const struct sockaddr_un *name)
{
	struct lock alone;
	struct stat st;
	int r = lock(&alone, name->sun_path);

	if (r < 0)
		return r;
	int fd = listen_at(name);
	if (fd >= 0 && stat(name->sun_path, &st) == 0) {
		file->device = st.st_dev;
		file->inode = st.st_ino;
	}
	unlock(&alone);
	return fd;
}

int pnpn_socket_file_listen(struct pnpn_socket_file *file, const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	if (!*path || strlen(path) >= sizeof(name.sun_path))
		return -EINVAL;
	strcpy(name.sun_path, path);
	char *copy = strdup(path);
	int fd = copy ? listen_alone(file, &name) : -ENOMEM;
	if (fd >= 0)
		file->path = copy;
	else
		free(copy);
	return fd;
}

void pnpn_socket_file_remove(struct pnpn_socket_file *file)
{
	struct lock alone;
	struct stat st;

	if (file->path && lock(&alone, file->path) >= 0) {
		if (stat(file->path, &st) == 0 && st.st_dev == file->device &&
		    st.st_ino == file->inode)
			unlink(file->path);
		unlock(&alone);
	}
	free(file->path);
	file->path = NULL;
}
