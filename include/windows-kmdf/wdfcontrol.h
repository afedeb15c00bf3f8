/* SPDX-License-Identifier: MIT */
/* Devices that are no Plug and Play devices: named, opened, asked. */
#ifndef PNPN_WDFCONTROL_H
#define PNPN_WDFCONTROL_H

typedef enum _WDF_DEVICE_SHUTDOWN_FLAGS {
	WdfDeviceShutdown = 0x01,
	WdfDeviceLastChanceShutdown = 0x02,
} WDF_DEVICE_SHUTDOWN_FLAGS;

typedef VOID EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION *PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION;

WDF_EXTERN_C_START
/* SDDL says who may open it on Windows; here it is who may open what its driver's user owns (D9). */
PWDFDEVICE_INIT WdfControlDeviceInitAllocate(WDFDRIVER Driver, const UNICODE_STRING *SDDLString);
/* Called when the host ends, before EvtDriverUnload. */
VOID WdfControlDeviceInitSetShutdownNotification(PWDFDEVICE_INIT DeviceInit,
						 PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION Notification,
						 UCHAR Flags);
/* From then on it can be opened. */
VOID WdfControlFinishInitializing(WDFDEVICE Device);
WDF_EXTERN_C_END

#endif
