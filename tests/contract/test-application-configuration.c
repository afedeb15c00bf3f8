/* SPDX-License-Identifier: MIT */
/* Finding devices, and hearing of their coming and going: U12, U13, R15. */
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include <cmocka.h>

#define ID "ROOT\\APPLICATION\\0000"

/* --- U12 ------------------------------------------------------------------------------------------ */

static int changes[3]; /* what the windows of that number got */

static LRESULT CALLBACK count_changes(HWND window, UINT message, WPARAM what, LPARAM parameter)
{
	if (message == WM_DEVICECHANGE && what == DBT_DEVNODES_CHANGED) {
		assert_int_equal(parameter, 0);
		assert_int_equal(InSendMessageEx(NULL), ISMEX_NOTIFY);
		changes[GetWindowLongPtrA(window, GWLP_USERDATA)]++;
	}
	return DefWindowProcA(window, message, what, parameter);
}

static HWND make_window(HWND parent, int number)
{
	WNDCLASSA class = {.lpfnWndProc = count_changes, .lpszClassName = "counter"};

	RegisterClassA(&class);
	HWND window = CreateWindowA("counter", "", 0, 0, 0, 0, 0, parent, NULL, NULL, NULL);
	assert_non_null(window);
	SetWindowLongPtrA(window, GWLP_USERDATA, number);
	return window;
}

static void pump_until(const int *count, int wanted)
{
	MSG message;

	for (int i = 0; i < 6000 && *count < wanted; i++) {
		while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
			DispatchMessageA(&message);
		(void)MsgWaitForMultipleObjects(0, NULL, FALSE, 10, QS_ALLINPUT);
	}
	assert_int_equal(*count, wanted);
}

static void u12_every_top_level_window_registered_or_not(void **state)
{
	struct fixture *f = *state;
	HWND windows[3] = {make_window(NULL, 0), make_window(NULL, 1),
			   make_window(HWND_MESSAGE, 2)};
	struct pnpn_device *device;

	memset(changes, 0, sizeof(changes));
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\OTHER\\0000", &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	pump_until(&changes[0], 1);
	assert_int_equal(changes[1], 1);
	pnpn_device_remove(device);
	pump_until(&changes[1], 2);
	assert_int_equal(changes[0], 2);
	assert_int_equal(changes[2], 0);
	DestroyWindow(windows[0]);
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\OTHER\\0000", &device), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	pump_until(&changes[1], 3);
	assert_int_equal(changes[0], 2);
	pnpn_device_remove(device);
	DestroyWindow(windows[1]);
	DestroyWindow(windows[2]);
}

/* --- U13 ------------------------------------------------------------------------------------------ */

/* What a callback saw, from the library's thread. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t told;
	int count;
	CM_NOTIFY_ACTION actions[16];
	DWORD sizes[16];
	union {
		CM_NOTIFY_EVENT_DATA data;
		BYTE bytes[1024];
	} seen[16];
	pthread_t thread;
	CONFIGRET inside;
	HCMNOTIFICATION to_end;
} calls = {.lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};

static DWORD CALLBACK on_notify(HCMNOTIFICATION notification, PVOID context,
				CM_NOTIFY_ACTION action, PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	if (context)
		calls.inside = CM_Unregister_Notification(notification);
	pthread_mutex_lock(&calls.lock);
	calls.actions[calls.count % 16] = action;
	calls.sizes[calls.count % 16] = size;
	memcpy(calls.seen[calls.count % 16].bytes, data, size < 1024 ? size : 1024);
	if (!calls.count)
		calls.thread = pthread_self();
	calls.count++;
	pthread_cond_broadcast(&calls.told);
	pthread_mutex_unlock(&calls.lock);
	return ERROR_SUCCESS;
}

static void wait_for_calls(int count)
{
	pthread_mutex_lock(&calls.lock);
	while (calls.count < count)
		pthread_cond_wait(&calls.told, &calls.lock);
	assert_int_equal(calls.count, count);
	pthread_mutex_unlock(&calls.lock);
}

static HCMNOTIFICATION notify(CM_NOTIFY_FILTER *filter, PVOID context)
{
	HCMNOTIFICATION notification = NULL;

	calls.count = 0;
	filter->cbSize = sizeof(*filter);
	assert_int_equal(CM_Register_Notification(filter, context, on_notify, &notification),
			 CR_SUCCESS);
	return notification;
}

static void u13_an_open_device(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	CM_NOTIFY_FILTER filter = {.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
				   .u.DeviceHandle.hTarget = device};
	HCMNOTIFICATION notification = notify(&filter, NULL);

	report_data(f, "12345", 5);
	wait_for_calls(1);
	assert_int_equal(calls.actions[0], CM_NOTIFY_ACTION_DEVICECUSTOMEVENT);
	assert_int_equal(calls.sizes[0], offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceHandle.Data) + 5);
	assert_int_equal(calls.seen[0].data.FilterType, CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE);
	assert_int_equal(calls.seen[0].data.u.DeviceHandle.DataSize, 5);
	assert_int_equal(calls.seen[0].data.u.DeviceHandle.NameOffset, -1);
	assert_memory_equal(&calls.seen[0].data.u.DeviceHandle.EventGuid, &application_event,
			    sizeof(GUID));
	assert_memory_equal(calls.seen[0].data.u.DeviceHandle.Data, "12345", 5);
	assert_false(pthread_equal(calls.thread, pthread_self()));
	CloseHandle(device);
	f->device = pnpn_device_remove(f->device);
	wait_for_calls(2);
	assert_int_equal(calls.actions[1], CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE);
	assert_int_equal(calls.sizes[1], sizeof(CM_NOTIFY_EVENT_DATA));
	assert_int_equal(CM_Unregister_Notification(notification), CR_SUCCESS);
	assert_int_equal(CM_Unregister_Notification(notification), CR_INVALID_DATA);
}

static void u13_interfaces_of_a_class_and_of_all(void **state)
{
	struct fixture *f = *state;
	CM_NOTIFY_FILTER filter = {.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE,
				   .u.DeviceInterface.ClassGuid = application_class};

	for (int i = 0; i < 2; i++) {
		HCMNOTIFICATION notification = notify(&filter, NULL);
		assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, false), 0);
		assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, true), 0);
		wait_for_calls(2);
		assert_int_equal(calls.actions[0], CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL);
		assert_int_equal(calls.actions[1], CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL);
		assert_int_equal(calls.sizes[1],
				 offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceInterface.SymbolicLink) +
					 2 * (strlen(f->interface) + 1));
		assert_memory_equal(&calls.seen[1].data.u.DeviceInterface.ClassGuid,
				    &application_class, sizeof(GUID));
		for (size_t j = 0; j <= strlen(f->interface); j++)
			assert_int_equal(calls.seen[1].data.u.DeviceInterface.SymbolicLink[j],
					 f->interface[j]);
		assert_int_equal(CM_Unregister_Notification(notification), CR_SUCCESS);
		filter.Flags = CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES;
		memset(&filter.u, 0, sizeof(filter.u));
	}
}

static bool is_of(const BYTE *seen, const char *id)
{
	WCHAR wide[64];
	size_t length = strlen(id) + 1;

	for (size_t i = 0; i < length; i++)
		wide[i] = (WCHAR)id[i];
	return memcmp(seen + offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceInstance.InstanceId), wide,
		      length * sizeof(WCHAR)) == 0;
}

/* What was told of one device, in that order; another's may stand between. */
static void expect_life(const char *id, const CM_NOTIFY_ACTION *actions, int n)
{
	int at = 0;

	for (int i = 0; i < calls.count; i++) {
		if (!is_of(calls.seen[i].bytes, id))
			continue;
		assert_true(at < n);
		assert_int_equal(calls.actions[i], actions[at++]);
		assert_int_equal(calls.seen[i].data.FilterType,
				 CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE);
		assert_int_equal(calls.sizes[i],
				 offsetof(CM_NOTIFY_EVENT_DATA, u.DeviceInstance.InstanceId) +
					 2 * (strlen(id) + 1));
	}
	assert_int_equal(at, n);
}

static void u13_instances_of_one_id_and_of_all(void **state)
{
	struct fixture *f = *state;
	CM_NOTIFY_FILTER filter = {.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE};
	static const char id[] = "root\\other\\0000";

	for (size_t i = 0; i < sizeof(id); i++)
		filter.u.DeviceInstance.InstanceId[i] = (WCHAR)id[i];
	for (int i = 0; i < 2; i++) {
		struct pnpn_device *device, *third;
		HCMNOTIFICATION notification = notify(&filter, NULL);
		assert_int_equal(pnpn_device_new(f->driver, "ROOT\\OTHER\\0000", &device), 0);
		assert_int_equal(pnpn_device_new(f->driver, "ROOT\\THIRD\\0000", &third), 0);
		assert_int_equal(pnpn_device_start(device), 0);
		if (i)
			assert_int_equal(pnpn_device_start(third), 0);
		pnpn_device_remove(device);
		wait_for_calls(i ? 5 : 3);
		static const CM_NOTIFY_ACTION life[] = {CM_NOTIFY_ACTION_DEVICEINSTANCEENUMERATED,
							CM_NOTIFY_ACTION_DEVICEINSTANCESTARTED,
							CM_NOTIFY_ACTION_DEVICEINSTANCEREMOVED};
		expect_life("ROOT\\OTHER\\0000", life, 3);
		expect_life("ROOT\\THIRD\\0000", life, i ? 2 : 0);
		assert_int_equal(CM_Unregister_Notification(notification), CR_SUCCESS);
		pnpn_device_remove(third);
		filter.Flags = CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES;
	}
}

static void u13_ending_it_inside_its_own_callback(void **state)
{
	struct fixture *f = *state;
	CM_NOTIFY_FILTER filter = {.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE,
				   .u.DeviceInterface.ClassGuid = application_class};
	HCMNOTIFICATION notification = notify(&filter, f);

	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, false), 0);
	wait_for_calls(1);
	assert_int_equal(calls.inside, CR_FAILURE);
	assert_int_equal(CM_Unregister_Notification(notification), CR_SUCCESS);
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, true), 0);
	assert_int_equal(calls.count, 1);
}

static void u13_what_is_refused(void **state)
{
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter)};
	HCMNOTIFICATION notification = NULL;

#define REFUSED(expected, ...)                                                             \
	do {                                                                               \
		filter = (CM_NOTIFY_FILTER){.cbSize = sizeof(filter)};                     \
		__VA_ARGS__;                                                               \
		assert_int_equal(                                                          \
			CM_Register_Notification(&filter, NULL, on_notify, &notification), \
			expected);                                                         \
		assert_null(notification);                                                 \
	} while (0)
	REFUSED(CR_INVALID_DATA, filter.cbSize = 0);
	REFUSED(CR_INVALID_DATA, filter.Reserved = 1);
	REFUSED(CR_INVALID_DATA, filter.FilterType = CM_NOTIFY_FILTER_TYPE_MAX);
	REFUSED(CR_INVALID_FLAG, filter.Flags = CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES);
	REFUSED(CR_INVALID_FLAG, filter.Flags = 4);
	REFUSED(CR_INVALID_DATA, filter.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE;
		filter.u.DeviceHandle.hTarget = (HANDLE)0x1234);
	REFUSED(CR_INVALID_DEVICE_ID, filter.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE);
	REFUSED(CR_INVALID_DATA, filter.Flags = CM_NOTIFY_FILTER_FLAG_ALL_INTERFACE_CLASSES;
		filter.u.DeviceInterface.ClassGuid = application_class);
	assert_int_equal(CM_Register_Notification(NULL, NULL, on_notify, &notification),
			 CR_INVALID_DATA);
	assert_int_equal(CM_Register_Notification(&filter, NULL, NULL, &notification),
			 CR_INVALID_DATA);
	assert_int_equal(CM_Register_Notification(&filter, NULL, on_notify, NULL), CR_FAILURE);
	assert_int_equal(CM_Register_Notification(NULL, NULL, NULL, NULL), CR_FAILURE);
}

static size_t count_entries(const char *folder)
{
	size_t count = 0;
	DIR *directory = opendir(folder);

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* U13: one connection and one thread do for all; a handle that ended means nothing any more. */
static void u13_many_notifications(void **state)
{
	struct fixture *f = *state;
	CM_NOTIFY_FILTER filter = {.u.DeviceInterface.ClassGuid = application_class};
	HCMNOTIFICATION all[200];
	size_t threads = count_entries("/proc/self/task"), fds = count_entries("/proc/self/fd");

	for (size_t i = 0; i < ARRAYSIZE(all); i++)
		all[i] = notify(&filter, NULL);
	assert_in_range(count_entries("/proc/self/task"), threads, threads + 1);
	assert_in_range(count_entries("/proc/self/fd"), fds, fds + 16);
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, false), 0);
	wait_for_calls(ARRAYSIZE(all));
	HCMNOTIFICATION stale = all[0];
	assert_int_equal(CM_Unregister_Notification(stale), CR_SUCCESS);
	all[0] = notify(&filter, NULL);
	assert_int_equal(CM_Unregister_Notification(stale), CR_INVALID_DATA);
	for (size_t i = 0; i < ARRAYSIZE(all); i++)
		assert_int_equal(CM_Unregister_Notification(all[i]), CR_SUCCESS);
}

/* U13: the codes that have a Win32 error of their own, as seen on Windows. */
static void u13_codes_as_win32_errors(void **state)
{
	static const DWORD errors[] = {
		[CR_OUT_OF_MEMORY] = 8,
		[CR_INVALID_POINTER] = 1784,
		[CR_INVALID_FLAG] = 1004,
		[CR_INVALID_DEVNODE] = 13,
		[CR_NO_SUCH_DEVNODE] = 1168,
		[CR_ALREADY_SUCH_DEVNODE] = 183,
		[CR_BUFFER_SMALL] = 122,
		[CR_NO_REGISTRY_HANDLE] = 6,
		[CR_REGISTRY_ERROR] = 1015,
		[CR_INVALID_DEVICE_ID] = 13,
		[CR_NO_SUCH_VALUE] = 1168,
		[CR_NO_SUCH_REGISTRY_KEY] = 2,
		[CR_INVALID_MACHINENAME] = 13,
		[CR_REMOTE_COMM_FAILURE] = 1062,
		[CR_MACHINE_UNAVAILABLE] = 1062,
		[CR_NO_CM_SERVICES] = 1062,
		[CR_ACCESS_DENIED] = 5,
		[CR_CALL_NOT_IMPLEMENTED] = 120,
		[CR_INVALID_PROPERTY] = 13,
		[CR_NO_SUCH_DEVICE_INTERFACE] = 1168,
		[CR_INVALID_REFERENCE_STRING] = 13,
		[CR_INVALID_STRUCTURE_SIZE] = 0,
	};

	assert_int_equal(CM_MapCrToWin32Err(CR_SUCCESS, 4711), 0);
	for (DWORD i = 1; i < ARRAYSIZE(errors); i++)
		assert_int_equal(CM_MapCrToWin32Err(i, 4711), errors[i] ? errors[i] : 4711);
}

static void u13_the_interfaces_of_a_class(void **state)
{
	struct fixture *f = *state;
	GUID class = application_class;
	CHAR list[512];
	WCHAR wide[512];
	ULONG length, wanted = (ULONG)strlen(f->interface) + 2;

	assert_int_equal(CM_Get_Device_Interface_List_SizeA(&length, &class, NULL, 0), CR_SUCCESS);
	assert_int_equal(length, wanted);
	assert_int_equal(CM_Get_Device_Interface_ListA(&class, NULL, list, length - 1, 0),
			 CR_BUFFER_SMALL);
	assert_int_equal(CM_Get_Device_Interface_ListA(&class, NULL, list, length, 0), CR_SUCCESS);
	assert_string_equal(list, f->interface);
	assert_int_equal(list[length - 1], 0);
	CHAR id[] = ID, other[] = "ROOT\\NOTHING\\0000";
	assert_int_equal(CM_Get_Device_Interface_List_SizeA(&length, &class, id, 0), CR_SUCCESS);
	assert_int_equal(length, wanted);
	assert_int_equal(CM_Get_Device_Interface_List_SizeA(&length, &class, other, 0), CR_SUCCESS);
	assert_int_equal(length, 1);
	/* A disabled one is there only for who asks for all. */
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, false), 0);
	assert_int_equal(CM_Get_Device_Interface_List_SizeW(&length, &class, NULL, 0), CR_SUCCESS);
	assert_int_equal(length, 1);
	assert_int_equal(CM_Get_Device_Interface_ListW(&class, NULL, wide, 512,
						       CM_GET_DEVICE_INTERFACE_LIST_ALL_DEVICES),
			 CR_SUCCESS);
	assert_int_equal(wide[0], '\\');
	assert_int_equal(CM_Get_Device_Interface_List_SizeA(&length, &class, NULL, 2),
			 CR_INVALID_FLAG);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u12_every_top_level_window_registered_or_not),
		TEST(u13_an_open_device),
		TEST(u13_interfaces_of_a_class_and_of_all),
		TEST(u13_instances_of_one_id_and_of_all),
		TEST(u13_ending_it_inside_its_own_callback),
		TEST(u13_what_is_refused),
		TEST(u13_many_notifications),
		TEST(u13_codes_as_win32_errors),
		TEST(u13_the_interfaces_of_a_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
