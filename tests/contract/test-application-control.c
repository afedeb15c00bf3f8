/* SPDX-License-Identifier: MIT */
/* Console control handlers: each test is a process of its own, which is told with signals (U18). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <windows.h>
#include <winsvc.h>
#include <cmocka.h>

static int said[2]; /* what a child's handlers were told, a byte each */

static void say(char c)
{
	(void)!write(said[1], &c, 1);
}

/* A byte more than enough: nothing is to come behind what is expected. */
static void assert_said(const char *expected)
{
	char text[64] = "";
	size_t length = 0;
	ssize_t got;

	while (length < sizeof(text) - 1 &&
	       (got = read(said[0], text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	assert_string_equal(text, expected);
}

static pid_t start(void (*program)(void))
{
	assert_int_equal(pipe(said), 0);
	pid_t child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		close(said[0]);
		program();
		_exit(0);
	}
	close(said[1]);
	return child;
}

/* Its end, once it has said what it had to. Returns the signal that it died of, or 1000 and its status. */
static int end_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	close(said[0]);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status);
}

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

static HANDLE told;
static DWORD main_thread;

static BOOL WINAPI first(DWORD control)
{
	say((char)('0' + control));
	return FALSE;
}

static BOOL WINAPI second(DWORD control)
{
	say((char)('a' + control));
	return FALSE;
}

static BOOL WINAPI takes(DWORD control)
{
	say((char)(GetCurrentThreadId() == main_thread ? '!' : 'A' + control));
	SetEvent(told);
	return TRUE;
}

/* --- who is called -------------------------------------------------------------------------------- */

static void nobody_takes_it(void)
{
	SetConsoleCtrlHandler(first, TRUE);
	SetConsoleCtrlHandler(second, TRUE);
	kill(getpid(), SIGINT);
	wait_for_ever();
}

static void test_u18_handlers_are_called_last_first(void **state)
{
	(void)state;
	pid_t child = start(nobody_takes_it);
	assert_said("a0");
	assert_int_equal(end_of(child), SIGINT);
}

static void one_takes_it(void)
{
	main_thread = GetCurrentThreadId();
	told = CreateEventA(NULL, FALSE, FALSE, NULL);
	SetConsoleCtrlHandler(first, TRUE);
	SetConsoleCtrlHandler(takes, TRUE);
	for (int i = 0; i < 2; i++) {
		kill(getpid(), SIGINT);
		WaitForSingleObject(told, INFINITE);
	}
	if (!SetConsoleCtrlHandler(takes, FALSE) || SetConsoleCtrlHandler(takes, FALSE) ||
	    GetLastError() != ERROR_INVALID_PARAMETER)
		say('?');
	kill(getpid(), SIGINT);
	wait_for_ever();
}

static void test_u18_a_handler_that_takes_it(void **state)
{
	(void)state;
	pid_t child = start(one_takes_it);
	assert_said("AA0");
	assert_int_equal(end_of(child), SIGINT);
}

static void closed(void)
{
	told = CreateEventA(NULL, FALSE, FALSE, NULL);
	SetConsoleCtrlHandler(takes, TRUE);
	kill(getpid(), SIGTERM);
	wait_for_ever();
}

static void hung_up(void)
{
	told = CreateEventA(NULL, FALSE, FALSE, NULL);
	SetConsoleCtrlHandler(takes, TRUE);
	kill(getpid(), SIGHUP);
	wait_for_ever();
}

static void test_u18_a_closed_console_ends_the_process(void **state)
{
	(void)state;
	pid_t child = start(closed);
	assert_said("C");
	assert_int_equal(end_of(child), SIGTERM);
	child = start(hung_up);
	assert_said("C");
	assert_int_equal(end_of(child), SIGHUP);
}

/* --- interrupts that are ignored ------------------------------------------------------------------ */

static void ignoring(void)
{
	told = CreateEventA(NULL, FALSE, FALSE, NULL);
	SetConsoleCtrlHandler(takes, TRUE);
	SetConsoleCtrlHandler(NULL, TRUE);
	kill(getpid(), SIGINT);
	kill(getpid(), SIGTERM);
	wait_for_ever();
}

static void test_u18_ignored_interrupts(void **state)
{
	(void)state;
	pid_t child = start(ignoring);
	assert_said("C");
	assert_int_equal(end_of(child), SIGTERM);
}

static void generated(void)
{
	if (GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0) ||
	    GetLastError() != ERROR_INVALID_PARAMETER)
		say('?');
	SetConsoleCtrlHandler(first, TRUE);
	GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
	wait_for_ever();
}

static void test_u18_generated_interrupt(void **state)
{
	(void)state;
	pid_t child = start(generated);
	assert_said("0");
	assert_int_equal(end_of(child), SIGINT);
}

/* --- others' signals ------------------------------------------------------------------------------ */

static void on_own_signal(int number)
{
	say('s');
	_exit(number == SIGTERM ? 7 : 8);
}

static void own_signal(void)
{
	signal(SIGTERM, on_own_signal);
	SetConsoleCtrlHandler(first, TRUE);
	kill(getpid(), SIGTERM);
	wait_for_ever();
}

static void test_u18_a_programs_own_signals_stay(void **state)
{
	(void)state;
	pid_t child = start(own_signal);
	assert_said("s");
	assert_int_equal(end_of(child), 1007);
}

static void parent_of_another(void)
{
	int status;

	SetConsoleCtrlHandler(first, TRUE);
	pid_t child = fork();
	if (!child)
		wait_for_ever();
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	say(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? 'd' : '?');
}

static void test_u18_a_child_of_fork_is_told_nothing(void **state)
{
	(void)state;
	pid_t child = start(parent_of_another);
	assert_said("d");
	assert_int_equal(end_of(child), 1000);
}

static SERVICE_STATUS_HANDLE service;

static void WINAPI control_service(DWORD control)
{
	SERVICE_STATUS stopped = {.dwCurrentState = SERVICE_STOPPED};

	say(control == SERVICE_CONTROL_STOP ? 'S' : '?');
	SetServiceStatus(service, &stopped);
}

static void WINAPI run_service(DWORD count, LPSTR *names)
{
	SERVICE_STATUS running = {.dwCurrentState = SERVICE_RUNNING,
				  .dwControlsAccepted = SERVICE_ACCEPT_STOP};

	(void)count;
	service = RegisterServiceCtrlHandlerA(names[0], control_service);
	SetServiceStatus(service, &running);
	kill(getpid(), SIGTERM);
}

static void service_with_console(void)
{
	SERVICE_TABLE_ENTRYA table[] = {{(LPSTR) "one", run_service}, {NULL, NULL}};

	SetConsoleCtrlHandler(first, TRUE);
	StartServiceCtrlDispatcherA(table);
	kill(getpid(), SIGINT); /* the console's again */
	wait_for_ever();
}

static void test_u18_services_go_before_the_console(void **state)
{
	(void)state;
	pid_t child = start(service_with_console);
	assert_said("S0");
	assert_int_equal(end_of(child), SIGINT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_handlers_are_called_last_first),
		cmocka_unit_test(test_u18_a_handler_that_takes_it),
		cmocka_unit_test(test_u18_a_closed_console_ends_the_process),
		cmocka_unit_test(test_u18_ignored_interrupts),
		cmocka_unit_test(test_u18_generated_interrupt),
		cmocka_unit_test(test_u18_a_programs_own_signals_stay),
		cmocka_unit_test(test_u18_a_child_of_fork_is_told_nothing),
		cmocka_unit_test(test_u18_services_go_before_the_console),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
