/* SPDX-License-Identifier: MIT */
/* A bus driver and a driver for what is on its bus, and what the PnP manager asked both for. */
#ifndef PNPN_TESTS_BUS_DRIVER_H
#define PNPN_TESTS_BUS_DRIVER_H

#include "wdm-fixture.h"

#define BUS_ID	    "ROOT\\TESTBUS\\0000"
#define CARD_HW	    "TESTBUS\\CARD"
#define SLOTS	    4
#define CARD_ID(n)  "TESTBUS\\CARD\\" n
#define DRIVER_VETO 0x100 /* in bus_test.refuses: the slot's driver, not its bus */

extern const GUID card_guid; /* the interface that a card's driver gives it */

struct bus_test {
	PDEVICE_OBJECT pdos[SLOTS]; /* NULL: the bus has nothing there */
	PDEVICE_OBJECT bus_pdo;
	bool plugged[SLOTS];
	bool raw; /* what is plugged next works without a driver */
	char log[512]; /* of IRPs: "card1:SURPRISE card1:REMOVE bus:REMOVE " */
	int refuses; /* the slot whose driver refuses to let its device go; -1: none */
	bool named_twice; /* the bus names what is in slot 0 twice */
};

extern struct bus_test bus_test;

/** Loads the bus driver with its device, and the one of cards. */
void bus_add(void);
void card_add(void);

/** Something comes or goes: the PnP manager is told, and is through with it when this returns. */
void bus_plug(int slot);
void bus_pull(int slot);

/** The PnP thread is through with what it was told of before. */
void bus_settle(void);

#endif
