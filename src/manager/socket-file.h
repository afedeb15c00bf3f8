/* SPDX-License-Identifier: MIT */
/* The file of a socket that a manager listens on: at each path there is one manager, or none. */
#ifndef PNPN_MANAGER_SOCKET_FILE_H
#define PNPN_MANAGER_SOCKET_FILE_H

#include <sys/types.h>

struct pnpn_socket_file {
	char *path; /* NULL: none */
	dev_t device; /* which file it was when it was made */
	ino_t inode;
};

/**
 * pnpn_socket_file_listen() - makes it, for this user alone, and listens
 *
 * The socket of a manager that was killed is replaced. Returns the descriptor, the caller's; -EADDRINUSE if somebody
 * listens there, or begins to; -EINVAL for a path that no socket can have; an errno.
 */
int pnpn_socket_file_listen(struct pnpn_socket_file *file, const char *path);

/** Removes it, unless somebody put another one there. Before the descriptor is closed, so that nobody else has its
 *  inode yet. */
void pnpn_socket_file_remove(struct pnpn_socket_file *file);

#endif
