/* SPDX-License-Identifier: MIT */
/*
 * What a mirror handed on, in a file that outlasts it: how far it is in the stream, and each device's last event, so
 * that the next one goes on there, nothing comes twice and what is missing is counted (F3).
 *
 * The file is mapped: what was written there is there, however the program ends. Devices are found by a keyed hash of
 * their names, so that no host can choose one that is another's (F6).
 */
#ifndef PNPN_FLEET_LEDGER_H
#define PNPN_FLEET_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A device's row. */
struct pnpn_ledger_row {
	uint64_t hash[2]; /* of host and device; zero: free */
	uint64_t since; /* which of the devices of that name */
	uint64_t sequence; /* of the event that was handed on last */
};

struct pnpn_ledger_header;

struct pnpn_ledger {
	int fd;
	struct pnpn_ledger_header *header;
	size_t bytes;
};

/** Opens the file, or makes it; one that is none is begun anew. Returns 0; -EBUSY if another mirror has it; an errno. */
int pnpn_ledger_init(struct pnpn_ledger *ledger, const char *path);

void pnpn_ledger_deinit(struct pnpn_ledger *ledger);

/**
 * pnpn_ledger_begin() - which stream it is about; that of another one begins anew
 * @created: when the stream was made
 *
 * Returns the place in the stream that was handed on last; 0 for none.
 */
uint64_t pnpn_ledger_begin(struct pnpn_ledger *ledger, uint64_t created);

/** So far in the stream everything was handed on. */
void pnpn_ledger_set_place(struct pnpn_ledger *ledger, uint64_t place);

/** A device's row, valid until another one is made; with make a new one, all zero but for the hash, if there was none.
 *  NULL if there is none. */
struct pnpn_ledger_row *pnpn_ledger_find(struct pnpn_ledger *ledger, const char *host,
					 const char *device, bool make);

/** The device is gone. */
void pnpn_ledger_forget(struct pnpn_ledger *ledger, const char *host, const char *device);

#endif
