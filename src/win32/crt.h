/* SPDX-License-Identifier: MIT */
/* printf() behind include/windows-crt, for our own use. */
#ifndef PNPN_WIN32_CRT_H
#define PNPN_WIN32_CRT_H

#include <stddef.h>
#include <stdio.h>
#include <pnpn-base.h>

/** As the functions of the same names without pnpn_; see include/windows-crt. */
int pnpn_wprintf(const WCHAR *format, ...);
int pnpn_fwprintf(void *file, const WCHAR *format, ...);
int pnpn_swprintf(WCHAR *to, size_t room, const WCHAR *format, ...);
int pnpn_printf(const char *format, ...);
int pnpn_fprintf(FILE *file, const char *format, ...);
int pnpn_sprintf(char *to, const char *format, ...);
int pnpn_snprintf(char *to, size_t room, const char *format, ...);

#endif
