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
	HINSTANCE instance; /* whose it is */
	bool is_global; /* everybody's in the process */
	WNDCLASSEXW info; /* what it was registered with, but for its texts */
	unsigned int n_windows; /* of this class */
};

/** The class of that name (UTF-8) or atom that a module means (NULL: the program): its own, else a global one; NULL. With
 *  pnpn_gui_lock held. */
struct pnpn_window_class *pnpn_window_class_find(const char *name, ATOM atom, HINSTANCE instance);

#endif
