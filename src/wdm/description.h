/* SPDX-License-Identifier: MIT */
/* What a bus driver says of a device that it made: ids, text, capabilities (IRP_MN_QUERY_ID and its like). */
#ifndef PNPN_WDM_DESCRIPTION_H
#define PNPN_WDM_DESCRIPTION_H

#include <stdbool.h>
#include <wdm.h>
#include "core/name.h"

/** Text is UTF-8, lists end with an empty string; NULL: the driver does not say. */
struct pnpn_description {
	char id[PNPN_INSTANCE_ID_BYTES]; /* the instance id, as pnpn_instance_id_normalize() writes it */
	char *device_id;
	char *hardware_ids;
	char *compatible_ids;
	char *text; /* for people */
	char *location;
	char *container; /* a GUID without braces */
	bool raw; /* works without a function driver */
};

/**
 * pnpn_description_new() - ask the stack of a PDO. PASSIVE_LEVEL.
 * @parent: the instance id of the device whose driver made it
 *
 * An instance id that is unique below its bus only gets something of the bus's before it, as on Windows. Returns
 * STATUS_SUCCESS; what went wrong, after a line on stderr.
 */
NTSTATUS pnpn_description_new(PDEVICE_OBJECT pdo, const char *parent,
			      struct pnpn_description **ret_description);

/** NULL is allowed. Returns NULL. */
struct pnpn_description *pnpn_description_free(struct pnpn_description *description);

/** Whether an id is one of the device's: device id, hardware and compatible ids, its instance id. */
bool pnpn_description_has_id(const struct pnpn_description *description, const char *id);

#endif
