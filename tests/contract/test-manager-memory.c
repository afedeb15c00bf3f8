/* SPDX-License-Identifier: MIT */
/* Each allocation, descriptor and mapping of the manager fails in turn: it says why it does not start, refuses
 * the call, or ends that connection; it never ends itself, and nothing is left of it (V2). */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "failing-manager.h"
#include "process.h"

/* Whatever stays broken is seen at once or a little later. */
#define ASKED_EACH 16

#define ID	   "ROOT\\MEMORY\\0000"
#define LINK	   "\\\\.\\Memory"

#define LAST_ID	   "ROOT\\MEMORY\\0001"

static const struct pnpn_guid guid = {0x3d0e5a10, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct pnpn_guid class = {0x3d0e5a11, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};

/* --- the manager ---------------------------------------------------------------------------------- */

struct fixture {
	struct failing_manager manager;
	pid_t bus; /* a system bus of the test's own */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	failing_manager_init(&f->manager);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	failing_manager_deinit(&f->manager);
	free(f);
	return 0;
}

static bool start(struct fixture *f)
{
	return failing_manager_start(&f->manager);
}

static void stop(struct fixture *f)
{
	failing_manager_stop(&f->manager);
}

static struct pnpn_connection *connect_to(const struct fixture *f)
{
	return failing_manager_connect(&f->manager);
}

/* --- on a system bus ------------------------------------------------------------------------------- */

static const char bus_config[] =
	"<busconfig><type>system</type><listen>unix:path=%s</listen><policy context=\"default\">"
	"<allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\"/>"
	"<allow send_type=\"signal\"/><allow receive_sender=\"*\"/></policy></busconfig>\n";

static void exec_bus(const struct fixture *f, int ready)
{
	char path[128], config[160];

	snprintf(path, sizeof(path), "%s/bus.conf", f->manager.folder);
	snprintf(config, sizeof(config), "--config-file=%s", path);
	FILE *file = fopen(path, "we");
	fprintf(file, bus_config, f->manager.socket);
	fclose(file);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(ready, STDOUT_FILENO);
	execlp("dbus-daemon", "dbus-daemon", config, "--nofork", "--nopidfile", "--print-address=1",
	       NULL);
	_exit(127);
}

/* There once it says its address. */
static int setup_bus(void **state)
{
	int ready[2];
	char byte;

	if (setup(state) < 0 || pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	struct fixture *f = *state;
	f->manager.on_bus = true;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", f->manager.address, 1);
	unsetenv("PNPNOTIFY_ADDRESS");
	f->bus = fork();
	if (!f->bus)
		exec_bus(f, ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return 0;
}

static int teardown_bus(void **state)
{
	struct fixture *f = *state;
	char path[128];

	kill(f->bus, SIGTERM);
	waitpid(f->bus, NULL, 0);
	snprintf(path, sizeof(path), "%s/bus.conf", f->manager.folder);
	unlink(path);
	return teardown(state);
}

/* --- what it is asked ----------------------------------------------------------------------------- */

static int list(struct pnpn_connection *connection)
{
	struct pnpn_device_list *devices;
	int r = pnpn_list_devices(connection, &devices);

	if (r >= 0)
		pnpn_device_list_free(devices);
	return r;
}

static int look(struct pnpn_connection *connection)
{
	struct pnpn_status *status;
	struct pnpn_usage_list *usage;
	int r = pnpn_get_status(connection, &status);

	if (r >= 0)
		pnpn_status_free(status);
	if (r >= 0)
		r = pnpn_get_usage(connection, &usage);
	if (r >= 0)
		pnpn_usage_list_free(usage);
	return r;
}

static int own(struct pnpn_connection *driver, struct pnpn_device **ret_device)
{
	char *name = NULL;
	int r = pnpn_device_new(driver, ID, ret_device);

	if (r >= 0)
		r = pnpn_device_add_link(*ret_device, LINK);
	if (r >= 0)
		r = pnpn_device_add_interface(*ret_device, &class, NULL, &name);
	if (r >= 0)
		r = pnpn_device_enable_interface(*ret_device, name, true);
	if (r >= 0)
		r = pnpn_device_start(*ret_device);
	free(name);
	return r;
}

static int follow(struct pnpn_connection *application, struct pnpn_handle **ret_handle)
{
	int r = pnpn_register_all(application, 0, NULL, NULL);

	if (r >= 0)
		r = pnpn_register_class(application, &class, PNPN_REGISTER_EXISTING, NULL, NULL);
	if (r >= 0)
		r = pnpn_register_device(application, LINK, 0, NULL, NULL);
	if (r >= 0)
		r = pnpn_open(application, LINK, ret_handle);
	return r;
}

/* The event comes, or that it is lost, or that the manager is gone. Returns 0; an errno. */
static int await(struct pnpn_connection *application)
{
	const struct pnpn_event *event;
	int r;

	for (;;) {
		while ((r = pnpn_next_event(application, &event)) > 0) {
			enum pnpn_event_kind kind = pnpn_event_get_kind(event);
			if (kind == PNPN_EVENT_CUSTOM)
				return 0;
			if (kind == PNPN_EVENT_LOST || kind == PNPN_EVENT_DISCONNECTED)
				return -EIO;
		}
		r = pnpn_wait(application, PATIENCE_MS);
		if (!r)
			fail_msg("neither an event nor that it is lost");
		if (r < 0)
			return r;
	}
}

struct owner {
	struct pnpn_connection *connection;
	atomic_bool over;
};

static void *answer_calls(void *argument)
{
	struct owner *owner = argument;
	const struct pnpn_event *event;

	while (!owner->over && pnpn_wait(owner->connection, 1) >= 0)
		while (pnpn_next_event(owner->connection, &event) > 0)
			if (pnpn_event_get_query(event))
				(void)pnpn_event_answer(event, true, "owner");
	return NULL;
}

static int report_by_hand(struct pnpn_connection *driver, struct pnpn_connection *application)
{
	struct owner owner = {.connection = driver};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, answer_calls, &owner), 0);
	int r = pnpn_report_by_hand(application, LINK, &guid, "y", 1, -1);
	owner.over = true;
	pthread_join(thread, NULL);
	return r;
}

/* The owner's connection, which registered too, is asked; the first time the handle is open (D5). */
static int have_removed(struct pnpn_connection *driver, struct pnpn_connection *application,
			struct pnpn_handle **handle)
{
	struct owner owner = {.connection = driver};
	pthread_t thread;
	int r = pnpn_register_device(driver, LINK, PNPN_REGISTER_QUERY_REMOVE, NULL, NULL);

	if (r < 0)
		return r;
	assert_int_equal(pthread_create(&thread, NULL, answer_calls, &owner), 0);
	r = pnpn_remove(application, LINK, 0, NULL, 0);
	*handle = pnpn_close(*handle);
	if (r == 1)
		r = pnpn_remove(application, LINK, 0, NULL, 0);
	owner.over = true;
	pthread_join(thread, NULL);
	return r;
}

/* A refusal is an answer too. */
static int be_refused(struct pnpn_connection *application)
{
	struct pnpn_handle *handle;
	int r = pnpn_open(application, "\\\\.\\None", &handle);

	return r == -ENOENT ? 0 : r;
}

static int work(struct pnpn_connection *driver, struct pnpn_connection *application,
		struct pnpn_device **ret_device, struct pnpn_handle **ret_handle)
{
	int r = own(driver, ret_device);

	if (r >= 0)
		r = follow(application, ret_handle);
	if (r >= 0)
		r = pnpn_device_report(*ret_device, &guid, "x", 1, -1);
	if (r >= 0)
		r = await(application);
	if (r >= 0)
		r = report_by_hand(driver, application);
	if (r >= 0)
		r = list(application);
	if (r >= 0)
		r = look(application);
	if (r >= 0)
		r = be_refused(application);
	if (r >= 0)
		r = have_removed(driver, application, ret_handle);
	return r;
}

/* All that can be asked, by two connections that come and go. */
static int session(const struct fixture *f)
{
	struct pnpn_connection *driver = connect_to(f), *application = connect_to(f);
	struct pnpn_device *device = NULL;
	struct pnpn_handle *handle = NULL;
	int r = driver && application ? work(driver, application, &device, &handle) : -ENOTCONN;

	pnpn_close(handle);
	pnpn_device_remove(device);
	pnpn_disconnect(application);
	pnpn_disconnect(driver);
	return r;
}

/* --- the tests ------------------------------------------------------------------------------------ */

/* What fails in turn is through once fewer than that are made. */
static void v2_the_manager_s_start(void **state)
{
	struct fixture *f = *state;
	uint64_t made, at = 0;

	do {
		failing_set(f->manager.failing, ++at);
		bool serves = start(f);
		made = failing_stop(f->manager.failing);
		if (serves) {
			assert_int_equal(session(f), 0);
			stop(f);
		}
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 20, FAILING_MOST - 1);
}

/* What failed did no harm that stays. */
static void expect_well(const struct fixture *f, uint64_t at)
{
	int r = session(f);

	if (r < 0)
		fail_msg("%lu: afterwards: %d", at, r);
}

static void v2_the_manager_s_sessions(void **state)
{
	struct fixture *f = *state;
	uint64_t made, at = 0;

	assert_true(start(f));
	for (int i = 0; i < 5; i++)
		assert_int_equal(session(f), 0);
	usleep(100000);
	int64_t live = failing_manager_count_live(&f->manager),
		descriptors = failing_manager_count_descriptors(&f->manager);
	do {
		failing_set(f->manager.failing, ++at);
		int r = session(f);
		made = failing_stop(f->manager.failing);
		failing_manager_expect_there(&f->manager, at);
		if (r == -ETIMEDOUT)
			fail_msg("%lu: it did not answer", at);
		if (made < at || at % ASKED_EACH == 0)
			expect_well(f, at);
		failing_manager_expect_left(&f->manager, live, descriptors, at);
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 500, FAILING_MOST - 1);
	stop(f);
}

/* Who can't be served hears it, or the end of the connection where not even that could be said. */
static void v2_d10_who_can_not_be_served_hears_it(void **state)
{
	struct fixture *f = *state;
	unsigned int told = 0;
	uint64_t made, at = 0;

	assert_true(start(f));
	do {
		struct pnpn_connection *connection = NULL;
		failing_set(f->manager.failing, ++at);
		int r = pnpn_connect(&connection, f->manager.address);
		made = failing_stop(f->manager.failing);
		if (r && r != -ENOMEM && r != -EMFILE && r != -ENOSPC && r != -ECONNREFUSED)
			fail_msg("%lu: %d", at, r);
		told += r && r != -ECONNREFUSED;
		pnpn_disconnect(connection);
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 20, FAILING_MOST - 1);
	assert_in_range(told, 12, at);
	stop(f);
}

static int start_device(struct pnpn_device *device)
{
	return pnpn_device_start(device);
}

static int add_link(struct pnpn_device *device)
{
	return pnpn_device_add_link(device, LINK);
}

static int remove_link(struct pnpn_device *device)
{
	return pnpn_device_remove_link(device, LINK);
}

/* What could not be answered is undone with the connection: a second try never finds that the first one did
 * what it was said not to have done. */
static void expect_not_done(const struct fixture *f, int (*act)(struct pnpn_device *device),
			    bool linked)
{
	uint64_t made, at = 0;

	do {
		struct pnpn_connection *driver = connect_to(f);
		struct pnpn_device *device;
		assert_int_equal(pnpn_device_new(driver, ID, &device), 0);
		assert_int_equal(linked ? pnpn_device_add_link(device, LINK) : 0, 0);
		failing_set(f->manager.failing, ++at);
		int r = act(device);
		made = failing_stop(f->manager.failing);
		int again = r < 0 ? act(device) : 0;
		if (again != 0 && again != -ENOTCONN)
			fail_msg("%lu: first %d, then %d", at, r, again);
		pnpn_disconnect(driver);
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 2, FAILING_MOST - 1);
}

static void v2_what_is_refused_was_not_done(void **state)
{
	struct fixture *f = *state;

	assert_true(start(f));
	expect_not_done(f, start_device, false);
	expect_not_done(f, add_link, false);
	expect_not_done(f, remove_link, true);
	stop(f);
}

/* What was told of the devices of a test: that they came, that they went. */
struct told {
	unsigned int arrived, removed;
	bool disconnected;
};

/* Until the last device went, or the manager is. */
static void listen(struct pnpn_connection *application, struct told *told)
{
	const struct pnpn_event *event;

	for (;;) {
		while (pnpn_next_event(application, &event) > 0) {
			enum pnpn_event_kind kind = pnpn_event_get_kind(event);
			if (kind == PNPN_EVENT_DISCONNECTED)
				told->disconnected = true;
			bool last = strcmp(pnpn_event_get_device(event), LAST_ID) == 0;
			if (told->disconnected || (last && kind == PNPN_EVENT_DEVICE_REMOVED))
				return;
			told->arrived += !last && kind == PNPN_EVENT_DEVICE_ARRIVED;
			told->removed += !last && kind == PNPN_EVENT_DEVICE_REMOVED;
		}
		if (!pnpn_wait(application, PATIENCE_MS))
			fail_msg("neither what happened nor that the connection is ended");
	}
}

static int come_and_go(const struct fixture *f, const char *id)
{
	struct pnpn_connection *driver = connect_to(f);
	struct pnpn_device *device;
	int r = driver ? pnpn_device_new(driver, id, &device) : -ENOTCONN;

	if (r >= 0) {
		r = pnpn_device_start(device);
		pnpn_device_remove(device);
	}
	pnpn_disconnect(driver);
	return r;
}

/* Whoever could not be told something hears nothing more, but that he is disconnected (R15). */
static void v2_r15_who_can_not_be_told_is_disconnected(void **state)
{
	struct fixture *f = *state;
	unsigned int disconnected = 0;
	uint64_t made, at = 0;

	assert_true(start(f));
	do {
		struct told told = {0};
		struct pnpn_connection *application = connect_to(f);
		assert_int_equal(pnpn_register_all(application, 0, NULL, NULL), 0);
		failing_set(f->manager.failing, ++at);
		int r = come_and_go(f, ID);
		made = failing_stop(f->manager.failing);
		assert_int_equal(come_and_go(f, LAST_ID), 0);
		listen(application, &told);
		if (!told.disconnected && (told.arrived != told.removed || (!r && !told.arrived)))
			fail_msg("%lu: %u came, %u went, and not a word", at, told.arrived,
				 told.removed);
		disconnected += told.disconnected;
		pnpn_disconnect(application);
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 20, FAILING_MOST - 1);
	assert_true(disconnected > 0);
	stop(f);
}

static void v2_the_manager_s_end(void **state)
{
	struct fixture *f = *state;
	struct pnpn_connection *driver, *application;
	uint64_t made, at = 0;

	do {
		struct pnpn_device *device = NULL;
		struct pnpn_handle *handle = NULL;
		assert_true(start(f));
		driver = connect_to(f);
		application = connect_to(f);
		assert_int_equal(work(driver, application, &device, &handle), 0);
		failing_set(f->manager.failing, ++at);
		stop(f);
		made = failing_stop(f->manager.failing);
		pnpn_close(handle);
		pnpn_device_remove(device);
		pnpn_disconnect(application);
		pnpn_disconnect(driver);
	} while (made >= at && at < FAILING_MOST);
	assert_in_range(at, 2, FAILING_MOST - 1);
}

#define TEST(test)	  cmocka_unit_test_setup_teardown(test, setup, teardown)
#define TEST_ON_BUS(test) {#test "_on_the_system_bus", test, setup_bus, teardown_bus, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(v2_the_manager_s_start),
		TEST(v2_the_manager_s_sessions),
		TEST(v2_d10_who_can_not_be_served_hears_it),
		TEST(v2_what_is_refused_was_not_done),
		TEST(v2_the_manager_s_end),
		TEST(v2_r15_who_can_not_be_told_is_disconnected),
		TEST_ON_BUS(v2_the_manager_s_start),
		TEST_ON_BUS(v2_the_manager_s_sessions),
		TEST_ON_BUS(v2_the_manager_s_end),
		TEST_ON_BUS(v2_r15_who_can_not_be_told_is_disconnected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
