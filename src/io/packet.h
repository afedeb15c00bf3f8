/* SPDX-License-Identifier: MIT */
/* One message and at most one descriptor over a SOCK_SEQPACKET socket. */
#ifndef PNPN_IO_PACKET_H
#define PNPN_IO_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

/** Sends without blocking; fd -1 for none. Returns 0; -EAGAIN without room; -EPIPE; an errno. Any thread. */
int pnpn_packet_send(int socket, const struct iovec *parts, size_t n_parts, int fd);

/**
 * pnpn_packet_receive() - take one
 * @room:   for it: a longer one is refused
 * @wait:   until there is one
 * @ret_fd: the caller's; -1 without
 *
 * Returns its bytes, at least 1; -EAGAIN; -EPIPE at the other side's end; -EPROTO for one that is too long or
 * brings more descriptors; an errno.
 */
ssize_t pnpn_packet_receive(int socket, void *room, size_t size, bool wait, int *ret_fd);

#endif
