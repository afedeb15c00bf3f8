/* SPDX-License-Identifier: MIT */
/* KUnit where the kernel has it; where it has not, as Debian's, as much of it as our cases use. */
#ifndef PNPN_KUNIT_SMALL_H
#define PNPN_KUNIT_SMALL_H

#include <linux/kconfig.h>

#if IS_ENABLED(CONFIG_KUNIT)
#include <kunit/test.h>
#else
#include <linux/module.h>
#include <linux/printk.h>

struct kunit {
	bool failed;
};

struct kunit_case {
	void (*run)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(function) \
	{                    \
		function,    \
		#function,   \
	}
#define KUNIT_EXPECT_TRUE(test, condition)                                                 \
	do {                                                                               \
		if (!(condition)) {                                                        \
			pr_err("    %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			(test)->failed = true;                                             \
		}                                                                          \
	} while (0)
#define KUNIT_EXPECT_FALSE(test, condition) KUNIT_EXPECT_TRUE(test, !(condition))
#define KUNIT_EXPECT_EQ(test, left, right)                                                         \
	do {                                                                                       \
		long long l_ = (long long)(left), r_ = (long long)(right);                         \
		if (l_ != r_) {                                                                    \
			pr_err("    %s:%d: %s is %lld, not %s, %lld\n", __FILE__, __LINE__, #left, \
			       l_, #right, r_);                                                    \
			(test)->failed = true;                                                     \
		}                                                                                  \
	} while (0)
#define KUNIT_ASSERT_TRUE(test, condition)          \
	do {                                        \
		KUNIT_EXPECT_TRUE(test, condition); \
		if ((test)->failed)                 \
			return;                     \
	} while (0)
#define KUNIT_ASSERT_EQ(test, left, right)          \
	do {                                        \
		KUNIT_EXPECT_EQ(test, left, right); \
		if ((test)->failed)                 \
			return;                     \
	} while (0)

static inline void pnpn_run_suite(struct kunit_suite *suite)
{
	struct kunit_case *one;
	int number = 1;

	pr_info("    # Subtest: %s\n", suite->name);
	for (one = suite->test_cases; one->run; one++) {
		struct kunit test = {};

		one->run(&test);
		pr_info("    %s %d - %s\n", test.failed ? "not ok" : "ok", number++, one->name);
	}
}

#define kunit_test_suites(...)                                  \
	static int __init pnpn_run(void)                        \
	{                                                       \
		struct kunit_suite *suites[] = {__VA_ARGS__};   \
                                                                \
		for (size_t i = 0; i < ARRAY_SIZE(suites); i++) \
			pnpn_run_suite(suites[i]);              \
		return 0;                                       \
	}                                                       \
	static void __exit pnpn_end(void)                       \
	{                                                       \
	}                                                       \
	module_init(pnpn_run);                                  \
	module_exit(pnpn_end)
#endif

#endif
