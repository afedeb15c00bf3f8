/* SPDX-License-Identifier: MIT */
/* What applications ask reaches drivers as IRPs: E1, E2, E3, E5, D7. The application here is a native one. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "requests-driver.h"
#include "wdm-fixture.h"
#include "wdm/host.h"

#define LINK	    "\\\\.\\Reporter"
#define PATIENCE_MS 60000
#define LARGE	    (1u << 20)

static struct pnpn_handle *open_reporter(struct wdm_fixture *f)
{
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
	return handle;
}

static void await(const atomic_int *counter, int count)
{
	for (int i = 0; i < PATIENCE_MS && *counter < count; i++)
		(void)poll(NULL, 0, 1);
	assert_int_equal(*counter, count);
}

static void take(struct pnpn_handle *handle, struct pnpn_result *ret_result)
{
	struct pollfd answer = {.fd = pnpn_handle_get_fd(handle), .events = POLLIN};

	while (pnpn_handle_take(handle, ret_result, sizeof(*ret_result)) == 0)
		assert_int_equal(poll(&answer, 1, PATIENCE_MS), 1);
}

/* --- opening -------------------------------------------------------------------------------------------------- */

static void test_e1_create_cleanup_close(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open_for(f->application, LINK "\\file", PNPN_ACCESS_READ, &handle),
			 0);
	assert_int_equal(requests.created, 1);
	assert_int_equal(requests.mode, UserMode);
	assert_int_equal(requests.create_access, FILE_READ_DATA);
	assert_int_equal(requests.create_share, FILE_SHARE_READ | FILE_SHARE_WRITE);
	assert_memory_equal(requests.name, L"\\file", sizeof(L"\\file"));
	assert_int_equal(requests.cleaned + requests.closed, 0);
	pnpn_close(handle);
	/* Both are over when the handle is. */
	assert_int_equal(requests.cleaned, 1);
	assert_int_equal(requests.closed, 1);
	assert_ptr_equal(requests.close_context, &requests);
}

static void test_e1_a_driver_refuses(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;

	requests.create_status = STATUS_DEVICE_BUSY;
	assert_int_equal(pnpn_open(f->application, LINK, &handle), -EBUSY);
	requests.create_status = STATUS_ACCESS_DENIED;
	assert_int_equal(pnpn_open(f->application, LINK, &handle), -EACCES);
	reporter_driver->MajorFunction[IRP_MJ_CREATE] =
		reporter_driver->MajorFunction[IRP_MJ_SHUTDOWN];
	assert_int_equal(pnpn_open(f->application, LINK, &handle), -ENOTTY);
	/* What was not opened is not closed. */
	assert_int_equal(requests.cleaned + requests.closed, 0);
}

static void test_e1_an_exclusive_device_is_open_once(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle, *other;

	reporter_fdo->Flags |= DO_EXCLUSIVE;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(pnpn_open(f->application, LINK, &handle), 0);
		assert_int_equal(pnpn_open(f->application, LINK, &other), -EACCES);
		pnpn_close(handle);
	}
	assert_int_equal(requests.created, 20);
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

static void test_e1_ioctl_by_each_method(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	UCHAR data[8] = {1, 2, 3, 4, 5, 6, 7, 8}, out[8] = {0};
	size_t size;

	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, data, 5, out, 8, &size), 0);
	assert_int_equal(size, 5);
	assert_memory_equal(out, data, 5);
	assert_int_equal(pnpn_handle_ioctl(handle, INVERT, NULL, 0, data, 8, &size), 0);
	assert_int_equal(requests.written[7], 0xf7);
	assert_int_equal(pnpn_handle_ioctl(handle, FILL, NULL, 0, out, 8, &size), 0);
	assert_int_equal(out[7], 0x5a);
	assert_int_equal(pnpn_handle_ioctl(handle, REVERSE, data, 8, out, 8, &size), 0);
	assert_int_equal(out[0], 8);
	assert_int_equal(pnpn_handle_ioctl(handle, REQUEST(99, 0, 0), NULL, 0, NULL, 0, NULL),
			 -ENOTTY);
	ULONG process = 0;
	assert_int_equal(pnpn_handle_ioctl(handle, WHOSE, NULL, 0, &process, 4, &size), 0);
	assert_int_equal(process, getpid());
	pnpn_close(handle);
}

static void test_e1_large_buffers_by_each_method(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	UCHAR *in = malloc(LARGE), *out = calloc(1, LARGE);
	size_t size;

	for (size_t i = 0; i < LARGE; i++)
		in[i] = (UCHAR)(i * 7 >> 3);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, in, LARGE, out, LARGE, &size), 0);
	assert_memory_equal(in, out, LARGE);
	assert_int_equal(pnpn_handle_ioctl(handle, INVERT, NULL, 0, in, LARGE, &size), 0);
	assert_int_equal(requests.written[3], (UCHAR)~in[3]);
	assert_int_equal(pnpn_handle_ioctl(handle, FILL, NULL, 0, out, LARGE, &size), 0);
	assert_int_equal(out[0] + out[LARGE - 1], 2 * 0x5a);
	assert_int_equal(pnpn_handle_ioctl(handle, REVERSE, in, LARGE, out, LARGE, &size), 0);
	assert_int_equal(out[1], in[LARGE - 2]);
	pnpn_close(handle);
	free(in);
	free(out);
}

static void test_e1_access_bits_of_a_code(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *reader, *writer;
	char byte;

	assert_int_equal(pnpn_open_for(f->application, LINK, PNPN_ACCESS_READ, &reader), 0);
	assert_int_equal(pnpn_open_for(f->application, LINK, PNPN_ACCESS_WRITE, &writer), 0);
	assert_int_equal(pnpn_handle_ioctl(reader, FOR_READERS, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(pnpn_handle_ioctl(reader, FOR_WRITERS, NULL, 0, NULL, 0, NULL), -EACCES);
	assert_int_equal(pnpn_handle_ioctl(writer, FOR_READERS, NULL, 0, NULL, 0, NULL), -EACCES);
	assert_int_equal(pnpn_handle_ioctl(writer, FOR_WRITERS, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(pnpn_handle_read(writer, &byte, 1, 0, NULL), -EACCES);
	assert_int_equal(pnpn_handle_write(reader, "", 1, 0, NULL), -EACCES);
	pnpn_close(reader);
	pnpn_close(writer);
}

static void test_e5_read_and_write_as_the_device_wants_its_buffers(void **state)
{
	static const ULONG flags[] = {DO_BUFFERED_IO, DO_DIRECT_IO, 0};
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	char *data = malloc(LARGE);
	size_t size;

	for (int i = 0; i < 3; i++) {
		requests_set_flags(flags[i]);
		for (size_t bytes = 3; bytes <= LARGE; bytes = bytes == 3 ? LARGE : LARGE + 1) {
			memset(data, 0, LARGE);
			assert_int_equal(pnpn_handle_read(handle, data, bytes, 77, &size), 0);
			assert_int_equal(size, bytes);
			assert_int_equal(data[bytes - 1], 'r');
			assert_int_equal(requests.offset, 77);
			memcpy(data, "word", 4);
			assert_int_equal(pnpn_handle_write(handle, data, bytes, 0, &size), 0);
			assert_int_equal(size, bytes);
			assert_memory_equal(requests.written, data, 3);
		}
	}
	assert_int_equal(pnpn_handle_flush(handle), -EBUSY);
	pnpn_close(handle);
	free(data);
}

/* --- pending ------------------------------------------------------------------------------------------------------ */

static void test_e2_a_dpc_completes(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	char out[8];
	size_t size;

	assert_int_equal(pnpn_handle_ioctl(handle, LATER, NULL, 0, out, 8, &size), 0);
	assert_int_equal(size, 4);
	assert_string_equal(out, "dpc");
	pnpn_close(handle);
}

static void test_e2_cancelled_by_name_and_by_the_end_of_the_handle(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};
	struct pnpn_result result;
	uint64_t first, second;

	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &first), 0);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &second), 0);
	await(&requests.kept, 2);
	assert_int_equal(pnpn_handle_cancel(handle, first), 0);
	take(handle, &result);
	assert_int_equal(result.number, first);
	assert_int_equal(result.status, STATUS_CANCELLED);
	assert_int_equal(result.error, -ECANCELED);
	pnpn_close(handle);
	await(&requests.closed, 1);
	assert_int_equal(requests.cancelled, 2);
	/* One that the driver takes out is completed, not cancelled. */
	handle = open_reporter(f);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &first), 0);
	await(&requests.kept, 3);
	assert_true(requests_complete());
	assert_false(requests_complete());
	take(handle, &result);
	assert_int_equal(result.error, 0);
	assert_int_equal(pnpn_handle_cancel(handle, first), -ENOENT);
	pnpn_close(handle);
	assert_int_equal(requests.cancelled, 2);
}

static void test_e2_an_application_that_dies_is_cancelled_cleaned_and_closed(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_connection *other;
	struct pnpn_handle *handle;
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};

	assert_int_equal(pnpn_connect(&other, f->address), 0);
	assert_int_equal(pnpn_open(other, LINK, &handle), 0);
	for (int i = 1; i <= 10; i++) {
		assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), NULL), 0);
		await(&requests.kept, i);
	}
	pnpn_disconnect(other);
	await(&requests.closed, 1);
	assert_int_equal(requests.cancelled, 10);
	assert_int_equal(requests.cleaned, 1);
}

/* As many large ones as small ones may be under way. */
static void test_e2_a_hundred_large_requests_are_under_way_at_once(void **state)
{
	enum { SIZE = 40 << 10, COUNT = 100 };
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	char *data = calloc(COUNT, SIZE);
	struct pnpn_result result;

	for (int i = 0; i < COUNT; i++) {
		char *part = data + (size_t)i * SIZE;
		memset(part, 'a' + i % 26, SIZE);
		const struct pnpn_transfer echo = {.kind = PNPN_IO_CONTROL,
						   .code = ECHO,
						   .in = part,
						   .in_size = SIZE,
						   .out = part,
						   .out_size = SIZE};
		assert_int_equal(pnpn_handle_submit(handle, &echo, sizeof(echo), NULL), 0);
	}
	for (int i = 0; i < COUNT; i++) {
		take(handle, &result);
		assert_int_equal(result.error, 0);
		assert_int_equal(result.size, SIZE);
	}
	assert_int_equal(data[(size_t)COUNT * SIZE - 1], 'a' + (COUNT - 1) % 26);
	free(data);
	pnpn_close(handle);
}

/* On Windows that other request would come in another thread. */
static void test_e2_a_routine_that_waits_lets_the_next_request_in(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	const struct pnpn_transfer wait = {.kind = PNPN_IO_CONTROL, .code = WAIT};
	struct pnpn_result result;

	for (int i = 0; i < 20; i++)
		assert_int_equal(pnpn_handle_submit(handle, &wait, sizeof(wait), NULL), 0);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(pnpn_handle_ioctl(handle, RELEASE, NULL, 0, NULL, 0, NULL), 0);
		take(handle, &result);
		assert_int_equal(result.error, 0);
	}
	pnpn_close(handle);
}

static void test_d7_e2_the_end_of_the_host_cancels_and_closes(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KEEP};
	struct pnpn_result result;

	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), NULL), 0);
	await(&requests.kept, 1);
	pnpn_host_stop();
	assert_int_equal(requests.cancelled, 1);
	assert_int_equal(requests.cleaned, 1);
	assert_int_equal(requests.closed, 1);
	take(handle, &result);
	assert_int_not_equal(result.error, 0);
	assert_int_equal(pnpn_handle_flush(handle), -ENODEV);
	pnpn_close(handle);
}

/* IRP_MN_REMOVE_DEVICE waits for the file; what is asked until then reaches the driver. */
static void test_d7_a_device_that_is_gone_answers_until_its_file_is_closed(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	char out[4];

	assert_int_equal(pnpn_host_remove_device(REPORTER_ID), 0);
	assert_non_null(reporter_fdo);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, "gone", 4, out, 4, NULL), 0);
	pnpn_close(handle);
	for (int i = 0; i < PATIENCE_MS && __atomic_load_n(&reporter_fdo, __ATOMIC_ACQUIRE); i++)
		(void)poll(NULL, 0, 1);
	assert_null(__atomic_load_n(&reporter_fdo, __ATOMIC_ACQUIRE));
	assert_int_equal(requests.closed, 1);
}

/* --- shared events, other drivers ----------------------------------------------------------------------------------- */

static void test_e3_a_driver_signals_an_event_from_a_dpc(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_reporter(f);
	uint64_t number, none = 0x1234;
	int fd;
	char byte;

	assert_int_equal(pnpn_handle_share_event(handle, &fd, &number), 0);
	struct pollfd event = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&event, 1, 0), 0);
	assert_int_equal(pnpn_handle_ioctl(handle, TAKE_EVENT, &number, 8, NULL, 0, NULL), 0);
	assert_int_equal(poll(&event, 1, PATIENCE_MS), 1);
	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	assert_int_equal(byte, 1);
	requests_drop_event();
	assert_int_equal(recv(fd, &byte, 1, 0), 1);
	assert_int_equal(byte, 0);
	assert_int_equal(pnpn_handle_ioctl(handle, TAKE_EVENT, &none, 8, NULL, 0, NULL), -EBADF);
	close(fd);
	pnpn_close(handle);
}

static void test_e1_one_driver_asks_another(void **state)
{
	static const ULONG codes[] = {ECHO, FILL};
	UCHAR out[8] = {0};
	IO_STATUS_BLOCK result;
	KEVENT done;
	PFILE_OBJECT file = reporter_open();

	for (int i = 0; i < 2; i++) {
		KeInitializeEvent(&done, NotificationEvent, FALSE);
		PIRP irp = IoBuildDeviceIoControlRequest(codes[i], IoGetRelatedDeviceObject(file),
							 "driver", 6, out, 8, FALSE, &done,
							 &result);
		assert_non_null(irp);
		if (IoCallDriver(IoGetRelatedDeviceObject(file), irp) == STATUS_PENDING)
			event_wait(&done);
		assert_int_equal(result.Status, STATUS_SUCCESS);
		assert_int_equal(result.Information, i ? 8 : 6);
		assert_memory_equal(out, i ? "ZZZZZZZZ" : "driver", i ? 8 : 6);
	}
	LARGE_INTEGER offset = {.QuadPart = 5};
	requests_set_flags(DO_BUFFERED_IO);
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	PIRP irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, IoGetRelatedDeviceObject(file), out, 8,
						&offset, &done, &result);
	assert_int_equal(IoCallDriver(IoGetRelatedDeviceObject(file), irp), STATUS_SUCCESS);
	event_wait(&done);
	assert_memory_equal(out, "rrrrrrrr", 8);
	assert_int_equal(requests.offset, 5);
	ObDereferenceObject(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, requests_setup, requests_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_e1_create_cleanup_close),
		TEST(test_e1_a_driver_refuses),
		TEST(test_e1_an_exclusive_device_is_open_once),
		TEST(test_e1_ioctl_by_each_method),
		TEST(test_e1_large_buffers_by_each_method),
		TEST(test_e1_access_bits_of_a_code),
		TEST(test_e5_read_and_write_as_the_device_wants_its_buffers),
		TEST(test_e2_a_dpc_completes),
		TEST(test_e2_cancelled_by_name_and_by_the_end_of_the_handle),
		TEST(test_e2_an_application_that_dies_is_cancelled_cleaned_and_closed),
		TEST(test_e2_a_hundred_large_requests_are_under_way_at_once),
		TEST(test_e2_a_routine_that_waits_lets_the_next_request_in),
		TEST(test_d7_e2_the_end_of_the_host_cancels_and_closes),
		TEST(test_d7_a_device_that_is_gone_answers_until_its_file_is_closed),
		TEST(test_e3_a_driver_signals_an_event_from_a_dpc),
		TEST(test_e1_one_driver_asks_another),
	};

	return cmocka_run_group_tests_name("contract-io-driver", tests, NULL, NULL);
}
