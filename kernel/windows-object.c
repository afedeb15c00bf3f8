/* SPDX-License-Identifier: MIT */
/* Device, driver and file objects. */
#include <linux/ctype.h>
#include <linux/slab.h>

#include "device.h"
#include "windows-object.h"
#include "core/utf.h"

#define DEVICE_OBJECT_TYPE 3
#define FILE_OBJECT_TYPE   5

struct pdo {
	DEVICE_OBJECT object;
	struct kref refs; /* its driver's, and each file's that it was given out with */
	struct pnpn_device *device; /* a reference */
	struct list_head node;
};

/* Which driver's a device is; looked at when somebody registers. */
static LIST_HEAD(pdos);
static DEFINE_MUTEX(pdos_lock);

static const struct {
	int error;
	NTSTATUS status;
} statuses[] = {
	{-EINVAL, STATUS_INVALID_PARAMETER},	  {-EPERM, STATUS_INVALID_DEVICE_REQUEST},
	{-ENODEV, STATUS_INVALID_DEVICE_REQUEST}, {-ENOBUFS, STATUS_INSUFFICIENT_RESOURCES},
	{-ENOMEM, STATUS_INSUFFICIENT_RESOURCES}, {-ENOENT, STATUS_OBJECT_NAME_NOT_FOUND},
	{-EEXIST, STATUS_OBJECT_NAME_COLLISION},  {-EALREADY, STATUS_INVALID_DEVICE_STATE},
	{-EWOULDBLOCK, STATUS_INVALID_LEVEL},	  {-EDEADLK, STATUS_POSSIBLE_DEADLOCK},
};

NTSTATUS pnpn_status(int r)
{
	size_t i;

	if (r >= 0)
		return STATUS_SUCCESS;
	for (i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].error == r)
			return statuses[i].status;
	return STATUS_UNSUCCESSFUL;
}

static void release_pdo(struct kref *refs)
{
	struct pdo *pdo = container_of(refs, struct pdo, refs);

	pnpn_device_put(pdo->device);
	kfree(pdo);
}

struct pnpn_device *pnpn_pdo_device(PDEVICE_OBJECT pdo)
{
	if (!pdo || pdo->Type != DEVICE_OBJECT_TYPE ||
	    pdo->DeviceObjectExtension != (struct _DEVOBJ_EXTENSION *)pdo)
		return NULL;
	return container_of(pdo, struct pdo, object)->device;
}

struct pnpn_device *PnpnGetDevice(PDEVICE_OBJECT pdo)
{
	return pnpn_pdo_device(pdo);
}
EXPORT_SYMBOL_GPL(PnpnGetDevice);

bool pnpn_driver_owns(PDRIVER_OBJECT driver, const struct pnpn_device *device)
{
	struct pdo *pdo;
	bool owns = false;

	mutex_lock(&pdos_lock);
	list_for_each_entry (pdo, &pdos, node)
		owns = owns || (pdo->device == device && pdo->object.DriverObject == driver);
	mutex_unlock(&pdos_lock);
	return owns;
}

NTSTATUS PnpnCreatePdo(PDRIVER_OBJECT driver, struct device *dev, PCSTR instance_id,
		       PDEVICE_OBJECT *ret_pdo)
{
	struct pnpn_device_options options = {
		.id = instance_id,
		.flags = PNPN_DEVICE_COMPLETIONS | PNPN_DEVICE_NOT_STARTED,
	};
	struct pdo *pdo;
	int r;

	if (!driver || !ret_pdo)
		return STATUS_INVALID_PARAMETER;
	pdo = kzalloc(sizeof(*pdo), GFP_KERNEL);
	if (!pdo)
		return STATUS_INSUFFICIENT_RESOURCES;
	pdo->device = pnpn_device_register(dev, &options);
	if (IS_ERR(pdo->device)) {
		r = PTR_ERR(pdo->device);
		kfree(pdo);
		return pnpn_status(r);
	}
	kref_init(&pdo->refs);
	pnpn_device_get(pdo->device);
	pdo->object.Type = DEVICE_OBJECT_TYPE;
	pdo->object.Size = sizeof(DEVICE_OBJECT);
	pdo->object.DriverObject = driver;
	pdo->object.DeviceType = FILE_DEVICE_UNKNOWN;
	pdo->object.DeviceObjectExtension = (struct _DEVOBJ_EXTENSION *)&pdo->object;
	mutex_lock(&pdos_lock);
	list_add_tail(&pdo->node, &pdos);
	mutex_unlock(&pdos_lock);
	*ret_pdo = &pdo->object;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(PnpnCreatePdo);

NTSTATUS PnpnStartPdo(PDEVICE_OBJECT pdo)
{
	struct pnpn_device *device = pnpn_pdo_device(pdo);

	return device ? pnpn_status(pnpn_device_start(device)) : STATUS_INVALID_DEVICE_REQUEST;
}
EXPORT_SYMBOL_GPL(PnpnStartPdo);

VOID PnpnDeletePdo(PDEVICE_OBJECT object)
{
	struct pdo *pdo;

	if (!pnpn_pdo_device(object))
		return;
	pdo = container_of(object, struct pdo, object);
	pnpn_device_unregister(pdo->device);
	mutex_lock(&pdos_lock);
	list_del(&pdo->node);
	mutex_unlock(&pdos_lock);
	/* Who still has it from IoGetDeviceObjectPointer() can't report on it (R6). */
	WRITE_ONCE(pdo->object.Type, 0);
	kref_put(&pdo->refs, release_pdo);
}
EXPORT_SYMBOL_GPL(PnpnDeletePdo);

/* --- names and files ------------------------------------------------------------------------------ */

char *pnpn_name_from_unicode(const UNICODE_STRING *name)
{
	char *utf8, *whole;
	int r;

	if (!name || !name->Buffer || name->Length % 2 || name->Length >= 2 * PNPN_NAME_BYTES)
		return ERR_PTR(-EINVAL);
	/* Three bytes of UTF-8 for each unit. */
	utf8 = kzalloc(3 * name->Length / 2 + 1, GFP_KERNEL);
	whole = kzalloc(PNPN_NAME_BYTES, GFP_KERNEL);
	r = utf8 && whole ? 0 : -ENOMEM;
	if (r >= 0) {
		utf8[pnpn_utf16_to_utf8(name->Buffer, name->Length, utf8)] = 0;
		r = pnpn_name_from_kernel(utf8, whole);
	}
	kfree(utf8);
	if (r >= 0)
		return whole;
	kfree(whole);
	return ERR_PTR(r);
}

static void release_file(struct kref *refs)
{
	struct pnpn_file *file = container_of(refs, struct pnpn_file, refs);

	if (file->object.DeviceObject)
		kref_put(&container_of(file->object.DeviceObject, struct pdo, object)->refs,
			 release_pdo);
	pnpn_device_put(file->device);
	kfree(file);
}

void pnpn_file_put(struct pnpn_file *file)
{
	if (file)
		kref_put(&file->refs, release_file);
}

struct pnpn_file *pnpn_file_get(PFILE_OBJECT object)
{
	struct pnpn_file *file;

	if (!object || object->Type != FILE_OBJECT_TYPE)
		return NULL;
	file = container_of(object, struct pnpn_file, object);
	kref_get(&file->refs);
	return file;
}

/* The object that stands for the device, with a reference, or NULL. */
static PDEVICE_OBJECT find_object(const struct pnpn_device *device)
{
	PDEVICE_OBJECT found = NULL;
	struct pdo *pdo;

	mutex_lock(&pdos_lock);
	list_for_each_entry (pdo, &pdos, node) {
		if (pdo->device == device) {
			kref_get(&pdo->refs);
			found = &pdo->object;
			break;
		}
	}
	mutex_unlock(&pdos_lock);
	return found;
}

NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING name, ACCESS_MASK access, PFILE_OBJECT *ret_file,
				  PDEVICE_OBJECT *ret_device)
{
	char *utf8 = pnpn_name_from_unicode(name);
	struct pnpn_file *file;

	if (IS_ERR(utf8))
		return pnpn_status(PTR_ERR(utf8));
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (file)
		file->device = pnpn_device_find(utf8);
	kfree(utf8);
	if (!file || !file->device) {
		NTSTATUS status = file ? STATUS_OBJECT_NAME_NOT_FOUND
				       : STATUS_INSUFFICIENT_RESOURCES;
		kfree(file);
		return status;
	}
	kref_init(&file->handles);
	kref_init(&file->refs);
	file->object.Type = FILE_OBJECT_TYPE;
	file->object.Size = sizeof(FILE_OBJECT);
	file->object.DeviceObject = find_object(file->device);
	*ret_device = file->object.DeviceObject;
	*ret_file = &file->object;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoGetDeviceObjectPointer);

static void close_file(struct kref *handles)
{
	struct pnpn_file *file = container_of(handles, struct pnpn_file, handles);

	WRITE_ONCE(file->closed, true);
	pnpn_file_put(file);
}

/* Of file objects: the others end with PnpnDeletePdo() and their module. */
LONG_PTR ObfDereferenceObject(PVOID object)
{
	PFILE_OBJECT file = object;

	if (file && file->Type == FILE_OBJECT_TYPE)
		kref_put(&container_of(file, struct pnpn_file, object)->handles, close_file);
	return 0;
}
EXPORT_SYMBOL_GPL(ObfDereferenceObject);
