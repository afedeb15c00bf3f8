/* SPDX-License-Identifier: MIT */
/* Waking waits for no call, and one user's without end for nobody else's (D10): the real thread, with descriptors
 * that are always readable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

#include "manager/server.h"
#include "manager/setup.h"
#include "manager/user.h"
#include "manager/waker-thread.h"

/* More sources than a user has served in one turn. */
#define MANY 100

/* How often those are woken who never have enough, all of them, before another one wants to be. */
#define BEFORE 1000

/* What a user's turn is at most, twice: the one under way, and one more. */
#define TWO_TURNS 32

/* A descriptor of a user's. */
struct sleeper {
	struct pnpn_wake_source source;
	unsigned int woken;
};

static sd_event *event;
static struct pnpn_server *server;
static struct pnpn_user *greedy, *modest;
static struct sleeper many[MANY], one;
static unsigned int n_woken, wakes, between;
static int heard; /* an eventfd */

/* It is not emptied, so it is there again at once, as if a peer were quicker than us. */
static void on_greedy(struct pnpn_wake_source *source)
{
	if (!((struct sleeper *)source)->woken++)
		n_woken++;
	if (n_woken < MANY)
		return;
	if (++wakes == BEFORE)
		eventfd_write(one.source.fd, 1);
	if (wakes > BEFORE && !one.woken)
		between++;
}

static void on_modest(struct pnpn_wake_source *source)
{
	eventfd_t count;

	eventfd_read(source->fd, &count);
	one.woken++;
	eventfd_write(heard, 1);
}

static void sleeper_init(struct sleeper *sleeper, struct pnpn_user *user, unsigned int count,
			 void (*woken)(struct pnpn_wake_source *source))
{
	*sleeper = (struct sleeper){.source = {.fd = eventfd(count, EFD_CLOEXEC), .woken = woken}};
	assert_int_equal(pnpn_wake_source_add(&sleeper->source, user), 0);
}

static void sleeper_deinit(struct sleeper *sleeper)
{
	pnpn_wake_source_remove(&sleeper->source);
	close(sleeper->source.fd);
}

static int setup(void **state)
{
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(pnpn_server_new(&server, event), 0);
	assert_int_equal(pnpn_user_ref(server, 12345, &greedy), 0);
	assert_int_equal(pnpn_user_ref(server, 23456, &modest), 0);
	heard = eventfd(0, EFD_CLOEXEC);
	n_woken = wakes = between = 0;
	sleeper_init(&one, modest, 0, on_modest);
	return 0;
}

static int teardown(void **state)
{
	sleeper_deinit(&one);
	pnpn_user_unref(greedy);
	pnpn_user_unref(modest);
	pnpn_server_free(server);
	sd_event_unref(event);
	close(heard);
	return 0;
}

static void wait_until_heard(void)
{
	eventfd_t count;

	assert_int_equal(eventfd_read(heard, &count), 0);
}

/* The event loop never runs here. */
static void d10_waking_waits_for_no_call(void **state)
{
	eventfd_write(one.source.fd, 1);
	wait_until_heard();
	assert_int_equal(one.woken, 1);
}

/* Each of the greedy had its turn, too: else the one that waits for them would not be woken at all. */
static void d10_waking_without_end_keeps_nobody_waiting(void **state)
{
	for (int i = 0; i < MANY; i++)
		sleeper_init(&many[i], greedy, 1, on_greedy);
	wait_until_heard();
	/* The lock comes, too, and with it what the thread wrote. */
	for (int i = 0; i < MANY; i++)
		sleeper_deinit(&many[i]);
	assert_true(between <= TWO_TURNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(d10_waking_waits_for_no_call, setup, teardown),
		cmocka_unit_test_setup_teardown(d10_waking_without_end_keeps_nobody_waiting, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
