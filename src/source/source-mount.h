/* SPDX-License-Identifier: MIT */
/* Mounts and unmounts of volumes, as this process's mount namespace sees them. */
#ifndef PNPN_SOURCE_MOUNT_H
#define PNPN_SOURCE_MOUNT_H

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

struct pnpn_known;
struct pnpn_known_devices;
struct pnpn_mounts;
struct pnpn_source_sink;

/** Tells of what changes from now on; what it is given lives longer. Returns 0; an errno. */
int pnpn_mounts_new(struct pnpn_mounts **ret_mounts, sd_event *event,
		    struct pnpn_known_devices *devices, const struct pnpn_source_sink *sink);

/** The sink was told that a device is there: the mounts that it has, of which nobody was told. */
void pnpn_mounts_came(struct pnpn_mounts *mounts, struct pnpn_known *known);

/** The sink will be told that a device went: its unmounting, if it was, comes before that. */
void pnpn_mounts_goes(struct pnpn_mounts *mounts, const struct pnpn_known *known);

/** Whether that block device is mounted; NULL is allowed. */
bool pnpn_mounts_has(const struct pnpn_mounts *mounts, dev_t device);

/** Compares what is mounted with what was told: after it could not be read, too. */
void pnpn_mounts_again(struct pnpn_mounts *mounts);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_mounts *pnpn_mounts_free(struct pnpn_mounts *mounts);

#endif
