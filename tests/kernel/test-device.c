/* SPDX-License-Identifier: MIT */
/* What only a kernel module's device can show: R7, R14, its memory, its readers' deaths, many processors. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify/uapi.h>
#include "core/ring-reader.h"
#include "driver-call.h"

#define ID	    "ROOT\\KERNELTEST\\0000"
#define PATIENCE_MS 60000

static const uint8_t guid[16] = {1, 2, 3};

struct fixture {
	int control;
	int driver;
	uint64_t device; /* the kernel's number */
};

static int simple(int fd, unsigned int what, const char *text)
{
	return driver_ask(fd, what, 0, text, 0);
}

static int report_from(int fd, unsigned int where)
{
	uint64_t number = 7;
	struct test_call request = {.what = TEST_REPORT,
				    .where = where,
				    .data = (uintptr_t)&number,
				    .size = sizeof(number),
				    .name_offset = -1};

	memcpy(request.guid, guid, sizeof(guid));
	return driver_call(fd, &request);
}

/* The number of the device, from the changes that a fresh file begins with. */
static uint64_t find_device(int control)
{
	struct pnpn_kernel_change change;

	for (;;) {
		assert_int_equal(read(control, &change, sizeof(change)), sizeof(change));
		if (change.kind == PNPN_CHANGE_CAME && strcmp(change.instance_id, ID) == 0)
			return change.device;
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->driver = open("/dev/pnpnotify-test", O_RDWR | O_CLOEXEC);
	assert_true(f->driver >= 0);
	assert_int_equal(simple(f->driver, TEST_NEW, ID), 0);
	assert_int_equal(simple(f->driver, TEST_START, ""), 0);
	f->control = open("/dev/pnpnotify", O_RDONLY | O_CLOEXEC);
	assert_true(f->control >= 0);
	f->device = find_device(f->control);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close(f->control);
	close(f->driver);
	free(f);
	return 0;
}

static int attach(const struct fixture *f)
{
	struct pnpn_attach attach = {.size = sizeof(attach), .device = f->device};
	int fd = ioctl(f->control, PNPN_IOC_ATTACH, &attach);

	return fd < 0 ? -errno : fd;
}

static void *map_ring(int ring, uint64_t *ret_bytes)
{
	assert_int_equal(ioctl(ring, PNPN_IOC_RING, ret_bytes), 0);
	void *map = mmap(NULL, *ret_bytes, PROT_READ, MAP_SHARED, ring, 0);
	assert_true(map != MAP_FAILED);
	return map;
}

struct reader {
	int ring;
	void *map;
	uint64_t bytes;
	struct pnpn_ring_reader reader;
};

static void reader_init(const struct fixture *f, struct reader *reader)
{
	reader->ring = attach(f);
	assert_true(reader->ring >= 0);
	reader->map = map_ring(reader->ring, &reader->bytes);
	assert_int_equal(pnpn_ring_reader_init(&reader->reader, reader->map, reader->bytes), 0);
}

static void reader_deinit(struct reader *reader)
{
	munmap(reader->map, reader->bytes);
	close(reader->ring);
}

/* As docs/ring.md and pnpnotify/uapi.h have it: announce, look again, sleep. */
static void next(struct reader *reader, struct pnpn_ring_record *record, void *data)
{
	struct pollfd poll_fd = {.fd = reader->ring, .events = POLLIN};
	uint64_t lost, one = 1;

	while (pnpn_ring_reader_next(&reader->reader, record, data, &lost) <= 0) {
		assert_int_equal(write(reader->ring, &one, sizeof(one)), sizeof(one));
		if (pnpn_ring_reader_has_more(&reader->reader))
			continue;
		assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
	}
}

static void r7_process_spinlock_and_softirq_but_no_hard_interrupt(void **state)
{
	struct fixture *f = *state;
	struct reader reader;
	struct pnpn_ring_record record;
	static uint8_t data[PNPN_DATA_MAX];

	reader_init(f, &reader);
	assert_int_equal(report_from(f->driver, TEST_PROCESS), 0);
	assert_int_equal(report_from(f->driver, TEST_SPINLOCK), 0);
	assert_int_equal(report_from(f->driver, TEST_SOFTIRQ), 0);
	assert_int_equal(report_from(f->driver, TEST_HARDIRQ), -EWOULDBLOCK);
	for (uint64_t i = 1; i <= 3; i++) {
		next(&reader, &record, data);
		assert_int_equal(record.sequence, i);
	}
	assert_false(pnpn_ring_reader_has_more(&reader.reader));
	reader_deinit(&reader);
}

static void memory_can_t_be_written(void **state)
{
	int ring = attach(*state);
	uint64_t bytes;

	assert_true(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0) == MAP_FAILED);
	assert_int_equal(errno, EPERM);
	assert_true(mmap(NULL, 4096, PROT_WRITE, MAP_PRIVATE, ring, 0) == MAP_FAILED);
	assert_true(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, ring, 0) == MAP_FAILED);
	void *map = map_ring(ring, &bytes);
	assert_int_equal(mprotect(map, 4096, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(ftruncate(ring, 0), -1);
	/* Beyond the ring there is nothing. */
	assert_true(mmap(NULL, bytes + 4096, PROT_READ, MAP_SHARED, ring, 0) == MAP_FAILED);
	munmap(map, bytes);
	close(ring);
}

static void what_is_no_request_is_refused(void **state)
{
	struct fixture *f = *state;
	struct {
		struct pnpn_attach attach;
		uint64_t more;
	} longer = {.attach = {.size = sizeof(longer), .device = f->device}};
	struct pnpn_attach bad;

#define REFUSED(error, ...)                                                           \
	do {                                                                          \
		bad = (struct pnpn_attach){.size = sizeof(bad), .device = f->device}; \
		__VA_ARGS__;                                                          \
		assert_int_equal(ioctl(f->control, PNPN_IOC_ATTACH, &bad), -1);       \
		assert_int_equal(errno, error);                                       \
	} while (0)
	REFUSED(EINVAL, bad.size = 0);
	REFUSED(EINVAL, bad.size = sizeof(bad) - 1);
	REFUSED(EINVAL, bad.size = 1 << 30);
	REFUSED(EINVAL, bad.flags = 1);
	REFUSED(EINVAL, bad.reserved = 1);
	REFUSED(EINVAL, bad.ring = 1);
	REFUSED(ENOENT, bad.device = 1ull << 60);
	int ring = ioctl(f->control, PNPN_IOC_ATTACH, &longer);
	assert_true(ring >= 0);
	close(ring);
	longer.more = 1;
	assert_int_equal(ioctl(f->control, PNPN_IOC_ATTACH, &longer), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(ioctl(f->control, 0, NULL), -1);
	assert_int_equal(errno, ENOTTY);
}

static void who_may_not_open_it_sees_nothing(void **state)
{
	pid_t child = fork();

	if (child == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		_exit(open("/dev/pnpnotify", O_RDONLY) >= 0 || errno != EACCES);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* A child reads until it is killed, asleep or not: the device goes on, and its memory comes back. */
static void a_registrant_is_killed_while_mapped(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 20; i++) {
		pid_t child = fork();
		if (child == 0) {
			static uint8_t data[PNPN_DATA_MAX];
			struct reader reader;
			struct pnpn_ring_record record;
			reader_init(f, &reader);
			for (;;)
				next(&reader, &record, data);
		}
		for (int j = 0; j < 50; j++)
			assert_int_equal(report_from(f->driver, TEST_SOFTIRQ), 0);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
	}
}

static void *sleep_until_removed(void *argument)
{
	struct reader *reader = argument;
	struct pnpn_ring_record record;
	uint8_t *data = malloc(PNPN_DATA_MAX);
	uintptr_t events = 0;

	for (;;) {
		next(reader, &record, data);
		if (record.kind == PNPN_RECORD_REMOVED)
			break;
		events++;
	}
	free(data);
	return (void *)events;
}

static void r14_d8_removed_with_readers_asleep_and_mapped(void **state)
{
	struct fixture *f = *state;
	struct reader readers[8], *mapped = &readers[7];
	pthread_t threads[7];

	for (int i = 0; i < 8; i++)
		reader_init(f, &readers[i]);
	for (int i = 0; i < 7; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, sleep_until_removed, &readers[i]), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(report_from(f->driver, i % 3), 0);
	assert_int_equal(simple(f->driver, TEST_REMOVE, ""), 0);
	for (int i = 0; i < 7; i++) {
		void *events;
		pthread_join(threads[i], &events);
		assert_int_equal((uintptr_t)events, 100);
		reader_deinit(&readers[i]);
	}
	/* One that did not look yet still has it all, though the device is gone. */
	assert_int_equal((uintptr_t)sleep_until_removed(mapped), 100);
	assert_int_equal(attach(f), -ENOENT);
	reader_deinit(mapped);
}

#define STORM 20000

static void r11_two_processors_report_at_once(void **state)
{
	struct fixture *f = *state;
	struct reader reader;
	struct pnpn_ring_record record;
	static uint8_t data[PNPN_DATA_MAX];
	struct test_call storm = {.what = TEST_STORM, .value = STORM};
	uint64_t of[3] = {0};

	memcpy(storm.guid, guid, sizeof(guid));
	assert_int_equal(simple(f->driver, TEST_REMOVE, ""), 0);
	struct test_call make = {.what = TEST_NEW, .value = 16u << 20};
	strcpy(make.text, ID);
	assert_int_equal(driver_call(f->driver, &make), 0);
	assert_int_equal(simple(f->driver, TEST_START, ""), 0);
	f->device = find_device(f->control);
	assert_int_equal(simple(f->driver, TEST_LISTEN, ID), 0);
	reader_init(f, &reader);
	assert_int_equal(driver_call(f->driver, &storm), 0);
	for (uint64_t i = 1; i <= 2 * STORM; i++) {
		next(&reader, &record, data);
		assert_int_equal(record.sequence, i);
		of[data[0]]++;
	}
	assert_int_equal(of[1], STORM);
	assert_int_equal(of[2], STORM);
	struct test_call count = {.what = TEST_COUNT};
	while (count.value < 2 * STORM) {
		usleep(1000);
		assert_int_equal(driver_call(f->driver, &count), 0);
	}
	assert_int_equal(count.value, 2 * STORM);
	assert_int_equal(simple(f->driver, TEST_UNLISTEN, ""), 0);
	reader_deinit(&reader);
}

/* Of an old event nothing may be left of what was in the kernel's memory before. */
static void no_byte_of_the_kernel_s(void **state)
{
	struct fixture *f = *state;
	struct reader reader;

	reader_init(f, &reader);
	const uint8_t *bytes = reader.map;
	for (uint64_t i = PNPN_RING_HEADER_BYTES; i < reader.bytes; i++)
		assert_int_equal(bytes[i], 0);
	reader_deinit(&reader);
}

static int make_device(struct fixture *f, const char *id, unsigned int uevents, int mode)
{
	struct test_call make = {.what = TEST_NEW, .where = uevents, .name_offset = mode};

	assert_int_equal(simple(f->driver, TEST_REMOVE, ""), 0);
	strcpy(make.text, id);
	int r = driver_call(f->driver, &make);
	return r < 0 ? r : simple(f->driver, TEST_START, "");
}

static void an_event_is_a_uevent_if_the_driver_wants(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char text[4096];
	ssize_t size;

	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(make_device(f, "", 1, 0), 0);
	assert_int_equal(report_from(f->driver, TEST_SOFTIRQ), 0);
	do {
		assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
		size = recv(fd, text, sizeof(text), 0);
		assert_true(size > 0);
	} while (!memmem(text, (size_t)size, "PNPNOTIFY_EVENT=00030201-0000-0000-0000-000000000000",
			 52));
	assert_non_null(memmem(text, (size_t)size, "pnpnotify-test", 14));
	assert_non_null(memmem(text, (size_t)size, "PNPNOTIFY_SEQUENCE=1", 21));
	assert_non_null(memmem(text, (size_t)size, "PNPNOTIFY_LOST=0", 17));
	close(fd);
}

/* A descriptor that was handed on: what may be watched depends on the device. */
static void a_device_s_mode_says_who_may_watch(void **state)
{
	struct fixture *f = *state;
	static const int modes[] = {0444, 0400};

	for (int i = 0; i < 2; i++) {
		assert_int_equal(make_device(f, ID, 0, modes[i]), 0);
		f->device = find_device(f->control);
		pid_t child = fork();
		if (child == 0) {
			if (setgid(65534) < 0 || setuid(65534) < 0)
				_exit(99);
			_exit(attach(f) >= 0 ? 0 : errno);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(WEXITSTATUS(status), i ? EACCES : 0);
	}
	assert_int_equal(make_device(f, ID, 0, 01777), -EINVAL);
}

/* --- how often it may be open --------------------------------------------------------------------- */

#define OPENS_MOST 256
#define NOBODY	   65534

static int open_control(void)
{
	int fd = open("/dev/pnpnotify", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Opens until it is refused: a status of 0 if that was when and why it ought to be, and one closed is one to
 * open. */
static int open_as_often_as_may_be(void)
{
	int fds[OPENS_MOST + 1], n = 0;

	if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return 2;
	while (n <= OPENS_MOST && (fds[n] = open_control()) >= 0)
		n++;
	if (n != OPENS_MOST || fds[n] != -EDQUOT)
		return 3;
	close(fds[0]);
	return open_control() >= 0 && open_control() == -EDQUOT ? 0 : 4;
}

static void d10_opens_of_one_user(void **state)
{
	int status, fds[OPENS_MOST + 1];

	assert_int_equal(chmod("/dev/pnpnotify", 0666), 0);
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			_exit(open_as_often_as_may_be());
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	assert_int_equal(chmod("/dev/pnpnotify", 0600), 0);
	for (int i = 0; i <= OPENS_MOST; i++) {
		fds[i] = open_control();
		assert_true(fds[i] >= 0);
	}
	for (int i = 0; i <= OPENS_MOST; i++)
		close(fds[i]);
}

/* --- who wakes ------------------------------------------------------------------------------------ */

#define TRACING "/sys/kernel/debug/tracing/"

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* On an epoll that waits for the ring. Returns whether that failed. */
static bool sleep_in_epoll(int ring)
{
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	return epoll_ctl(epoll, EPOLL_CTL_ADD, ring, &event) < 0 ||
	       epoll_wait(epoll, &event, 1, PATIENCE_MS) != 1;
}

/* For the ring itself, from where it is now. */
static bool sleep_in_ioctl(int ring)
{
	const struct pnpn_ring_header *header = mmap(NULL, PNPN_RING_HEADER_BYTES, PROT_READ,
						     MAP_SHARED, ring, 0);
	uint64_t head = header == MAP_FAILED ? 0 : header->head;

	return header == MAP_FAILED || ioctl(ring, PNPN_IOC_WAIT, &head) < 0;
}

/* How a process sleeps, and in which system call. */
struct sleep {
	bool (*sleep)(int ring);
	int call;
};

static const struct sleep in_epoll = {sleep_in_epoll, SYS_epoll_wait},
			  in_ioctl = {sleep_in_ioctl, SYS_ioctl};

/* A process of that user's, asleep. */
static pid_t sleeper_start(int ring, uid_t uid, const struct sleep *how)
{
	char path[64], text[16] = "";
	uint64_t one = 1;

	assert_int_equal(write(ring, &one, sizeof(one)), sizeof(one));
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setresuid(uid, uid, uid) < 0 ? 2 : how->sleep(ring));
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	while (atoi(text) != how->call) {
		FILE *file = fopen(path, "re");
		assert_non_null(file);
		if (!fgets(text, sizeof(text), file))
			text[0] = 0;
		fclose(file);
	}
	return pid;
}

/* Who woke it, by the kernel's own account. */
static pid_t find_waker(pid_t pid)
{
	char line[512], wanted[32];
	pid_t waker = 0;
	FILE *file = fopen(TRACING "trace", "re");

	assert_non_null(file);
	snprintf(wanted, sizeof(wanted), " pid=%d ", (int)pid);
	while (!waker && fgets(line, sizeof(line), file)) {
		char *end = strstr(line, " [");
		if (!strstr(line, "sched_waking:") || !strstr(line, wanted) || !end)
			continue;
		while (end > line && end[-1] == ' ')
			end--;
		*end = 0;
		waker = atoi(strrchr(line, '-') + 1);
	}
	fclose(file);
	return waker;
}

static pid_t report_to(struct fixture *f, uid_t uid, const struct sleep *how)
{
	int ring = attach(f), status;

	assert_true(ring >= 0);
	pid_t pid = sleeper_start(ring, uid, how);
	write_file(TRACING "trace", "\n");
	write_file(TRACING "events/sched/sched_waking/enable", "1");
	assert_int_equal(report_from(f->driver, TEST_PROCESS), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	write_file(TRACING "events/sched/sched_waking/enable", "0");
	close(ring);
	return find_waker(pid);
}

/* Root's reader is woken by the reporter itself; whatever hangs behind another's it does not pay for. */
static void r1_a_reporter_wakes_no_stranger_itself(void **state)
{
	if (access(TRACING "events/sched/sched_waking/enable", W_OK) < 0)
		skip();
	const struct sleep *const ways[] = {&in_epoll, &in_ioctl};

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(report_to(*state, 0, ways[i]), getpid());
		pid_t waker = report_to(*state, NOBODY, ways[i]);
		assert_true(waker != 0);
		assert_int_not_equal(waker, getpid());
		assert_int_equal(report_to(*state, 0, ways[i]), getpid());
	}
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_byte_of_the_kernel_s),
		TEST(r7_process_spinlock_and_softirq_but_no_hard_interrupt),
		TEST(memory_can_t_be_written),
		TEST(what_is_no_request_is_refused),
		TEST(who_may_not_open_it_sees_nothing),
		TEST(an_event_is_a_uevent_if_the_driver_wants),
		TEST(a_device_s_mode_says_who_may_watch),
		TEST(d10_opens_of_one_user),
		TEST(r1_a_reporter_wakes_no_stranger_itself),
		TEST(a_registrant_is_killed_while_mapped),
		TEST(r14_d8_removed_with_readers_asleep_and_mapped),
		TEST(r11_two_processors_report_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
