/* SPDX-License-Identifier: MIT */
/* A manager in this process, a driver's connection and an application's; waiting for events. */
#ifndef PNPN_TESTS_NATIVE_FIXTURE_H
#define PNPN_TESTS_NATIVE_FIXTURE_H

#include <stdint.h>
#include <pnpnotify.h>
#include <pnpnotify/manager.h>
#include "../support/waiting.h"

struct native_fixture {
	struct pnpn_manager *manager;
	struct pnpn_connection *driver;
	struct pnpn_connection *application;
};

extern const struct pnpn_guid native_event;
extern const struct pnpn_guid native_class;

/** cmocka's setup and teardown; *state is a struct native_fixture. */
int native_setup(void **state);
int native_teardown(void **state);

/** A started device with an enabled interface of native_class, whose name goes to *ret_name if not NULL. */
struct pnpn_device *native_device(struct pnpn_connection *driver, const char *id, char **ret_name);

/** Reports an event whose data is a number. */
void native_report(struct pnpn_device *device, uint64_t number);

/** The next event, which is of that kind and device. */
const struct pnpn_event *native_expect(struct pnpn_connection *connection,
				       enum pnpn_event_kind kind, const char *id);

/** The next event, which is of that device and has that number. */
void native_expect_number(struct pnpn_connection *connection, const char *id, uint64_t number);

/** That nothing more is there, once all that the manager sent by now was looked at. */
void native_expect_nothing(struct pnpn_connection *connection);

#endif
