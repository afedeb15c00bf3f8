/* SPDX-License-Identifier: MIT */
/* A bus driver and a driver for what is on its bus, and what the PnP manager asked both for. */
#ifndef PNPN_TESTS_BUS_DRIVER_H
#define PNPN_TESTS_BUS_DRIVER_H

#include "wdm-fixture.h"

#define BUS_ID	   "ROOT\\TESTBUS\\0000"
#define CARD_HW	   "TESTBUS\\CARD"
#define SLOTS	   4
#define CARD_ID(n) "TESTBUS\\CARD\\" n
#define BUS_VETO   -2

extern const GUID card_guid; /* the interface that a card's driver gives it */

struct bus_test {
	PDEVICE_OBJECT pdos[SLOTS]; /* NULL: the bus has nothing there */
	PDEVICE_OBJECT bus_pdo;
	bool plugged[SLOTS];
	bool raw; /* what is plugged next works without a driver */
	int refuses; /* the slot whose driver refuses to let its device go, or BUS_VETO; -1: none */
	KSEMAPHORE cancelled; /* counts IRP_MN_CANCEL_REMOVE_DEVICE of cards */
	bool named_twice; /* the bus names what is in slot 0 twice */
};

extern struct bus_test bus_test;

/** Loads the bus driver with its device, and the one of cards. */
void bus_add(void);
void card_add(void);

/** Something comes or goes: the PnP manager is told, and is through with it when this returns. */
void bus_plug(int slot);
void bus_pull(int slot);

/** What their PDOs, and the bus, were sent: "card1:SURPRISE card1:REMOVE bus:REMOVE "; valid until the next call. */
const char *bus_log(void);

/** The PnP thread is through with what it was told of before. */
void bus_settle(void);

#endif
