/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include "wdm/clock.h"
#include "wdm/irql.h"

#define NSEC_PER_SEC  1000000000ull
#define NSEC_PER_TICK 15625000ull /* the 64 Hz clock that KeQueryTimeIncrement() tells of */
#define EPOCH_1601    116444736000000000ll /* 100 ns from 1601 to 1970 */
#define QPC_FREQUENCY 10000000ll

static uint64_t clock_read(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * NSEC_PER_SEC + (uint64_t)time.tv_nsec;
}

uint64_t pnpn_clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

static LONGLONG clock_system(void)
{
	return EPOCH_1601 + (LONGLONG)(clock_read(CLOCK_REALTIME) / 100);
}

uint64_t pnpn_clock_due(const LARGE_INTEGER *timeout)
{
	if (!timeout)
		return PNPN_CLOCK_NEVER;
	uint64_t ticks;
	if (timeout->QuadPart <= 0) {
		ticks = -(uint64_t)timeout->QuadPart;
	} else {
		LONGLONG left = timeout->QuadPart - clock_system();
		ticks = left > 0 ? (uint64_t)left : 0;
	}
	uint64_t now = pnpn_clock_now();
	if (ticks > (INT64_MAX - now) / 100)
		return PNPN_CLOCK_NEVER;
	return now + ticks * 100;
}

struct timespec pnpn_clock_timespec(uint64_t nanoseconds)
{
	return (struct timespec){.tv_sec = (time_t)(nanoseconds / NSEC_PER_SEC),
				 .tv_nsec = (long)(nanoseconds % NSEC_PER_SEC)};
}

void KeQuerySystemTime(PLARGE_INTEGER current)
{
	current->QuadPart = clock_system();
}

ULONGLONG KeQueryInterruptTime(void)
{
	return clock_read(CLOCK_BOOTTIME) / 100;
}

LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency)
{
	if (frequency)
		frequency->QuadPart = QPC_FREQUENCY;
	return (LARGE_INTEGER){.QuadPart = (LONGLONG)(pnpn_clock_now() / 100)};
}

ULONG KeQueryTimeIncrement(void)
{
	return NSEC_PER_TICK / 100;
}

void KeQueryTickCount(PLARGE_INTEGER count)
{
	count->QuadPart = (LONGLONG)(clock_read(CLOCK_BOOTTIME) / NSEC_PER_TICK);
}

void KeStallExecutionProcessor(ULONG microseconds)
{
	uint64_t end = pnpn_clock_now() + microseconds * 1000ull;

	while (pnpn_clock_now() < end)
		YieldProcessor();
}
