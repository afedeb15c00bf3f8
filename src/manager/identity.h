/* SPDX-License-Identifier: MIT */
/* Who a peer is. */
#ifndef PNPN_MANAGER_IDENTITY_H
#define PNPN_MANAGER_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

/** Who connected, as the kernel or the bus says. */
struct pnpn_identity {
	uid_t uid;
	pid_t pid;
	gid_t *gids; /* all of them; to be freed */
	size_t n_gids;
	bool is_public; /* it came where everybody may: not all of them may own devices (D9) */
};

/** Of whoever connected to a socket of ours. Returns 0; an errno: there is nothing to free. */
int pnpn_identity_of_socket(struct pnpn_identity *who, int fd);

/** Of whoever has that unique name on the bus. Blocks for the bus. Returns 0; as above. */
int pnpn_identity_of_name(struct pnpn_identity *who, sd_bus *bus, const char *name);

#endif
