/* SPDX-License-Identifier: MIT */
/*
 * Opening a device; then reading, writing and asking.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_HANDLE_H
#define PNPNOTIFY_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#include <pnpnotify/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A device held open: it can't be taken away in an orderly removal. */
struct pnpn_handle;

/* --- opening ---------------------------------------------------------------------------------- */

/**
 * pnpn_open() - open a device for reading and writing
 * @name:       as in pnpn_register_device(); a \\.\ or interface name needs a started device, an
 *              interface name an enabled interface (D4). Behind a \\.\ name, after a \, may stand a name that
 *              means something to its owner
 * @ret_handle: the caller owns it and ends it with pnpn_close(), or with the connection
 *
 * If its owner serves it (pnpn_device_serve(), a WDM driver) he is asked. Asks the manager. Returns 0; -ENOENT;
 * -EACCES if its owner does not allow it (D9); -EBUSY while it is
 * about to be removed (D5), or if too much waits for its owner; what its owner says (E1);
 * -ETIMEDOUT if he says nothing for 25 s.
 */
int pnpn_open(struct pnpn_connection *connection, const char *name,
	      struct pnpn_handle **ret_handle);

/** pnpn_open_for() - as pnpn_open(), for what enum pnpn_open_access says. */
int pnpn_open_for(struct pnpn_connection *connection, const char *name, unsigned int access,
		  struct pnpn_handle **ret_handle);

/**
 * pnpn_hold() - hold a device, without asking its owner
 *
 * As pnpn_open(): it is there as an open handle, but nothing can be read, written or asked. Asks the manager.
 */
int pnpn_hold(struct pnpn_connection *connection, const char *name,
	      struct pnpn_handle **ret_handle);

/**
 * pnpn_open_socket() - the manager's part of pnpn_open() alone
 * @ret_socket: the way to its owner, the caller's; -1 if he serves nothing. The owner waits for PNPN_IO_OPEN in the
 *              form of core/io-protocol.h: for the faces, which have their own ways of waiting
 *
 * Asks the manager. Returns as pnpn_hold().
 */
int pnpn_open_socket(struct pnpn_connection *connection, const char *name,
		     struct pnpn_handle **ret_handle, int *ret_socket);

/** The open device's instance id; lives as long as the handle. */
const char *pnpn_handle_get_device(const struct pnpn_handle *handle);

/** The manager's number for it, for pnpn_register_opened(); 0 once that manager is gone. */
uint64_t pnpn_handle_get_number(const struct pnpn_handle *handle);

/** pnpn_close() - close; NULL is allowed. What is under way is cancelled (E2). Asks the owner, for at most 25 s, and the
 *  manager. Returns NULL. */
struct pnpn_handle *pnpn_close(struct pnpn_handle *handle);

/* --- reading, writing, asking: what is open and whose owner serves it (E1, E5) ---------------- */

/**
 * pnpn_handle_ioctl() - ask what a code says
 * @code:     as of CTL_CODE(): its lowest two bits say how the buffers travel
 * @in:       may be NULL if in_size is 0
 * @out:      may be NULL if out_size is 0
 * @ret_size: what its owner says of the size, mostly of the output; may be NULL
 *
 * Blocks until it is answered. Returns 0; what its owner says; -EOPNOTSUPP if he serves nothing; -ENODEV once he is
 * gone; -EMSGSIZE beyond 64 MiB; -EAGAIN if 256 requests are under way.
 */
int pnpn_handle_ioctl(struct pnpn_handle *handle, uint32_t code, const void *in, size_t in_size,
		      void *out, size_t out_size, size_t *ret_size);
/** pnpn_handle_read() - at most so many bytes from there; as pnpn_handle_ioctl(). */
int pnpn_handle_read(struct pnpn_handle *handle, void *data, size_t size, uint64_t offset,
		     size_t *ret_size);
/** pnpn_handle_write() - as pnpn_handle_read(). */
int pnpn_handle_write(struct pnpn_handle *handle, const void *data, size_t size, uint64_t offset,
		      size_t *ret_size);
/** pnpn_handle_flush() - as pnpn_handle_read(). */
int pnpn_handle_flush(struct pnpn_handle *handle);

/** A request of pnpn_handle_submit(). */
struct pnpn_transfer {
	enum pnpn_io_kind kind; /* READ to FLUSH */
	uint32_t code; /* of PNPN_IO_CONTROL */
	uint64_t offset; /* of PNPN_IO_READ and _WRITE */
	const void *in; /* lives until the answer was taken */
	size_t in_size; /* bytes of it */
	void *out; /* likewise */
	size_t out_size; /* bytes of room there */
	void *userdata; /* comes back */
};

/** Its answer. */
struct pnpn_result {
	void *userdata; /* of the request */
	uint64_t number; /* as pnpn_handle_submit() gave it */
	int error; /* 0; what its owner says */
	int32_t status; /* the same as NTSTATUS, as it came */
	size_t size; /* as ret_size of pnpn_handle_ioctl() */
};

/**
 * pnpn_handle_submit() - ask without waiting
 * @transfer_size: sizeof(*transfer)
 * @ret_number:    for pnpn_handle_cancel(); may be NULL
 *
 * Never blocks. Returns as pnpn_handle_ioctl(); -EAGAIN too while the owner does not read.
 */
int pnpn_handle_submit(struct pnpn_handle *handle, const struct pnpn_transfer *transfer,
		       size_t transfer_size, uint64_t *ret_number);

/** Has it answered soon, which it still is. Never waits for that. Returns 0; -ENOENT if it was answered. */
int pnpn_handle_cancel(struct pnpn_handle *handle, uint64_t number);

/** Readable when there is an answer to take, or the owner is gone; the handle's; -1 if he serves nothing. After it was
 *  readable, and after a call that blocked: pnpn_handle_take() until that returns no 1. */
int pnpn_handle_get_fd(const struct pnpn_handle *handle);

/** pnpn_handle_take() - take an answer; result_size is sizeof(*ret_result). Never blocks. Returns 1 with one; 0;
 *  -ENODEV if the owner is gone and everything was answered. */
int pnpn_handle_take(struct pnpn_handle *handle, struct pnpn_result *ret_result,
		     size_t result_size);

/**
 * pnpn_handle_share_event() - an event that the owner may signal (E3)
 * @ret_fd:     readable when he did: recv() takes a byte, 1 where he set and 0 where he reset it; the caller's
 * @ret_number: the owner gets the event if he finds this as eight bytes in a request's input and asks for it: a driver
 *              takes it for the handle of an event
 *
 * Returns 0; -EOPNOTSUPP if the owner serves nothing; -EMFILE.
 */
int pnpn_handle_share_event(struct pnpn_handle *handle, int *ret_fd, uint64_t *ret_number);

#ifdef __cplusplus
}
#endif

#endif
