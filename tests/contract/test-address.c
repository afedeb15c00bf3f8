/* SPDX-License-Identifier: MIT */
/* At each address there is one manager, whoever else starts there at the same moment, or ended there, however. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "process.h"

#define AT_ONCE 6
#define ROUNDS	40

/* The manager's, too: the moments in which another one could come between last longer than they do by themselves. */
__attribute__((visibility("default"))) int listen(int fd, int backlog)
{
	usleep(2000);
	return (int)syscall(SYS_listen, fd, backlog);
}

__attribute__((visibility("default"))) int unlink(const char *path)
{
	usleep(2000);
	return unlinkat(AT_FDCWD, path, 0);
}

struct fixture {
	char folder[64];
	char socket[96];
	char address[128];
	atomic_bool *now; /* shared with those who wait for it to start */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->folder, "/tmp/pnpn-address-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->socket, sizeof(f->socket), "%s/socket", f->folder);
	snprintf(f->address, sizeof(f->address), "unix:path=%s", f->socket);
	f->now = mmap(NULL, sizeof(*f->now), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_true(f->now != MAP_FAILED);
	*state = f;
	return 0;
}

/* Nothing of a lock is left either. */
static int teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->socket);
	assert_int_equal(rmdir(f->folder), 0);
	munmap(f->now, sizeof(*f->now));
	free(f);
	return 0;
}

/* Starts at the moment when all do, says how that went, and ends its manager when it is told to. */
static int start_with_the_others(int socket, const void *argument)
{
	const struct fixture *f = argument;
	struct pnpn_manager *manager = NULL;
	char byte;

	step_send(socket, 'r');
	while (!atomic_load(f->now))
		sched_yield();
	int r = pnpn_manager_start(&manager, f->address, 0);
	step_send(socket, r == 0 ? 'y' : r == -EADDRINUSE ? 'n' : '?');
	if (recv(socket, &byte, 1, 0) == 1 && !r)
		pnpn_manager_stop(manager);
	return 0;
}

static char receive(int socket)
{
	char answer = 0;

	assert_int_equal(recv(socket, &answer, 1, 0), 1);
	return answer;
}

/* Returns which one it is that started; all others said that there is one. */
static int start_all(struct fixture *f, struct child children[AT_ONCE])
{
	int started = -1;

	atomic_store(f->now, false);
	for (int i = 0; i < AT_ONCE; i++) {
		child_init(&children[i], start_with_the_others, f);
		step_expect(children[i].socket, 'r');
	}
	atomic_store(f->now, true);
	for (int i = 0; i < AT_ONCE; i++) {
		char answer = receive(children[i].socket);
		if (answer != 'n' && (answer != 'y' || started >= 0))
			fail_msg("%d says %c, and %d started", i, answer, started);
		if (answer == 'y')
			started = i;
	}
	assert_true(started >= 0);
	return started;
}

/* In every other round it ends, or is killed: then the next ones find its socket. */
static void one_of_those_that_start_at_once_lives(void **state)
{
	struct fixture *f = *state;
	struct child children[AT_ONCE];

	for (int round = 0; round < ROUNDS; round++) {
		struct pnpn_connection *connection;
		int started = start_all(f, children);
		assert_int_equal(pnpn_connect(&connection, f->address), 0);
		pnpn_disconnect(connection);
		for (int i = 0; i < AT_ONCE; i++) {
			if (i == started && round % 2) {
				child_kill(&children[i]);
				continue;
			}
			step_send(children[i].socket, 'e');
			assert_int_equal(child_wait(&children[i]), 0);
		}
		assert_int_equal(access(f->socket, F_OK), round % 2 ? 0 : -1);
	}
}

/* One that was killed while it started left its lock. */
static void a_lock_that_nobody_has_any_more_is_none(void **state)
{
	struct fixture *f = *state;
	struct pnpn_manager *manager;
	char path[128];

	snprintf(path, sizeof(path), "%s.pnpnotify-lock", f->socket);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(pnpn_manager_start(&manager, f->address, 0), 0);
	assert_int_equal(access(path, F_OK), -1);
	pnpn_manager_stop(manager);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_of_those_that_start_at_once_lives),
		TEST(a_lock_that_nobody_has_any_more_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
