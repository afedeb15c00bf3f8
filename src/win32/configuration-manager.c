/* SPDX-License-Identifier: MIT */
/* CM_Get_Device_Interface_List, and what CR_ codes mean. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <cfgmgr32.h>
#include <pnpnotify.h>

#include "core/name.h"
#include "wincommon/utf.h"
#include "win32/connect.h"
#include "win32/export.h"
#include "win32/name-list.h"

static bool append_interfaces(struct pnpn_name_list *names, const struct pnpn_device_info *info,
			      const struct pnpn_guid *class, bool present_only)
{
	struct pnpn_guid its_class;
	const char *name;
	bool enabled;

	for (size_t i = 0; (name = pnpn_device_info_get_interface(info, i, &its_class, &enabled));
	     i++)
		if (memcmp(&its_class, class, sizeof(its_class)) == 0 &&
		    (enabled || !present_only) && !pnpn_name_list_append(names, name))
			return false;
	return true;
}

static CONFIGRET collect(struct pnpn_name_list *names, const GUID *guid, const char *device,
			 ULONG flags)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	struct pnpn_guid class;
	bool sound = true;

	memcpy(&class, guid, sizeof(class));
	int r = pnpn_win32_connect(&connection);
	if (r < 0)
		return pnpn_win32_cr(r);
	r = pnpn_list_devices(connection, &list);
	pnpn_disconnect(connection);
	if (r < 0)
		return pnpn_win32_cr(r);
	for (size_t i = 0; sound && (info = pnpn_device_list_get(list, i)); i++)
		if (pnpn_device_info_is_started(info) &&
		    (!device || pnpn_name_equal(device, pnpn_device_info_get_id(info))))
			sound = append_interfaces(
				names, info, &class,
				!(flags & CM_GET_DEVICE_INTERFACE_LIST_ALL_DEVICES));
	pnpn_device_list_free(list);
	return sound && pnpn_name_list_append(names, "") ? CR_SUCCESS : CR_OUT_OF_MEMORY;
}

/* Fills room characters; NULL: only counts. What CM_Get_Device_Interface_List* have in common. */
static CONFIGRET get_list(const GUID *guid, const char *device, ULONG flags, CHAR *narrow,
			  WCHAR *wide, ULONG room, PULONG ret_length)
{
	struct pnpn_name_list names = {0};

	if (!guid || (!narrow && !wide && !ret_length))
		return CR_INVALID_POINTER;
	if (flags & ~CM_GET_DEVICE_INTERFACE_LIST_BITS)
		return CR_INVALID_FLAG;
	CONFIGRET result = collect(&names, guid, device && *device ? device : NULL, flags);
	if (!result && ret_length)
		*ret_length = (ULONG)names.bytes;
	if (!result && (narrow || wide))
		result = pnpn_name_list_give(&names, narrow, wide, room);
	free(names.text);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_Interface_List_SizeA(PULONG length, GUID *guid,
								DEVINSTID_A device, ULONG flags)
{
	return get_list(guid, device, flags, NULL, NULL, 0, length);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_Interface_List_SizeW(PULONG length, GUID *guid,
								DEVINSTID_W device, ULONG flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(device, &narrow))
		return CR_OUT_OF_MEMORY;
	CONFIGRET result = get_list(guid, narrow, flags, NULL, NULL, 0, length);

	free(narrow);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_Interface_ListA(GUID *guid, DEVINSTID_A device,
							   CHAR *buffer, ULONG length, ULONG flags)
{
	return buffer ? get_list(guid, device, flags, buffer, NULL, length, NULL)
		      : CR_INVALID_POINTER;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_Interface_ListW(GUID *guid, DEVINSTID_W device,
							   WCHAR *buffer, ULONG length, ULONG flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(device, &narrow))
		return CR_OUT_OF_MEMORY;
	CONFIGRET result = buffer ? get_list(guid, narrow, flags, NULL, buffer, length, NULL)
				  : CR_INVALID_POINTER;

	free(narrow);
	return result;
}

static const struct {
	CONFIGRET code;
	DWORD error;
} errors[] = {
	{CR_SUCCESS, ERROR_SUCCESS},
	{CR_OUT_OF_MEMORY, ERROR_NOT_ENOUGH_MEMORY},
	{CR_INVALID_POINTER, ERROR_INVALID_USER_BUFFER},
	{CR_INVALID_FLAG, ERROR_INVALID_FLAGS},
	{CR_INVALID_DEVNODE, ERROR_INVALID_DATA},
	{CR_NO_SUCH_DEVNODE, ERROR_NOT_FOUND},
	{CR_ALREADY_SUCH_DEVNODE, ERROR_ALREADY_EXISTS},
	{CR_BUFFER_SMALL, ERROR_INSUFFICIENT_BUFFER},
	{CR_NO_REGISTRY_HANDLE, ERROR_INVALID_HANDLE},
	{CR_REGISTRY_ERROR, ERROR_REGISTRY_CORRUPT},
	{CR_INVALID_DEVICE_ID, ERROR_INVALID_DATA},
	{CR_NO_SUCH_VALUE, ERROR_NOT_FOUND},
	{CR_NO_SUCH_REGISTRY_KEY, ERROR_FILE_NOT_FOUND},
	{CR_INVALID_MACHINENAME, ERROR_INVALID_DATA},
	{CR_REMOTE_COMM_FAILURE, ERROR_SERVICE_NOT_ACTIVE},
	{CR_MACHINE_UNAVAILABLE, ERROR_SERVICE_NOT_ACTIVE},
	{CR_NO_CM_SERVICES, ERROR_SERVICE_NOT_ACTIVE},
	{CR_ACCESS_DENIED, ERROR_ACCESS_DENIED},
	{CR_CALL_NOT_IMPLEMENTED, ERROR_CALL_NOT_IMPLEMENTED},
	{CR_INVALID_PROPERTY, ERROR_INVALID_DATA},
	{CR_NO_SUCH_DEVICE_INTERFACE, ERROR_NOT_FOUND},
	{CR_INVALID_REFERENCE_STRING, ERROR_INVALID_DATA},
};

PNPN_EXPORT DWORD WINAPI CM_MapCrToWin32Err(CONFIGRET code, DWORD default_error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == code)
			return errors[i].error;
	return default_error;
}
