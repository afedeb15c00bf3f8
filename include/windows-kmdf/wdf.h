/* SPDX-License-Identifier: MIT */
/*
 * Drivers of the Kernel-Mode Driver Framework (KMDF), compiled against a small face of it: what is declared here is there
 * (pnpnotify-kmdf(7)), under the names, the types and the order that Windows' documentation of <wdf.h> tells. What is not
 * declared, such as interrupts, DMA and USB, is not there.
 */
#ifndef PNPN_WDF_H
#define PNPN_WDF_H

#include <ntddk.h>

#define KMDF_VERSION_MAJOR 1
#define KMDF_VERSION_MINOR 33

#include <wdftypes.h>
#include <wdfobject.h>
#include <wdfsync.h>
#include <wdfdriver.h>
#include <wdffileobject.h>
#include <wdfdevice.h>
#include <wdfresource.h>
#include <wdfpower.h>
#include <wdffdo.h>
#include <wdfcontrol.h>
#include <wdfmemory.h>
#include <wdfio.h>
#include <wdfrequest.h>
#include <wdfiotarget.h>
#include <wdftimer.h>
#include <wdfdpc.h>
#include <wdfworkitem.h>
#include <wdfcollection.h>
#include <wdfstring.h>
#include <wdfregistry.h>
#include <wdfwmi.h>

#endif
