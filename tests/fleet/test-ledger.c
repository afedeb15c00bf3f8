/* SPDX-License-Identifier: MIT */
/* What a mirror remembers: F3, F6. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "fleet/ledger.h"

static char path[64];

static struct pnpn_ledger reopen(void)
{
	struct pnpn_ledger ledger;

	assert_int_equal(pnpn_ledger_init(&ledger, path), 0);
	return ledger;
}

static void f3_what_was_handed_on_is_remembered(void **state)
{
	struct pnpn_ledger ledger = reopen(), other;

	assert_int_equal(pnpn_ledger_begin(&ledger, 7), 0);
	struct pnpn_ledger_row *row = pnpn_ledger_find(&ledger, "alpha", "ROOT\\A\\B", true);
	row->since = 5;
	row->sequence = 9;
	pnpn_ledger_set_place(&ledger, 77);
	assert_int_equal(pnpn_ledger_init(&other, path), -EBUSY);
	pnpn_ledger_deinit(&other);
	pnpn_ledger_deinit(&ledger);
	ledger = reopen();
	assert_int_equal(pnpn_ledger_begin(&ledger, 7), 77);
	row = pnpn_ledger_find(&ledger, "alpha", "ROOT\\A\\B", false);
	assert_int_equal(row->sequence, 9);
	assert_null(pnpn_ledger_find(&ledger, "alph", "a/ROOT\\A\\B", false));
	assert_null(pnpn_ledger_find(&ledger, "beta", "ROOT\\A\\B", false));
	/* A stream that was made anew. */
	assert_int_equal(pnpn_ledger_begin(&ledger, 8), 0);
	assert_null(pnpn_ledger_find(&ledger, "alpha", "ROOT\\A\\B", false));
	pnpn_ledger_deinit(&ledger);
}

/* More than there is room for at first, many of them gone again. */
static void f3_many_devices_are_remembered(void **state)
{
	struct pnpn_ledger ledger = reopen();
	char id[32];

	assert_int_equal(pnpn_ledger_begin(&ledger, 1), 0);
	pnpn_ledger_set_place(&ledger, 3);
	for (uint64_t i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "ROOT\\MANY\\%05u", (unsigned int)i);
		struct pnpn_ledger_row *row = pnpn_ledger_find(&ledger, "alpha", id, true);
		assert_non_null(row);
		row->since = 1;
		row->sequence = i;
		if (i % 2)
			pnpn_ledger_forget(&ledger, "alpha", id);
	}
	pnpn_ledger_deinit(&ledger);
	ledger = reopen();
	assert_int_equal(pnpn_ledger_begin(&ledger, 1), 3);
	for (uint64_t i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "ROOT\\MANY\\%05u", (unsigned int)i);
		struct pnpn_ledger_row *row = pnpn_ledger_find(&ledger, "alpha", id, false);
		assert_int_equal(row != NULL, i % 2 == 0);
		if (row)
			assert_int_equal(row->sequence, i);
	}
	pnpn_ledger_deinit(&ledger);
}

static void f6_a_file_that_is_none_begins_anew(void **state)
{
	FILE *file = fopen(path, "w");

	for (int i = 0; i < 100000; i++)
		fputc(i * 7, file);
	fclose(file);
	struct pnpn_ledger ledger = reopen();
	assert_int_equal(pnpn_ledger_begin(&ledger, 1), 0);
	assert_null(pnpn_ledger_find(&ledger, "alpha", "ROOT\\A\\B", false));
	assert_non_null(pnpn_ledger_find(&ledger, "alpha", "ROOT\\A\\B", true));
	pnpn_ledger_deinit(&ledger);
}

static int setup(void **state)
{
	snprintf(path, sizeof(path), "/tmp/pnpn-ledger-%d", (int)getpid());
	unlink(path);
	return 0;
}

static int teardown(void **state)
{
	return unlink(path);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(f3_what_was_handed_on_is_remembered),
		TEST(f3_many_devices_are_remembered),
		TEST(f6_a_file_that_is_none_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
