/* SPDX-License-Identifier: MIT */
/* What test-application-modules.c loads. */
#include <stdlib.h>

__attribute__((visibility("default"))) int loaded_module_twice(int number);

int loaded_module_twice(int number)
{
	return abs(number) * 2;
}
