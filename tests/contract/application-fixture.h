/* SPDX-License-Identifier: MIT */
/* A manager, a device that this process reports on through the native API, and windows that write down
 * what they get. */
#ifndef PNPN_TESTS_APPLICATION_FIXTURE_H
#define PNPN_TESTS_APPLICATION_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>
#include <dbt.h>
#include <pnpnotify.h>
#include <pnpnotify/manager.h>

#define SEEN_MAX 64

/* One WM_DEVICECHANGE, copied while it was valid. */
struct seen {
	UINT event;
	size_t size; /* dbch_size, as many bytes as body has */
	union {
		DEV_BROADCAST_HANDLE handle;
		DEV_BROADCAST_DEVICEINTERFACE_A interface_a;
		DEV_BROADCAST_DEVICEINTERFACE_W interface_w;
		BYTE bytes[1024];
	} body; /* the first 1024 bytes */
};

/* A window, what it saw, and what else it does with a message. */
struct recorder {
	HWND window;
	int count;
	struct seen seen[SEEN_MAX]; /* the first of them */
	void (*then)(struct recorder *recorder, UINT event, DEV_BROADCAST_HDR *body);
	void *argument;
	bool denies; /* DBT_DEVICEQUERYREMOVE */
};

struct fixture {
	char folder[64];
	char address[128];
	struct pnpn_manager *manager;
	struct pnpn_connection *driver;
	struct pnpn_device *device; /* ROOT\APPLICATION\0000, \\.\Application, started */
	char *interface; /* of application_class, enabled */
	struct recorder recorder; /* an ANSI window */
	struct recorder other; /* a Unicode window */
};

extern const GUID application_class;
extern const GUID application_event;

/** cmocka's setup and teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** Makes a message-only window that records; unicode says which kind. */
void recorder_init(struct recorder *recorder, bool unicode);

/** Ends its window, if it still has one. */
void recorder_deinit(struct recorder *recorder);

/** Retrieves messages until it saw so many; no WM_DEVICECHANGE may come out (U3). */
void recorder_wait(const struct recorder *recorder, int count);

/** Registers a window for a device handle; the registration may not fail. */
HDEVNOTIFY register_handle(HWND window, HANDLE device);

/** Opens \\.\Application. */
HANDLE open_device(void);

/** Reports data without text. */
void report_data(struct fixture *f, const void *data, size_t size);

/** Reports one byte. */
void report_byte(struct fixture *f, BYTE byte);

/** How many registrants follow the fixture's device, as the manager sees it. */
unsigned int count_registrants(struct fixture *f);

#endif
