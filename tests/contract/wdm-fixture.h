/* SPDX-License-Identifier: MIT */
/* A manager, a host and two drivers in this process: one that reports, one that watches. */
#ifndef PNPN_TESTS_WDM_FIXTURE_H
#define PNPN_TESTS_WDM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <wdm.h>
#include <pnpnotify.h>

#define REPORTER_ID   "ROOT\\REPORTER\\0000"
#define REPORTER_NAME L"\\??\\Reporter"
#define DATA_OFFSET   ((USHORT)offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer))

/** A notification with room for the largest data. */
union notification {
	TARGET_DEVICE_CUSTOM_NOTIFICATION custom;
	UCHAR bytes[65536];
};

struct wdm_fixture {
	struct pnpn_manager *manager;
	char folder[64];
	char address[128];
	struct pnpn_connection *application;
};

extern const GUID event_guid, interface_guid;
extern PDRIVER_OBJECT reporter_driver, watcher_driver;
extern PDEVICE_OBJECT reporter_pdo, reporter_fdo;
/** Called with each PnP IRP that the reporter gets, before it goes down; NULL for none. */
extern void (*reporter_on_pnp)(UCHAR minor);
/** Called at the end of the reporter's AddDevice; NULL for none. */
extern void (*reporter_on_add)(void);

/** cmocka: a manager, a host with both drivers and the device started, an application that has
 *  registered for it. */
int wdm_setup(void **state);
int wdm_teardown(void **state);

/** Loads the two drivers; wdm_setup() did. */
void wdm_add_drivers(void);

/** Fills a notification with an event whose data is that. */
void notification_fill(union notification *notification, const void *data, size_t size);

/** Reports a number; callback as in IoReportTargetDeviceChangeAsynchronous(). */
NTSTATUS report_number(ULONG number, PDEVICE_CHANGE_COMPLETE_CALLBACK callback, PVOID context);

/** The application's next event. */
const struct pnpn_event *application_next(struct wdm_fixture *f);

/** The number that it carries. */
ULONG event_number(const struct pnpn_event *event);

/** Fails the test unless the application has nothing more. */
void application_expect_nothing(struct wdm_fixture *f);

/** Waits for an event; fails a test that hangs. */
void event_wait(PKEVENT event);

/** Opens the reporter from a driver. */
PFILE_OBJECT reporter_open(void);

#endif
