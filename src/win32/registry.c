/* SPDX-License-Identifier: MIT */
/*
 * The registry: there is none. Keys are not found, but for those of devices, which have what is known of a device as values
 * (U17) and can't be written.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <windows.h>
#include <setupapi.h>
#include <pnpnotify.h>

#include "core/list.h"
#include "wincommon/utf.h"
#include "win32/connect.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/property.h"
#include "win32/setup.h"

struct key {
	struct pnpn_list link;
	char *id; /* the device's */
};

/* Protects the list of open keys. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pnpn_list keys = {&keys, &keys};

static const struct {
	const char *name;
	DWORD property;
} values[] = {
	{"Class", SPDRP_CLASS},
	{"ClassGUID", SPDRP_CLASSGUID},
	{"CompatibleIDs", SPDRP_COMPATIBLEIDS},
	{"ContainerID", SPDRP_BASE_CONTAINERID},
	{"DeviceDesc", SPDRP_DEVICEDESC},
	{"FriendlyName", SPDRP_FRIENDLYNAME},
	{"HardwareID", SPDRP_HARDWAREID},
	{"LocationInformation", SPDRP_LOCATION_INFORMATION},
	{"Mfg", SPDRP_MFG},
	{"Service", SPDRP_SERVICE},
};

/* A number of 32 bits, extended by its sign or not. */
static bool is_root(HKEY key)
{
	ULONG low = (ULONG)(ULONG_PTR)key, high = (ULONG)((ULONG_PTR)key >> 32);

	return low >= (ULONG)(ULONG_PTR)HKEY_CLASSES_ROOT &&
	       low <= (ULONG)(ULONG_PTR)HKEY_DYN_DATA && (!high || high == ~(ULONG)0);
}

/* With the lock held. NULL for what is none. */
static struct key *find(HKEY handle)
{
	pnpn_list_for_each_safe (link, after, &keys)
		if ((HKEY)pnpn_list_entry(link, struct key, link) == handle)
			return pnpn_list_entry(link, struct key, link);
	return NULL;
}

/* The device of a key, the caller's: NULL for one of the roots. Returns 0; an error. */
static LONG device_of(HKEY handle, char **ret_id)
{
	*ret_id = NULL;
	if (is_root(handle))
		return ERROR_SUCCESS;
	pthread_mutex_lock(&lock);
	const struct key *key = find(handle);
	char *id = key ? strdup(key->id) : NULL;
	pthread_mutex_unlock(&lock);
	*ret_id = id;
	return id ? ERROR_SUCCESS : key ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_HANDLE;
}

/* id: taken over. NULL without memory. */
static HKEY open_key(char *id)
{
	struct key *key = id ? calloc(1, sizeof(*key)) : NULL;

	if (!key) {
		free(id);
		return NULL;
	}
	key->id = id;
	pthread_mutex_lock(&lock);
	pnpn_list_append(&keys, &key->link);
	pthread_mutex_unlock(&lock);
	return (HKEY)key;
}

/* --- opening -------------------------------------------------------------------------------------- */

/* Nothing is below a key; the key itself is. */
static LONG open_below(HKEY handle, bool itself, HKEY *ret_key, LONG absent)
{
	char *id;
	LONG error = device_of(handle, &id);

	if (!error && (!ret_key || !itself))
		error = ret_key ? absent : ERROR_INVALID_PARAMETER;
	if (error) {
		free(id);
		return error;
	}
	*ret_key = id ? open_key(id) : handle;
	return *ret_key ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

PNPN_EXPORT LONG WINAPI RegOpenKeyExA(HKEY key, LPCSTR name, DWORD options, REGSAM access,
				      PHKEY ret_key)
{
	return open_below(key, !name || !*name, ret_key, ERROR_FILE_NOT_FOUND);
}

PNPN_EXPORT LONG WINAPI RegOpenKeyExW(HKEY key, LPCWSTR name, DWORD options, REGSAM access,
				      PHKEY ret_key)
{
	return open_below(key, !name || !*name, ret_key, ERROR_FILE_NOT_FOUND);
}

PNPN_EXPORT LONG WINAPI RegOpenKeyA(HKEY key, LPCSTR name, PHKEY ret_key)
{
	return RegOpenKeyExA(key, name, 0, 0, ret_key);
}

PNPN_EXPORT LONG WINAPI RegOpenKeyW(HKEY key, LPCWSTR name, PHKEY ret_key)
{
	return RegOpenKeyExW(key, name, 0, 0, ret_key);
}

PNPN_EXPORT LONG WINAPI RegCreateKeyExA(HKEY key, LPCSTR name, DWORD reserved, LPSTR class_name,
					DWORD options, REGSAM access,
					LPSECURITY_ATTRIBUTES security, PHKEY ret_key,
					LPDWORD ret_disposition)
{
	return open_below(key, false, ret_key, ERROR_ACCESS_DENIED);
}

PNPN_EXPORT LONG WINAPI RegCreateKeyExW(HKEY key, LPCWSTR name, DWORD reserved, LPWSTR class_name,
					DWORD options, REGSAM access,
					LPSECURITY_ATTRIBUTES security, PHKEY ret_key,
					LPDWORD ret_disposition)
{
	return open_below(key, false, ret_key, ERROR_ACCESS_DENIED);
}

PNPN_EXPORT LONG WINAPI RegCloseKey(HKEY handle)
{
	if (is_root(handle))
		return ERROR_SUCCESS;
	pthread_mutex_lock(&lock);
	struct key *key = find(handle);
	if (key)
		pnpn_list_remove(&key->link);
	pthread_mutex_unlock(&lock);
	if (!key)
		return ERROR_INVALID_HANDLE;
	free(key->id);
	free(key);
	return ERROR_SUCCESS;
}

/* Windows' own key of a device and that of its driver are one. */
PNPN_EXPORT HKEY WINAPI SetupDiOpenDevRegKey(HDEVINFO set, PSP_DEVINFO_DATA device, DWORD scope,
					     DWORD profile, DWORD type, REGSAM access)
{
	char *id = pnpn_setup_device_id(set, device);

	if (!id)
		return INVALID_HANDLE_VALUE;
	if ((scope != DICS_FLAG_GLOBAL && scope != DICS_FLAG_CONFIGSPECIFIC) ||
	    (type != DIREG_DEV && type != DIREG_DRV)) {
		free(id);
		pnpn_fail(ERROR_INVALID_FLAGS);
		return INVALID_HANDLE_VALUE;
	}
	HKEY key = open_key(id);
	if (!key)
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	return key ? key : INVALID_HANDLE_VALUE;
}

/* --- values --------------------------------------------------------------------------------------- */

/* COM3 of a serial port, the caller's; NULL without one. */
static char *port_name(const struct pnpn_device_info *info)
{
	const char *link;

	for (size_t i = 0; (link = pnpn_device_info_get_link(info, i)); i++)
		if (strncmp(link, "\\\\.\\COM", 7) == 0)
			return strdup(link + 4);
	return NULL;
}

static char *find_port_name(const char *id)
{
	struct pnpn_connection *connection;
	struct pnpn_device_list *devices = NULL;
	const struct pnpn_device_info *info;
	char *name = NULL;

	if (pnpn_win32_connect(&connection) < 0)
		return NULL;
	if (pnpn_list_devices(connection, &devices) >= 0)
		for (size_t i = 0; !name && (info = pnpn_device_list_get(devices, i)); i++)
			if (strcasecmp(pnpn_device_info_get_id(info), id) == 0)
				name = port_name(info);
	pnpn_device_list_free(devices);
	pnpn_disconnect(connection);
	return name;
}

static LONG get_port_name(const char *id, bool narrow, struct pnpn_registry_value *ret_value)
{
	char *name = find_port_name(id);
	WCHAR *wide = name && !narrow ? pnpn_utf_widen(name) : NULL;

	if (!name || (!narrow && !wide)) {
		free(name);
		return ERROR_FILE_NOT_FOUND;
	}
	ULONG characters = (ULONG)strlen(name) + 1;
	*ret_value = (struct pnpn_registry_value){
		.type = REG_SZ,
		.bytes = characters * (ULONG)(narrow ? sizeof(CHAR) : sizeof(WCHAR)),
		.data = narrow ? (BYTE *)name : (BYTE *)wide};
	if (!narrow)
		free(name);
	return ERROR_SUCCESS;
}

static LONG get_value(const char *id, const char *name, bool narrow,
		      struct pnpn_registry_value *ret_value)
{
	if (strcasecmp(name, "PortName") == 0)
		return get_port_name(id, narrow, ret_value);
	for (size_t i = 0; i < ARRAYSIZE(values); i++) {
		if (strcasecmp(values[i].name, name) != 0)
			continue;
		int r = pnpn_value_of_registry(id, values[i].property, narrow, ret_value);
		return r >= 0			       ? ERROR_SUCCESS
		       : r == -ENODATA || r == -ENOENT ? ERROR_FILE_NOT_FOUND
						       : (LONG)pnpn_win32_error(r);
	}
	return ERROR_FILE_NOT_FOUND;
}

static LONG give(struct pnpn_registry_value *value, DWORD *ret_type, void *data, DWORD *size)
{
	bool fits = data && *size >= value->bytes;

	if (ret_type)
		*ret_type = value->type;
	if (fits)
		memcpy(data, value->data, value->bytes);
	if (size)
		*size = value->bytes;
	free(value->data);
	return fits || !data ? ERROR_SUCCESS : ERROR_MORE_DATA;
}

static LONG query(HKEY key, const char *name, DWORD *ret_type, void *data, DWORD *size, bool narrow)
{
	struct pnpn_registry_value value;
	char *id;
	LONG error = device_of(key, &id);

	if (!error && data && !size)
		error = ERROR_INVALID_PARAMETER;
	if (!error)
		error = id && name ? get_value(id, name, narrow, &value) : ERROR_FILE_NOT_FOUND;
	free(id);
	return error ? error : give(&value, ret_type, data, size);
}

PNPN_EXPORT LONG WINAPI RegQueryValueExA(HKEY key, LPCSTR name, LPDWORD reserved, LPDWORD ret_type,
					 LPBYTE data, LPDWORD size)
{
	return query(key, name, ret_type, data, size, true);
}

PNPN_EXPORT LONG WINAPI RegQueryValueExW(HKEY key, LPCWSTR name, LPDWORD reserved, LPDWORD ret_type,
					 LPBYTE data, LPDWORD size)
{
	char *text;

	if (!pnpn_utf_narrow_optional(name, &text))
		return ERROR_NOT_ENOUGH_MEMORY;
	LONG error = query(key, text, ret_type, data, size, false);
	free(text);
	return error;
}

/* --- what is not here ----------------------------------------------------------------------------- */

static LONG refuse(HKEY key, LONG error)
{
	char *id;
	LONG unknown = device_of(key, &id);

	free(id);
	return unknown ? unknown : error;
}

PNPN_EXPORT LONG WINAPI RegSetValueExA(HKEY key, LPCSTR name, DWORD reserved, DWORD type,
				       const BYTE *data, DWORD size)
{
	return refuse(key, ERROR_ACCESS_DENIED);
}

PNPN_EXPORT LONG WINAPI RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type,
				       const BYTE *data, DWORD size)
{
	return refuse(key, ERROR_ACCESS_DENIED);
}

PNPN_EXPORT LONG WINAPI RegDeleteValueA(HKEY key, LPCSTR name)
{
	return refuse(key, ERROR_ACCESS_DENIED);
}

PNPN_EXPORT LONG WINAPI RegDeleteValueW(HKEY key, LPCWSTR name)
{
	return refuse(key, ERROR_ACCESS_DENIED);
}

PNPN_EXPORT LONG WINAPI RegDeleteKeyA(HKEY key, LPCSTR name)
{
	return refuse(key, ERROR_FILE_NOT_FOUND);
}

PNPN_EXPORT LONG WINAPI RegDeleteKeyW(HKEY key, LPCWSTR name)
{
	return refuse(key, ERROR_FILE_NOT_FOUND);
}

PNPN_EXPORT LONG WINAPI RegEnumKeyExA(HKEY key, DWORD index, LPSTR name, LPDWORD room,
				      LPDWORD reserved, LPSTR class_name, LPDWORD class_room,
				      PFILETIME written)
{
	return refuse(key, ERROR_NO_MORE_ITEMS);
}

PNPN_EXPORT LONG WINAPI RegEnumKeyExW(HKEY key, DWORD index, LPWSTR name, LPDWORD room,
				      LPDWORD reserved, LPWSTR class_name, LPDWORD class_room,
				      PFILETIME written)
{
	return refuse(key, ERROR_NO_MORE_ITEMS);
}
