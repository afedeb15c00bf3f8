/* SPDX-License-Identifier: MIT */
/* CM_*: what is known of devices and interfaces (U17). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <cfgmgr32.h>

#include "wincommon/utf.h"
#include "win32/connect.h"
#include "win32/devinst.h"
#include "win32/export.h"
#include "win32/property.h"

static CONFIGRET to_cr(int error, CONFIGRET gone)
{
	switch (error) {
	case -ENODATA:
		return CR_NO_SUCH_VALUE;
	case -EINVAL:
		return CR_INVALID_PROPERTY;
	case -EBADF:
		return CR_INVALID_DEVNODE;
	case -ENOENT:
		return gone;
	default:
		return pnpn_win32_cr(error);
	}
}

/* Copies what fits and frees the value. */
static CONFIGRET give(BYTE *data, ULONG bytes, void *buffer, ULONG *size)
{
	BOOL fits = buffer && *size >= bytes;

	*size = bytes;
	if (fits)
		memcpy(buffer, data, bytes);
	free(data);
	return fits ? CR_SUCCESS : CR_BUFFER_SMALL;
}

static CONFIGRET check(const void *key, const void *ret_type, const void *buffer, const ULONG *size,
		       ULONG flags)
{
	if (!key || !ret_type || !size || (!buffer && *size))
		return CR_INVALID_POINTER;
	return flags ? CR_INVALID_FLAG : CR_SUCCESS;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_DevNode_PropertyW(DEVINST number, const DEVPROPKEY *key,
						      DEVPROPTYPE *ret_type, PBYTE buffer,
						      PULONG size, ULONG flags)
{
	struct pnpn_value value;
	char *id;
	CONFIGRET result = check(key, ret_type, buffer, size, flags);

	if (result)
		return result;
	int r = pnpn_devinst_find(number, &id);
	if (r >= 0) {
		r = pnpn_value_of_device(id, key, &value);
		free(id);
	}
	if (r < 0)
		return to_cr(r, CR_NO_SUCH_DEVNODE);
	*ret_type = value.type;
	return give(value.data, value.bytes, buffer, size);
}

/* Its numbers are those of SPDRP_*, plus one. */
static CONFIGRET get_registry(DEVINST number, ULONG property, ULONG *ret_type, void *buffer,
			      ULONG *size, ULONG flags, bool narrow)
{
	struct pnpn_registry_value value;
	char *id;

	if (!size || (!buffer && *size))
		return CR_INVALID_POINTER;
	if (flags)
		return CR_INVALID_FLAG;
	int r = pnpn_devinst_find(number, &id);
	if (r >= 0) {
		r = pnpn_value_of_registry(id, property - 1, narrow, &value);
		free(id);
	}
	if (r < 0)
		return to_cr(r, CR_NO_SUCH_DEVNODE);
	if (ret_type)
		*ret_type = value.type;
	return give(value.data, value.bytes, buffer, size);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_DevNode_Registry_PropertyA(DEVINST number, ULONG property,
							       PULONG ret_type, PVOID buffer,
							       PULONG size, ULONG flags)
{
	return get_registry(number, property, ret_type, buffer, size, flags, true);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_DevNode_Registry_PropertyW(DEVINST number, ULONG property,
							       PULONG ret_type, PVOID buffer,
							       PULONG size, ULONG flags)
{
	return get_registry(number, property, ret_type, buffer, size, flags, false);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_Interface_PropertyW(LPCWSTR name, const DEVPROPKEY *key,
							       DEVPROPTYPE *ret_type, PBYTE buffer,
							       PULONG size, ULONG flags)
{
	struct pnpn_value value;
	CONFIGRET result = name ? check(key, ret_type, buffer, size, flags) : CR_INVALID_POINTER;
	char *narrow = result ? NULL : pnpn_utf_narrow(name);

	if (!narrow)
		return result ? result : CR_OUT_OF_MEMORY;
	int r = pnpn_value_of_interface(narrow, key, &value);
	free(narrow);
	if (r < 0)
		return to_cr(r, CR_NO_SUCH_DEVICE_INTERFACE);
	*ret_type = value.type;
	return give(value.data, value.bytes, buffer, size);
}
