/* SPDX-License-Identifier: MIT */
/* Waking comes before calls, but not that of one user without end (D10): the real event loop, with one source
 * that wakes and one that stands for calls, both always ready. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

#include "manager/pump.h"
#include "manager/server.h"
#include "manager/setup.h"
#include "manager/user.h"
#include "manager/waker.h"

/* More than come one after the other. */
#define TURNS 10000

static struct pnpn_server *server;
static sd_event *event;
static struct pnpn_user *user;
static unsigned int wakes, calls;

/* It is not emptied, so it is there again at once, as if a peer were quicker than us. */
static int on_wake(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	wakes++;
	pnpn_waker_spend(source, user, pnpn_processor_usec());
	return 0;
}

static int on_call(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	calls++;
	return 0;
}

static int setup(void **state)
{
	int fd = eventfd(1, EFD_CLOEXEC);
	sd_event_source *source;

	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(pnpn_server_new(&server, event), 0);
	assert_int_equal(pnpn_user_ref(server, 12345, &user), 0);
	assert_true(sd_event_add_io(event, &source, fd, EPOLLIN, on_wake, NULL) >= 0);
	assert_true(pnpn_waker_put_first(source) >= 0);
	(void)sd_event_source_set_io_fd_own(source, true);
	(void)sd_event_source_set_floating(source, true);
	sd_event_source_unref(source);
	fd = eventfd(1, EFD_CLOEXEC);
	assert_true(sd_event_add_io(event, NULL, fd, EPOLLIN, on_call, NULL) >= 0);
	*state = (void *)(intptr_t)fd;
	wakes = calls = 0;
	return 0;
}

static int teardown(void **state)
{
	pnpn_user_unref(user);
	pnpn_server_free(server);
	sd_event_unref(event);
	close((int)(intptr_t)*state);
	return 0;
}

static void run_until_called(void)
{
	for (unsigned int i = 0; i < TURNS && !calls; i++)
		assert_true(sd_event_run(event, UINT64_MAX) > 0);
}

static void d10_waking_comes_before_calls(void **state)
{
	for (int i = 0; i < 100; i++)
		assert_true(sd_event_run(event, UINT64_MAX) > 0);
	assert_int_equal(wakes, 100);
	assert_int_equal(calls, 0);
}

static void d10_waking_without_end_does_not(void **state)
{
	run_until_called();
	assert_int_equal(calls, 1);
	assert_true(wakes > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(d10_waking_comes_before_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(d10_waking_without_end_does_not, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
