/* SPDX-License-Identifier: MIT */
/* Events that drivers may set (E3). */
#ifndef PNPN_WIN32_SHARED_EVENT_H
#define PNPN_WIN32_SHARED_EVENT_H

#include "io/caller.h"

/** For pnpn_caller_new(): the number is a handle of an event of this process. */
pnpn_find_event pnpn_shared_event_find;

#endif
