/* SPDX-License-Identifier: MIT */
#include "manager/access.h"
#include "manager/peer.h"

/* As of a file: the first of the three that fits decides. */
bool pnpn_access_allows(const struct pnpn_access *access, const struct pnpn_peer *peer,
			enum pnpn_right right)
{
	mode_t mode = access->mode;

	if (!peer->who.uid)
		return true;
	if (peer->who.uid == access->uid)
		mode >>= 6;
	else if (pnpn_peer_has_gid(peer, access->gid))
		mode >>= 3;
	return mode & right;
}
