/* SPDX-License-Identifier: MIT */
/* SetupDi*: a set is the devices as they were when it was made. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <setupapi.h>
#include <pnpnotify.h>

#include "core/list.h"
#include "core/name.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/connect.h"
#include "win32/devinst.h"
#include "win32/export.h"
#include "win32/last-error.h"

#define KNOWN_FLAGS \
	(DIGCF_DEFAULT | DIGCF_PRESENT | DIGCF_ALLCLASSES | DIGCF_PROFILE | DIGCF_DEVICEINTERFACE)

/* An interface in a set is known by its device's place and its own, plus one so that 0 is none. */
#define PLACE_BITS 16

struct set {
	struct pnpn_list link;
	struct pnpn_device_list *devices;
	DEVINST *numbers; /* theirs, in that order */
	bool interfaces; /* of interfaces of a class, else of devices */
	bool any_class;
	struct pnpn_guid class;
	bool present_only;
	char *instance_id; /* of the one device, or NULL */
};

static struct pnpn_list sets = {&sets, &sets};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* With the lock held. */
static struct set *find(HDEVINFO handle)
{
	pnpn_list_for_each_safe (link, after, &sets)
		if (handle == pnpn_list_entry(link, struct set, link))
			return handle;
	pnpn_fail(ERROR_INVALID_HANDLE);
	return NULL;
}

/* Whatever else is wrong, what is no set is told first, as on Windows. */
static bool is_set(HDEVINFO handle)
{
	pthread_mutex_lock(&lock);
	bool is = find(handle) != NULL;
	pthread_mutex_unlock(&lock);
	return is;
}

static void set_free(struct set *set)
{
	pnpn_device_list_free(set->devices);
	free(set->numbers);
	free(set->instance_id);
	free(set);
}

static bool fill(struct set *set)
{
	struct pnpn_connection *connection;
	int r = pnpn_win32_connect(&connection);

	if (r < 0)
		return pnpn_fail_errno(r);
	uint64_t begun = pnpn_devinst_begin();
	r = pnpn_list_devices(connection, &set->devices);
	pnpn_disconnect(connection);
	if (r < 0)
		return pnpn_fail_errno(r);
	set->numbers = pnpn_devinst_number(set->devices, begun);
	return set->numbers || pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
}

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

static HDEVINFO make(const GUID *class, const char *instance_id, DWORD flags)
{
	DWORD error = check_class_devs(class, instance_id, flags);
	if (error) {
		pnpn_fail(error);
		return INVALID_HANDLE_VALUE;
	}
	struct set *set = calloc(1, sizeof(*set));
	if (!set) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	set->interfaces = flags & DIGCF_DEVICEINTERFACE;
	set->any_class = flags & DIGCF_ALLCLASSES || !class;
	set->present_only = flags & DIGCF_PRESENT;
	if (class)
		memcpy(&set->class, class, sizeof(set->class));
	set->instance_id = instance_id ? strdup(instance_id) : NULL;
	if (instance_id && !set->instance_id) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		set_free(set);
		return INVALID_HANDLE_VALUE;
	}
	if (!fill(set)) {
		set_free(set);
		return INVALID_HANDLE_VALUE;
	}
	pthread_mutex_lock(&lock);
	pnpn_list_append(&sets, &set->link);
	pthread_mutex_unlock(&lock);
	return set;
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiGetClassDevsA(const GUID *class, PCSTR enumerator, HWND parent,
						 DWORD flags)
{
	return make(class, enumerator, flags);
}

PNPN_EXPORT HDEVINFO WINAPI SetupDiGetClassDevsW(const GUID *class, PCWSTR enumerator, HWND parent,
						 DWORD flags)
{
	char *narrow = enumerator ? pnpn_utf_narrow(enumerator) : NULL;
	if (enumerator && !narrow) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return INVALID_HANDLE_VALUE;
	}
	HDEVINFO set = make(class, narrow, flags);

	free(narrow);
	return set;
}

PNPN_EXPORT BOOL WINAPI SetupDiDestroyDeviceInfoList(HDEVINFO handle)
{
	pthread_mutex_lock(&lock);
	struct set *set = find(handle);
	if (set)
		pnpn_list_remove(&set->link);
	pthread_mutex_unlock(&lock);
	if (!set)
		return FALSE;
	set_free(set);
	return TRUE;
}

/* --- enumerating ---------------------------------------------------------------------------------- */

/* Whether an interface belongs to the set, and is of this class (NULL: any). */
static bool has_interface(const struct set *set, const struct pnpn_device_info *info, size_t place,
			  const struct pnpn_guid *class, struct pnpn_guid *ret_class,
			  bool *ret_enabled)
{
	if (!set->interfaces ||
	    !pnpn_device_info_get_interface(info, place, ret_class, ret_enabled))
		return false;
	if (set->present_only && !*ret_enabled)
		return false;
	if (!set->any_class && memcmp(ret_class, &set->class, sizeof(set->class)) != 0)
		return false;
	return !class || memcmp(ret_class, class, sizeof(*class)) == 0;
}

static bool has_device(const struct set *set, const struct pnpn_device_info *info)
{
	struct pnpn_guid class;
	bool enabled;

	if (!pnpn_device_info_is_started(info))
		return false;
	/* An enumerator may be a whole instance id, or its first part. */
	if (set->instance_id && !pnpn_name_equal(set->instance_id, pnpn_device_info_get_id(info)) &&
	    (strncasecmp(set->instance_id, pnpn_device_info_get_id(info),
			 strlen(set->instance_id)) != 0 ||
	     pnpn_device_info_get_id(info)[strlen(set->instance_id)] != '\\'))
		return false;
	for (size_t i = 0; pnpn_device_info_get_interface(info, i, NULL, NULL); i++)
		if (has_interface(set, info, i, NULL, &class, &enabled))
			return true;
	return set->any_class && !set->interfaces;
}

/* What it is there by, in every set: Reserved is its place in this one. Of a setup class nothing is known:
 * GUID_NULL, as Windows says of a device that runs without one. */
static void write_device(const struct set *set, size_t place, SP_DEVINFO_DATA *data)
{
	data->ClassGuid = (GUID){0};
	data->DevInst = set->numbers[place];
	data->Reserved = place + 1;
}

static BOOL enumerate_devices(const struct set *set, DWORD index, SP_DEVINFO_DATA *data)
{
	const struct pnpn_device_info *info;

	for (size_t i = 0; (info = pnpn_device_list_get(set->devices, i)); i++) {
		if (!has_device(set, info) || index--)
			continue;
		write_device(set, i, data);
		return TRUE;
	}
	return pnpn_fail(ERROR_NO_MORE_ITEMS);
}

PNPN_EXPORT BOOL WINAPI SetupDiEnumDeviceInfo(HDEVINFO handle, DWORD index, PSP_DEVINFO_DATA data)
{
	if (!is_set(handle))
		return FALSE;
	if (!data || data->cbSize != sizeof(*data))
		return pnpn_fail(data ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER);
	pthread_mutex_lock(&lock);
	const struct set *set = find(handle);
	BOOL found = set && enumerate_devices(set, index, data);
	pthread_mutex_unlock(&lock);
	return found;
}

static void write_interface(SP_DEVICE_INTERFACE_DATA *data, const struct pnpn_guid *class,
			    bool enabled, size_t device, size_t place)
{
	memcpy(&data->InterfaceClassGuid, class, sizeof(data->InterfaceClassGuid));
	data->Flags = enabled ? SPINT_ACTIVE : 0;
	data->Reserved = (ULONG_PTR)(device + 1) << PLACE_BITS | place;
}

static BOOL enumerate_interfaces(const struct set *set, size_t only, const struct pnpn_guid *class,
				 DWORD index, SP_DEVICE_INTERFACE_DATA *data)
{
	const struct pnpn_device_info *info;
	struct pnpn_guid its_class;
	bool enabled;

	for (size_t i = 0; (info = pnpn_device_list_get(set->devices, i)); i++) {
		if ((only && only != i + 1) || !has_device(set, info))
			continue;
		for (size_t j = 0; pnpn_device_info_get_interface(info, j, NULL, NULL); j++) {
			if (!has_interface(set, info, j, class, &its_class, &enabled) || index--)
				continue;
			write_interface(data, &its_class, enabled, i, j);
			return TRUE;
		}
	}
	return pnpn_fail(ERROR_NO_MORE_ITEMS);
}

PNPN_EXPORT BOOL WINAPI SetupDiEnumDeviceInterfaces(HDEVINFO handle, PSP_DEVINFO_DATA device,
						    const GUID *guid, DWORD index,
						    PSP_DEVICE_INTERFACE_DATA data)
{
	struct pnpn_guid class;

	if (!is_set(handle))
		return FALSE;
	if (!guid || !data)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (data->cbSize != sizeof(*data) || (device && device->cbSize != sizeof(*device)))
		return pnpn_fail(ERROR_INVALID_USER_BUFFER);
	memcpy(&class, guid, sizeof(class));
	pthread_mutex_lock(&lock);
	const struct set *set = find(handle);
	BOOL found = set &&
		     enumerate_interfaces(set, device ? device->Reserved : 0, &class, index, data);
	pthread_mutex_unlock(&lock);
	return found;
}

/* --- names ---------------------------------------------------------------------------------------- */

/* The name that an interface of a set has; NULL, last error set. With the lock held. */
static const char *name_of(const struct set *set, const SP_DEVICE_INTERFACE_DATA *data,
			   SP_DEVINFO_DATA *ret_device)
{
	size_t device = (data->Reserved >> PLACE_BITS) - 1;
	const struct pnpn_device_info *info = pnpn_device_list_get(set->devices, device);
	const char *name = info ? pnpn_device_info_get_interface(
					  info, data->Reserved & ((1u << PLACE_BITS) - 1), NULL,
					  NULL)
				: NULL;

	if (!name)
		pnpn_fail(ERROR_INVALID_PARAMETER);
	if (name && ret_device)
		write_device(set, device, ret_device);
	return name;
}

/* A copy, the caller's; NULL, last error set. */
static char *copy_name(HDEVINFO handle, const SP_DEVICE_INTERFACE_DATA *data,
		       SP_DEVINFO_DATA *ret_device)
{
	if (!is_set(handle))
		return NULL;
	if (!data || data->cbSize != sizeof(*data)) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	const struct set *set = find(handle);
	const char *name = set ? name_of(set, data, ret_device) : NULL;
	char *copy = name ? strdup(name) : NULL;
	pthread_mutex_unlock(&lock);
	/* These calls give the whole of it in lower case (D1). */
	for (char *c = copy; c && *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	if (name && !copy)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
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
	char *name = copy_name(handle, data, ret_device);

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
	char *name = copy_name(handle, data, ret_device);
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

/* A copy of a device's instance id, the caller's; NULL, last error set. */
static char *copy_id(HDEVINFO handle, const SP_DEVINFO_DATA *device)
{
	if (!is_set(handle))
		return NULL;
	if (!device || device->cbSize != sizeof(*device)) {
		pnpn_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	const struct set *set = find(handle);
	const struct pnpn_device_info *info =
		set ? pnpn_device_list_get(set->devices, device->Reserved - 1) : NULL;
	char *copy = info ? strdup(pnpn_device_info_get_id(info)) : NULL;
	pthread_mutex_unlock(&lock);
	if (set && !copy)
		pnpn_fail(info ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
	return copy;
}

/* Instance ids are ASCII: a character is a character. */
static BOOL give_id(HDEVINFO handle, const SP_DEVINFO_DATA *device, CHAR *narrow, WCHAR *wide,
		    DWORD size, PDWORD ret_required)
{
	char *id = copy_id(handle, device);

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
