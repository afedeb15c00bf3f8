/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which lacks a few of Windows 7's names. */
#pragma GCC system_header
#include <windows.h>
#include_next <setupapi.h>

#ifndef PNPN_SETUPAPI_H
#define PNPN_SETUPAPI_H

#ifndef SPDRP_BASE_CONTAINERID
#define SPDRP_BASE_CONTAINERID 0x00000024
#endif

EXTERN_C WINSETUPAPI WINBOOL WINAPI SetupDiGetDeviceInterfacePropertyW(
	HDEVINFO DeviceInfoSet, PSP_DEVICE_INTERFACE_DATA DeviceInterfaceData,
	const DEVPROPKEY *PropertyKey, DEVPROPTYPE *PropertyType, PBYTE PropertyBuffer,
	DWORD PropertyBufferSize, PDWORD RequiredSize, DWORD Flags);
#ifdef UNICODE
#define SetupDiGetDeviceInterfaceProperty SetupDiGetDeviceInterfacePropertyW
#endif

#endif
