/* SPDX-License-Identifier: MIT */
/* Windows' additions to the wcs functions. */
#include <wchar.h>

#include "wincommon/wcs.h"

int _wcsicmp(const wchar_t *a, const wchar_t *b)
{
	return pnpn_wcsicmp(a, b);
}
