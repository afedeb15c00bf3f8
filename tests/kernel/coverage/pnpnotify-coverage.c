/* SPDX-License-Identifier: MIT */
/* Keeps which blocks ran; /sys/kernel/debug/pnpnotify-coverage has a line for each: the build, and how far the block lies
 * behind the function that it calls. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "coverage.h"

u8 pnpn_coverage_ran[PNPN_COVERAGE_BUILDS][2 * PNPN_COVERAGE_HALF];
EXPORT_SYMBOL_GPL(pnpn_coverage_ran);

static struct dentry *file;

static int ran_show(struct seq_file *seq, void *unused)
{
	int build, place;

	for (build = 0; build < PNPN_COVERAGE_BUILDS; build++)
		for (place = 0; place < 2 * PNPN_COVERAGE_HALF; place++)
			if (READ_ONCE(pnpn_coverage_ran[build][place]))
				seq_printf(seq, "COVERAGE %d %d\n", build,
					   place - PNPN_COVERAGE_HALF);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ran);

static int begin(void)
{
	file = debugfs_create_file("pnpnotify-coverage", 0400, NULL, NULL, &ran_fops);
	return 0;
}

static void end(void)
{
	debugfs_remove(file);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("which parts of pnpnotify.ko ran");
