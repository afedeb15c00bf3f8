/* SPDX-License-Identifier: MIT */
/* What src/core expects of <stdint.h>, inside Linux. */
#ifndef PNPN_SHIM_STDINT_H
#define PNPN_SHIM_STDINT_H

#include <linux/limits.h>
#include <linux/types.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
typedef long intptr_t;
#endif

#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif
#ifndef UINT32_MAX
#define UINT32_MAX U32_MAX
#endif

#endif
