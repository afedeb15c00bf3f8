/* SPDX-License-Identifier: MIT */
/* What leaves the library; everything else is hidden. The list is libpnpnotify.sym. */
#ifndef PNPN_CLIENT_EXPORT_H
#define PNPN_CLIENT_EXPORT_H

#define PNPN_EXPORT __attribute__((visibility("default")))

#endif
