/* SPDX-License-Identifier: MIT */
/* Descriptors of our own for what others own. */
#ifndef PNPN_PORT_DUPLICATE_H
#define PNPN_PORT_DUPLICATE_H

#include <fcntl.h>
#include <sys/eventfd.h>
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
	/* It does not see fcntl() make one: closing it would look like a race with whoever had the number before. */
	int copy = eventfd(0, EFD_CLOEXEC);

	return copy < 0 ? copy : dup3(fd, copy, O_CLOEXEC);
#else
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
#endif
}

#endif
