/* SPDX-License-Identifier: MIT */
/*
 * A connection to the PnP manager, and taking events from it.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_CONNECTION_H
#define PNPNOTIFY_CONNECTION_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A connection to the PnP manager. */
struct pnpn_connection;

/** Something that happened, taken with pnpn_next_event(). */
struct pnpn_event;

/**
 * pnpn_connect() - connect to the PnP manager
 * @ret_connection: the connection; the caller owns it and ends it with pnpn_disconnect()
 * @address:        "unix:path=…" of a manager; NULL for $PNPNOTIFY_ADDRESS, else the system bus
 *
 * Asks the manager. Any thread. Returns 0; -ECONNREFUSED or -ENOENT if no manager is there; -EINVAL
 * for an address that is none; -EPROTO if what answers there is no manager of this version; -EDQUOT if it
 * has too many connections of this user (D10); -EMFILE, -ENFILE, -ENOSPC or -ENOMEM if it, or this process, has no
 * descriptor or memory for one.
 */
int pnpn_connect(struct pnpn_connection **ret_connection, const char *address);

/**
 * pnpn_connect_lasting() - a connection that outlasts the manager, and may begin before it (U11)
 * @ret_connection: as in pnpn_connect()
 * @address:        as in pnpn_connect()
 *
 * As pnpn_connect(), but without a manager it succeeds too, and when the manager goes it stays:
 *
 * - When the manager goes each registration gets the events that were reported by then, then everything that
 *   it knew is told as gone: PNPN_EVENT_INTERFACE_REMOVED for each interface (those too that were there
 *   before it was made), PNPN_EVENT_DEVICE_REMOVED for each device. Then comes PNPN_EVENT_DISCONNECTED.
 * - From then on the next manager is looked for, while the program dispatches as ever: after pauses of 20 ms
 *   to 1 s. Nothing blocks. When it is found PNPN_EVENT_CONNECTED comes, then what is there, as if every
 *   registration had been made anew with PNPN_REGISTER_EXISTING. One of a device gets
 *   PNPN_EVENT_DEVICE_ARRIVED when its device is there again. A manager that was restarted has all events that
 *   its devices' owners reported to it: registrations get them from the first one on.
 * - The devices of this process come back by themselves, with their names and interfaces, enabled and started
 *   as they were, and PNPN_EVENT_RESTORED says so for each. Their sequence begins anew, and whoever has
 *   pnpn_device_get_handled_fd() in an epoll adds it again. Until then pnpn_device_report() returns -ENODEV.
 * - While there is no manager pnpn_register_class() and pnpn_register_all() succeed, and pnpn_register_device()
 *   with PNPN_REGISTER_WAIT: they begin when it comes.
 *   Whatever else asks the manager fails with -ENOTCONN, but for what takes away: pnpn_unregister(),
 *   pnpn_close(), pnpn_device_remove_link(), pnpn_device_remove(). Handles that were open are open no more.
 *
 * Blocks for one try. Any thread. Returns 0; -EINVAL for an address that is none.
 */
int pnpn_connect_lasting(struct pnpn_connection **ret_connection, const char *address);

/**
 * pnpn_connection_get_error() - whether there is a manager
 *
 * Never blocks. Returns 0 while there is one; -ENOTCONN when it went; else what pnpn_connect() returned if it
 * were called, as of the last try.
 */
int pnpn_connection_get_error(const struct pnpn_connection *connection);

/**
 * pnpn_connection_set_limit() - how long an answer of the manager is waited for
 * @limit_ms: milliseconds, from 1 on; it was 25,000
 *
 * From the next call on that asks the manager: after so long it fails with -ETIMEDOUT. Never blocks. Returns 0;
 * -EINVAL.
 */
int pnpn_connection_set_limit(struct pnpn_connection *connection, int limit_ms);

/**
 * pnpn_connect_fd() - connect over a stream socket whose other end a manager serves
 * @ret_connection: the connection; the caller owns it
 * @fd:             the socket; taken over on success, left to the caller on failure
 *
 * For managers inside a process (pnpnotify/manager.h). Asks the manager. Returns as pnpn_connect().
 */
int pnpn_connect_fd(struct pnpn_connection **ret_connection, int fd);

/**
 * pnpn_disconnect() - end a connection
 * @connection: may be NULL
 *
 * Frees every registration, handle, question and device made from it; its devices are removed (R14, D8). Does
 * not block. Returns NULL.
 */
struct pnpn_connection *pnpn_disconnect(struct pnpn_connection *connection);

/**
 * pnpn_get_fd() - the descriptor to poll for POLLIN
 *
 * The connection owns it. Once it was readable: pnpn_dispatch(), then pnpn_next_event() until that
 * returns 0; only then wait again. Any thread may poll it.
 */
int pnpn_get_fd(const struct pnpn_connection *connection);

/**
 * pnpn_dispatch() - handle what is waiting on the descriptor
 *
 * Never blocks; does a bounded piece of work. Returns 0; -ENOTCONN once the manager is gone and every
 * event, PNPN_EVENT_DISCONNECTED included, was taken (never on a lasting connection).
 */
int pnpn_dispatch(struct pnpn_connection *connection);

/**
 * pnpn_wait() - wait for the descriptor, then pnpn_dispatch()
 * @timeout_ms: how long to wait at most; -1 for ever
 *
 * For programs without an event loop. Blocks. Returns 1 if something was dispatched; 0 after the timeout,
 * or when a signal came, or the process was stopped and goes on: a program whose handlers set flags looks at
 * them; else as pnpn_dispatch().
 */
int pnpn_wait(struct pnpn_connection *connection, int timeout_ms);

/**
 * pnpn_next_event() - take the next event
 * @ret_event: the event; the connection's, valid until the next pnpn_next_event(), pnpn_dispatch(),
 *             pnpn_wait() or pnpn_disconnect()
 *
 * Never blocks. The events of one device come in the order of its reports (R11); taking the next one
 * says that the last one was handled. Returns 1 with an event, 0 without.
 */
int pnpn_next_event(struct pnpn_connection *connection, const struct pnpn_event **ret_event);

/**
 * pnpn_take_events() - take several events at once, as copies that last
 * @ret_events: room for so many; each is the caller's, to be freed with pnpn_event_free()
 * @most:       how many at most
 *
 * As so many pnpn_next_event() and pnpn_event_copy(). Those taken count as handled, but for the last: a registrant that
 * is PNPN_REGISTER_KERNEL_MODE takes them one by one (R2). Never blocks. Returns how many it took, 0 if there was none;
 * -ENOMEM if memory for the first can't be had. Whatever memory can't be had for is handed out by the next call.
 */
int pnpn_take_events(struct pnpn_connection *connection, struct pnpn_event **ret_events,
		     size_t most);

#ifdef __cplusplus
}
#endif

#endif
