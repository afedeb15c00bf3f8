/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool/jobs.h"

/* A file and no pipe: whoever does not read it keeps nobody waiting. Returns a descriptor; an errno. */
static int write_input(const struct pnpn_event_line *line)
{
	int fd = memfd_create("event", MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file) {
		int error = -errno;
		if (fd >= 0)
			close(fd);
		return error;
	}
	pnpn_event_line_write_json(file, line);
	int copy = fflush(file) == 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	int error = -errno;
	fclose(file);
	if (copy >= 0)
		lseek(copy, 0, SEEK_SET);
	return copy < 0 ? error : copy;
}

static void exec_command(const struct pnpn_jobs *jobs, const struct pnpn_event_line *line,
			 int input)
{
	if (dup2(input, STDIN_FILENO) < 0 || pnpn_event_line_set_environment(line) < 0)
		_exit(126);
	execl("/bin/sh", "sh", "-c", jobs->command, NULL);
	_exit(127);
}

int pnpn_jobs_start(struct pnpn_jobs *jobs, const struct pnpn_event_line *line)
{
	struct pnpn_job *job = &jobs->jobs[jobs->n];
	int input = write_input(line);

	if (input < 0)
		return input;
	/* What waits to be written would be written twice. */
	fflush(stdout);
	job->pid = fork();
	if (!job->pid)
		exec_command(jobs, line, input);
	int error = -errno;
	close(input);
	if (job->pid < 0)
		return error;
	job->fd = (int)syscall(SYS_pidfd_open, job->pid, 0);
	snprintf(job->what, sizeof(job->what), "%s #%" PRIu64, line->device, line->sequence);
	jobs->n++;
	return 0;
}

bool pnpn_jobs_have_room(const struct pnpn_jobs *jobs)
{
	return !jobs || jobs->n < jobs->most;
}

bool pnpn_jobs_are_running(const struct pnpn_jobs *jobs)
{
	return jobs && jobs->n;
}

static void say_end(struct pnpn_jobs *jobs, const struct pnpn_job *job, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	jobs->failed = true;
	if (WIFSIGNALED(status))
		fprintf(stderr, "pnpnotify: %s: the command was ended by signal %d\n", job->what,
			WTERMSIG(status));
	else
		fprintf(stderr, "pnpnotify: %s: the command ended with status %d\n", job->what,
			WEXITSTATUS(status));
}

/* Those that ended; without its descriptor one is waited for. */
static void reap(struct pnpn_jobs *jobs)
{
	for (int i = jobs->n - 1; i >= 0; i--) {
		struct pnpn_job *job = &jobs->jobs[i];
		int status;
		if (waitpid(job->pid, &status, job->fd < 0 ? 0 : WNOHANG) != job->pid)
			continue;
		say_end(jobs, job, status);
		if (job->fd >= 0)
			close(job->fd);
		*job = jobs->jobs[--jobs->n];
	}
}

bool pnpn_jobs_wait(struct pnpn_jobs *jobs, int fd, int timeout_ms)
{
	struct pollfd fds[PNPN_JOBS_MAX + 1] = {{.fd = -1}};

	if (!pnpn_jobs_are_running(jobs))
		return true;
	if (pnpn_jobs_have_room(jobs))
		fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	bool watched = true;
	for (int i = 0; i < jobs->n; i++) {
		fds[i + 1] = (struct pollfd){.fd = jobs->jobs[i].fd, .events = POLLIN};
		watched &= jobs->jobs[i].fd >= 0;
	}
	if (watched)
		(void)poll(fds, (nfds_t)jobs->n + 1, timeout_ms);
	reap(jobs);
	return fds[0].revents;
}

bool pnpn_jobs_finish(struct pnpn_jobs *jobs)
{
	while (pnpn_jobs_are_running(jobs))
		(void)pnpn_jobs_wait(jobs, -1, -1);
	return !jobs || !jobs->failed;
}
