/* SPDX-License-Identifier: MIT */
/*
 * The Windows names for Linux drivers, beside pnpnotify/driver.h: sources that report as Windows
 * drivers do compile as module source. Here are device objects that stand for a struct device, and
 * what a module is as a DRIVER_OBJECT; the rest is as <ntddk.h> declares it. Of that these exist inside
 * Linux: IoReportTargetDeviceChange[Asynchronous], IoRegisterPlugPlayNotification,
 * IoUnregisterPlugPlayNotification[Ex], IoRegisterDeviceInterface, IoSetDeviceInterfaceState,
 * IoGetDeviceObjectPointer, ObDereferenceObject, KeGetCurrentIrql, RtlInitUnicodeString,
 * RtlFreeUnicodeString, and whatever is a macro or inline.
 */
#ifndef PNPN_WINDOWS_H
#define PNPN_WINDOWS_H

#include <linux/string.h>
#include <pnpnotify/driver.h>
#include <ntddk.h>
#include <ntstrsafe.h>

/** Defines the DRIVER_OBJECT of this module. */
#define PNPN_DEFINE_DRIVER(name)               \
	DRIVER_OBJECT name = {                 \
		.Type = 4,                     \
		.Size = sizeof(DRIVER_OBJECT), \
		.DriverSection = THIS_MODULE,  \
	}

/**
 * PnpnCreatePdo() - a physical device object that stands for a struct device, not started
 * @DriverObject: whose it is: that driver can't register for its events (K2)
 * @dev:          what it is about; NULL needs an id
 * @InstanceId:   NULL for KERNEL\<subsystem>\<name>
 * @Pdo:          the object, the caller's until PnpnDeletePdo()
 *
 * May sleep. STATUS_OBJECT_NAME_COLLISION if a device has the id; STATUS_INVALID_PARAMETER;
 * STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS PnpnCreatePdo(PDRIVER_OBJECT DriverObject, struct device *dev, PCSTR InstanceId,
		       PDEVICE_OBJECT *Pdo);

/** PnpnStartPdo() - what the completion of IRP_MN_START_DEVICE is on Windows. May sleep. */
NTSTATUS PnpnStartPdo(PDEVICE_OBJECT Pdo);

/** PnpnDeletePdo() - the device is gone: as pnpn_device_unregister(). NULL is allowed. May sleep. */
VOID PnpnDeletePdo(PDEVICE_OBJECT Pdo);

/** PnpnGetDevice() - the device under its other name, for pnpn_device_add_link() and the like. */
struct pnpn_device *PnpnGetDevice(PDEVICE_OBJECT Pdo);

#endif
