/* SPDX-License-Identifier: MIT */
/* Waiting for what a test wants to see. cmocka's headers come first. */
#ifndef PNPN_TESTS_WAITING_H
#define PNPN_TESTS_WAITING_H

#include <pnpnotify.h>
#include "patience.h"

/** The connection's next event, however long it takes. */
static inline const struct pnpn_event *wait_for_event(struct pnpn_connection *connection)
{
	const struct pnpn_event *event;

	while (pnpn_next_event(connection, &event) <= 0)
		assert_true(pnpn_wait(connection, PATIENCE_MS) > 0);
	return event;
}

#endif
