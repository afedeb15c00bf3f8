/* SPDX-License-Identifier: MIT */
#ifndef PNPN_WDFFDO_H
#define PNPN_WDFFDO_H

WDF_EXTERN_C_START
/* A filter hands down what it has no queue for. */
VOID WdfFdoInitSetFilter(PWDFDEVICE_INIT DeviceInit);
PDEVICE_OBJECT WdfFdoInitWdmGetPhysicalDevice(PWDFDEVICE_INIT DeviceInit);
NTSTATUS WdfFdoInitQueryProperty(PWDFDEVICE_INIT DeviceInit,
				 DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
				 PVOID PropertyBuffer, PULONG ResultLength);
WDF_EXTERN_C_END

#endif
