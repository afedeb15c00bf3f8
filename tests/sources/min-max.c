/* SPDX-License-Identifier: MIT */
/* U18: min and max are macros, in C; C++ sources have std's, or say NOMINMAX. */
/* sources: run */
#ifdef __cplusplus
#define NOMINMAX
#include <windows.h>
#include <algorithm>
#else
#include <windows.h>
#endif
#include "check.h"

#if defined(__cplusplus) && (defined(min) || defined(max))
#error "NOMINMAX is not obeyed"
#endif

int main(void)
{
#ifdef __cplusplus
	CHECK(std::min<DWORD>(1, 2) == 1 && std::max(3, 2) == 3);
#else
	CHECK(min(1, 2) == 1 && max(3, 2) == 3);
#endif
	return failures;
}
