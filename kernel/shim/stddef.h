/* SPDX-License-Identifier: MIT */
#ifndef PNPN_SHIM_STDDEF_H
#define PNPN_SHIM_STDDEF_H

#include <linux/types.h>
#include <linux/stddef.h>

#endif
