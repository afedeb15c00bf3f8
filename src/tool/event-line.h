/* SPDX-License-Identifier: MIT */
/* An event as a line for people, or as a JSON object for programs. */
#ifndef PNPN_TOOL_EVENT_LINE_H
#define PNPN_TOOL_EVENT_LINE_H

#include <stdbool.h>
#include <pnpnotify.h>

/** Prints it to stdout, with the end of the line. */
void pnpn_event_line_print(const struct pnpn_event *event, bool json);

#endif
