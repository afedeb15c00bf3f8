/* SPDX-License-Identifier: MIT */
/* The hardware that a device was given: none, in a process. */
#ifndef PNPN_WDFRESOURCE_H
#define PNPN_WDFRESOURCE_H

WDF_EXTERN_C_START
ULONG WdfCmResourceListGetCount(WDFCMRESLIST List);
PCM_PARTIAL_RESOURCE_DESCRIPTOR WdfCmResourceListGetDescriptor(WDFCMRESLIST List, ULONG Index);
WDF_EXTERN_C_END

#endif
