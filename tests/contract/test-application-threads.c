/* SPDX-License-Identifier: MIT */
/* Applications under their Windows names, where threads, and processes, meet: U3, U10, U11, U13, R11, R15. */
#include <setjmp.h>
#include <stdarg.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "application-fixture.h"
#include <cfgmgr32.h>
#include <cmocka.h>

#define ROUNDS 300

static void pump_until(const bool *over)
{
	MSG message;

	while (!__atomic_load_n(over, __ATOMIC_ACQUIRE)) {
		MsgWaitForMultipleObjects(0, NULL, FALSE, 10, QS_ALLINPUT);
		while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
			DispatchMessage(&message);
	}
}

static void join(HANDLE thread)
{
	assert_non_null(thread);
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	CloseHandle(thread);
}

/* --- registering against destroying --------------------------------------------------------------- */

struct meeting {
	HANDLE device;
	HWND window; /* comes and goes */
	bool over;
};

static DWORD register_for_window(LPVOID argument)
{
	struct meeting *meeting = argument;
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = meeting->device};

	while (!__atomic_load_n(&meeting->over, __ATOMIC_ACQUIRE))
		(void)RegisterDeviceNotification(
			__atomic_load_n(&meeting->window, __ATOMIC_ACQUIRE), &filter, 0);
	return 0;
}

/* U11: a registration under way and the end of its window: nothing of it is left. */
static void test_u11_register_while_destroyed(void **state)
{
	struct fixture *f = *state;
	struct meeting meeting = {.device = open_device()};
	HANDLE thread = CreateThread(NULL, 0, register_for_window, &meeting, 0, NULL);

	for (int i = 0; i < ROUNDS; i++) {
		struct recorder recorder;
		recorder_init(&recorder, true);
		__atomic_store_n(&meeting.window, recorder.window, __ATOMIC_RELEASE);
		for (int j = 0; j < i % 7; j++)
			sched_yield();
		recorder_deinit(&recorder);
	}
	__atomic_store_n(&meeting.over, true, __ATOMIC_RELEASE);
	join(thread);
	assert_int_equal(count_registrants(f), 0);
	CloseHandle(meeting.device);
}

struct slots {
	HDEVNOTIFY registrations[8];
	HANDLE device;
	bool ready;
};

static DWORD register_and_leave(LPVOID argument)
{
	struct slots *slots = argument;
	struct recorder recorder;

	recorder_init(&recorder, true);
	for (size_t i = 0; i < ARRAYSIZE(slots->registrations); i++)
		slots->registrations[i] = register_handle(recorder.window, slots->device);
	__atomic_store_n(&slots->ready, true, __ATOMIC_RELEASE);
	return 0;
}

/* U10, U11: unregistering while the window's thread ends. */
static void test_u10_u11_unregister_while_thread_ends(void **state)
{
	struct fixture *f = *state;
	struct slots slots = {.device = open_device()};

	for (int i = 0; i < ROUNDS / 3; i++) {
		slots.ready = false;
		HANDLE thread = CreateThread(NULL, 0, register_and_leave, &slots, 0, NULL);
		while (!__atomic_load_n(&slots.ready, __ATOMIC_ACQUIRE))
			sched_yield();
		for (size_t j = 0; j < ARRAYSIZE(slots.registrations); j++)
			(void)UnregisterDeviceNotification(slots.registrations[j]);
		join(thread);
	}
	assert_int_equal(count_registrants(f), 0);
	CloseHandle(slots.device);
}

/* --- unregistering waits for no procedure --------------------------------------------------------- */

static DWORD unregister(LPVOID argument)
{
	return UnregisterDeviceNotification(argument);
}

static void join_unregistering(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	DWORD done = FALSE;
	HANDLE thread = CreateThread(NULL, 0, unregister,
				     ((DEV_BROADCAST_HANDLE *)body)->dbch_hdevnotify, 0, NULL);

	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	assert_true(GetExitCodeThread(thread, &done));
	assert_int_equal(done, TRUE);
	CloseHandle(thread);
}

/* U10: the procedure waits for a thread that unregisters; what waited is not delivered. */
static void test_u10_procedure_joins_unregistering(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();

	f->recorder.then = join_unregistering;
	register_handle(f->recorder.window, device);
	register_handle(f->other.window, device);
	report_byte(f, 1);
	report_byte(f, 2);
	recorder_wait(&f->other, 2);
	assert_int_equal(f->recorder.count, 1);
	CloseHandle(device);
}

struct cross {
	pthread_barrier_t meet;
	HDEVNOTIFY registrations[2];
	HANDLE device;
	int next;
	bool over[2];
};

static void unregister_other(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	struct cross *cross = recorder->argument;
	HDEVNOTIFY mine = ((DEV_BROADCAST_HANDLE *)body)->dbch_hdevnotify;
	int me = mine == cross->registrations[1];

	pthread_barrier_wait(&cross->meet);
	assert_true(UnregisterDeviceNotification(cross->registrations[!me]));
	__atomic_store_n(&cross->over[me], true, __ATOMIC_RELEASE);
}

static DWORD cross_window(LPVOID argument)
{
	struct cross *cross = argument;
	int me = __atomic_fetch_add(&cross->next, 1, __ATOMIC_RELAXED);
	struct recorder recorder;

	recorder_init(&recorder, true);
	recorder.then = unregister_other;
	recorder.argument = cross;
	cross->registrations[me] = register_handle(recorder.window, cross->device);
	pthread_barrier_wait(&cross->meet);
	pump_until(&cross->over[me]);
	pthread_barrier_wait(&cross->meet); /* the window's end would end its registration, too */
	recorder_deinit(&recorder);
	return 0;
}

/* U10: two procedures, each of which ends the other's registration. */
static void test_u10_procedures_crosswise(void **state)
{
	struct fixture *f = *state;
	struct cross cross = {.device = open_device()};
	HANDLE threads[2];

	pthread_barrier_init(&cross.meet, NULL, 3);
	for (int i = 0; i < 2; i++)
		threads[i] = CreateThread(NULL, 0, cross_window, &cross, 0, NULL);
	pthread_barrier_wait(&cross.meet);
	report_byte(f, 1);
	pthread_barrier_wait(&cross.meet);
	pthread_barrier_wait(&cross.meet);
	for (int i = 0; i < 2; i++)
		join(threads[i]);
	pthread_barrier_destroy(&cross.meet);
	CloseHandle(cross.device);
}

struct mixed {
	pthread_barrier_t meet;
	HDEVNOTIFY window;
	HCMNOTIFICATION callback;
	CONFIGRET result;
};

static DWORD CALLBACK end_the_window(HCMNOTIFICATION notification, PVOID context,
				     CM_NOTIFY_ACTION action, PCM_NOTIFY_EVENT_DATA data,
				     DWORD size)
{
	struct mixed *mixed = context;

	pthread_barrier_wait(&mixed->meet);
	assert_true(UnregisterDeviceNotification(mixed->window));
	return ERROR_SUCCESS;
}

static void end_the_callback(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	struct mixed *mixed = recorder->argument;

	pthread_barrier_wait(&mixed->meet);
	mixed->result = CM_Unregister_Notification(mixed->callback);
}

/* U10, U13: a procedure and a callback, each of which ends the other. */
static void test_u10_u13_procedure_and_callback_crosswise(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	struct mixed mixed = {.result = CR_FAILURE};
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter),
				   .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
				   .u.DeviceHandle.hTarget = device};

	pthread_barrier_init(&mixed.meet, NULL, 2);
	f->recorder.then = end_the_callback;
	f->recorder.argument = &mixed;
	mixed.window = register_handle(f->recorder.window, device);
	assert_int_equal(CM_Register_Notification(&filter, &mixed, end_the_window, &mixed.callback),
			 CR_SUCCESS);
	report_byte(f, 1);
	recorder_wait(&f->recorder, 1);
	assert_int_equal(mixed.result, CR_SUCCESS);
	assert_false(UnregisterDeviceNotification(mixed.window));
	pthread_barrier_destroy(&mixed.meet);
	CloseHandle(device);
}

struct callbacks {
	pthread_barrier_t meet;
	HCMNOTIFICATION numbers[2];
	CONFIGRET results[2];
	int returned, later;
};

static DWORD CALLBACK end_the_other(HCMNOTIFICATION number, PVOID context, CM_NOTIFY_ACTION action,
				    PCM_NOTIFY_EVENT_DATA data, DWORD size)
{
	struct callbacks *callbacks = context;
	int me = number == callbacks->numbers[1];

	if (data->u.DeviceHandle.Data[0] != 1) {
		__atomic_add_fetch(&callbacks->later, 1, __ATOMIC_RELEASE);
		return ERROR_SUCCESS;
	}
	pthread_barrier_wait(&callbacks->meet);
	callbacks->results[me] = CM_Unregister_Notification(callbacks->numbers[!me]);
	__atomic_add_fetch(&callbacks->returned, 1, __ATOMIC_RELEASE);
	return ERROR_SUCCESS;
}

static void wait_for(const int *count, int least)
{
	while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < least)
		sched_yield();
}

/* U13: two callbacks that are under way at once, each of which ends the other: one of them is told that it can't,
 * and goes on. */
static void test_u13_callbacks_crosswise(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	struct callbacks callbacks = {0};
	CM_NOTIFY_FILTER filter = {.cbSize = sizeof(filter),
				   .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEHANDLE,
				   .u.DeviceHandle.hTarget = device};

	pthread_barrier_init(&callbacks.meet, NULL, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(CM_Register_Notification(&filter, &callbacks, end_the_other,
							  &callbacks.numbers[i]),
				 CR_SUCCESS);
	report_byte(f, 1);
	wait_for(&callbacks.returned, 2);
	int winner = callbacks.results[1] == CR_SUCCESS;
	assert_int_equal(callbacks.results[winner], CR_SUCCESS);
	assert_int_equal(callbacks.results[!winner], CR_FAILURE);
	report_byte(f, 2);
	wait_for(&callbacks.later, 1);
	assert_int_equal(CM_Unregister_Notification(callbacks.numbers[!winner]), CR_INVALID_DATA);
	assert_int_equal(CM_Unregister_Notification(callbacks.numbers[winner]), CR_SUCCESS);
	assert_int_equal(callbacks.later, 1);
	pthread_barrier_destroy(&callbacks.meet);
	CloseHandle(device);
}

/* --- procedures that retrieve messages ------------------------------------------------------------ */

struct nesting {
	int depth, deepest;
};

static void retrieve_all(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	struct nesting *nesting = recorder->argument;
	MSG message;

	if (++nesting->depth > nesting->deepest)
		nesting->deepest = nesting->depth;
	while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
		DispatchMessage(&message);
	nesting->depth--;
}

/* U3, R15: a procedure that retrieves until nothing is left, and a backlog: all of it, not nested as deep. */
static void test_u3_r15_retrieving_procedure(void **state)
{
	struct fixture *f = *state;
	struct nesting nesting = {0};
	HANDLE device = open_device();
	int events = 50000;

	f->recorder.then = retrieve_all;
	f->recorder.argument = &nesting;
	register_handle(f->recorder.window, device);
	for (int i = 0; i < events; i++)
		report_byte(f, 1);
	recorder_wait(&f->recorder, events);
	assert_int_equal(f->recorder.count, events);
	assert_in_range(nesting.deepest, 1, 64);
	CloseHandle(device);
}

struct order {
	int last, wrong, losses;
};

static void watch_order(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	struct order *order = recorder->argument;
	const DEV_BROADCAST_HANDLE *message = (const DEV_BROADCAST_HANDLE *)body;
	MSG next;
	int number;

	if (memcmp(&message->dbch_eventguid, &application_event, sizeof(GUID)) != 0) {
		order->losses++;
		(void)PeekMessage(&next, NULL, 0, 0, PM_NOREMOVE);
		return;
	}
	memcpy(&number, message->dbch_data, sizeof(number));
	order->wrong += number <= order->last;
	order->last = number;
}

/* R11, R15: a procedure that retrieves messages while it is told of a loss overtakes nothing. */
static void test_r11_r15_loss_and_order(void **state)
{
	struct fixture *f = *state;
	struct order order = {.last = -1};
	HANDLE device = open_device();
	size_t size = 65000;
	int *data = calloc(1, size);
	int reports = 1200;

	f->recorder.then = watch_order;
	f->recorder.argument = &order;
	register_handle(f->recorder.window, device);
	for (int i = 0; i < reports; i++) {
		*data = i;
		report_data(f, data, size);
	}
	while (order.last < reports - 1)
		recorder_wait(&f->recorder, f->recorder.count + 1);
	assert_int_equal(order.losses, 1);
	assert_int_equal(order.wrong, 0);
	free(data);
	CloseHandle(device);
}

/* --- threads and processes that end --------------------------------------------------------------- */

static LRESULT CALLBACK leave_thread(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	if (message == WM_APP)
		pthread_exit(NULL);
	return DefWindowProcW(window, message, wparam, lparam);
}

static void *leaving_thread(void *argument)
{
	HWND *window = argument;
	MSG message;

	__atomic_store_n(
		window,
		CreateWindowExW(0, L"leaving", L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL),
		__ATOMIC_RELEASE);
	while (GetMessage(&message, NULL, 0, 0) > 0)
		DispatchMessage(&message);
	return NULL;
}

/* U11: a thread that ends inside its procedure leaves nobody waiting for the answer. */
static void test_u11_thread_ends_inside_procedure(void **state)
{
	WNDCLASSW window_class = {.lpfnWndProc = leave_thread, .lpszClassName = L"leaving"};
	HWND window = NULL;
	pthread_t thread;

	assert_int_not_equal(RegisterClassW(&window_class), 0);
	assert_int_equal(pthread_create(&thread, NULL, leaving_thread, &window), 0);
	while (!__atomic_load_n(&window, __ATOMIC_ACQUIRE))
		sched_yield();
	assert_int_equal(SendMessageW(window, WM_APP, 0, 0), 0);
	pthread_join(thread, NULL);
	assert_true(UnregisterClassW(L"leaving", NULL));
}

static void tidy_up(HDEVNOTIFY registration, HWND window, HANDLE device)
{
	MSG message;
	bool none = !UnregisterDeviceNotification(registration) &&
		    GetLastError() == ERROR_INVALID_HANDLE && !IsWindow(window) &&
		    !DestroyWindow(window);

	while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE))
		;
	(void)CloseHandle(device);
	_exit(none ? 0 : 1);
}

/* U11: a child made by fork() has none of them, and harms none of them. */
static void test_u11_fork(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);
	int status;
	pid_t child = fork();

	if (!child)
		tidy_up(registration, f->recorder.window, device);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (BYTE i = 0; i < 10; i++)
		report_byte(f, i);
	recorder_wait(&f->recorder, 10);
	for (BYTE i = 0; i < 10; i++)
		assert_int_equal(f->recorder.seen[i].body.handle.dbch_data[0], i);
	HANDLE again = open_device();
	assert_true(CloseHandle(again));
	assert_true(CloseHandle(device));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_u11_register_while_destroyed),
		CASE(test_u10_u11_unregister_while_thread_ends),
		CASE(test_u10_procedure_joins_unregistering),
		CASE(test_u10_procedures_crosswise),
		CASE(test_u10_u13_procedure_and_callback_crosswise),
		CASE(test_u13_callbacks_crosswise),
		CASE(test_u3_r15_retrieving_procedure),
		CASE(test_r11_r15_loss_and_order),
		CASE(test_u11_thread_ends_inside_procedure),
		CASE(test_u11_fork),
	};

	return cmocka_run_group_tests_name("application threads", tests, NULL, NULL);
}
