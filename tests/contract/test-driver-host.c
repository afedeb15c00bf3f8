/* SPDX-License-Identifier: MIT */
/* Driver files in real hosts: pnpnotifyd, host and registrants in processes of their own. R1, R9, R11,
 * R14, K2, K3, D7, D8, E1; files that are no drivers; a manager that goes and comes back. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <pnpnotify.h>
#include "process.h"
#include "../support/waiting.h"

#define TIMER_ID	"ROOT\\TIMER\\0000"
#define STUBBORN_ID	"ROOT\\STUBBORN\\0000"
#define READ_BYTES	4096
#define FILTER_CONTROL	0x222000 /* of drivers/filter.c */
#define TIMER_INTERFACE "\\\\?\\ROOT#TIMER#0000#{2f1e9a61-63d1-4c55-900d-119c5ea10731}"

/* A host and what it says. */
struct host {
	pid_t pid;
	int output;
	char *text; /* as much as it says, as long as it is looked at */
	size_t bytes, room, looked;
};

static struct manager_process manager;

/* Whether hosts are started with the verifier: it stops what other tests look at. */
static bool verify = true;

static void host_exec(int output, const char *const *arguments)
{
	const char *argv[9] = {"host", "--address", manager.address};
	int count = 3;

	if (verify)
		argv[count++] = "--verify";
	for (int i = 0; arguments[i]; i++)
		argv[count++] = arguments[i];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(output, STDERR_FILENO);
	execv(HOST, (char **)argv);
	_exit(127);
}

static struct host *host_start(const char *const *arguments)
{
	struct host *host = calloc(1, sizeof(*host));
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	host->pid = fork();
	assert_true(host->pid >= 0);
	if (!host->pid)
		host_exec(ends[1], arguments);
	close(ends[1]);
	host->output = ends[0];
	host->text = calloc(1, 1);
	host->room = 1;
	return host;
}

static void host_free(struct host *host)
{
	free(host->text);
	free(host);
}

/* Reads on; false at the end. */
static bool host_read(struct host *host)
{
	struct pollfd fd = {.fd = host->output, .events = POLLIN};

	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	if (host->room - host->bytes < READ_BYTES) {
		host->room += host->room + READ_BYTES;
		host->text = realloc(host->text, host->room);
		assert_non_null(host->text);
	}
	ssize_t n = read(host->output, host->text + host->bytes, READ_BYTES - 1);
	if (n > 0)
		host->bytes += (size_t)n;
	host->text[host->bytes] = '\0';
	return n > 0;
}

/* Waits for a text behind the last one that was found, and returns where it stands. */
static const char *host_expect(struct host *host, const char *what)
{
	for (;;) {
		const char *found = strstr(host->text + host->looked, what);
		if (found) {
			host->looked = (size_t)(found - host->text) + strlen(what);
			return found;
		}
		if (!host_read(host)) {
			print_message("the host said:\n%s", host->text);
			fail_msg("the host ended without: %s", what);
		}
	}
}

static int host_wait(struct host *host)
{
	int status;

	while (host_read(host))
		;
	assert_int_equal(waitpid(host->pid, &status, 0), host->pid);
	close(host->output);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void host_end(struct host *host, int status)
{
	kill(host->pid, SIGTERM);
	assert_int_equal(host_wait(host), status);
	host_free(host);
}

/* One tick of the timer driver; returns its count. */
static uint32_t expect_tick(struct pnpn_connection *connection, uint32_t after)
{
	const struct pnpn_event *event = wait_for_event(connection);
	char text[32];
	uint32_t count;
	size_t size;

	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	const void *data = pnpn_event_get_data(event, &size);
	assert_int_equal(size, 36);
	memcpy(&count, data, sizeof(count));
	if (after)
		assert_int_equal(count, after + 1);
	snprintf(text, sizeof(text), "tick %u", count);
	assert_string_equal(pnpn_event_get_text(event), text);
	return count;
}

static struct pnpn_connection *application(const char *device)
{
	struct pnpn_connection *connection;

	assert_int_equal(pnpn_connect(&connection, manager.address), 0);
	assert_int_equal(pnpn_register_device(connection, device, 0, NULL, NULL), 0);
	return connection;
}

/* R1, R9, D7, D8: reports from a DPC reach another process; at the end every report's callback ran, and
 * the removal comes last. */
static void test_reports_and_removal(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/timer.so", NULL});
	const struct pnpn_event *event;
	uint32_t count = 0, reports, completed;

	host_expect(host, TIMER_ID " started\n");
	struct pnpn_connection *by_link = application("\\\\.\\TestTimer");
	struct pnpn_connection *by_interface = application(TIMER_INTERFACE);
	for (int i = 0; i < 20; i++)
		count = expect_tick(by_link, count);
	expect_tick(by_interface, 0);
	kill(host->pid, SIGTERM);
	while (pnpn_event_get_kind(event = wait_for_event(by_link)) == PNPN_EVENT_CUSTOM)
		count++;
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	const char *said = host_expect(host, "removed after ");
	assert_int_equal(sscanf(said, "removed after %u reports, %u", &reports, &completed), 2);
	assert_int_equal(reports, completed);
	assert_int_equal(reports, count);
	host_expect(host, "\\Driver\\timer unloaded\n");
	host_end(host, 0);
	pnpn_disconnect(by_link);
	pnpn_disconnect(by_interface);
}

/* E1, D5: a filter that is named after the driver is above it all the same: it starts with the device, sees first what is
 * asked, and is out of the way when the device goes. */
static void test_e1_a_filter_sees_requests_first(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/timer.so", DRIVERS "/filter.so",
							"--filter", "root\\timer", NULL});
	struct pnpn_connection *opener;
	struct pnpn_handle *handle;
	size_t size;
	char answer[8];

	host_expect(host, "filter: starts\n");
	host_expect(host, TIMER_ID " started\n");
	assert_int_equal(pnpn_connect(&opener, manager.address), 0);
	assert_int_equal(pnpn_open(opener, "\\\\.\\TestTimer", &handle), 0);
	host_expect(host, "filter: opened\n");
	assert_int_equal(
		pnpn_handle_ioctl(handle, FILTER_CONTROL, NULL, 0, answer, sizeof(answer), &size),
		0);
	assert_int_equal(size, 6);
	assert_memory_equal(answer, "filter", 6);
	pnpn_close(handle);
	pnpn_disconnect(opener);
	kill(host->pid, SIGTERM);
	host_expect(host, "filter: may go\n");
	host_expect(host, "removed after ");
	host_expect(host, "filter: detached\n");
	host_expect(host, "\\Driver\\timer unloaded\n");
	host_expect(host, "filter: unloaded\n");
	host_end(host, 0);
}

static int remove_device(const char *id, unsigned int flags, struct pnpn_veto *ret_veto)
{
	struct pnpn_connection *connection;

	assert_int_equal(pnpn_connect(&connection, manager.address), 0);
	int r = pnpn_remove(connection, id, flags, ret_veto, sizeof(*ret_veto));
	pnpn_disconnect(connection);
	return r;
}

/* K2, K3, R11, D5: a driver in another host follows the device, in order, at PASSIVE_LEVEL; an error keeps the
 * device, then its file does, until it closes that when it is asked again. */
static void test_watcher_in_another_host(void **state)
{
	struct host *watcher = host_start((const char *[]){DRIVERS "/watcher.so", NULL});
	struct host *timer = host_start((const char *[]){DRIVERS "/timer.so", NULL});
	unsigned int first, count;
	struct pnpn_veto veto;

	host_expect(watcher, "watcher: follows \\??\\ROOT#TIMER#0000#{2f1e9a61");
	host_expect(watcher, ": 0x00000000\n");
	assert_int_equal(sscanf(host_expect(watcher, "watcher: "), "watcher: %u", &first), 1);
	for (count = first; count < first + 20; count++) {
		char line[64];
		snprintf(line, sizeof(line), "%u 'tick %u' irql 0 file 1\n", count, count);
		host_expect(watcher, line);
	}
	assert_int_equal(remove_device(TIMER_ID, 0, &veto), 1);
	assert_int_equal(veto.kind, PNPN_VETO_DRIVER);
	assert_int_equal(veto.pid, watcher->pid);
	assert_string_equal(veto.who, "watcher");
	host_expect(watcher, "watcher: asked, file 1\n");
	host_expect(watcher, "watcher: stays, file 1\n");
	kill(timer->pid, SIGTERM);
	host_expect(watcher, "watcher: asked, file 1\n");
	host_expect(watcher, "watcher: stays, file 1\n");
	host_expect(timer, "has it open, and is waited for\n");
	host_expect(watcher, "watcher: asked, file 1\n");
	host_expect(watcher, "watcher: removed, file 0\n");
	host_expect(timer, "removed after ");
	assert_int_equal(host_wait(timer), 0);
	host_free(timer);
	kill(watcher->pid, SIGTERM);
	host_expect(watcher, "watcher: unloaded\n");
	host_end(watcher, 0);
}

/* The manager goes while somebody thinks about a removal: nobody is left to remove the device in order. */
static void test_d5_the_manager_goes_in_a_removal(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/timer.so", NULL});

	struct pnpn_connection *silent;

	host_expect(host, TIMER_ID " started\n");
	assert_int_equal(pnpn_connect(&silent, manager.address), 0);
	assert_int_equal(
		pnpn_register_device(silent, TIMER_ID, PNPN_REGISTER_QUERY_REMOVE, NULL, NULL), 0);
	kill(host->pid, SIGTERM);
	while (pnpn_event_get_kind(wait_for_event(silent)) != PNPN_EVENT_QUERY_REMOVE)
		;
	manager_process_kill(&manager);
	host_expect(host, "removed after ");
	host_expect(host, "\\Driver\\timer unloaded\n");
	host_end(host, 0);
	pnpn_disconnect(silent);
	manager_process_start(&manager);
}

/* The manager goes when the driver has refused and the host waits for another signal: the same. */
static void test_d5_the_manager_goes_after_a_removal(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/stubborn.so", NULL});

	host_expect(host, "started\n");
	kill(host->pid, SIGTERM);
	host_expect(host, "stubborn does not agree; a second signal takes it away\n");
	manager_process_kill(&manager);
	assert_int_equal(host_wait(host), 0);
	host_expect(host, "stubborn: surprise\n");
	host_expect(host, "stubborn: removed\n");
	host_free(host);
	manager_process_start(&manager);
}

/* D5: the driver is asked, its veto is named, and it hears that the device stays. */
static void test_d5_a_driver_refuses(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/stubborn.so", NULL});
	struct pnpn_veto veto;

	host_expect(host, "started\n");
	assert_int_equal(remove_device(STUBBORN_ID, 0, &veto), 1);
	assert_int_equal(veto.kind, PNPN_VETO_OWNER);
	assert_int_equal(veto.pid, host->pid);
	assert_string_equal(veto.who, "stubborn");
	host_expect(host, "stubborn: asked\nstubborn: stays\n");
	assert_int_equal(remove_device(STUBBORN_ID, 0, &veto), 0);
	host_expect(host, "stubborn: asked\nstubborn: removed\n");
	assert_int_equal(host_wait(host), 0);
	host_free(host);
}

/* D7: by force, and by a second signal when the first one was refused. */
static void test_d7_surprises(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/stubborn.so", NULL});
	struct pnpn_veto veto;

	host_expect(host, "started\n");
	assert_int_equal(remove_device(STUBBORN_ID, PNPN_REMOVE_FORCE, &veto), 0);
	host_expect(host, "stubborn: surprise\nstubborn: removed\n");
	assert_int_equal(host_wait(host), 0);
	host_free(host);
	host = host_start((const char *[]){DRIVERS "/stubborn.so", NULL});
	host_expect(host, "started\n");
	kill(host->pid, SIGINT);
	host_expect(host, "stubborn: asked\n");
	/* Two threads say so. */
	size_t looked = host->looked;
	host_expect(host, "stubborn does not agree; a second signal takes it away\n");
	host->looked = looked;
	host_expect(host, "stubborn: stays\n");
	kill(host->pid, SIGINT);
	host_expect(host, "stubborn: surprise\nstubborn: removed\n");
	assert_int_equal(host_wait(host), 0);
	host_free(host);
}

/* R14: a host that is killed takes nothing with it that it had reported. */
static void test_killed_host(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/timer.so", NULL});
	uint32_t count = 0;

	host_expect(host, TIMER_ID " started\n");
	struct pnpn_connection *connection = application(TIMER_ID);
	for (int i = 0; i < 5; i++)
		count = expect_tick(connection, count);
	kill(host->pid, SIGKILL);
	assert_int_equal(host_wait(host), -SIGKILL);
	const struct pnpn_event *event = wait_for_event(connection);
	while (pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM)
		event = wait_for_event(connection);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_DEVICE_REMOVED);
	pnpn_disconnect(connection);
	host_free(host);
}

/* D7: a driver whose device failed has it taken away, and the host ends. */
static void test_failed_device(void **state)
{
	struct host *host = host_start((const char *[]){DRIVERS "/failing.so", NULL});

	host_expect(host, "the driver says that it failed\n");
	host_expect(host, "failing: surprise\n");
	host_expect(host, "failing: remove\n");
	assert_int_equal(host_wait(host), 0);
	host_free(host);
}

/* What a driver leaves running when it unloads is named; one that clears up is not. */
/* Nobody is asked by PnP: its driver deletes it, though somebody has it open. */
static void test_e4_a_host_ends_with_a_driver_in_nts_style(void **state)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;
	struct host *host = host_start((const char *[]){DRIVERS "/ancient.so", NULL});

	host_expect(host, "ROOT\\LEGACY_ANCIENT\\0000 started\n");
	assert_int_equal(pnpn_connect(&connection, manager.address), 0);
	assert_int_equal(pnpn_open(connection, "ROOT\\LEGACY_ANCIENT\\0000", &handle), 0);
	kill(host->pid, SIGTERM);
	host_expect(host, "ancient: unloaded\n");
	assert_int_equal(host_wait(host), 0);
	host_free(host);
	pnpn_disconnect(connection);
}

static void test_left_at_unload(void **state)
{
	struct host *host;

	verify = false;
	host = host_start((const char *[]){DRIVERS "/stray.so", DRIVERS "/timer.so", NULL});
	verify = true;
	host_expect(host, TIMER_ID " started\n");
	kill(host->pid, SIGTERM);
	host_expect(host, "stray unloaded with threads left: 1\n");
	host_expect(host, "stray unloaded with timers left: 1\n");
	host_end(host, 0);
	host = host_start((const char *[]){DRIVERS "/timer.so", NULL});
	host_expect(host, TIMER_ID " started\n");
	kill(host->pid, SIGTERM);
	assert_int_equal(host_wait(host), 0);
	assert_null(strstr(host->text, "left"));
	host_free(host);
}

/* The manager is killed and started again: the host says so, and its devices, names and the
 * registrations of its drivers are back. */
static void test_manager_comes_back(void **state)
{
	struct host *timer = host_start((const char *[]){DRIVERS "/timer.so", NULL});
	struct host *watcher = host_start((const char *[]){DRIVERS "/watcher.so", NULL});

	host_expect(timer, "started\n");
	host_expect(watcher, "irql 0 file 1\n");
	manager_process_kill(&manager);
	host_expect(timer, "the manager is gone");
	host_expect(watcher, "the manager is gone");
	manager_process_start(&manager);
	host_expect(timer, "the manager is back\n");
	host_expect(watcher, "the manager is back\n");
	struct pnpn_connection *connection = application("\\\\.\\TestTimer");
	struct pnpn_connection *by_interface = application(TIMER_INTERFACE);
	expect_tick(connection, expect_tick(connection, 0));
	expect_tick(by_interface, 0);
	host_expect(watcher, "irql 0 file 1\n");
	pnpn_disconnect(connection);
	pnpn_disconnect(by_interface);
	kill(timer->pid, SIGTERM);
	host_expect(timer, "watcher does not agree; a second signal takes it away\n");
	host_end(timer, 0);
	host_expect(watcher, "watcher: removed");
	host_end(watcher, 0);
}

/* What is no driver is refused in one line. */
static void test_bad_files(void **state)
{
	static const struct {
		const char *file, *says;
	} bad[] = {
		{"/nowhere/driver.so", "/nowhere/driver.so: No such file or directory\n"},
		{"/etc/passwd", "/etc/passwd: not a shared object\n"},
		{"/tmp", "/tmp: not a shared object\n"},
		{CLIENT_LIBRARY, ": no driver: it has no DriverEntry\n"},
		{DRIVERS "/broken.so", "broken.so: DriverEntry failed with status 0xc00000a3\n"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct host *host = host_start((const char *[]){bad[i].file, NULL});
		assert_int_equal(host_wait(host), 1);
		host_expect(host, bad[i].says);
		assert_ptr_equal(strchr(host->text, '\n'), host->text + host->bytes - 1);
		host_free(host);
	}
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* Another machine's object, and a driver built for Windows, are named as such. */
static void test_wrong_machine(void **state)
{
	unsigned char header[64];
	char path[128];
	int fd = open(DRIVERS "/timer.so", O_RDONLY);

	assert_int_equal(read(fd, header, sizeof(header)), sizeof(header));
	close(fd);
	snprintf(path, sizeof(path), "%s/driver.so", manager.folder);
	for (int windows = 0; windows < 2; windows++) {
		header[18] ^= 0x5a; /* e_machine */
		if (windows)
			memcpy(header, "MZ", 2);
		write_file(path, header, sizeof(header));
		struct host *host = host_start((const char *[]){path, NULL});
		assert_int_equal(host_wait(host), 1);
		host_expect(host,
			    windows ? "a driver built for Windows" : "another kind of machine");
		host_free(host);
	}
	unlink(path);
}

static int setup(void **state)
{
	manager_process_init(&manager);
	return 0;
}

static int teardown(void **state)
{
	manager_process_deinit(&manager);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reports_and_removal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_e1_a_filter_sees_requests_first, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_e4_a_host_ends_with_a_driver_in_nts_style,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_watcher_in_another_host, setup, teardown),
		cmocka_unit_test_setup_teardown(test_d5_a_driver_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_d5_the_manager_goes_in_a_removal, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_d5_the_manager_goes_after_a_removal, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_d7_surprises, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_host, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failed_device, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_at_unload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_manager_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_machine, setup, teardown),
	};

	return cmocka_run_group_tests_name("driver host", tests, NULL, NULL);
}
