/* SPDX-License-Identifier: MIT */
/* Wide paths for Linux's functions. */
#ifndef PNPN_LIBC_NARROW_PATH_H
#define PNPN_LIBC_NARROW_PATH_H

#include <errno.h>
#include <stdlib.h>
#include "wincommon/utf.h"

/** A call with the wide path as a narrow one, which is its `name`. */
#define WITH_NARROW(path, call)                     \
	({                                          \
		char *name = pnpn_utf_narrow(path); \
		int result = name ? (call) : -1;    \
		int error = errno;                  \
		free(name);                         \
		errno = error;                      \
		result;                             \
	})

#endif
