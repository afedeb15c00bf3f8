/* SPDX-License-Identifier: MIT */
/* What window procedures do inside the calls that tell them of events: U3, U10, R15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <initguid.h>
#include <pnpn-events.h>
#include "application-fixture.h"

/* Past 64 MiB the oldest are lost. */
#define LOSING	   1200
#define LARGE	   65000
#define DEEP	   40
#define DEPTH_MOST 16 /* src/win32/queue.h */

/* --- U10 ------------------------------------------------------------------------------------------ */

static void end_registration(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	HDEVNOTIFY *registration = recorder->argument;

	assert_true(UnregisterDeviceNotification(*registration));
}

/* One event makes two messages, of the loss before it and of itself: the second is not told once the first one's
 * procedure has ended the registration. */
static void test_u10_a_message_that_waits_ends_with_its_registration(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	HDEVNOTIFY registration = register_handle(f->recorder.window, device);
	BYTE *data = calloc(1, LARGE);

	f->recorder.then = end_registration;
	f->recorder.argument = &registration;
	for (int i = 0; i < LOSING; i++)
		report_data(f, data, LARGE);
	register_handle(f->other.window, device);
	report_byte(f, 1);
	recorder_wait(&f->other, 1);
	assert_int_equal(f->recorder.count, 1);
	assert_memory_equal(&f->recorder.seen[0].body.handle.dbch_eventguid,
			    &GUID_PNPNOTIFY_EVENTS_LOST, sizeof(GUID));
	free(data);
	CloseHandle(device);
}

/* --- U3 ------------------------------------------------------------------------------------------- */

struct depth {
	int now, most;
};

static void retrieve_inside(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body)
{
	struct depth *depth = recorder->argument;
	MSG message;

	if (++depth->now > depth->most)
		depth->most = depth->now;
	while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
		DispatchMessageA(&message);
	depth->now--;
}

/* A procedure that retrieves messages is told of the next event inside itself, so deep and no deeper; none is
 * missed. */
static void test_u3_procedures_inside_procedures(void **state)
{
	struct fixture *f = *state;
	HANDLE device = open_device();
	struct depth depth = {0};

	register_handle(f->recorder.window, device);
	f->recorder.then = retrieve_inside;
	f->recorder.argument = &depth;
	for (BYTE i = 0; i < DEEP; i++)
		report_byte(f, i);
	recorder_wait(&f->recorder, DEEP);
	assert_int_equal(depth.most, DEPTH_MOST);
	CloseHandle(device);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_u10_a_message_that_waits_ends_with_its_registration),
		TEST(test_u3_procedures_inside_procedures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
