/* SPDX-License-Identifier: MIT */
/*
 * bench-request: an empty IOCTL to a driver in another process and back, against a bare message of its size over the
 * same kind of socket; and 1 MiB by METHOD_OUT_DIRECT against a memset() and a memcpy() of 1 MiB, which is what driver and
 * library must do at least. In turn, in one run. Read the ratios: the absolute numbers are the machine's.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <pnpnotify.h>
#include <pnpnotify/manager.h>

#include "core/io-protocol.h"
#include "request-driver.h"

#define TURNS  5
#define ROUNDS 4000
#define LARGE  (1u << 20)

static double samples[4][TURNS];

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, TURNS, sizeof(*values), compare);
	return values[TURNS / 2];
}

/* --- the other processes ---------------------------------------------------------------------------------- */

static void serve_bare(int socket)
{
	struct pnpn_io_request request;
	struct pnpn_io_answer answer = {.kind = PNPN_IO_ANSWER};

	while (recv(socket, &request, sizeof(request), 0) > 0)
		(void)send(socket, &answer, sizeof(answer), 0);
	_exit(0);
}

static int start_bare(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		die("socketpair");
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		close(fds[1]);
		serve_bare(fds[0]);
	}
	close(fds[0]);
	return fds[1];
}

/* Before there are threads. It waits for the manager, which comes next. */
static pid_t start_driver(const char *address, const char *socket)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	while (access(socket, F_OK) < 0)
		usleep(1000);
	_exit(request_driver_run(address) < 0);
}

static struct pnpn_handle *open_driver(const char *address)
{
	struct pnpn_connection *connection;
	struct pnpn_handle *handle;
	int r = pnpn_connect(&connection, address);

	while (r >= 0 && (r = pnpn_open(connection, REQUEST_LINK, &handle)) == -ENOENT) {
		usleep(1000);
		r = 0;
	}
	if (r < 0) {
		fprintf(stderr, "bench-request: %s\n", strerror(-r));
		exit(1);
	}
	return handle;
}

/* --- what is measured ---------------------------------------------------------------------------------------- */

static double bare_us(int socket)
{
	struct pnpn_io_request request = {.kind = PNPN_IO_CONTROL};
	struct pnpn_io_answer answer;
	uint64_t begin = now_ns();

	for (int i = 0; i < ROUNDS; i++)
		if (send(socket, &request, sizeof(request), 0) < 0 ||
		    recv(socket, &answer, sizeof(answer), 0) <= 0)
			die("socket");
	return (double)(now_ns() - begin) / ROUNDS / 1000;
}

static double request_us(struct pnpn_handle *handle, uint32_t code, void *out, size_t size,
			 int rounds)
{
	uint64_t begin = now_ns();

	for (int i = 0; i < rounds; i++)
		if (pnpn_handle_ioctl(handle, code, NULL, 0, out, size, NULL) < 0)
			die("ioctl");
	return (double)(now_ns() - begin) / rounds / 1000;
}

static double copy_us(void *to, void *from)
{
	int rounds = ROUNDS / 20;
	uint64_t begin = now_ns();

	for (int i = 0; i < rounds; i++) {
		memset(from, i, LARGE);
		__asm__ volatile("" ::"r"(from) : "memory");
		memcpy(to, from, LARGE);
		__asm__ volatile("" ::"r"(to) : "memory");
	}
	return (double)(now_ns() - begin) / rounds / 1000;
}

static void measure(struct pnpn_handle *handle, int bare)
{
	char *out = malloc(LARGE), *other = malloc(LARGE);

	if (!out || !other)
		die("memory");
	for (int turn = 0; turn < TURNS; turn++) {
		samples[0][turn] = bare_us(bare);
		samples[1][turn] = request_us(handle, REQUEST_EMPTY, NULL, 0, ROUNDS);
		samples[2][turn] = copy_us(out, other);
		samples[3][turn] = request_us(handle, REQUEST_FILL, out, LARGE, ROUNDS / 20);
	}
	free(out);
	free(other);
}

int main(void)
{
	char folder[] = "/tmp/pnpn-bench-XXXXXX", address[64], path[48];
	struct pnpn_manager *manager;

	if (!mkdtemp(folder))
		die("mkdtemp");
	snprintf(path, sizeof(path), "%s/socket", folder);
	snprintf(address, sizeof(address), "unix:path=%s", path);
	pid_t driver = start_driver(address, path);
	int bare = start_bare();
	if (pnpn_manager_start(&manager, address, 0) < 0)
		die("manager");
	struct pnpn_handle *handle = open_driver(address);
	measure(handle, bare);
	double message = median(samples[0]), empty = median(samples[1]);
	double copy = median(samples[2]), large = median(samples[3]);
	printf("a bare message there and back  %8.1f us\n", message);
	printf("an empty IOCTL there and back  %8.1f us   %.2f of it\n", empty, empty / message);
	printf("1 MiB filled and copied        %8.1f us\n", copy);
	printf("1 MiB by METHOD_OUT_DIRECT     %8.1f us   %.2f of it\n", large, large / copy);
	/* The host waits for who has its device open. */
	pnpn_close(handle);
	kill(driver, SIGTERM);
	waitpid(driver, NULL, 0);
	pnpn_manager_stop(manager);
	unlink(path);
	rmdir(folder);
	return 0;
}
