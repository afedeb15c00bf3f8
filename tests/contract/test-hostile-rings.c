/* SPDX-License-Identifier: MIT */
/* Owners who spoil their rings, or go on writing to them, harm nobody's connection: R1, R4, R15, D8. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <systemd/sd-bus.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/protocol.h"
#include "core/ring-writer.h"
#include "native-fixture.h"

#define ID     "ROOT\\HOSTILE\\0000"
#define HONEST "ROOT\\HONEST\\0000"
/* A ring full of the smallest records. */
#define FORGED_MOST (pnpn_ring_data_bytes(PNPN_RING_BACKLOG) / 64 + 1)

#define BYTES	    pnpn_ring_bytes(pnpn_ring_data_bytes(PNPN_RING_BACKLOG))

struct fixture {
	char folder[64];
	char address[128];
	struct pnpn_manager *manager;
	struct pnpn_connection *application;
	struct pnpn_connection *driver;
	struct pnpn_device *honest;
	sd_bus *attacker;
	uint64_t number;
	int wake;
	struct pnpn_ring_header *ring;
	struct pnpn_ring_writer writer;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->folder, "/tmp/pnpn-rings-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->address, sizeof(f->address), "unix:path=%s/socket", f->folder);
	assert_int_equal(pnpn_manager_start(&f->manager, f->address, 0), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->driver), 0);
	assert_int_equal(pnpn_manager_connect(f->manager, &f->application), 0);
	f->honest = native_device(f->driver, HONEST, NULL);
	assert_true(sd_bus_new(&f->attacker) >= 0);
	assert_true(sd_bus_set_address(f->attacker, f->address) >= 0);
	assert_true(sd_bus_negotiate_fds(f->attacker, 1) >= 0);
	assert_true(sd_bus_start(f->attacker) >= 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_disconnect(f->application);
	pnpn_disconnect(f->driver);
	sd_bus_close_unref(f->attacker);
	pnpn_manager_stop(f->manager);
	if (f->ring)
		munmap(f->ring, BYTES);
	close(f->wake);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void ask(struct fixture *f, const char *method)
{
	assert_true(sd_bus_call_method(f->attacker, NULL, PNPN_BUS_PATH, PNPN_BUS_INTERFACE, method,
				       NULL, NULL, "t", f->number) >= 0);
}

/* The attacker's device, not started, with its ring in hand. */
static void create(struct fixture *f)
{
	sd_bus_message *reply = NULL;
	int ring, wake, helper, handled;

	assert_true(sd_bus_call_method(f->attacker, NULL, PNPN_BUS_PATH, PNPN_BUS_INTERFACE,
				       "CreateDevice", NULL, &reply, "s", ID) >= 0);
	assert_true(sd_bus_message_read(reply, "thhhh", &f->number, &ring, &wake, &helper,
					&handled) >= 0);
	f->ring = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	assert_ptr_not_equal(f->ring, MAP_FAILED);
	f->wake = dup(helper);
	assert_int_equal(pnpn_ring_writer_init(&f->writer, f->ring, BYTES), 0);
	sd_bus_message_unref(reply);
}

static void report(struct fixture *f, int32_t name_offset)
{
	uint64_t data = 0x0041004100410041;
	unsigned int after;

	assert_int_equal(pnpn_ring_writer_report(&f->writer, &native_event, &data, sizeof(data),
						 name_offset, NULL, &after),
			 0);
	(void)eventfd_write(f->wake, 1);
}

/* The proof that its connection lives, and follows the others. */
static void expect_honest(struct fixture *f)
{
	static uint64_t number;

	native_report(f->honest, ++number);
	native_expect_number(f->application, HONEST, number);
}

/* --- before it starts ----------------------------------------------------------------------------- */

static void r15_a_spoilt_header_ends_no_listener(void **state)
{
	struct fixture *f = *state;
	struct pnpn_registration *late;

	create(f);
	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	memset(f->ring, 0, offsetof(struct pnpn_ring_header, claim));
	ask(f, "StartDevice");
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	expect_honest(f);
	assert_int_equal(pnpn_register_all(f->application, 0, NULL, &late), 0);
	pnpn_unregister(late);
	/* Nothing of the header is needed to read what is there. */
	report(f, -1);
	native_expect(f->application, PNPN_EVENT_CUSTOM, ID);
	memset(f->ring, 0xff, sizeof(*f->ring));
	(void)eventfd_write(f->wake, 1);
	expect_honest(f);
	ask(f, "RemoveDevice");
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	expect_honest(f);
	native_expect_nothing(f->application);
}

/* --- names ---------------------------------------------------------------------------------------- */

static void r4_a_name_offset_that_no_report_has(void **state)
{
	struct fixture *f = *state;
	static const int32_t offsets[] = {1, 3, 7, 8, 9, 1 << 30, INT32_MAX, INT32_MIN, -2};

	create(f);
	ask(f, "StartDevice");
	assert_int_equal(pnpn_register_device(f->application, ID, 0, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		report(f, offsets[i]);
		const struct pnpn_event *event = native_expect(f->application, PNPN_EVENT_CUSTOM,
							       ID);
		assert_int_equal(pnpn_event_get_name_offset(event), PNPN_NAME_OFFSET_NONE);
		assert_null(pnpn_event_get_text(event));
	}
	report(f, 2);
	assert_string_equal(
		pnpn_event_get_text(native_expect(f->application, PNPN_EVENT_CUSTOM, ID)), "AAA");
}

/* --- after its end -------------------------------------------------------------------------------- */

/* The attacker's device is removed; he goes on writing good records, and somebody takes the id. */
static void go_on(struct fixture *f)
{
	for (int i = 0; i < 1000; i++)
		report(f, -1);
}

static void d8_what_is_written_after_the_end_is_nothing(void **state)
{
	struct fixture *f = *state;

	create(f);
	ask(f, "StartDevice");
	assert_int_equal(pnpn_register_all(f->application, 0, NULL, NULL), 0);
	for (int i = 0; i < 10; i++)
		report(f, -1);
	ask(f, "RemoveDevice");
	go_on(f);
	struct pnpn_device *device = native_device(f->driver, ID, NULL);
	native_report(device, 1);
	go_on(f);
	for (int i = 0; i < 10; i++)
		native_expect(f->application, PNPN_EVENT_CUSTOM, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_REMOVED, ID);
	native_expect(f->application, PNPN_EVENT_DEVICE_ARRIVED, ID);
	native_expect(f->application, PNPN_EVENT_INTERFACE_ARRIVED, ID);
	native_expect_number(f->application, ID, 1);
	go_on(f);
	expect_honest(f);
	native_expect_nothing(f->application);
}

/* Wherever he says that his ring stands when it ends, it ends. */
static void d8_an_end_at_a_place_of_the_owner_s_choice(void **state)
{
	struct fixture *f = *state;
	static const uint64_t heads[] = {3,	     1ull << 30, 1ull << 40, (1ull << 62) - 8,
					 1ull << 62, UINT64_MAX};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		create(f);
		ask(f, "StartDevice");
		struct pnpn_registration *registration;
		assert_int_equal(pnpn_register_all(f->application, 0, NULL, &registration), 0);
		report(f, -1);
		native_expect(f->application, PNPN_EVENT_CUSTOM, ID);
		uint64_t head = f->ring->head;
		f->ring->head = heads[i];
		ask(f, "RemoveDevice");
		f->ring->head = f->ring->claim = head;
		go_on(f); /* and is always ahead */
		const struct pnpn_event *event;
		uint64_t forged = 0;
		do {
			report(f, -1);
			event = wait_for_event(f->application);
			assert_true(forged++ < FORGED_MOST);
		} while (pnpn_event_get_kind(event) != PNPN_EVENT_DEVICE_REMOVED);
		expect_honest(f);
		pnpn_unregister(registration);
		munmap(f->ring, BYTES);
		close(f->wake);
	}
	f->ring = NULL;
	f->wake = -1;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r15_a_spoilt_header_ends_no_listener),
		TEST(r4_a_name_offset_that_no_report_has),
		TEST(d8_what_is_written_after_the_end_is_nothing),
		TEST(d8_an_end_at_a_place_of_the_owner_s_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
