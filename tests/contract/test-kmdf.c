/* SPDX-License-Identifier: MIT */
/* Drivers of the framework's, asked by a native application: what they report (R1), hear (D5, D7) and answer (E1, E2, E5). */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "wdm-fixture.h"
#include "kmdf-driver.h"
#include "wdm/host.h"
#include "../support/waiting.h"

static int add_kmdf(void)
{
	static const char *const devices[] = {KMDF_ID};
	struct pnpn_host_driver driver = {.path = "kmdf",
					  .entry = (void (*)(void))kmdf_entry,
					  .devices = devices,
					  .n_devices = 1};

	return pnpn_host_add_driver(&driver);
}

static int kmdf_setup(void **state)
{
	kmdf_query_remove = kmdf_d0_entry = STATUS_SUCCESS;
	return wdm_setup(state) ? -1 : add_kmdf();
}

static struct pnpn_handle *open_kmdf(struct wdm_fixture *f)
{
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, KMDF_LINK, &handle), 0);
	return handle;
}

static void await(const atomic_int *counter, int count)
{
	for (int i = 0; i < PATIENCE_MS && *counter < count; i++)
		(void)poll(NULL, 0, 1);
	assert_int_equal(*counter, count);
}

static void await_told(const char *expected)
{
	char told[256] = "";

	for (int i = 0; i < PATIENCE_MS && strcmp(told, expected); i++) {
		(void)poll(NULL, 0, 1);
		kmdf_get_told(told, sizeof(told));
	}
	assert_string_equal(told, expected);
}

static void take(struct pnpn_handle *handle, struct pnpn_result *ret_result)
{
	struct pollfd answer = {.fd = pnpn_handle_get_fd(handle), .events = POLLIN};

	while (pnpn_handle_take(handle, ret_result, sizeof(*ret_result)) == 0)
		assert_int_equal(poll(&answer, 1, PATIENCE_MS), 1);
}

/* --- what it reports --------------------------------------------------------------------------------- */

static void test_r1_a_framework_driver_reports_on_its_physical_device(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);
	const struct pnpn_event *event;
	size_t size;

	assert_int_equal(pnpn_register_device(f->application, KMDF_ID, 0, NULL, NULL), 0);
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_REPORT, "Hello!", 7, NULL, 0, NULL), 0);
	event = wait_for_event(f->application);
	assert_int_equal(pnpn_event_get_kind(event), PNPN_EVENT_CUSTOM);
	assert_string_equal(pnpn_event_get_data(event, &size), "Hello!");
	assert_string_equal(pnpn_event_get_device(event), KMDF_ID);
	pnpn_close(handle);
}

/* --- its life ------------------------------------------------------------------------------------------ */

static void test_d5_a_removal_in_order_is_heard_in_the_documented_order(void **state)
{
	struct wdm_fixture *f = *state;

	await_told("pdi");
	kmdf_query_remove = STATUS_DEVICE_BUSY;
	assert_int_equal(pnpn_remove(f->application, KMDF_ID, 0, NULL, 0), 1);
	await_told("pdiq");
	kmdf_query_remove = STATUS_SUCCESS;
	assert_int_equal(pnpn_remove(f->application, KMDF_ID, 0, NULL, 0), 0);
	await_told("pdiqqsxrfcCD");
	pnpn_host_stop();
	await_told("pdiqqsxrfcCDU");
}

static void test_d7_a_surprise_is_heard_once_and_the_rest_when_the_last_file_is_closed(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);

	assert_int_equal(pnpn_host_remove_device(KMDF_ID), 0);
	await_told("pdiusxrf");
	pnpn_close(handle);
	await_told("pdiusxrfcCD");
}

static void test_d1_a_device_that_gets_no_power_does_not_start(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;

	kmdf_d0_entry = STATUS_NO_SUCH_DEVICE;
	assert_true(add_kmdf() < 0);
	/* What was prepared is released, without power in between. */
	await_told("pdrCDU");
	assert_int_equal(pnpn_open(f->application, KMDF_LINK, &handle), -ENOENT);
}

/* --- files and requests -------------------------------------------------------------------------------- */

static void test_e1_files_are_created_cleaned_and_closed(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f), *refused;

	assert_int_equal(kmdf_opened, 1);
	assert_int_equal(pnpn_open(f->application, KMDF_LINK "\\refused", &refused), -EBUSY);
	pnpn_close(handle);
	assert_int_equal(kmdf_cleaned, 1);
	assert_int_equal(kmdf_closed, 1);
}

static void test_e1_requests_by_each_method(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);
	char in[4] = "abc", out[8] = "", read[16];
	size_t size;

	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_ECHO, in, 4, out, 8, &size), 0);
	assert_int_equal(size, 4);
	assert_string_equal(out, "abc");
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_FILL, NULL, 0, out, 8, &size), 0);
	assert_int_equal(size, 8);
	assert_int_equal(out[7], 0x5a);
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_NEITHER, in, 3, out, 3, &size), 0);
	assert_memory_equal(out, "cba", 3);
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_NOTHING, NULL, 0, NULL, 0, NULL), -ENOTTY);
	/* Less room than it says that it wants. */
	assert_int_not_equal(pnpn_handle_ioctl(handle, KMDF_ECHO, in, 4, out, 2, &size), 0);
	assert_int_equal(pnpn_handle_read(handle, read, sizeof(read), 0, &size), 0);
	assert_int_equal(size, sizeof(read));
	assert_int_equal(read[15], 'r');
	/* No callback takes it: writes go to the default queue, which has none for them. */
	assert_int_equal(pnpn_handle_write(handle, in, 4, 0, &size), -ENOTTY);
	/* What is empty is not handed out. */
	assert_int_equal(pnpn_handle_read(handle, read, 0, 0, &size), 0);
	pnpn_close(handle);
}

static void test_e2_a_timer_a_dpc_and_a_work_item_complete(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);
	char out[8];
	size_t size;

	for (int i = 0; i < 20; i++) {
		memset(out, 0, sizeof(out));
		assert_int_equal(pnpn_handle_ioctl(handle, KMDF_LATER, NULL, 0, out, 8, &size), 0);
		assert_string_equal(out, "later");
	}
	pnpn_close(handle);
}

static void test_e2_what_is_cancelable_is_cancelled_or_completed_once(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KMDF_KEEP};
	struct pnpn_result result;
	uint64_t number;

	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &number), 0);
	await(&kmdf_kept, 1);
	assert_int_equal(pnpn_handle_cancel(handle, number), 0);
	take(handle, &result);
	assert_int_equal(result.error, -ECANCELED);
	assert_int_equal(kmdf_cancelled, 1);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &number), 0);
	await(&kmdf_kept, 2);
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_RELEASE, NULL, 0, NULL, 0, NULL), 0);
	take(handle, &result);
	assert_int_equal(result.error, 0);
	/* The end of the handle cancels what is under way. */
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), &number), 0);
	await(&kmdf_kept, 3);
	pnpn_close(handle);
	await(&kmdf_closed, 1);
	assert_int_equal(kmdf_cancelled, 2);
}

static void test_e2_a_manual_queue_keeps_the_order_and_lets_go_of_what_is_cancelled(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);
	const struct pnpn_transfer park = {.kind = PNPN_IO_CONTROL, .code = KMDF_PARK};
	struct pnpn_result result;
	uint64_t numbers[3];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(pnpn_handle_submit(handle, &park, sizeof(park), &numbers[i]), 0);
		await(&kmdf_parked, i + 1);
	}
	assert_int_equal(pnpn_handle_cancel(handle, numbers[0]), 0);
	take(handle, &result);
	assert_int_equal(result.number, numbers[0]);
	assert_int_equal(result.error, -ECANCELED);
	for (int i = 1; i < 3; i++) {
		assert_int_equal(pnpn_handle_ioctl(handle, KMDF_UNPARK, NULL, 0, NULL, 0, NULL), 0);
		take(handle, &result);
		assert_int_equal(result.number, numbers[i]);
		assert_int_equal(result.error, 0);
	}
	assert_int_not_equal(pnpn_handle_ioctl(handle, KMDF_UNPARK, NULL, 0, NULL, 0, NULL), 0);
	pnpn_close(handle);
}

static void test_d7_a_surprise_ends_what_is_kept_and_parked(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle = open_kmdf(f);
	const struct pnpn_transfer park = {.kind = PNPN_IO_CONTROL, .code = KMDF_PARK};
	const struct pnpn_transfer keep = {.kind = PNPN_IO_CONTROL, .code = KMDF_KEEP};
	struct pnpn_result result;

	assert_int_equal(pnpn_handle_submit(handle, &park, sizeof(park), NULL), 0);
	assert_int_equal(pnpn_handle_submit(handle, &keep, sizeof(keep), NULL), 0);
	await(&kmdf_parked, 1);
	await(&kmdf_kept, 1);
	assert_int_equal(pnpn_host_remove_device(KMDF_ID), 0);
	for (int i = 0; i < 2; i++) {
		take(handle, &result);
		assert_int_not_equal(result.error, 0);
	}
	assert_int_equal(kmdf_cancelled, 1);
	pnpn_close(handle);
	await_told("pdiusxrfcCD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define KMDF_TEST(test) cmocka_unit_test_setup_teardown(test, kmdf_setup, wdm_teardown)
		KMDF_TEST(test_r1_a_framework_driver_reports_on_its_physical_device),
		KMDF_TEST(test_d5_a_removal_in_order_is_heard_in_the_documented_order),
		KMDF_TEST(
			test_d7_a_surprise_is_heard_once_and_the_rest_when_the_last_file_is_closed),
		cmocka_unit_test_setup_teardown(test_d1_a_device_that_gets_no_power_does_not_start,
						wdm_setup, wdm_teardown),
		KMDF_TEST(test_e1_files_are_created_cleaned_and_closed),
		KMDF_TEST(test_e1_requests_by_each_method),
		KMDF_TEST(test_e2_a_timer_a_dpc_and_a_work_item_complete),
		KMDF_TEST(test_e2_what_is_cancelable_is_cancelled_or_completed_once),
		KMDF_TEST(test_e2_a_manual_queue_keeps_the_order_and_lets_go_of_what_is_cancelled),
		KMDF_TEST(test_d7_a_surprise_ends_what_is_kept_and_parked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
