/* SPDX-License-Identifier: MIT */
/* What a process asks of a device that it has open. */
#ifndef PNPN_WIN32_DEVICE_IO_H
#define PNPN_WIN32_DEVICE_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#include "win32/device-how.h"

struct pnpn_ask;
struct pnpn_device_io;
struct pnpn_local_file;
struct pnpn_object;
struct pnpn_operation;

/**
 * pnpn_device_io_open() - ask the owner to open it
 * @socket:     taken over in any case
 * @ret_status: what he says
 *
 * Waits for that. Returns it; NULL if he refuses, or without memory.
 */
struct pnpn_device_io *pnpn_device_io_open(int socket, const struct pnpn_device_how *how,
					   int32_t *ret_status);

/** A file of Linux's own, which nobody has to be asked for; taken over. NULL without memory: it is still the caller's. */
struct pnpn_device_io *pnpn_device_io_new_local(struct pnpn_local_file *local, bool overlapped);

/** That file; NULL if an owner serves it. */
struct pnpn_local_file *pnpn_device_io_get_local(const struct pnpn_device_io *io);

/** Its object; overlapped ones are looked after from here on. Returns 0; an errno. */
int pnpn_device_io_attach(struct pnpn_device_io *io, struct pnpn_object *file);

/** Its handle is closed: what is under way is cancelled, the owner is told. Waits for him, at most 25 s. */
void pnpn_device_io_close(struct pnpn_device_io *io);

/** Frees it, with the last reference to its object; NULL is allowed. */
void pnpn_device_io_free(struct pnpn_device_io *io);

/** In a child of fork(): its parent's are of no use, and left alone. */
void pnpn_device_io_forget_all(void);

/** A handle's, and a reference to its object. NULL, last error set, for what is no device, or is served by nobody. */
struct pnpn_object *pnpn_device_io_get(HANDLE handle, struct pnpn_device_io **ret_io);

/** Whether it was opened for overlapped requests. */
bool pnpn_device_io_is_overlapped(const struct pnpn_device_io *io);

/** An operation of the calling thread's, to be filled and given to one of the following two. NULL without memory. */
struct pnpn_operation *pnpn_device_io_begin(struct pnpn_device_io *io);

/** Asks, and waits for the answer; the operation stays the caller's. Returns its status. */
int32_t pnpn_device_io_call(struct pnpn_device_io *io, struct pnpn_operation *operation,
			    struct pnpn_ask *ask);

/** Asks; the answer is told as the operation says. Takes the operation over. Returns STATUS_PENDING; an error. */
int32_t pnpn_device_io_start(struct pnpn_device_io *io, struct pnpn_operation *operation,
			     struct pnpn_ask *ask);

/** What is over is told there from now on. Returns false if another one is already, or it is not overlapped. */
bool pnpn_device_io_set_port(struct pnpn_device_io *io, struct pnpn_object *port, ULONG_PTR key);

/** Not every end is told to the port, or by the file itself (FILE_SKIP_*). */
void pnpn_device_io_set_modes(struct pnpn_device_io *io, UCHAR modes);

#endif
