/* SPDX-License-Identifier: MIT */
/* Driver objects: loading a file, its DriverEntry, its DriverUnload. */
#ifndef PNPN_WDM_DRIVER_H
#define PNPN_WDM_DRIVER_H

#include <stdbool.h>
#include <wdm.h>

/** Every dispatch routine that a driver did not set: completes with STATUS_INVALID_DEVICE_REQUEST. */
DRIVER_DISPATCH pnpn_driver_dispatch_none;

/** A driver object named \Driver\name whose dispatch routines refuse, the caller's:
 *  ObDereferenceObject(); NULL without memory. */
PDRIVER_OBJECT pnpn_driver_new(const char *name);

/**
 * pnpn_driver_load() - load a driver's file
 * @path:      a shared object with a DriverEntry
 * @ret_entry: that
 *
 * The file stays mapped until the process ends: a thread or a DPC of the driver may still be in it.
 * Returns 0; a negative errno value after it said on stderr, in one line, what is wrong with the file.
 */
int pnpn_driver_load(const char *path, PDRIVER_INITIALIZE *ret_entry);

/**
 * pnpn_driver_start() - make the driver's object and call its DriverEntry. PASSIVE_LEVEL.
 * @path:       what to call it in messages; its name is the last part without .so
 * @ret_driver: the caller's: pnpn_driver_stop()
 *
 * Returns STATUS_SUCCESS or, after a line on stderr, what DriverEntry said.
 */
NTSTATUS pnpn_driver_start(const char *path, PDRIVER_INITIALIZE entry, PDRIVER_OBJECT *ret_driver);

/** Calls its DriverUnload, if it has one, and drops it; NULL is allowed. PASSIVE_LEVEL. */
void pnpn_driver_stop(PDRIVER_OBJECT driver);

/** Says that something of an unloaded driver is left; the verifier stops the host then (V1). 0: nothing is. */
void pnpn_driver_tell_left(PDRIVER_OBJECT driver, const char *what, size_t left);

/** Its name without \Driver\, as UTF-8, the driver's. */
const char *pnpn_driver_get_name(PDRIVER_OBJECT driver);

#endif
