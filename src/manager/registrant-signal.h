/* SPDX-License-Identifier: MIT */
/* What a registrant is told of devices, and of interfaces. Who can't be told is ended: he would never learn that he
 * missed something (R15). Each returns 0; an errno. */
#ifndef PNPN_MANAGER_REGISTRANT_SIGNAL_H
#define PNPN_MANAGER_REGISTRANT_SIGNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/tree.h"
#include "manager/attachment.h"

struct pnpn_node;

/** An interface was enabled, or was not any more, at that position in its device's ring. */
int pnpn_signal_interface(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
			  const struct pnpn_tree_interface *interface, bool enabled,
			  uint64_t position);

/** A device is there, or not any more. */
int pnpn_signal_device(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
		       bool arrived);

/** It follows the device no more; removed: because that is gone. */
void pnpn_signal_detached(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
			  bool removed);

/** Its user may have no more descriptors, or the manager none: what the device reports is lost to this registration,
 *  which misses nothing else (R15, D10). */
void pnpn_signal_missed(const struct pnpn_registrant *registrant, const struct pnpn_node *node);

/** An event of a device without a ring; lost: how many it did not get before. */
int pnpn_signal_event(const struct pnpn_registrant *registrant, const struct pnpn_node *node,
		      const struct pnpn_guid *guid, const void *data, size_t size,
		      int32_t name_offset, uint64_t lost);

#endif
