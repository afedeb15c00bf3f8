/* SPDX-License-Identifier: MIT */
/* Services: device events at a service's handler, and what Linux asks of it with signals: U9, U6. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "application-fixture.h"
#include <winsvc.h>
#include <cmocka.h>

/* What the service under test does and what it was told. */
static struct {
	struct fixture *fixture;
	SERVICE_STATUS_HANDLE handle;
	DWORD accepted;
	void (*begin)(void); /* once it runs, on its own thread */
	HANDLE began; /* an event: it did */
	DWORD dispatcher; /* the thread that the dispatcher was called on */
	HDEVNOTIFY registration;
	HANDLE device;
	DWORD controls[8];
	int n_controls;
	int n_ignored; /* atomic */
	struct seen seen[8];
	int n_seen;
	int wanted; /* events, after which it stops */
	DWORD says; /* to a query */
	char name[32];
} service;

static bool ignoring; /* every control */

static void set_status(DWORD state)
{
	SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
				 .dwCurrentState = state,
				 .dwControlsAccepted = state == SERVICE_RUNNING ? service.accepted
										: 0};

	assert_true(SetServiceStatus(service.handle, &status));
}

static DWORD WINAPI on_control(DWORD control, DWORD event, LPVOID data, LPVOID context)
{
	assert_ptr_equal(context, &service);
	assert_int_equal(GetCurrentThreadId(), service.dispatcher);
	if (ignoring) {
		__atomic_fetch_add(&service.n_ignored, 1, __ATOMIC_RELEASE);
		return NO_ERROR;
	}
	if (control != SERVICE_CONTROL_DEVICEEVENT) {
		service.controls[service.n_controls++] = control;
		set_status(SERVICE_STOPPED);
		return NO_ERROR;
	}
	struct seen *seen = &service.seen[service.n_seen++];
	seen->event = event;
	seen->size = ((DEV_BROADCAST_HDR *)data)->dbch_size;
	memcpy(&seen->body, data, seen->size);
	if (service.n_seen == service.wanted)
		set_status(SERVICE_STOPPED);
	return event == DBT_DEVICEQUERYREMOVE ? service.says : NO_ERROR;
}

static void begin(void)
{
	set_status(SERVICE_RUNNING);
	service.begin();
	SetEvent(service.began);
}

static void WINAPI service_main(DWORD argc, char **argv)
{
	assert_int_equal(argc, 1);
	snprintf(service.name, sizeof(service.name), "%s", argv[0]);
	service.handle = RegisterServiceCtrlHandlerExA("another name", on_control, &service);
	assert_non_null(service.handle);
	begin();
}

static void WINAPI wide_service_main(DWORD argc, wchar_t **argv)
{
	service.handle = RegisterServiceCtrlHandlerExW(argv[0], on_control, &service);
	assert_non_null(service.handle);
	begin();
}

static void prepare(struct fixture *f, void (*what)(void), int wanted)
{
	memset(&service, 0, sizeof(service));
	service.fixture = f;
	service.began = CreateEventA(NULL, TRUE, FALSE, NULL);
	service.wanted = wanted;
	service.begin = what;
	service.dispatcher = GetCurrentThreadId();
}

static void finish(void)
{
	assert_int_equal(WaitForSingleObject(service.began, INFINITE), WAIT_OBJECT_0);
	CloseHandle(service.began);
}

static void run(struct fixture *f, void (*what)(void), int wanted, DWORD accepted)
{
	const SERVICE_TABLE_ENTRYA table[] = {{(char *)"greeter", service_main}, {NULL, NULL}};

	prepare(f, what, wanted);
	service.accepted = accepted;
	assert_true(StartServiceCtrlDispatcherA(table));
	finish();
}

static void run_wide(struct fixture *f, void (*what)(void), int wanted)
{
	const SERVICE_TABLE_ENTRYW table[] = {{(wchar_t *)L"greeter", wide_service_main},
					      {NULL, NULL}};

	prepare(f, what, wanted);
	assert_true(StartServiceCtrlDispatcherW(table));
	finish();
}

static void register_for_device(void)
{
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE};

	service.device = filter.dbch_handle = open_device();
	service.registration = RegisterDeviceNotificationA(service.handle, &filter,
							   DEVICE_NOTIFY_SERVICE_HANDLE);
	assert_non_null(service.registration);
}

static void hear_of_device(void)
{
	register_for_device();
	for (BYTE i = 0; i < 3; i++)
		report_byte(service.fixture, i);
}

/* U9: the same event type and the same structure, in order, on the dispatcher's thread. */
static void test_u9_events_of_a_handle(void **state)
{
	struct fixture *f = *state;

	run(f, hear_of_device, 3, 0);
	assert_string_equal(service.name, "greeter");
	assert_int_equal(service.n_seen, 3);
	for (BYTE i = 0; i < 3; i++) {
		const DEV_BROADCAST_HANDLE *body = &service.seen[i].body.handle;
		assert_int_equal(service.seen[i].event, DBT_CUSTOMEVENT);
		assert_int_equal(body->dbch_size, offsetof(DEV_BROADCAST_HANDLE, dbch_data) + 5);
		assert_ptr_equal(body->dbch_handle, service.device);
		assert_ptr_equal(body->dbch_hdevnotify, service.registration);
		assert_memory_equal(&body->dbch_eventguid, &application_event, sizeof(GUID));
		assert_int_equal(body->dbch_data[0], i);
	}
	CloseHandle(service.device);
	assert_int_equal(count_registrants(f), 0);
}

/* --- removal, by a thread, for it blocks ----------------------------------------------------------- */

static struct {
	pthread_t thread;
	struct pnpn_connection *connection;
	struct pnpn_veto veto;
	int result;
} remover;

static void *remove_it(void *userdata)
{
	remover.result = pnpn_remove(remover.connection, "ROOT\\APPLICATION\\0000", 0,
				     &remover.veto, sizeof(remover.veto));
	return NULL;
}

static void be_asked(void)
{
	register_for_device();
	service.says = ERROR_BUSY;
	assert_int_equal(pnpn_connect(&remover.connection, service.fixture->address), 0);
	assert_int_equal(pthread_create(&remover.thread, NULL, remove_it, NULL), 0);
}

/* U9, D5: an error is a veto, and the service is named. */
static void test_u9_d5_a_service_refuses(void **state)
{
	struct fixture *f = *state;

	run(f, be_asked, 2, 0);
	assert_int_equal(pthread_join(remover.thread, NULL), 0);
	pnpn_disconnect(remover.connection);
	assert_int_equal(service.n_seen, 2);
	assert_int_equal(service.seen[0].event, DBT_DEVICEQUERYREMOVE);
	assert_int_equal(service.seen[1].event, DBT_DEVICEQUERYREMOVEFAILED);
	assert_int_equal(remover.result, 1);
	assert_int_equal(remover.veto.kind, PNPN_VETO_APPLICATION);
	assert_int_equal(remover.veto.pid, getpid());
	assert_string_equal(remover.veto.who, "greeter");
	CloseHandle(service.device);
}

static void hear_of_class(void)
{
	DEV_BROADCAST_DEVICEINTERFACE_A filter = {.dbcc_size = sizeof(filter),
						  .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
						  .dbcc_classguid = application_class};

	service.registration = RegisterDeviceNotificationA(service.handle, &filter,
							   DEVICE_NOTIFY_SERVICE_HANDLE);
	assert_non_null(service.registration);
	assert_int_equal(pnpn_device_enable_interface(service.fixture->device,
						      service.fixture->interface, false),
			 0);
}

/* U9, U6: an interface's end, in the form of the dispatcher's name. */
static void test_u9_events_of_a_class(void **state)
{
	struct fixture *f = *state;

	run(f, hear_of_class, 1, 0);
	assert_int_equal(service.seen[0].event, DBT_DEVICEREMOVECOMPLETE);
	assert_string_equal(service.seen[0].body.interface_a.dbcc_name, f->interface);
	assert_int_equal(pnpn_device_enable_interface(f->device, f->interface, true), 0);

	run_wide(f, hear_of_class, 1);
	assert_int_equal(service.seen[0].event, DBT_DEVICEREMOVECOMPLETE);
	for (size_t i = 0; i <= strlen(f->interface); i++)
		assert_int_equal(service.seen[0].body.interface_w.dbcc_name[i], f->interface[i]);
}

static void stop_by_signal(void)
{
	kill(getpid(), SIGTERM);
}

/* It accepts, and goes on: once that is seen it is asked again. */
static void stop_twice_by_signal(void)
{
	kill(getpid(), SIGTERM);
	while (!__atomic_load_n(&service.n_ignored, __ATOMIC_ACQUIRE))
		usleep(1000);
	kill(getpid(), SIGTERM);
	pause();
}

static void tell_of_parameters(void)
{
	kill(getpid(), SIGHUP);
}

/* What Linux asks with a signal is a control to whoever accepts it. */
static void test_u9_signals_are_controls(void **state)
{
	run(*state, stop_by_signal, 0, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN);
	assert_int_equal(service.n_controls, 1);
	assert_int_equal(service.controls[0], SERVICE_CONTROL_STOP);
	run(*state, stop_by_signal, 0, SERVICE_ACCEPT_SHUTDOWN);
	assert_int_equal(service.controls[0], SERVICE_CONTROL_SHUTDOWN);
	run(*state, tell_of_parameters, 0, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PARAMCHANGE);
	assert_int_equal(service.controls[0], SERVICE_CONTROL_PARAMCHANGE);
}

/* A process that is asked to end, and whose services don't listen, ends as any other. First of all: a child of a
 * process with threads may have none itself. */
static void expect_to_die(void (*what)(void), DWORD accepted)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(NULL, what, 0, accepted);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void test_u9_a_signal_nobody_accepts(void **state)
{
	expect_to_die(stop_by_signal, 0);
}

/* Whoever asks a second time does not want to wait any longer. */
static void test_u9_a_second_signal_ends_who_does_not_stop(void **state)
{
	ignoring = true;
	expect_to_die(stop_twice_by_signal, SERVICE_ACCEPT_STOP);
	ignoring = false;
}

static void stop(void)
{
	set_status(SERVICE_STOP_PENDING);
	set_status(SERVICE_STOPPED);
}

static void expect_told(int socket, const char *what)
{
	char text[128] = "";

	assert_true(recv(socket, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, what);
}

/* systemd hears when it is ready and when it stops (Type=notify). */
static void test_u9_systemd_is_told(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", f->folder);
	assert_int_equal(bind(socket_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	run(f, stop, 0, 0);
	unsetenv("NOTIFY_SOCKET");
	unlink(address.sun_path);
	expect_told(socket_fd, "READY=1");
	expect_told(socket_fd, "STOPPING=1");
	close(socket_fd);
}

/* Called while another dispatcher runs, and before any does. */
static void be_refused(void)
{
	const SERVICE_TABLE_ENTRYA table[] = {{(char *)"another", service_main}, {NULL, NULL}};

	assert_false(StartServiceCtrlDispatcherA(table));
	assert_int_equal(GetLastError(), ERROR_SERVICE_ALREADY_RUNNING);
	SERVICE_STATUS status = {.dwCurrentState = 17};
	assert_false(SetServiceStatus(service.handle, &status));
	assert_int_equal(GetLastError(), ERROR_INVALID_DATA);
	status.dwCurrentState = SERVICE_RUNNING;
	assert_false(SetServiceStatus((SERVICE_STATUS_HANDLE)(uintptr_t)2, &status));
	assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
	set_status(SERVICE_STOPPED);
}

static void test_u9_arguments(void **state)
{
	const SERVICE_TABLE_ENTRYA empty[] = {{NULL, NULL}};
	DEV_BROADCAST_DEVICEINTERFACE_A filter = {.dbcc_size = sizeof(filter),
						  .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
						  .dbcc_classguid = application_class};

	assert_false(StartServiceCtrlDispatcherA(empty));
	assert_int_equal(GetLastError(), ERROR_INVALID_DATA);
	assert_null(RegisterServiceCtrlHandlerExA("greeter", on_control, NULL));
	assert_int_equal(GetLastError(), ERROR_SERVICE_NOT_IN_EXE);
	assert_null(RegisterDeviceNotificationA((HANDLE)(uintptr_t)1, &filter,
						DEVICE_NOTIFY_SERVICE_HANDLE));
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
	run(*state, be_refused, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u9_a_signal_nobody_accepts),
		cmocka_unit_test(test_u9_a_second_signal_ends_who_does_not_stop),
		cmocka_unit_test_setup_teardown(test_u9_events_of_a_handle, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_u9_d5_a_service_refuses, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_u9_events_of_a_class, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_u9_signals_are_controls, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_u9_systemd_is_told, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_u9_arguments, fixture_setup, fixture_teardown),
	};

	/* Whoever started us may have had it ignored: then it stays so. */
	signal(SIGHUP, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
