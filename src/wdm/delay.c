/* SPDX-License-Identifier: MIT */
#include "wdm/clock.h"
#include "wdm/dispatcher.h"
#include "wdm/irql.h"

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER interval)
{
	if (!pnpn_irql_is_at_most(APC_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	struct timespec due = pnpn_clock_timespec(pnpn_clock_due(interval));
	pnpn_dispatcher_tell_wait();
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
		;
	return STATUS_SUCCESS;
}
