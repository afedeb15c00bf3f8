/* SPDX-License-Identifier: MIT */
/* All headers whose functions the application face has; see face-exports.py. */
#define STRSAFE_NO_DEPRECATE
#include <windows.h>
#include <dbt.h>
#include <cfgmgr32.h>
#include <setupapi.h>
#include <strsafe.h>
#include <conio.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <inttypes.h>
#include <stdio.h>
#include <wchar.h>
