/* SPDX-License-Identifier: MIT */
/* Descriptors of our own for what others own. */
#ifndef PNPN_CLIENT_DUPLICATE_H
#define PNPN_CLIENT_DUPLICATE_H

#include <fcntl.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define PNPN_THREAD_SANITIZER
#endif
#endif

/**
 * pnpn_duplicate() - another descriptor of the same file, closed by exec()
 *
 * Returns it, the caller's; -1 with errno.
 */
static inline int pnpn_duplicate(int fd)
{
#ifdef PNPN_THREAD_SANITIZER
	/* It knows of dup() and not of fcntl(): closing would look like a race with whoever had the number before. */
	int copy = dup(fd);

	if (copy >= 0)
		(void)fcntl(copy, F_SETFD, FD_CLOEXEC);
	return copy;
#else
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
#endif
}

#endif
