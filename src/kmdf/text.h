/* SPDX-License-Identifier: MIT */
#ifndef PNPN_KMDF_TEXT_H
#define PNPN_KMDF_TEXT_H

#include <wdf.h>

/** Gives a string object another text, which is copied. STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES. */
NTSTATUS pnpn_wdf_string_set(WDFSTRING string, PCUNICODE_STRING text);

#endif
