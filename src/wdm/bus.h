/* SPDX-License-Identifier: MIT */
/*
 * The host's connection to the PnP manager, for everything but kernel-mode registrations. One lock
 * serialises whoever asks the manager; one thread dispatches, says when the manager is gone and when it and the
 * devices are back, and tells when registrants have handled events.
 */
#ifndef PNPN_WDM_BUS_H
#define PNPN_WDM_BUS_H

#include "wdm/node.h"

/** Who is told what the thread hears. */
struct pnpn_bus_watcher {
	/** Registrants have handled more, or there are none any more. Any thread. */
	void (*handled)(void);
	/** A device is to be removed, or one that was is not: pnpn_bus_take_removal(). With the lock held. */
	void (*removal)(void);
	/** With the lock held: the connection goes for good, and what was made from it. */
	void (*cut)(void);
	/** Somebody opens the device of a node, which is userdata. With the lock held. */
	pnpn_opened *opened;
};

/**
 * pnpn_bus_start() - connect and start the thread
 * @address: as for pnpn_connect()
 * @watcher: there until pnpn_bus_stop()
 *
 * Returns 0 or as pnpn_connect().
 */
int pnpn_bus_start(const char *address, const struct pnpn_bus_watcher *watcher);

/** Ends the thread and disconnects. */
void pnpn_bus_stop(void);

/** Takes the lock: outermost, never inside another one. Returns the connection. May block for a round trip of
 *  somebody else. */
struct pnpn_connection *pnpn_bus_lock(void);
void pnpn_bus_unlock(void);

/** Makes the manager know a node, not started. Returns 0; as pnpn_device_new(); -ENOTCONN. */
int pnpn_bus_add_node(struct pnpn_node *node);

/** Presents it to the world. Returns as pnpn_device_start(); -ENOTCONN. */
int pnpn_bus_start_node(struct pnpn_node *node);

/** Takes what the manager wants of it. */
struct pnpn_node_removal pnpn_bus_take_removal(struct pnpn_node *node);

/** The driver's answer, or that it has heard. */
void pnpn_bus_answer_removal(uint64_t query, bool agrees, const char *driver);

/** Tells the world that it is gone; the node's state becomes the one given. */
void pnpn_bus_remove_node(struct pnpn_node *node, enum pnpn_node_state state);

#endif
