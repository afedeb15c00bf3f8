/* SPDX-License-Identifier: MIT */
/* A medium in the place of another, and what is on it. With udev, without, and with a slow one: L2. */
#include <fcntl.h>
#include <linux/loop.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmocka.h>

#include "linux-told.h"

/* What is in a loop device can be exchanged while that is read-only. */
static void put_in(struct linux_fixture *f, const char *suffix)
{
	char path[160];

	snprintf(path, sizeof(path), "%s%s", f->image, suffix);
	int disk = open(f->disk, O_RDONLY | O_CLOEXEC), file = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(disk >= 0 && file >= 0);
	assert_int_equal(ioctl(disk, LOOP_CHANGE_FD, file), 0);
	close(disk);
	close(file);
}

/* A volume goes before its medium and comes after it, also where there is one on either; its label is not told. */
static void l2_a_volume_is_of_its_medium(void **state)
{
	struct linux_fixture *f = *state;

	linux_command(f,
		      "cd '%s' && truncate -s 16M image.another image.empty && "
		      "mkfs.ext4 -qL one image && mkfs.ext4 -qL another image.another",
		      f->folder);
	f->read_only = true;
	linux_attach_and_settle(f);
	linux_told_disk(f, "+disk", "+volume", NULL);
	for (int i = 0; i < 2; i++) {
		put_in(f, ".another");
		linux_told_disk(f, "-volume", "media-removal", "media-arrival", "+volume", NULL);
		put_in(f, ".empty");
		linux_told_disk(f, "-volume", "media-removal", "media-arrival", NULL);
		linux_told_no_more(f);
		put_in(f, "");
		linux_told_disk(f, "media-removal", "media-arrival", "+volume", NULL);
	}
	linux_detach(f);
	linux_told_disk(f, "-disk", "-volume", NULL);
	linux_told_no_more(f);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, linux_told_setup, linux_told_teardown)

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l2_a_volume_is_of_its_medium),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	return linux_told_main(argc, argv, run_all);
}
