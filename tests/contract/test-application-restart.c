/* SPDX-License-Identifier: MIT */
/* Applications under their Windows names and a manager that restarts, or is not there: U11, U12, U13. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "application-fixture.h"
#include "process.h"
#include <cfgmgr32.h>
#include <setupapi.h>
#include <cmocka.h>

/* What happened, counted: from the library's thread, too. */
static struct {
	int arrivals, removals; /* of the callback */
	int changes; /* DBT_DEVNODES_CHANGED */
} counts;

static DWORD CALLBACK on_notify(HCMNOTIFICATION notification, PVOID context,
				CM_NOTIFY_ACTION action, PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	int *count = action == CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL ? &counts.arrivals
								       : &counts.removals;

	__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
	return ERROR_SUCCESS;
}

static LRESULT CALLBACK count_changes(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	if (message == WM_DEVICECHANGE && wparam == DBT_DEVNODES_CHANGED)
		counts.changes++;
	return DefWindowProcW(window, message, wparam, lparam);
}

static HWND make_top_level(void)
{
	static bool registered;
	WNDCLASSW window_class = {.lpfnWndProc = count_changes, .lpszClassName = L"restart"};

	if (!registered)
		assert_int_not_equal(RegisterClassW(&window_class), 0);
	registered = true;
	return CreateWindowExW(0, L"restart", L"", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
}

static HDEVNOTIFY register_class(HWND window)
{
	DEV_BROADCAST_DEVICEINTERFACE filter = {.dbcc_size = sizeof(filter),
						.dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
						.dbcc_classguid = application_class};

	return RegisterDeviceNotification(window, &filter, 0);
}

static HCMNOTIFICATION register_callback(void)
{
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter),
				   .u.DeviceInterface.ClassGuid = application_class};
	HCMNOTIFICATION notification = NULL;

	assert_int_equal(CM_Register_Notification(&filter, NULL, on_notify, &notification),
			 CR_SUCCESS);
	return notification;
}

static void pump_until_at_least(const int *count, int least)
{
	MSG message;

	while (__atomic_load_n(count, __ATOMIC_RELAXED) < least) {
		MsgWaitForMultipleObjects(0, NULL, FALSE, 10, QS_ALLINPUT);
		while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
			DispatchMessage(&message);
	}
}

static void present(struct fixture *f, const struct manager_process *manager)
{
	assert_int_equal(pnpn_connect(&f->driver, manager->address), 0);
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\APPLICATION\\0000", &f->device), 0);
	assert_int_equal(pnpn_device_add_link(f->device, "\\\\.\\Application"), 0);
	free(f->interface);
	assert_int_equal(pnpn_device_add_interface(f->device,
						   (const struct pnpn_guid *)&application_class,
						   NULL, &f->interface),
			 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, true), 0);
}

static void leave(struct fixture *f)
{
	f->device = pnpn_device_remove(f->device);
	f->driver = pnpn_disconnect(f->driver);
}

/* U11, U12, U13: what goes with the manager is told as gone, what comes with the next one as arrived. */
static void test_u11_manager_restarts(void **state)
{
	struct fixture *f = *state;
	struct manager_process manager;

	leave(f);
	memset(&counts, 0, sizeof(counts));
	manager_process_init(&manager);
	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", manager.address, 1), 0);
	present(f, &manager);
	HWND top = make_top_level();
	HANDLE device = open_device();
	HDEVNOTIFY by_handle = register_handle(f->recorder.window, device);
	HDEVNOTIFY by_class = register_class(f->other.window);
	HCMNOTIFICATION callback = register_callback();
	manager_process_kill(&manager);
	recorder_wait(&f->recorder, 1);
	recorder_wait(&f->other, 1);
	pump_until_at_least(&counts.removals, 1);
	assert_int_equal(f->recorder.seen[0].event, DBT_DEVICEREMOVECOMPLETE);
	assert_int_equal(f->other.seen[0].event, DBT_DEVICEREMOVECOMPLETE);
	leave(f);

	counts.changes = 0;
	manager_process_start(&manager);
	present(f, &manager);
	recorder_wait(&f->other, 2);
	pump_until_at_least(&counts.arrivals, 1);
	pump_until_at_least(&counts.changes, 1);
	assert_int_equal(f->other.seen[1].event, DBT_DEVICEARRIVAL);
	HANDLE again = open_device();
	HDEVNOTIFY anew = register_handle(f->recorder.window, again);
	report_byte(f, 7);
	recorder_wait(&f->recorder, 2);
	assert_int_equal(f->recorder.seen[1].body.handle.dbch_data[0], 7);
	assert_true(UnregisterDeviceNotification(anew));
	assert_true(UnregisterDeviceNotification(by_handle));
	assert_true(UnregisterDeviceNotification(by_class));
	assert_int_equal(CM_Unregister_Notification(callback), CR_SUCCESS);
	assert_true(DestroyWindow(top));
	assert_true(CloseHandle(device));
	assert_true(CloseHandle(again));
	leave(f);
	manager_process_deinit(&manager);
}

/* U11: without a manager the error says so, and what can wait for one begins when it comes. */
static void test_u11_manager_comes_late(void **state)
{
	struct fixture *f = *state;
	struct manager_process manager;

	leave(f);
	memset(&counts, 0, sizeof(counts));
	manager_process_init(&manager);
	manager_process_kill(&manager);
	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", manager.address, 1), 0);
	assert_ptr_equal(CreateFileA("\\\\.\\Application", 0, 0, NULL, OPEN_EXISTING, 0, NULL),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), RPC_S_SERVER_UNAVAILABLE);
	assert_ptr_equal(SetupDiGetClassDevsA(&application_class, NULL, NULL, DIGCF_PRESENT),
			 INVALID_HANDLE_VALUE);
	assert_int_equal(GetLastError(), RPC_S_SERVER_UNAVAILABLE);
	GUID class = application_class;
	ULONG length;
	CHAR list[8];
	assert_int_equal(CM_Get_Device_Interface_List_SizeA(&length, &class, NULL, 0),
			 CR_NO_CM_SERVICES);
	assert_int_equal(CM_Get_Device_Interface_ListA(&class, NULL, list, sizeof(list), 0),
			 CR_NO_CM_SERVICES);
	HWND top = make_top_level();
	HDEVNOTIFY by_class = register_class(f->other.window);
	HCMNOTIFICATION callback = register_callback();
	assert_non_null(by_class);
	manager_process_start(&manager);
	present(f, &manager);
	recorder_wait(&f->other, 1);
	pump_until_at_least(&counts.arrivals, 1);
	pump_until_at_least(&counts.changes, 1);
	assert_true(UnregisterDeviceNotification(by_class));
	assert_int_equal(CM_Unregister_Notification(callback), CR_SUCCESS);
	assert_true(DestroyWindow(top));
	leave(f);
	manager_process_deinit(&manager);
}

/* --- a callback that is still under way when the last registration ends ---------------------------- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool begun, may_return;
} held = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static DWORD CALLBACK hold(HCMNOTIFICATION notification, PVOID context, CM_NOTIFY_ACTION action,
			   PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	pthread_mutex_lock(&held.lock);
	held.begun = true;
	pthread_cond_broadcast(&held.changed);
	while (!held.may_return)
		pthread_cond_wait(&held.changed, &held.lock);
	pthread_mutex_unlock(&held.lock);
	return ERROR_SUCCESS;
}

static void *unregister_callback(void *notification)
{
	assert_int_equal(CM_Unregister_Notification(notification), CR_SUCCESS);
	return NULL;
}

/* Ended as far as the manager can see, though the call still waits for the callback. */
static void wait_until_it_ends(struct fixture *f, pthread_t *ret_ender)
{
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter),
				   .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE};
	HCMNOTIFICATION notification;

	filter.u.DeviceHandle.hTarget = open_device();
	assert_int_equal(CM_Register_Notification(&filter, NULL, hold, &notification), CR_SUCCESS);
	CloseHandle(filter.u.DeviceHandle.hTarget);
	report_byte(f, 1);
	pthread_mutex_lock(&held.lock);
	while (!held.begun)
		pthread_cond_wait(&held.changed, &held.lock);
	pthread_mutex_unlock(&held.lock);
	assert_int_equal(pthread_create(ret_ender, NULL, unregister_callback, notification), 0);
	while (count_registrants(f))
		sched_yield();
}

static void let_it_return(pthread_t ender)
{
	pthread_mutex_lock(&held.lock);
	held.may_return = true;
	pthread_cond_broadcast(&held.changed);
	pthread_mutex_unlock(&held.lock);
	pthread_join(ender, NULL);
}

/* U11, U13: who registers next asks the manager that is there, whatever the library's thread is at. */
static void test_u11_u13_another_manager_after_the_last_registration(void **state)
{
	struct fixture *f = *state;
	struct manager_process manager;
	pthread_t ender;

	wait_until_it_ends(f, &ender);
	leave(f);
	f->manager = pnpn_manager_stop(f->manager);
	memset(&counts, 0, sizeof(counts));
	manager_process_init(&manager);
	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", manager.address, 1), 0);
	HCMNOTIFICATION callback = register_callback();
	let_it_return(ender);
	present(f, &manager);
	pump_until_at_least(&counts.arrivals, 1);
	assert_int_equal(CM_Unregister_Notification(callback), CR_SUCCESS);
	leave(f);
	manager_process_deinit(&manager);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_u11_manager_restarts),
		CASE(test_u11_manager_comes_late),
		CASE(test_u11_u13_another_manager_after_the_last_registration),
	};

	return cmocka_run_group_tests_name("application restart", tests, NULL, NULL);
}
