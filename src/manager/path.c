/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "manager/path.h"

/* Links that begin at / are followed as often as this. */
#define LINKS_MAX 8

static int open_at(int folder, const char *path, uint64_t flags, uint64_t resolve)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd = syscall(SYS_openat2, folder, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* --- other file systems below /dev ---------------------------------------------------------------- */

/* Those that are a part of the kernel: others may ask a process, or a server, and never answer. */
static bool is_of_kernel(const char *type)
{
	static const char *const types[] = {"devtmpfs ", "devpts ", "tmpfs ", "ramfs "};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strncmp(type, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

static bool is_mount_of_kernel(uint64_t mount)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) >= 0) {
		const char *type = strstr(line, " - ");
		found = strtoull(line, NULL, 10) == mount && type &&
			is_of_kernel(type + strlen(" - "));
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* A mount point, of which nothing is asked but what the kernel knows: a node, or a folder to go on in. */
static int enter_mount(int folder, const char *name)
{
	struct statx st = {0};
	int fd = open_at(folder, name, O_NOFOLLOW, RESOLVE_NO_SYMLINKS), r = -ENOENT;

	if (fd < 0)
		return fd;
	(void)statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID, &st);
	if (S_ISBLK(st.stx_mode) || S_ISCHR(st.stx_mode) ||
	    (S_ISDIR(st.stx_mode) && is_mount_of_kernel(st.stx_mnt_id)))
		return fd;
	if (S_ISLNK(st.stx_mode))
		r = -EXDEV; /* it leads away */
	close(fd);
	return r;
}

/* Part by part. Consumes the folder. */
static int open_across(int folder, const char *path, uint64_t flags)
{
	while (folder >= 0 && *path) {
		char part[PNPN_PATH_BYTES];
		size_t length = strcspn(path, "/");
		if (length >= sizeof(part)) {
			close(folder);
			return -ENOENT;
		}
		memcpy(part, path, length);
		part[length] = 0;
		path += length + strspn(path + length, "/");
		int fd = open_at(folder, part, *path ? 0 : flags, RESOLVE_NO_XDEV);
		if (fd == -EXDEV)
			fd = enter_mount(folder, part);
		close(folder);
		folder = fd;
	}
	return folder;
}

static int open_below(const char *root, const char *path, uint64_t flags)
{
	int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return -errno;
	int fd = open_at(folder, path, flags, RESOLVE_NO_XDEV);
	if (fd == -EXDEV)
		return open_across(folder, path, flags);
	close(folder);
	return fd;
}

/* --- links ---------------------------------------------------------------------------------------- */

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
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) < 0 ||
	    (!S_ISBLK(st.stx_mode) && !S_ISCHR(st.stx_mode)))
		return fd;
	close(fd);
	snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u", S_ISBLK(st.stx_mode) ? "block" : "char",
		 st.stx_rdev_major, st.stx_rdev_minor);
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
