/* SPDX-License-Identifier: MIT */
/* Applications under their Windows names, custom events: U1, U3-U8, U10, U11, R15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "application-fixture.h"
#include <initguid.h>
#include <pnpn-events.h>
#include <cmocka.h>

#define DATA_OFFSET offsetof(DEV_BROADCAST_HANDLE, dbch_data)

static void expect_refused(HANDLE recipient, void *filter, DWORD flags, DWORD error)
{
	SetLastError(0);
	assert_null(RegisterDeviceNotificationA(recipient, filter, flags));
	assert_int_equal(GetLastError(), error);
	SetLastError(0);
	assert_null(RegisterDeviceNotificationW(recipient, filter, flags));
	assert_int_equal(GetLastError(), error);
}

/* U1: what is no window, no filter, no known flag. */
static void test_u1_arguments(void **state)
{
	struct fixture *f = *state;
	DEV_BROADCAST_DEVICEINTERFACE_A filter = {.dbcc_size = sizeof(filter),
						  .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
						  .dbcc_classguid = application_class};

	expect_refused(NULL, &filter, 0, ERROR_INVALID_PARAMETER);
	expect_refused((HANDLE)(ULONG_PTR)0xdeadbee0, &filter, 0, ERROR_INVALID_PARAMETER);
	expect_refused(f->recorder.window, NULL, 0, ERROR_INVALID_PARAMETER);
	expect_refused(f->recorder.window, &filter, 0x80, ERROR_INVALID_PARAMETER);
	filter.dbcc_size = offsetof(DEV_BROADCAST_DEVICEINTERFACE_A, dbcc_name) - 1;
	expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_PARAMETER);
	assert_int_equal(count_registrants(f), 0);
}

/* U1: the types that only the system registers for. */
static void test_u1_types(void **state)
{
	static const DWORD types[] = {DBT_DEVTYP_OEM, DBT_DEVTYP_DEVNODE, DBT_DEVTYP_VOLUME,
				      DBT_DEVTYP_PORT, DBT_DEVTYP_NET};
	struct fixture *f = *state;
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter)};

	for (size_t i = 0; i < ARRAYSIZE(types); i++) {
		filter.dbch_devicetype = types[i];
		expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_DATA);
	}
}

/* U1: a handle that is no open device's. */
static void test_u1_handles(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE};

	expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_HANDLE);
	filter.dbch_handle = event;
	expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_HANDLE);
	filter.dbch_handle = device;
	filter.dbch_size = offsetof(DEV_BROADCAST_HANDLE, dbch_handle);
	expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_PARAMETER);
	filter.dbch_size = sizeof(filter);
	assert_true(CloseHandle(device));
	expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_HANDLE);
	CloseHandle(event);
}

/* U3: inside GetMessage(), which returns what was posted and nothing else. recorder_wait() looks. */
static void test_u3_get_message(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();

	register_handle(f->recorder.window, device);
	for (BYTE i = 0; i < 10; i++)
		report_byte(f, i);
	assert_int_equal(f->recorder.count, 0);
	recorder_wait(&f->recorder, 10);
	for (BYTE i = 0; i < 10; i++)
		assert_int_equal(f->recorder.seen[i].body.handle.dbch_data[0], i);
	CloseHandle(device);
}

/* U3: MsgWaitForMultipleObjects() wakes, PeekMessage() calls the window procedure. */
static void test_u3_peek_message(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	MSG message;

	register_handle(f->recorder.window, device);
	while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
		;
	report_byte(f, 1);
	while (f->recorder.count < 1) {
		assert_int_equal(MsgWaitForMultipleObjects(0, NULL, FALSE, INFINITE, QS_ALLINPUT),
				 WAIT_OBJECT_0);
		assert_int_equal(f->recorder.count, 0);
		if (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
			assert_int_not_equal(message.message, WM_DEVICECHANGE);
	}
	CloseHandle(device);
}

/* U4: every member, and the four zeros behind the data. */
static void test_u4_form(void **state)
{
	static const BYTE data[] = {0xde, 0xad, 0xbe, 0xef, 0x55};
	static const BYTE zeros[4];
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);

	report_data(f, data, sizeof(data));
	recorder_wait(&f->recorder, 1);
	const struct seen *seen = &f->recorder.seen[0];
	assert_int_equal(seen->event, DBT_CUSTOMEVENT);
	assert_int_equal(seen->size, DATA_OFFSET + sizeof(data) + 4);
	assert_int_equal(seen->body.handle.dbch_devicetype, DBT_DEVTYP_HANDLE);
	assert_int_equal(seen->body.handle.dbch_reserved, 0);
	assert_ptr_equal(seen->body.handle.dbch_handle, device);
	assert_ptr_equal(seen->body.handle.dbch_hdevnotify, registration);
	assert_memory_equal(&seen->body.handle.dbch_eventguid, &application_event, sizeof(GUID));
	assert_int_equal(seen->body.handle.dbch_nameoffset, -1);
	assert_memory_equal(seen->body.bytes + DATA_OFFSET, data, sizeof(data));
	assert_memory_equal(seen->body.bytes + DATA_OFFSET + sizeof(data), zeros, sizeof(zeros));
	CloseHandle(device);
}

/* U4: without data, and with as much as a report carries (R5). */
static void test_u4_sizes(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	size_t most = 65499;
	BYTE *data = calloc(1, most);

	register_handle(f->recorder.window, device);
	report_data(f, NULL, 0);
	report_data(f, data, most);
	recorder_wait(&f->recorder, 2);
	assert_int_equal(f->recorder.seen[0].size, DATA_OFFSET + 4);
	assert_int_equal(f->recorder.seen[1].size, DATA_OFFSET + most + 4);
	free(data);
	CloseHandle(device);
}

/* U5: the handle is closed, events go on under its old value. */
static void test_u5_closed_handle(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();

	register_handle(f->recorder.window, device);
	assert_true(CloseHandle(device));
	assert_false(CloseHandle(device));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	report_byte(f, 7);
	recorder_wait(&f->recorder, 1);
	assert_ptr_equal(f->recorder.seen[0].body.handle.dbch_handle, device);
	assert_int_equal(f->recorder.seen[0].body.handle.dbch_data[0], 7);
}

/* U6: text as UTF-16 in a Unicode window, as UTF-8 in an ANSI window, at the same offset. */
static void test_u6_text(void **state)
{
	static const char text[] = "Gr\xc3\xb6\xc3\x9f"
				   "e \xe2\x82\xac";
	static const WCHAR wide[] = L"Gr\u00f6\u00dfe \u20ac";
	struct fixture *f = *state;
	HANDLE device = open_device();
	BYTE payload[4] = {1, 2, 3, 4};

	register_handle(f->recorder.window, device);
	register_handle(f->other.window, device);
	assert_int_equal(pnpn_device_report_text(f->device,
						 (const struct pnpn_guid *)&application_event,
						 payload, sizeof(payload), text),
			 0);
	recorder_wait(&f->recorder, 1);
	recorder_wait(&f->other, 1);
	const struct seen *ansi = &f->recorder.seen[0], *unicode = &f->other.seen[0];
	assert_int_equal(ansi->body.handle.dbch_nameoffset, 4);
	assert_int_equal(unicode->body.handle.dbch_nameoffset, 4);
	assert_int_equal(unicode->size, DATA_OFFSET + 4 + sizeof(wide) + 4);
	assert_int_equal(ansi->size, DATA_OFFSET + 4 + sizeof(text) + 4);
	assert_memory_equal(unicode->body.bytes + DATA_OFFSET, payload, 4);
	assert_memory_equal(ansi->body.bytes + DATA_OFFSET, payload, 4);
	assert_memory_equal(unicode->body.bytes + DATA_OFFSET + 4, wide, sizeof(wide));
	assert_memory_equal(ansi->body.bytes + DATA_OFFSET + 4, text, sizeof(text));
	CloseHandle(device);
}

/* U6: several strings reach an ANSI window as several strings. */
static void test_u6_several_strings(void **state)
{
	static const WCHAR strings[] = L"one\0zw\u00f6lf\0";
	static const char narrow[] = "one\0zw\xc3\xb6lf\0";
	struct fixture *f = *state;
	HANDLE device = open_device();

	register_handle(f->recorder.window, device);
	assert_int_equal(pnpn_device_report(f->device, (const struct pnpn_guid *)&application_event,
					    strings, sizeof(strings), 0),
			 0);
	recorder_wait(&f->recorder, 1);
	assert_int_equal(f->recorder.seen[0].size, DATA_OFFSET + sizeof(narrow) + 4);
	assert_memory_equal(f->recorder.seen[0].body.bytes + DATA_OFFSET, narrow, sizeof(narrow));
	CloseHandle(device);
}

/* U2: a bare header is a filter for all classes, and for nothing else. */
static void test_u2_bare_header(void **state)
{
	struct fixture *f = *state;
	DEV_BROADCAST_HDR filter = {.dbch_size = sizeof(filter),
				    .dbch_devicetype = DBT_DEVTYP_DEVICEINTERFACE};

	expect_refused(f->recorder.window, &filter, 0, ERROR_INVALID_PARAMETER);
	assert_non_null(RegisterDeviceNotificationW(f->recorder.window, &filter,
						    DEVICE_NOTIFY_ALL_INTERFACE_CLASSES));
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, false), 0);
	recorder_wait(&f->recorder, 1);
	assert_int_equal(f->recorder.seen[0].event, DBT_DEVICEREMOVECOMPLETE);
}

static void scribble(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	memset(body, 0xee, body->dbch_size);
}

/* U7, U8: two registrations of one window, one message each; what the first scribbles the second does
 * not see. */
static void test_u7_u8_two_registrations(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY first = register_handle(f->recorder.window, device);
	HDEVNOTIFY second = register_handle(f->recorder.window, device);

	assert_ptr_not_equal(first, second);
	f->recorder.then = scribble;
	report_byte(f, 42);
	recorder_wait(&f->recorder, 2);
	HDEVNOTIFY a = f->recorder.seen[0].body.handle.dbch_hdevnotify;
	HDEVNOTIFY b = f->recorder.seen[1].body.handle.dbch_hdevnotify;
	assert_true((a == first && b == second) || (a == second && b == first));
	for (int i = 0; i < 2; i++)
		assert_int_equal(f->recorder.seen[i].body.handle.dbch_data[0], 42);
	/* One each: the next two belong to the next report. */
	report_byte(f, 43);
	recorder_wait(&f->recorder, 4);
	for (int i = 2; i < 4; i++)
		assert_int_equal(f->recorder.seen[i].body.handle.dbch_data[0], 43);
	CloseHandle(device);
}

static void expect_no_registration(HDEVNOTIFY registration)
{
	SetLastError(0);
	assert_false(UnregisterDeviceNotification(registration));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
}

/* U10: TRUE once; what was waiting is not delivered, to others it is. */
static void test_u10_unregister(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY gone = register_handle(f->recorder.window, device);

	register_handle(f->other.window, device);
	report_byte(f, 1);
	assert_true(UnregisterDeviceNotification(gone));
	expect_no_registration(gone);
	expect_no_registration(NULL);
	expect_no_registration((HDEVNOTIFY)f);
	expect_no_registration((HDEVNOTIFY)device);
	report_byte(f, 2);
	recorder_wait(&f->other, 2);
	assert_int_equal(f->recorder.count, 0);
	assert_int_equal(count_registrants(f), 1);
	CloseHandle(device);
}

static void unregister_inside(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	assert_true(UnregisterDeviceNotification(((DEV_BROADCAST_HANDLE *)body)->dbch_hdevnotify));
}

/* U10: inside the window procedure, with more events waiting. */
static void test_u10_inside_procedure(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();

	f->recorder.then = unregister_inside;
	register_handle(f->recorder.window, device);
	register_handle(f->other.window, device);
	for (BYTE i = 0; i < 5; i++)
		report_byte(f, i);
	recorder_wait(&f->other, 5);
	recorder_wait(&f->recorder, 1);
	assert_int_equal(f->recorder.count, 1);
	CloseHandle(device);
}

static void destroy_inside(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	assert_true(DestroyWindow(recorder->window));
}

/* U11: DestroyWindow(), also inside the procedure, ends the window's registrations. */
static void test_u11_destroy_window(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);

	register_handle(f->recorder.window, device);
	f->recorder.then = destroy_inside;
	report_byte(f, 1);
	recorder_wait(&f->recorder, 1);
	assert_false(IsWindow(f->recorder.window));
	assert_int_equal(count_registrants(f), 0);
	expect_no_registration(registration);
	CloseHandle(device);
}

static struct {
	HDEVNOTIFY registration;
	struct fixture *fixture;
	int messages; /* between WM_DESTROY and WM_NCDESTROY */
	BOOL ended;
} goodbye;

static LRESULT CALLBACK say_goodbye(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	MSG other;

	if (message == WM_DEVICECHANGE)
		goodbye.messages++;
	if (message != WM_DESTROY)
		return DefWindowProcA(window, message, wparam, lparam);
	report_byte(goodbye.fixture, 1);
	(void)PeekMessageA(&other, NULL, 0, 0, PM_NOREMOVE);
	goodbye.ended = UnregisterDeviceNotification(goodbye.registration);
	return 0;
}

/* U10, U11: a window that says goodbye gets nothing more, and may unregister in WM_DESTROY. */
static void test_u10_u11_in_wm_destroy(void **state)
{
	struct fixture *f = *state;
	WNDCLASSA window_class = {.lpfnWndProc = say_goodbye, .lpszClassName = "goodbye"};
	HANDLE device = open_device();

	assert_int_not_equal(RegisterClassA(&window_class), 0);
	HWND window = CreateWindowExA(0, "goodbye", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL,
				      NULL);
	goodbye.fixture = f;
	goodbye.registration = register_handle(window, device);
	assert_true(DestroyWindow(window));
	assert_true(goodbye.ended);
	assert_int_equal(goodbye.messages, 0);
	expect_no_registration(goodbye.registration);
	assert_int_equal(count_registrants(f), 0);
	assert_true(UnregisterClassA("goodbye", NULL));
	CloseHandle(device);
}

static DWORD register_and_end(LPVOID argument)
{
	struct recorder recorder;

	recorder_init(&recorder, false);
	register_handle(recorder.window, *(HANDLE *)argument);
	return (DWORD)(ULONG_PTR)recorder.window;
}

/* U11: the thread's end does too. */
static void test_u11_thread_end(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HANDLE thread = CreateThread(NULL, 0, register_and_end, &device, 0, NULL);

	assert_non_null(thread);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_int_equal(count_registrants(f), 0);
	CloseHandle(thread);
	CloseHandle(device);
}

/* R15: past 64 MiB the oldest are lost, and how many comes first. */
static void test_r15_lost(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	size_t size = 65000;
	int reports = 1200;
	BYTE *data = calloc(1, size);
	ULONGLONG lost;

	register_handle(f->recorder.window, device);
	for (int i = 0; i < reports; i++)
		report_data(f, data, size);
	recorder_wait(&f->recorder, 2);
	const struct seen *seen = &f->recorder.seen[0];
	assert_int_equal(seen->event, DBT_CUSTOMEVENT);
	assert_memory_equal(&seen->body.handle.dbch_eventguid, &GUID_PNPNOTIFY_EVENTS_LOST,
			    sizeof(GUID));
	assert_int_equal(seen->size, DATA_OFFSET + sizeof(lost) + 4);
	memcpy(&lost, seen->body.bytes + DATA_OFFSET, sizeof(lost));
	assert_in_range(lost, 1, reports - 1);
	/* The message of the loss, and every event that was not lost. */
	recorder_wait(&f->recorder, 1 + reports - (int)lost);
	free(data);
	CloseHandle(device);
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(test_u1_arguments),
		UNIT(test_u1_types),
		UNIT(test_u1_handles),
		UNIT(test_u3_get_message),
		UNIT(test_u3_peek_message),
		UNIT(test_u4_form),
		UNIT(test_u4_sizes),
		UNIT(test_u5_closed_handle),
		UNIT(test_u6_text),
		UNIT(test_u6_several_strings),
		UNIT(test_u2_bare_header),
		UNIT(test_u7_u8_two_registrations),
		UNIT(test_u10_unregister),
		UNIT(test_u10_inside_procedure),
		UNIT(test_u11_destroy_window),
		UNIT(test_u10_u11_in_wm_destroy),
		UNIT(test_u11_thread_end),
		UNIT(test_r15_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
