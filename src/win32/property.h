/* SPDX-License-Identifier: MIT */
/* What is known of a device or an interface, as Windows says it (U17). */
#ifndef PNPN_WIN32_PROPERTY_H
#define PNPN_WIN32_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
#include <cfg.h>
#include <devpropdef.h>

/** What CM_Get_DevNode_Status says of every device that is there: its driver runs, and nothing is wrong. */
#define PNPN_DEVICE_STATUS (DN_DRIVER_LOADED | DN_STARTED | DN_NT_ENUMERATOR | DN_NT_DRIVER)

/** A value; text is 16-bit. */
struct pnpn_value {
	DEVPROPTYPE type;
	ULONG bytes;
	BYTE *data;
};

/** How a value is given in the old way: a type of the registry's, texts 16-bit or, narrow, UTF-8. */
struct pnpn_registry_value {
	DWORD type;
	ULONG bytes;
	BYTE *data;
};

/**
 * pnpn_value_of_device() - what is known of a device under a key
 * @ret_value: the caller's, to be ended with pnpn_value_deinit()
 *
 * Returns 0; -ENODATA if nothing is; -ENOENT if the device is gone; an errno.
 */
int pnpn_value_of_device(const char *instance_id, const DEVPROPKEY *key,
			 struct pnpn_value *ret_value);

/** The same of an interface. */
int pnpn_value_of_interface(const char *name, const DEVPROPKEY *key, struct pnpn_value *ret_value);

/** The same of a device under one of SPDRP_*; -EINVAL for one that is none. */
int pnpn_value_of_registry(const char *instance_id, DWORD property, bool narrow,
			   struct pnpn_registry_value *ret_value);

/** The keys under which something is known of a device; the caller's, to be freed with free(). Returns 0; as
 *  pnpn_value_of_device(). */
int pnpn_value_keys(const char *instance_id, DEVPROPKEY **ret_keys, size_t *ret_count);

/** Frees what it holds. */
void pnpn_value_deinit(struct pnpn_value *value);

#endif
