/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's, which has the types of these functions but, up to version 10, not them. */
#pragma GCC system_header
#include <windows.h>
#include_next <cfgmgr32.h>

#ifndef PNPN_CFGMGR32_H
#define PNPN_CFGMGR32_H

EXTERN_C CMAPI CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER pFilter, PVOID pContext,
							 PCM_NOTIFY_CALLBACK pCallback,
							 PHCMNOTIFICATION pNotifyContext);
EXTERN_C CMAPI CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION NotifyContext);
EXTERN_C CMAPI CONFIGRET WINAPI CM_Get_Device_Interface_PropertyW(
	LPCWSTR pszDeviceInterface, const DEVPROPKEY *PropertyKey, DEVPROPTYPE *PropertyType,
	PBYTE PropertyBuffer, PULONG PropertyBufferSize, ULONG ulFlags);
#define CM_Get_Device_Interface_Property CM_Get_Device_Interface_PropertyW
EXTERN_C CMAPI DWORD WINAPI CM_MapCrToWin32Err(CONFIGRET CmReturnCode, DWORD DefaultErr);

#endif
