/* SPDX-License-Identifier: MIT */
/* SetupDi* and CM_*: what is known of a device, and which is below which (U17). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include <initguid.h>
#include <devguid.h>
#include <devpkey.h>
#include <setupapi.h>
#include <cmocka.h>

#define ID "ROOT\\APPLICATION\\0000"

static const char ports[] = "4d36e978-e325-11ce-bfc1-08002be10318";
static const char container[] = "01020304-0506-0708-090a-0b0c0d0e0f10";

/* The fixture's device, of which its owner says much, and a set with it. */
struct facts {
	struct fixture *f;
	HDEVINFO set;
	SP_DEVINFO_DATA device;
};

static int facts_setup(void **state)
{
	static const char *const all[][2] = {
		{"description", "A thing \xc3\xa9"},
		{"friendly-name", "Thing (COM7)"},
		{"manufacturer", "Makers"},
		{"hardware-id", "ROOT\\APPLICATION&REV_1"},
		{"hardware-id", "ROOT\\APPLICATION"},
		{"setup-class", ports},
		{"service", "thing"},
		{"location", "Here"},
		{"container", container},
		{"bus-number", "3"},
		{"address", "65538"},
		{"driver-version", "1.2.3"},
	};
	struct facts *facts = calloc(1, sizeof(*facts));
	void *fixture;

	assert_non_null(facts);
	if (fixture_setup(&fixture))
		return -1;
	facts->f = fixture;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_int_equal(pnpn_device_add_property(facts->f->device, all[i][0], all[i][1]),
				 0);
	facts->set = SetupDiGetClassDevsA(NULL, ID, NULL, DIGCF_ALLCLASSES);
	assert_ptr_not_equal(facts->set, INVALID_HANDLE_VALUE);
	facts->device.cbSize = sizeof(facts->device);
	assert_true(SetupDiEnumDeviceInfo(facts->set, 0, &facts->device));
	*state = facts;
	return 0;
}

static int facts_teardown(void **state)
{
	struct facts *facts = *state;
	void *fixture = facts->f;

	assert_true(SetupDiDestroyDeviceInfoList(facts->set));
	free(facts);
	return fixture_teardown(&fixture);
}

/* --- SPDRP_* -------------------------------------------------------------------------------------- */

static void expect_registry(struct facts *facts, DWORD property, DWORD type, const void *value,
			    DWORD size)
{
	BYTE buffer[256];
	DWORD got = 77, required = 77;

	SetLastError(0);
	assert_false(SetupDiGetDeviceRegistryPropertyA(facts->set, &facts->device, property, &got,
						       NULL, 0, &required));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(required, size);
	assert_false(SetupDiGetDeviceRegistryPropertyA(facts->set, &facts->device, property, NULL,
						       buffer, size - 1, NULL));
	assert_true(SetupDiGetDeviceRegistryPropertyA(facts->set, &facts->device, property, &got,
						      buffer, size, NULL));
	assert_int_equal(got, type);
	assert_memory_equal(buffer, value, size);
}

static void expect_text(struct facts *facts, DWORD property, const char *text)
{
	expect_registry(facts, property, REG_SZ, text, (DWORD)strlen(text) + 1);
}

static void u17_registry_properties(void **state)
{
	struct facts *facts = *state;
	static const char ids[] = "ROOT\\APPLICATION&REV_1\0ROOT\\APPLICATION\0";
	DWORD bus = 3, address = 65538, installed = 0;

	expect_text(facts, SPDRP_DEVICEDESC, "A thing \xc3\xa9");
	expect_text(facts, SPDRP_FRIENDLYNAME, "Thing (COM7)");
	expect_text(facts, SPDRP_MFG, "Makers");
	expect_text(facts, SPDRP_SERVICE, "thing");
	expect_text(facts, SPDRP_LOCATION_INFORMATION, "Here");
	expect_text(facts, SPDRP_CLASS, "Ports");
	expect_text(facts, SPDRP_CLASSGUID, "{4d36e978-e325-11ce-bfc1-08002be10318}");
	expect_text(facts, SPDRP_ENUMERATOR_NAME, "ROOT");
	expect_text(facts, SPDRP_BASE_CONTAINERID, "{01020304-0506-0708-090a-0b0c0d0e0f10}");
	expect_registry(facts, SPDRP_HARDWAREID, REG_MULTI_SZ, ids, sizeof(ids));
	expect_registry(facts, SPDRP_BUSNUMBER, REG_DWORD, &bus, sizeof(bus));
	expect_registry(facts, SPDRP_ADDRESS, REG_DWORD, &address, sizeof(address));
	expect_registry(facts, SPDRP_INSTALL_STATE, REG_DWORD, &installed, sizeof(installed));
}

static void u17_registry_properties_are_wide(void **state)
{
	struct facts *facts = *state;
	static const WCHAR ids[] = L"ROOT\\APPLICATION&REV_1\0ROOT\\APPLICATION\0";
	static const WCHAR text[] = L"A thing \u00e9";
	BYTE buffer[256];
	DWORD size = 0;

	assert_true(SetupDiGetDeviceRegistryPropertyW(facts->set, &facts->device, SPDRP_HARDWAREID,
						      NULL, buffer, sizeof(buffer), &size));
	assert_int_equal(size, sizeof(ids));
	assert_memory_equal(buffer, ids, sizeof(ids));
	assert_true(SetupDiGetDeviceRegistryPropertyW(facts->set, &facts->device, SPDRP_DEVICEDESC,
						      NULL, buffer, sizeof(buffer), &size));
	assert_int_equal(size, sizeof(text));
	assert_memory_equal(buffer, text, sizeof(text));
}

static DWORD error_of_registry(HDEVINFO set, SP_DEVINFO_DATA *device, DWORD property)
{
	BYTE buffer[64];

	SetLastError(0);
	assert_false(SetupDiGetDeviceRegistryPropertyA(set, device, property, NULL, buffer,
						       sizeof(buffer), NULL));
	return GetLastError();
}

static void u17_registry_properties_that_are_absent(void **state)
{
	struct facts *facts = *state;
	SP_DEVINFO_DATA none = {0};

	assert_int_equal(error_of_registry(facts->set, &facts->device, SPDRP_COMPATIBLEIDS),
			 ERROR_INVALID_DATA);
	assert_int_equal(error_of_registry(facts->set, &facts->device, SPDRP_UPPERFILTERS),
			 ERROR_INVALID_DATA);
	assert_int_equal(error_of_registry(facts->set, &facts->device, 0x25),
			 ERROR_INVALID_REG_PROPERTY);
	assert_int_equal(error_of_registry(facts->set, &facts->device, 0xffffffff),
			 ERROR_INVALID_REG_PROPERTY);
	assert_int_equal(error_of_registry(NULL, &facts->device, SPDRP_MFG), ERROR_INVALID_HANDLE);
	assert_int_equal(error_of_registry(facts->set, NULL, SPDRP_MFG), ERROR_INVALID_PARAMETER);
	assert_int_equal(error_of_registry(facts->set, &none, SPDRP_MFG), ERROR_INVALID_PARAMETER);
	facts->f->device = pnpn_device_remove(facts->f->device);
	assert_int_equal(error_of_registry(facts->set, &facts->device, SPDRP_MFG),
			 ERROR_NO_SUCH_DEVINST);
}

/* --- DEVPKEY_* ------------------------------------------------------------------------------------ */

static void expect_property(struct facts *facts, const DEVPROPKEY *key, DEVPROPTYPE type,
			    const void *value, DWORD size)
{
	BYTE buffer[256];
	DEVPROPTYPE got = 77;
	DWORD required = 77;

	SetLastError(1);
	assert_true(SetupDiGetDevicePropertyW(facts->set, &facts->device, key, &got, buffer,
					      sizeof(buffer), &required, 0));
	assert_int_equal(GetLastError(), NO_ERROR);
	assert_int_equal(got, type);
	assert_int_equal(required, size);
	assert_memory_equal(buffer, value, size);

	ULONG room = size - 1;
	assert_int_equal(
		CM_Get_DevNode_PropertyW(facts->device.DevInst, key, &got, buffer, &room, 0),
		CR_BUFFER_SMALL);
	assert_int_equal(room, size);
	assert_int_equal(
		CM_Get_DevNode_PropertyW(facts->device.DevInst, key, &got, buffer, &room, 0),
		CR_SUCCESS);
	assert_int_equal(got, type);
	assert_memory_equal(buffer, value, size);
}

#define EXPECT_WIDE(key, text) expect_property(facts, &key, DEVPROP_TYPE_STRING, text, sizeof(text))

static void u17_properties(void **state)
{
	struct facts *facts = *state;
	static const WCHAR ids[] = L"ROOT\\APPLICATION&REV_1\0ROOT\\APPLICATION\0";
	static const GUID its_container = {
		0x01020304, 0x0506, 0x0708, {0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10}};
	DWORD address = 65538, problem = 0;
	DEVPROP_BOOLEAN is = DEVPROP_TRUE, is_not = DEVPROP_FALSE;

	EXPECT_WIDE(DEVPKEY_NAME, L"Thing (COM7)");
	EXPECT_WIDE(DEVPKEY_Device_DeviceDesc, L"A thing \u00e9");
	EXPECT_WIDE(DEVPKEY_Device_FriendlyName, L"Thing (COM7)");
	EXPECT_WIDE(DEVPKEY_Device_Manufacturer, L"Makers");
	EXPECT_WIDE(DEVPKEY_Device_Service, L"thing");
	EXPECT_WIDE(DEVPKEY_Device_Class, L"Ports");
	EXPECT_WIDE(DEVPKEY_Device_LocationInfo, L"Here");
	EXPECT_WIDE(DEVPKEY_Device_EnumeratorName, L"ROOT");
	EXPECT_WIDE(DEVPKEY_Device_InstanceId, L"ROOT\\APPLICATION\\0000");
	EXPECT_WIDE(DEVPKEY_Device_Parent, L"HTREE\\ROOT\\0");
	EXPECT_WIDE(DEVPKEY_Device_DriverVersion, L"1.2.3");
	expect_property(facts, &DEVPKEY_Device_HardwareIds, DEVPROP_TYPE_STRING_LIST, ids,
			sizeof(ids));
	expect_property(facts, &DEVPKEY_Device_ClassGuid, DEVPROP_TYPE_GUID, &GUID_DEVCLASS_PORTS,
			sizeof(GUID));
	expect_property(facts, &DEVPKEY_Device_ContainerId, DEVPROP_TYPE_GUID, &its_container,
			sizeof(GUID));
	expect_property(facts, &DEVPKEY_Device_Address, DEVPROP_TYPE_UINT32, &address,
			sizeof(address));
	expect_property(facts, &DEVPKEY_Device_ProblemCode, DEVPROP_TYPE_UINT32, &problem,
			sizeof(problem));
	expect_property(facts, &DEVPKEY_Device_IsPresent, DEVPROP_TYPE_BOOLEAN, &is, sizeof(is));
	expect_property(facts, &DEVPKEY_Device_InLocalMachineContainer, DEVPROP_TYPE_BOOLEAN,
			&is_not, sizeof(is_not));
}

/* In the order in which public tests saw it on Windows; nothing is written then. */
static void u17_properties_that_are_refused(void **state)
{
	struct facts *facts = *state;
	const DEVPROPKEY *name = &DEVPKEY_Device_FriendlyName;
	DEVPROPTYPE type = 77;
	BYTE buffer[64];
	DWORD size = 77;

#define REFUSED(error, set, device, key, ret_type, to, room, flags)                          \
	do {                                                                                 \
		SetLastError(0);                                                             \
		assert_false(SetupDiGetDevicePropertyW(set, device, key, ret_type, to, room, \
						       &size, flags));                       \
		assert_int_equal(GetLastError(), error);                                     \
		assert_int_equal(type, 77);                                                  \
		assert_int_equal(size, 77);                                                  \
	} while (0)
	REFUSED(ERROR_INVALID_HANDLE, NULL, &facts->device, name, &type, buffer, 64, 0);
	REFUSED(ERROR_INVALID_PARAMETER, facts->set, NULL, name, &type, buffer, 64, 0);
	REFUSED(ERROR_INVALID_DATA, facts->set, &facts->device, NULL, &type, buffer, 64, 0);
	REFUSED(ERROR_INVALID_USER_BUFFER, facts->set, &facts->device, name, NULL, buffer, 64, 0);
	REFUSED(ERROR_INVALID_USER_BUFFER, facts->set, &facts->device, name, &type, NULL, 64, 0);
	REFUSED(ERROR_INVALID_FLAGS, facts->set, &facts->device, name, &type, buffer, 64, 1);
	REFUSED(ERROR_NOT_FOUND, facts->set, &facts->device, &DEVPKEY_Device_CompatibleIds, &type,
		buffer, 64, 0);
	SetLastError(0);
	assert_false(SetupDiGetDevicePropertyW(facts->set, &facts->device, name, &type, NULL, 0,
					       &size, 0));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(type, DEVPROP_TYPE_STRING);
	assert_int_equal(size, sizeof(L"Thing (COM7)"));
}

static void u17_property_keys(void **state)
{
	struct facts *facts = *state;
	DWORD count = 0, again = 0;
	bool found = false;

	SetLastError(0);
	assert_false(SetupDiGetDevicePropertyKeys(facts->set, &facts->device, NULL, 10, &count, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_USER_BUFFER);
	assert_false(SetupDiGetDevicePropertyKeys(facts->set, &facts->device, NULL, 0, &count, 1));
	assert_int_equal(GetLastError(), ERROR_INVALID_FLAGS);
	assert_false(SetupDiGetDevicePropertyKeys(facts->set, &facts->device, NULL, 0, &count, 0));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_true(count > 10);
	DEVPROPKEY *keys = calloc(count, sizeof(*keys));
	assert_true(
		SetupDiGetDevicePropertyKeys(facts->set, &facts->device, keys, count, &again, 0));
	assert_int_equal(again, count);
	for (DWORD i = 0; i < count; i++) {
		found |= memcmp(&keys[i], &DEVPKEY_Device_Manufacturer, sizeof(*keys)) == 0;
		assert_int_not_equal(memcmp(&keys[i], &DEVPKEY_Device_CompatibleIds, sizeof(*keys)),
				     0);
	}
	assert_true(found);
	free(keys);
}

static void u17_properties_of_an_interface(void **state)
{
	struct facts *facts = *state;
	SP_DEVICE_INTERFACE_DATA interface = {.cbSize = sizeof(interface)};
	WCHAR name[128], buffer[128];
	DEVPROPTYPE type;
	ULONG size = sizeof(buffer);
	HDEVINFO set = SetupDiCreateDeviceInfoList(NULL, NULL);

	assert_true(SetupDiOpenDeviceInterfaceA(set, facts->f->interface, 0, &interface));
	assert_true(SetupDiGetDeviceInterfacePropertyW(set, &interface, &DEVPKEY_Device_InstanceId,
						       &type, (BYTE *)buffer, sizeof(buffer), NULL,
						       0));
	assert_memory_equal(buffer, L"ROOT\\APPLICATION\\0000", sizeof(L"ROOT\\APPLICATION\\0000"));
	assert_false(SetupDiGetDeviceInterfacePropertyW(
		set, &interface, &DEVPKEY_DeviceInterface_FriendlyName, &type, (BYTE *)buffer,
		sizeof(buffer), NULL, 0));
	assert_int_equal(GetLastError(), ERROR_NOT_FOUND);
	SetupDiDestroyDeviceInfoList(set);

	for (size_t i = 0; i <= strlen(facts->f->interface); i++)
		name[i] = (unsigned char)facts->f->interface[i];
	assert_int_equal(CM_Get_Device_Interface_PropertyW(name, &DEVPKEY_DeviceInterface_ClassGuid,
							   &type, (BYTE *)buffer, &size, 0),
			 CR_SUCCESS);
	assert_int_equal(type, DEVPROP_TYPE_GUID);
	assert_memory_equal(buffer, &application_class, sizeof(GUID));
	name[10] = L'x';
	size = sizeof(buffer);
	assert_int_equal(CM_Get_Device_Interface_PropertyW(name, &DEVPKEY_DeviceInterface_ClassGuid,
							   &type, (BYTE *)buffer, &size, 0),
			 CR_NO_SUCH_DEVICE_INTERFACE);
}

/* --- setup classes -------------------------------------------------------------------------------- */

static void u17_sets_by_setup_class(void **state)
{
	struct facts *facts = *state;
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
	HDEVINFO set = SetupDiGetClassDevsA(&GUID_DEVCLASS_PORTS, NULL, NULL, DIGCF_PRESENT);

	assert_true(IsEqualGUID(&facts->device.ClassGuid, &GUID_DEVCLASS_PORTS));
	assert_true(SetupDiEnumDeviceInfo(set, 0, &device));
	assert_int_equal(device.DevInst, facts->device.DevInst);
	assert_false(SetupDiEnumDeviceInfo(set, 1, &device));
	SetupDiDestroyDeviceInfoList(set);
	set = SetupDiGetClassDevsA(&GUID_DEVCLASS_NET, NULL, NULL, DIGCF_PRESENT);
	assert_false(SetupDiEnumDeviceInfo(set, 0, &device));
	SetupDiDestroyDeviceInfoList(set);
}

static void u17_classes_by_name(void **state)
{
	static const GUID none = {1, 0, 0, {0}};
	CHAR text[64];
	GUID guid;
	DWORD size;

	assert_true(SetupDiClassGuidsFromNameA("ports", &guid, 1, &size));
	assert_int_equal(size, 1);
	assert_true(IsEqualGUID(&guid, &GUID_DEVCLASS_PORTS));
	assert_false(SetupDiClassGuidsFromNameA("Ports", NULL, 0, &size));
	assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
	assert_true(SetupDiClassGuidsFromNameA("NoSuch", &guid, 1, &size));
	assert_int_equal(size, 0);
	assert_true(SetupDiClassNameFromGuidA(&guid, text, sizeof(text), &size));
	assert_string_equal(text, "Ports");
	assert_true(SetupDiGetClassDescriptionA(&guid, text, sizeof(text), &size));
	assert_string_equal(text, "Ports (COM & LPT)");
	assert_int_equal(size, sizeof("Ports (COM & LPT)"));
	size = 123;
	assert_false(SetupDiGetClassDescriptionA(&none, text, sizeof(text), &size));
	assert_int_equal(GetLastError(), ERROR_INVALID_CLASS);
	assert_int_equal(size, 123);
}

/* --- sets that are put together ------------------------------------------------------------------- */

static void expect_first(HDEVINFO set, const char *id)
{
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
	CHAR got[64];

	assert_int_equal(SetupDiEnumDeviceInfo(set, 0, &device), id != NULL);
	if (!id)
		return;
	assert_true(SetupDiGetDeviceInstanceIdA(set, &device, got, sizeof(got), NULL));
	assert_string_equal(got, id);
	assert_false(SetupDiEnumDeviceInfo(set, 1, &device));
}

static DWORD error_of_open(HDEVINFO set, const char *id, SP_DEVINFO_DATA *device)
{
	SetLastError(0);
	return SetupDiOpenDeviceInfoA(set, id, NULL, 0, device) ? 0 : GetLastError();
}

/* As public tests saw it on Windows. */
static void u17_a_device_is_put_into_a_set(void **state)
{
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)}, wrong = {0};
	HDEVINFO set = SetupDiCreateDeviceInfoList(&GUID_DEVCLASS_PORTS, NULL);

	assert_int_equal(error_of_open(set, "ROOT\\APPLICATION\\FFFF", &device),
			 ERROR_NO_SUCH_DEVINST);
	assert_int_equal(error_of_open(NULL, ID, &device), ERROR_INVALID_HANDLE);
	assert_int_equal(error_of_open(set, NULL, &device), ERROR_INVALID_PARAMETER);
	expect_first(set, NULL);
	assert_int_equal(error_of_open(set, "Root\\Application\\0000", &device), 0);
	assert_int_equal(error_of_open(set, ID, NULL), 0);
	expect_first(set, ID);
	SetupDiDestroyDeviceInfoList(set);

	set = SetupDiCreateDeviceInfoList(&GUID_DEVCLASS_NET, NULL);
	assert_int_equal(error_of_open(set, ID, &device), ERROR_CLASS_MISMATCH);
	expect_first(set, NULL);
	SetupDiDestroyDeviceInfoList(set);

	set = SetupDiCreateDeviceInfoList(NULL, NULL);
	assert_int_equal(error_of_open(set, ID, &wrong), ERROR_INVALID_USER_BUFFER);
	expect_first(set, ID);
	SetupDiDestroyDeviceInfoList(set);
	assert_ptr_equal(SetupDiCreateDeviceInfoListExW(NULL, NULL, NULL, &device),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	assert_ptr_equal(SetupDiCreateDeviceInfoListExW(NULL, NULL, L"dummy", NULL),
			 INVALID_HANDLE_VALUE);
}

static void u17_an_interface_is_put_into_a_set(void **state)
{
	struct facts *facts = *state;
	SP_DEVICE_INTERFACE_DATA interface = {.cbSize = sizeof(interface)}, same = interface;
	HDEVINFO set = SetupDiCreateDeviceInfoList(NULL, NULL);

	assert_false(SetupDiOpenDeviceInterfaceA(set, "\\\\?\\ROOT#NONE#0", 0, &interface));
	assert_int_equal(GetLastError(), ERROR_NO_SUCH_DEVICE_INTERFACE);
	for (int i = 0; i < 2; i++)
		assert_true(SetupDiOpenDeviceInterfaceA(set, facts->f->interface, 0, &interface));
	assert_true(IsEqualGUID(&interface.InterfaceClassGuid, &application_class));
	assert_true(SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 0, &same));
	assert_int_equal(same.Reserved, interface.Reserved);
	assert_false(SetupDiEnumDeviceInterfaces(set, NULL, &application_class, 1, &same));
	expect_first(set, ID);
	SetupDiDestroyDeviceInfoList(set);
}

static void u17_registry_properties_by_number(void **state)
{
	struct facts *facts = *state;
	CHAR text[64];
	ULONG size = sizeof(text), type = 77;

	assert_int_equal(CM_Get_DevNode_Registry_PropertyA(facts->device.DevInst, CM_DRP_MFG, &type,
							   text, &size, 0),
			 CR_SUCCESS);
	assert_int_equal(type, REG_SZ);
	assert_int_equal(size, sizeof("Makers"));
	assert_string_equal(text, "Makers");
	assert_int_equal(CM_Get_DevNode_Registry_PropertyA(facts->device.DevInst,
							   CM_DRP_COMPATIBLEIDS, &type, text, &size,
							   0),
			 CR_NO_SUCH_VALUE);
	assert_int_equal(
		CM_Get_DevNode_Registry_PropertyA(facts->device.DevInst, 0, &type, text, &size, 0),
		CR_INVALID_PROPERTY);
	assert_int_equal(
		CM_Get_DevNode_Registry_PropertyA(0xffff, CM_DRP_MFG, &type, text, &size, 0),
		CR_INVALID_DEVNODE);
	facts->f->device = pnpn_device_remove(facts->f->device);
	assert_int_equal(CM_Get_DevNode_Registry_PropertyA(facts->device.DevInst, CM_DRP_MFG, &type,
							   text, &size, 0),
			 CR_NO_SUCH_DEVNODE);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, facts_setup, facts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u17_registry_properties),
		TEST(u17_registry_properties_are_wide),
		TEST(u17_registry_properties_that_are_absent),
		TEST(u17_properties),
		TEST(u17_properties_that_are_refused),
		TEST(u17_property_keys),
		TEST(u17_properties_of_an_interface),
		TEST(u17_sets_by_setup_class),
		TEST(u17_classes_by_name),
		TEST(u17_a_device_is_put_into_a_set),
		TEST(u17_an_interface_is_put_into_a_set),
		TEST(u17_registry_properties_by_number),
	};

	return cmocka_run_group_tests_name("properties", tests, NULL, NULL);
}
