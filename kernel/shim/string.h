/* SPDX-License-Identifier: MIT */
#ifndef PNPN_SHIM_STRING_H
#define PNPN_SHIM_STRING_H

#include <linux/types.h>
#include <linux/string.h>

#endif
