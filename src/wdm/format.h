/* SPDX-License-Identifier: MIT */
/* Text as Windows formats it: long has 32 bits, %wZ is a counted string, %s goes by the function. */
#ifndef PNPN_WDM_FORMAT_H
#define PNPN_WDM_FORMAT_H

#include <stdbool.h>
#include <wdm.h>

/** The text as UTF-8, the caller's: free(). format is UTF-8; wide: %s and %c are wide, %S and %C
 *  narrow, as in the functions for wide text. NULL without memory. */
char *pnpn_format(const char *format, bool wide, va_list arguments);

#endif
