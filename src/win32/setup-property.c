/* SPDX-License-Identifier: MIT */
/* SetupDiGet*Property*: what is known of the devices and interfaces of a set. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <setupapi.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/property.h"
#include "win32/setup.h"

/* Of a device that went meanwhile nothing is known any more. */
static BOOL fail(int error, DWORD absent, DWORD gone)
{
	if (error == -ENODATA)
		return pnpn_fail(absent);
	return error == -ENOENT ? pnpn_fail(gone) : pnpn_fail_errno(error);
}

/* Copies what fits and frees the value. */
static BOOL give(BYTE *data, ULONG bytes, BYTE *buffer, DWORD size, DWORD *ret_required)
{
	BOOL fits = buffer && size >= bytes;

	if (ret_required)
		*ret_required = bytes;
	if (fits)
		memcpy(buffer, data, bytes);
	free(data);
	if (!fits)
		return pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	SetLastError(NO_ERROR);
	return TRUE;
}

static BOOL get_registry(HDEVINFO handle, const SP_DEVINFO_DATA *device, DWORD property,
			 DWORD *ret_type, BYTE *buffer, DWORD size, DWORD *ret_required,
			 bool narrow)
{
	struct pnpn_registry_value value;
	char *id = pnpn_setup_device_id(handle, device);

	if (!id)
		return FALSE;
	int r = pnpn_value_of_registry(id, property, narrow, &value);
	free(id);
	if (r == -EINVAL)
		return pnpn_fail(ERROR_INVALID_REG_PROPERTY);
	if (r < 0)
		return fail(r, ERROR_INVALID_DATA, ERROR_NO_SUCH_DEVINST);
	if (ret_type)
		*ret_type = value.type;
	return give(value.data, value.bytes, buffer, size, ret_required);
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceRegistryPropertyA(HDEVINFO handle, PSP_DEVINFO_DATA device,
							  DWORD property, PDWORD ret_type,
							  PBYTE buffer, DWORD size,
							  PDWORD ret_required)
{
	return get_registry(handle, device, property, ret_type, buffer, size, ret_required, true);
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceRegistryPropertyW(HDEVINFO handle, PSP_DEVINFO_DATA device,
							  DWORD property, PDWORD ret_type,
							  PBYTE buffer, DWORD size,
							  PDWORD ret_required)
{
	return get_registry(handle, device, property, ret_type, buffer, size, ret_required, false);
}

/* As public tests saw it on Windows, after device and set. */
static DWORD check_property(const DEVPROPKEY *key, const DEVPROPTYPE *ret_type, const BYTE *buffer,
			    DWORD size, DWORD flags)
{
	if (!key)
		return ERROR_INVALID_DATA;
	if (!ret_type || (!buffer && size))
		return ERROR_INVALID_USER_BUFFER;
	return flags ? ERROR_INVALID_FLAGS : ERROR_SUCCESS;
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDevicePropertyW(HDEVINFO handle, PSP_DEVINFO_DATA device,
						  const DEVPROPKEY *key, DEVPROPTYPE *ret_type,
						  PBYTE buffer, DWORD size, PDWORD ret_required,
						  DWORD flags)
{
	struct pnpn_value value;
	char *id = pnpn_setup_device_id(handle, device);
	DWORD error = check_property(key, ret_type, buffer, size, flags);

	if (!id)
		return FALSE;
	int r = error ? 0 : pnpn_value_of_device(id, key, &value);
	free(id);
	if (error || r < 0)
		return error ? pnpn_fail(error) : fail(r, ERROR_NOT_FOUND, ERROR_NO_SUCH_DEVINST);
	*ret_type = value.type;
	return give(value.data, value.bytes, buffer, size, ret_required);
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDevicePropertyKeys(HDEVINFO handle, PSP_DEVINFO_DATA device,
						     DEVPROPKEY *buffer, DWORD count,
						     PDWORD ret_required, DWORD flags)
{
	DEVPROPKEY *keys;
	size_t found;
	char *id = pnpn_setup_device_id(handle, device);
	DWORD error = flags		 ? ERROR_INVALID_FLAGS
		      : !buffer && count ? ERROR_INVALID_USER_BUFFER
					 : ERROR_SUCCESS;

	if (!id)
		return FALSE;
	int r = error ? 0 : pnpn_value_keys(id, &keys, &found);
	free(id);
	if (error || r < 0)
		return error ? pnpn_fail(error) : fail(r, ERROR_NOT_FOUND, ERROR_NO_SUCH_DEVINST);
	BOOL fits = give((BYTE *)keys, (ULONG)(found * sizeof(*keys)), (BYTE *)buffer,
			 count * (DWORD)sizeof(*keys), NULL);
	if (ret_required)
		*ret_required = (DWORD)found;
	return fits;
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceInterfacePropertyW(
	HDEVINFO handle, PSP_DEVICE_INTERFACE_DATA interface, const DEVPROPKEY *key,
	DEVPROPTYPE *ret_type, PBYTE buffer, DWORD size, PDWORD ret_required, DWORD flags)
{
	struct pnpn_value value;
	char *name = pnpn_setup_interface_name(handle, interface, NULL);
	DWORD error = check_property(key, ret_type, buffer, size, flags);

	if (!name)
		return FALSE;
	int r = error ? 0 : pnpn_value_of_interface(name, key, &value);
	free(name);
	if (error || r < 0)
		return error ? pnpn_fail(error)
			     : fail(r, ERROR_NOT_FOUND, ERROR_NO_SUCH_DEVICE_INTERFACE);
	*ret_type = value.type;
	return give(value.data, value.bytes, buffer, size, ret_required);
}
