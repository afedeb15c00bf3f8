/* SPDX-License-Identifier: MIT */
/* There is none, which is what these say. */
#include "kmdf/object.h"

NTSTATUS WdfDriverOpenParametersRegistryKey(WDFDRIVER driver, ACCESS_MASK access,
					    PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *key)
{
	pnpn_wdf_object_of(driver, PNPN_WDF_DRIVER);
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS WdfDeviceOpenRegistryKey(WDFDEVICE device, ULONG type, ACCESS_MASK access,
				  PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *key)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS WdfRegistryOpenKey(WDFKEY parent, PCUNICODE_STRING name, ACCESS_MASK access,
			    PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *key)
{
	return STATUS_OBJECT_NAME_NOT_FOUND;
}
