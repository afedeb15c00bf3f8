/* SPDX-License-Identifier: MIT */
/* D5, D8: windows and callbacks are asked before a device is removed, and told what becomes of it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include <cmocka.h>

#define ID "ROOT\\APPLICATION\\0000"

/* --- whoever removes it: on a thread, while this one retrieves messages ----------------------------- */

static struct remover {
	pthread_t thread;
	struct pnpn_connection *connection;
	struct pnpn_veto veto;
	int result;
	bool through;
} remover;

static void *remove_it(void *userdata)
{
	remover.result = pnpn_remove(remover.connection, ID, 0, &remover.veto,
				     sizeof(remover.veto));
	__atomic_store_n(&remover.through, true, __ATOMIC_RELEASE);
	return NULL;
}

static void start_removal(struct fixture *f)
{
	remover = (struct remover){0};
	assert_int_equal(pnpn_connect(&remover.connection, f->address), 0);
	assert_int_equal(pthread_create(&remover.thread, NULL, remove_it, NULL), 0);
}

/* Windows are called, and the owner, who did not ask to be asked, dispatches. */
static int end_removal(struct fixture *f)
{
	MSG message;

	while (!__atomic_load_n(&remover.through, __ATOMIC_ACQUIRE)) {
		while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
			assert_int_not_equal(message.message, WM_DEVICECHANGE);
		assert_true(pnpn_wait(f->driver, 1) >= 0);
	}
	assert_int_equal(pthread_join(remover.thread, NULL), 0);
	pnpn_disconnect(remover.connection);
	return remover.result;
}

static void expect_removal(const struct recorder *recorder, int at, UINT event, HANDLE device,
			   HDEVNOTIFY registration)
{
	static const GUID none;
	const struct seen *seen = &recorder->seen[at];

	assert_true(recorder->count > at);
	assert_int_equal(seen->event, event);
	assert_int_equal(seen->size, offsetof(DEV_BROADCAST_HANDLE, dbch_data) + 4);
	assert_ptr_equal(seen->body.handle.dbch_handle, device);
	assert_ptr_equal(seen->body.handle.dbch_hdevnotify, registration);
	assert_memory_equal(&seen->body.handle.dbch_eventguid, &none, sizeof(none));
	assert_int_equal(seen->body.handle.dbch_nameoffset, -1);
}

/* --- windows -------------------------------------------------------------------------------------- */

/* What a good program does: it lets go of the device. */
static void close_it(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	if (event == DBT_DEVICEQUERYREMOVE)
		assert_true(CloseHandle(((DEV_BROADCAST_HANDLE *)body)->dbch_handle));
}

static void d5_d8_a_window_lets_go_of_the_device(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);

	f->recorder.then = close_it;
	report_byte(f, 1);
	start_removal(f);
	assert_int_equal(end_removal(f), 0);
	recorder_wait(&f->recorder, 4);
	assert_int_equal(f->recorder.seen[0].event, DBT_CUSTOMEVENT);
	expect_removal(&f->recorder, 1, DBT_DEVICEQUERYREMOVE, device, registration);
	expect_removal(&f->recorder, 2, DBT_DEVICEREMOVEPENDING, device, registration);
	expect_removal(&f->recorder, 3, DBT_DEVICEREMOVECOMPLETE, device, registration);
	assert_true(UnregisterDeviceNotification(registration));
}

static void d5_a_window_refuses(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);

	f->recorder.denies = true;
	start_removal(f);
	assert_int_equal(end_removal(f), 1);
	assert_int_equal(remover.veto.kind, PNPN_VETO_APPLICATION);
	assert_int_equal(remover.veto.pid, getpid());
	assert_string_equal(remover.veto.who, "recorder-a");
	recorder_wait(&f->recorder, 2);
	expect_removal(&f->recorder, 0, DBT_DEVICEQUERYREMOVE, device, registration);
	expect_removal(&f->recorder, 1, DBT_DEVICEQUERYREMOVEFAILED, device, registration);
	/* It stays, and reports go on. */
	report_byte(f, 7);
	recorder_wait(&f->recorder, 3);
	assert_int_equal(f->recorder.seen[2].event, DBT_CUSTOMEVENT);
	assert_true(UnregisterDeviceNotification(registration));
	CloseHandle(device);
}

static void d5_a_handle_that_stays_open(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);

	start_removal(f);
	assert_int_equal(end_removal(f), 1);
	assert_int_equal(remover.veto.kind, PNPN_VETO_HANDLE);
	assert_int_equal(remover.veto.pid, getpid());
	recorder_wait(&f->recorder, 2);
	expect_removal(&f->recorder, 1, DBT_DEVICEQUERYREMOVEFAILED, device, registration);
	assert_true(UnregisterDeviceNotification(registration));
	CloseHandle(device);
}

static void destroy_it(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	HANDLE device = ((DEV_BROADCAST_HANDLE *)body)->dbch_handle;

	assert_true(CloseHandle(device));
	assert_true(DestroyWindow(recorder->window));
	recorder->window = NULL;
}

/* Whoever is asked may go instead of answering. */
static void d5_u11_a_window_is_destroyed_while_it_is_asked(void **state)
{
	struct fixture *f = *state;

	register_handle(f->recorder.window, open_device());
	f->recorder.then = destroy_it;
	f->recorder.denies = true;
	start_removal(f);
	assert_int_equal(end_removal(f), 0);
	assert_int_equal(f->recorder.count, 1);
}

/* --- CM_Register_Notification ---------------------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	CM_NOTIFY_ACTION actions[8];
	DWORD sizes[8];
	int count;
	DWORD answer;
	HANDLE device; /* closed when it is asked */
} calls = {.lock = PTHREAD_MUTEX_INITIALIZER};

static DWORD CALLBACK on_notify(HCMNOTIFICATION notification, PVOID context,
				CM_NOTIFY_ACTION action, PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	pthread_mutex_lock(&calls.lock);
	calls.actions[calls.count % 8] = action;
	calls.sizes[calls.count++ % 8] = size;
	if (action == CM_NOTIFY_ACTION_DEVICEQUERYREMOVE && calls.device)
		CloseHandle(calls.device);
	pthread_mutex_unlock(&calls.lock);
	return action == CM_NOTIFY_ACTION_DEVICEQUERYREMOVE ? calls.answer : ERROR_SUCCESS;
}

static HCMNOTIFICATION notify_of(HANDLE device, DWORD answer, bool closes)
{
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter),
				   .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
				   .u.DeviceHandle.hTarget = device};
	HCMNOTIFICATION notification;

	calls.count = 0;
	calls.answer = answer;
	calls.device = closes ? device : NULL;
	assert_int_equal(CM_Register_Notification(&filter, NULL, on_notify, &notification),
			 CR_SUCCESS);
	return notification;
}

static void expect_calls(HCMNOTIFICATION notification, const CM_NOTIFY_ACTION *actions, int count)
{
	int seen = 0;

	while (seen < count) {
		pthread_mutex_lock(&calls.lock);
		seen = calls.count;
		pthread_mutex_unlock(&calls.lock);
	}
	assert_int_equal(CM_Unregister_Notification(notification), CR_SUCCESS);
	assert_int_equal(calls.count, count);
	for (int i = 0; i < count; i++) {
		assert_int_equal(calls.actions[i], actions[i]);
		assert_int_equal(calls.sizes[i], sizeof(CM_NOTIFY_EVENT_DATA));
	}
}

static void d5_u13_a_callback_refuses(void **state)
{
	static const CM_NOTIFY_ACTION actions[] = {CM_NOTIFY_ACTION_DEVICEQUERYREMOVE,
						   CM_NOTIFY_ACTION_DEVICEQUERYREMOVEFAILED};
	struct fixture *f = *state;
	HANDLE device = open_device();
	HCMNOTIFICATION notification = notify_of(device, ERROR_CANCELLED, false);

	start_removal(f);
	assert_int_equal(end_removal(f), 1);
	assert_int_equal(remover.veto.kind, PNPN_VETO_APPLICATION);
	expect_calls(notification, actions, 2);
	CloseHandle(device);
}

static void d5_u13_a_callback_agrees(void **state)
{
	static const CM_NOTIFY_ACTION actions[] = {CM_NOTIFY_ACTION_DEVICEQUERYREMOVE,
						   CM_NOTIFY_ACTION_DEVICEREMOVEPENDING,
						   CM_NOTIFY_ACTION_DEVICEREMOVECOMPLETE};
	struct fixture *f = *state;
	HCMNOTIFICATION notification = notify_of(open_device(), ERROR_SUCCESS, true);

	start_removal(f);
	assert_int_equal(end_removal(f), 0);
	expect_calls(notification, actions, 3);
}

/* --- asking for it as Windows' programs do ---------------------------------------------------------- */

static struct {
	DEVINST number;
	PNP_VETO_TYPE type;
	WCHAR name[32];
	CONFIGRET result;
} ejection;

static void *eject(void *userdata)
{
	ejection.result = CM_Request_Device_EjectW(ejection.number, &ejection.type, ejection.name,
						   32, 0);
	__atomic_store_n(&remover.through, true, __ATOMIC_RELEASE);
	return NULL;
}

static CONFIGRET run_ejection(struct fixture *f)
{
	memset(&ejection, 0, sizeof(ejection));
	assert_int_equal(CM_Locate_DevNodeA(&ejection.number, (DEVINSTID_A)ID, 0), CR_SUCCESS);
	remover = (struct remover){0};
	assert_int_equal(pthread_create(&remover.thread, NULL, eject, NULL), 0);
	(void)end_removal(f);
	return ejection.result;
}

static void d5_programs_eject(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	PNP_VETO_TYPE type;
	char name[8];

	register_handle(f->recorder.window, device);
	assert_int_equal(run_ejection(f), CR_REMOVE_VETOED);
	assert_int_equal(ejection.type, PNP_VetoOutstandingOpen);
	assert_memory_equal(ejection.name, L"ROOT\\APPLICATION\\0000",
			    sizeof(L"ROOT\\APPLICATION\\0000"));
	f->recorder.denies = true;
	assert_int_equal(run_ejection(f), CR_REMOVE_VETOED);
	assert_int_equal(ejection.type, PNP_VetoWindowsApp);
	assert_memory_equal(ejection.name, L"recorder-a", sizeof(L"recorder-a"));
	assert_int_equal(CM_Request_Device_EjectA(ejection.number, NULL, name, 8, 0x100),
			 CR_INVALID_FLAG);
	assert_int_equal(CM_Request_Device_EjectA(ejection.number, NULL, NULL, 8, 0),
			 CR_INVALID_POINTER);
	assert_int_equal(CM_Query_And_Remove_SubTreeA(0xfffffff0, &type, name, 8, 0),
			 CR_INVALID_DEVNODE);
	f->recorder.denies = false;
	f->recorder.then = close_it;
	assert_int_equal(run_ejection(f), CR_SUCCESS);
	assert_int_equal(CM_Query_And_Remove_SubTreeW(ejection.number, &type, NULL, 0, 0),
			 CR_NO_SUCH_DEVNODE);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(d5_d8_a_window_lets_go_of_the_device),
		TEST(d5_a_window_refuses),
		TEST(d5_a_handle_that_stays_open),
		TEST(d5_u11_a_window_is_destroyed_while_it_is_asked),
		TEST(d5_u13_a_callback_refuses),
		TEST(d5_u13_a_callback_agrees),
		TEST(d5_programs_eject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
