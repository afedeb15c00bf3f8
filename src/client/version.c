/* SPDX-License-Identifier: MIT */
#include <pnpnotify.h>

#include "client/export.h"

PNPN_EXPORT const char *pnpn_get_version(void)
{
	return PNPN_VERSION;
}
