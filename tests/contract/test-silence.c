/* SPDX-License-Identifier: MIT */
/* R13: a report that nobody asked for makes no system call. Proved by a filter that kills for one. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "process.h"

static const struct pnpn_guid guid = {0x7be1a5c0, 1, 2, {3}};

/* From here on exit_group() is all that this process may do. */
static void allow_exit_only(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(99);
}

static struct pnpn_device *make_device(const struct manager_process *manager)
{
	struct pnpn_connection *connection;
	struct pnpn_device *device;

	if (pnpn_connect(&connection, manager->address) < 0 ||
	    pnpn_device_new(connection, "ROOT\\SILENCE\\0000", &device) < 0 ||
	    pnpn_device_start(device) < 0)
		_exit(98);
	return device;
}

static int run_in_silence(int socket, const void *argument)
{
	struct pnpn_device *device = make_device(argument);
	char data[64] = {0};

	allow_exit_only();
	for (int i = 0; i < 1000000; i++)
		if (pnpn_device_report(device, &guid, data, sizeof(data), -1) < 0)
			return 1;
	return 0;
}

static void r13_a_million_reports_to_nobody_make_no_system_call(void **state)
{
	struct manager_process manager;
	struct child child;

	manager_process_init(&manager);
	child_init(&child, run_in_silence, &manager);
	assert_int_equal(child_wait(&child), 0);
	manager_process_deinit(&manager);
}

/* The same with a system call in it: the filter does kill. */
static int run_and_speak(int socket, const void *argument)
{
	allow_exit_only();
	syscall(SYS_getppid);
	return 0;
}

static void the_filter_kills(void **state)
{
	struct child child;

	child_init(&child, run_and_speak, NULL);
	assert_int_equal(child_wait(&child), -SIGSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r13_a_million_reports_to_nobody_make_no_system_call),
		cmocka_unit_test(the_filter_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
