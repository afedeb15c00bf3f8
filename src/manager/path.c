/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "manager/path.h"

/* Links that begin at / are followed as often as this. */
#define LINKS_MAX 8

/* Never leaves the folder's file system. */
static int open_below(const char *root, const char *path, uint64_t flags)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};
	int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return -errno;
	long fd = syscall(SYS_openat2, folder, path, &how, sizeof(how));
	int r = fd < 0 ? -errno : (int)fd;
	close(folder);
	return r;
}

static int open_path(const char *path, uint64_t flags)
{
	static const char *const roots[] = {"/dev/", "/sys/"};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (strncmp(path, roots[i], strlen(roots[i])) == 0)
			return open_below(roots[i], path + strlen(roots[i]), flags);
	return -ENOENT;
}

/* The path becomes what its last part, a link, leads to. Returns 0; -ENOENT for what is no link. */
static int follow(char path[PNPN_PATH_BYTES])
{
	char target[PNPN_PATH_BYTES];
	int fd = open_path(path, O_NOFOLLOW);

	if (fd < 0)
		return -ENOENT;
	ssize_t length = readlinkat(fd, "", target, sizeof(target) - 1);
	close(fd);
	if (length <= 0)
		return -ENOENT;
	target[length] = 0;
	size_t folder = *target == '/' ? 0 : (size_t)(strrchr(path, '/') + 1 - path);
	if (folder + (size_t)length >= PNPN_PATH_BYTES)
		return -ENOENT;
	strcpy(path + folder, target);
	return 0;
}

/* What a path leads to: links that begin at / leave the folder that they are in, and may come back to it. */
static int open_followed(const char *name)
{
	char path[PNPN_PATH_BYTES];

	if (strlen(name) >= sizeof(path))
		return -ENOENT;
	strcpy(path, name);
	for (int i = 0; i < LINKS_MAX; i++) {
		int fd = open_path(path, 0);
		if (fd != -EXDEV)
			return fd;
		int r = follow(path);
		if (r < 0)
			return r;
	}
	return -ENOENT;
}

/* Where the kernel has the device of a node, by its number: its name under /dev is anybody's choice. */
static int open_device(int fd)
{
	char path[64];
	struct stat st;

	if (fstat(fd, &st) < 0 || (!S_ISBLK(st.st_mode) && !S_ISCHR(st.st_mode)))
		return fd;
	close(fd);
	snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u", S_ISBLK(st.st_mode) ? "block" : "char",
		 major(st.st_rdev), minor(st.st_rdev));
	return open_path(path, 0);
}

int pnpn_path_resolve(const char *path, char ret_path[PNPN_PATH_BYTES])
{
	char link[32];
	int fd = open_followed(path);

	if (fd >= 0)
		fd = open_device(fd);
	if (fd < 0)
		return -ENOENT;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, ret_path, PNPN_PATH_BYTES - 1);
	close(fd);
	if (length < 0)
		return -ENOENT;
	ret_path[length] = 0;
	return 0;
}
