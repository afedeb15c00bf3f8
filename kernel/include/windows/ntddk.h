/* SPDX-License-Identifier: MIT */
/* For drivers that include <ntddk.h>: the same as <wdm.h> here. */
#ifndef PNPN_NTDDK_H
#define PNPN_NTDDK_H

#define _NTDDK_
#include <wdm.h>

#endif
