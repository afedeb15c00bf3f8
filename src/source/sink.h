/* SPDX-License-Identifier: MIT */
/* Whom a source tells, and what of. */
#ifndef PNPN_SOURCE_SINK_H
#define PNPN_SOURCE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>

struct pnpn_setup_class;

/** A device as Linux has it; lent for the call. */
struct pnpn_source_device {
	const char *instance_id; /* of its bus, as on Windows; else LINUX\<subsystem>\<name> */
	const char *linux_id; /* LINUX\<subsystem>\<name>: another name of it, or the same */
	const struct pnpn_setup_class *setup_class; /* NULL if it is of none */
	const char *syspath;
	const char *link; /* \\.\<name> */
	bool is_system; /* its volume is one of the system's */
	const struct pnpn_guid *classes;
	size_t n_classes;
};

/** What a source tells of. */
struct pnpn_source_sink {
	/** It came, or has other classes than it had. Returns 0; an errno: it is told of again later. */
	int (*came)(void *userdata, const struct pnpn_source_device *device);
	void (*went)(void *userdata, const char *instance_id);
	void (*event)(void *userdata, const char *instance_id, const struct pnpn_guid *guid,
		      const void *data, size_t size, int32_t name_offset);
	/** So many events of it were lost before they could be told (R15). */
	void (*lost)(void *userdata, const char *instance_id, uint64_t count);
	void *userdata;
};

/** Where the facts of a device go. A key may come several times in a row: it has several values then. */
struct pnpn_property_sink {
	void (*add)(void *userdata, const char *key, const char *value);
	void *userdata;
};

/** Tells of an event whose data has no text. */
void pnpn_source_sink_tell(const struct pnpn_source_sink *sink, const char *instance_id,
			   const struct pnpn_guid *guid, const void *data, size_t size);

/** Tells of an event whose data is a text, UTF-8. Takes no memory. */
void pnpn_source_sink_tell_text(const struct pnpn_source_sink *sink, const char *instance_id,
				const struct pnpn_guid *guid, const char *text);

#endif
