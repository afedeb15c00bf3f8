/* SPDX-License-Identifier: MIT */
/* Between the native library's UTF-8 and the counted UTF-16 of drivers. */
#ifndef PNPN_WDM_TEXT_H
#define PNPN_WDM_TEXT_H

#include <wdm.h>

/** prefix and text as UTF-16 with a final zero; the buffer is the caller's: RtlFreeUnicodeString().
 *  STATUS_UNMAPPABLE_CHARACTER; STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pnpn_text_to_unicode(const char *prefix, const char *text, PUNICODE_STRING ret_string);

/** The same as UTF-8, the caller's: free(). STATUS_OBJECT_NAME_INVALID if it is malformed, holds a zero
 *  or is NULL; STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pnpn_text_from_unicode(PCUNICODE_STRING string, char **ret_text);

#endif
