/* SPDX-License-Identifier: MIT */
/* The same as a Windows program, for one volume: label-watch-windows \\.\sda1, or \\.\D: on Windows. */
#include <windows.h>
#include <dbt.h>
#include <initguid.h>
#include <ioevent.h>
#include <stdio.h>

static LRESULT CALLBACK OnMessage(HWND window, UINT message, WPARAM what, LPARAM parameter)
{
	DEV_BROADCAST_HANDLE *event = (DEV_BROADCAST_HANDLE *)parameter;

	if (message == WM_DEVICECHANGE && what == DBT_CUSTOMEVENT &&
	    IsEqualGUID(&event->dbch_eventguid, &GUID_IO_VOLUME_NAME_CHANGE)) {
		printf("the label is \"%s\" now\n",
		       (char *)event->dbch_data + event->dbch_nameoffset);
		fflush(stdout);
	}
	return DefWindowProcA(window, message, what, parameter);
}

int main(int argc, char **argv)
{
	WNDCLASSA class = {.lpfnWndProc = OnMessage, .lpszClassName = "label-watch"};
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE};
	MSG message;

	filter.dbch_handle = CreateFileA(argc > 1 ? argv[1] : "", GENERIC_READ,
					 FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
					 NULL);
	RegisterClassA(&class);
	HWND window = CreateWindowA("label-watch", "", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
	if (!RegisterDeviceNotificationA(window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE))
		return 1;
	puts("watching");
	fflush(stdout);
	while (GetMessageA(&message, NULL, 0, 0) > 0)
		DispatchMessageA(&message);
	return 0;
}
