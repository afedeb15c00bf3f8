/* SPDX-License-Identifier: MIT */
/* What devices on buses are called, as on Windows: instance ids (L1), hardware and compatible ids (U17). */
#ifndef PNPN_SOURCE_DEVICE_ID_H
#define PNPN_SOURCE_DEVICE_ID_H

#include "core/name.h"
#include "source/sink.h"
#include "source/shortage.h"

/** What tells a device from others of its model. */
enum pnpn_id_by {
	PNPN_ID_BY_SERIAL, /* its serial number; its place without one */
	PNPN_ID_BY_PLACE, /* where it is: two of them may claim one serial number */
};

/**
 * pnpn_device_bus_id() - the instance id that a device has from its bus
 *
 * Of USB, PCI, HID and of disks and partitions that are hardware. Returns 0; -ENOENT for any other;
 * -ENAMETOOLONG.
 */
int pnpn_device_bus_id(struct udev_device *device, enum pnpn_id_by by,
		       char ret_id[PNPN_INSTANCE_ID_BYTES]);

/** Tells "hardware-id" and "compatible-id", the most special first; nothing where its bus has none. */
void pnpn_device_tell_ids(struct udev_device *device, const struct pnpn_property_sink *sink);

#endif
