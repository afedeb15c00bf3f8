/* SPDX-License-Identifier: MIT */
/* The ids that the kernel gives each mount once: it gives the numbers in mountinfo again at once. */
#ifndef PNPN_SOURCE_MOUNT_ID_H
#define PNPN_SOURCE_MOUNT_ID_H

#include <stddef.h>
#include <stdint.h>

struct pnpn_mount_id {
	uint32_t number; /* in mountinfo */
	uint64_t id;
};

struct pnpn_mount_ids {
	struct pnpn_mount_id *ids; /* by number */
	size_t n_ids;
};

/** The ids of all mounts of this namespace; deinit is needed on success alone. Returns 0; -ENOMEM; another
 *  errno from a kernel that does not tell them. */
int pnpn_mount_ids_read(struct pnpn_mount_ids *ret_ids);

void pnpn_mount_ids_deinit(struct pnpn_mount_ids *ids);

/** The id of the mount that has a number, or 0. */
uint64_t pnpn_mount_ids_find(const struct pnpn_mount_ids *ids, uint32_t number);

#endif
