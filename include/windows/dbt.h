/* SPDX-License-Identifier: MIT */
/* WM_DEVICECHANGE: what happened (wParam) and to what (the structures that lParam points to). */
#ifndef PNPN_DBT_H
#define PNPN_DBT_H

#include <windef.h>

#define WM_DEVICECHANGE		    0x0219

#define BSF_MSGSRV32ISOK	    0x80000000
#define BSF_MSGSRV32ISOK_BIT	    0x1f
#define DBT_APPYBEGIN		    0x0
#define DBT_APPYEND		    0x1
#define DBT_DEVNODES_CHANGED	    0x7
#define DBT_QUERYCHANGECONFIG	    0x17
#define DBT_CONFIGCHANGED	    0x18
#define DBT_CONFIGCHANGECANCELED    0x19
#define DBT_MONITORCHANGE	    0x1b
#define DBT_SHELLLOGGEDON	    0x20
#define DBT_CONFIGMGAPI32	    0x22
#define DBT_VXDINITCOMPLETE	    0x23
#define DBT_VOLLOCKQUERYLOCK	    0x8041
#define DBT_VOLLOCKLOCKTAKEN	    0x8042
#define DBT_VOLLOCKLOCKFAILED	    0x8043
#define DBT_VOLLOCKQUERYUNLOCK	    0x8044
#define DBT_VOLLOCKLOCKRELEASED	    0x8045
#define DBT_VOLLOCKUNLOCKFAILED	    0x8046
#define LOCKP_ALLOW_WRITES	    0x1
#define LOCKP_FAIL_WRITES	    0x0
#define LOCKP_FAIL_MEM_MAPPING	    0x2
#define LOCKP_ALLOW_MEM_MAPPING	    0x0
#define LOCKP_USER_MASK		    0x3
#define LOCKP_LOCK_FOR_FORMAT	    0x4
#define LOCKF_LOGICAL_LOCK	    0x0
#define LOCKF_PHYSICAL_LOCK	    0x1
#define DBT_NO_DISK_SPACE	    0x47
#define DBT_LOW_DISK_SPACE	    0x48
#define DBT_CONFIGMGPRIVATE	    0x7fff
#define DBT_DEVICEARRIVAL	    0x8000
#define DBT_DEVICEQUERYREMOVE	    0x8001
#define DBT_DEVICEQUERYREMOVEFAILED 0x8002
#define DBT_DEVICEREMOVEPENDING	    0x8003
#define DBT_DEVICEREMOVECOMPLETE    0x8004
#define DBT_DEVICETYPESPECIFIC	    0x8005
#define DBT_CUSTOMEVENT		    0x8006
#define DBT_DEVTYP_OEM		    0x0
#define DBT_DEVTYP_DEVNODE	    0x1
#define DBT_DEVTYP_VOLUME	    0x2
#define DBT_DEVTYP_PORT		    0x3
#define DBT_DEVTYP_NET		    0x4
#define DBT_DEVTYP_DEVICEINTERFACE  0x5
#define DBT_DEVTYP_HANDLE	    0x6
#define DBTF_MEDIA		    0x1
#define DBTF_NET		    0x2
#define DBTF_RESOURCE		    0x1
#define DBTF_XPORT		    0x2
#define DBTF_SLOWNET		    0x4
#define DBT_VPOWERDAPI		    0x8100
#define DBT_USERDEFINED		    0xffff

#define BSF_QUERY		    0x1
#define BSF_IGNORECURRENTTASK	    0x2
#define BSF_FLUSHDISK		    0x4
#define BSF_NOHANG		    0x8
#define BSF_POSTMESSAGE		    0x10
#define BSF_FORCEIFHUNG		    0x20
#define BSF_NOTIMEOUTIFNOTHUNG	    0x40
#define BSM_ALLCOMPONENTS	    0x0
#define BSM_VXDS		    0x1
#define BSM_NETDRIVER		    0x2
#define BSM_INSTALLABLEDRIVERS	    0x4
#define BSM_APPLICATIONS	    0x8

/** How every structure begins: its whole size, and what it is (DBT_DEVTYP_*). */
typedef struct _DEV_BROADCAST_HDR {
	DWORD dbch_size;
	DWORD dbch_devicetype;
	DWORD dbch_reserved;
} DEV_BROADCAST_HDR, *PDEV_BROADCAST_HDR;

/** The same under its older name. */
struct _DEV_BROADCAST_HEADER {
	DWORD dbcd_size;
	DWORD dbcd_devicetype;
	DWORD dbcd_reserved;
};
typedef struct _DEV_BROADCAST_HEADER _DEV_BROADCAST_HEADER;

typedef struct VolLockBroadcast {
	struct _DEV_BROADCAST_HEADER vlb_dbh;
	DWORD vlb_owner;
	BYTE vlb_perms;
	BYTE vlb_lockType;
	BYTE vlb_drive;
	BYTE vlb_flags;
} VolLockBroadcast, *pVolLockBroadcast;

typedef struct _DEV_BROADCAST_OEM {
	DWORD dbco_size;
	DWORD dbco_devicetype;
	DWORD dbco_reserved;
	DWORD dbco_identifier;
	DWORD dbco_suppfunc;
} DEV_BROADCAST_OEM, *PDEV_BROADCAST_OEM;

typedef struct _DEV_BROADCAST_DEVNODE {
	DWORD dbcd_size;
	DWORD dbcd_devicetype;
	DWORD dbcd_reserved;
	DWORD dbcd_devnode;
} DEV_BROADCAST_DEVNODE, *PDEV_BROADCAST_DEVNODE;

typedef struct _DEV_BROADCAST_VOLUME {
	DWORD dbcv_size;
	DWORD dbcv_devicetype;
	DWORD dbcv_reserved;
	DWORD dbcv_unitmask;
	WORD dbcv_flags;
} DEV_BROADCAST_VOLUME, *PDEV_BROADCAST_VOLUME;

typedef struct _DEV_BROADCAST_PORT_A {
	DWORD dbcp_size;
	DWORD dbcp_devicetype;
	DWORD dbcp_reserved;
	char dbcp_name[1];
} DEV_BROADCAST_PORT_A, *PDEV_BROADCAST_PORT_A;

typedef struct _DEV_BROADCAST_PORT_W {
	DWORD dbcp_size;
	DWORD dbcp_devicetype;
	DWORD dbcp_reserved;
	WCHAR dbcp_name[1];
} DEV_BROADCAST_PORT_W, *PDEV_BROADCAST_PORT_W;

typedef struct _DEV_BROADCAST_NET {
	DWORD dbcn_size;
	DWORD dbcn_devicetype;
	DWORD dbcn_reserved;
	DWORD dbcn_resource;
	DWORD dbcn_flags;
} DEV_BROADCAST_NET, *PDEV_BROADCAST_NET;

/** An interface of a class came or went; its name in the window's own kind of text. */
typedef struct _DEV_BROADCAST_DEVICEINTERFACE_A {
	DWORD dbcc_size;
	DWORD dbcc_devicetype;
	DWORD dbcc_reserved;
	GUID dbcc_classguid;
	char dbcc_name[1];
} DEV_BROADCAST_DEVICEINTERFACE_A, *PDEV_BROADCAST_DEVICEINTERFACE_A;

typedef struct _DEV_BROADCAST_DEVICEINTERFACE_W {
	DWORD dbcc_size;
	DWORD dbcc_devicetype;
	DWORD dbcc_reserved;
	GUID dbcc_classguid;
	WCHAR dbcc_name[1];
} DEV_BROADCAST_DEVICEINTERFACE_W, *PDEV_BROADCAST_DEVICEINTERFACE_W;

/** Something happened on a device that a handle was registered for (U4, D8). */
typedef struct _DEV_BROADCAST_HANDLE {
	DWORD dbch_size;
	DWORD dbch_devicetype;
	DWORD dbch_reserved;
	HANDLE dbch_handle;
	HDEVNOTIFY dbch_hdevnotify;
	GUID dbch_eventguid;
	LONG dbch_nameoffset;
	BYTE dbch_data[1];
} DEV_BROADCAST_HANDLE, *PDEV_BROADCAST_HANDLE;

/** The same as a 32-bit and as a 64-bit program sees it. */
typedef struct _DEV_BROADCAST_HANDLE32 {
	DWORD dbch_size;
	DWORD dbch_devicetype;
	DWORD dbch_reserved;
	ULONG32 dbch_handle;
	ULONG32 dbch_hdevnotify;
	GUID dbch_eventguid;
	LONG dbch_nameoffset;
	BYTE dbch_data[1];
} DEV_BROADCAST_HANDLE32, *PDEV_BROADCAST_HANDLE32;

typedef struct _DEV_BROADCAST_HANDLE64 {
	DWORD dbch_size;
	DWORD dbch_devicetype;
	DWORD dbch_reserved;
	ULONG64 dbch_handle;
	ULONG64 dbch_hdevnotify;
	GUID dbch_eventguid;
	LONG dbch_nameoffset;
	BYTE dbch_data[1];
} DEV_BROADCAST_HANDLE64, *PDEV_BROADCAST_HANDLE64;

struct _DEV_BROADCAST_USERDEFINED {
	struct _DEV_BROADCAST_HEADER dbud_dbh;
	char dbud_szName[1];
};
typedef struct _DEV_BROADCAST_USERDEFINED _DEV_BROADCAST_USERDEFINED;

#ifdef UNICODE
typedef DEV_BROADCAST_PORT_W DEV_BROADCAST_PORT, *PDEV_BROADCAST_PORT;
typedef DEV_BROADCAST_DEVICEINTERFACE_W DEV_BROADCAST_DEVICEINTERFACE,
	*PDEV_BROADCAST_DEVICEINTERFACE;
#else
typedef DEV_BROADCAST_PORT_A DEV_BROADCAST_PORT, *PDEV_BROADCAST_PORT;
typedef DEV_BROADCAST_DEVICEINTERFACE_A DEV_BROADCAST_DEVICEINTERFACE,
	*PDEV_BROADCAST_DEVICEINTERFACE;
#endif

#endif
