/* SPDX-License-Identifier: MIT */
/* Text in TCHARs: narrow or wide by UNICODE. */
#ifndef PNPN_TCHAR_H
#define PNPN_TCHAR_H

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windef.h>

#define _T(quote)    TEXT(quote)
#define _TEXT(quote) TEXT(quote)

#ifdef UNICODE
#define _tmain	  wmain
#define _tWinMain wWinMain
#define _tprintf  wprintf
#define _tcslen	  wcslen
#define _tcscmp	  wcscmp
#define _tcscpy	  wcscpy
#define _tcscat	  wcscat
#define _tcschr	  wcschr
#else
#define _tmain	  main
#define _tWinMain WinMain
#define _tprintf  printf
#define _tcslen	  strlen
#define _tcscmp	  strcmp
#define _tcscpy	  strcpy
#define _tcscat	  strcat
#define _tcschr	  strchr
#endif

#endif
