/* SPDX-License-Identifier: MIT */
/* Whether a disk can be had go, and what it is used for. */
#ifndef PNPN_SOURCE_BLOCK_USE_H
#define PNPN_SOURCE_BLOCK_USE_H

#include <stddef.h>
#include <sys/types.h>

/** The node of a loop device at that path below /sys, and its number. Returns 0; -EOPNOTSUPP for what is none. */
int pnpn_block_find_loop(const char *syspath, char *ret_path, size_t size, dev_t *ret_number);

/** Says what the disk at that path below /sys, or a partition of it, is used for: "mounted at /mnt". Somebody uses it. */
void pnpn_block_describe_use(const char *syspath, char *ret_text, size_t size);

#endif
