/* SPDX-License-Identifier: MIT */
/* Where peers come from: a socket, the system bus, a socket pair inside the process. */
#ifndef PNPN_MANAGER_LISTENER_H
#define PNPN_MANAGER_LISTENER_H

struct pnpn_server;
struct pnpn_listener;

/**
 * pnpn_listener_add_socket() - peers on unix:path=…
 *
 * A socket that nobody listens on any more is replaced. Only the manager's user may connect. Returns
 * 0; -EINVAL for another kind of address; -EADDRINUSE if somebody listens; an errno.
 */
int pnpn_listener_add_socket(struct pnpn_server *server, const char *address);

/** Peers on a socket that listens already, such as one from systemd; taken over. Returns 0; -EBUSY if
 *  there is one already; an errno. */
int pnpn_listener_add_fd(struct pnpn_server *server, int fd);

/** Peers on the system bus, as org.pnpnotify.Manager1. Returns 0; -EADDRINUSE; an errno. */
int pnpn_listener_add_system_bus(struct pnpn_server *server);

/** One peer on this descriptor, which is taken over in any case. Returns 0; an errno. */
int pnpn_listener_add_peer(struct pnpn_server *server, int fd);

/** Ends listening and removes the socket; NULL is allowed. Returns NULL. */
struct pnpn_listener *pnpn_listener_free(struct pnpn_listener *listener);

#endif
