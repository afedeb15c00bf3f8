/* SPDX-License-Identifier: MIT */
/*
 * A program that asks the two-way driver to count to five, prints each number as the driver tells of it, and goes when
 * the driver sets its event. The same source is a Linux program and a Windows one:
 *
 *	cc $(pkg-config --cflags pnpnotify-win32) two-way-app.c -o two-way-app \
 *		$(pkg-config --libs pnpnotify-win32)
 */
#include <windows.h>
#include <winioctl.h>
#include <dbt.h>
#include <stdio.h>
#include <initguid.h>
#include "two_way.h"

#define NUMBERS 5

static int numbers;

static LRESULT CALLBACK window_procedure(HWND window, UINT message, WPARAM what, LPARAM data)
{
	const DEV_BROADCAST_HANDLE *event = (const DEV_BROADCAST_HANDLE *)data;
	ULONG count;

	if (message != WM_DEVICECHANGE)
		return DefWindowProcW(window, message, what, data);
	if (what == DBT_CUSTOMEVENT && IsEqualGUID(&event->dbch_eventguid, &GUID_TWO_WAY_COUNTED)) {
		CopyMemory(&count, event->dbch_data, sizeof(count));
		printf("the driver counted: %lu\n", count);
		numbers++;
	}
	return TRUE;
}

static HWND make_window(HINSTANCE instance)
{
	WNDCLASSW window_class;

	ZeroMemory(&window_class, sizeof(window_class));
	window_class.lpfnWndProc = window_procedure;
	window_class.hInstance = instance;
	window_class.lpszClassName = L"TwoWay";
	RegisterClassW(&window_class);
	return CreateWindowExW(0, L"TwoWay", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, instance,
			       NULL);
}

static HDEVNOTIFY watch(HWND window, HANDLE device)
{
	DEV_BROADCAST_HANDLE filter;

	ZeroMemory(&filter, sizeof(filter));
	filter.dbch_size = sizeof(filter);
	filter.dbch_devicetype = DBT_DEVTYP_HANDLE;
	filter.dbch_handle = device;
	return RegisterDeviceNotificationW(window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE);
}

/* Notifications are sent: the window procedure is called in here, and no message comes out for it. */
static void take_messages(void)
{
	MSG message;

	while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE))
		DispatchMessageW(&message);
}

/* The event may be set while the last notifications are still on their way. */
static void wait_until_done(HANDLE done)
{
	while (MsgWaitForMultipleObjects(1, &done, FALSE, INFINITE, QS_ALLINPUT) != WAIT_OBJECT_0)
		take_messages();
	for (take_messages(); numbers < NUMBERS; take_messages())
		MsgWaitForMultipleObjects(0, NULL, FALSE, INFINITE, QS_ALLINPUT);
}

int main(void)
{
	TWO_WAY_START start;
	ULONG before = 0;
	DWORD bytes;
	HANDLE device = CreateFileW(L"\\\\.\\TwoWay", GENERIC_READ | GENERIC_WRITE,
				    FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
				    NULL);

	if (device == INVALID_HANDLE_VALUE) {
		printf("the device can't be opened: %lu\n", GetLastError());
		return 1;
	}
	ZeroMemory(&start, sizeof(start));
	start.Done = CreateEventW(NULL, FALSE, FALSE, NULL);
	start.Count = NUMBERS;
	if (!watch(make_window(GetModuleHandleW(NULL)), device) ||
	    !DeviceIoControl(device, IOCTL_TWO_WAY_START, &start, sizeof(start), &before,
			     sizeof(before), &bytes, NULL)) {
		printf("the driver does not count: %lu\n", GetLastError());
		return 1;
	}
	printf("it had counted: %lu\n", before);
	wait_until_done(start.Done);
	printf("the driver is done\n");
	CloseHandle(start.Done);
	CloseHandle(device);
	return 0;
}
