/* SPDX-License-Identifier: MIT */
/* Enumerating devices and their interfaces, as Windows programs find them. */
#ifndef PNPN_SETUPAPI_H
#define PNPN_SETUPAPI_H

#include <windows.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef PVOID HDEVINFO;

#define DIGCF_DEFAULT	      0x01u
#define DIGCF_PRESENT	      0x02u
#define DIGCF_ALLCLASSES      0x04u
#define DIGCF_PROFILE	      0x08u
#define DIGCF_DEVICEINTERFACE 0x10u

#define SPINT_ACTIVE	      0x1u
#define SPINT_DEFAULT	      0x2u
#define SPINT_REMOVED	      0x4u

typedef struct _SP_DEVINFO_DATA {
	DWORD cbSize;
	GUID ClassGuid;
	DWORD DevInst;
	ULONG_PTR Reserved;
} SP_DEVINFO_DATA, *PSP_DEVINFO_DATA;

typedef struct _SP_DEVICE_INTERFACE_DATA {
	DWORD cbSize;
	GUID InterfaceClassGuid;
	DWORD Flags;
	ULONG_PTR Reserved;
} SP_DEVICE_INTERFACE_DATA, *PSP_DEVICE_INTERFACE_DATA;

typedef struct _SP_DEVICE_INTERFACE_DETAIL_DATA_A {
	DWORD cbSize;
	CHAR DevicePath[ANYSIZE_ARRAY];
} SP_DEVICE_INTERFACE_DETAIL_DATA_A, *PSP_DEVICE_INTERFACE_DETAIL_DATA_A;

typedef struct _SP_DEVICE_INTERFACE_DETAIL_DATA_W {
	DWORD cbSize;
	WCHAR DevicePath[ANYSIZE_ARRAY];
} SP_DEVICE_INTERFACE_DETAIL_DATA_W, *PSP_DEVICE_INTERFACE_DETAIL_DATA_W;

/** The devices as they are now: with an interface of a class (DIGCF_DEVICEINTERFACE), of the instance id
 *  Enumerator if given, or all (DIGCF_ALLCLASSES). The set is the caller's:
 *  SetupDiDestroyDeviceInfoList(). INVALID_HANDLE_VALUE, last error set. Asks the manager. */
HDEVINFO WINAPI SetupDiGetClassDevsW(const GUID *ClassGuid, PCWSTR Enumerator, HWND hwndParent,
				     DWORD Flags);
HDEVINFO WINAPI SetupDiGetClassDevsA(const GUID *ClassGuid, PCSTR Enumerator, HWND hwndParent,
				     DWORD Flags);
/** Frees a set. FALSE, ERROR_INVALID_HANDLE for what is none. */
BOOL WINAPI SetupDiDestroyDeviceInfoList(HDEVINFO DeviceInfoSet);
/** The set's MemberIndex-th device; ERROR_NO_MORE_ITEMS after the last. */
BOOL WINAPI SetupDiEnumDeviceInfo(HDEVINFO DeviceInfoSet, DWORD MemberIndex,
				  PSP_DEVINFO_DATA DeviceInfoData);
/** The MemberIndex-th interface of a class, of the whole set or one device in it;
 *  ERROR_NO_MORE_ITEMS after the last. */
BOOL WINAPI SetupDiEnumDeviceInterfaces(HDEVINFO DeviceInfoSet, PSP_DEVINFO_DATA DeviceInfoData,
					const GUID *InterfaceClassGuid, DWORD MemberIndex,
					PSP_DEVICE_INTERFACE_DATA DeviceInterfaceData);
/** An interface's name, for CreateFile(). cbSize of the detail is that of its fixed part, 8. Too little
 *  room: ERROR_INSUFFICIENT_BUFFER, and RequiredSize tells the bytes. */
BOOL WINAPI SetupDiGetDeviceInterfaceDetailW(
	HDEVINFO DeviceInfoSet, PSP_DEVICE_INTERFACE_DATA DeviceInterfaceData,
	PSP_DEVICE_INTERFACE_DETAIL_DATA_W DeviceInterfaceDetailData,
	DWORD DeviceInterfaceDetailDataSize, PDWORD RequiredSize, PSP_DEVINFO_DATA DeviceInfoData);
BOOL WINAPI SetupDiGetDeviceInterfaceDetailA(
	HDEVINFO DeviceInfoSet, PSP_DEVICE_INTERFACE_DATA DeviceInterfaceData,
	PSP_DEVICE_INTERFACE_DETAIL_DATA_A DeviceInterfaceDetailData,
	DWORD DeviceInterfaceDetailDataSize, PDWORD RequiredSize, PSP_DEVINFO_DATA DeviceInfoData);
/** A device's instance id; sizes in characters, the final zero included. */
BOOL WINAPI SetupDiGetDeviceInstanceIdW(HDEVINFO DeviceInfoSet, PSP_DEVINFO_DATA DeviceInfoData,
					WCHAR *DeviceInstanceId, DWORD DeviceInstanceIdSize,
					PDWORD RequiredSize);
BOOL WINAPI SetupDiGetDeviceInstanceIdA(HDEVINFO DeviceInfoSet, PSP_DEVINFO_DATA DeviceInfoData,
					CHAR *DeviceInstanceId, DWORD DeviceInstanceIdSize,
					PDWORD RequiredSize);

#ifdef UNICODE
#define SetupDiGetClassDevs		SetupDiGetClassDevsW
#define SetupDiGetDeviceInterfaceDetail SetupDiGetDeviceInterfaceDetailW
#define SetupDiGetDeviceInstanceId	SetupDiGetDeviceInstanceIdW
typedef SP_DEVICE_INTERFACE_DETAIL_DATA_W SP_DEVICE_INTERFACE_DETAIL_DATA,
	*PSP_DEVICE_INTERFACE_DETAIL_DATA;
#else
#define SetupDiGetClassDevs		SetupDiGetClassDevsA
#define SetupDiGetDeviceInterfaceDetail SetupDiGetDeviceInterfaceDetailA
#define SetupDiGetDeviceInstanceId	SetupDiGetDeviceInstanceIdA
typedef SP_DEVICE_INTERFACE_DETAIL_DATA_A SP_DEVICE_INTERFACE_DETAIL_DATA,
	*PSP_DEVICE_INTERFACE_DETAIL_DATA;
#endif

#ifdef __cplusplus
}
#endif

#endif
