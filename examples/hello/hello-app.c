/* SPDX-License-Identifier: MIT */
/*
 * An application that waits for a hello device, registers for its events, and prints them until the
 * device goes. The same source is a Linux program and a Windows one:
 *
 *	cc $(pkg-config --cflags pnpnotify-win32) hello-app.c -o hello-app \
 *		$(pkg-config --libs pnpnotify-win32)
 */
#include <windows.h>
#include <dbt.h>
#include <stdio.h>
#include <initguid.h>
#include "hello_event.h"

static HANDLE device = INVALID_HANDLE_VALUE;
static HDEVNOTIFY notification;

/* The device has come: open it and ask for its events. */
static void watch_device(HWND window, LPCWSTR name)
{
	DEV_BROADCAST_HANDLE filter;

	device = CreateFileW(name, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
			     NULL);
	if (device == INVALID_HANDLE_VALUE) {
		printf("the device can't be opened: %lu\n", GetLastError());
		return;
	}
	ZeroMemory(&filter, sizeof(filter));
	filter.dbch_size = sizeof(filter);
	filter.dbch_devicetype = DBT_DEVTYP_HANDLE;
	filter.dbch_handle = device;
	notification = RegisterDeviceNotificationW(window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE);
	if (!notification)
		printf("its events can't be had: %lu\n", GetLastError());
}

static void print_event(const DEV_BROADCAST_HANDLE *event)
{
	HELLO_EVENT hello;

	if (!IsEqualGUID(&event->dbch_eventguid, &GUID_HELLO_EVENT))
		return;
	CopyMemory(&hello, event->dbch_data, sizeof(hello));
	printf("%lu: %ls\n", hello.Count, hello.Message);
	fflush(stdout);
}

/* Whoever has a device open keeps it from being removed. Its events are told all the same, and its end. */
static void close_device(void)
{
	if (device != INVALID_HANDLE_VALUE)
		CloseHandle(device);
	device = INVALID_HANDLE_VALUE;
}

static void device_removed(void)
{
	printf("the device is gone\n");
	UnregisterDeviceNotification(notification);
	close_device();
	PostQuitMessage(0);
}

static LRESULT CALLBACK window_procedure(HWND window, UINT message, WPARAM what, LPARAM data)
{
	const DEV_BROADCAST_HDR *header = (const DEV_BROADCAST_HDR *)data;

	if (message != WM_DEVICECHANGE || !header)
		return DefWindowProcW(window, message, what, data);
	if (what == DBT_DEVICEARRIVAL && header->dbch_devicetype == DBT_DEVTYP_DEVICEINTERFACE &&
	    device == INVALID_HANDLE_VALUE)
		watch_device(window, ((const DEV_BROADCAST_DEVICEINTERFACE_W *)data)->dbcc_name);
	if (what == DBT_CUSTOMEVENT && header->dbch_devicetype == DBT_DEVTYP_HANDLE)
		print_event((const DEV_BROADCAST_HANDLE *)data);
	if (what == DBT_DEVICEQUERYREMOVE && header->dbch_devicetype == DBT_DEVTYP_HANDLE)
		close_device();
	if (what == DBT_DEVICEREMOVECOMPLETE && header->dbch_devicetype == DBT_DEVTYP_HANDLE)
		device_removed();
	return TRUE;
}

static HWND make_window(HINSTANCE instance)
{
	WNDCLASSW window_class;

	ZeroMemory(&window_class, sizeof(window_class));
	window_class.lpfnWndProc = window_procedure;
	window_class.hInstance = instance;
	window_class.lpszClassName = L"Hello";
	RegisterClassW(&window_class);
	return CreateWindowExW(0, L"Hello", L"Hello", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, instance,
			       NULL);
}

int main(void)
{
	DEV_BROADCAST_DEVICEINTERFACE_W filter;
	HWND window = make_window(GetModuleHandleW(NULL));
	MSG message;

	ZeroMemory(&filter, sizeof(filter));
	filter.dbcc_size = sizeof(filter);
	filter.dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE;
	filter.dbcc_classguid = GUID_DEVINTERFACE_HELLO;
	if (!RegisterDeviceNotificationW(window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE)) {
		printf("hello devices can't be waited for: %lu\n", GetLastError());
		return 1;
	}
	printf("waiting for a hello device\n");
	fflush(stdout);
	while (GetMessageW(&message, NULL, 0, 0) > 0)
		DispatchMessageW(&message);
	return 0;
}
