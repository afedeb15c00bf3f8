/* SPDX-License-Identifier: MIT */
/*
 * Where Linux's own devices come from. The source knows nothing of the manager: it tells of what it
 * sees through the functions it was given, on the thread of the event loop.
 */
#ifndef PNPN_SOURCE_SOURCE_H
#define PNPN_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <pnpnotify.h>

struct pnpn_setup_class;
struct pnpn_source;

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
	void (*came)(void *userdata, const struct pnpn_source_device *device);
	void (*went)(void *userdata, const char *instance_id);
	void (*event)(void *userdata, const char *instance_id, const struct pnpn_guid *guid,
		      const void *data, size_t size, int32_t name_offset);
	void *userdata;
};

/**
 * pnpn_source_new() - tell of the devices that are there, then of changes
 * @sink: copied; called from within this call too
 *
 * Returns 0; an errno.
 */
int pnpn_source_new(struct pnpn_source **ret_source, sd_event *event,
		    const struct pnpn_source_sink *sink);

/** Somebody asks for the device at that path below /sys: what Linux tells nobody of is found out now. */
void pnpn_source_asked(struct pnpn_source *source, const char *syspath);

/** Where the facts of a device go. A key may come several times in a row: it has several values then. */
struct pnpn_property_sink {
	void (*add)(void *userdata, const char *key, const char *value);
	void *userdata;
};

/** Tells what Linux and udev know of the device at that path below /sys (U17), if it is there. */
void pnpn_source_tell_properties(struct pnpn_source *source, const char *syspath,
				 const struct pnpn_property_sink *sink);

/** Ends it; tells of nothing more. NULL is allowed. Returns NULL. */
struct pnpn_source *pnpn_source_free(struct pnpn_source *source);

#endif
