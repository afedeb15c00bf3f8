/* SPDX-License-Identifier: MIT */
/*
 * Named devices without a PDO, of drivers in NT's style (E4): ROOT\LEGACY_X\0000 at the manager, from their first
 * name on until their driver deletes them. They are opened and registered for as others, and can't be reported on.
 */
#ifndef PNPN_WDM_LEGACY_H
#define PNPN_WDM_LEGACY_H

#include <stdbool.h>
#include <wdm.h>

/** Begins and ends to hear of devices that are deleted. */
void pnpn_legacy_start(void);

/** AddDevice runs on the calling thread: what is named meanwhile may be attached to a stack, and is looked at once it is
 *  over. */
void pnpn_legacy_hold(bool hold);

/** The device of that \Device\ name, if it is in no stack and none may come, is made known. Returns STATUS_SUCCESS where
 *  there is nothing to do, too; what went wrong. Without the bus lock; PASSIVE_LEVEL. */
NTSTATUS pnpn_legacy_publish(PCUNICODE_STRING name);

/** It was attached to a stack, whose node is its node from here on. Without the bus lock. */
void pnpn_legacy_withdraw(PDEVICE_OBJECT device);

/** What a driver left behind when it was unloaded is gone for the world. */
void pnpn_legacy_drop_driver(PDRIVER_OBJECT driver);

#endif
