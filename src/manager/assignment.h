/* SPDX-License-Identifier: MIT */
/*
 * Which serial port is which COMn, which volume has which letter, which disk which number (U16): given in order of first sight, kept in a
 * file where there is one, for as long as the device comes back.
 */
#ifndef PNPN_MANAGER_ASSIGNMENT_H
#define PNPN_MANAGER_ASSIGNMENT_H

#include "core/list.h"
#include "core/name.h"

struct pnpn_server;

/** The most bytes of such a name, the final zero included: PhysicalDrive255. */
#define PNPN_ASSIGNED_BYTES 17

enum pnpn_assignment_kind {
	PNPN_ASSIGN_PORT, /* COM1 to COM256 */
	PNPN_ASSIGN_DRIVE, /* D: to Z: */
	PNPN_ASSIGN_DISK, /* PhysicalDrive0 to PhysicalDrive255 */
};

struct pnpn_assignment {
	struct pnpn_list link; /* in the server, in the order of the file */
	char name[PNPN_ASSIGNED_BYTES];
	char id[PNPN_INSTANCE_ID_BYTES];
};

/**
 * pnpn_assignments_set_path() - reads what was given before, and keeps what will be there
 * @path: copied; need not be there yet. Lines of a name and an instance id; # begins a comment
 *
 * What in it is none is left out. Returns 0; -ENOMEM.
 */
int pnpn_assignments_set_path(struct pnpn_server *server, const char *path);

/**
 * pnpn_assignment_get() - the name of a device
 *
 * That which it had, else the first that nobody has; else the first one whose device is not there. Lent, until the
 * next call. NULL without one, or without memory.
 */
const char *pnpn_assignment_get(struct pnpn_server *server, enum pnpn_assignment_kind kind,
				const char *instance_id);

/** Frees all of them. */
void pnpn_assignments_free(struct pnpn_server *server);

#endif
