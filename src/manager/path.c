/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "manager/path.h"

static int open_below(const char *root, const char *path)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
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

int pnpn_path_resolve(const char *path, char ret_path[PNPN_PATH_BYTES])
{
	static const char *const roots[] = {"/dev/", "/sys/"};
	char link[32];

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (strncmp(path, roots[i], strlen(roots[i])) != 0)
			continue;
		int fd = open_below(roots[i], path + strlen(roots[i]));
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
	return -ENOENT;
}
