/* SPDX-License-Identifier: MIT */
/* A device of the framework's in a stack of WDM's, or a control device beside them. */
#ifndef PNPN_KMDF_DEVICE_H
#define PNPN_KMDF_DEVICE_H

#include "kmdf/driver.h"
#include "kmdf/lock.h"
#include "kmdf/object.h"

#define PNPN_WDF_PREPROCESS_MAX 32

/** A routine that sees IRPs before the framework does. */
struct pnpn_wdf_preprocess {
	PFN_WDFDEVICE_WDM_IRP_PREPROCESS routine; /* NULL: none */
	UCHAR minors[PNPN_WDF_PREPROCESS_MAX];
	ULONG n_minors; /* 0: all of them */
};

/** What a driver says of a device before it is made. */
struct WDFDEVICE_INIT {
	struct pnpn_wdf_driver *driver;
	PDEVICE_OBJECT pdo; /* NULL: a control device */
	bool filter, exclusive, created;
	WDF_DEVICE_IO_TYPE io_type;
	DEVICE_TYPE type;
	ULONG characteristics;
	UNICODE_STRING name; /* its buffer is this structure's */
	WDF_PNPPOWER_EVENT_CALLBACKS pnp;
	WDF_FILEOBJECT_CONFIG file;
	bool has_file, has_file_attributes, has_request_attributes;
	WDF_OBJECT_ATTRIBUTES file_attributes, request_attributes;
	struct pnpn_wdf_preprocess preprocess[IRP_MJ_MAXIMUM_FUNCTION + 1];
	PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
	PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown;
};

struct pnpn_wdf_device {
	struct pnpn_wdf_object object;
	struct WDFDEVICE_INIT init; /* but for the name */
	PDEVICE_OBJECT wdm, below; /* below: NULL for a control device */
	struct pnpn_wdf_lock callbacks;
	struct pnpn_wdf_queue *default_queue;
	struct pnpn_wdf_queue
		*queues[IRP_MJ_MAXIMUM_FUNCTION + 1]; /* by major function; NULL: the default one */
	struct pnpn_wdf_target *target; /* below */
	bool prepared, powered, managed; /* which of the callbacks of its beginning were called */
	WDF_DEVICE_STATE state;
	struct pnpn_wdf_object *resources; /* an empty list */
	UNICODE_STRING name; /* \Device\…; Length 0 without; its buffer is this structure's */
	LIST_ENTRY interfaces, links, files, all_queues; /* under lock */
	KSPIN_LOCK lock;
};

/** AddDevice and all dispatch routines of the framework's drivers. */
DRIVER_ADD_DEVICE pnpn_wdf_device_add;
DRIVER_DISPATCH pnpn_wdf_dispatch;

/** The device of a device object of WDM's. */
struct pnpn_wdf_device *pnpn_wdf_device_of(PDEVICE_OBJECT wdm);

/** The interfaces that were made before the device started are enabled, or all disabled. PASSIVE_LEVEL. */
void pnpn_wdf_device_set_interfaces(struct pnpn_wdf_device *device, BOOLEAN enabled);

/** Calls what wants to hear of the host's end, for each control device of the driver. */
void pnpn_wdf_devices_shut_down(struct pnpn_wdf_driver *driver);

/** Plug and Play's IRPs and those of power. */
NTSTATUS pnpn_wdf_pnp(struct pnpn_wdf_device *device, PIRP irp);

/** IRP_MJ_CREATE, CLEANUP and CLOSE. */
NTSTATUS pnpn_wdf_file_dispatch(struct pnpn_wdf_device *device, PIRP irp);

/** READ, WRITE and DEVICE_CONTROL: to the queue that takes them. */
NTSTATUS pnpn_wdf_io_dispatch(struct pnpn_wdf_device *device, PIRP irp);

/** The handle of an IRP's file, NULL if there is none. */
WDFFILEOBJECT pnpn_wdf_file_of(struct pnpn_wdf_device *device, PFILE_OBJECT file);

/** One that was not opened after all. */
void pnpn_wdf_file_forget(struct pnpn_wdf_device *device, PFILE_OBJECT file);

/** Hands an IRP down as it is; completes it where nothing is below. */
NTSTATUS pnpn_wdf_pass(struct pnpn_wdf_device *device, PIRP irp);

NTSTATUS pnpn_wdf_complete(PIRP irp, NTSTATUS status);

#endif
