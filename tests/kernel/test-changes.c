/* SPDX-License-Identifier: MIT */
/* What /dev/pnpnotify tells of what is there and what changes (pnpnotify/uapi.h): D10, R15. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include <pnpnotify/uapi.h>
#include "driver-call.h"

#define DEVICES	   8u
#define LINKS	   4u
#define INTERFACES 3u

/* One device as the driver has it, or as a reader of changes believes it to be. */
struct image {
	uint64_t number; /* 0: not there */
	bool links[LINKS];
	bool interfaces[INTERFACES];
};

struct fixture {
	int driver;
	int control;
	bool settled; /* the reader was told of everything that is there */
	struct image is[DEVICES]; /* number is 1 for those that are there */
	struct image told[DEVICES];
	char interface_names[DEVICES][INTERFACES][512];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->driver = open("/dev/pnpnotify-test", O_RDWR | O_CLOEXEC);
	assert_true(f->driver >= 0);
	f->control = -1;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->control >= 0)
		close(f->control);
	close(f->driver);
	free(f);
	return 0;
}

/* --- the driver's side ---------------------------------------------------------------------------- */

static void id_of(unsigned int device, char id[64])
{
	snprintf(id, 64, "ROOT\\CHANGES\\%04u", device);
}

static void link_of(unsigned int device, unsigned int number, char link[64])
{
	snprintf(link, 64, "\\\\.\\Changes%u_%u", device, number);
}

/* Devices come in the order of their indices there: freed ones are taken again, lowest first. */
static void come(struct fixture *f, unsigned int device)
{
	struct test_call call = {.what = TEST_NEW, .value = 256 << 10};

	id_of(device, call.text);
	assert_int_equal(driver_call(f->driver, &call), 0);
	assert_int_equal(call.device, device);
	for (unsigned int i = 0; i < INTERFACES; i++) {
		struct test_call add = {.what = TEST_ADD_INTERFACE, .device = device, .guid = {1}};
		snprintf(add.text, sizeof(add.text), "%u", i);
		assert_int_equal(driver_call(f->driver, &add), 0);
		strcpy(f->interface_names[device][i], add.text);
	}
	assert_int_equal(driver_ask(f->driver, TEST_START, device, "", 0), 0);
	f->is[device] = (struct image){.number = 1};
}

static void go(struct fixture *f, unsigned int device)
{
	assert_int_equal(driver_ask(f->driver, TEST_REMOVE, device, "", 0), 0);
	f->is[device].number = 0;
}

static void toggle_link(struct fixture *f, unsigned int device, unsigned int number)
{
	bool *there = &f->is[device].links[number];
	char link[64];

	link_of(device, number, link);
	assert_int_equal(
		driver_ask(f->driver, *there ? TEST_REMOVE_LINK : TEST_ADD_LINK, device, link, 0),
		0);
	*there = !*there;
}

static void toggle_interface(struct fixture *f, unsigned int device, unsigned int number)
{
	bool *enabled = &f->is[device].interfaces[number];

	assert_int_equal(driver_ask(f->driver, TEST_ENABLE, device,
				    f->interface_names[device][number], !*enabled),
			 0);
	*enabled = !*enabled;
}

/* A lower index must not be free when a higher one comes: the last one comes and goes. */
static void change_something(struct fixture *f)
{
	unsigned int device = (unsigned int)rand() % (DEVICES - 1);

	switch (rand() % 4) {
	case 0:
		if (f->is[DEVICES - 1].number)
			go(f, DEVICES - 1);
		else
			come(f, DEVICES - 1);
		break;
	case 1:
		toggle_interface(f, device, (unsigned int)rand() % INTERFACES);
		break;
	default:
		toggle_link(f, device, (unsigned int)rand() % LINKS);
	}
}

/* --- the reader's side ---------------------------------------------------------------------------- */

static void reopen(struct fixture *f)
{
	if (f->control >= 0)
		close(f->control);
	f->control = open("/dev/pnpnotify", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(f->control >= 0);
	memset(f->told, 0, sizeof(f->told));
	f->settled = false;
}

/* Everything that is told has to be news. */
static void believe_thing(struct fixture *f, struct image *told, unsigned int device,
			  const struct pnpn_kernel_change *change)
{
	char link[64];

	for (unsigned int i = 0; i < LINKS; i++) {
		link_of(device, i, link);
		if (strcmp(change->name, link) != 0)
			continue;
		assert_int_equal(told->links[i], change->kind == PNPN_CHANGE_UNLINK);
		told->links[i] = change->kind == PNPN_CHANGE_LINK;
		return;
	}
	for (unsigned int i = 0; i < INTERFACES; i++) {
		if (strcmp(change->name, f->interface_names[device][i]) != 0)
			continue;
		bool enabled = change->kind == PNPN_CHANGE_ENABLED;
		assert_true(enabled != told->interfaces[i] || !f->settled);
		told->interfaces[i] = enabled;
		return;
	}
	fail_msg("%s is nobody's", change->name);
}

static void believe(struct fixture *f, const struct pnpn_kernel_change *change)
{
	unsigned int device;

	assert_int_equal(change->size, sizeof(*change));
	if (change->kind == PNPN_CHANGE_SETTLED) {
		assert_false(f->settled);
		f->settled = true;
		return;
	}
	if (change->kind == PNPN_CHANGE_OVERRUN) {
		memset(f->told, 0, sizeof(f->told));
		f->settled = false;
		return;
	}
	if (sscanf(change->instance_id, "ROOT\\CHANGES\\%u", &device) != 1 || device >= DEVICES)
		return;
	struct image *told = &f->told[device];
	if (change->kind == PNPN_CHANGE_CAME) {
		assert_true(told->number == 0);
		*told = (struct image){.number = change->device};
		return;
	}
	assert_true(told->number == change->device);
	if (change->kind == PNPN_CHANGE_WENT)
		*told = (struct image){0};
	else
		believe_thing(f, told, device, change);
}

/* Returns whether there was one. */
static bool take(struct fixture *f)
{
	struct pnpn_kernel_change change;
	ssize_t bytes = read(f->control, &change, sizeof(change));

	if (bytes < 0) {
		assert_int_equal(errno, EAGAIN);
		return false;
	}
	assert_int_equal(bytes, sizeof(change));
	believe(f, &change);
	return true;
}

static void assert_in_step(struct fixture *f)
{
	while (take(f))
		;
	assert_true(f->settled);
	for (unsigned int i = 0; i < DEVICES; i++) {
		assert_int_equal(f->told[i].number != 0, f->is[i].number != 0);
		if (!f->is[i].number)
			continue;
		assert_memory_equal(f->told[i].links, f->is[i].links, sizeof(f->is[i].links));
		assert_memory_equal(f->told[i].interfaces, f->is[i].interfaces,
				    sizeof(f->is[i].interfaces));
	}
}

/* --- cases ---------------------------------------------------------------------------------------- */

/* Changes fall before, at and after where the reader is among what is there. */
static void r15_what_is_there_and_what_changes_make_one_picture(void **state)
{
	struct fixture *f = *state;

	srand(1);
	for (unsigned int i = 0; i < DEVICES; i++)
		come(f, i);
	for (int round = 0; round < 3000; round++) {
		if (round % 20 == 0)
			reopen(f);
		for (int i = rand() % 4; i > 0; i--)
			change_something(f);
		for (int i = rand() % 8; i > 0; i--)
			(void)take(f);
		if (round % 20 == 19)
			assert_in_step(f);
	}
}

static void r15_an_overrun_is_told_and_then_everything_that_is_there(void **state)
{
	struct fixture *f = *state;
	int overruns = 0;

	for (unsigned int i = 0; i < DEVICES; i++)
		come(f, i);
	for (int round = 0; round < 3; round++) {
		/* Half way through what is there, at its beginning, and behind its end. */
		if (round < 2)
			reopen(f);
		for (int i = 0; i < 10 * round; i++)
			(void)take(f);
		for (int i = 0; i < 5000; i++)
			change_something(f);
		struct pnpn_kernel_change change;
		assert_int_equal(read(f->control, &change, sizeof(change)), sizeof(change));
		overruns += change.kind == PNPN_CHANGE_OVERRUN;
		believe(f, &change);
		assert_in_step(f);
	}
	assert_int_equal(overruns, 3);
}

/* A page that can't be written to costs nothing but the call. */
static void r15_what_could_not_be_handed_out_is_not_lost(void **state)
{
	struct fixture *f = *state;
	void *nowhere = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(nowhere != MAP_FAILED);

	for (unsigned int i = 0; i < DEVICES; i++)
		come(f, i);
	reopen(f);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(read(f->control, nowhere, sizeof(struct pnpn_kernel_change)), -1);
		assert_int_equal(errno, EFAULT);
		assert_true(take(f));
	}
	assert_in_step(f);
	munmap(nowhere, 4096);
}

static unsigned long slab_kib(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[256];
	unsigned long kib = 0;

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "SUnreclaim: %lu", &kib) == 1)
			break;
	fclose(file);
	return kib;
}

/* Who opens it and never reads costs as much as who opens it. */
static void d10_who_does_not_read_has_nothing_queued(void **state)
{
	struct fixture *f = *state;
	int opens[500];

	for (unsigned int i = 0; i < DEVICES; i++)
		come(f, i);
	for (int i = 0; i < 500; i++) {
		opens[i] = open("/dev/pnpnotify", O_RDONLY | O_CLOEXEC);
		assert_true(opens[i] >= 0);
	}
	unsigned long before = slab_kib();
	for (int i = 0; i < 200; i++)
		toggle_link(f, 0, 0);
	unsigned long after = slab_kib();
	printf("%ld KiB for 500 files and 200 changes\n", (long)(after - before));
	assert_true(after < before + 8192);
	for (int i = 0; i < 500; i++)
		close(opens[i]);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r15_what_is_there_and_what_changes_make_one_picture),
		TEST(r15_an_overrun_is_told_and_then_everything_that_is_there),
		TEST(r15_what_could_not_be_handed_out_is_not_lost),
		TEST(d10_who_does_not_read_has_nothing_queued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
