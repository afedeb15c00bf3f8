/* SPDX-License-Identifier: MIT */
/* Who plays the manager towards libpnpnotify, and means harm: a socket that speaks what a test has it say, memory that
 * is not what a ring or a page is. */
#ifndef PNPN_TESTS_FALSE_MANAGER_H
#define PNPN_TESTS_FALSE_MANAGER_H

#include <pthread.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "core/ring-writer.h"

#define FALSE_PATH	"/org/pnpnotify/Manager1"
#define FALSE_INTERFACE "org.pnpnotify.Manager1"
#define FALSE_DATA	(2 * PNPN_RING_CHUNK_BYTES)
#define FALSE_RING	(PNPN_RING_HEADER_BYTES + FALSE_DATA)
#define FALSE_ID	"ROOT\\FALSE\\0000"

struct false_manager;

/** What it does with a call, on its own thread: 1 if it answered, 0 to have it answered with nothing. */
typedef int false_answer(struct false_manager *manager, sd_bus_message *call);

/** The descriptors that Attached brings; each is one that a client takes unless a test puts another one there. */
struct false_ring {
	int ring, wake, kick, page;
};

struct false_manager {
	sd_bus *bus; /* its thread's */
	pthread_t thread;
	false_answer *answer;
	const void *how; /* the test's */
	struct false_ring ring;
	int owner; /* the eventfd that wakes whoever waits at wake */
	struct pnpn_ring_header *header; /* of a ring that is sound */
	struct pnpn_ring_writer writer;
	struct pnpn_connection *connection; /* the library's */
};

/** Sound memory and descriptors, no connection. */
void false_manager_init(struct false_manager *manager, false_answer *answer);

/** Connects the library to it. Returns what pnpn_connect_fd() did. */
int false_manager_connect(struct false_manager *manager);

/** Ends it all. */
void false_manager_deinit(struct false_manager *manager);

/** So many bytes of memory with these seals; the caller's. */
int false_memory(size_t bytes, int seals);

/** On its thread: a signal to the registrant. */
void false_signal(struct false_manager *manager, const char *name, const char *types, ...);

/** On its thread: Attached with what stands in ring, for a device of that number. */
void false_attach(struct false_manager *manager, uint64_t device);

/** Reports an event whose data is that number, and wakes. */
void false_report(struct false_manager *manager, uint64_t number);

/** Registers for FALSE_ID, with number 1. */
int false_register(struct false_manager *manager);

/** The library's next event is of that kind. */
void false_expect(struct false_manager *manager, enum pnpn_event_kind kind);

#endif
