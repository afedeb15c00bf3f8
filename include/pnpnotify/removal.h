/* SPDX-License-Identifier: MIT */
/*
 * Having a device removed that somebody else owns.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_REMOVAL_H
#define PNPNOTIFY_REMOVAL_H

#include <stddef.h>
#include <stdint.h>

#include <pnpnotify/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Flags of pnpn_remove(); unknown ones are refused with -EINVAL. */
enum pnpn_remove_flags {
	/** Wait until open handles are closed: they veto nothing. From then on nobody else opens it. */
	PNPN_REMOVE_WAIT = 1 << 0,
	/** By surprise: nobody is asked (D7). One under way is overtaken. */
	PNPN_REMOVE_FORCE = 1 << 1,
};

/** Who kept a device from being removed. */
enum pnpn_veto_kind {
	PNPN_VETO_APPLICATION = 1, /* a registrant that was asked */
	PNPN_VETO_DRIVER = 2, /* one that is PNPN_REGISTER_KERNEL_MODE */
	PNPN_VETO_HANDLE = 3, /* somebody has it open; pid 0: Linux uses it */
	PNPN_VETO_OWNER = 4, /* the device's owner; pid 0: Linux, and why */
	PNPN_VETO_OTHER = 5, /* one of a kind that this library does not know */
};

/** Who vetoed. */
struct pnpn_veto {
	enum pnpn_veto_kind kind; /* in which part he had a say */
	uint32_t pid; /* his process */
	char who[128]; /* as he said with his answer, or "" */
};

/**
 * pnpn_remove() - have a device removed that somebody else owns (D5, D7)
 * @device:    as in pnpn_register_device()
 * @flags:     pnpn_remove_flags
 * @ret_veto:  who vetoed, if somebody did; may be NULL
 * @veto_size: sizeof(*ret_veto): members that a later version adds are written to programs that know them
 *
 * Applications that asked to be asked are, then such drivers; then nobody may have it open; then its owner is asked.
 * It goes once all agree, and this returns when it went. Registrations of this connection are not asked. In the place
 * of an owner Linux is asked for its loop disks: whether whoever asks may write to the disk, before anybody else is; whether
 * nothing uses it (a veto PNPN_VETO_HANDLE of pid 0; who says what: "mounted at /mnt"); and to let it go.
 *
 * Asks the manager. Blocks until all have answered or their time is over, with PNPN_REMOVE_WAIT for as long as
 * somebody has it open; a process that ends meanwhile gives up. Returns 0 if it is removed; 1 if somebody vetoed;
 * -ENOENT; -EACCES unless asked by its owner's user or root (D9); -EALREADY if somebody else is at it; -EDEADLK for a
 * device of this connection; -EOPNOTSUPP for a device of a kernel module's, for one of Linux's that is no loop disk, or with
 * PNPN_REMOVE_FORCE.
 */
int pnpn_remove(struct pnpn_connection *connection, const char *device, unsigned int flags,
		struct pnpn_veto *ret_veto, size_t veto_size);

#ifdef __cplusplus
}
#endif

#endif
