/* SPDX-License-Identifier: MIT */
/*
 * Which basic blocks of pnpnotify.ko ran, for kernels without CONFIG_GCOV_KERNEL, as Debian's: the compiler has each
 * block call a function (-fsanitize-coverage=trace-pc), and that is the module's own here.
 */
#ifndef PNPN_COVERAGE_H
#define PNPN_COVERAGE_H

/* Included before each of the module's files: all of its code is in one section, which stays. */
#include <linux/init.h>
#include <linux/module.h>
#undef __init
#undef __exit
#define __init
#define __exit

/** Places before and behind the function that the blocks call. */
#define PNPN_COVERAGE_HALF (512 << 10)

/** How many builds of the module there are: each has its places. */
#define PNPN_COVERAGE_BUILDS 2

/** In pnpnotify-coverage.ko, for they outlive the module that is looked at: whether the block there ran. */
extern u8 pnpn_coverage_ran[PNPN_COVERAGE_BUILDS][2 * PNPN_COVERAGE_HALF];

#endif
