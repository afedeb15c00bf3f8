/* SPDX-License-Identifier: MIT */
/* Everything that is known of a device (U17): what its owner says of it, or Linux, and where it is in the tree. */
#ifndef PNPN_MANAGER_FACTS_H
#define PNPN_MANAGER_FACTS_H

#include <systemd/sd-bus.h>

struct pnpn_node;
struct pnpn_peer;
struct pnpn_property_sink;

/** Tells all of it. */
void pnpn_facts_tell(struct pnpn_node *node, const struct pnpn_property_sink *sink);

/** Answers GetProperties. Returns as a method of D-Bus. */
int pnpn_facts_answer(struct pnpn_peer *peer, sd_bus_message *call, const char *device);

#endif
