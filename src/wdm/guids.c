/* SPDX-License-Identifier: MIT */
/* The definitions of what the headers declare: drivers need no library of GUIDs beside this one. */
#include <initguid.h>
#include <wdmguid.h>
#include <pnpn-events.h>
