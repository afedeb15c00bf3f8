/* SPDX-License-Identifier: MIT */
#ifndef PNPN_SHIM_STDBOOL_H
#define PNPN_SHIM_STDBOOL_H

#include <linux/types.h>
#include <linux/stddef.h>

#endif
