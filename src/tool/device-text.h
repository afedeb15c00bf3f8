/* SPDX-License-Identifier: MIT */
/* What is there to say of a device, as several commands say it. */
#ifndef PNPN_TOOL_DEVICE_TEXT_H
#define PNPN_TOOL_DEVICE_TEXT_H

#include <pnpnotify.h>
#include "tool/json.h"

/** A class's name, or its GUID in the buffer. */
const char *pnpn_device_class_text(const struct pnpn_guid *class, char buffer[PNPN_GUID_STRING]);

/** The keys and values of an object: device, source, syspath, started, pid, registrants, handles, links, interfaces. */
void pnpn_device_add_json(struct pnpn_json *json, const struct pnpn_device_info *device);

#endif
