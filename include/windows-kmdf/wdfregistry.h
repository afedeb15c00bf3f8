/* SPDX-License-Identifier: MIT */
/* There is no registry: no key opens, which drivers are ready for. */
#ifndef PNPN_WDFREGISTRY_H
#define PNPN_WDFREGISTRY_H

WDF_EXTERN_C_START
NTSTATUS WdfDriverOpenParametersRegistryKey(WDFDRIVER Driver, ACCESS_MASK DesiredAccess,
					    PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);
NTSTATUS WdfDeviceOpenRegistryKey(WDFDEVICE Device, ULONG DeviceInstanceKeyType,
				  ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
				  WDFKEY *Key);
NTSTATUS WdfRegistryOpenKey(WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
			    PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);
WDF_EXTERN_C_END

#endif
