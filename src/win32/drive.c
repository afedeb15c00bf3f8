/* SPDX-License-Identifier: MIT */
/* Drive letters and the names of ports (U16), as the manager gave them: \\.\E: and \\.\COM3 are links of devices. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <pnpnotify.h>

#include "core/name.h"
#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/connect.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/name-list.h"

/* E: or E:\, in any case, as \\.\E:. Returns whether it is one. */
static bool to_link(const char *root, char ret_link[8])
{
	char letter = (char)(root[0] & ~0x20);

	if (letter < 'A' || letter > 'Z' || root[1] != ':' ||
	    (root[2] && strcmp(root + 2, "\\") != 0))
		return false;
	strcpy(ret_link, "\\\\.\\?:");
	ret_link[4] = letter;
	return true;
}

/* What is known of a device; the caller's. Returns 0; an errno. */
static int ask(const char *name, struct pnpn_properties **ret_properties)
{
	struct pnpn_connection *connection;
	int r = pnpn_win32_connect(&connection);

	if (r < 0)
		return r;
	r = pnpn_get_properties(connection, name, ret_properties);
	pnpn_disconnect(connection);
	return r;
}

static int list(struct pnpn_device_list **ret_list)
{
	struct pnpn_connection *connection;
	int r = pnpn_win32_connect(&connection);

	if (r < 0)
		return r;
	r = pnpn_list_devices(connection, ret_list);
	pnpn_disconnect(connection);
	return r;
}

/* --- letters -------------------------------------------------------------------------------------- */

PNPN_EXPORT DWORD WINAPI GetLogicalDrives(void)
{
	struct pnpn_device_list *devices;
	const struct pnpn_device_info *info;
	const char *link;
	DWORD drives = 0;
	int r = list(&devices);

	if (r < 0) {
		pnpn_fail_errno(r);
		return 0;
	}
	for (size_t i = 0; (info = pnpn_device_list_get(devices, i)); i++)
		for (size_t j = 0; (link = pnpn_device_info_get_link(info, j)); j++)
			if (strlen(link) == strlen("\\\\.\\E:") && link[5] == ':')
				drives |= 1u << (link[4] - 'A');
	pnpn_device_list_free(devices);
	return drives;
}

/* The strings "E:\" one after the other; without room how many characters they and the last zero need. */
static DWORD drive_strings(DWORD room, CHAR *narrow, WCHAR *wide)
{
	struct pnpn_name_list names = {0};
	DWORD drives = GetLogicalDrives();
	char root[] = "A:\\";
	bool sound = true;

	for (int i = 0; i < 26; i++) {
		root[0] = (char)('A' + i);
		if (drives >> i & 1)
			sound = sound && pnpn_name_list_append(&names, root);
	}
	if (!sound || !pnpn_name_list_append(&names, "")) {
		free(names.text);
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return 0;
	}
	DWORD needed = (DWORD)names.bytes;
	if ((narrow || wide) && pnpn_name_list_give(&names, narrow, wide, room) == CR_SUCCESS)
		needed--;
	free(names.text);
	return needed;
}

PNPN_EXPORT DWORD WINAPI GetLogicalDriveStringsA(DWORD room, LPSTR buffer)
{
	return drive_strings(room, buffer, NULL);
}

PNPN_EXPORT DWORD WINAPI GetLogicalDriveStringsW(DWORD room, LPWSTR buffer)
{
	return drive_strings(room, NULL, buffer);
}

/* A letter that is not given is no root. */
static UINT drive_type(const char *root)
{
	struct pnpn_properties *properties;
	char link[8];

	if (!root || !to_link(root, link) || ask(link, &properties) < 0)
		return DRIVE_NO_ROOT_DIR;
	const char *type = pnpn_properties_get(properties, "DEVTYPE", 0);
	const char *node = pnpn_properties_get(properties, "node", 0);
	const char *removable = pnpn_properties_get(properties, "removable", 0);
	UINT result = type && node && strncmp(node, "/dev/sr", 7) == 0 ? DRIVE_CDROM
		      : removable && strcmp(removable, "1") == 0       ? DRIVE_REMOVABLE
								       : DRIVE_FIXED;
	pnpn_properties_free(properties);
	return result;
}

PNPN_EXPORT UINT WINAPI GetDriveTypeA(LPCSTR root)
{
	return drive_type(root);
}

PNPN_EXPORT UINT WINAPI GetDriveTypeW(LPCWSTR root)
{
	char *narrow = root ? pnpn_utf_narrow(root) : NULL;
	UINT type = drive_type(narrow);

	free(narrow);
	return type;
}

/* --- volumes -------------------------------------------------------------------------------------- */

/* Where texts go: to one form, if to any. */
struct text {
	CHAR *narrow;
	WCHAR *wide;
	DWORD room;
};

static bool put_text(const struct text *to, const char *text)
{
	if (!to->narrow && !to->wide)
		return true;
	if (to->narrow) {
		if (strlen(text) >= to->room)
			return false;
		strcpy(to->narrow, text);
		return true;
	}
	WCHAR *wide = pnpn_utf_widen(text);
	bool fits = wide && pnpn_wcslen(wide) < to->room;
	if (fits)
		memcpy(to->wide, wide, (pnpn_wcslen(wide) + 1) * sizeof(*wide));
	free(wide);
	return fits;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* What udev found on it: a label, a serial number, a file system. */
static BOOL volume_information(const char *root, const struct text *label, DWORD *ret_serial,
			       DWORD *ret_component, DWORD *ret_flags, const struct text *system)
{
	struct pnpn_properties *properties;
	char link[8];

	if (!root || !to_link(root, link))
		return pnpn_fail(ERROR_INVALID_NAME);
	int r = ask(link, &properties);
	if (r < 0)
		return r == -ENOENT ? pnpn_fail(ERROR_PATH_NOT_FOUND) : pnpn_fail_errno(r);
	const char *uuid = pnpn_properties_get(properties, "ID_FS_UUID", 0);
	BOOL fits = put_text(label, or_empty(pnpn_properties_get(properties, "label", 0))) &&
		    put_text(system, or_empty(pnpn_properties_get(properties, "ID_FS_TYPE", 0)));
	if (fits && ret_serial)
		*ret_serial = uuid ? (DWORD)strtoul(uuid, NULL, 16) : 0;
	if (fits && ret_component)
		*ret_component = 255;
	if (fits && ret_flags)
		*ret_flags = FILE_CASE_SENSITIVE_SEARCH | FILE_CASE_PRESERVED_NAMES |
			     FILE_UNICODE_ON_DISK;
	pnpn_properties_free(properties);
	return fits ? TRUE : pnpn_fail(ERROR_MORE_DATA);
}

PNPN_EXPORT BOOL WINAPI GetVolumeInformationA(LPCSTR root, LPSTR label, DWORD label_room,
					      LPDWORD ret_serial, LPDWORD ret_component,
					      LPDWORD ret_flags, LPSTR system, DWORD system_room)
{
	return volume_information(root, &(struct text){label, NULL, label_room}, ret_serial,
				  ret_component, ret_flags,
				  &(struct text){system, NULL, system_room});
}

PNPN_EXPORT BOOL WINAPI GetVolumeInformationW(LPCWSTR root, LPWSTR label, DWORD label_room,
					      LPDWORD ret_serial, LPDWORD ret_component,
					      LPDWORD ret_flags, LPWSTR system, DWORD system_room)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(root, &narrow))
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	BOOL done = volume_information(narrow, &(struct text){NULL, label, label_room}, ret_serial,
				       ret_component, ret_flags,
				       &(struct text){NULL, system, system_room});

	free(narrow);
	return done;
}

/* --- names ---------------------------------------------------------------------------------------- */

#define PREFIX "\\\\.\\"

static int append_all(struct pnpn_name_list *names)
{
	struct pnpn_device_list *devices;
	const struct pnpn_device_info *info;
	const char *link;
	bool sound = true;
	int r = list(&devices);

	if (r < 0)
		return r;
	for (size_t i = 0; (info = pnpn_device_list_get(devices, i)); i++)
		for (size_t j = 0; (link = pnpn_device_info_get_link(info, j)); j++)
			if (strncmp(link, PREFIX, strlen(PREFIX)) == 0)
				sound = sound &&
					pnpn_name_list_append(names, link + strlen(PREFIX));
	pnpn_device_list_free(devices);
	return sound ? 0 : -ENOMEM;
}

/* What it stands for: \Device\ and the name that Linux has for it, or else its id. */
static int append_target(struct pnpn_name_list *names, const char *name)
{
	struct pnpn_properties *properties;
	char link[PNPN_NAME_BYTES], target[PNPN_NAME_BYTES];

	if (strlen(name) >= sizeof(link) - sizeof(PREFIX))
		return -ENOENT;
	strcpy(link, PREFIX);
	strcat(link, name);
	int r = ask(link, &properties);
	if (r < 0)
		return r;
	const char *node = pnpn_properties_get(properties, "node", 0);
	const char *own = node && strncmp(node, "/dev/", 5) == 0
				  ? node + 5
				  : pnpn_properties_get_device(properties);
	strcpy(target, "\\Device\\");
	strncat(target, own, sizeof(target) - sizeof("\\Device\\") - 1);
	pnpn_properties_free(properties);
	return pnpn_name_list_append(names, target) ? 0 : -ENOMEM;
}

/* Returns how many characters were written, with all zeros. */
static DWORD query_dos_device(const char *name, CHAR *narrow, WCHAR *wide, DWORD room)
{
	struct pnpn_name_list names = {0};
	int r = name ? append_target(&names, name) : append_all(&names);

	if (r >= 0 && !pnpn_name_list_append(&names, ""))
		r = -ENOMEM;
	BOOL fits = r >= 0 && (narrow || wide) &&
		    pnpn_name_list_give(&names, narrow, wide, room) == CR_SUCCESS;
	free(names.text);
	if (fits)
		return (DWORD)names.bytes;
	(void)(r < 0 ? pnpn_fail_errno(r) : pnpn_fail(ERROR_INSUFFICIENT_BUFFER));
	return 0;
}

PNPN_EXPORT DWORD WINAPI QueryDosDeviceA(LPCSTR name, LPSTR buffer, DWORD room)
{
	return query_dos_device(name, buffer, NULL, room);
}

PNPN_EXPORT DWORD WINAPI QueryDosDeviceW(LPCWSTR name, LPWSTR buffer, DWORD room)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow)) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return 0;
	}
	DWORD length = query_dos_device(narrow, NULL, buffer, room);

	free(narrow);
	return length;
}
