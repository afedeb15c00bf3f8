/* SPDX-License-Identifier: MIT */
/*
 * The application face has the sizes, offsets and constants of 64-bit Windows, or this does not compile;
 * its GUIDs, and values that are no integer constants, are compared when it runs. From the contract's
 * layout table. Also builds with mingw-w64, without the run.
 */
#include <windows.h>
#include <dbt.h>
#include <initguid.h>
#include <ioevent.h>
#include <stddef.h>

#ifndef _WIN32
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <pnpnotify.h>
#endif

#define IS(condition) _Static_assert(condition, #condition)

IS(sizeof(DEV_BROADCAST_HDR) == 12);
IS(_Alignof(DEV_BROADCAST_HDR) == 4);
IS(offsetof(DEV_BROADCAST_HDR, dbch_size) == 0);
IS(offsetof(DEV_BROADCAST_HDR, dbch_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_HDR, dbch_reserved) == 8);
IS(sizeof(VolLockBroadcast) == 20);
IS(_Alignof(VolLockBroadcast) == 4);
IS(offsetof(VolLockBroadcast, vlb_dbh) == 0);
IS(offsetof(VolLockBroadcast, vlb_owner) == 12);
IS(offsetof(VolLockBroadcast, vlb_perms) == 16);
IS(offsetof(VolLockBroadcast, vlb_lockType) == 17);
IS(offsetof(VolLockBroadcast, vlb_drive) == 18);
IS(offsetof(VolLockBroadcast, vlb_flags) == 19);
IS(sizeof(struct _DEV_BROADCAST_HEADER) == 12);
IS(_Alignof(struct _DEV_BROADCAST_HEADER) == 4);
IS(offsetof(struct _DEV_BROADCAST_HEADER, dbcd_size) == 0);
IS(offsetof(struct _DEV_BROADCAST_HEADER, dbcd_devicetype) == 4);
IS(offsetof(struct _DEV_BROADCAST_HEADER, dbcd_reserved) == 8);
IS(sizeof(DEV_BROADCAST_OEM) == 20);
IS(_Alignof(DEV_BROADCAST_OEM) == 4);
IS(offsetof(DEV_BROADCAST_OEM, dbco_size) == 0);
IS(offsetof(DEV_BROADCAST_OEM, dbco_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_OEM, dbco_reserved) == 8);
IS(offsetof(DEV_BROADCAST_OEM, dbco_identifier) == 12);
IS(offsetof(DEV_BROADCAST_OEM, dbco_suppfunc) == 16);
IS(sizeof(DEV_BROADCAST_DEVNODE) == 16);
IS(_Alignof(DEV_BROADCAST_DEVNODE) == 4);
IS(offsetof(DEV_BROADCAST_DEVNODE, dbcd_size) == 0);
IS(offsetof(DEV_BROADCAST_DEVNODE, dbcd_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_DEVNODE, dbcd_reserved) == 8);
IS(offsetof(DEV_BROADCAST_DEVNODE, dbcd_devnode) == 12);
IS(sizeof(DEV_BROADCAST_VOLUME) == 20);
IS(_Alignof(DEV_BROADCAST_VOLUME) == 4);
IS(offsetof(DEV_BROADCAST_VOLUME, dbcv_size) == 0);
IS(offsetof(DEV_BROADCAST_VOLUME, dbcv_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_VOLUME, dbcv_reserved) == 8);
IS(offsetof(DEV_BROADCAST_VOLUME, dbcv_unitmask) == 12);
IS(offsetof(DEV_BROADCAST_VOLUME, dbcv_flags) == 16);
IS(sizeof(DEV_BROADCAST_PORT_A) == 16);
IS(_Alignof(DEV_BROADCAST_PORT_A) == 4);
IS(offsetof(DEV_BROADCAST_PORT_A, dbcp_size) == 0);
IS(offsetof(DEV_BROADCAST_PORT_A, dbcp_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_PORT_A, dbcp_reserved) == 8);
IS(offsetof(DEV_BROADCAST_PORT_A, dbcp_name) == 12);
IS(sizeof(DEV_BROADCAST_PORT_W) == 16);
IS(_Alignof(DEV_BROADCAST_PORT_W) == 4);
IS(offsetof(DEV_BROADCAST_PORT_W, dbcp_size) == 0);
IS(offsetof(DEV_BROADCAST_PORT_W, dbcp_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_PORT_W, dbcp_reserved) == 8);
IS(offsetof(DEV_BROADCAST_PORT_W, dbcp_name) == 12);
IS(sizeof(DEV_BROADCAST_NET) == 20);
IS(_Alignof(DEV_BROADCAST_NET) == 4);
IS(offsetof(DEV_BROADCAST_NET, dbcn_size) == 0);
IS(offsetof(DEV_BROADCAST_NET, dbcn_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_NET, dbcn_reserved) == 8);
IS(offsetof(DEV_BROADCAST_NET, dbcn_resource) == 12);
IS(offsetof(DEV_BROADCAST_NET, dbcn_flags) == 16);
IS(sizeof(DEV_BROADCAST_DEVICEINTERFACE_A) == 32);
IS(_Alignof(DEV_BROADCAST_DEVICEINTERFACE_A) == 4);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_size) == 0);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_reserved) == 8);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_classguid) == 12);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_name) == 28);
IS(sizeof(DEV_BROADCAST_DEVICEINTERFACE_W) == 32);
IS(_Alignof(DEV_BROADCAST_DEVICEINTERFACE_W) == 4);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_size) == 0);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_reserved) == 8);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_classguid) == 12);
IS(offsetof(DEV_BROADCAST_DEVICEINTERFACE_W, dbcc_name) == 28);
IS(sizeof(DEV_BROADCAST_HANDLE) == 56);
IS(_Alignof(DEV_BROADCAST_HANDLE) == 8);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_size) == 0);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_reserved) == 8);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_handle) == 16);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_hdevnotify) == 24);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_eventguid) == 32);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_nameoffset) == 48);
IS(offsetof(DEV_BROADCAST_HANDLE, dbch_data) == 52);
IS(sizeof(DEV_BROADCAST_HANDLE32) == 44);
IS(_Alignof(DEV_BROADCAST_HANDLE32) == 4);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_size) == 0);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_reserved) == 8);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_handle) == 12);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_hdevnotify) == 16);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_eventguid) == 20);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_nameoffset) == 36);
IS(offsetof(DEV_BROADCAST_HANDLE32, dbch_data) == 40);
IS(sizeof(DEV_BROADCAST_HANDLE64) == 56);
IS(_Alignof(DEV_BROADCAST_HANDLE64) == 8);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_size) == 0);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_devicetype) == 4);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_reserved) == 8);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_handle) == 16);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_hdevnotify) == 24);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_eventguid) == 32);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_nameoffset) == 48);
IS(offsetof(DEV_BROADCAST_HANDLE64, dbch_data) == 52);
IS(sizeof(struct _DEV_BROADCAST_USERDEFINED) == 16);
IS(_Alignof(struct _DEV_BROADCAST_USERDEFINED) == 4);
IS(offsetof(struct _DEV_BROADCAST_USERDEFINED, dbud_dbh) == 0);
IS(offsetof(struct _DEV_BROADCAST_USERDEFINED, dbud_szName) == 12);
IS(sizeof(GUID) == 16);
IS(_Alignof(GUID) == 4);
IS(offsetof(GUID, Data1) == 0);
IS(offsetof(GUID, Data2) == 4);
IS(offsetof(GUID, Data3) == 6);
IS(offsetof(GUID, Data4) == 8);
IS(sizeof(MSG) == 48);
IS(_Alignof(MSG) == 8);
IS(offsetof(MSG, hwnd) == 0);
IS(offsetof(MSG, message) == 8);
IS(offsetof(MSG, wParam) == 16);
IS(offsetof(MSG, lParam) == 24);
IS(offsetof(MSG, time) == 32);
IS(offsetof(MSG, pt) == 36);
IS(sizeof(DEVICE_EVENT_BECOMING_READY) == 12);
IS(_Alignof(DEVICE_EVENT_BECOMING_READY) == 4);
IS(offsetof(DEVICE_EVENT_BECOMING_READY, Version) == 0);
IS(offsetof(DEVICE_EVENT_BECOMING_READY, Reason) == 4);
IS(offsetof(DEVICE_EVENT_BECOMING_READY, Estimated100msToReady) == 8);
IS(sizeof(DEVICE_EVENT_EXTERNAL_REQUEST) == 24);
IS(_Alignof(DEVICE_EVENT_EXTERNAL_REQUEST) == 8);
IS(offsetof(DEVICE_EVENT_EXTERNAL_REQUEST, Version) == 0);
IS(offsetof(DEVICE_EVENT_EXTERNAL_REQUEST, DeviceClass) == 4);
IS(offsetof(DEVICE_EVENT_EXTERNAL_REQUEST, ButtonStatus) == 8);
IS(offsetof(DEVICE_EVENT_EXTERNAL_REQUEST, Request) == 10);
IS(offsetof(DEVICE_EVENT_EXTERNAL_REQUEST, SystemTime) == 16);
IS(sizeof(DEVICE_EVENT_GENERIC_DATA) == 4);
IS(_Alignof(DEVICE_EVENT_GENERIC_DATA) == 4);
IS(offsetof(DEVICE_EVENT_GENERIC_DATA, EventNumber) == 0);
IS(sizeof(DEVICE_EVENT_RBC_DATA) == 12);
IS(_Alignof(DEVICE_EVENT_RBC_DATA) == 4);
IS(offsetof(DEVICE_EVENT_RBC_DATA, EventNumber) == 0);
IS(offsetof(DEVICE_EVENT_RBC_DATA, SenseQualifier) == 4);
IS(offsetof(DEVICE_EVENT_RBC_DATA, SenseCode) == 5);
IS(offsetof(DEVICE_EVENT_RBC_DATA, SenseKey) == 6);
IS(offsetof(DEVICE_EVENT_RBC_DATA, Reserved) == 7);
IS(offsetof(DEVICE_EVENT_RBC_DATA, Information) == 8);
IS(sizeof(GUID_IO_DISK_CLONE_ARRIVAL_INFORMATION) == 4);
IS(_Alignof(GUID_IO_DISK_CLONE_ARRIVAL_INFORMATION) == 4);
IS(offsetof(GUID_IO_DISK_CLONE_ARRIVAL_INFORMATION, DiskNumber) == 0);
IS(sizeof(OVERLAPPED) == 32);
IS(_Alignof(OVERLAPPED) == 8);
IS(offsetof(OVERLAPPED, Internal) == 0);
IS(offsetof(OVERLAPPED, InternalHigh) == 8);
IS(offsetof(OVERLAPPED, Offset) == 16);
IS(offsetof(OVERLAPPED, OffsetHigh) == 20);
IS(offsetof(OVERLAPPED, Pointer) == 16);
IS(offsetof(OVERLAPPED, hEvent) == 24);
IS(sizeof(LARGE_INTEGER) == 8);
IS(_Alignof(LARGE_INTEGER) == 8);
IS(offsetof(LARGE_INTEGER, LowPart) == 0);
IS(offsetof(LARGE_INTEGER, HighPart) == 4);
IS(offsetof(LARGE_INTEGER, QuadPart) == 0);
IS(sizeof(HANDLE) == 8);
IS(sizeof(HDEVNOTIFY) == 8);
IS(sizeof(HWND) == 8);
IS(sizeof(WCHAR) == 2);
IS(sizeof(LONG) == 4);
IS(sizeof(ULONG) == 4);
IS(sizeof(DWORD) == 4);
IS(sizeof(USHORT) == 2);
IS(WM_DEVICECHANGE == 0x219);
IS(BSF_QUERY == 0x1);
IS(BSF_IGNORECURRENTTASK == 0x2);
IS(BSF_FLUSHDISK == 0x4);
IS(BSF_NOHANG == 0x8);
IS(BSF_POSTMESSAGE == 0x10);
IS(BSF_FORCEIFHUNG == 0x20);
IS(BSF_NOTIMEOUTIFNOTHUNG == 0x40);
IS((DWORD)BSF_MSGSRV32ISOK == 0x80000000);
IS(BSF_MSGSRV32ISOK_BIT == 0x1f);
IS(BSM_ALLCOMPONENTS == 0x0);
IS(BSM_VXDS == 0x1);
IS(BSM_NETDRIVER == 0x2);
IS(BSM_INSTALLABLEDRIVERS == 0x4);
IS(BSM_APPLICATIONS == 0x8);
IS(DBT_APPYBEGIN == 0x0);
IS(DBT_APPYEND == 0x1);
IS(DBT_DEVNODES_CHANGED == 0x7);
IS(DBT_QUERYCHANGECONFIG == 0x17);
IS(DBT_CONFIGCHANGED == 0x18);
IS(DBT_CONFIGCHANGECANCELED == 0x19);
IS(DBT_MONITORCHANGE == 0x1b);
IS(DBT_SHELLLOGGEDON == 0x20);
IS(DBT_CONFIGMGAPI32 == 0x22);
IS(DBT_VXDINITCOMPLETE == 0x23);
IS(DBT_VOLLOCKQUERYLOCK == 0x8041);
IS(DBT_VOLLOCKLOCKTAKEN == 0x8042);
IS(DBT_VOLLOCKLOCKFAILED == 0x8043);
IS(DBT_VOLLOCKQUERYUNLOCK == 0x8044);
IS(DBT_VOLLOCKLOCKRELEASED == 0x8045);
IS(DBT_VOLLOCKUNLOCKFAILED == 0x8046);
IS(LOCKP_ALLOW_WRITES == 0x1);
IS(LOCKP_FAIL_WRITES == 0x0);
IS(LOCKP_FAIL_MEM_MAPPING == 0x2);
IS(LOCKP_ALLOW_MEM_MAPPING == 0x0);
IS(LOCKP_USER_MASK == 0x3);
IS(LOCKP_LOCK_FOR_FORMAT == 0x4);
IS(LOCKF_LOGICAL_LOCK == 0x0);
IS(LOCKF_PHYSICAL_LOCK == 0x1);
IS(DBT_NO_DISK_SPACE == 0x47);
IS(DBT_LOW_DISK_SPACE == 0x48);
IS(DBT_CONFIGMGPRIVATE == 0x7fff);
IS(DBT_DEVICEARRIVAL == 0x8000);
IS(DBT_DEVICEQUERYREMOVE == 0x8001);
IS(DBT_DEVICEQUERYREMOVEFAILED == 0x8002);
IS(DBT_DEVICEREMOVEPENDING == 0x8003);
IS(DBT_DEVICEREMOVECOMPLETE == 0x8004);
IS(DBT_DEVICETYPESPECIFIC == 0x8005);
IS(DBT_CUSTOMEVENT == 0x8006);
IS(DBT_DEVTYP_OEM == 0x0);
IS(DBT_DEVTYP_DEVNODE == 0x1);
IS(DBT_DEVTYP_VOLUME == 0x2);
IS(DBT_DEVTYP_PORT == 0x3);
IS(DBT_DEVTYP_NET == 0x4);
IS(DBT_DEVTYP_DEVICEINTERFACE == 0x5);
IS(DBT_DEVTYP_HANDLE == 0x6);
IS(DBTF_MEDIA == 0x1);
IS(DBTF_NET == 0x2);
IS(DBTF_RESOURCE == 0x1);
IS(DBTF_XPORT == 0x2);
IS(DBTF_SLOWNET == 0x4);
IS(DBT_VPOWERDAPI == 0x8100);
IS(DBT_USERDEFINED == 0xffff);
IS(DEVICE_NOTIFY_WINDOW_HANDLE == 0x0);
IS(DEVICE_NOTIFY_SERVICE_HANDLE == 0x1);
IS(DEVICE_NOTIFY_ALL_INTERFACE_CLASSES == 0x4);
IS(BROADCAST_QUERY_DENY == 0x424d5144);
IS(ANYSIZE_ARRAY == 0x1);
IS(ERROR_SUCCESS == 0x0);
IS(ERROR_INVALID_FUNCTION == 0x1);
IS(ERROR_FILE_NOT_FOUND == 0x2);
IS(ERROR_ACCESS_DENIED == 0x5);
IS(ERROR_INVALID_HANDLE == 0x6);
IS(ERROR_NOT_ENOUGH_MEMORY == 0x8);
IS(ERROR_INVALID_DATA == 0xd);
IS(ERROR_OUTOFMEMORY == 0xe);
IS(ERROR_BAD_LENGTH == 0x18);
IS(ERROR_GEN_FAILURE == 0x1f);
IS(ERROR_NOT_SUPPORTED == 0x32);
IS(ERROR_INVALID_PARAMETER == 0x57);
IS(ERROR_CALL_NOT_IMPLEMENTED == 0x78);
IS(ERROR_INSUFFICIENT_BUFFER == 0x7a);
IS(ERROR_ALREADY_EXISTS == 0xb7);
IS(ERROR_MORE_DATA == 0xea);
IS(ERROR_NO_MORE_ITEMS == 0x103);
IS(ERROR_IO_PENDING == 0x3e5);
IS(ERROR_IO_INCOMPLETE == 0x3e4);
IS(ERROR_OPERATION_ABORTED == 0x3e3);
IS(ERROR_NOACCESS == 0x3e6);
IS(ERROR_INVALID_FLAGS == 0x3ec);
IS(ERROR_SERVICE_DOES_NOT_EXIST == 0x424);
IS(ERROR_SERVICE_NOT_ACTIVE == 0x426);
IS(ERROR_DEVICE_NOT_CONNECTED == 0x48f);
IS(ERROR_NOT_FOUND == 0x490);
IS(ERROR_INVALID_WINDOW_HANDLE == 0x578);
IS(ERROR_NO_SYSTEM_RESOURCES == 0x5aa);
IS(ERROR_TIMEOUT == 0x5b4);
IS(ERROR_INVALID_USER_BUFFER == 0x6f8);
IS(ERROR_INVALID_NAME == 0x7b);
IS(ERROR_DEV_NOT_EXIST == 0x37);
IS(ERROR_REVISION_MISMATCH == 0x51a);
IS(ERROR_UNKNOWN_REVISION == 0x519);
IS(RPC_S_SERVER_UNAVAILABLE == 0x6ba);
IS(RPC_S_INVALID_BINDING == 0x6a6);

/* Not in mingw-w64; from the documentation. */
#ifndef _WIN32
IS(DEVICE_NOTIFY_CALLBACK == 0x2);

static const struct {
	const char *text;
	const GUID *guid;
} guids[] = {
	{"7373654A-812A-11D0-BEC7-08002BE2092F", &GUID_IO_VOLUME_CHANGE},
	{"D16A55E8-1059-11D2-8FFD-00A0C9A06D32", &GUID_IO_VOLUME_DISMOUNT},
	{"E3C5B178-105D-11D2-8FFD-00A0C9A06D32", &GUID_IO_VOLUME_DISMOUNT_FAILED},
	{"B5804878-1A96-11D2-8FFD-00A0C9A06D32", &GUID_IO_VOLUME_MOUNT},
	{"50708874-C9AF-11D1-8FEF-00A0C9A06D32", &GUID_IO_VOLUME_LOCK},
	{"AE2EED10-0BA8-11D2-8FFB-00A0C9A06D32", &GUID_IO_VOLUME_LOCK_FAILED},
	{"9A8C3D68-D0CB-11D1-8FEF-00A0C9A06D32", &GUID_IO_VOLUME_UNLOCK},
	{"2DE97F83-4C06-11D2-A532-00609713055A", &GUID_IO_VOLUME_NAME_CHANGE},
	{"2DE97F84-4C06-11D2-A532-00609713055A", &GUID_IO_VOLUME_PHYSICAL_CONFIGURATION_CHANGE},
	{"53F5630D-B6BF-11D0-94F2-00A0C91EFB8B", &GUID_IO_VOLUME_DEVICE_INTERFACE},
	{"D07433C0-A98E-11D2-917A-00A0C9068FF3", &GUID_IO_MEDIA_ARRIVAL},
	{"D07433C1-A98E-11D2-917A-00A0C9068FF3", &GUID_IO_MEDIA_REMOVAL},
	{"D07433F0-A98E-11D2-917A-00A0C9068FF3", &GUID_IO_DEVICE_BECOMING_READY},
	{"D07433D0-A98E-11D2-917A-00A0C9068FF3", &GUID_IO_DEVICE_EXTERNAL_REQUEST},
	{"D07433D1-A98E-11D2-917A-00A0C9068FF3", &GUID_IO_MEDIA_EJECT_REQUEST},
	{"7207877C-90ED-44E5-A000-81428D4C79BB", &GUID_IO_DRIVE_REQUIRES_CLEANING},
	{"852D11EB-4BB8-4507-9D9B-417CC2B1B438", &GUID_IO_TAPE_ERASE},
	{"D0744792-A98E-11D2-917A-00A0C9068FF3", &GUID_DEVICE_EVENT_RBC},
	{"6A61885B-7C39-43DD-9B56-B8AC22A549AA", &GUID_IO_DISK_CLONE_ARRIVAL},
	{"11DFF54C-8469-41F9-B3DE-EF836487C54A", &GUID_IO_DISK_LAYOUT_CHANGE},
};

static void test_guids(void **state)
{
	for (size_t i = 0; i < ARRAYSIZE(guids); i++) {
		struct pnpn_guid wanted;
		assert_int_equal(pnpn_guid_from_string(guids[i].text, &wanted), 0);
		assert_memory_equal(&wanted, guids[i].guid, sizeof(wanted));
	}
}

static void test_pointers(void **state)
{
	assert_true((LONG_PTR)HWND_MESSAGE == -3);
	assert_true((LONG_PTR)INVALID_HANDLE_VALUE == -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guids),
		cmocka_unit_test(test_pointers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
