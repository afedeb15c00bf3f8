/* SPDX-License-Identifier: MIT */
/* Where the devices of kernel modules come from: /dev/pnpnotify, now or once it is there. */
#ifndef PNPN_SOURCE_KERNEL_H
#define PNPN_SOURCE_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <pnpnotify.h>
#include <pnpnotify/uapi.h>

struct pnpn_kernel_source;

/** What it tells of, on the thread of the event loop. */
struct pnpn_kernel_sink {
	/** One change, checked: texts end, kind is neither OVERRUN nor SETTLED. */
	void (*changed)(void *userdata, const struct pnpn_kernel_change *change);
	/** Changes were lost: everything there is will be told of again, then settled() is called. */
	void (*lost)(void *userdata);
	/** Everything there is was told of since the beginning, or lost(): what was not, is gone. */
	void (*settled)(void *userdata);
	void *userdata;
};

/** Returns 0; an errno. No module, or one that may not be opened, is no error. */
int pnpn_kernel_source_new(struct pnpn_kernel_source **ret_source, sd_event *event,
			   const struct pnpn_kernel_sink *sink);

/** Ends it; NULL is allowed. Returns NULL. */
struct pnpn_kernel_source *pnpn_kernel_source_free(struct pnpn_kernel_source *source);

/** Tells of what waits to be told, of very much a part; NULL is allowed. Never blocks. */
void pnpn_kernel_source_catch_up(struct pnpn_kernel_source *source);

/** A descriptor of a device's ring, the caller's. Returns it; an errno. */
int pnpn_kernel_source_attach(struct pnpn_kernel_source *source, uint64_t device);

/** An event by hand. Returns 0; an errno. */
int pnpn_kernel_source_report(struct pnpn_kernel_source *source, uint64_t device,
			      const struct pnpn_guid *guid, const void *data, size_t size,
			      int32_t name_offset);

#endif
