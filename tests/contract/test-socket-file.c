/* SPDX-License-Identifier: MIT */
/* The file of a manager's private socket: what is there already is left alone, unless it is a socket that nobody listens at. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify.h>
#include <pnpnotify/manager.h>

struct fixture {
	char folder[64];
	char address[128];
	struct pnpn_manager *manager;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	strcpy(f->folder, "/tmp/pnpn-socket-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->address, sizeof(f->address), "unix:path=%s/socket", f->folder);
	return pnpn_manager_start(&f->manager, f->address, false);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_manager_stop(f->manager);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct pnpn_manager *manager = NULL;
	char path[96], address[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/file", f->folder);
	snprintf(address, sizeof(address), "unix:path=%s", path);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "precious", 8), 8);
	close(fd);
	assert_int_equal(pnpn_manager_start(&manager, address, false), -EADDRINUSE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	unlink(path);
}

static void a_second_manager_is_refused_and_a_stale_socket_replaced(void **state)
{
	struct fixture *f = *state;
	struct pnpn_manager *manager = NULL;
	char path[96], address[128];
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct stat st;

	assert_int_equal(pnpn_manager_start(&manager, f->address, false), -EADDRINUSE);
	struct pnpn_connection *connection;
	assert_int_equal(pnpn_connect(&connection, f->address), 0);
	pnpn_disconnect(connection);
	snprintf(path, sizeof(path), "%s/stale", f->folder);
	snprintf(address, sizeof(address), "unix:path=%s", path);
	memcpy(name.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	close(fd);
	assert_int_equal(pnpn_manager_start(&manager, address, false), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	pnpn_manager_stop(manager);
	assert_int_equal(stat(path, &st), -1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_is_no_socket_is_left_alone),
		TEST(a_second_manager_is_refused_and_a_stale_socket_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
