/* SPDX-License-Identifier: MIT */
/* The configuration manager: notification by callback, and the interfaces of a class. */
#ifndef PNPN_CFGMGR32_H
#define PNPN_CFGMGR32_H

#include <windows.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef DWORD RETURN_TYPE, CONFIGRET;
typedef DWORD DEVINST, *PDEVINST;
typedef WCHAR *DEVINSTID_W;
typedef CHAR *DEVINSTID_A;

#define MAX_DEVICE_ID_LEN	    200

#define CR_SUCCESS		    0x0u
#define CR_DEFAULT		    0x1u
#define CR_OUT_OF_MEMORY	    0x2u
#define CR_INVALID_POINTER	    0x3u
#define CR_INVALID_FLAG		    0x4u
#define CR_INVALID_DEVNODE	    0x5u
#define CR_INVALID_DEVINST	    0x5u
#define CR_INVALID_RES_DES	    0x6u
#define CR_INVALID_LOG_CONF	    0x7u
#define CR_INVALID_ARBITRATOR	    0x8u
#define CR_INVALID_NODELIST	    0x9u
#define CR_DEVNODE_HAS_REQS	    0xau
#define CR_DEVINST_HAS_REQS	    0xau
#define CR_INVALID_RESOURCEID	    0xbu
#define CR_DLVXD_NOT_FOUND	    0xcu
#define CR_NO_SUCH_DEVNODE	    0xdu
#define CR_NO_SUCH_DEVINST	    0xdu
#define CR_NO_MORE_LOG_CONF	    0xeu
#define CR_NO_MORE_RES_DES	    0xfu
#define CR_ALREADY_SUCH_DEVNODE	    0x10u
#define CR_ALREADY_SUCH_DEVINST	    0x10u
#define CR_INVALID_RANGE_LIST	    0x11u
#define CR_INVALID_RANGE	    0x12u
#define CR_FAILURE		    0x13u
#define CR_NO_SUCH_LOGICAL_DEV	    0x14u
#define CR_CREATE_BLOCKED	    0x15u
#define CR_NOT_SYSTEM_VM	    0x16u
#define CR_REMOVE_VETOED	    0x17u
#define CR_APM_VETOED		    0x18u
#define CR_INVALID_LOAD_TYPE	    0x19u
#define CR_BUFFER_SMALL		    0x1au
#define CR_NO_ARBITRATOR	    0x1bu
#define CR_NO_REGISTRY_HANDLE	    0x1cu
#define CR_REGISTRY_ERROR	    0x1du
#define CR_INVALID_DEVICE_ID	    0x1eu
#define CR_INVALID_DATA		    0x1fu
#define CR_INVALID_API		    0x20u
#define CR_DEVLOADER_NOT_READY	    0x21u
#define CR_NEED_RESTART		    0x22u
#define CR_NO_MORE_HW_PROFILES	    0x23u
#define CR_DEVICE_NOT_THERE	    0x24u
#define CR_NO_SUCH_VALUE	    0x25u
#define CR_WRONG_TYPE		    0x26u
#define CR_INVALID_PRIORITY	    0x27u
#define CR_NOT_DISABLEABLE	    0x28u
#define CR_FREE_RESOURCES	    0x29u
#define CR_QUERY_VETOED		    0x2au
#define CR_CANT_SHARE_IRQ	    0x2bu
#define CR_NO_DEPENDENT		    0x2cu
#define CR_SAME_RESOURCES	    0x2du
#define CR_NO_SUCH_REGISTRY_KEY	    0x2eu
#define CR_INVALID_MACHINENAME	    0x2fu
#define CR_REMOTE_COMM_FAILURE	    0x30u
#define CR_MACHINE_UNAVAILABLE	    0x31u
#define CR_NO_CM_SERVICES	    0x32u
#define CR_ACCESS_DENIED	    0x33u
#define CR_CALL_NOT_IMPLEMENTED	    0x34u
#define CR_INVALID_PROPERTY	    0x35u
#define CR_DEVICE_INTERFACE_ACTIVE  0x36u
#define CR_NO_SUCH_DEVICE_INTERFACE 0x37u
#define CR_INVALID_REFERENCE_STRING 0x38u
#define CR_INVALID_CONFLICT_LIST    0x39u
#define CR_INVALID_INDEX	    0x3au
#define CR_INVALID_STRUCTURE_SIZE   0x3bu

typedef struct HCMNOTIFICATION__ *HCMNOTIFICATION, **PHCMNOTIFICATION;

#define CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES 0x1u
#define CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES  0x2u
#define CM_NOTIFY_FILTER_VALID_FLAGS \
	(CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES | CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES)

typedef enum _CM_NOTIFY_FILTER_TYPE {
	CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE,
	CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
	CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE,
	CM_NOTIFY_FILTER_TYPE_MAX
} CM_NOTIFY_FILTER_TYPE,
	*PCM_NOTIFY_FILTER_TYPE;

typedef struct _CM_NOTIFY_FILTER {
	DWORD cbSize;
	DWORD Flags;
	CM_NOTIFY_FILTER_TYPE FilterType;
	DWORD Reserved;
	union {
		struct {
			GUID ClassGuid;
		} DeviceInterface;
		struct {
			HANDLE hTarget;
		} DeviceHandle;
		struct {
			WCHAR InstanceId[MAX_DEVICE_ID_LEN];
		} DeviceInstance;
	} u;
} CM_NOTIFY_FILTER, *PCM_NOTIFY_FILTER;

typedef enum _CM_NOTIFY_ACTION {
	CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL,
	CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL,
	CM_NOTIFY_ACTION_DEVICEQUERYREMOVE,
	CM_NOTIFY_ACTION_DEVICEQUERYREMOVEFAILED,
	CM_NOTIFY_ACTION_DEVICEREMOVEPENDING,
	CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE,
	CM_NOTIFY_ACTION_DEVICECUSTOMEVENT,
	CM_NOTIFY_ACTION_DEVICEINSTANCEENUMERATED,
	CM_NOTIFY_ACTION_DEVICEINSTANCESTARTED,
	CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED,
	CM_NOTIFY_ACTION_MAX
} CM_NOTIFY_ACTION,
	*PCM_NOTIFY_ACTION;

typedef struct _CM_NOTIFY_EVENT_DATA {
	CM_NOTIFY_FILTER_TYPE FilterType;
	DWORD Reserved;
	union {
		struct {
			GUID ClassGuid;
			WCHAR SymbolicLink[ANYSIZE_ARRAY];
		} DeviceInterface;
		struct {
			GUID EventGuid;
			LONG NameOffset;
			DWORD DataSize;
			BYTE Data[ANYSIZE_ARRAY];
		} DeviceHandle;
		struct {
			WCHAR InstanceId[ANYSIZE_ARRAY];
		} DeviceInstance;
	} u;
} CM_NOTIFY_EVENT_DATA, *PCM_NOTIFY_EVENT_DATA;

typedef DWORD(CALLBACK *PCM_NOTIFY_CALLBACK)(HCMNOTIFICATION hNotify, PVOID Context,
					     CM_NOTIFY_ACTION Action,
					     PCM_NOTIFY_EVENT_DATA EventData, DWORD EventDataSize);

/** Has Callback called, on a thread of the library's, for interfaces of a class, an open device's events
 *  or devices' coming and going (U13). The notification is the caller's: CM_Unregister_Notification().
 *  CR_INVALID_POINTER; CR_INVALID_DATA for a filter that is none; CR_INVALID_FLAG; CR_FAILURE without a
 *  manager. Asks the manager. */
CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER pFilter, PVOID pContext,
					  PCM_NOTIFY_CALLBACK pCallback,
					  PHCMNOTIFICATION pNotifyContext);

/** Ends it; no callback runs any more when it returns. Inside its own callback CR_FAILURE, and it goes
 *  on (U13). CR_INVALID_DATA for what is no notification. Blocks while a callback runs. */
CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION NotifyContext);

#define CM_GET_DEVICE_INTERFACE_LIST_PRESENT	 0x0u
#define CM_GET_DEVICE_INTERFACE_LIST_ALL_DEVICES 0x1u
#define CM_GET_DEVICE_INTERFACE_LIST_BITS	 0x1u

/** How many characters CM_Get_Device_Interface_List() wants, both final zeros included. Asks the
 *  manager. */
CONFIGRET WINAPI CM_Get_Device_Interface_List_SizeW(PULONG pulLen, GUID *InterfaceClassGuid,
						    DEVINSTID_W pDeviceID, ULONG ulFlags);
CONFIGRET WINAPI CM_Get_Device_Interface_List_SizeA(PULONG pulLen, GUID *InterfaceClassGuid,
						    DEVINSTID_A pDeviceID, ULONG ulFlags);

/** The names of a class's interfaces, of all devices or of the one of that instance id, each ended by a
 *  zero, the list by another. PRESENT: enabled ones only. CR_BUFFER_SMALL. Asks the manager. */
CONFIGRET WINAPI CM_Get_Device_Interface_ListW(GUID *InterfaceClassGuid, DEVINSTID_W pDeviceID,
					       WCHAR *Buffer, ULONG BufferLen, ULONG ulFlags);
CONFIGRET WINAPI CM_Get_Device_Interface_ListA(GUID *InterfaceClassGuid, DEVINSTID_A pDeviceID,
					       CHAR *Buffer, ULONG BufferLen, ULONG ulFlags);

/** The Win32 error that stands for a CR_ code, or DefaultErr. */
DWORD WINAPI CM_MapCrToWin32Err(CONFIGRET CmReturnCode, DWORD DefaultErr);

#ifdef UNICODE
#define CM_Get_Device_Interface_List_Size CM_Get_Device_Interface_List_SizeW
#define CM_Get_Device_Interface_List	  CM_Get_Device_Interface_ListW
#else
#define CM_Get_Device_Interface_List_Size CM_Get_Device_Interface_List_SizeA
#define CM_Get_Device_Interface_List	  CM_Get_Device_Interface_ListA
#endif

#ifdef __cplusplus
}
#endif

#endif
