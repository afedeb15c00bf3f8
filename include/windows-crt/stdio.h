/* SPDX-License-Identifier: MIT */
/*
 * printf() for applications: l is 32 bits, as LONG and DWORD are, I64 and ll are 64, %ls, %ws and %S
 * are 16-bit text. Narrow text is UTF-8.
 */
#ifndef PNPN_CRT_STDIO_H
#define PNPN_CRT_STDIO_H

#include_next <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As the functions of the same names without pnpn_. */
int pnpn_printf(const char *format, ...);
int pnpn_fprintf(FILE *file, const char *format, ...);
int pnpn_sprintf(char *to, const char *format, ...);
int pnpn_snprintf(char *to, size_t room, const char *format, ...);

#ifdef __cplusplus
}
#endif

#define printf(...)		 pnpn_printf(__VA_ARGS__)
#define fprintf(file, ...)	 pnpn_fprintf(file, __VA_ARGS__)
#define sprintf(to, ...)	 pnpn_sprintf(to, __VA_ARGS__)
#define snprintf(to, room, ...)	 pnpn_snprintf(to, room, __VA_ARGS__)
#define _snprintf(to, room, ...) pnpn_snprintf(to, room, __VA_ARGS__)

#endif
