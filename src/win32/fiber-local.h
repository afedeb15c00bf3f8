/* SPDX-License-Identifier: MIT */
/* Fls*: values of a thread's that are given to a function of the program's when it ends. */
#ifndef PNPN_WIN32_FIBER_LOCAL_H
#define PNPN_WIN32_FIBER_LOCAL_H

/** The calling thread ends: its values go. Does nothing the second time. */
void pnpn_fiber_locals_end(void);

#endif
