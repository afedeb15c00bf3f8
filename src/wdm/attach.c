/* SPDX-License-Identifier: MIT */
/* Attaching a device to a stack; the names that lead to it lead to the stack's node then. */
#include "wdm/device-object.h"
#include "wdm/legacy.h"
#include "wdm/symbolic-link.h"

PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT source, PDEVICE_OBJECT target)
{
	if (!source || !target)
		return NULL;
	pnpn_device_object_verify(source, __func__);
	pnpn_device_object_verify(target, __func__);
	PDEVICE_OBJECT below = pnpn_device_object_attach(source, target);
	if (below)
		pnpn_legacy_withdraw(source);
	if (!below || pnpn_symbolic_links_attached(source))
		return below;
	IoDetachDevice(below);
	return NULL;
}
