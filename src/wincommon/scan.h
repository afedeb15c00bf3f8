/* SPDX-License-Identifier: MIT */
/*
 * scanf as on Windows: l has 32 bits, ll and I64 have 64; %s goes by the function, %S is the other kind,
 * h and l or w say which. Any thread, each source by one at a time.
 */
#ifndef PNPN_WINCOMMON_SCAN_H
#define PNPN_WINCOMMON_SCAN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Where the units come from: bytes, or 16-bit units of wide text. */
struct pnpn_scan_source {
	int (*next)(struct pnpn_scan_source *source); /* a unit, or -1 at the end */
	void (*back)(struct pnpn_scan_source *source, int unit); /* one that next() gave */
	const void *at; /* of text */
	size_t left; /* units of text */
	void *file; /* of a stream */
};

/** Text of bytes, of at most limit or up to its zero. */
void pnpn_scan_text(struct pnpn_scan_source *source, const char *text, size_t limit);

/** The same for wide text. */
void pnpn_scan_wide_text(struct pnpn_scan_source *source, const wchar_t *text, size_t limit);

/**
 * pnpn_scan() - reads by a format
 * @format: UTF-8 in either case
 * @wide:   the source gives 16-bit units
 * @secure: each text's pointer is followed by its room, an unsigned int
 *
 * Returns how many conversions were stored; -1 if the source ended before the first.
 */
int pnpn_scan(struct pnpn_scan_source *source, const char *format, bool wide, bool secure,
	      va_list arguments);

#endif
