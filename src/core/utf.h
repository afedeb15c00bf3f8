/* SPDX-License-Identifier: MIT */
/* Text between UTF-16, as events carry it, and UTF-8, as Linux writes it. */
#ifndef PNPN_CORE_UTF_H
#define PNPN_CORE_UTF_H

#include <stddef.h>
#include <stdint.h>

/** Room for the UTF-8 of so many bytes of UTF-16: three bytes for each unit, and the final zero. */
#define PNPN_UTF8_BYTES(bytes) ((bytes) / 2 * 3 + 1)

/**
 * pnpn_utf16_to_utf8() - bytes of UTF-16 (any alignment) to UTF-8, up to the first zero
 * @to: PNPN_UTF8_BYTES(@from_bytes)
 *
 * The final zero is written. An unpaired surrogate becomes U+FFFD. Returns the bytes written, without the zero.
 */
size_t pnpn_utf16_to_utf8(const void *from, size_t from_bytes, char *to);

/**
 * pnpn_utf8_to_utf16() - UTF-8 to UTF-16
 * @to:       where; NULL to count only; no zero is added
 * @ret_units: units written
 *
 * Returns 0; -EILSEQ for what is no UTF-8.
 */
int pnpn_utf8_to_utf16(const char *from, uint16_t *to, size_t *ret_units);

/**
 * pnpn_utf8_escape() - text that says as much as it can: each byte that is no UTF-8 becomes \xHH
 * @to: room for 4 bytes per byte and a final zero, which is written
 *
 * Returns the bytes written, without the zero.
 */
size_t pnpn_utf8_escape(const char *from, char *to);

#endif
