/* SPDX-License-Identifier: MIT */
/* How often a user may have /dev/pnpnotify open (D10). */
#ifndef PNPN_KERNEL_QUOTA_H
#define PNPN_KERNEL_QUOTA_H

#include <linux/uidgid.h>

/** The most opens of one user who is not root. */
#define PNPN_QUOTA_OPENS 256

/**
 * pnpn_quota_charge() - one more for a user
 *
 * May sleep. Returns 0; -EDQUOT for one too many; -ENOMEM.
 */
int pnpn_quota_charge(kuid_t uid);

/** One less: what was charged, once. May sleep. */
void pnpn_quota_discharge(kuid_t uid);

#endif
