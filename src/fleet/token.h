/* SPDX-License-Identifier: MIT */
/* Names as one part of a subject (F2): letters, digits, - and _ stand for themselves, every other byte is = and two
 * hexadecimal digits. Nothing can leave its place; the same text is a key of a bucket and a part of an instance id. */
#ifndef PNPN_FLEET_TOKEN_H
#define PNPN_FLEET_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/** The longest name of a host, and its final zero. */
#define PNPN_HOST_BYTES 64

/**
 * pnpn_token_encode() - a name as a part of a subject
 * @name:   one byte at least
 * @others: bytes that stand for themselves too; "" for none
 *
 * Returns the bytes written without the final zero; -EINVAL for "", -ENAMETOOLONG.
 */
int pnpn_token_encode(const char *name, const char *others, char *ret_token, size_t size);

/** The name that a token of so many bytes stands for, whatever stands for itself in it. Returns the bytes written
 *  without the final zero; -EBADMSG for what is no token, or says zero; -ENAMETOOLONG. */
int pnpn_token_decode(const char *token, size_t length, char *ret_name, size_t size);

/** Whether it may be a host's name: small letters, digits, - and _, at most 63 of them. */
bool pnpn_host_is_valid(const char *host);

#endif
