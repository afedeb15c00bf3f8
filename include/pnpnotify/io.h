/* SPDX-License-Identifier: MIT */
/*
 * What openers ask of a device of this process.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract. What an io's functions return is valid as long as the io.
 */
#ifndef PNPNOTIFY_IO_H
#define PNPNOTIFY_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pnpnotify/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Something that an opener asks of a device of this process. */
struct pnpn_io;

/** A device that this process owns and reports on. */
struct pnpn_device;

/** What an opener asks of a device, and its owner is asked. Later versions add kinds. */
enum pnpn_io_kind {
	/** It is opened: whoever completes it with an error has refused. */
	PNPN_IO_OPEN = 1,
	/** It is closed, or the opener is gone. Nothing more comes of that file; error and size say nothing. */
	PNPN_IO_CLOSE = 2,
	/** Bytes to the output. */
	PNPN_IO_READ = 3,
	/** Bytes from the input. */
	PNPN_IO_WRITE = 4,
	/** What its code says. */
	PNPN_IO_CONTROL = 5,
	/** What was written is to be where it belongs. */
	PNPN_IO_FLUSH = 6,
};

/** What pnpn_open_for() opens for; as Windows has them. */
enum pnpn_open_access {
	PNPN_ACCESS_READ = 1, /**< to read, and for IOCTLs that want it */
	PNPN_ACCESS_WRITE = 2, /**< to write, likewise */
};

/**
 * pnpn_next_io() - take the next thing that somebody asks of a device of this process
 * @ret_io: the caller owns it and gives it back with pnpn_io_complete(), at any time
 *
 * pnpn_get_fd() tells of these, too. One whose opener wants it no more, or is gone, is handed out a second time:
 * pnpn_io_is_cancelled() says so, and it is to be completed soon. Each file is one PNPN_IO_OPEN, then, unless that is
 * refused, others, then one PNPN_IO_CLOSE. What one user may have under way is limited (D10). What is left of them goes with the connection. Never blocks. Returns
 * 1 with one, 0 without.
 */
int pnpn_next_io(struct pnpn_connection *connection, struct pnpn_io **ret_io);

/**
 * pnpn_io_complete() - answer it; frees it
 * @error: 0, or a negative errno
 * @size:  bytes of the output that count, of a write those that were taken
 *
 * Never blocks, never fails. Returns NULL.
 */
struct pnpn_io *pnpn_io_complete(struct pnpn_io *io, int error, size_t size);

/** What is asked. What these return lives as long as the io. */
enum pnpn_io_kind pnpn_io_get_kind(const struct pnpn_io *io);
/** The device; NULL once that was removed. */
struct pnpn_device *pnpn_io_get_device(const struct pnpn_io *io);
/** The code of a PNPN_IO_CONTROL; what a PNPN_IO_OPEN asks for (enum pnpn_open_access). */
uint32_t pnpn_io_get_code(const struct pnpn_io *io);
/** Where a PNPN_IO_READ or _WRITE begins. */
uint64_t pnpn_io_get_offset(const struct pnpn_io *io);
/** The input and its size: a copy, which nobody changes; of PNPN_IO_OPEN the rest of the name, ended by a zero. */
const void *pnpn_io_get_input(const struct pnpn_io *io, size_t *ret_size);
/** The output buffer and its size. The opener may see what is written there at once, and change it. */
void *pnpn_io_get_output(const struct pnpn_io *io, size_t *ret_size);
/** Whether its opener wants it no more. */
bool pnpn_io_is_cancelled(const struct pnpn_io *io);
/** Who opened the file, as the kernel says. */
uint32_t pnpn_io_get_uid(const struct pnpn_io *io);
/** Its process, likewise. */
uint32_t pnpn_io_get_pid(const struct pnpn_io *io);
/** A pointer of the owner's for each file: the same in everything that is asked of it. */
void pnpn_io_set_file_data(struct pnpn_io *io, void *userdata);
/** That pointer; NULL at first. */
void *pnpn_io_get_file_data(const struct pnpn_io *io);

#ifdef __cplusplus
}
#endif

#endif
