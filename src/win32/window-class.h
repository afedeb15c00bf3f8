/* SPDX-License-Identifier: MIT */
/* Window classes. */
#ifndef PNPN_WIN32_WINDOW_CLASS_H
#define PNPN_WIN32_WINDOW_CLASS_H

#include <stdbool.h>
#include <windows.h>
#include "core/list.h"

struct pnpn_window_class {
	struct pnpn_list link;
	ATOM atom;
	char *name; /* UTF-8 */
	WNDPROC procedure;
	bool unicode;
	int extra_bytes;
	unsigned int n_windows; /* of this class */
};

/** The class of that name (UTF-8) or atom, or NULL. With pnpn_gui_lock held. */
struct pnpn_window_class *pnpn_window_class_find(const char *name, ATOM atom);

#endif
