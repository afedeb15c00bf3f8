/* SPDX-License-Identifier: MIT */
/* What happens to the process that has a connection: it forks (U11), it is stopped and goes on (R15). */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "native-fixture.h"
#include "process.h"

#define ID   "ROOT\\PROCESS\\0000"
#define LINK "\\\\.\\Process"

/* --- fork ----------------------------------------------------------------------------------------- */

struct parent {
	struct native_fixture *f;
	struct pnpn_device *device;
	struct pnpn_registration *registration;
	struct pnpn_handle *handle;
};

#define CHECK(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			return 1;                                               \
		}                                                               \
	} while (0)

static int run_child(int socket, const void *argument)
{
	const struct parent *parent = argument;
	struct pnpn_connection *application = parent->f->application;
	const struct pnpn_event *event;
	struct pnpn_registration *registration;
	struct pnpn_device *device = parent->device;
	struct pnpn_device *other;
	struct pnpn_handle *handle;
	struct pnpn_device_list *list;

	CHECK(pnpn_dispatch(application) == -ECHILD);
	CHECK(pnpn_wait(application, 0) == -ECHILD);
	CHECK(pnpn_next_event(application, &event) == 0);
	CHECK(pnpn_connection_get_error(application) == -ECHILD);
	CHECK(pnpn_register_all(application, 0, NULL, &registration) == -ECHILD);
	CHECK(pnpn_register_device(application, ID, 0, NULL, &registration) == -ECHILD);
	CHECK(pnpn_open(application, ID, &handle) == -ECHILD);
	CHECK(pnpn_list_devices(application, &list) == -ECHILD);
	CHECK(pnpn_device_report(device, &native_event, NULL, 0, -1) == -ECHILD);
	CHECK(pnpn_device_add_link(device, "\\\\.\\Child") == -ECHILD);
	CHECK(pnpn_device_new(application, "ROOT\\CHILD\\0000", &other) == -ECHILD);
	(void)pnpn_device_get_handled(device);
	pnpn_unregister(parent->registration);
	pnpn_close(parent->handle);
	pnpn_device_remove(device);
	pnpn_disconnect(application);
	pnpn_disconnect(parent->f->driver);
	return 0;
}

static void u11_r1_a_child_has_nothing_of_its_parent_s(void **state)
{
	struct parent parent = {.f = *state};
	struct native_fixture *f = parent.f;
	struct child child;

	parent.device = native_device(f->driver, ID, NULL);
	assert_int_equal(pnpn_device_add_link(parent.device, LINK), 0);
	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, &parent.registration),
			 0);
	assert_int_equal(pnpn_register_class(f->application, &native_class, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_open(f->application, LINK, &parent.handle), 0);
	for (uint64_t i = 0; i < 3; i++)
		native_report(parent.device, i);
	native_expect_number(f->application, ID, 0); /* one in hand, some waiting */
	child_init(&child, run_child, &parent);
	assert_int_equal(child_wait(&child), 0);
	native_expect_number(f->application, ID, 0);
	for (uint64_t i = 1; i < 3; i++) {
		native_expect_number(f->application, ID, i);
		native_expect_number(f->application, ID, i);
	}
	native_expect_nothing(f->application);
	/* Asleep: woken by reports and by the manager as before. */
	for (uint64_t i = 10; i < 20; i++) {
		native_report(parent.device, i);
		native_expect_number(f->application, ID, i);
		native_expect_number(f->application, ID, i);
	}
	struct pnpn_device_list *list;
	assert_int_equal(pnpn_list_devices(f->application, &list), 0);
	assert_int_equal(pnpn_device_info_get_handles(pnpn_device_list_get(list, 0)), 1);
	assert_int_equal(pnpn_device_info_get_registrants(pnpn_device_list_get(list, 0)), 2);
	pnpn_device_list_free(list);
	pnpn_close(parent.handle);
	pnpn_device_remove(parent.device);
	native_expect(f->application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
}

/* It lets go of what it does not need: then its parent's end is seen, though it lives. */
static int connect_and_fork(int socket, const void *argument)
{
	struct pnpn_connection *connection;

	CHECK(pnpn_connect(&connection, argument) == 0);
	native_device(connection, ID, NULL);
	if (fork() == 0) {
		pnpn_disconnect(connection);
		step_send(socket, 'd');
		struct pollfd over = {.fd = socket};
		(void)poll(&over, 1, -1); /* lives until the test is over */
		_exit(0);
	}
	step_expect(socket, 'e');
	_exit(0);
}

static void r14_a_child_that_let_go_keeps_no_device(void **state)
{
	struct manager_process manager;
	struct pnpn_connection *application;
	struct child child;

	manager_process_init(&manager);
	assert_int_equal(pnpn_connect(&application, manager.address), 0);
	assert_int_equal(pnpn_register_class(application, &native_class, 0, NULL, NULL), 0);
	child_init(&child, connect_and_fork, manager.address);
	native_expect(application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	step_expect(child.socket, 'd');
	step_send(child.socket, 'e');
	native_expect(application, PNPN_EVENT_INTERFACE_REMOVED, ID);
	native_expect(application, PNPN_EVENT_DEVICE_REMOVED, ID);
	assert_int_equal(child_wait(&child), 0);
	pnpn_disconnect(application);
	manager_process_deinit(&manager);
}

/* --- stopped and continued ------------------------------------------------------------------------- */

/* The loop of the header, as a program would write it. */
static int wait_for_one(int socket, const void *argument)
{
	struct pnpn_connection *connection;
	const struct pnpn_event *event;

	CHECK(pnpn_connect(&connection, argument) == 0);
	CHECK(pnpn_register_class(connection, &native_class, 0, NULL, NULL) == 0);
	step_send(socket, 'w');
	while (pnpn_wait(connection, -1) >= 0)
		while (pnpn_next_event(connection, &event) > 0)
			if (pnpn_event_get_kind(event) == PNPN_EVENT_INTERFACE_ARRIVED)
				return 0;
	return 1;
}

static bool is_asleep(pid_t pid)
{
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %*s %c", &state), 1);
	fclose(file);
	return state == 'S';
}

static void r15_a_program_that_was_stopped_waits_on(void **state)
{
	struct manager_process manager;
	struct pnpn_connection *driver;
	struct child child;

	manager_process_init(&manager);
	assert_int_equal(pnpn_connect(&driver, manager.address), 0);
	child_init(&child, wait_for_one, manager.address);
	step_expect(child.socket, 'w');
	for (int i = 0; i < 10; i++) {
		while (!is_asleep(child.pid))
			sched_yield();
		kill(child.pid, SIGSTOP);
		child_wait_stopped(&child);
		kill(child.pid, SIGCONT);
	}
	native_device(driver, ID, NULL);
	assert_int_equal(child_wait(&child), 0);
	pnpn_disconnect(driver);
	manager_process_deinit(&manager);
}

/* --- a manager that does not answer ------------------------------------------------------------------ */

static void r1_an_answer_is_waited_for_as_long_as_was_set(void **state)
{
	struct manager_process manager;
	struct pnpn_connection *connection;
	struct pnpn_device_list *list;

	manager_process_init(&manager);
	assert_int_equal(pnpn_connect(&connection, manager.address), 0);
	assert_int_equal(pnpn_connection_set_limit(connection, 0), -EINVAL);
	assert_int_equal(pnpn_connection_set_limit(connection, 1), 0);
	kill(manager.pid, SIGSTOP);
	assert_int_equal(pnpn_list_devices(connection, &list), -ETIMEDOUT);
	assert_int_equal(pnpn_register_all(connection, 0, NULL, NULL), -ETIMEDOUT);
	assert_int_equal(pnpn_connection_set_limit(connection, PATIENCE_MS), 0);
	kill(manager.pid, SIGCONT);
	assert_int_equal(pnpn_list_devices(connection, &list), 0);
	pnpn_device_list_free(list);
	pnpn_disconnect(connection);
	manager_process_deinit(&manager);
}

/* --- many others ----------------------------------------------------------------------------------- */

struct crowd {
	struct sockaddr_un name;
	char address[128];
	int result;
};

static void *connect_last(void *argument)
{
	struct crowd *crowd = argument;
	struct pnpn_connection *connection;

	crowd->result = pnpn_connect(&connection, crowd->address);
	return NULL;
}

static int connect_raw(const struct crowd *crowd)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	return connect(fd, (const struct sockaddr *)&crowd->name, sizeof(crowd->name)) == 0
		       ? fd
		       : -errno;
}

/* Whoever listens takes them one after the other; the last one is the library's. */
static void d10_a_full_queue_is_waited_for(void **state)
{
	struct crowd crowd = {.name.sun_family = AF_UNIX};
	char folder[] = "/tmp/pnpn-crowd-XXXXXX";
	pthread_t thread;
	int others = 0;

	assert_non_null(mkdtemp(folder));
	snprintf(crowd.name.sun_path, sizeof(crowd.name.sun_path), "%s/socket", folder);
	snprintf(crowd.address, sizeof(crowd.address), "unix:path=%s/socket", folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&crowd.name, sizeof(crowd.name)), 0);
	assert_int_equal(listen(fd, 1), 0);
	while (connect_raw(&crowd) >= 0)
		others++;
	assert_int_equal(pthread_create(&thread, NULL, connect_last, &crowd), 0);
	for (int i = 0; i <= others; i++) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
		close(accept(fd, NULL, NULL));
	}
	pthread_join(thread, NULL);
	assert_int_equal(crowd.result, -ECONNREFUSED);
	close(fd);
	unlink(crowd.name.sun_path);
	rmdir(folder);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, native_setup, native_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u11_r1_a_child_has_nothing_of_its_parent_s),
		cmocka_unit_test(r14_a_child_that_let_go_keeps_no_device),
		cmocka_unit_test(r15_a_program_that_was_stopped_waits_on),
		cmocka_unit_test(r1_an_answer_is_waited_for_as_long_as_was_set),
		cmocka_unit_test(d10_a_full_queue_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
