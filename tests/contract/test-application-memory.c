/* SPDX-License-Identifier: MIT */
/* Each allocation, descriptor and mapping of an application fails in turn: the call says so, or does without;
 * nothing aborts, crashes, hangs or leaks (V2, U14). */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>
#include <cfgmgr32.h>
#include <dbt.h>
#include <setupapi.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "failing-in-turn.h"

static const GUID class = {0x3d0e5a12, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};
static const GUID event = {0x3d0e5a13, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};

/* --- what an application does --------------------------------------------------------------------- */

/* A child ends with the number of the line that was wrong. */
static int wrong;

#define MUST(condition)                                                                   \
	do {                                                                              \
		if (!(condition) && !wrong) {                                             \
			wrong = __LINE__;                                                 \
			fprintf(stderr, "line %d: error %u\n", __LINE__, GetLastError()); \
		}                                                                         \
	} while (0)

/* Nothing fails any more. */
static bool is_whole;

static bool is_told(DWORD error)
{
	if (is_whole)
		return false;
	return error == ERROR_NOT_ENOUGH_MEMORY || error == ERROR_NO_SYSTEM_RESOURCES ||
	       error == RPC_S_SERVER_UNAVAILABLE || error == ERROR_NOT_ENOUGH_QUOTA;
}

/* It worked, or says in what way it did not. */
#define TOLD(worked) MUST((worked) || is_told(GetLastError()))
#define CODE(code)   MUST(code_is_told(code))

static bool code_is_told(CONFIGRET code)
{
	if (code == CR_SUCCESS || is_whole)
		return code == CR_SUCCESS;
	return code == CR_OUT_OF_MEMORY || code == CR_FAILURE || code == CR_NO_CM_SERVICES;
}

static DWORD CALLBACK on_notify(HCMNOTIFICATION notification, PVOID context,
				CM_NOTIFY_ACTION action, PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	return ERROR_SUCCESS;
}

static HWND make_window(void)
{
	WNDCLASSW window_class = {.lpfnWndProc = DefWindowProcW, .lpszClassName = L"memory"};

	ATOM atom = RegisterClassW(&window_class);
	TOLD(atom);
	if (!atom)
		return NULL;
	HWND window = CreateWindowExW(0, L"memory", L"text", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
	TOLD(window);
	return window;
}

static void look_at_set(void)
{
	SP_DEVICE_INTERFACE_DATA interface = {.cbSize = sizeof(interface)};
	SP_DEVINFO_DATA device = {.cbSize = sizeof(device)};
	struct {
		SP_DEVICE_INTERFACE_DETAIL_DATA_W detail;
		WCHAR space[256];
	} path = {.detail.cbSize = sizeof(path.detail)};
	HDEVINFO set = SetupDiGetClassDevsW(&class, NULL, NULL,
					    DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
	CHAR id[256];

	TOLD(set != INVALID_HANDLE_VALUE);
	if (set == INVALID_HANDLE_VALUE)
		return;
	MUST(SetupDiEnumDeviceInterfaces(set, NULL, &class, 0, &interface));
	TOLD(SetupDiGetDeviceInterfaceDetailW(set, &interface, &path.detail, sizeof(path), NULL,
					      NULL));
	if (SetupDiEnumDeviceInfo(set, 0, &device))
		TOLD(SetupDiGetDeviceInstanceIdA(set, &device, id, sizeof(id), NULL));
	else
		TOLD(false);
	MUST(SetupDiDestroyDeviceInfoList(set));
}

static void look_at_list(void)
{
	GUID of = class;
	ULONG length = 0;
	WCHAR list[256];

	CODE(CM_Get_Device_Interface_List_SizeW(&length, &of, NULL, 0));
	CODE(CM_Get_Device_Interface_ListW(&of, NULL, list, 256, 0));
}

static void pump(void)
{
	MSG message;

	for (int i = 0; i < 5; i++) {
		(void)MsgWaitForMultipleObjects(0, NULL, FALSE, 1, QS_ALLINPUT);
		while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE))
			DispatchMessageW(&message);
	}
}

static void follow(HWND window, HANDLE device, struct pnpn_device *own)
{
	DEV_BROADCAST_HANDLE of_handle = {.dbch_size = sizeof(of_handle),
					  .dbch_devicetype = DBT_DEVTYP_HANDLE,
					  .dbch_handle = device};
	DEV_BROADCAST_DEVICEINTERFACE_W of_class = {.dbcc_size = sizeof(of_class),
						    .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
						    .dbcc_classguid = class};
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter), .u.DeviceInterface.ClassGuid = class};
	HCMNOTIFICATION callback = NULL;
	HDEVNOTIFY by_handle = RegisterDeviceNotificationW(window, &of_handle, 0);

	TOLD(by_handle);
	HDEVNOTIFY by_class = RegisterDeviceNotificationW(window, &of_class, 0);
	TOLD(by_class);
	CONFIGRET code = CM_Register_Notification(&filter, NULL, on_notify, &callback);
	CODE(code);
	TOLD(PostMessageW(window, WM_APP, 0, 0));
	TOLD(SetTimer(window, 1, 1, NULL));
	(void)pnpn_device_report_text(own, (const struct pnpn_guid *)&event, "x", 1, "text");
	pump();
	if (by_handle)
		MUST(UnregisterDeviceNotification(by_handle));
	if (by_class)
		MUST(UnregisterDeviceNotification(by_class));
	if (!code)
		MUST(CM_Unregister_Notification(callback) == CR_SUCCESS);
}

static void work(struct pnpn_device *own)
{
	HWND window = make_window();
	HANDLE device = CreateFileW(L"\\\\.\\Memory", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0,
				    NULL);

	TOLD(device != INVALID_HANDLE_VALUE);
	look_at_set();
	look_at_list();
	if (window && device != INVALID_HANDLE_VALUE)
		follow(window, device, own);
	if (device != INVALID_HANDLE_VALUE)
		MUST(CloseHandle(device));
	if (window)
		MUST(DestroyWindow(window));
	if (!UnregisterClassW(L"memory", NULL))
		(void)UnregisterClassW(L"memory", NULL);
}

/* --- the runs ------------------------------------------------------------------------------------- */

/* The library's thread ends by itself after the last CM_Unregister_Notification(). */
static void wait_for_threads(void)
{
	struct stat tasks;

	while (stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3)
		sched_yield();
}

static int run_application(int socket, const void *argument)
{
	const struct failing_run *run = argument;
	struct pnpn_connection *driver;
	struct pnpn_device *device;
	char id[64], *name;

	alarm(FAILING_PATIENCE_SECONDS);
	setenv("PNPNOTIFY_ADDRESS", run->address, 1);
	snprintf(id, sizeof(id), "ROOT\\MEMORY\\%d", (int)getpid());
	if (pnpn_connect(&driver, run->address) < 0 || pnpn_device_new(driver, id, &device) < 0 ||
	    pnpn_device_add_link(device, "\\\\.\\Memory") < 0 ||
	    pnpn_device_add_interface(device, (const struct pnpn_guid *)&class, NULL, &name) < 0 ||
	    pnpn_device_start(device) < 0 || pnpn_device_enable_interface(device, name, true) < 0)
		return 1;
	failing_use(run->failing);
	failing_set(run->failing, run->at);
	work(device);
	/* What it kept is as it should be: it works once more, with all of its calls. */
	uint64_t made = failing_stop(run->failing);
	is_whole = true;
	work(device);
	wait_for_threads();
	run->failing->made = made;
	free(name);
	pnpn_disconnect(driver);
	return wrong ? 100 + wrong % 100 : 0;
}

static void v2_each_allocation_of_an_application_fails_in_turn(void **state)
{
	failing_in_turn(run_application, FAILING_KEPT_PART);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_each_allocation_of_an_application_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
