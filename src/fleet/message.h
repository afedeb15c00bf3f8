/* SPDX-License-Identifier: MIT */
/* One event of a machine as a message (docs/fleet.md, F2): subject, headers, payload. Knows nothing of NATS. */
#ifndef PNPN_FLEET_MESSAGE_H
#define PNPN_FLEET_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/name.h"
#include "fleet/token.h"

/** What every subject of a fleet begins with; another layout has another version. */
#define PNPN_FLEET_PREFIX "pnpn.v1."

/** Of a device's classes so many are told. */
#define PNPN_FLEET_CLASSES 8

/** X(its place, the header's name) */
#define PNPN_FLEET_HEADERS(X)              \
	X(KIND, "Pnpn-Kind")               \
	X(HOST, "Pnpn-Host")               \
	X(BOOT, "Pnpn-Boot")               \
	X(DEVICE, "Pnpn-Device")           \
	X(SINCE, "Pnpn-Since")             \
	X(INTERFACE, "Pnpn-Interface")     \
	X(CLASSES_LIST, "Pnpn-Classes")    \
	X(GUID, "Pnpn-Guid")               \
	X(SEQUENCE, "Pnpn-Sequence")       \
	X(TIME, "Pnpn-Time")               \
	X(NAME_OFFSET, "Pnpn-Name-Offset") \
	X(LOST, "Pnpn-Lost")

enum pnpn_fleet_header {
#define X(place, name) PNPN_FLEET_##place,
	PNPN_FLEET_HEADERS(X)
#undef X
		PNPN_FLEET_N_HEADERS
};

/** Their names, by their places. */
extern const char *const pnpn_fleet_header_names[PNPN_FLEET_N_HEADERS];

struct pnpn_fleet_message {
	enum pnpn_event_kind kind; /* CUSTOM, LOST, and what comes and goes */
	char host[PNPN_HOST_BYTES];
	char boot[PNPN_GUID_STRING]; /* that machine's boot_id; "" if it said none */
	char device[PNPN_INSTANCE_ID_BYTES];
	uint64_t
		since; /* when the device was started there: tells it from the next one of its id */
	char interface[PNPN_NAME_BYTES]; /* "" without */
	struct pnpn_guid classes[PNPN_FLEET_CLASSES]; /* of the device */
	size_t n_classes;
	struct pnpn_guid guid; /* as of pnpn_event_get_guid() */
	uint64_t sequence;
	uint64_t time;
	int32_t name_offset;
	uint64_t
		lost; /* events of this device just before this one that the machine could not send */
	const void *data; /* the payload; a description where a device or an interface arrives */
	size_t size;
};

/** A message as text. */
struct pnpn_fleet_text {
	char subject[1024];
	char id[1024]; /* two messages of one id are one */
	const char *headers[PNPN_FLEET_N_HEADERS]; /* NULL: not there; into room */
	char room[4096];
	size_t used;
};

/** A kind's name, or NULL for one that no message has. */
const char *pnpn_fleet_kind_name(enum pnpn_event_kind kind);

/** Writes the text of a message. Returns 0; -EINVAL for one that no machine can have; -ENAMETOOLONG. */
int pnpn_fleet_message_encode(const struct pnpn_fleet_message *message,
			      struct pnpn_fleet_text *ret_text);

/**
 * pnpn_fleet_message_decode() - what a message says; everything in it is hostile (F6)
 * @headers: by their places, NULL where there is none
 * @data:    stays the caller's; the message points there
 *
 * A name that subject and headers give differently, a number that is none, text outside the data, a system event:
 * all of it is refused. Returns 0; -EBADMSG.
 */
int pnpn_fleet_message_decode(const char *subject, const char *const headers[PNPN_FLEET_N_HEADERS],
			      const void *data, size_t size,
			      struct pnpn_fleet_message *ret_message);

#endif
