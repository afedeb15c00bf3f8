/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
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

#include "failing-manager.h"
#include "patience.h"

void failing_manager_init(struct failing_manager *manager)
{
	*manager = (struct failing_manager){0};
	manager->failing = failing_new(&manager->failing_fd);
	strcpy(manager->folder, "/tmp/pnpn-memory-XXXXXX");
	assert_non_null(mkdtemp(manager->folder));
	snprintf(manager->socket, sizeof(manager->socket), "%s/socket", manager->folder);
	snprintf(manager->address, sizeof(manager->address), "unix:path=%s", manager->socket);
	snprintf(manager->messages, sizeof(manager->messages), "%s/messages", manager->folder);
}

void failing_manager_deinit(struct failing_manager *manager)
{
	unlink(manager->socket);
	unlink(manager->messages);
	rmdir(manager->folder);
	munmap(manager->failing, sizeof(*manager->failing));
	close(manager->failing_fd);
}

/* --- its life ------------------------------------------------------------------------------------- */

static void exec_manager(const struct failing_manager *manager)
{
	int messages = open(manager->messages, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *arguments[5] = {"pnpnotifyd"};
	int n = 1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(messages, STDERR_FILENO);
	failing_preload(manager->failing_fd);
	if (!manager->has_linux)
		arguments[n++] = "--no-linux";
	if (!manager->on_bus) {
		arguments[n++] = "--address";
		arguments[n++] = manager->address;
	}
	execv(PNPNOTIFYD, (char *const *)(uintptr_t)arguments);
	_exit(127);
}

static bool has_ended(struct failing_manager *manager, int *ret_status)
{
	return waitpid(manager->pid, ret_status, WNOHANG) == manager->pid;
}

struct pnpn_connection *failing_manager_connect(const struct failing_manager *manager)
{
	struct pnpn_connection *connection;

	return pnpn_connect(&connection, manager->on_bus ? NULL : manager->address) < 0
		       ? NULL
		       : connection;
}

bool failing_manager_start(struct failing_manager *manager)
{
	int status;

	manager->pid = fork();
	assert_true(manager->pid >= 0);
	if (!manager->pid)
		exec_manager(manager);
	for (;;) {
		struct pnpn_connection *connection = failing_manager_connect(manager);
		pnpn_disconnect(connection);
		if (connection)
			return true;
		if (has_ended(manager, &status))
			break;
		usleep(1000);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		fail_msg("ended with %#x", status);
	FILE *file = fopen(manager->messages, "re");
	assert_non_null(file);
	assert_int_equal(fgetc(file), 'p');
	fclose(file);
	return false;
}

void failing_manager_stop(struct failing_manager *manager)
{
	int status;

	kill(manager->pid, SIGTERM);
	assert_int_equal(waitpid(manager->pid, &status, 0), manager->pid);
	if (status)
		fail_msg("ended with %#x", status);
}

void failing_manager_expect_there(struct failing_manager *manager, uint64_t at)
{
	int status;

	if (has_ended(manager, &status))
		fail_msg("%lu: it ended with %#x", at, status);
}

/* --- what is left --------------------------------------------------------------------------------- */

int64_t failing_manager_count_descriptors(const struct failing_manager *manager)
{
	char path[64];
	int64_t count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", manager->pid);
	DIR *folder = opendir(path);
	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

int64_t failing_manager_count_live(const struct failing_manager *manager)
{
	return __atomic_load_n(&manager->failing->live, __ATOMIC_SEQ_CST);
}

void failing_manager_expect_left(const struct failing_manager *manager, int64_t live,
				 int64_t descriptors, uint64_t at)
{
	for (int i = 0; i < PATIENCE_MS; i++) {
		if (failing_manager_count_live(manager) <= live &&
		    failing_manager_count_descriptors(manager) <= descriptors)
			return;
		usleep(1000);
	}
	fail_msg("%lu: %ld allocations and %ld descriptors are left, not %ld and %ld", at,
		 failing_manager_count_live(manager), failing_manager_count_descriptors(manager),
		 live, descriptors);
}
