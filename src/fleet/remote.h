/* SPDX-License-Identifier: MIT */
/* Another machine and its devices, as a mirror knows them: what was said of them, and which are devices here. */
#ifndef PNPN_FLEET_REMOTE_H
#define PNPN_FLEET_REMOTE_H

#include <stdbool.h>
#include <stdint.h>
#include <pnpnotify.h>
#include "core/list.h"
#include "core/map.h"
#include "fleet/description.h"
#include "fleet/ledger.h"
#include "fleet/message.h"

struct pnpn_remote_device {
	struct pnpn_list link; /* in the host */
	struct pnpn_remote_host *host;
	char *id; /* there */
	char *text; /* its description; NULL: none is known */
	uint64_t since;
	int64_t left_ms; /* 0; else when the bucket lost it: its removal should come in the stream */
	bool failed; /* it can't be made here; said */
	struct pnpn_device *device; /* here; NULL while it is not */
};

struct pnpn_remote_host {
	struct pnpn_list link; /* in the fleet */
	struct pnpn_map_link by_name;
	char name[PNPN_HOST_BYTES];
	int64_t heard_ms; /* 0: silent for too long, or gone: its devices are not here */
	struct pnpn_list devices;
	uint64_t n_devices;
	bool full; /* at its limit; said */
};

struct pnpn_remote {
	struct pnpn_connection *connection; /* to the manager */
	struct pnpn_ledger ledger;
	struct pnpn_map by_name;
	struct pnpn_list hosts;
	uint64_t host_devices; /* the most of one host */
	uint64_t n_hosts;
	int n_failed; /* devices that can't be made here, as far as that was said */
};

void pnpn_remote_init(struct pnpn_remote *remote);
void pnpn_remote_deinit(struct pnpn_remote *remote);

/** A host by its name, made with make; NULL if it is not there, or can't be. */
struct pnpn_remote_host *pnpn_remote_find(struct pnpn_remote *remote, const char *name, bool make);

/** It was heard of: all that is known of it is here from now on. */
void pnpn_remote_host_present(struct pnpn_remote *remote, struct pnpn_remote_host *host,
			      int64_t now_ms);

/** There is a manager again: what could not be made without one is. */
void pnpn_remote_restore(struct pnpn_remote *remote);

/** It is gone: what is here of it is removed; what it said is kept. */
void pnpn_remote_host_absent(struct pnpn_remote *remote, struct pnpn_remote_host *host);

/** What its bucket says of a device; a text that is none changes nothing. */
void pnpn_remote_described(struct pnpn_remote *remote, struct pnpn_remote_host *host,
			   const char *text, size_t size);

/** Its bucket has nothing more of a device. */
void pnpn_remote_left(struct pnpn_remote_host *host, const char *device, int64_t now_ms);

/** A message of the stream, in its order. */
void pnpn_remote_take(struct pnpn_remote *remote, struct pnpn_remote_host *host,
		      const struct pnpn_fleet_message *message);

/** Devices that left long ago, and whose removal did not come. */
void pnpn_remote_sweep(struct pnpn_remote *remote, struct pnpn_remote_host *host, int64_t now_ms);

#endif
