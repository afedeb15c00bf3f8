/* SPDX-License-Identifier: MIT */
/* Ourselves under Windows' names: the reporter as in peer-pnpnotify.c, each reader a window procedure. */
#include <windows.h>
#include <dbt.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

/* Events that one PeekMessage() hands out at the most, and more. */
#define WAITING_MAX 4096u

/* What the window procedure got and the crew has not taken yet: a thread of its own has no more than one window. */
static struct payload *waiting[WAITING_MAX];
static unsigned int first, end;

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM what, LPARAM lparam)
{
	const DEV_BROADCAST_HANDLE *event = (const void *)lparam;

	if (message != WM_DEVICECHANGE)
		return DefWindowProcA(window, message, what, lparam);
	if (what != DBT_CUSTOMEVENT || end - first >= WAITING_MAX)
		die("no event");
	memcpy(waiting[end++ % WAITING_MAX], event->dbch_data, payload_bytes);
	return TRUE;
}

static void *window_open(void *shared, int number)
{
	WNDCLASSA window_class = {.lpfnWndProc = on_message, .lpszClassName = "Bench"};

	for (size_t i = 0; i < WAITING_MAX; i++)
		waiting[i] = malloc(payload_bytes);
	peer_pnpnotify_set_address(shared);
	RegisterClassA(&window_class);
	HWND window = CreateWindowA("Bench", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
	HANDLE device = CreateFileA("\\\\.\\Bench", GENERIC_READ, FILE_SHARE_READ, NULL,
				    OPEN_EXISTING, 0, NULL);
	if (!window || device == INVALID_HANDLE_VALUE)
		die("window or device");
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = device};
	if (!RegisterDeviceNotificationA(window, &filter, DEVICE_NOTIFY_WINDOW_HANDLE))
		die("RegisterDeviceNotification");
	return window;
}

static int window_take(void *reader, struct payload *ret_payload)
{
	MSG message;

	while (first == end && PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
		DispatchMessageA(&message);
	if (first == end)
		return 0;
	memcpy(ret_payload, waiting[first++ % WAITING_MAX], payload_bytes);
	return 1;
}

static void window_sleep(void *reader)
{
	if (first == end)
		MsgWaitForMultipleObjects(0, NULL, FALSE, INFINITE, QS_ALLINPUT);
}

const struct peer peer_windows = {
	.name = "Windows face",
	.what = "the same, the applications' window procedures",
	.open = peer_pnpnotify_open,
	.close = peer_pnpnotify_close,
	.report = peer_pnpnotify_report,
	.reader_open = window_open,
	.take = window_take,
	.sleep = window_sleep,
};
