/* SPDX-License-Identifier: MIT */
/* A driver of the framework's for tests: what it is asked, and what it heard of its device's life. */
#ifndef PNPN_TESTS_KMDF_DRIVER_H
#define PNPN_TESTS_KMDF_DRIVER_H

#include <stdatomic.h>
#include <ntddk.h>
#include <wdf.h>

#define KMDF_ID	  "ROOT\\KMDF\\0000"
#define KMDF_LINK "\\\\.\\Kmdf"

#define KMDF_CODE(number, method) \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800 + (number), method, FILE_ANY_ACCESS)
#define KMDF_ECHO KMDF_CODE(1, METHOD_BUFFERED) /* the input is the output */
#define KMDF_FILL KMDF_CODE(2, METHOD_OUT_DIRECT) /* the output is full of 0x5a */
#define KMDF_LATER \
	KMDF_CODE(3, METHOD_BUFFERED) /* a timer, a DPC and a work item complete it: "later" */
#define KMDF_KEEP    KMDF_CODE(4, METHOD_BUFFERED) /* cancelable, kept until KMDF_RELEASE */
#define KMDF_RELEASE KMDF_CODE(5, METHOD_BUFFERED)
#define KMDF_PARK    KMDF_CODE(6, METHOD_BUFFERED) /* on a manual queue, until KMDF_UNPARK */
#define KMDF_UNPARK  KMDF_CODE(7, METHOD_BUFFERED)
#define KMDF_REPORT  KMDF_CODE(8, METHOD_BUFFERED) /* the input is the data of an event */
#define KMDF_NEITHER KMDF_CODE(9, METHOD_NEITHER) /* the input, turned round, is the output */
#define KMDF_NOTHING KMDF_CODE(99, METHOD_BUFFERED) /* the driver does not know it */

/** Counts of requests and files. */
extern atomic_int kmdf_kept, kmdf_cancelled, kmdf_opened, kmdf_cleaned, kmdf_closed, kmdf_parked;
/** What EvtDeviceQueryRemove says. */
extern NTSTATUS kmdf_query_remove;
/** What EvtDeviceD0Entry says. */
extern NTSTATUS kmdf_d0_entry;
extern WDFDEVICE kmdf_device;
extern WDFDRIVER kmdf_driver;
extern const GUID kmdf_event, kmdf_interface;

/** Its DriverEntry. */
NTSTATUS kmdf_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path);

/** What happened to the device and its objects, a letter each, in the order it did. */
void kmdf_get_told(char *ret_told, size_t size);

#endif
