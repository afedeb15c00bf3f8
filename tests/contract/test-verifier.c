/* SPDX-License-Identifier: MIT */
/*
 * The verifier: V1, K2, K5, K7, R6. Each broken rule ends the process, so each is broken in one of its own: this
 * program again, with the rule's name; what it says and how it ends is looked at.
 */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "wdm-fixture.h"
#include "wdm/host.h"

#define TAG 0x74736574u /* "test" */

extern char **environ;

static KEVENT called;

static NTSTATUS report(PDEVICE_OBJECT pdo, PVOID structure)
{
	return IoReportTargetDeviceChangeAsynchronous(pdo, structure, NULL, NULL);
}

static union notification notification;

/* --- the rules, broken ------------------------------------------------------------------------------ */

static void synchronous_at_dispatch(void)
{
	KeRaiseIrqlToDpcLevel();
	IoReportTargetDeviceChange(reporter_pdo, &notification);
}

static void wait_at_dispatch(void)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, TRUE);
	KeRaiseIrqlToDpcLevel();
	KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

static void paged_pool_at_dispatch(void)
{
	KeRaiseIrqlToDpcLevel();
	(void)ExAllocatePoolWithTag(PagedPool, 16, TAG);
}

static void raise_that_lowers(void)
{
	KIRQL old;

	KeRaiseIrqlToDpcLevel();
	KeRaiseIrql(APC_LEVEL, &old);
}

static void return_raised(PVOID context)
{
	KeRaiseIrqlToDpcLevel();
}

static void work_item_that_raises(void)
{
	static WORK_QUEUE_ITEM item;

	KeInitializeEvent(&called, NotificationEvent, FALSE);
	ExInitializeWorkItem(&item, return_raised, NULL);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	event_wait(&called);
}

static void paged_notification(void)
{
	PVOID paged = ExAllocatePoolWithTag(PagedPool, sizeof(notification), TAG);

	memcpy(paged, &notification, sizeof(notification));
	KeRaiseIrqlToDpcLevel();
	report(reporter_pdo, paged);
}

static void completion(PVOID context)
{
}

static void paged_context(void)
{
	PVOID context = ExAllocatePoolWithTag(PagedPool, 16, TAG);

	IoReportTargetDeviceChangeAsynchronous(reporter_pdo, &notification, completion, context);
}

static void stack_context(void)
{
	ULONG context = 0;

	IoReportTargetDeviceChangeAsynchronous(reporter_pdo, &notification, completion, &context);
}

static NTSTATUS report_inside(PVOID structure, PVOID context)
{
	return IoReportTargetDeviceChange(reporter_pdo, &notification);
}

static void watch(PDRIVER_OBJECT driver, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback,
		  PVOID *entry)
{
	PFILE_OBJECT file = reporter_open();

	assert_int_equal(IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
							driver, callback, NULL, entry),
			 STATUS_SUCCESS);
	ObDereferenceObject(file);
}

static NTSTATUS look_on(PVOID structure, PVOID context)
{
	return STATUS_SUCCESS;
}

static void report_in_callback(void)
{
	PVOID entry;

	KeInitializeEvent(&called, NotificationEvent, FALSE);
	watch(watcher_driver, report_inside, &entry);
	report(reporter_pdo, &notification);
	event_wait(&called);
}

static void deleted_device(void)
{
	PDEVICE_OBJECT device;

	assert_int_equal(
		IoCreateDevice(watcher_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
		STATUS_SUCCESS);
	IoDeleteDevice(device);
	report(device, &notification);
}

static void no_pdo(void)
{
	report(reporter_fdo, &notification);
}

static void own_device(void)
{
	PVOID entry;

	watch(reporter_driver, look_on, &entry);
}

static void unregister_at_apc_level(void)
{
	PVOID entry;
	KIRQL old;

	watch(watcher_driver, look_on, &entry);
	KeRaiseIrql(APC_LEVEL, &old);
	IoUnregisterPlugPlayNotification(entry);
}

static void unload_with_registration(void)
{
	PVOID entry;

	watch(watcher_driver, look_on, &entry);
	pnpn_host_stop();
}

static void unload_with_memory(void)
{
	(void)ExAllocatePoolWithTag(NonPagedPoolNx, 16, TAG);
	pnpn_host_stop();
}

static void unload_with_device(void)
{
	PDEVICE_OBJECT device;

	assert_int_equal(
		IoCreateDevice(watcher_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
		STATUS_SUCCESS);
	pnpn_host_stop();
}

static const struct rule {
	const char *name, *call, *says;
	void (*do_it)(void);
} rules[] = {
	{"synchronous-at-dispatch", "IoReportTargetDeviceChange:", "called at IRQL 2",
	 synchronous_at_dispatch},
	{"wait-at-dispatch", "KeWaitFor", "called at IRQL 2", wait_at_dispatch},
	{"paged-pool-at-dispatch", "ExAllocatePool", "called at IRQL 2", paged_pool_at_dispatch},
	{"raise-that-lowers", "KeRaiseIrql", "from 2 to 1", raise_that_lowers},
	{"work-item-that-raises", "work item", "returned at 2", work_item_that_raises},
	{"paged-notification", "IoReportTargetDeviceChangeAsynchronous", "paged pool",
	 paged_notification},
	{"paged-context", "IoReportTargetDeviceChangeAsynchronous", "nonpaged pool", paged_context},
	{"stack-context", "IoReportTargetDeviceChangeAsynchronous", "nonpaged pool", stack_context},
	{"report-in-callback", "IoReportTargetDeviceChange:", "wait for itself",
	 report_in_callback},
	{"deleted-device", "IoReportTargetDeviceChangeAsynchronous", "deleted", deleted_device},
	{"no-pdo", "IoReportTargetDeviceChange", "no PDO", no_pdo},
	{"own-device", "IoRegisterPlugPlayNotification", "of its own", own_device},
	{"unregister-at-apc-level", "IoUnregisterPlugPlayNotification:", "called at IRQL 1",
	 unregister_at_apc_level},
	{"unload-with-registration", "watcher", "registrations left: 1", unload_with_registration},
	{"unload-with-memory", "DriverUnload", "pool memory of tag 'test' left: 1",
	 unload_with_memory},
	{"unload-with-device", "watcher", "devices left: 1", unload_with_device},
};

static int break_rule(const char *name)
{
	void *state;

	for (size_t i = 0; i < RTL_NUMBER_OF(rules); i++) {
		if (strcmp(rules[i].name, name) != 0)
			continue;
		wdm_setup(&state);
		notification_fill(&notification, "", 0);
		rules[i].do_it();
		return 0;
	}
	return 1;
}

/* --- looking on ------------------------------------------------------------------------------------- */

/* Runs this program for a rule. Returns how it ended; what it said is in text. */
static int run(const char *name, char *text, size_t size)
{
	char *arguments[] = {(char *)"test-contract-verifier", (char *)name, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	size_t length = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	assert_int_equal(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, arguments, environ),
			 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	while (length < size - 1 && (n = read(ends[0], text + length, size - 1 - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* V1: the process stops with the rule, the call and a backtrace. */
static void test_v1_k2_k5_k7_r6_broken_rules(void **state)
{
	static char text[65536];

	for (size_t i = 0; i < RTL_NUMBER_OF(rules); i++) {
		int status = run(rules[i].name, text, sizeof(text));
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT ||
		    !strstr(text, rules[i].call) || !strstr(text, rules[i].says) ||
		    !strstr(text, "the verifier stops the host") ||
		    !strstr(text, "libpnpnotify-wdm"))
			fail_msg("%s ended with %d and said: %s", rules[i].name, status, text);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v1_k2_k5_k7_r6_broken_rules),
	};

	if (argc == 2)
		return break_rule(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
