/* SPDX-License-Identifier: MIT */
/* The driver face: everything that a WDM driver includes first. */
#ifndef PNPN_WDM_H
#define PNPN_WDM_H

#define _WDMDDK_
#include <ntdef.h>
#include <pnpn-wdm/rtl.h>
#include <pnpn-wdm/ke.h>
#include <pnpn-wdm/io-types.h>
#include <pnpn-wdm/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What every driver defines: its first routine. */
DRIVER_INITIALIZE DriverEntry;

#ifdef __cplusplus
}
#endif

#endif
