/* SPDX-License-Identifier: MIT */
/*
 * The verifier (V1): with it a driver's broken rule stops the process, and it says which rule, in which call, and how the
 * call came about. Without it the same call is refused, or what can be mended is mended with a line on stderr.
 */
#ifndef PNPN_WDM_VERIFIER_H
#define PNPN_WDM_VERIFIER_H

#include <stdbool.h>

/** Turns it on or off: pnpn_host_set_verify(). Any thread. */
void pnpn_verifier_set(bool on);

/** Whether it is on. Any thread. */
bool pnpn_verifier_is_on(void);

/** A rule is broken. call: the kernel function, or the driver's routine. Returns only where the verifier is off. */
void pnpn_verifier_broken(const char *call, const char *rule, ...)
	__attribute__((format(printf, 2, 3)));

/** Whether an address is on the calling thread's stack. */
bool pnpn_verifier_is_on_stack(const void *address);

#endif
