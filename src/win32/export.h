/* SPDX-License-Identifier: MIT */
/* What leaves the library; everything else is hidden. */
#ifndef PNPN_WIN32_EXPORT_H
#define PNPN_WIN32_EXPORT_H

#define PNPN_EXPORT __attribute__((visibility("default")))

#endif
