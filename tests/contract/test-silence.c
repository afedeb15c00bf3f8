/* SPDX-License-Identifier: MIT */
/* R13: a report that nobody asked for makes no system call, proved by a filter that kills for one; and the device that
 * nobody asked for costs next to no memory. */
#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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

static struct pnpn_device *make_device(const struct manager_process *manager,
				       struct pnpn_connection **ret_connection)
{
	struct pnpn_device *device;

	if (pnpn_connect(ret_connection, manager->address) < 0 ||
	    pnpn_device_new(*ret_connection, "ROOT\\SILENCE\\0000", &device) < 0 ||
	    pnpn_device_start(device) < 0)
		_exit(98);
	return device;
}

static int run_in_silence(int socket, const void *argument)
{
	struct pnpn_connection *connection;
	struct pnpn_device *device = make_device(argument, &connection);
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

/* What a ring of the manager's has behind it, in bytes. */
static uint64_t ring_memory(pid_t manager)
{
	char folder[64], target[256];
	uint64_t bytes = 0;

	snprintf(folder, sizeof(folder), "/proc/%d/fd", manager);
	DIR *fds = opendir(folder);
	assert_non_null(fds);
	for (struct dirent *entry; (entry = readdir(fds));) {
		struct stat st;
		ssize_t n = readlinkat(dirfd(fds), entry->d_name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strstr(target, "pnpnotify-ring") &&
		    fstatat(dirfd(fds), entry->d_name, &st, 0) == 0 &&
		    (uint64_t)st.st_blocks * 512 > bytes)
			bytes = (uint64_t)st.st_blocks * 512;
	}
	closedir(fds);
	return bytes;
}

static void r13_r8_memory_comes_with_the_first_registration(void **state)
{
	struct manager_process manager;
	struct pnpn_connection *owner, *connection;
	char data[64] = {0};

	manager_process_init(&manager);
	struct pnpn_device *device = make_device(&manager, &owner);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(pnpn_device_report(device, &guid, data, sizeof(data), -1), 0);
	assert_in_range(ring_memory(manager.pid), 1, 32 << 10);
	assert_int_equal(pnpn_connect(&connection, manager.address), 0);
	assert_int_equal(pnpn_register_device(connection, "ROOT\\SILENCE\\0000", 0, NULL, NULL), 0);
	/* Nobody has reported since: it is there before the registration is. */
	assert_true(ring_memory(manager.pid) >= 1 << 20);
	pnpn_disconnect(connection);
	pnpn_disconnect(owner);
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
		cmocka_unit_test(r13_r8_memory_comes_with_the_first_registration),
		cmocka_unit_test(the_filter_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
