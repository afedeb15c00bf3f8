/* SPDX-License-Identifier: MIT */
/* All headers whose functions the driver face has; see face-exports.py. */
#include <ntddk.h>
#include <ntstrsafe.h>
#include <wdmguid.h>
#include <pnpn-events.h>
#include <conio.h>
#include <direct.h>
#include <inttypes.h>
#include <io.h>
#include <process.h>
#include <stdio.h>
#include <wchar.h>
#include "wdm/host.h"
