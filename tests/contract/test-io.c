/* SPDX-License-Identifier: MIT */
/* Opening and asking, with the native API at both ends: E1, E2, E3, E5. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "native-fixture.h"

#define DEVICE		"ROOT\\IO\\0000"
#define LINK		"\\\\.\\NativeIo"
#define LARGE		(1u << 20)
#define CODE(n, method) (0x220000u | (n) << 2 | (method))
#define ECHO		CODE(0x800, 0) /* the input comes back */
#define FILL		CODE(0x801, 2) /* the output is filled with its code's number */
#define KEEP		CODE(0x802, 0) /* stays until it is cancelled */
#define FAIL		CODE(0x803, 0)
#define INVERT		CODE(0x804, 1) /* the output buffer is input, too */
#define REVERSE		CODE(0x805, 3) /* the output buffer is changed in place */

struct server {
	struct native_fixture *f;
	struct pnpn_device *device;
	pthread_t thread;
	atomic_bool stop;
	atomic_int opened, closed, kept, cancelled;
	atomic_bool refuse;
	char written[64];
};

static void invert(const unsigned char *from, unsigned char *to, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = (unsigned char)~from[i];
}

static void reverse(unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size / 2; i++) {
		unsigned char byte = data[i];
		data[i] = data[size - 1 - i];
		data[size - 1 - i] = byte;
	}
}

static void serve_control(struct server *server, struct pnpn_io *io)
{
	size_t in_size, out_size;
	const void *in = pnpn_io_get_input(io, &in_size);
	void *out = pnpn_io_get_output(io, &out_size);

	switch (pnpn_io_get_code(io)) {
	case ECHO:
		if (in_size && out_size)
			memcpy(out, in, in_size < out_size ? in_size : out_size);
		pnpn_io_complete(io, 0, in_size < out_size ? in_size : out_size);
		break;
	case FILL:
		memset(out, 0x5a, out_size);
		pnpn_io_complete(io, 0, out_size);
		break;
	case KEEP:
		server->kept++;
		break;
	case INVERT:
		invert(out, (unsigned char *)server->written, out_size < 64 ? out_size : 64);
		pnpn_io_complete(io, 0, in_size);
		break;
	case REVERSE:
		reverse(out, out_size);
		pnpn_io_complete(io, 0, 0);
		break;
	default:
		pnpn_io_complete(io, -EBUSY, 0);
	}
}

static void serve(struct server *server, struct pnpn_io *io)
{
	size_t size;

	if (pnpn_io_is_cancelled(io)) {
		server->cancelled++;
		pnpn_io_complete(io, -ECANCELED, 0);
		return;
	}
	switch (pnpn_io_get_kind(io)) {
	case PNPN_IO_OPEN:
		server->opened += !server->refuse;
		strncpy(server->written, pnpn_io_get_input(io, &size), sizeof(server->written) - 1);
		pnpn_io_complete(io, server->refuse ? -EACCES : 0, 0);
		break;
	case PNPN_IO_CLOSE:
		server->closed++;
		pnpn_io_complete(io, 0, 0);
		break;
	case PNPN_IO_READ:
		memset(pnpn_io_get_output(io, &size), (int)pnpn_io_get_offset(io), 3);
		pnpn_io_complete(io, 0, 3);
		break;
	case PNPN_IO_WRITE:
		memcpy(server->written, pnpn_io_get_input(io, &size), 4);
		pnpn_io_complete(io, 0, size);
		break;
	case PNPN_IO_FLUSH:
		pnpn_io_complete(io, 0, 0);
		break;
	case PNPN_IO_CONTROL:
		serve_control(server, io);
		break;
	}
}

static void *server_main(void *argument)
{
	struct server *server = argument;
	struct pnpn_io *io;

	while (!server->stop) {
		(void)pnpn_wait(server->f->driver, 10);
		while (pnpn_next_io(server->f->driver, &io) > 0)
			serve(server, io);
	}
	return NULL;
}

static struct server *server_new(struct native_fixture *f)
{
	struct server *server = calloc(1, sizeof(*server));

	server->f = f;
	assert_int_equal(pnpn_device_new(f->driver, DEVICE, &server->device), 0);
	assert_int_equal(pnpn_device_add_link(server->device, LINK), 0);
	assert_int_equal(pnpn_device_serve(server->device, NULL, NULL), 0);
	assert_int_equal(pnpn_device_start(server->device), 0);
	assert_int_equal(pthread_create(&server->thread, NULL, server_main, server), 0);
	return server;
}

static void server_free(struct server *server)
{
	server->stop = true;
	pthread_join(server->thread, NULL);
	free(server);
}

static void await(const atomic_int *counter, int count)
{
	for (int i = 0; i < PATIENCE_MS && *counter < count; i++)
		(void)poll(NULL, 0, 1);
	assert_int_equal(*counter, count);
}

/* --- opening ------------------------------------------------------------------------------------------ */

static void test_e1_open_and_close_reach_the_owner(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_string_equal(pnpn_handle_get_device(handle), DEVICE);
	assert_int_equal(server->opened, 1);
	pnpn_close(handle);
	assert_int_equal(server->closed, 1);
	/* What stands behind the name is the owner's. */
	assert_int_equal(pnpn_open(f->application, LINK "\\file", &handle), 0);
	assert_string_equal(server->written, "\\file");
	pnpn_close(handle);
	server->refuse = true;
	assert_int_equal(pnpn_open(f->application, LINK, &handle), -EACCES);
	assert_int_equal(pnpn_open(f->application, LINK "X", &handle), -ENOENT);
	assert_int_equal(server->opened, 2);
	/* Holding it is none of the owner's business. */
	assert_int_equal(pnpn_hold(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_handle_flush(handle), -EOPNOTSUPP);
	pnpn_close(handle);
	server_free(server);
}

static void test_e1_a_device_that_serves_nothing_opens_as_before(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_handle *handle;
	char byte;

	native_device(f->driver, DEVICE, NULL);
	assert_int_equal(pnpn_open(f->application, DEVICE, &handle), 0);
	assert_int_equal(pnpn_handle_get_fd(handle), -1);
	assert_int_equal(pnpn_handle_read(handle, &byte, 1, 0, NULL), -EOPNOTSUPP);
	pnpn_close(handle);
}

/* --- asking -------------------------------------------------------------------------------------------- */

static void test_e1_ioctl_by_each_method(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	struct pnpn_handle *handle;
	unsigned char data[8] = {1, 2, 3, 4, 5, 6, 7, 8}, out[8] = {0};
	size_t size = 99;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, data, 5, out, 8, &size), 0);
	assert_int_equal(size, 5);
	assert_memory_equal(out, data, 5);
	assert_int_equal(out[5], 0);
	assert_int_equal(pnpn_handle_ioctl(handle, FILL, NULL, 0, out, 3, &size), 0);
	assert_int_equal(out[2], 0x5a);
	assert_int_equal(out[3], 4);
	assert_int_equal(pnpn_handle_ioctl(handle, INVERT, NULL, 0, data, 8, &size), 0);
	assert_int_equal((unsigned char)server->written[7], 0xf7);
	assert_int_equal(data[7], 8);
	assert_int_equal(pnpn_handle_ioctl(handle, REVERSE, NULL, 0, data, 8, &size), 0);
	assert_int_equal(data[0], 8);
	assert_int_equal(data[7], 1);
	assert_int_equal(pnpn_handle_ioctl(handle, FAIL, data, 8, out, 8, &size), -EBUSY);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, NULL, 0, NULL, 0, &size), 0);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, NULL, 1, NULL, 0, &size), -EINVAL);
	pnpn_close(handle);
	server_free(server);
}

static void test_e1_large_buffers(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	struct pnpn_handle *handle;
	unsigned char *in = malloc(LARGE), *out = calloc(1, LARGE);
	size_t size;

	for (size_t i = 0; i < LARGE; i++)
		in[i] = (unsigned char)(i * 31 >> 8);
	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	for (size_t bytes = 16300; bytes <= LARGE; bytes += bytes / 3) {
		memset(out, 0, LARGE);
		assert_int_equal(pnpn_handle_ioctl(handle, ECHO, in, bytes, out, bytes, &size), 0);
		assert_int_equal(size, bytes);
		assert_memory_equal(in, out, bytes);
	}
	assert_int_equal(pnpn_handle_ioctl(handle, REVERSE, NULL, 0, in, LARGE, &size), 0);
	assert_int_equal(in[0], (unsigned char)((LARGE - 1) * 31 >> 8));
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, in, (64u << 20) + 1, NULL, 0, &size),
			 -EMSGSIZE);
	pnpn_close(handle);
	server_free(server);
	free(in);
	free(out);
}

static void test_e5_read_write_flush(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	struct pnpn_handle *handle;
	char data[5] = "    ";
	size_t size;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_handle_read(handle, data, 4, 'x', &size), 0);
	assert_int_equal(size, 3);
	assert_string_equal(data, "xxx ");
	assert_int_equal(pnpn_handle_write(handle, "word", 4, 0, &size), 0);
	assert_int_equal(size, 4);
	assert_memory_equal(server->written, "word", 4);
	assert_int_equal(pnpn_handle_flush(handle), 0);
	pnpn_close(handle);
	server_free(server);
}

/* --- cancelling ------------------------------------------------------------------------------------------ */

static void take(struct pnpn_handle *handle, struct pnpn_result *ret_result)
{
	struct pollfd answer = {.fd = pnpn_handle_get_fd(handle), .events = POLLIN};

	while (pnpn_handle_take(handle, ret_result, sizeof(*ret_result)) == 0)
		assert_int_equal(poll(&answer, 1, PATIENCE_MS), 1);
}

static void test_e2_what_waits_is_cancelled_by_name_and_at_the_end(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP, .userdata = f};
	struct pnpn_handle *handle;
	struct pnpn_result result;
	uint64_t first, second;
	char byte = 0;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &first), 0);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &second), 0);
	await(&server->kept, 2);
	/* Others are answered meanwhile. */
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, "1", 1, &byte, 1, NULL), 0);
	assert_int_equal(byte, '1');
	assert_int_equal(pnpn_handle_cancel(handle, second), 0);
	take(handle, &result);
	assert_int_equal(result.number, second);
	assert_int_equal(result.error, -ECANCELED);
	assert_ptr_equal(result.userdata, f);
	assert_int_equal(pnpn_handle_cancel(handle, second), -ENOENT);
	/* The end of the handle ends the other one, then the owner hears of the end. */
	pnpn_close(handle);
	await(&server->cancelled, 2);
	await(&server->closed, 1);
	server_free(server);
}

static void test_e2_an_opener_that_dies_is_cancelled_and_closed(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), NULL), 0);
	await(&server->kept, 1);
	f->application = pnpn_disconnect(f->application);
	await(&server->cancelled, 1);
	await(&server->closed, 1);
	server_free(server);
}

static void test_e2_an_owner_that_dies_answers_everything(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};
	struct pnpn_handle *handle;
	struct pnpn_result result;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), NULL), 0);
	await(&server->kept, 1);
	server_free(server);
	f->driver = pnpn_disconnect(f->driver);
	take(handle, &result);
	assert_int_equal(result.error, -ENODEV);
	assert_int_equal(pnpn_handle_take(handle, &result, sizeof(result)), -ENODEV);
	assert_int_equal(pnpn_handle_flush(handle), -ENODEV);
	pnpn_close(handle);
}

static void test_e2_what_is_under_way_has_a_limit(void **state)
{
	struct native_fixture *f = *state;
	struct server *server = server_new(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};
	struct pnpn_handle *handle;
	int n = 0, r;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	while ((r = pnpn_handle_submit(handle, &keep, sizeof(keep), NULL)) == 0)
		await(&server->kept, ++n);
	assert_int_equal(r, -EAGAIN);
	assert_int_equal(n, 256);
	pnpn_close(handle);
	await(&server->cancelled, 256);
	server_free(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_e1_open_and_close_reach_the_owner,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(
			test_e1_a_device_that_serves_nothing_opens_as_before, native_setup,
			native_teardown),
		cmocka_unit_test_setup_teardown(test_e1_ioctl_by_each_method, native_setup,
						native_teardown),
		cmocka_unit_test_setup_teardown(test_e1_large_buffers, native_setup,
						native_teardown),
		cmocka_unit_test_setup_teardown(test_e5_read_write_flush, native_setup,
						native_teardown),
		cmocka_unit_test_setup_teardown(
			test_e2_what_waits_is_cancelled_by_name_and_at_the_end, native_setup,
			native_teardown),
		cmocka_unit_test_setup_teardown(test_e2_an_opener_that_dies_is_cancelled_and_closed,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e2_an_owner_that_dies_answers_everything,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e2_what_is_under_way_has_a_limit, native_setup,
						native_teardown),
	};

	return cmocka_run_group_tests_name("contract-io", tests, NULL, NULL);
}
