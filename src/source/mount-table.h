/* SPDX-License-Identifier: MIT */
/* The mounts of block devices in this process's mount namespace at one moment. */
#ifndef PNPN_SOURCE_MOUNT_TABLE_H
#define PNPN_SOURCE_MOUNT_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** One device in one mount: a file system that lies on several devices is there several times. */
struct pnpn_mount {
	uint64_t id; /* which the kernel gives once (since 6.8); before that 0 */
	int number; /* which it gives again at once */
	dev_t device;
	char *target;
};

/** In the order of their ids. */
struct pnpn_mount_table {
	struct pnpn_mount *mounts;
	size_t n_mounts;
};

/** Reads it; deinit is needed on success alone. Returns 0; -ENOMEM, -EIO. */
int pnpn_mount_table_read(struct pnpn_mount_table *ret_table);

void pnpn_mount_table_deinit(struct pnpn_mount_table *table);

/** Whether a mount comes before (negative), is (0) or comes after another. */
int pnpn_mount_compare(const struct pnpn_mount *a, const struct pnpn_mount *b);

#endif
