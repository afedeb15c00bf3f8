/* SPDX-License-Identifier: MIT */
/* Each allocation, descriptor and mapping of each command fails in turn: it does its work all the same, or says
 * why not and ends with status 1; it never crashes or hangs (V2). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "failing.h"
#include "process.h"

/* More than a command makes; only a test that went wrong gets there. */
#define MOST 20000

/* Of 2 ms: longer than any command takes, shorter than a call waits for its answer. */
#define ROUNDS_MOST 5000

#define ID	    "ROOT\\MEMORY\\0000"
#define LINK	    "\\\\.\\Memory"
#define EVENT	    "0e7d5c36-1f0f-4a38-9d0c-6a4a4a0f7b52"

static const struct pnpn_guid guid = {0x3d0e5a10, 0x6d6e, 0x4d0b, {1, 2, 3, 4, 5, 6, 7, 8}};

struct fixture {
	struct manager_process manager;
	struct pnpn_connection *connection;
	struct pnpn_device *device;
	struct failing *failing;
	int failing_fd, output, messages; /* descriptors: what it says goes there */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	manager_process_init(&f->manager);
	setenv("PNPNOTIFY_ADDRESS", f->manager.address, 1);
	assert_int_equal(pnpn_connect(&f->connection, NULL), 0);
	assert_int_equal(pnpn_device_new(f->connection, ID, &f->device), 0);
	assert_int_equal(pnpn_device_add_link(f->device, LINK), 0);
	assert_int_equal(pnpn_device_start(f->device), 0);
	f->failing = failing_new(&f->failing_fd);
	f->output = memfd_create("output", MFD_CLOEXEC);
	f->messages = memfd_create("messages", MFD_CLOEXEC);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_device_remove(f->device);
	pnpn_disconnect(f->connection);
	manager_process_deinit(&f->manager);
	munmap(f->failing, sizeof(*f->failing));
	close(f->failing_fd);
	close(f->output);
	close(f->messages);
	free(f);
	return 0;
}

static void exec_tool(const struct fixture *f, char *const words[])
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(f->output, STDOUT_FILENO);
	dup2(f->messages, STDERR_FILENO);
	failing_preload(f->failing_fd);
	execv(PNPNOTIFY, words);
	_exit(127);
}

static size_t read_back(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

/* An event on the device now and then, and answers to what its owner is asked. */
static void live_on(struct fixture *f)
{
	const struct pnpn_event *event;

	(void)pnpn_device_report(f->device, &guid, "x", 1, -1);
	(void)pnpn_wait(f->connection, 2);
	while (pnpn_next_event(f->connection, &event) > 0)
		;
}

/* Until it ends; one that hosts a driver is told to once the driver started. Returns its status. */
static int run(struct fixture *f, char *const words[], uint64_t at)
{
	char messages[4096];
	int status, rounds = 0;

	assert_int_equal(ftruncate(f->output, 0), 0);
	assert_int_equal(ftruncate(f->messages, 0), 0);
	lseek(f->output, 0, SEEK_SET);
	lseek(f->messages, 0, SEEK_SET);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		exec_tool(f, words);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		live_on(f);
		read_back(f->messages, messages, sizeof(messages));
		if (strstr(messages, "started"))
			kill(pid, SIGTERM);
		if (++rounds > ROUNDS_MOST) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			fail_msg("%lu: it hangs", at);
		}
	}
	return status;
}

static void expect_end(struct fixture *f, char *const words[], uint64_t at)
{
	char messages[4096];
	int status = run(f, words, at);

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		fail_msg("%lu: ended with %#x", at, status);
	if (!read_back(f->messages, messages, sizeof(messages)))
		fail_msg("%lu: ended without a word", at);
}

static void fail_each(struct fixture *f, char *const words[])
{
	uint64_t made, at = 0;

	failing_set(f->failing, 0);
	assert_int_equal(run(f, words, 0), 0);
	do {
		failing_set(f->failing, ++at);
		expect_end(f, words, at);
		made = failing_stop(f->failing);
	} while (made >= at && at < MOST);
	assert_in_range(at, 2, MOST - 1);
}

static void v2_guid(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "guid", "new", "HELLO", NULL});
}

static void v2_list(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "list", NULL});
	fail_each(*state, (char *[]){"pnpnotify", "list", "--json", NULL});
}

static void v2_info(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "info", LINK, NULL});
}

static void v2_record(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "record", "-", "--count", "2", LINK, NULL});
}

static void v2_exec(void **state)
{
	fail_each(*state,
		  (char *[]){"pnpnotify", "monitor", "--exec", "exit", "--count", "1", LINK, NULL});
}

static void v2_status(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "status", NULL});
}

static void v2_report(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "report", LINK, EVENT, "--data", "01", "--text",
				     "words", NULL});
}

static void v2_monitor(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "monitor", "--count", "1", NULL});
	fail_each(*state, (char *[]){"pnpnotify", "monitor", "--json", "--count", "1", LINK, NULL});
}

static void v2_host(void **state)
{
	fail_each(*state, (char *[]){"pnpnotify", "host", HELLO_DRIVER, NULL});
	fail_each(*state, (char *[]){"pnpnotify", "host", "--verify", HELLO_DRIVER, "--device",
				     "ROOT\\HOSTED\\0001", NULL});
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(v2_guid), TEST(v2_list), TEST(v2_status), TEST(v2_report), TEST(v2_monitor),
		TEST(v2_host), TEST(v2_info), TEST(v2_record), TEST(v2_exec),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
