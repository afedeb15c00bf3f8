/* SPDX-License-Identifier: MIT */
/* Signals as a console's controls: SIGINT is CTRL_C_EVENT, SIGTERM and SIGHUP are CTRL_CLOSE_EVENT. */
#ifndef PNPN_WIN32_CONSOLE_CONTROL_H
#define PNPN_WIN32_CONSOLE_CONTROL_H

#include <signal.h>
#include <stdbool.h>

/** Whether a signal's action is that of the console: the program's own wish, which a service's goes before. */
bool pnpn_console_control_is(const struct sigaction *action);

#endif
