/* SPDX-License-Identifier: MIT */
/* Who may do what with a device (D9): mode, user and group, as of a file. */
#ifndef PNPN_MANAGER_ACCESS_H
#define PNPN_MANAGER_ACCESS_H

#include <stdbool.h>
#include <sys/types.h>

struct pnpn_peer;

/** What one may do, as the bits of a mode are read. */
enum pnpn_right {
	PNPN_RIGHT_OPEN = 1,
	PNPN_RIGHT_REPORT = 2, /* by hand */
	PNPN_RIGHT_REGISTER = 4,
};

/** Everybody registers and opens, its user reports. */
#define PNPN_ACCESS_MODE 0755

struct pnpn_access {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/** Whether this peer has that right. Root has all of them. */
bool pnpn_access_allows(const struct pnpn_access *access, const struct pnpn_peer *peer,
			enum pnpn_right right);

#endif
