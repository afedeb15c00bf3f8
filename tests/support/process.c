/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "process.h"

/* In a child there is no test to fail: it ends. */
static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%d: %s: %s\n", getpid(), what, strerror(errno));
	abort();
}

static void exec_manager(const struct manager_process *manager, const char *notify)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("NOTIFY_SOCKET", notify, 1);
	execl(PNPNOTIFYD, "pnpnotifyd", "--no-linux", "--query-timeout", manager->query_timeout,
	      "--address", manager->address, NULL);
	_exit(127);
}

/* pnpnotifyd says READY=1 as it would to systemd. */
void manager_process_start(struct manager_process *manager)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	char message[256] = "";

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/notify", manager->folder);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	require(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0, "notify socket");
	manager->pid = fork();
	require(manager->pid >= 0, "fork");
	if (!manager->pid)
		exec_manager(manager, name.sun_path);
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	require(poll(&poll_fd, 1, PATIENCE_MS) == 1, "pnpnotifyd did not get ready");
	require(recv(fd, message, sizeof(message) - 1, 0) > 0 && strstr(message, "READY=1"),
		"what pnpnotifyd said was not READY=1");
	close(fd);
	unlink(name.sun_path);
}

void manager_process_init(struct manager_process *manager)
{
	manager_process_init_impatient(manager, "30");
}

void manager_process_init_impatient(struct manager_process *manager, const char *query_timeout)
{
	manager->query_timeout = query_timeout;
	strcpy(manager->folder, "/tmp/pnpn-test-XXXXXX");
	require(mkdtemp(manager->folder), "mkdtemp");
	snprintf(manager->address, sizeof(manager->address), "unix:path=%s/socket",
		 manager->folder);
	manager_process_start(manager);
}

void manager_process_kill(struct manager_process *manager)
{
	kill(manager->pid, SIGKILL);
	waitpid(manager->pid, NULL, 0);
}

void manager_process_deinit(struct manager_process *manager)
{
	char path[128];
	int status;

	kill(manager->pid, SIGTERM);
	require(waitpid(manager->pid, &status, 0) == manager->pid, "waitpid");
	snprintf(path, sizeof(path), "%s/socket", manager->folder);
	unlink(path);
	rmdir(manager->folder);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void child_init(struct child *child, int (*run)(int socket, const void *argument),
		const void *argument)
{
	int sockets[2];

	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0, "socketpair");
	child->pid = fork();
	require(child->pid >= 0, "fork");
	if (!child->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(sockets[0]);
		_exit(run(sockets[1], argument));
	}
	close(sockets[1]);
	child->socket = sockets[0];
}

void step_send(int socket, char step)
{
	require(send(socket, &step, 1, MSG_NOSIGNAL) == 1, "the other side is gone");
}

void step_expect(int socket, char step)
{
	struct pollfd poll_fd = {.fd = socket, .events = POLLIN};
	char got = 0;

	require(poll(&poll_fd, 1, PATIENCE_MS) == 1, "the other side does not answer");
	require(recv(socket, &got, 1, 0) == 1, "the other side ended");
	require(got == step, "another step was expected");
}

int child_wait(struct child *child)
{
	int status = 0;

	require(waitpid(child->pid, &status, 0) == child->pid, "waitpid");
	close(child->socket);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void child_kill(struct child *child)
{
	kill(child->pid, SIGKILL);
	(void)child_wait(child);
}

void child_wait_stopped(const struct child *child)
{
	siginfo_t info;

	require(waitid(P_PID, (id_t)child->pid, &info, WSTOPPED | WNOWAIT) == 0, "waitid");
}
