/* SPDX-License-Identifier: MIT */
/* Removals in which this process takes part, as a registrant or as the device's owner. */
#ifndef PNPN_CLIENT_REMOVAL_H
#define PNPN_CLIENT_REMOVAL_H

#include <systemd/sd-bus.h>

struct pnpn_connection;
struct pnpn_event;
struct pnpn_registration;

/** Reads the Removal signal behind its registration, which is NULL where its device's owner is meant. What a
 *  registrant is told goes to *ret_event, and to *ret_device and *ret_position where it stands; NULL: he is told
 *  nothing. Returns 0; an errno. */
int pnpn_removal_read(sd_bus_message *message, uint64_t *ret_device, uint64_t *ret_position,
		      struct pnpn_event **ret_event);

/** The signal to an owner. Returns 0; an errno. */
int pnpn_removal_handle_owner(struct pnpn_connection *connection, sd_bus_message *message);

/** The caller is done with the event: where that says that it let go of the device, the manager hears it. */
void pnpn_removal_release(struct pnpn_connection *connection, const struct pnpn_event *event);

#endif
