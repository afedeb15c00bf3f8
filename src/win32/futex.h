/* SPDX-License-Identifier: MIT */
/* Sleeping on 32 bits of this process, for Windows' locks, which are as large as a pointer and need no making. */
#ifndef PNPN_WIN32_FUTEX_H
#define PNPN_WIN32_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <windows.h>

/** Sleeps until woken while the word has this value; may return early. errno is ETIMEDOUT behind false. NULL: for ever. */
static inline bool pnpn_futex_wait(uint32_t *word, uint32_t value, const struct timespec *rest)
{
	return !syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, rest, NULL, 0);
}

/** Wakes so many that sleep on the word. */
static inline void pnpn_futex_wake(uint32_t *word, int count)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

#endif
