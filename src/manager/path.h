/* SPDX-License-Identifier: MIT */
/* The device that a path under /dev or /sys, as a client wrote it, leads to. */
#ifndef PNPN_MANAGER_PATH_H
#define PNPN_MANAGER_PATH_H

/** The most bytes of a path, the final zero included. */
#define PNPN_PATH_BYTES 4096

/**
 * pnpn_path_resolve() - the device's path under /sys: of a node, by its number
 *
 * Follows links. Never leaves the file system of /dev or /sys: a client could make the manager wait for a mount of its
 * own. Returns 0; -ENOENT for whatever is not there, or elsewhere.
 */
int pnpn_path_resolve(const char *path, char ret_path[PNPN_PATH_BYTES]);

#endif
