/* SPDX-License-Identifier: MIT */
/* What opening and asking take, at both ends in one process, fails in turn: a refused call, or the file's end, and the
 * next one works; nothing aborts, crashes or hangs (V2, E1, E2). */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include "failing-in-turn.h"

#define LINK  "\\\\.\\IoMemory"
#define LARGE (6u << 20) /* memory of its own, and not kept */
#define ECHO  0x222000u
#define KEEP  0x222004u /* until it is cancelled */

struct pair {
	struct pnpn_connection *driver, *application;
	pthread_t thread;
	atomic_bool over;
};

/* --- the owner ------------------------------------------------------------------------------------ */

static void serve(struct pnpn_io *io)
{
	size_t in_size, out_size;
	const void *in = pnpn_io_get_input(io, &in_size);
	void *out = pnpn_io_get_output(io, &out_size);

	if (pnpn_io_is_cancelled(io)) {
		pnpn_io_complete(io, -ECANCELED, 0);
	} else if (pnpn_io_get_kind(io) != PNPN_IO_CONTROL) {
		pnpn_io_complete(io, 0, pnpn_io_get_kind(io) == PNPN_IO_WRITE ? in_size : 0);
	} else if (pnpn_io_get_code(io) == ECHO) {
		memcpy(out, in, in_size < out_size ? in_size : out_size);
		pnpn_io_complete(io, 0, in_size < out_size ? in_size : out_size);
	}
}

static void *serve_all(void *argument)
{
	struct pair *pair = argument;
	struct pnpn_io *io;

	while (!pair->over && pnpn_wait(pair->driver, 5) >= 0)
		while (pnpn_next_io(pair->driver, &io) > 0)
			serve(io);
	return NULL;
}

/* --- the application ------------------------------------------------------------------------------ */

static int echo(struct pnpn_handle *handle, size_t bytes)
{
	static unsigned char in[LARGE], out[LARGE];
	size_t size;

	memset(in, (int)bytes, bytes);
	memset(out, 0, bytes);
	int r = pnpn_handle_ioctl(handle, ECHO, in, bytes, out, bytes, &size);
	if (r >= 0 && (size != bytes || memcmp(in, out, bytes) != 0))
		return -EBADMSG;
	return r;
}

static int cancel(struct pnpn_handle *handle)
{
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};
	struct pollfd answer = {.fd = pnpn_handle_get_fd(handle), .events = POLLIN};
	struct pnpn_result result;
	uint64_t number;
	int r = pnpn_handle_submit(handle, &keep, sizeof(keep), &number);

	if (r < 0)
		return r;
	(void)pnpn_handle_cancel(handle, number);
	while ((r = pnpn_handle_take(handle, &result, sizeof(result))) == 0)
		(void)poll(&answer, 1, -1);
	return r < 0 || result.error == -ECANCELED ? r : result.error;
}

/* Whether that says what it is. */
static bool is_clear(int r)
{
	static const int errors[] = {ENOMEM, EMFILE, EDQUOT,	 ENOTCONN, EPIPE,
				     ENODEV, ENOENT, ECONNRESET, ENOSPC};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (r == -errors[i])
			return true;
	return r >= 0;
}

/* Returns 0; what one of the calls returned that is not accepted. */
static int use(struct pnpn_connection *application, bool (*accept)(int r))
{
	struct pnpn_handle *handle = NULL;
	char data[4] = "";
	int results[8] = {pnpn_open(application, LINK, &handle)}, n = 1;

	if (handle) {
		results[n++] = echo(handle, 100);
		results[n++] = echo(handle, 100000);
		results[n++] = echo(handle, LARGE);
		results[n++] = pnpn_handle_read(handle, data, 4, 0, NULL);
		results[n++] = pnpn_handle_write(handle, data, 4, 0, NULL);
		results[n++] = cancel(handle);
		/* What was refused left the file as it was. */
		results[n++] = echo(handle, LARGE);
		pnpn_close(handle);
	}
	for (int i = 0; i < n; i++)
		if (!accept(results[i]))
			return results[i];
	return 0;
}

static bool is_done(int r)
{
	return r >= 0;
}

/* Whoever could not be answered is disconnected, and knows it. */
static bool is_connected(const struct pair *pair)
{
	return pnpn_connection_get_error(pair->driver) >= 0 &&
	       pnpn_connection_get_error(pair->application) >= 0;
}

static int run_pair(int socket, const void *argument)
{
	const struct failing_run *run = argument;
	struct pair pair = {0};
	struct pnpn_device *device;

	alarm(FAILING_PATIENCE_SECONDS);
	failing_use(run->failing);
	failing_set(run->failing, 0);
	if (pnpn_connect(&pair.driver, run->address) < 0 ||
	    pnpn_connect(&pair.application, run->address) < 0 ||
	    pnpn_device_new(pair.driver, "ROOT\\IO\\0000", &device) < 0 ||
	    pnpn_device_add_link(device, LINK) < 0 || pnpn_device_serve(device, NULL, NULL) < 0 ||
	    pnpn_device_start(device) < 0 ||
	    pthread_create(&pair.thread, NULL, serve_all, &pair) != 0)
		return 1;
	failing_set(run->failing, run->at);
	int r = use(pair.application, is_clear);
	if (r >= 0)
		r = use(pair.application, is_clear);
	uint64_t made = failing_stop(run->failing);
	int after = use(pair.application, is_done);
	pair.over = true;
	pthread_join(pair.thread, NULL);
	if (r >= 0 && is_connected(&pair))
		r = after;
	if (r < 0)
		fprintf(stderr, "%s\n", strerror(-r));
	pnpn_disconnect(pair.application);
	pnpn_disconnect(pair.driver);
	__atomic_store_n(&run->failing->made, made, __ATOMIC_SEQ_CST);
	return r != 0;
}

static void v2_e1_e2_what_opening_and_asking_take_fails_in_turn(void **state)
{
	failing_in_turn(run_pair, FAILING_KEPT_ANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v2_e1_e2_what_opening_and_asking_take_fails_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
