/* SPDX-License-Identifier: MIT */
/* Applications and owners that break the protocol between them: E1, E2, E5, D10. */
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
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/io-protocol.h"
#include "io/packet.h"
#include "native-fixture.h"

#define DEVICE "ROOT\\HOSTILE\\0000"
#define ECHO   0x222000u /* CTL_CODE(0x22, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define KEEP   0x222004u

/* --- an owner who does as he should ------------------------------------------------------------------- */

struct owner {
	struct native_fixture *f;
	pthread_t thread;
	atomic_bool stop;
	atomic_int opened, closed, cancelled;
};

static void serve(struct owner *owner, struct pnpn_io *io)
{
	size_t in_size, out_size;
	const void *in = pnpn_io_get_input(io, &in_size);
	void *out = pnpn_io_get_output(io, &out_size);
	enum pnpn_io_kind kind = pnpn_io_get_kind(io);
	size_t size = in_size < out_size ? in_size : out_size;

	owner->opened += kind == PNPN_IO_OPEN;
	owner->closed += kind == PNPN_IO_CLOSE;
	owner->cancelled += pnpn_io_is_cancelled(io);
	if (kind == PNPN_IO_CONTROL && pnpn_io_get_code(io) == KEEP && !pnpn_io_is_cancelled(io))
		return;
	if (kind == PNPN_IO_CONTROL && size)
		memcpy(out, in, size);
	pnpn_io_complete(io, pnpn_io_is_cancelled(io) ? -ECANCELED : 0, size);
}

static void *owner_main(void *argument)
{
	struct owner *owner = argument;
	struct pnpn_io *io;

	while (!owner->stop) {
		(void)pnpn_wait(owner->f->driver, 10);
		while (pnpn_next_io(owner->f->driver, &io) > 0)
			serve(owner, io);
	}
	return NULL;
}

static void owner_start(struct owner *owner, struct native_fixture *f)
{
	struct pnpn_device *device;

	*owner = (struct owner){.f = f};
	assert_int_equal(pnpn_device_new(f->driver, DEVICE, &device), 0);
	assert_int_equal(pnpn_device_serve(device, NULL, NULL), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pthread_create(&owner->thread, NULL, owner_main, owner), 0);
}

static void owner_stop(struct owner *owner)
{
	owner->stop = true;
	pthread_join(owner->thread, NULL);
}

/* He is as he was: somebody else is served. */
static void expect_service(struct native_fixture *f)
{
	struct pnpn_handle *handle;
	char out[4];

	assert_int_equal(pnpn_open(f->application, DEVICE, &handle), 0);
	assert_int_equal(pnpn_handle_ioctl(handle, ECHO, "good", 4, out, 4, NULL), 0);
	assert_memory_equal(out, "good", 4);
	pnpn_close(handle);
}

/* --- hostile applications ------------------------------------------------------------------------------ */

static int hostile_socket(struct native_fixture *f)
{
	struct pnpn_handle *handle;
	int socket;

	assert_int_equal(pnpn_open_socket(f->application, DEVICE, &handle, &socket), 0);
	assert_true(socket >= 0);
	return socket;
}

static void say(int socket, const struct pnpn_io_request *request, const void *data, size_t size,
		int fd)
{
	const struct iovec parts[2] = {{(void *)request, sizeof(*request)}, {(void *)data, size}};

	assert_int_equal(pnpn_packet_send(socket, parts, 2, fd), 0);
}

static void say_open(int socket)
{
	struct pnpn_io_answer answer;
	int fd;

	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_OPEN, .id = 1, .code = 3}, NULL, 0,
	    -1);
	assert_int_equal(pnpn_packet_receive(socket, &answer, sizeof(answer), true, &fd),
			 sizeof(answer));
	assert_int_equal(answer.status, 0);
}

/* The owner has closed, whatever he said before. */
static void expect_end(int socket)
{
	char room[PNPN_IO_INLINE_MAX + 64];
	ssize_t n;
	int fd;

	do
		n = pnpn_packet_receive(socket, room, sizeof(room), true, &fd);
	while (n > 0);
	assert_int_equal(n, -EPIPE);
	close(socket);
}

static void test_e1_requests_that_are_none_end_the_file(void **state)
{
	static const struct pnpn_io_request bad[] = {
		{.kind = 0},
		{.kind = 99},
		{.kind = PNPN_IO_ANSWER},
		{.kind = PNPN_IO_OPEN}, /* a second time */
		{.kind = PNPN_IO_CONTROL, .input_size = 5},
		{.kind = PNPN_IO_CONTROL, .input_size = UINT32_MAX},
		{.kind = PNPN_IO_CONTROL, .output_size = UINT32_MAX},
		{.kind = PNPN_IO_READ, .output_size = PNPN_IO_INLINE_MAX + 1},
		{.kind = PNPN_IO_CONTROL, .output_size = 4, .flags = PNPN_IO_OUTPUT_SENT},
		{.kind = PNPN_IO_CONTROL, .flags = 0x80},
		{.kind = PNPN_IO_CONTROL, .padding = 1},
		{.kind = PNPN_IO_CONTROL, .slot = PNPN_IO_SLOTS + 1},
		{.kind = PNPN_IO_CONTROL, .slot = UINT32_MAX},
		{.kind = PNPN_IO_CONTROL, .slot = 1, .input_size = 1}, /* no memory there */
		{.kind = PNPN_IO_MEMORY, .slot = 0, .offset = 4096},
		{.kind = PNPN_IO_MEMORY, .slot = PNPN_IO_SLOTS + 1, .offset = 4096},
		{.kind = PNPN_IO_MEMORY, .slot = 1, .offset = 4096}, /* without a descriptor */
		{.kind = PNPN_IO_MEMORY, .slot = 1, .offset = UINT64_MAX},
	};
	struct native_fixture *f = *state;
	struct owner owner;

	owner_start(&owner, f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int socket = hostile_socket(f);
		say_open(socket);
		say(socket, &bad[i], NULL, 0, -1);
		expect_end(socket);
	}
	expect_service(f);
	owner_stop(&owner);
	assert_int_equal(owner.opened, owner.closed);
}

static void test_e1_nothing_comes_before_the_opening(void **state)
{
	struct native_fixture *f = *state;
	struct owner owner;

	owner_start(&owner, f);
	int socket = hostile_socket(f);
	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_FLUSH, .id = 1}, NULL, 0, -1);
	expect_end(socket);
	socket = hostile_socket(f);
	assert_int_equal(send(socket, "short", 5, 0), 5);
	expect_end(socket);
	/* A message of no bytes is as good as the end. */
	socket = hostile_socket(f);
	say_open(socket);
	assert_int_equal(send(socket, "", 0, 0), 0);
	expect_end(socket);
	expect_service(f);
	owner_stop(&owner);
	assert_int_equal(owner.opened, 2);
	assert_int_equal(owner.closed, 2);
}

static int memory_of(size_t bytes, int seals)
{
	int fd = memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void expect_refused_memory(struct native_fixture *f, int fd, uint64_t bytes)
{
	int socket = hostile_socket(f);

	say_open(socket);
	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_MEMORY, .slot = 1, .offset = bytes},
	    NULL, 0, fd);
	expect_end(socket);
	close(fd);
}

static void test_e1_memory_that_could_be_taken_away_is_refused(void **state)
{
	struct native_fixture *f = *state;
	struct owner owner;

	owner_start(&owner, f);
	expect_refused_memory(f, memory_of(4096, F_SEAL_GROW), 4096);
	expect_refused_memory(f, memory_of(4096, F_SEAL_SHRINK), 8192);
	expect_refused_memory(f, memory_of(4096, F_SEAL_SHRINK | F_SEAL_WRITE), 4096);
	expect_refused_memory(f, eventfd(0, EFD_CLOEXEC), 4096);
	expect_refused_memory(f, open("/dev/zero", O_RDWR | O_CLOEXEC), 4096);
	expect_service(f);
	owner_stop(&owner);
}

static void test_e1_one_piece_of_memory_serves_one_request(void **state)
{
	struct native_fixture *f = *state;
	struct owner owner;

	owner_start(&owner, f);
	int socket = hostile_socket(f);
	say_open(socket);
	int fd = memory_of(65536, F_SEAL_SHRINK);
	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_MEMORY, .slot = 1, .offset = 65536},
	    NULL, 0, fd);
	close(fd);
	struct pnpn_io_request keep = {.kind = PNPN_IO_CONTROL,
				       .id = 2,
				       .code = KEEP,
				       .slot = 1,
				       .input_size = 4096,
				       .output_size = 4096};
	say(socket, &keep, NULL, 0, -1);
	/* It is in use: neither for another one, nor to be taken away. */
	keep.id = 3;
	say(socket, &keep, NULL, 0, -1);
	expect_end(socket);
	owner_stop(&owner);
	(void)state;
}

static void test_e1_descriptors_that_nobody_asked_for_end_the_file(void **state)
{
	struct native_fixture *f = *state;
	struct owner owner;

	owner_start(&owner, f);
	int socket = hostile_socket(f);
	say_open(socket);
	int fd = eventfd(0, EFD_CLOEXEC);
	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_FLUSH, .id = 2}, NULL, 0, fd);
	expect_end(socket);
	/* An answer to no question is nothing, and its descriptor is closed. */
	socket = hostile_socket(f);
	say_open(socket);
	for (uint64_t i = 0; i < 100; i++)
		say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_EVENT, .id = i}, NULL, 0, fd);
	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_CANCEL, .id = 77}, NULL, 0, -1);
	say(socket, &(struct pnpn_io_request){.kind = PNPN_IO_CLOSE, .id = 3}, NULL, 0, -1);
	struct pnpn_io_answer answer;
	int none;
	assert_int_equal(pnpn_packet_receive(socket, &answer, sizeof(answer), true, &none),
			 sizeof(answer));
	assert_int_equal(answer.id, 3);
	close(socket);
	close(fd);
	owner_stop(&owner);
}

static void test_d10_who_asks_without_end_and_takes_nothing_is_cut_off(void **state)
{
	struct native_fixture *f = *state;
	struct owner owner;
	char data[8192] = "";

	owner_start(&owner, f);
	int socket = hostile_socket(f);
	say_open(socket);
	struct pnpn_io_request echo = {.kind = PNPN_IO_CONTROL,
				       .code = ECHO,
				       .input_size = sizeof(data),
				       .output_size = sizeof(data)};
	const struct iovec parts[2] = {{&echo, sizeof(echo)}, {data, sizeof(data)}};
	struct pollfd room = {.fd = socket, .events = POLLOUT};
	int r = 0;
	for (int i = 0; i < 100000 && (r >= 0 || r == -EAGAIN); i++) {
		echo.id = (uint64_t)i + 2;
		r = pnpn_packet_send(socket, parts, 2, -1);
		if (r == -EAGAIN)
			assert_int_equal(poll(&room, 1, PATIENCE_MS), 1);
	}
	assert_int_equal(r, -EPIPE);
	close(socket);
	expect_service(f);
	owner_stop(&owner);
}

static void test_d10_memory_of_one_user_has_a_limit(void **state)
{
	struct native_fixture *f = *state;
	struct owner owner;
	int sockets[6];

	owner_start(&owner, f);
	for (int i = 0; i < 6; i++) {
		sockets[i] = hostile_socket(f);
		say_open(sockets[i]);
		int fd = memory_of(64u << 20, F_SEAL_SHRINK);
		say(sockets[i],
		    &(struct pnpn_io_request){
			    .kind = PNPN_IO_MEMORY, .slot = 1, .offset = 64u << 20},
		    NULL, 0, fd);
		close(fd);
	}
	/* What had no place any more is not there. */
	say(sockets[5],
	    &(struct pnpn_io_request){.kind = PNPN_IO_CONTROL, .id = 2, .slot = 1, .input_size = 1},
	    NULL, 0, -1);
	expect_end(sockets[5]);
	for (int i = 0; i < 5; i++)
		close(sockets[i]);
	owner_stop(&owner);
}

/* --- hostile owners ------------------------------------------------------------------------------------- */

struct liar {
	struct native_fixture *f;
	pthread_t thread;
	atomic_bool stop;
	int socket;
	struct pnpn_io_answer lie;
	size_t behind;
	int fd;
};

static void liar_opened(struct pnpn_device *device, const struct pnpn_opener *opener, int socket,
			void *userdata)
{
	((struct liar *)userdata)->socket = socket;
}

static void liar_answer(struct liar *liar)
{
	static char room[PNPN_IO_INLINE_MAX + 64];
	struct pnpn_io_answer answer = {.kind = PNPN_IO_ANSWER};
	struct pnpn_io_request request;
	int fd;
	ssize_t n = pnpn_packet_receive(liar->socket, room, sizeof(room), true, &fd);

	if (n < (ssize_t)sizeof(request)) {
		close(liar->socket);
		liar->socket = -1;
		return;
	}
	memcpy(&request, room, sizeof(request));
	answer.id = request.id;
	if (request.kind != PNPN_IO_OPEN) {
		answer = liar->lie;
		answer.id += request.id;
	}
	memset(room, 'L', sizeof(room));
	const struct iovec parts[2] = {{&answer, sizeof(answer)},
				       {room, request.kind == PNPN_IO_OPEN ? 0 : liar->behind}};
	(void)pnpn_packet_send(liar->socket, parts, 2,
			       request.kind == PNPN_IO_OPEN ? -1 : liar->fd);
}

static void *liar_main(void *argument)
{
	struct liar *liar = argument;

	while (!liar->stop) {
		if (liar->socket >= 0)
			liar_answer(liar);
		else
			(void)pnpn_wait(liar->f->driver, 10);
	}
	return NULL;
}

static void liar_start(struct liar *liar, struct native_fixture *f)
{
	struct pnpn_device *device;

	*liar = (struct liar){.f = f, .socket = -1, .fd = -1};
	assert_int_equal(pnpn_device_new(f->driver, DEVICE, &device), 0);
	assert_int_equal(pnpn_device_serve(device, liar_opened, liar), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	assert_int_equal(pthread_create(&liar->thread, NULL, liar_main, liar), 0);
}

static void test_e5_answers_that_can_not_be_so_end_the_handle(void **state)
{
	static const struct {
		struct pnpn_io_answer lie;
		size_t behind;
		bool with_fd;
	} lies[] = {
		{{.kind = PNPN_IO_ANSWER, .output_size = 5},
		 5,
		 false}, /* more than was asked for */
		{{.kind = PNPN_IO_ANSWER, .output_size = UINT32_MAX}, 4, false},
		{{.kind = PNPN_IO_ANSWER, .output_size = 4}, 3, false},
		{{.kind = PNPN_IO_ANSWER, .output_size = 4}, 0, false},
		{{.kind = PNPN_IO_ANSWER, .id = 1000}, 0, false},
		{{.kind = PNPN_IO_CLOSE}, 0, false},
		{{.kind = 12345}, 0, false},
		{{.kind = PNPN_IO_ANSWER}, 0, true},
	};
	struct native_fixture *f = *state;
	struct liar liar;

	liar_start(&liar, f);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct pnpn_handle *handle;
		char out[8] = "abcdefg";
		liar.lie = lies[i].lie;
		liar.behind = lies[i].behind;
		assert_int_equal(pnpn_open(f->application, DEVICE, &handle), 0);
		int fd = lies[i].with_fd ? eventfd(0, EFD_CLOEXEC) : -1;
		liar.fd = fd;
		assert_int_equal(pnpn_handle_ioctl(handle, ECHO, NULL, 0, out, 4, NULL), -ENODEV);
		assert_string_equal(out, "abcdefg");
		liar.fd = -1;
		if (fd >= 0)
			close(fd);
		pnpn_close(handle);
	}
	liar.stop = true;
	pthread_join(liar.thread, NULL);
	if (liar.socket >= 0)
		close(liar.socket);
}

/* He learns of no event that the request did not name. */
static void test_e3_an_owner_gets_no_event_that_he_was_not_sent(void **state)
{
	struct native_fixture *f = *state;
	struct pnpn_device *device;
	struct liar liar = {.socket = -1, .fd = -1};
	struct pnpn_handle *handle;
	uint64_t number, other;
	char room[256];
	int fd, event, other_event;

	assert_int_equal(pnpn_device_new(f->driver, DEVICE, &device), 0);
	assert_int_equal(pnpn_device_serve(device, liar_opened, &liar), 0);
	assert_int_equal(pnpn_device_start(device), 0);
	liar.f = f;
	assert_int_equal(pthread_create(&liar.thread, NULL, liar_main, &liar), 0);
	assert_int_equal(pnpn_open(f->application, DEVICE, &handle), 0);
	/* From here on by hand. */
	liar.stop = true;
	const struct pnpn_transfer flush = {.kind = PNPN_IO_FLUSH};
	liar.lie = (struct pnpn_io_answer){.kind = PNPN_IO_ANSWER};
	assert_int_equal(pnpn_handle_submit(handle, &flush, sizeof(flush), NULL), 0);
	pthread_join(liar.thread, NULL);
	assert_int_equal(pnpn_handle_share_event(handle, &event, &number), 0);
	assert_int_equal(pnpn_handle_share_event(handle, &other_event, &other), 0);
	const struct pnpn_transfer send_one = {
		.kind = PNPN_IO_WRITE, .in = &number, .in_size = sizeof(number)};
	uint64_t id;
	assert_int_equal(pnpn_handle_submit(handle, &send_one, sizeof(send_one), &id), 0);
	for (int i = 0; i < 2; i++) {
		struct pnpn_io_answer question = {.kind = PNPN_IO_QUESTION,
						  .id = id,
						  .question = 7,
						  .information = i ? number : other};
		const struct iovec part = {&question, sizeof(question)};
		assert_int_equal(pnpn_packet_send(liar.socket, &part, 1, -1), 0);
		struct pnpn_result result;
		while (pnpn_handle_take(handle, &result, sizeof(result)) > 0)
			;
		ssize_t n;
		do
			n = pnpn_packet_receive(liar.socket, room, sizeof(room), true, &fd);
		while (n > 0 && ((struct pnpn_io_request *)(void *)room)->kind != PNPN_IO_EVENT);
		assert_true(n > 0);
		assert_int_equal(fd >= 0, i);
		if (fd < 0)
			continue;
		assert_int_equal(send(fd, "\1", 1, 0), 1);
		close(fd);
		assert_int_equal(recv(event, room, 1, 0), 1);
		assert_int_equal(room[0], 1);
	}
	close(liar.socket);
	close(other_event);
	close(event);
	pnpn_close(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_e1_requests_that_are_none_end_the_file,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e1_nothing_comes_before_the_opening,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e1_memory_that_could_be_taken_away_is_refused,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e1_one_piece_of_memory_serves_one_request,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(
			test_e1_descriptors_that_nobody_asked_for_end_the_file, native_setup,
			native_teardown),
		cmocka_unit_test_setup_teardown(
			test_d10_who_asks_without_end_and_takes_nothing_is_cut_off, native_setup,
			native_teardown),
		cmocka_unit_test_setup_teardown(test_d10_memory_of_one_user_has_a_limit,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e5_answers_that_can_not_be_so_end_the_handle,
						native_setup, native_teardown),
		cmocka_unit_test_setup_teardown(test_e3_an_owner_gets_no_event_that_he_was_not_sent,
						native_setup, native_teardown),
	};

	return cmocka_run_group_tests_name("contract-io-hostile", tests, NULL, NULL);
}
