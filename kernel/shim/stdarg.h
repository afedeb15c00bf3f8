/* SPDX-License-Identifier: MIT */
#ifndef PNPN_SHIM_STDARG_H
#define PNPN_SHIM_STDARG_H

#include <linux/types.h>
#include <linux/stdarg.h>

#endif
