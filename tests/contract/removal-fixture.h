/* SPDX-License-Identifier: MIT */
/* A device that is to be removed, who is asked, and who removes it. cmocka's headers come first. */
#ifndef PNPN_TESTS_REMOVAL_FIXTURE_H
#define PNPN_TESTS_REMOVAL_FIXTURE_H

#include <pthread.h>
#include "native-fixture.h"
#include "process.h"

#define REMOVED_ID "ROOT\\REMOVED\\0000"

/** A time for answers that is longer than any test: whoever waits for its end is hung. */
#define ANSWERS_NEVER_DUE "100000"

struct removal_fixture {
	struct manager_process manager;
	struct pnpn_connection *owner, *application, *driver;
	struct pnpn_device *device;
};

/** A manager that waits so many seconds for an answer, three connections, and a device whose owner wants to be asked. */
void removal_begin(struct removal_fixture *f, const char *query_timeout);
void removal_end(struct removal_fixture *f);

/** A registration that wants to be asked. */
struct pnpn_registration *removal_ask(struct pnpn_connection *connection, unsigned int flags);

/** One of the application's, one of the driver's. */
void removal_ask_both(struct removal_fixture *f);

/** The next event asks, and is answered. */
void removal_expect_and_answer(struct pnpn_connection *connection, bool agrees, const char *who);

/** Nothing came of it: it is there, may be opened, and reports arrive. */
void removal_expect_unharmed(struct removal_fixture *f);

/** Whoever removes it: on a thread, for it blocks. */
struct remover {
	pthread_t thread;
	struct pnpn_connection *connection;
	unsigned int flags;
	struct pnpn_veto veto;
	int result;
};

void remover_start(struct remover *remover, const struct removal_fixture *f, unsigned int flags);

/** Returns what pnpn_remove() did. */
int remover_join(struct remover *remover);

/** It was refused by that one. */
void remover_expect_veto(struct remover *remover, enum pnpn_veto_kind kind, pid_t pid,
			 const char *who);

#endif
