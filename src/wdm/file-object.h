/* SPDX-License-Identifier: MIT */
/* Open devices, of this host or of another. */
#ifndef PNPN_WDM_FILE_OBJECT_H
#define PNPN_WDM_FILE_OBJECT_H

#include <wdm.h>

/** The instance id of the device that it is of; lives as long as the file. */
const char *pnpn_file_object_get_device(PFILE_OBJECT file);

/** Whether it is a file object; any memory that can be read will do. */
BOOLEAN pnpn_file_object_is_valid(PFILE_OBJECT file);

/** Who is told before anybody else that a file object goes. */
void pnpn_file_objects_watch(void (*closed)(PFILE_OBJECT file));

/** With the bus lock held: the connection goes, and the handles made from it. */
void pnpn_file_objects_cut(void);

#endif
