/* SPDX-License-Identifier: MIT */
/* What all ways to report have in common. */
#ifndef PNPN_KERNEL_REPORT_H
#define PNPN_KERNEL_REPORT_H

#include <linux/types.h>

struct pnpn_completion;
struct pnpn_device;
struct pnpn_guid;

/** Checks, appends, wakes, and has done what follows; completion->end is set, its callback may be NULL.
 *  Any context but hard interrupts. Returns as pnpn_report_done(). */
int pnpn_report_append(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		       size_t size, int name_offset, struct pnpn_completion *completion);

#endif
