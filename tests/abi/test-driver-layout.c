/* SPDX-License-Identifier: MIT */
/*
 * The driver face has the sizes, offsets and constants of 64-bit Windows, or this does not compile; its
 * GUIDs are compared when it runs. From the contract's layout table.
 */
#include <ntddk.h>
#include <wdmguid.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pnpnotify.h>

#define IS(condition) _Static_assert(condition, #condition)

IS(sizeof(GUID) == 16);
IS(_Alignof(GUID) == 4);
IS(offsetof(GUID, Data1) == 0);
IS(offsetof(GUID, Data2) == 4);
IS(offsetof(GUID, Data3) == 6);
IS(offsetof(GUID, Data4) == 8);
IS(sizeof(LARGE_INTEGER) == 8);
IS(_Alignof(LARGE_INTEGER) == 8);
IS(offsetof(LARGE_INTEGER, LowPart) == 0);
IS(offsetof(LARGE_INTEGER, HighPart) == 4);
IS(offsetof(LARGE_INTEGER, QuadPart) == 0);
IS(sizeof(HANDLE) == 8);
IS(sizeof(WCHAR) == 2);
IS(sizeof(LONG) == 4);
IS(sizeof(ULONG) == 4);
IS(sizeof(USHORT) == 2);
IS(sizeof(PLUGPLAY_NOTIFICATION_HEADER) == 20);
IS(_Alignof(PLUGPLAY_NOTIFICATION_HEADER) == 4);
IS(offsetof(PLUGPLAY_NOTIFICATION_HEADER, Version) == 0);
IS(offsetof(PLUGPLAY_NOTIFICATION_HEADER, Size) == 2);
IS(offsetof(PLUGPLAY_NOTIFICATION_HEADER, Event) == 4);
IS(sizeof(TARGET_DEVICE_CUSTOM_NOTIFICATION) == 40);
IS(_Alignof(TARGET_DEVICE_CUSTOM_NOTIFICATION) == 8);
IS(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, Version) == 0);
IS(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, Size) == 2);
IS(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, Event) == 4);
IS(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, FileObject) == 24);
IS(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, NameBufferOffset) == 32);
IS(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) == 36);
IS(sizeof(TARGET_DEVICE_REMOVAL_NOTIFICATION) == 32);
IS(_Alignof(TARGET_DEVICE_REMOVAL_NOTIFICATION) == 8);
IS(offsetof(TARGET_DEVICE_REMOVAL_NOTIFICATION, Version) == 0);
IS(offsetof(TARGET_DEVICE_REMOVAL_NOTIFICATION, Size) == 2);
IS(offsetof(TARGET_DEVICE_REMOVAL_NOTIFICATION, Event) == 4);
IS(offsetof(TARGET_DEVICE_REMOVAL_NOTIFICATION, FileObject) == 24);
IS(sizeof(DEVICE_INTERFACE_CHANGE_NOTIFICATION) == 48);
IS(_Alignof(DEVICE_INTERFACE_CHANGE_NOTIFICATION) == 8);
IS(offsetof(DEVICE_INTERFACE_CHANGE_NOTIFICATION, Version) == 0);
IS(offsetof(DEVICE_INTERFACE_CHANGE_NOTIFICATION, Size) == 2);
IS(offsetof(DEVICE_INTERFACE_CHANGE_NOTIFICATION, Event) == 4);
IS(offsetof(DEVICE_INTERFACE_CHANGE_NOTIFICATION, InterfaceClassGuid) == 20);
IS(offsetof(DEVICE_INTERFACE_CHANGE_NOTIFICATION, SymbolicLinkName) == 40);
IS(sizeof(HWPROFILE_CHANGE_NOTIFICATION) == 20);
IS(_Alignof(HWPROFILE_CHANGE_NOTIFICATION) == 4);
IS(offsetof(HWPROFILE_CHANGE_NOTIFICATION, Version) == 0);
IS(offsetof(HWPROFILE_CHANGE_NOTIFICATION, Size) == 2);
IS(offsetof(HWPROFILE_CHANGE_NOTIFICATION, Event) == 4);
IS(sizeof(UNICODE_STRING) == 16);
IS(_Alignof(UNICODE_STRING) == 8);
IS(offsetof(UNICODE_STRING, Length) == 0);
IS(offsetof(UNICODE_STRING, MaximumLength) == 2);
IS(offsetof(UNICODE_STRING, Buffer) == 8);
IS(sizeof(IO_STATUS_BLOCK) == 16);
IS(_Alignof(IO_STATUS_BLOCK) == 8);
IS(offsetof(IO_STATUS_BLOCK, Status) == 0);
IS(offsetof(IO_STATUS_BLOCK, Pointer) == 0);
IS(offsetof(IO_STATUS_BLOCK, Information) == 8);
IS((uint32_t)EventCategoryReserved == 0u);
IS((uint32_t)EventCategoryHardwareProfileChange == 0x1u);
IS((uint32_t)EventCategoryDeviceInterfaceChange == 0x2u);
IS((uint32_t)EventCategoryTargetDeviceChange == 0x3u);
IS((uint32_t)EventCategoryKernelSoftRestart == 0x4u);
IS(sizeof(IO_NOTIFICATION_EVENT_CATEGORY) == 4);
IS(sizeof(KIRQL) == 1);
IS(sizeof(NTSTATUS) == 4);
IS((uint32_t)PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES == 0x1u);
IS((uint32_t)PASSIVE_LEVEL == 0u);
IS((uint32_t)APC_LEVEL == 0x1u);
IS((uint32_t)DISPATCH_LEVEL == 0x2u);
IS((uint32_t)STATUS_SUCCESS == 0u);
IS((uint32_t)STATUS_PENDING == 0x103u);
IS((uint32_t)STATUS_TIMEOUT == 0x102u);
IS((uint32_t)STATUS_BUFFER_OVERFLOW == 0x80000005u);
IS((uint32_t)STATUS_NO_MORE_ENTRIES == 0x8000001au);
IS((uint32_t)STATUS_UNSUCCESSFUL == 0xc0000001u);
IS((uint32_t)STATUS_NOT_IMPLEMENTED == 0xc0000002u);
IS((uint32_t)STATUS_INFO_LENGTH_MISMATCH == 0xc0000004u);
IS((uint32_t)STATUS_ACCESS_VIOLATION == 0xc0000005u);
IS((uint32_t)STATUS_INVALID_HANDLE == 0xc0000008u);
IS((uint32_t)STATUS_INVALID_PARAMETER == 0xc000000du);
IS((uint32_t)STATUS_NO_SUCH_DEVICE == 0xc000000eu);
IS((uint32_t)STATUS_INVALID_DEVICE_REQUEST == 0xc0000010u);
IS((uint32_t)STATUS_NO_MEMORY == 0xc0000017u);
IS((uint32_t)STATUS_ACCESS_DENIED == 0xc0000022u);
IS((uint32_t)STATUS_BUFFER_TOO_SMALL == 0xc0000023u);
IS((uint32_t)STATUS_OBJECT_TYPE_MISMATCH == 0xc0000024u);
IS((uint32_t)STATUS_OBJECT_NAME_INVALID == 0xc0000033u);
IS((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND == 0xc0000034u);
IS((uint32_t)STATUS_OBJECT_NAME_COLLISION == 0xc0000035u);
IS((uint32_t)STATUS_DELETE_PENDING == 0xc0000056u);
IS((uint32_t)STATUS_INSUFFICIENT_RESOURCES == 0xc000009au);
IS((uint32_t)STATUS_DEVICE_NOT_CONNECTED == 0xc000009du);
IS((uint32_t)STATUS_DEVICE_NOT_READY == 0xc00000a3u);
IS((uint32_t)STATUS_NOT_SUPPORTED == 0xc00000bbu);
IS((uint32_t)STATUS_INVALID_PARAMETER_1 == 0xc00000efu);
IS((uint32_t)STATUS_INVALID_PARAMETER_2 == 0xc00000f0u);
IS((uint32_t)STATUS_INVALID_PARAMETER_3 == 0xc00000f1u);
IS((uint32_t)STATUS_INVALID_PARAMETER_4 == 0xc00000f2u);
IS((uint32_t)STATUS_INVALID_BUFFER_SIZE == 0xc0000206u);
IS((uint32_t)STATUS_CANCELLED == 0xc0000120u);
IS((uint32_t)STATUS_FILE_CLOSED == 0xc0000128u);
IS((uint32_t)STATUS_TOO_LATE == 0xc0000189u);
IS((uint32_t)STATUS_DEVICE_DOES_NOT_EXIST == 0xc00000c0u);
IS((uint32_t)STATUS_INVALID_DEVICE_STATE == 0xc0000184u);
IS((uint32_t)STATUS_INVALID_USER_BUFFER == 0xc00000e8u);
IS((uint32_t)STATUS_REVISION_MISMATCH == 0xc0000059u);
IS((uint32_t)STATUS_UNKNOWN_REVISION == 0xc0000058u);
IS((uint32_t)STATUS_DEVICE_REMOVED == 0xc00002b6u);
IS((uint32_t)STATUS_DEVICE_BUSY == 0x80000011u);
IS((uint32_t)STATUS_NOT_FOUND == 0xc0000225u);
IS((uint32_t)STATUS_DATATYPE_MISALIGNMENT == 0x80000002u);
IS((uint32_t)STATUS_INTEGER_OVERFLOW == 0xc0000095u);
IS((uint32_t)STATUS_BUFFER_ALL_ZEROS == 0x117u);

/* Kernel objects that drivers put into their own structures. */
IS(sizeof(KEVENT) == 24);
IS(sizeof(KSEMAPHORE) == 32);
IS(sizeof(KMUTEX) == 56);
IS(sizeof(KTIMER) == 64);
IS(sizeof(KDPC) == 64);
IS(sizeof(KSPIN_LOCK) == 8);
IS(sizeof(FAST_MUTEX) == 56);

static const struct {
	const GUID *guid;
	const char *text;
} guids[] = {
	{&GUID_HWPROFILE_QUERY_CHANGE, "cb3a4001-46f0-11d0-b08f-00609713053f"},
	{&GUID_HWPROFILE_CHANGE_CANCELLED, "cb3a4002-46f0-11d0-b08f-00609713053f"},
	{&GUID_HWPROFILE_CHANGE_COMPLETE, "cb3a4003-46f0-11d0-b08f-00609713053f"},
	{&GUID_DEVICE_INTERFACE_ARRIVAL, "cb3a4004-46f0-11d0-b08f-00609713053f"},
	{&GUID_DEVICE_INTERFACE_REMOVAL, "cb3a4005-46f0-11d0-b08f-00609713053f"},
	{&GUID_TARGET_DEVICE_QUERY_REMOVE, "cb3a4006-46f0-11d0-b08f-00609713053f"},
	{&GUID_TARGET_DEVICE_REMOVE_CANCELLED, "cb3a4007-46f0-11d0-b08f-00609713053f"},
	{&GUID_TARGET_DEVICE_REMOVE_COMPLETE, "cb3a4008-46f0-11d0-b08f-00609713053f"},
	{&GUID_PNP_CUSTOM_NOTIFICATION, "aca73f8e-8d23-11d1-ac7d-0000f87571d0"},
	{&GUID_PNP_POWER_NOTIFICATION, "c2cf0660-eb7a-11d1-bd7f-0000f87571d0"},
	{&GUID_PNP_LOCATION_INTERFACE, "70211b0e-0afb-47db-afc1-410bf842497a"},
};

static void test_guids(void **state)
{
	char text[PNPN_GUID_STRING];

	for (size_t i = 0; i < RTL_NUMBER_OF(guids); i++) {
		pnpn_guid_to_string((const struct pnpn_guid *)guids[i].guid, text);
		assert_string_equal(text, guids[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_guids)};

	return cmocka_run_group_tests_name("driver layout", tests, NULL, NULL);
}
