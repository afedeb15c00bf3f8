/* SPDX-License-Identifier: MIT */
/* Linked into the module that is looked at; PNPN_COVERAGE_BUILD numbers that. */
#include <linux/instruction_pointer.h>
#include "coverage.h"

#define NOT_LOOKED_AT notrace __attribute__((no_sanitize_coverage))

void __sanitizer_cov_trace_pc(void);

NOT_LOOKED_AT void __sanitizer_cov_trace_pc(void)
{
	unsigned long place = _RET_IP_ - (unsigned long)__sanitizer_cov_trace_pc +
			      PNPN_COVERAGE_HALF;

	if (place < 2 * PNPN_COVERAGE_HALF)
		WRITE_ONCE(pnpn_coverage_ran[PNPN_COVERAGE_BUILD][place], 1);
}
