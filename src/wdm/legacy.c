/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "wdm/bus.h"
#include "wdm/device-object.h"
#include "wdm/driver.h"
#include "wdm/legacy.h"
#include "wdm/status.h"

#define INSTANCES_MAX 10000

static _Thread_local bool held;

void pnpn_legacy_hold(bool hold)
{
	held = hold;
}

/* ROOT\LEGACY_EVENT\0000 for the driver Event. */
static void legacy_id(PDRIVER_OBJECT driver, unsigned int instance, char id[PNPN_INSTANCE_ID_BYTES])
{
	char text[PNPN_INSTANCE_ID_BYTES];

	snprintf(text, sizeof(text), "ROOT\\LEGACY_%s\\%04u", pnpn_driver_get_name(driver),
		 instance);
	for (char *c = text + strlen("ROOT\\LEGACY_"); *c && *c != '\\'; c++)
		if (!((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z') && !(*c >= '0' && *c <= '9') &&
		    *c != '-')
			*c = '_';
	/* Can't fail: nothing else is left in it. */
	pnpn_instance_id_normalize(text, id);
}

static NTSTATUS legacy_add(PDEVICE_OBJECT device)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	struct pnpn_node *node;
	unsigned int instance = 0;

	do
		legacy_id(device->DriverObject, instance, id);
	while (pnpn_node_from_id(id) && ++instance < INSTANCES_MAX);
	NTSTATUS status = pnpn_node_new_legacy(id, device->DriverObject, device, &node);
	if (!NT_SUCCESS(status))
		return status;
	int r = pnpn_bus_add_node(node);
	if (r >= 0)
		r = pnpn_bus_start_node(node);
	if (r >= 0) {
		fprintf(stderr, "pnpnotify host: %s started\n", id);
		return STATUS_SUCCESS;
	}
	pnpn_device_object_set_node(device, NULL);
	pnpn_bus_remove_node(node, PNPN_NODE_DELETED);
	fprintf(stderr, "pnpnotify host: %s: %s\n", id, strerrordesc_np(-r));
	return pnpn_status_from_errno(r);
}

NTSTATUS pnpn_legacy_publish(PCUNICODE_STRING name)
{
	PDEVICE_OBJECT device = held ? NULL : pnpn_device_object_find(name);
	NTSTATUS status = STATUS_SUCCESS;

	if (!device)
		return STATUS_SUCCESS;
	if (!pnpn_device_object_get_node(device))
		status = legacy_add(device);
	ObDereferenceObject(device);
	return status;
}

static void legacy_remove(PDEVICE_OBJECT device, struct pnpn_node *node)
{
	if (pnpn_node_get_state(node) == PNPN_NODE_DELETED)
		return;
	pnpn_device_object_set_node(device, NULL);
	pnpn_bus_remove_node(node, PNPN_NODE_DELETED);
}

static struct pnpn_node *legacy_node_of(PDEVICE_OBJECT device)
{
	struct pnpn_node *node = pnpn_device_extension(device)->node;

	return node && node->legacy ? node : NULL;
}

void pnpn_legacy_withdraw(PDEVICE_OBJECT device)
{
	struct pnpn_node *node = legacy_node_of(device);

	if (node)
		legacy_remove(device, node);
}

void pnpn_legacy_start(void)
{
	pnpn_device_object_watch_delete(pnpn_legacy_withdraw);
}

void pnpn_legacy_drop_driver(PDRIVER_OBJECT driver)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (node->legacy && node->driver == driver)
			legacy_remove(node->pdo, node);
}
