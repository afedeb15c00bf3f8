/* SPDX-License-Identifier: MIT */
/* A device, a registrant, and what it saw: for the cases of pnpnotify-kunit.ko, which run one after the other. */
#ifndef PNPN_KUNIT_FIXTURE_H
#define PNPN_KUNIT_FIXTURE_H

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <pnpnotify/windows.h>
#include "kunit-small.h"

#define ID	 "ROOT\\KUNIT\\0000"
#define DATA_AT	 offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer)
#define SPACE	 256
#define PATIENCE (30 * HZ)

extern DRIVER_OBJECT owner_driver, other_driver;
extern const GUID event_guid, class_guid;

/* What a registrant saw: shared by all cases, which run one after the other. */
struct seen {
	int begun, events, removals, losses, arrivals, departures, completions;
	u64 lost;
	u32 size;
	u8 data[SPACE];
	PFILE_OBJECT file;
	PVOID entry;
	PDEVICE_OBJECT pdo;
	NTSTATUS status;
	int events_at_completion;
	bool in_order, block, sleep;
	u64 last;
	struct completion released, told;
};
extern struct seen seen;

struct report {
	union {
		TARGET_DEVICE_CUSTOM_NOTIFICATION notification;
		u8 space[DATA_AT + SPACE];
	};
};

/** Forgets what was seen. */
void forget(void);
/** A registrant that writes down what it sees. */
NTSTATUS on_notification(PVOID structure, PVOID context);
/** A completion callback; context: NULL, or its number. */
VOID on_complete(PVOID context);
/** Makes a report. */
void fill(struct report *report, const void *data, u32 size);
/** Reports a number. */
NTSTATUS report_number(PDEVICE_OBJECT pdo, u64 number);
/** A started device, \\.\Kunit, and nothing seen. */
PDEVICE_OBJECT start(struct kunit *test);
/** Opens it. */
PFILE_OBJECT open_device(struct kunit *test);
/** A registration that outlives its file object (K2). */
void listen(struct kunit *test, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE callback);
/** Waits for a count; the limit only ends what hangs. */
bool wait_until(int *count, int wanted);
/** Ends what listen() began. */
void unlisten(struct kunit *test);

/** Section K; section D. */
extern struct kunit_suite notification_suite, tree_suite;

#endif
