/* SPDX-License-Identifier: MIT */
/* What stands behind the Windows names' objects. */
#ifndef PNPN_KERNEL_WINDOWS_OBJECT_H
#define PNPN_KERNEL_WINDOWS_OBJECT_H

#include <pnpnotify/windows.h>

struct pnpn_device;

/** The device of a physical device object, or NULL for what is none (R6). Any context. */
struct pnpn_device *pnpn_pdo_device(PDEVICE_OBJECT pdo);

/** Whether the device stands for one of this driver's objects (K2). */
bool pnpn_driver_owns(PDRIVER_OBJECT driver, const struct pnpn_device *device);

/** A file object. */
struct pnpn_file {
	FILE_OBJECT object;
	struct kref handles; /* ObDereferenceObject() of the last one closes it */
	struct kref refs; /* of the memory: registrations look whether it is closed */
	bool closed;
	struct pnpn_device *device; /* a reference */
};

/** The file behind the object, with a reference to its memory, or NULL for what is none. */
struct pnpn_file *pnpn_file_get(PFILE_OBJECT object);

/** One reference less. */
void pnpn_file_put(struct pnpn_file *file);

/** The status that stands for a negative errno; STATUS_SUCCESS for others. */
NTSTATUS pnpn_status(int r);

/** A kernel-mode name (\??\X, \DosDevices\X) as the core has it (\\?\X or \\.\X), UTF-8; the caller
 *  frees it. ERR_PTR(-EINVAL); -ENOMEM. */
char *pnpn_name_from_unicode(const UNICODE_STRING *name);

#endif
