/* SPDX-License-Identifier: MIT */
/* CM_*: devices by their numbers and ids, and which is below which (U17). */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include <cmocka.h>

#define ID    "ROOT\\APPLICATION\\0000"
#define OTHER "ROOT\\OTHER\\0000"
#define ROOT  "HTREE\\ROOT\\0"

static DEVINST locate(const char *id)
{
	DEVINST number = 0;

	assert_int_equal(CM_Locate_DevNodeA(&number, (char *)id, 0), CR_SUCCESS);
	assert_int_not_equal(number, 0);
	return number;
}

static void u17_devices_are_found(void **state)
{
	struct fixture *f = *state;
	DEVINST number = 77;
	ULONG length = 0, status, problem = 77;
	CHAR id[64];

	assert_int_equal(CM_Locate_DevNodeA(NULL, (char *)ID, 0), CR_INVALID_POINTER);
	assert_int_equal(CM_Locate_DevNodeA(&number, (char *)ID, 8), CR_INVALID_FLAG);
	assert_int_equal(number, 77);
	assert_int_equal(CM_Locate_DevNodeA(&number, (char *)"q", 0), CR_INVALID_DEVICE_ID);
	assert_int_equal(number, 0);
	assert_int_equal(CM_Locate_DevNodeA(&number, (char *)"QOOT\\APPLICATION\\0000", 0),
			 CR_NO_SUCH_DEVNODE);
	assert_int_equal(locate("root\\application\\0000"), locate(ID));
	assert_int_equal(CM_Locate_DevNodeW(&number, (WCHAR *)L"ROOT\\APPLICATION\\0000", 0),
			 CR_SUCCESS);
	assert_int_equal(number, locate(ID));
	assert_int_equal(CM_Get_Device_ID_Size(&length, number, 0), CR_SUCCESS);
	assert_int_equal(length, strlen(ID));
	assert_int_equal(CM_Get_Device_IDA(number, id, length, 0), CR_BUFFER_SMALL);
	assert_int_equal(CM_Get_Device_IDA(number, id, length + 1, 0), CR_SUCCESS);
	assert_string_equal(id, ID);
	assert_int_equal(CM_Get_Device_IDA(0xffff, id, sizeof(id), 0), CR_INVALID_DEVNODE);
	assert_int_equal(CM_Get_DevNode_Status(&status, &problem, number, 0), CR_SUCCESS);
	assert_true(status & DN_STARTED && status & DN_DRIVER_LOADED && !(status & DN_HAS_PROBLEM));
	assert_int_equal(problem, 0);
	f->device = pnpn_device_remove(f->device);
	assert_int_equal(CM_Get_DevNode_Status(&status, &problem, number, 0), CR_NO_SUCH_DEVNODE);
	assert_int_equal(CM_Get_DevNode_Status(&status, &problem, 0xffff, 0), CR_INVALID_DEVNODE);
}

static void u17_families(void **state)
{
	struct fixture *f = *state;
	struct pnpn_device *other;
	DEVINST number = 0, root = locate(ROOT);

	assert_int_equal(pnpn_device_new(f->driver, OTHER, &other), 0);
	assert_int_equal(pnpn_device_start(other), 0);
	assert_int_equal(CM_Locate_DevNodeA(&number, NULL, 0), CR_SUCCESS);
	assert_int_equal(number, root);
	assert_int_equal(CM_Get_Parent(&number, locate(ID), 0), CR_SUCCESS);
	assert_int_equal(number, root);
	assert_int_equal(CM_Get_Parent(&number, root, 0), CR_NO_SUCH_DEVNODE);
	assert_int_equal(CM_Get_Child(&number, root, 0), CR_SUCCESS);
	assert_int_equal(number, locate(ID));
	assert_int_equal(CM_Get_Child(&number, locate(ID), 0), CR_NO_SUCH_DEVNODE);
	assert_int_equal(CM_Get_Sibling(&number, locate(ID), 0), CR_SUCCESS);
	assert_int_equal(number, locate(OTHER));
	assert_int_equal(CM_Get_Sibling(&number, number, 0), CR_NO_SUCH_DEVNODE);
	assert_int_equal(CM_Get_Sibling(&number, root, 0), CR_NO_SUCH_DEVNODE);
	assert_int_equal(CM_Get_Parent(&number, 0xffff, 0), CR_INVALID_DEVNODE);
	assert_int_equal(CM_Get_Parent(&number, root, 1), CR_INVALID_FLAG);
	assert_int_equal(CM_Get_Parent(NULL, root, 0), CR_INVALID_POINTER);
	/* U17: whatever else was listed meanwhile. */
	DEVINST same = locate(ROOT);
	assert_int_equal(same, root);
	pnpn_device_remove(other);
}

static void expect_list(const char *filter, ULONG flags, const char *wanted, ULONG length)
{
	CHAR buffer[256];
	ULONG got = 0;

	assert_int_equal(CM_Get_Device_ID_List_SizeA(&got, filter, flags), CR_SUCCESS);
	assert_int_equal(got, length);
	assert_int_equal(CM_Get_Device_ID_ListA(filter, buffer, sizeof(buffer), flags), CR_SUCCESS);
	assert_memory_equal(buffer, wanted, length);
}

static void u17_lists_of_ids(void **state)
{
	static const char all[] = ID "\0" OTHER "\0", one[] = ID "\0";
	static const char class[] = "{4D36E978-E325-11CE-BFC1-08002BE10318}";
	struct fixture *f = *state;
	struct pnpn_device *other;
	ULONG length = 77;
	WCHAR wide[64] = L"x";
	CHAR narrow[8] = "x";

	assert_int_equal(pnpn_device_new(f->driver, OTHER, &other), 0);
	assert_int_equal(pnpn_device_start(other), 0);
	assert_int_equal(pnpn_device_add_property(f->device, "service", "thing"), 0);
	assert_int_equal(pnpn_device_add_property(f->device, "setup-class",
						  "4d36e978-e325-11ce-bfc1-08002be10318"),
			 0);
	expect_list(NULL, 0, all, sizeof(all));
	expect_list("root", CM_GETIDLIST_FILTER_ENUMERATOR, all, sizeof(all));
	expect_list("USB", CM_GETIDLIST_FILTER_ENUMERATOR, "", 1);
	expect_list("thing", CM_GETIDLIST_FILTER_SERVICE, one, sizeof(one));
	expect_list(class, CM_GETIDLIST_FILTER_CLASS | CM_GETIDLIST_FILTER_PRESENT, one,
		    sizeof(one));
	expect_list(ROOT, CM_GETIDLIST_FILTER_BUSRELATIONS, all, sizeof(all));
	expect_list(ID, CM_GETIDLIST_FILTER_REMOVALRELATIONS, "", 1);
	assert_int_equal(CM_Get_Device_ID_List_SizeA(NULL, NULL, 0), CR_INVALID_POINTER);
	assert_int_equal(CM_Get_Device_ID_List_SizeA(&length, NULL, CM_GETIDLIST_FILTER_CLASS),
			 CR_INVALID_POINTER);
	assert_int_equal(length, 0);
	length = 77;
	assert_int_equal(CM_Get_Device_ID_List_SizeA(&length, "q", CM_GETIDLIST_FILTER_CLASS),
			 CR_INVALID_DATA);
	assert_int_equal(length, 0);
	assert_int_equal(CM_Get_Device_ID_ListW(NULL, wide, 0, 0), CR_INVALID_POINTER);
	assert_int_equal(wide[0], L'x');
	assert_int_equal(CM_Get_Device_ID_ListW(NULL, wide, 1, 0), CR_BUFFER_SMALL);
	assert_int_equal(wide[0], 0);
	assert_int_equal(CM_Get_Device_ID_ListA(NULL, narrow, 1, 0), CR_BUFFER_SMALL);
	assert_int_equal(narrow[0], 'x');
	pnpn_device_remove(other);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u17_devices_are_found),
		TEST(u17_families),
		TEST(u17_lists_of_ids),
	};

	return cmocka_run_group_tests_name("devices by number", tests, NULL, NULL);
}
