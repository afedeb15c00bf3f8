/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/packet.h"

/* What was done before a packet was sent, whoever received it finds done. The thread sanitizer can't know that of
 * sockets that were passed on: it is told of all packets at once. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
/* An address that all of our libraries have in common. */
#define ABOUT_TO_SEND() __tsan_release(&environ)
#define RECEIVED()	__tsan_acquire(&environ)
#else
#define ABOUT_TO_SEND() ((void)0)
#define RECEIVED()	((void)0)
#endif

/* Room for more than the one that is allowed: what is too much arrives and is closed. */
#define FDS_MAX 4

union control {
	char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

int pnpn_packet_send(int socket, const struct iovec *parts, size_t n_parts, int fd)
{
	union control control = {0};
	struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = n_parts};

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(sizeof(fd));
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	ABOUT_TO_SEND();
	for (;;) {
		if (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			return 0;
		if (errno == ECONNRESET || errno == ENOTCONN)
			return -EPIPE;
		if (errno != EINTR)
			return -errno;
	}
}

/* Keeps one, closes what is more. Returns how many came. */
static size_t take_fds(struct msghdr *message, int *ret_fd)
{
	size_t count = 0;

	*ret_fd = -1;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
			if (count++)
				close(fd);
			else
				*ret_fd = fd;
		}
	}
	return count;
}

ssize_t pnpn_packet_receive(int socket, void *room, size_t size, bool wait, int *ret_fd)
{
	union control control;
	struct iovec part = {.iov_base = room, .iov_len = size};
	struct msghdr message;
	ssize_t n;

	do {
		message = (struct msghdr){.msg_iov = &part,
					  .msg_iovlen = 1,
					  .msg_control = control.bytes,
					  .msg_controllen = sizeof(control.bytes)};
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
	RECEIVED();
	size_t fds = take_fds(&message, ret_fd);
	if (n > 0 && fds <= 1 && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return n;
	if (*ret_fd >= 0)
		close(*ret_fd);
	*ret_fd = -1;
	return n ? -EPROTO : -EPIPE;
}
