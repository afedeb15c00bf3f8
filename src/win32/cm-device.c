/* SPDX-License-Identifier: MIT */
/* CM_*: devices by their numbers, and which is below which (U17). */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <cfgmgr32.h>
#include <pnpnotify.h>

#include "core/name.h"
#include "core/protocol.h"
#include "wincommon/utf.h"
#include "win32/connect.h"
#include "win32/devinst.h"
#include "win32/export.h"
#include "win32/name-list.h"
#include "win32/property.h"

/* A device that is there, with the connection to ask for others. */
struct device {
	struct pnpn_connection *connection;
	struct pnpn_properties *properties;
};

static void device_deinit(struct device *device)
{
	pnpn_properties_free(device->properties);
	pnpn_disconnect(device->connection);
}

/* By its instance id. */
static CONFIGRET device_init(struct device *device, const char *id)
{
	*device = (struct device){0};
	int r = pnpn_win32_connect(&device->connection);

	if (r >= 0)
		r = pnpn_get_properties(device->connection, id, &device->properties);
	if (r < 0)
		device_deinit(device);
	return pnpn_win32_cr(r);
}

static const char *id_of(const struct device *device)
{
	return pnpn_properties_get_device(device->properties);
}

static CONFIGRET write_number(PDEVINST ret_number, const char *id)
{
	DEVINST number = pnpn_devinst_get(id);

	if (!number)
		return CR_OUT_OF_MEMORY;
	*ret_number = number;
	return CR_SUCCESS;
}

/* The instance id of a number, the caller's; whether its device is there is not known. */
static CONFIGRET find_id(DEVINST number, char **ret_id)
{
	int r = pnpn_devinst_find(number, ret_id);

	return r == -EBADF ? CR_INVALID_DEVNODE : pnpn_win32_cr(r);
}

/* By its number. */
static CONFIGRET device_init_numbered(struct device *device, DEVINST number)
{
	char *id;
	CONFIGRET result = find_id(number, &id);

	if (result)
		return result;
	result = device_init(device, id);
	free(id);
	return result;
}

/* --- finding -------------------------------------------------------------------------------------- */

static CONFIGRET locate(PDEVINST ret_number, const char *id, ULONG flags)
{
	char normal[PNPN_INSTANCE_ID_BYTES];
	struct device device;

	if (!ret_number)
		return CR_INVALID_POINTER;
	if (flags & ~CM_LOCATE_DEVNODE_BITS)
		return CR_INVALID_FLAG;
	*ret_number = 0;
	if (!id || !*id)
		id = PNPN_ROOT_ID;
	if (pnpn_instance_id_normalize(id, normal) < 0)
		return CR_INVALID_DEVICE_ID;
	CONFIGRET result = device_init(&device, normal);
	if (result)
		return result;
	result = write_number(ret_number, id_of(&device));
	device_deinit(&device);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Locate_DevNodeA(PDEVINST ret_number, DEVINSTID_A id, ULONG flags)
{
	return locate(ret_number, id, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Locate_DevNodeW(PDEVINST ret_number, DEVINSTID_W id, ULONG flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(id, &narrow))
		return CR_OUT_OF_MEMORY;
	CONFIGRET result = locate(ret_number, narrow, flags);

	free(narrow);
	return result;
}

/* --- who is below whom ---------------------------------------------------------------------------- */

/* The first child of a parent after one; NULL: of all. */
static CONFIGRET write_child(const struct device *device, const char *parent, const char *after,
			     PDEVINST ret_number)
{
	char *child;
	int r = parent ? pnpn_next_child(device->connection, parent, after, &child) : 0;

	if (r <= 0)
		return r < 0 ? pnpn_win32_cr(r) : CR_NO_SUCH_DEVNODE;
	CONFIGRET result = write_number(ret_number, child);
	free(child);
	return result;
}

static CONFIGRET begin(struct device *device, PDEVINST ret_number, DEVINST number, ULONG flags)
{
	if (!ret_number)
		return CR_INVALID_POINTER;
	return flags ? CR_INVALID_FLAG : device_init_numbered(device, number);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Parent(PDEVINST ret_number, DEVINST number, ULONG flags)
{
	struct device device;
	CONFIGRET result = begin(&device, ret_number, number, flags);

	if (result)
		return result;
	const char *parent = pnpn_properties_get(device.properties, "parent", 0);
	result = parent ? write_number(ret_number, parent) : CR_NO_SUCH_DEVNODE;
	device_deinit(&device);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Child(PDEVINST ret_number, DEVINST number, ULONG flags)
{
	struct device device;
	CONFIGRET result = begin(&device, ret_number, number, flags);

	if (result)
		return result;
	result = write_child(&device, id_of(&device), NULL, ret_number);
	device_deinit(&device);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Sibling(PDEVINST ret_number, DEVINST number, ULONG flags)
{
	struct device device;
	CONFIGRET result = begin(&device, ret_number, number, flags);

	if (result)
		return result;
	result = write_child(&device, pnpn_properties_get(device.properties, "parent", 0),
			     id_of(&device), ret_number);
	device_deinit(&device);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_DevNode_Status(PULONG ret_status, PULONG ret_problem,
						   DEVINST number, ULONG flags)
{
	struct device device;

	if (!ret_status || !ret_problem)
		return CR_INVALID_POINTER;
	if (flags)
		return CR_INVALID_FLAG;
	CONFIGRET result = device_init_numbered(&device, number);
	if (result)
		return result;
	device_deinit(&device);
	*ret_status = PNPN_DEVICE_STATUS;
	*ret_problem = 0;
	return CR_SUCCESS;
}

/* --- ids ------------------------------------------------------------------------------------------ */

static CONFIGRET get_id(DEVINST number, CHAR *narrow, WCHAR *wide, ULONG room, ULONG flags)
{
	struct pnpn_name_list list = {0};

	if (!narrow && !wide)
		return CR_INVALID_POINTER;
	if (flags)
		return CR_INVALID_FLAG;
	CONFIGRET result = find_id(number, &list.text);
	if (result)
		return result;
	list.bytes = strlen(list.text) + 1;
	result = pnpn_name_list_give(&list, narrow, wide, room);
	free(list.text);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_IDA(DEVINST number, PCHAR buffer, ULONG room,
					       ULONG flags)
{
	return get_id(number, buffer, NULL, room, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_IDW(DEVINST number, PWCHAR buffer, ULONG room,
					       ULONG flags)
{
	return get_id(number, NULL, buffer, room, flags);
}

/* Without the final zero. */
PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_ID_Size(PULONG ret_length, DEVINST number, ULONG flags)
{
	char *id;

	if (!ret_length)
		return CR_INVALID_POINTER;
	if (flags)
		return CR_INVALID_FLAG;
	CONFIGRET result = find_id(number, &id);
	if (result)
		return result;
	*ret_length = (ULONG)strlen(id);
	free(id);
	return CR_SUCCESS;
}

/* --- lists ---------------------------------------------------------------------------------------- */

#define RELATIONS                                                                    \
	(CM_GETIDLIST_FILTER_EJECTRELATIONS | CM_GETIDLIST_FILTER_REMOVALRELATIONS | \
	 CM_GETIDLIST_FILTER_POWERRELATIONS | CM_GETIDLIST_FILTER_BUSRELATIONS |     \
	 CM_GETIDLIST_FILTER_TRANSPORTRELATIONS)
#define FILTERS                                                                     \
	(CM_GETIDLIST_FILTER_ENUMERATOR | CM_GETIDLIST_FILTER_SERVICE | RELATIONS | \
	 CM_GETIDLIST_FILTER_CLASS)

static bool has_service(struct pnpn_connection *connection, const char *id, const char *service)
{
	struct pnpn_properties *properties;

	if (pnpn_get_properties(connection, id, &properties) < 0)
		return false;
	const char *own = pnpn_properties_get(properties, "service", 0);
	bool has = own && pnpn_name_equal(own, service);
	pnpn_properties_free(properties);
	return has;
}

static bool is_listed(struct pnpn_connection *connection, const struct pnpn_device_info *info,
		      const char *filter, const struct pnpn_guid *class, ULONG flags)
{
	const char *id = pnpn_device_info_get_id(info);
	size_t length = filter ? strlen(filter) : 0;

	if (!pnpn_device_info_is_started(info))
		return false;
	if (flags & CM_GETIDLIST_FILTER_CLASS)
		return memcmp(class, pnpn_device_info_get_setup_class(info), sizeof(*class)) == 0;
	if (flags & CM_GETIDLIST_FILTER_ENUMERATOR)
		return strncasecmp(id, filter, length) == 0 && id[length] == '\\';
	if (flags & CM_GETIDLIST_FILTER_SERVICE)
		return has_service(connection, id, filter);
	return true;
}

static CONFIGRET collect_listed(struct pnpn_name_list *names, const char *filter, ULONG flags)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	struct pnpn_guid class;
	bool sound = true;

	if (flags & CM_GETIDLIST_FILTER_CLASS && pnpn_guid_from_string(filter, &class) < 0)
		return CR_INVALID_DATA;
	int r = pnpn_win32_connect(&connection);
	if (r < 0)
		return pnpn_win32_cr(r);
	r = pnpn_list_devices(connection, &list);
	for (size_t i = 0; r >= 0 && sound && (info = pnpn_device_list_get(list, i)); i++)
		if (is_listed(connection, info, filter, &class, flags))
			sound = pnpn_name_list_append(names, pnpn_device_info_get_id(info));
	if (r >= 0)
		pnpn_device_list_free(list);
	pnpn_disconnect(connection);
	return sound ? pnpn_win32_cr(r) : CR_OUT_OF_MEMORY;
}

static CONFIGRET append_children(struct pnpn_name_list *names, const struct device *device)
{
	char *child = NULL, *next;
	int r;

	while ((r = pnpn_next_child(device->connection, id_of(device), child, &next)) > 0) {
		free(child);
		child = next;
		if (!pnpn_name_list_append(names, child)) {
			r = -ENOMEM;
			break;
		}
	}
	free(child);
	return pnpn_win32_cr(r);
}

/* What a bus has are its children; of other relations Linux tells nothing. */
static CONFIGRET collect_related(struct pnpn_name_list *names, const char *id, ULONG flags)
{
	struct device device;
	CONFIGRET result = device_init(&device, id);

	if (result)
		return result;
	if (flags & CM_GETIDLIST_FILTER_BUSRELATIONS)
		result = append_children(names, &device);
	device_deinit(&device);
	return result;
}

static CONFIGRET collect(struct pnpn_name_list *names, const char *filter, ULONG flags)
{
	CONFIGRET result;

	if (flags & ~CM_GETIDLIST_FILTER_BITS)
		return CR_INVALID_FLAG;
	if (flags & FILTERS && !filter)
		return CR_INVALID_POINTER;
	result = flags & RELATIONS ? collect_related(names, filter, flags)
				   : collect_listed(names, filter, flags);
	if (!result && !pnpn_name_list_append(names, ""))
		result = CR_OUT_OF_MEMORY;
	return result;
}

static CONFIGRET get_size(PULONG ret_length, const char *filter, ULONG flags)
{
	struct pnpn_name_list names = {0};

	if (!ret_length)
		return CR_INVALID_POINTER;
	*ret_length = 0;
	CONFIGRET result = collect(&names, filter, flags);
	if (!result)
		*ret_length = (ULONG)names.bytes;
	free(names.text);
	return result;
}

/* A wide buffer that is too small gets an empty list, as public tests saw it. */
static CONFIGRET get_list(const char *filter, CHAR *narrow, WCHAR *wide, ULONG room, ULONG flags)
{
	struct pnpn_name_list names = {0};

	if ((!narrow && !wide) || !room)
		return CR_INVALID_POINTER;
	CONFIGRET result = collect(&names, filter, flags);
	if (!result)
		result = pnpn_name_list_give(&names, narrow, wide, room);
	if (result == CR_BUFFER_SMALL && wide)
		*wide = 0;
	free(names.text);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_ID_List_SizeA(PULONG ret_length, PCSTR filter,
							 ULONG flags)
{
	return get_size(ret_length, filter, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_ID_List_SizeW(PULONG ret_length, PCWSTR filter,
							 ULONG flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(filter, &narrow))
		return CR_OUT_OF_MEMORY;
	CONFIGRET result = get_size(ret_length, narrow, flags);

	free(narrow);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_ID_ListA(PCSTR filter, PCHAR buffer, ULONG room,
						    ULONG flags)
{
	return get_list(filter, buffer, NULL, room, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Get_Device_ID_ListW(PCWSTR filter, PWCHAR buffer, ULONG room,
						    ULONG flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(filter, &narrow))
		return CR_OUT_OF_MEMORY;
	CONFIGRET result = get_list(narrow, NULL, buffer, room, flags);

	free(narrow);
	return result;
}
