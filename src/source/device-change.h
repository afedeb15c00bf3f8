/* SPDX-License-Identifier: MIT */
/* What a change of a device is called, and told as (L2). */
#ifndef PNPN_SOURCE_DEVICE_CHANGE_H
#define PNPN_SOURCE_DEVICE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include "source/shortage.h"

struct pnpn_device_state;
struct pnpn_known;
struct pnpn_source_sink;

/** Its label is that one now; tells: if it is another one, that is told. */
void pnpn_device_change_set_label(const struct pnpn_source_sink *sink, struct pnpn_known *known,
				  char *label, bool tells);

/** It has so many bytes now; if that is another number, it is told. */
void pnpn_device_change_set_size(const struct pnpn_source_sink *sink, struct pnpn_known *known,
				 uint64_t size);

/** Tells the differences between what is known and the new state, or of the event itself if there are
 *  none but it is one; the known state is the new one then. */
void pnpn_device_change_tell(const struct pnpn_source_sink *sink, struct pnpn_known *known,
			     struct pnpn_device_state *state, struct udev_device *device);

#endif
