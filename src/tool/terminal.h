/* SPDX-License-Identifier: MIT */
/* A terminal that people sit at: colours, and a pager for what is longer than it. */
#ifndef PNPN_TOOL_TERMINAL_H
#define PNPN_TOOL_TERMINAL_H

#include <stdbool.h>

/** What is shown in which colour. */
enum pnpn_colour {
	PNPN_COLOUR_NONE,
	PNPN_COLOUR_DIM, /* what is there each time */
	PNPN_COLOUR_NAME, /* what it is about */
	PNPN_COLOUR_CAME,
	PNPN_COLOUR_WENT,
	PNPN_COLOUR_LOST, /* what is not as it should be */
};

/** Whether stdout is a terminal with colours whose user wants them (NO_COLOR, TERM=dumb). Ask before the pager. */
bool pnpn_terminal_has_colours(void);

/** The sequence that begins it, or PNPN_COLOUR_NONE's that ends it; "" if colours are not wanted. */
const char *pnpn_terminal_colour(bool wanted, enum pnpn_colour colour);

/** How many columns and lines it has; 80 and 24 of what is no terminal. */
void pnpn_terminal_get_size(int *ret_columns, int *ret_lines);

/** pnpn_terminal_set_pager() - whether pnpn_terminal_begin_pages() does anything: as at first, or never (--no-pager). */
void pnpn_terminal_set_pager(bool wanted);

/** From here on stdout goes to $PNPNOTIFY_PAGER, $PAGER or less, if it is a terminal. Where that can't be, all is as before. */
void pnpn_terminal_begin_pages(void);

/** Waits until its user has seen all of it. After stdout was flushed. Returns whether there was one. */
bool pnpn_terminal_end_pages(void);

#endif
