/* SPDX-License-Identifier: MIT */
#ifndef PNPN_KMDF_CALLBACKS_H
#define PNPN_KMDF_CALLBACKS_H

#include "kmdf/lock.h"
#include "kmdf/object.h"

/** The lock of an object's callbacks: its queue's, its device's or none (NULL). */
struct pnpn_wdf_lock *pnpn_wdf_lock_of(struct pnpn_wdf_object *object);

#endif
