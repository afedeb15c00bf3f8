/* SPDX-License-Identifier: MIT */
/* Device interfaces under their Windows names (D1 to D3). */
#include <linux/slab.h>

#include "device.h"
#include "windows-object.h"
#include "core/utf.h"

/* \??\ in place of \\?\ (D1). */
static NTSTATUS give_name(const char *name, PUNICODE_STRING ret_name)
{
	PWCH buffer;
	size_t units;

	if (pnpn_utf8_to_utf16(name, NULL, &units) < 0)
		return STATUS_INVALID_PARAMETER;
	buffer = kcalloc(units + 1, sizeof(WCHAR), GFP_KERNEL);
	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	(void)pnpn_utf8_to_utf16(name, buffer, &units);
	buffer[1] = L'?';
	ret_name->Buffer = buffer;
	ret_name->Length = units * sizeof(WCHAR);
	ret_name->MaximumLength = (units + 1) * sizeof(WCHAR);
	return STATUS_SUCCESS;
}

static NTSTATUS add(struct pnpn_device *device, const GUID *class, const char *reference,
		    PUNICODE_STRING ret_name)
{
	const char *name;
	NTSTATUS status;
	int r;

	/* Before anything is changed (D2). */
	if (strpbrk(reference, "/\\"))
		return STATUS_INVALID_DEVICE_REQUEST;
	r = pnpn_device_add_interface(device, (const struct pnpn_guid *)class, reference, &name);
	if (r < 0)
		return pnpn_status(r);
	status = give_name(name, ret_name);
	return NT_SUCCESS(status) && r ? STATUS_OBJECT_NAME_EXISTS : status;
}

NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT pdo, const GUID *class, PUNICODE_STRING reference,
				   PUNICODE_STRING ret_name)
{
	struct pnpn_device *device = pnpn_pdo_device(pdo);
	char *text;
	NTSTATUS status;

	if (!class || !ret_name)
		return STATUS_INVALID_PARAMETER;
	if (!device)
		return STATUS_INVALID_DEVICE_REQUEST;
	text = kzalloc(3 * (reference ? reference->Length / 2 : 0) + 1, GFP_KERNEL);
	if (!text)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (reference && reference->Buffer)
		text[pnpn_utf16_to_utf8(reference->Buffer, reference->Length, text)] = 0;
	status = add(device, class, text, ret_name);
	kfree(text);
	return status;
}
EXPORT_SYMBOL_GPL(IoRegisterDeviceInterface);

NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING unicode, BOOLEAN enable)
{
	char *name = pnpn_name_from_unicode(unicode);
	int r;

	if (IS_ERR(name))
		return pnpn_status(PTR_ERR(name));
	r = pnpn_device_enable_by_name(name, enable);
	kfree(name);
	return r == -EEXIST ? STATUS_OBJECT_NAME_EXISTS : pnpn_status(r);
}
EXPORT_SYMBOL_GPL(IoSetDeviceInterfaceState);
