/* SPDX-License-Identifier: MIT */
/* Open devices, of this host or of another. */
#ifndef PNPN_WDM_FILE_OBJECT_H
#define PNPN_WDM_FILE_OBJECT_H

#include <wdm.h>

/** The instance id of the device that it is of; lives as long as the file. */
const char *pnpn_file_object_get_device(PFILE_OBJECT file);

struct pnpn_node;

/**
 * pnpn_file_object_new() - a file of an application's
 * @rest:     of its name, behind the device's, as UTF-8
 * @ret_file: the caller's: ObDereferenceObject()
 *
 * PASSIVE_LEVEL. Returns STATUS_SUCCESS; STATUS_NO_SUCH_DEVICE once the device is about to go;
 * STATUS_ACCESS_DENIED for a second one of an exclusive device; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS pnpn_file_object_new(struct pnpn_node *node, const char *rest, PFILE_OBJECT *ret_file);

/** The top of its stack as it was opened; lives as long as the file. */
PDEVICE_OBJECT pnpn_file_object_get_top(PFILE_OBJECT file);

/** Whether it is a file object; any memory that can be read will do. */
BOOLEAN pnpn_file_object_is_valid(PFILE_OBJECT file);

/** Who is told before anybody else that a file object goes. */
void pnpn_file_objects_watch(void (*closed)(PFILE_OBJECT file));

/** With the bus lock held: the connection goes, and the handles made from it. */
void pnpn_file_objects_cut(void);

#endif
