/* SPDX-License-Identifier: MIT */
/* U18: the headers that sources include most, in each language, each standard and its strict form, by each compiler. */
/* sources: everywhere */
#include <winsock2.h>
#include <windows.h>
#include <dbt.h>
#include <setupapi.h>
#include <cfgmgr32.h>
#include <winioctl.h>
#include <hidsdi.h>
#include <initguid.h>
#include <usbiodef.h>
#include <devpkey.h>
#include <tchar.h>
#include <shlobj.h>
#include <wtsapi32.h>
#include <conio.h>
#include <direct.h>
#include <process.h>
#include <io.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <strsafe.h>
