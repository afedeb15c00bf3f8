/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "wdm/bus.h"
#include "wdm/device-object.h"
#include "wdm/driver.h"
#include "wdm/file-object.h"
#include "wdm/host-pnp.h"
#include "wdm/irql.h"
#include "wdm/legacy.h"
#include "wdm/object.h"
#include "wdm/status.h"
#include "wdm/symbolic-link.h"
#include "wdm/text.h"

#define IO_TYPE_FILE 5

struct file_body {
	FILE_OBJECT object;
	LIST_ENTRY entry; /* all files; guarded by the bus lock */
	struct pnpn_handle *handle; /* guarded by the bus lock; NULL once the host ends */
	char id[PNPN_INSTANCE_ID_BYTES];
	struct pnpn_node *
		node; /* this host's device, told when the file is closed; NULL once the host ends */
	PDEVICE_OBJECT
	top; /* of its stack when it was opened, which the opener goes on using; a reference */
	PDRIVER_OBJECT remote; /* of the device object that stands for another host's device */
};

/* Guarded by the bus lock. */
static LIST_ENTRY files = {&files, &files};

/* Set before there are files. */
static void (*file_closed)(PFILE_OBJECT file);

void pnpn_file_objects_watch(void (*closed)(PFILE_OBJECT file))
{
	file_closed = closed;
}

static void file_destroy(void *body)
{
	struct file_body *file = body;

	/* First: from here on notifications say NULL (K2). */
	file_closed(&file->object);
	pnpn_bus_lock();
	pnpn_close(file->handle);
	RemoveEntryList(&file->entry);
	pnpn_bus_unlock();
	if (file->object.FileName.Buffer)
		RtlFreeUnicodeString(&file->object.FileName);
	if (file->remote) {
		IoDeleteDevice(file->object.DeviceObject);
		ObDereferenceObject(file->remote);
	}
	if (file->top) {
		ObDereferenceObject(file->top);
		ObDereferenceObject(file->object.DeviceObject);
	}
	if (file->node) {
		pnpn_node_close(file->node);
		pnpn_pnp_wake();
	}
}

const char *pnpn_file_object_get_device(PFILE_OBJECT file)
{
	return ((struct file_body *)file)->id;
}

BOOLEAN pnpn_file_object_is_valid(PFILE_OBJECT file)
{
	return file && file->Type == IO_TYPE_FILE;
}

void pnpn_file_objects_cut(void)
{
	for (PLIST_ENTRY e = files.Flink; e != &files; e = e->Flink) {
		struct file_body *file = CONTAINING_RECORD(e, struct file_body, entry);
		file->handle = NULL;
		file->node = NULL;
	}
}

/* Another host's device: an object that IRPs sent to fail at. */
static NTSTATUS file_set_remote(struct file_body *file)
{
	file->remote = pnpn_driver_new("Remote");
	if (!file->remote)
		return STATUS_INSUFFICIENT_RESOURCES;
	NTSTATUS status = IoCreateDevice(file->remote, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					 &file->object.DeviceObject);
	if (!NT_SUCCESS(status)) {
		ObDereferenceObject(file->remote);
		file->remote = NULL;
	}
	return status;
}

static NTSTATUS file_set_node(struct file_body *file, struct pnpn_node *node)
{
	NTSTATUS status = pnpn_node_open(node, pnpn_device_object_is_exclusive(node->pdo));

	if (!NT_SUCCESS(status))
		return status;
	ObReferenceObject(node->pdo);
	file->object.DeviceObject = node->pdo;
	file->top = IoGetAttachedDeviceReference(node->pdo);
	file->node = node;
	return STATUS_SUCCESS;
}

static NTSTATUS file_set_device(struct file_body *file)
{
	struct pnpn_node *node = pnpn_node_from_id(file->id);

	return node ? file_set_node(file, node) : file_set_remote(file);
}

static struct file_body *file_new(void)
{
	struct file_body *file = pnpn_object_new(&pnpn_object_type_file, sizeof(*file),
						 file_destroy);

	if (!file)
		return NULL;
	file->object.Type = IO_TYPE_FILE;
	file->object.Size = sizeof(FILE_OBJECT);
	InitializeListHead(&file->entry);
	return file;
}

NTSTATUS pnpn_file_object_new(struct pnpn_node *node, const char *rest, PFILE_OBJECT *ret_file)
{
	struct file_body *file = file_new();

	if (!file)
		return STATUS_INSUFFICIENT_RESOURCES;
	strcpy(file->id, node->id);
	file->object.Flags = FO_HANDLE_CREATED;
	pnpn_bus_lock();
	InsertTailList(&files, &file->entry);
	pnpn_bus_unlock();
	NTSTATUS status = *rest ? pnpn_text_to_unicode("", rest, &file->object.FileName)
				: STATUS_SUCCESS;
	if (NT_SUCCESS(status))
		status = file_set_node(file, node);
	if (NT_SUCCESS(status))
		*ret_file = &file->object;
	else
		ObDereferenceObject(file);
	return status;
}

PDEVICE_OBJECT pnpn_file_object_get_top(PFILE_OBJECT file)
{
	return ((struct file_body *)file)->top;
}

static NTSTATUS file_open(const char *name, PFILE_OBJECT *ret_file)
{
	struct file_body *file = file_new();

	if (!file)
		return STATUS_INSUFFICIENT_RESOURCES;
	struct pnpn_connection *connection = pnpn_bus_lock();
	int r = connection ? pnpn_hold(connection, name, &file->handle) : -ENOTCONN;
	if (r >= 0)
		strncat(file->id, pnpn_handle_get_device(file->handle), sizeof(file->id) - 1);
	InsertTailList(&files, &file->entry);
	pnpn_bus_unlock();
	NTSTATUS status = pnpn_status_from_errno(r);
	if (NT_SUCCESS(status))
		status = file_set_device(file);
	if (NT_SUCCESS(status))
		*ret_file = &file->object;
	else
		ObDereferenceObject(file);
	return status;
}

/* \Device\X, a name of this process alone: the instance id of the node below it. */
static NTSTATUS file_name_from_device(PCUNICODE_STRING wide, char **ret_name)
{
	NTSTATUS status = pnpn_legacy_publish(wide);
	PDEVICE_OBJECT device = NT_SUCCESS(status) ? pnpn_device_object_find(wide) : NULL;

	if (!NT_SUCCESS(status))
		return status;
	if (!device)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	struct pnpn_node *node = pnpn_device_object_get_node(device);
	ObDereferenceObject(device);
	if (!node)
		return STATUS_NO_SUCH_DEVICE;
	*ret_name = strdup(node->id);
	return *ret_name ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING wide, ACCESS_MASK access, PFILE_OBJECT *ret_file,
				  PDEVICE_OBJECT *ret_device)
{
	PFILE_OBJECT file;
	char *name;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (!wide || !ret_file || !ret_device)
		return STATUS_INVALID_PARAMETER;
	NTSTATUS status = pnpn_symbolic_link_to_user(wide, &name);
	if (status == STATUS_OBJECT_NAME_INVALID)
		status = file_name_from_device(wide, &name);
	if (!NT_SUCCESS(status))
		return status;
	status = file_open(name, &file);
	free(name);
	if (!NT_SUCCESS(status))
		return status;
	*ret_file = file;
	*ret_device = IoGetRelatedDeviceObject(file);
	return STATUS_SUCCESS;
}

PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
	return IoGetAttachedDevice(file->DeviceObject);
}
