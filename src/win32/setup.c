/* SPDX-License-Identifier: MIT */
/* SetupDi*: sets of devices and interfaces, and their names. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/name.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/device-set.h"
#include "win32/devinst.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/setup.h"

#define KNOWN_FLAGS \
	(DIGCF_DEFAULT | DIGCF_PRESENT | DIGCF_ALLCLASSES | DIGCF_PROFILE | DIGCF_DEVICEINTERFACE)

/* An interface in a set is known by its device's place and its own, plus one so that 0 is none. */
#define PLACE_BITS 16

/* Whatever else is wrong, what is no set is told first, as on Windows. */
static bool is_set(HDEVINFO handle)
{
	if (!pnpn_set_lock(handle))
		return false;
	pnpn_set_unlock();
	return true;
}

/* --- making --------------------------------------------------------------------------------------- */

/* An enumerator may be the first part of ids, or two of them; of a set of interfaces, it is a whole one. */
static DWORD check_class_devs(const GUID *class, const char *enumerator, DWORD flags)
{
	if (flags & ~KNOWN_FLAGS || (!class && !(flags & DIGCF_ALLCLASSES)))
		return ERROR_INVALID_PARAMETER;
	if (!enumerator || !(flags & DIGCF_DEVICEINTERFACE))
		return ERROR_SUCCESS;
	const char *second = strchr(enumerator, '\\');
	return second && strchr(second + 1, '\\') ? ERROR_SUCCESS : ERROR_INVALID_DATA;
}

static HDEVINFO get_class_devs(const GUID *guid, const char *enumerator, DWORD flags)
{
	DWORD error = check_class_devs(guid, enumerator, flags);
	bool interfaces = flags & DIGCF_DEVICEINTERFACE, all = flags & DIGCF_ALLCLASSES;
	struct pnpn_guid class;

	if (error) {
		pnpn_fail(error);
		return INVALID_HANDLE_VALUE;
	}
	if (guid)
		memcpy(&class, guid, sizeof(class));
	struct pnpn_set_filter filter = {
		.interface_class = interfaces && !all ? &class : NULL,
		.setup_class = !interfaces && !all ? &class : NULL,
		.any_interface = interfaces && all,
		.enabled_only = flags & DIGCF_PRESENT,
		.enumerator = enumerator,
	};
	struct pnpn_set *set = pnpn_set_new(filter.setup_class);
	if (set && pnpn_set_fill(set, &filter))
		return pnpn_set_publish(set);
	pnpn_set_free(set);
	return INVALID_HANDLE_VALUE;
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiGetClassDevsA(const GUID *class, PCSTR enumerator, HWND parent,
						 DWORD flags)
{
	return get_class_devs(class, enumerator, flags);
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiGetClassDevsW(const GUID *class, PCWSTR enumerator, HWND parent,
						 DWORD flags)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(enumerator, &narrow)) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	HDEVINFO set = get_class_devs(class, narrow, flags);

	free(narrow);
	return set;
}

/* Of this computer alone. */
static HDEVINFO create(const GUID *guid, bool is_elsewhere, const void *reserved)
{
	struct pnpn_guid class;

	if (reserved || is_elsewhere) {
		pnpn_fail(reserved ? ERROR_INVALID_PARAMETER : ERROR_CALL_NOT_IMPLEMENTED);
		return INVALID_HANDLE_VALUE;
	}
	if (guid)
		memcpy(&class, guid, sizeof(class));
	struct pnpn_set *set = pnpn_set_new(guid ? &class : NULL);
	return set ? pnpn_set_publish(set) : INVALID_HANDLE_VALUE;
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiCreateDeviceInfoList(const GUID *class, HWND parent)
{
	return create(class, false, NULL);
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiCreateDeviceInfoListExA(const GUID *class, HWND parent,
							   PCSTR machine, PVOID reserved)
{
	return create(class, machine && *machine, reserved);
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiCreateDeviceInfoListExW(const GUID *class, HWND parent,
							   PCWSTR machine, PVOID reserved)
{
	return create(class, machine && *machine, reserved);
}

PNPN_EXPORT BOOL WINAPI SetupDiDestroyDeviceInfoList(HDEVINFO handle)
{
	struct pnpn_set *set = pnpn_set_withdraw(handle);

	pnpn_set_free(set);
	return set != NULL;
}

/* --- enumerating ---------------------------------------------------------------------------------- */

/* What it is there by, in every set: Reserved is its place in this one. */
static void write_device(const struct pnpn_set_device *device, size_t place, SP_DEVINFO_DATA *data)
{
	memcpy(&data->ClassGuid, &device->setup_class, sizeof(data->ClassGuid));
	data->DevInst = device->number;
	data->Reserved = place + 1;
}

PNPN_EXPORT BOOL WINAPI SetupDiEnumDeviceInfo(HDEVINFO handle, DWORD index, PSP_DEVINFO_DATA data)
{
	if (!is_set(handle))
		return FALSE;
	if (!data || data->cbSize != sizeof(*data))
		return pnpn_fail(data ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER);
	const struct pnpn_set *set = pnpn_set_lock(handle);
	if (!set)
		return FALSE;
	const struct pnpn_set_device *device = pnpn_set_get(set, index);
	if (device)
		write_device(device, index, data);
	pnpn_set_unlock();
	return device ? TRUE : pnpn_fail(ERROR_NO_MORE_ITEMS);
}

static void write_interface(const struct pnpn_set_device *device, size_t device_place, size_t place,
			    SP_DEVICE_INTERFACE_DATA *data)
{
	const struct pnpn_set_interface *interface = &device->interfaces[place];

	memcpy(&data->InterfaceClassGuid, &interface->class, sizeof(data->InterfaceClassGuid));
	data->Flags = interface->enabled ? SPINT_ACTIVE : 0;
	data->Reserved = (ULONG_PTR)(device_place + 1) << PLACE_BITS | place;
}

/* only: the place of the one device that counts, plus one; 0: all do. */
static BOOL enumerate_interfaces(const struct pnpn_set *set, size_t only, const GUID *class,
				 DWORD index, SP_DEVICE_INTERFACE_DATA *data)
{
	const struct pnpn_set_device *device;

	for (size_t i = 0; (device = pnpn_set_get(set, i)); i++) {
		for (size_t j = 0; (!only || only == i + 1) && j < device->n_interfaces; j++) {
			if (memcmp(&device->interfaces[j].class, class, sizeof(*class)) != 0 ||
			    index--)
				continue;
			write_interface(device, i, j, data);
			return TRUE;
		}
	}
	return pnpn_fail(ERROR_NO_MORE_ITEMS);
}

PNPN_EXPORT BOOL WINAPI SetupDiEnumDeviceInterfaces(HDEVINFO handle, PSP_DEVINFO_DATA device,
						    const GUID *class, DWORD index,
						    PSP_DEVICE_INTERFACE_DATA data)
{
	if (!is_set(handle))
		return FALSE;
	if (!class || !data)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (data->cbSize != sizeof(*data) || (device && device->cbSize != sizeof(*device)))
		return pnpn_fail(ERROR_INVALID_USER_BUFFER);
	const struct pnpn_set *set = pnpn_set_lock(handle);
	if (!set)
		return FALSE;
	BOOL found = enumerate_interfaces(set, device ? device->Reserved : 0, class, index, data);
	pnpn_set_unlock();
	return found;
}

/* --- putting in by name --------------------------------------------------------------------------- */

/* The device of a name and its number, and of an interface's name which of its interfaces. */
struct found {
	struct pnpn_device_list *list;
	const struct pnpn_device_info *info;
	DEVINST number;
	size_t interface;
};

static bool has_interface(const struct pnpn_device_info *info, const char *name, size_t *ret_index)
{
	const char *own;
	char normal[PNPN_NAME_BYTES];

	if (pnpn_name_normalize(name, normal) < 0)
		return false;
	for (size_t i = 0; (own = pnpn_device_info_get_interface(info, i, NULL, NULL)); i++)
		if (pnpn_name_equal(own, normal)) {
			*ret_index = i;
			return true;
		}
	return false;
}

/* The caller frees the list. Returns FALSE, last error set: that one if it is not there. */
static BOOL find(const char *name, bool is_interface, DWORD error, struct found *ret_found)
{
	DEVINST *numbers;
	const struct pnpn_device_info *info;
	struct found found = {0};
	int r = pnpn_devinst_list(&found.list, &numbers);

	if (r < 0)
		return pnpn_fail_errno(r);
	for (size_t i = 0; !found.info && (info = pnpn_device_list_get(found.list, i)); i++) {
		found.number = numbers[i];
		if (pnpn_device_info_is_started(info) &&
		    (is_interface ? has_interface(info, name, &found.interface)
				  : pnpn_name_equal(name, pnpn_device_info_get_id(info))))
			found.info = info;
	}
	free(numbers);
	if (!found.info) {
		pnpn_device_list_free(found.list);
		return pnpn_fail(error);
	}
	*ret_found = found;
	return TRUE;
}

/* It is put in though nobody is told where, as on Windows. */
static BOOL put_device(struct pnpn_set *set, const struct found *found, SP_DEVINFO_DATA *ret_data)
{
	const struct pnpn_guid *class = pnpn_set_get_class(set);
	size_t place;

	if (class &&
	    memcmp(class, pnpn_device_info_get_setup_class(found->info), sizeof(*class)) != 0)
		return pnpn_fail(ERROR_CLASS_MISMATCH);
	if (!pnpn_set_add(set, found->info, found->number, &place))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	if (ret_data && ret_data->cbSize != sizeof(*ret_data))
		return pnpn_fail(ERROR_INVALID_USER_BUFFER);
	if (ret_data)
		write_device(pnpn_set_get(set, place), place, ret_data);
	return TRUE;
}

static BOOL put_interface(struct pnpn_set *set, const struct found *found,
			  SP_DEVICE_INTERFACE_DATA *ret_data)
{
	size_t place, interface;

	if (!put_device(set, found, NULL))
		return FALSE;
	if (!pnpn_set_add(set, found->info, found->number, &place) ||
	    !pnpn_set_add_interface(set, place, found->info, found->interface, &interface))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	if (ret_data && ret_data->cbSize != sizeof(*ret_data))
		return pnpn_fail(ERROR_INVALID_USER_BUFFER);
	if (ret_data)
		write_interface(pnpn_set_get(set, place), place, interface, ret_data);
	return TRUE;
}

static BOOL open_device(HDEVINFO handle, const char *id, DWORD flags, SP_DEVINFO_DATA *ret_data)
{
	struct found found;

	if (!is_set(handle))
		return FALSE;
	if (!id || !*id || flags & ~(DWORD)(DIOD_INHERIT_CLASSDRVS | DIOD_CANCEL_REMOVE))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (!find(id, false, ERROR_NO_SUCH_DEVINST, &found))
		return FALSE;
	struct pnpn_set *set = pnpn_set_lock(handle);
	BOOL done = set && put_device(set, &found, ret_data);
	if (set)
		pnpn_set_unlock();
	pnpn_device_list_free(found.list);
	return done;
}

PNPN_EXPORT BOOL WINAPI SetupDiOpenDeviceInfoA(HDEVINFO handle, PCSTR id, HWND parent, DWORD flags,
					       PSP_DEVINFO_DATA data)
{
	return open_device(handle, id, flags, data);
}

PNPN_EXPORT BOOL WINAPI SetupDiOpenDeviceInfoW(HDEVINFO handle, PCWSTR id, HWND parent, DWORD flags,
					       PSP_DEVINFO_DATA data)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(id, &narrow))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = open_device(handle, narrow, flags, data);

	free(narrow);
	return done;
}

static BOOL open_interface(HDEVINFO handle, const char *name, DWORD flags,
			   SP_DEVICE_INTERFACE_DATA *ret_data)
{
	struct found found;

	if (!is_set(handle))
		return FALSE;
	if (!name || flags & ~(DWORD)DIODI_NO_ADD)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (!find(name, true, ERROR_NO_SUCH_DEVICE_INTERFACE, &found))
		return FALSE;
	struct pnpn_set *set = pnpn_set_lock(handle);
	BOOL done = set && put_interface(set, &found, ret_data);
	if (set)
		pnpn_set_unlock();
	pnpn_device_list_free(found.list);
	return done;
}

PNPN_EXPORT BOOL WINAPI SetupDiOpenDeviceInterfaceA(HDEVINFO handle, PCSTR name, DWORD flags,
						    PSP_DEVICE_INTERFACE_DATA data)
{
	return open_interface(handle, name, flags, data);
}

PNPN_EXPORT BOOL WINAPI SetupDiOpenDeviceInterfaceW(HDEVINFO handle, PCWSTR name, DWORD flags,
						    PSP_DEVICE_INTERFACE_DATA data)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = open_interface(handle, narrow, flags, data);

	free(narrow);
	return done;
}

/* --- names ---------------------------------------------------------------------------------------- */

/* Both of a set that is locked; NULL, last error set. */
static const struct pnpn_set_interface *interface_of(const struct pnpn_set *set,
						     const SP_DEVICE_INTERFACE_DATA *data,
						     SP_DEVINFO_DATA *ret_device)
{
	size_t place = (data->Reserved >> PLACE_BITS) - 1;
	size_t interface = data->Reserved & ((1u << PLACE_BITS) - 1);
	const struct pnpn_set_device *device = pnpn_set_get(set, place);

	if (!device || interface >= device->n_interfaces) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	if (ret_device)
		write_device(device, place, ret_device);
	return &device->interfaces[interface];
}

char *pnpn_setup_interface_name(HDEVINFO handle, const SP_DEVICE_INTERFACE_DATA *data,
				SP_DEVINFO_DATA *ret_device)
{
	if (!is_set(handle))
		return NULL;
	if (!data || data->cbSize != sizeof(*data)) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	const struct pnpn_set *set = pnpn_set_lock(handle);
	if (!set)
		return NULL;
	const struct pnpn_set_interface *interface = interface_of(set, data, ret_device);
	char *copy = interface ? strdup(interface->name) : NULL;
	pnpn_set_unlock();
	if (interface && !copy)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return copy;
}

char *pnpn_setup_device_id(HDEVINFO handle, const SP_DEVINFO_DATA *data)
{
	if (!is_set(handle))
		return NULL;
	if (!data || data->cbSize != sizeof(*data)) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	const struct pnpn_set *set = pnpn_set_lock(handle);
	if (!set)
		return NULL;
	const struct pnpn_set_device *device = pnpn_set_get(set, data->Reserved - 1);
	char *copy = device ? strdup(device->id) : NULL;
	pnpn_set_unlock();
	if (!copy)
		pnpn_fail(device ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
	return copy;
}

/* Checks of both forms; fixed: the size that cbSize has to have. Returns whether the name goes in. */
static BOOL check_detail(const DWORD *detail, DWORD fixed, DWORD size, DWORD wanted,
			 PDWORD ret_required)
{
	if ((detail && (*detail != fixed || size < fixed)) || (!detail && size))
		return pnpn_fail(ERROR_INVALID_USER_BUFFER);
	if (ret_required)
		*ret_required = wanted;
	return detail && size >= wanted ? TRUE : pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceInterfaceDetailA(HDEVINFO handle,
							 PSP_DEVICE_INTERFACE_DATA data,
							 PSP_DEVICE_INTERFACE_DETAIL_DATA_A detail,
							 DWORD size, PDWORD ret_required,
							 PSP_DEVINFO_DATA ret_device)
{
	char *name = pnpn_setup_interface_name(handle, data, ret_device);

	if (!name)
		return FALSE;
	DWORD wanted =
		(DWORD)(offsetof(SP_DEVICE_INTERFACE_DETAIL_DATA_A, DevicePath) + strlen(name) + 1);
	BOOL fits = check_detail(detail ? &detail->cbSize : NULL, sizeof(*detail), size, wanted,
				 ret_required);
	if (fits)
		strcpy(detail->DevicePath, name);
	free(name);
	return fits;
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceInterfaceDetailW(HDEVINFO handle,
							 PSP_DEVICE_INTERFACE_DATA data,
							 PSP_DEVICE_INTERFACE_DETAIL_DATA_W detail,
							 DWORD size, PDWORD ret_required,
							 PSP_DEVINFO_DATA ret_device)
{
	char *name = pnpn_setup_interface_name(handle, data, ret_device);
	WCHAR *wide = name ? pnpn_utf_widen(name) : NULL;

	if (name && !wide)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	free(name);
	if (!wide)
		return FALSE;
	size_t bytes = (pnpn_wcslen(wide) + 1) * sizeof(WCHAR);
	BOOL fits = check_detail(
		detail ? &detail->cbSize : NULL, sizeof(*detail), size,
		(DWORD)(offsetof(SP_DEVICE_INTERFACE_DETAIL_DATA_W, DevicePath) + bytes),
		ret_required);
	if (fits)
		memcpy(detail->DevicePath, wide, bytes);
	free(wide);
	return fits;
}

/* Instance ids are ASCII: a character is a character. */
static BOOL give_id(HDEVINFO handle, const SP_DEVINFO_DATA *device, CHAR *narrow, WCHAR *wide,
		    DWORD size, PDWORD ret_required)
{
	char *id = pnpn_setup_device_id(handle, device);

	if (!id)
		return FALSE;
	DWORD length = (DWORD)strlen(id) + 1;
	if (ret_required)
		*ret_required = length;
	BOOL fits = (narrow || wide) && size >= length;
	for (DWORD i = 0; fits && i < length; i++) {
		if (narrow)
			narrow[i] = id[i];
		else
			wide[i] = (unsigned char)id[i];
	}
	free(id);
	return fits ? TRUE : pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceInstanceIdA(HDEVINFO handle, PSP_DEVINFO_DATA device,
						    CHAR *id, DWORD size, PDWORD ret_required)
{
	return give_id(handle, device, id, NULL, size, ret_required);
}

PNPN_EXPORT BOOL WINAPI SetupDiGetDeviceInstanceIdW(HDEVINFO handle, PSP_DEVINFO_DATA device,
						    WCHAR *id, DWORD size, PDWORD ret_required)
{
	return give_id(handle, device, NULL, id, size, ret_required);
}
