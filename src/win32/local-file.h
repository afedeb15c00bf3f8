/* SPDX-License-Identifier: MIT */
/* A file or device node of Linux's that is open as a Windows program opens it: plain bytes. */
#ifndef PNPN_WIN32_LOCAL_FILE_H
#define PNPN_WIN32_LOCAL_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pnpn_ask;
struct pnpn_device_how;
struct pnpn_local_file;

/**
 * pnpn_local_file_open() - a file by its path
 * @ret_existed: whether it was there before
 *
 * Returns NULL, last error set.
 */
struct pnpn_local_file *pnpn_local_file_open(const char *path, const struct pnpn_device_how *how,
					     bool *ret_existed);

/**
 * pnpn_local_file_open_node() - a device's node
 *
 * It is opened when something is first asked of it: opening alone has effects (a serial line's, a watchdog's) that who only
 * listens does not mean. Whether it may is known at once. Returns NULL, last error set.
 */
struct pnpn_local_file *pnpn_local_file_open_node(const char *path,
						  const struct pnpn_device_how *how);

/** One that is the process's, and is not closed. NULL if there is none, or without memory. */
struct pnpn_local_file *pnpn_local_file_lend(int fd);

/** Closes it; NULL is allowed. */
void pnpn_local_file_free(struct pnpn_local_file *file);

/** What kind of file it is, as stat(2) says it. */
mode_t pnpn_local_file_get_mode(const struct pnpn_local_file *file);

/** Whether what is asked may take for ever, and so has to be cancelled. */
bool pnpn_local_file_may_block(const struct pnpn_local_file *file);

/** The descriptor, opened if need be; it stays the file's. Returns a negative errno without one. */
int pnpn_local_file_get_fd(struct pnpn_local_file *file);

/**
 * pnpn_local_file_perform() - does what is asked
 * @at_offset: at the ask's offset; else where the file is, and from there on
 * @moves:     the file is afterwards where that ended
 * @cancel_fd: ends it when it becomes readable; -1
 *
 * Blocks. Returns its NTSTATUS, and the bytes.
 */
int32_t pnpn_local_file_perform(struct pnpn_local_file *file, const struct pnpn_ask *ask,
				bool at_offset, bool moves, int cancel_fd,
				uint64_t *ret_information);

#endif
