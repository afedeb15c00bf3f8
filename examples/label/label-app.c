/* SPDX-License-Identifier: MIT */
/*
 * Opens a disk and prints what becomes of it, until it is gone:
 *
 *	cc $(pkg-config --cflags pnpnotify-win32) label-app.c -o label-app \
 *		$(pkg-config --libs pnpnotify-win32)
 *	./label-app '\\.\loop0'
 */
#include <windows.h>
#include <dbt.h>
#include <stdio.h>
#include <initguid.h>
#include <ioevent.h>

static void print_event(const DEV_BROADCAST_HANDLE *event)
{
	const char *name = "another event";

	if (IsEqualGUID(&event->dbch_eventguid, &GUID_IO_VOLUME_CHANGE))
		name = "GUID_IO_VOLUME_CHANGE";
	if (IsEqualGUID(&event->dbch_eventguid, &GUID_IO_VOLUME_NAME_CHANGE))
		name = "GUID_IO_VOLUME_NAME_CHANGE";
	/* The window is an ANSI one: text comes as UTF-8. */
	if (event->dbch_nameoffset >= 0)
		printf("%s: %s\n", name, (const char *)event->dbch_data + event->dbch_nameoffset);
	else
		printf("%s\n", name);
	fflush(stdout);
}

static LRESULT CALLBACK window_procedure(HWND window, UINT message, WPARAM what, LPARAM data)
{
	if (message != WM_DEVICECHANGE)
		return DefWindowProcA(window, message, what, data);
	if (what == DBT_CUSTOMEVENT)
		print_event((const DEV_BROADCAST_HANDLE *)data);
	if (what == DBT_DEVICEREMOVECOMPLETE) {
		printf("the disk is gone\n");
		PostQuitMessage(0);
	}
	return TRUE;
}

static HWND make_window(void)
{
	WNDCLASSA window_class;

	ZeroMemory(&window_class, sizeof(window_class));
	window_class.lpfnWndProc = window_procedure;
	window_class.lpszClassName = "Label";
	RegisterClassA(&window_class);
	return CreateWindowExA(0, "Label", "Label", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
	DEV_BROADCAST_HANDLE filter;
	MSG message;
	HANDLE disk = CreateFileA(argc > 1 ? argv[1] : "\\\\.\\loop0", 0,
				  FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);

	if (disk == INVALID_HANDLE_VALUE) {
		printf("the disk can't be opened: %lu\n", GetLastError());
		return 1;
	}
	ZeroMemory(&filter, sizeof(filter));
	filter.dbch_size = sizeof(filter);
	filter.dbch_devicetype = DBT_DEVTYP_HANDLE;
	filter.dbch_handle = disk;
	if (!RegisterDeviceNotificationA(make_window(), &filter, DEVICE_NOTIFY_WINDOW_HANDLE)) {
		printf("its events can't be had: %lu\n", GetLastError());
		return 1;
	}
	printf("watching the disk\n");
	fflush(stdout);
	while (GetMessageA(&message, NULL, 0, 0) > 0)
		DispatchMessageA(&message);
	CloseHandle(disk);
	return 0;
}
