/* SPDX-License-Identifier: MIT */
/* The facts of a device that Linux knows (U17). */
#ifndef PNPN_SOURCE_DEVICE_PROPERTY_H
#define PNPN_SOURCE_DEVICE_PROPERTY_H

#include "core/setup-class.h"
#include "source/sink.h"
#include "source/shortage.h"

/** What kind of device it is; NULL if it is none of Windows'. */
const struct pnpn_setup_class *pnpn_device_setup_class(struct udev_device *device);

/** Tells everything that is known of it. */
void pnpn_device_tell_properties(struct udev_device *device, const struct pnpn_property_sink *sink);

#endif
