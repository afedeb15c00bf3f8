/* SPDX-License-Identifier: MIT */
/* Device objects, the stacks that they form, their \Device\ names. */
#ifndef PNPN_WDM_DEVICE_OBJECT_H
#define PNPN_WDM_DEVICE_OBJECT_H

#include <stdbool.h>
#include <wdm.h>

struct pnpn_node;

/** The library's part of a device object. */
struct pnpn_device_extension {
	struct _DEVOBJ_EXTENSION windows;
	LIST_ENTRY entry; /* all devices of this process */
	PDEVICE_OBJECT lower; /* the one below in the stack */
	struct pnpn_node *node; /* of a PDO */
	UNICODE_STRING name; /* \Device\…; Buffer NULL without */
	POWER_STATE power;
	bool deleted; /* IoDeleteDevice() was called; protected by the lock of all stacks */
};

/** The library's part of this one. */
static inline struct pnpn_device_extension *pnpn_device_extension(PDEVICE_OBJECT device)
{
	return CONTAINING_RECORD(device->DeviceObjectExtension, struct pnpn_device_extension,
				 windows);
}

/** With the verifier a device that was deleted stops the process (V1); else nothing. call: the function's name. */
void pnpn_device_object_verify(PDEVICE_OBJECT device, const char *call);

/** Makes a device object the PDO of a node. */
void pnpn_device_object_set_node(PDEVICE_OBJECT device, struct pnpn_node *node);

/** The node at the bottom of the stack, or NULL. */
struct pnpn_node *pnpn_device_object_get_node(PDEVICE_OBJECT device);

/** The device of that name, with a reference that is the caller's; NULL if there is none. */
PDEVICE_OBJECT pnpn_device_object_find(PCUNICODE_STRING name);

/** Puts source on the top of target's stack. Returns what is right below it now; NULL if it is in a stack. */
PDEVICE_OBJECT pnpn_device_object_attach(PDEVICE_OBJECT source, PDEVICE_OBJECT target);

/** Whether a device of this driver is in the stack above a PDO. */
BOOLEAN pnpn_device_object_stack_has_driver(PDEVICE_OBJECT pdo, PDRIVER_OBJECT driver);

/** Whether one of the devices from this one upwards may be open once only. */
bool pnpn_device_object_is_exclusive(PDEVICE_OBJECT device);

/** Has a function called with each device that IoDeleteDevice() deletes, before. */
void pnpn_device_object_watch_delete(void (*deletes)(PDEVICE_OBJECT device));

#endif
