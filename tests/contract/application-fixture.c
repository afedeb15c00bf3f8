/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "application-fixture.h"
#include <cmocka.h>

/* Only a hung test takes so long. */
#define PATIENCE_S 120

const GUID application_class = {0x51a0c8c3, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}};
const GUID application_event = {0x51a0c8c2, 0x90fe, 0x4d07, {1, 2, 3, 4, 5, 6, 7, 8}};

static void record(struct recorder *recorder, UINT event, const DEV_BROADCAST_HDR *body)
{
	int at = recorder->count++;

	if (at >= SEEN_MAX)
		return;
	struct seen *seen = &recorder->seen[at];
	size_t size = body->dbch_size;
	seen->event = event;
	seen->size = size;
	memcpy(&seen->body, body, size < sizeof(seen->body) ? size : sizeof(seen->body));
}

static LRESULT recorder_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct recorder *recorder = (struct recorder *)GetWindowLongPtr(window, GWLP_USERDATA);

	if (message != WM_DEVICECHANGE)
		return DefWindowProc(window, message, wparam, lparam);
	/* Top-level windows are told without a body that some device came or went. */
	if (!lparam)
		return TRUE;
	assert_int_equal(InSendMessageEx(NULL), ISMEX_SEND);
	record(recorder, (UINT)wparam, (DEV_BROADCAST_HDR *)lparam);
	if (recorder->then)
		recorder->then(recorder, (UINT)wparam, (DEV_BROADCAST_HDR *)lparam);
	/* GetMessage() comes back for this one. */
	PostThreadMessage(GetCurrentThreadId(), WM_APP, 0, 0);
	return wparam == DBT_DEVICEQUERYREMOVE && recorder->denies ? BROADCAST_QUERY_DENY : TRUE;
}

static void register_classes(void)
{
	static bool done;
	WNDCLASSA ansi = {.lpfnWndProc = recorder_message, .lpszClassName = "recorder-a"};
	WNDCLASSW unicode = {.lpfnWndProc = recorder_message, .lpszClassName = L"recorder-w"};

	if (done)
		return;
	assert_int_not_equal(RegisterClassA(&ansi), 0);
	assert_int_not_equal(RegisterClassW(&unicode), 0);
	done = true;
}

void recorder_init(struct recorder *recorder, bool unicode)
{
	memset(recorder, 0, sizeof(*recorder));
	register_classes();
	recorder->window = unicode ? CreateWindowExW(0, L"recorder-w", L"", 0, 0, 0, 0, 0,
						     HWND_MESSAGE, NULL, NULL, NULL)
				   : CreateWindowExA(0, "recorder-a", "", 0, 0, 0, 0, 0,
						     HWND_MESSAGE, NULL, NULL, NULL);
	assert_non_null(recorder->window);
	SetLastError(0);
	SetWindowLongPtr(recorder->window, GWLP_USERDATA, (LONG_PTR)recorder);
	assert_int_equal(GetLastError(), 0);
}

void recorder_deinit(struct recorder *recorder)
{
	if (recorder->window && IsWindow(recorder->window))
		assert_true(DestroyWindow(recorder->window));
	recorder->window = NULL;
}

void recorder_wait(const struct recorder *recorder, int count)
{
	MSG message;

	while (recorder->count < count) {
		assert_true(GetMessage(&message, NULL, 0, 0) > 0);
		assert_int_not_equal(message.message, WM_DEVICECHANGE);
		DispatchMessage(&message);
	}
}

HDEVNOTIFY register_handle(HWND window, HANDLE device)
{
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = device};
	HDEVNOTIFY registration = RegisterDeviceNotification(window, &filter,
							     DEVICE_NOTIFY_WINDOW_HANDLE);

	assert_non_null(registration);
	return registration;
}

HANDLE open_device(void)
{
	HANDLE device = CreateFileA("\\\\.\\Application", GENERIC_READ, FILE_SHARE_READ, NULL,
				    OPEN_EXISTING, 0, NULL);

	assert_ptr_not_equal(device, INVALID_HANDLE_VALUE);
	return device;
}

void report_data(struct fixture *f, const void *data, size_t size)
{
	assert_int_equal(pnpn_device_report(f->device, (const struct pnpn_guid *)&application_event,
					    data, size, PNPN_NAME_OFFSET_NONE),
			 0);
}

void report_byte(struct fixture *f, BYTE byte)
{
	report_data(f, &byte, 1);
}

unsigned int count_registrants(struct fixture *f)
{
	struct pnpn_device_list *list;
	unsigned int registrants = 0;

	assert_int_equal(pnpn_list_devices(f->driver, &list), 0);
	for (size_t i = 0; i < pnpn_device_list_get_size(list); i++) {
		const struct pnpn_device_info *info = pnpn_device_list_get(list, i);
		if (!strcmp(pnpn_device_info_get_id(info), "ROOT\\APPLICATION\\0000"))
			registrants = pnpn_device_info_get_registrants(info);
	}
	pnpn_device_list_free(list);
	return registrants;
}

static void start_device(struct fixture *f)
{
	assert_int_equal(pnpn_device_new(f->driver, "ROOT\\APPLICATION\\0000", &f->device), 0);
	assert_int_equal(pnpn_device_add_link(f->device, "\\\\.\\Application"), 0);
	assert_int_equal(pnpn_device_add_interface(f->device,
						   (const struct pnpn_guid *)&application_class,
						   NULL, &f->interface),
			 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, true), 0);
}

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	alarm(PATIENCE_S);
	strcpy(f->folder, "/tmp/pnpn-application-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->address, sizeof(f->address), "unix:path=%s/socket", f->folder);
	assert_int_equal(setenv("PNPNOTIFY_ADDRESS", f->address, 1), 0);
	assert_int_equal(pnpn_manager_start(&f->manager, f->address, false), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->driver), 0);
	start_device(f);
	recorder_init(&f->recorder, false);
	recorder_init(&f->other, true);
	*state = f;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char socket[128];

	recorder_deinit(&f->recorder);
	recorder_deinit(&f->other);
	pnpn_device_remove(f->device);
	pnpn_disconnect(f->driver);
	pnpn_manager_stop(f->manager);
	free(f->interface);
	snprintf(socket, sizeof(socket), "%s/socket", f->folder);
	unlink(socket);
	rmdir(f->folder);
	free(f);
	alarm(0);
	return 0;
}
