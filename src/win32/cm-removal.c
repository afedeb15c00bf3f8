/* SPDX-License-Identifier: MIT */
/* CM_Request_Device_Eject, CM_Query_And_Remove_SubTree: the same here, for nothing is below a process's device (D5). */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <cfgmgr32.h>
#include <pnpnotify.h>

#include "wincommon/utf.h"
#include "wincommon/wcs.h"
#include "win32/connect.h"
#include "win32/devinst.h"
#include "win32/export.h"

/* Where the caller wants to hear who vetoed. */
struct veto_target {
	PPNP_VETO_TYPE type; /* may be NULL, as name */
	void *name;
	ULONG length; /* of the name, in characters */
	bool wide;
};

static PNP_VETO_TYPE type_of(const struct pnpn_veto *veto)
{
	switch (veto->kind) {
	case PNPN_VETO_APPLICATION:
		return PNP_VetoWindowsApp;
	case PNPN_VETO_HANDLE:
		return PNP_VetoOutstandingOpen;
	case PNPN_VETO_DRIVER:
	case PNPN_VETO_OWNER:
		return PNP_VetoDriver;
	case PNPN_VETO_OTHER:
		break;
	}
	return PNP_VetoTypeUnknown;
}

/* As much of it as there is room for, and a zero. */
static void write_name(const struct veto_target *target, const char *name)
{
	if (!target->name || !target->length)
		return;
	if (!target->wide) {
		memset(target->name, 0, target->length);
		strncpy(target->name, name, target->length - 1);
		return;
	}
	WCHAR *wide = pnpn_utf_widen(name);
	size_t units = wide ? pnpn_wcslen(wide) : 0;
	if (units >= target->length)
		units = target->length - 1;
	if (wide)
		memcpy(target->name, wide, units * sizeof(*wide));
	((WCHAR *)target->name)[units] = 0;
	free(wide);
}

/* An open handle is known by its device, as on Windows. */
static CONFIGRET tell_veto(const struct veto_target *target, const struct pnpn_veto *veto,
			   const char *id)
{
	if (target->type)
		*target->type = type_of(veto);
	write_name(target, veto->kind == PNPN_VETO_HANDLE ? id : veto->who);
	return CR_REMOVE_VETOED;
}

static CONFIGRET remove_device(const char *id, const struct veto_target *target)
{
	struct pnpn_connection *connection;
	struct pnpn_veto veto;
	int r = pnpn_win32_connect(&connection);

	if (r < 0)
		return pnpn_win32_cr(r);
	r = pnpn_remove(connection, id, 0, &veto, sizeof(veto));
	pnpn_disconnect(connection);
	return r == 1 ? tell_veto(target, &veto, id) : pnpn_win32_cr(r);
}

static CONFIGRET remove_number(DEVINST number, const struct veto_target *target, ULONG flags)
{
	char *id;

	if (flags & ~(ULONG)CM_REMOVE_BITS)
		return CR_INVALID_FLAG;
	if (!target->name && target->length)
		return CR_INVALID_POINTER;
	int r = pnpn_devinst_find(number, &id);
	if (r == -EBADF)
		return CR_INVALID_DEVNODE;
	if (r < 0)
		return pnpn_win32_cr(r);
	CONFIGRET result = remove_device(id, target);
	free(id);
	return result;
}

PNPN_EXPORT CONFIGRET WINAPI CM_Request_Device_EjectA(DEVINST number, PPNP_VETO_TYPE type,
						      LPSTR name, ULONG length, ULONG flags)
{
	return remove_number(number, &(struct veto_target){type, name, length, false}, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Request_Device_EjectW(DEVINST number, PPNP_VETO_TYPE type,
						      LPWSTR name, ULONG length, ULONG flags)
{
	return remove_number(number, &(struct veto_target){type, name, length, true}, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Query_And_Remove_SubTreeA(DEVINST number, PPNP_VETO_TYPE type,
							  LPSTR name, ULONG length, ULONG flags)
{
	return remove_number(number, &(struct veto_target){type, name, length, false}, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Query_And_Remove_SubTreeW(DEVINST number, PPNP_VETO_TYPE type,
							  LPWSTR name, ULONG length, ULONG flags)
{
	return remove_number(number, &(struct veto_target){type, name, length, true}, flags);
}

/* Another machine's devices are not to be had. */
static CONFIGRET remove_there(DEVINST number, const struct veto_target *target, ULONG flags,
			      HMACHINE machine)
{
	return machine ? CR_INVALID_MACHINENAME : remove_number(number, target, flags);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Query_And_Remove_SubTree_ExA(DEVINST number, PPNP_VETO_TYPE type,
							     LPSTR name, ULONG length, ULONG flags,
							     HMACHINE machine)
{
	return remove_there(number, &(struct veto_target){type, name, length, false}, flags,
			    machine);
}

PNPN_EXPORT CONFIGRET WINAPI CM_Query_And_Remove_SubTree_ExW(DEVINST number, PPNP_VETO_TYPE type,
							     LPWSTR name, ULONG length, ULONG flags,
							     HMACHINE machine)
{
	return remove_there(number, &(struct veto_target){type, name, length, true}, flags,
			    machine);
}
