/* SPDX-License-Identifier: MIT */
/* U16: names of ports and volumes, in order of first sight, kept in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "manager/assignment.h"
#include "manager/node.h"
#include "manager/server.h"
#include "manager/setup.h"

#define LETTERS 23 /* D: to Z: */

struct fixture {
	char folder[32];
	char path[64];
	sd_event *event;
	struct pnpn_server *server;
};

static void start(struct fixture *f)
{
	assert_int_equal(pnpn_server_new(&f->server, f->event), 0);
	assert_int_equal(pnpn_assignments_set_path(f->server, f->path), 0);
}

static void restart(struct fixture *f)
{
	pnpn_server_free(f->server);
	start(f);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->folder, "/tmp/pnpn-names-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/names", f->folder);
	assert_true(sd_event_new(&f->event) >= 0);
	start(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pnpn_server_free(f->server);
	sd_event_unref(f->event);
	unlink(f->path);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void write_file(const struct fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void expect(const struct fixture *f, enum pnpn_assignment_kind kind, const char *id,
		   const char *name)
{
	const char *got = pnpn_assignment_get(f->server, kind, id);

	assert_non_null(got);
	assert_string_equal(got, name);
}

static void u16_in_order_of_first_sight_and_kept(void **state)
{
	struct fixture *f = *state;

	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\B", "COM1");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\A", "COM2");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\B", "COM1");
	expect(f, PNPN_ASSIGN_DRIVE, "LINUX\\BLOCK\\A", "D:");
	expect(f, PNPN_ASSIGN_DRIVE, "LINUX\\TTY\\A", "E:");
	expect(f, PNPN_ASSIGN_DISK, "LINUX\\BLOCK\\B", "PhysicalDrive0");
	expect(f, PNPN_ASSIGN_DISK, "LINUX\\BLOCK\\A", "PhysicalDrive1");
	restart(f);
	expect(f, PNPN_ASSIGN_DISK, "LINUX\\BLOCK\\A", "PhysicalDrive1");
	expect(f, PNPN_ASSIGN_DISK, "LINUX\\BLOCK\\C", "PhysicalDrive2");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\C", "COM3");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\A", "COM2");
	expect(f, PNPN_ASSIGN_DRIVE, "LINUX\\TTY\\A", "E:");
}

static void u16_as_the_file_says(void **state)
{
	struct fixture *f = *state;

	write_file(f, "# mine\nCOM7 linux\\tty\\a\n\nZ: LINUX\\BLOCK\\A\nCOM7 LINUX\\TTY\\B\n"
		      "COM0 LINUX\\TTY\\C\nCOM257 LINUX\\TTY\\C\nCOM1x LINUX\\TTY\\C\nC: "
		      "LINUX\\BLOCK\\B\n"
		      "a: LINUX\\BLOCK\\B\nCOM2 nonsense\nCOM3\nPhysicalDrive0 LINUX\\BLOCK\\B\n"
		      "PhysicalDrive256 LINUX\\BLOCK\\C\nPhysicalDrive LINUX\\BLOCK\\C\n");
	restart(f);
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\A", "COM7");
	expect(f, PNPN_ASSIGN_DRIVE, "LINUX\\BLOCK\\A", "Z:");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\B", "COM1");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\C", "COM2");
	expect(f, PNPN_ASSIGN_DRIVE, "LINUX\\BLOCK\\B", "D:");
	expect(f, PNPN_ASSIGN_DISK, "LINUX\\BLOCK\\C", "PhysicalDrive1");
	expect(f, PNPN_ASSIGN_DISK, "LINUX\\BLOCK\\B", "PhysicalDrive0");
}

static const struct pnpn_node_kind kind = {.name = "test"};

/* All letters are given: who is not there lends his, who is keeps his. */
static void u16_letters_run_out(void **state)
{
	struct fixture *f = *state;
	struct pnpn_node *node;
	char id[32];

	for (int i = 0; i < LETTERS; i++) {
		snprintf(id, sizeof(id), "LINUX\\BLOCK\\%d", i);
		assert_non_null(pnpn_assignment_get(f->server, PNPN_ASSIGN_DRIVE, id));
		if (i != 2)
			assert_int_equal(pnpn_node_new(&node, f->server, &kind, id), 0);
	}
	expect(f, PNPN_ASSIGN_DRIVE, "LINUX\\BLOCK\\MORE", "F:");
	assert_int_equal(pnpn_node_new(&node, f->server, &kind, "LINUX\\BLOCK\\MORE"), 0);
	assert_null(pnpn_assignment_get(f->server, PNPN_ASSIGN_DRIVE, "LINUX\\BLOCK\\LAST"));
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\A", "COM1");
}

/* A folder that can't be written: names are given all the same. */
static void u16_where_nothing_can_be_kept(void **state)
{
	struct fixture *f = *state;

	strcat(f->path, "/no/names");
	restart(f);
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\A", "COM1");
	expect(f, PNPN_ASSIGN_PORT, "LINUX\\TTY\\A", "COM1");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(u16_in_order_of_first_sight_and_kept),
		TEST(u16_as_the_file_says),
		TEST(u16_letters_run_out),
		TEST(u16_where_nothing_can_be_kept),
	};

	return cmocka_run_group_tests_name("names of ports and volumes", tests, NULL, NULL);
}
