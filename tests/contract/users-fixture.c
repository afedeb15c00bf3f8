/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "users-fixture.h"

static const struct pnpn_guid guid = {0x6e0a9c11, 0x2b3c, 0x4d5e, {8, 7, 6, 5, 4, 3, 2, 1}};

/* In a child there is no test to fail: it ends. */
static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%d: %s: %s\n", getpid(), what, strerror(errno));
	abort();
}

/* --- the manager ---------------------------------------------------------------------------------- */

static int listen_on(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	require(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0 &&
			chmod(path, 0666) == 0 && listen(fd, SOMAXCONN) == 0,
		"the socket");
	return fd;
}

static void exec_manager(const struct users *users, int listener, const char *notify)
{
	char pid[16];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("NOTIFY_SOCKET", notify, 1);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
	/* Without close-on-exec, which a duplicate onto itself would keep. */
	if (dup2(listener, 3) < 0 || fcntl(3, F_SETFD, 0) < 0)
		_exit(127);
	execl(PNPNOTIFYD, "pnpnotifyd", "--no-linux", "--owners", users->owners, NULL);
	_exit(127);
}

static void start_manager(struct users *users)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	char message[256] = "";
	int listener = listen_on(users->socket);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/notify", users->folder);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	require(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0, "notify socket");
	users->manager = fork();
	require(users->manager >= 0, "fork");
	if (!users->manager)
		exec_manager(users, listener, name.sun_path);
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	require(poll(&poll_fd, 1, PATIENCE_MS) == 1, "pnpnotifyd did not get ready");
	require(recv(fd, message, sizeof(message) - 1, 0) > 0 && strstr(message, "READY=1"),
		"what pnpnotifyd said was not READY=1");
	close(fd);
	close(listener);
	unlink(name.sun_path);
}

void users_write_owners(const struct users *users, const char *text, mode_t mode)
{
	FILE *file = fopen(users->owners, "w");

	require(file && fputs(text, file) >= 0 && fclose(file) == 0 &&
			chmod(users->owners, mode) == 0,
		"the owners' file");
}

int users_setup(void **state)
{
	struct users *users = calloc(1, sizeof(*users));

	assert_non_null(users);
	*state = users;
	strcpy(users->folder, "/tmp/pnpn-users-XXXXXX");
	assert_non_null(mkdtemp(users->folder));
	assert_int_equal(chmod(users->folder, 0755), 0);
	snprintf(users->socket, sizeof(users->socket), "%s/socket", users->folder);
	snprintf(users->address, sizeof(users->address), "unix:path=%s", users->socket);
	snprintf(users->owners, sizeof(users->owners), "%s/owners", users->folder);
	users_write_owners(users,
			   "# who may own what\n"
			   "65534 ROOT\\HOSTILE*\\*\n"
			   "65533 ROOT\\OTHER\\*\n",
			   0644);
	start_manager(users);
	assert_int_equal(pnpn_connect(&users->root, users->address), 0);
	assert_int_equal(pnpn_device_new(users->root, VICTIM_ID, &users->victim), 0);
	assert_int_equal(pnpn_device_start(users->victim), 0);
	return 0;
}

int users_teardown(void **state)
{
	struct users *users = *state;
	int status;

	pnpn_disconnect(users->root);
	kill(users->manager, SIGTERM);
	assert_int_equal(waitpid(users->manager, &status, 0), users->manager);
	unlink(users->socket);
	unlink(users->owners);
	rmdir(users->folder);
	free(users);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	return 0;
}

/* --- other users ---------------------------------------------------------------------------------- */

void users_become(uid_t uid, gid_t gid)
{
	require(setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 &&
			setresuid(uid, uid, uid) == 0,
		"becoming another user");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

struct job {
	const struct users *users;
	uid_t uid;
	int (*run)(const struct users *users);
	int (*stay)(const struct users *users, int socket);
};

static int run_job(int socket, const void *argument)
{
	const struct job *job = argument;

	users_become(job->uid, job->uid);
	return job->run ? job->run(job->users) : job->stay(job->users, socket);
}

void users_run(struct users *users, uid_t uid, int (*run)(const struct users *users))
{
	const struct job job = {.users = users, .uid = uid, .run = run};
	struct child child;

	child_init(&child, run_job, &job);
	assert_int_equal(child_wait(&child), 0);
}

void users_start(struct users *users, uid_t uid, int (*run)(const struct users *users, int socket),
		 struct child *child)
{
	const struct job job = {.users = users, .uid = uid, .stay = run};

	child_init(child, run_job, &job);
	step_expect(child->socket, 'd');
}

int users_stay(int socket)
{
	char byte;

	step_send(socket, 'd');
	(void)!recv(socket, &byte, 1, 0);
	return 0;
}

static int await_event(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	while (pnpn_next_event(connection, &event) <= 0)
		if (pnpn_wait(connection, PATIENCE_MS) <= 0)
			return -1;
	return pnpn_event_get_kind(event) == PNPN_EVENT_CUSTOM ? 0 : -1;
}

static int connect_and_register(const struct users *users, struct pnpn_connection **connection)
{
	struct pnpn_device_list *list;
	int r = pnpn_connect(connection, users->address);

	if (r >= 0)
		r = pnpn_list_devices(*connection, &list);
	if (r < 0)
		return r;
	pnpn_device_list_free(list);
	return pnpn_register_device(*connection, VICTIM_ID, 0, NULL, NULL);
}

static int work(const struct users *users, int socket)
{
	struct pnpn_connection *connection;
	int r = connect_and_register(users, &connection);

	if (r < 0) {
		fprintf(stderr, "the other user: %s\n", strerror(-r));
		return 1;
	}
	step_send(socket, 'd');
	r = await_event(connection);
	pnpn_disconnect(connection);
	return r < 0;
}

void users_expect_service(struct users *users)
{
	struct child other;
	struct pnpn_connection *connection;

	users_start(users, OTHER_UID, work, &other);
	assert_int_equal(connect_and_register(users, &connection), 0);
	assert_int_equal(pnpn_device_report(users->victim, &guid, "x", 1, -1), 0);
	assert_int_equal(await_event(connection), 0);
	assert_int_equal(child_wait(&other), 0);
	pnpn_disconnect(connection);
}

/* --- connections that know no better -------------------------------------------------------------- */

sd_bus *users_connect(const struct users *users)
{
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, users->address);
	if (r >= 0)
		r = sd_bus_negotiate_fds(bus, 1);
	if (r >= 0)
		r = sd_bus_start(bus);
	require(r >= 0, "a bare connection");
	return bus;
}

int users_connect_raw(const struct users *users)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(name.sun_path, users->socket, strlen(users->socket));
	require(fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0,
		"a bare socket");
	return fd;
}

int users_call(sd_bus *bus, const char *method, sd_bus_message **ret_reply, const char *types, ...)
{
	sd_bus_message *m = NULL;
	va_list arguments;

	require(sd_bus_message_new_method_call(bus, &m, NULL, MANAGER_PATH, MANAGER_INTERFACE,
					       method) >= 0,
		"a message");
	va_start(arguments, types);
	require(sd_bus_message_appendv(m, types, arguments) >= 0, "its arguments");
	va_end(arguments);
	int r = sd_bus_call(bus, m, (uint64_t)PATIENCE_MS * 1000, NULL, ret_reply);
	sd_bus_message_unref(m);
	return r < 0 ? r : 0;
}

uint64_t users_create(sd_bus *bus, const char *id, sd_bus_message **ret_reply)
{
	uint64_t number = 0;
	int r = users_call(bus, "CreateDevice", ret_reply, "s", id, NULL);

	if (r == -EDQUOT)
		return 0;
	require(r >= 0 && sd_bus_message_read(*ret_reply, "t", &number) >= 0, "a device");
	require(users_call(bus, "StartDevice", NULL, "t", number, NULL) >= 0, "its start");
	return number;
}

/* --- what the manager has ------------------------------------------------------------------------- */

size_t users_manager_memory(const struct users *users)
{
	char path[64];
	unsigned long pages = 0;

	snprintf(path, sizeof(path), "/proc/%d/statm", users->manager);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

unsigned int users_manager_descriptors(const struct users *users)
{
	char path[64];
	unsigned int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", users->manager);
	DIR *folder = opendir(path);
	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2;
}

uint64_t users_usage(struct users *users, uid_t uid, const char *resource)
{
	struct pnpn_usage_list *list;
	struct pnpn_usage_row row;
	uint64_t used = 0;

	assert_int_equal(pnpn_get_usage(users->root, &list), 0);
	for (size_t i = 0; pnpn_usage_list_get(list, i, &row, sizeof(row)); i++)
		if (row.uid == uid && strcmp(row.resource, resource) == 0)
			used = row.used;
	pnpn_usage_list_free(list);
	return used;
}

int users_main_skip(void)
{
	struct rlimit limit;

	if (getuid()) {
		puts("needs root, to be two other users");
		return 77;
	}
	/* Hostile processes are not to be stopped by limits of their own. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	return 0;
}
