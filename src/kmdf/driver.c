/* SPDX-License-Identifier: MIT */
/*
 * A driver of the framework's. A host may run several in one process, and some functions are given nothing that says of
 * which: there it is the driver in whose file the call stands.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include "kmdf/device.h"
#include "kmdf/driver.h"

#define DRIVERS_MAX 64

static KSPIN_LOCK drivers_lock;
static struct pnpn_wdf_driver
	*drivers[DRIVERS_MAX]; /* under drivers_lock; the last is the newest */
static size_t n_drivers;

struct pnpn_wdf_driver *pnpn_wdf_driver_of(PDRIVER_OBJECT wdm)
{
	struct pnpn_wdf_driver *driver = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&drivers_lock, &irql);
	for (size_t i = 0; i < n_drivers; i++)
		if (drivers[i]->wdm == wdm)
			driver = drivers[i];
	KeReleaseSpinLock(&drivers_lock, irql);
	return driver;
}

static const void *module_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) ? info.dli_fbase : NULL;
}

struct pnpn_wdf_object *pnpn_wdf_driver_calling(const void *address)
{
	struct pnpn_wdf_driver *driver = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&drivers_lock, &irql);
	const void *module = n_drivers > 1 ? module_of(address) : NULL;
	for (size_t i = 0; i < n_drivers; i++)
		if (!module || drivers[i]->module == module)
			driver = drivers[i];
	KeReleaseSpinLock(&drivers_lock, irql);
	return (struct pnpn_wdf_object *)driver;
}

WDFDRIVER WdfGetDriver(VOID)
{
	return (WDFDRIVER)PNPN_WDF_CALLER();
}

NTSTATUS WdfObjectCreate(PWDF_OBJECT_ATTRIBUTES attributes, WDFOBJECT *ret)
{
	struct pnpn_wdf_object *object;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*object), PNPN_WDF_OBJECT, attributes,
					      PNPN_WDF_CALLER(), &object);

	if (NT_SUCCESS(status))
		*ret = object;
	return status;
}

static bool driver_enter(struct pnpn_wdf_driver *driver)
{
	KIRQL irql;

	KeAcquireSpinLock(&drivers_lock, &irql);
	bool enters = n_drivers < DRIVERS_MAX;
	if (enters)
		drivers[n_drivers++] = driver;
	KeReleaseSpinLock(&drivers_lock, irql);
	return enters;
}

static void driver_leave(struct pnpn_wdf_driver *driver)
{
	size_t i = 0;
	KIRQL irql;

	KeAcquireSpinLock(&drivers_lock, &irql);
	while (i < n_drivers && drivers[i] != driver)
		i++;
	if (i < n_drivers)
		memmove(&drivers[i], &drivers[i + 1], (--n_drivers - i) * sizeof(drivers[0]));
	KeReleaseSpinLock(&drivers_lock, irql);
}

static void driver_free(struct pnpn_wdf_object *object)
{
	free(((struct pnpn_wdf_driver *)object)->registry_path);
}

static VOID driver_unload(PDRIVER_OBJECT wdm)
{
	struct pnpn_wdf_driver *driver = pnpn_wdf_driver_of(wdm);

	pnpn_wdf_devices_shut_down(driver);
	if (driver->config.EvtDriverUnload)
		driver->config.EvtDriverUnload((WDFDRIVER)driver);
	/* Control devices that are left are the driver's children, and go with it; so does what they have. */
	WdfObjectReference(driver);
	WdfObjectDelete(driver);
	driver_leave(driver);
	WdfObjectDereference(driver);
}

/* A driver without EvtDriverUnload stays on Windows; here the host ends after it. */
static NTSTATUS driver_fill(struct pnpn_wdf_driver *driver, PCUNICODE_STRING registry_path,
			    PWDF_DRIVER_CONFIG config)
{
	driver->config = *config;
	driver->object.on_free = driver_free;
	driver->registry_path = calloc(1, registry_path->Length + sizeof(WCHAR));
	if (!driver->registry_path)
		return STATUS_INSUFFICIENT_RESOURCES;
	memcpy(driver->registry_path, registry_path->Buffer, registry_path->Length);
	return driver_enter(driver) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS WdfDriverCreate(PDRIVER_OBJECT wdm, PCUNICODE_STRING registry_path,
			 PWDF_OBJECT_ATTRIBUTES attributes, PWDF_DRIVER_CONFIG config,
			 WDFDRIVER *ret)
{
	struct pnpn_wdf_driver *driver;

	if (!config || config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (pnpn_wdf_driver_of(wdm))
		return STATUS_DRIVER_INTERNAL_ERROR;
	NTSTATUS status = pnpn_wdf_object_new(sizeof(*driver), PNPN_WDF_DRIVER, attributes, NULL,
					      &driver);
	if (!NT_SUCCESS(status))
		return status;
	driver->wdm = wdm;
	driver->module = module_of(__builtin_return_address(0));
	status = driver_fill(driver, registry_path, config);
	if (!NT_SUCCESS(status)) {
		WdfObjectDelete(driver);
		return status;
	}
	if (config->EvtDriverDeviceAdd && !(config->DriverInitFlags & WdfDriverInitNonPnpDriver))
		wdm->DriverExtension->AddDevice = pnpn_wdf_device_add;
	wdm->DriverUnload = driver_unload;
	for (int major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
		wdm->MajorFunction[major] = pnpn_wdf_dispatch;
	if (ret)
		*ret = (WDFDRIVER)driver;
	return STATUS_SUCCESS;
}

PDRIVER_OBJECT WdfDriverWdmGetDriverObject(WDFDRIVER driver)
{
	return PNPN_WDF_CAST(pnpn_wdf_driver, driver, PNPN_WDF_DRIVER)->wdm;
}

WDFDRIVER WdfWdmDriverGetWdfDriverHandle(PDRIVER_OBJECT wdm)
{
	return (WDFDRIVER)pnpn_wdf_driver_of(wdm);
}

PWSTR WdfDriverGetRegistryPath(WDFDRIVER driver)
{
	return PNPN_WDF_CAST(pnpn_wdf_driver, driver, PNPN_WDF_DRIVER)->registry_path;
}

BOOLEAN WdfDriverIsVersionAvailable(WDFDRIVER driver, PWDF_DRIVER_VERSION_AVAILABLE_PARAMS wanted)
{
	pnpn_wdf_object_of(driver, PNPN_WDF_DRIVER);
	return wanted->Size == sizeof(*wanted) && wanted->MajorVersion == KMDF_VERSION_MAJOR &&
	       wanted->MinorVersion <= KMDF_VERSION_MINOR;
}
