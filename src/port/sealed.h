/* SPDX-License-Identifier: MIT */
/* Memory that others have too. */
#ifndef PNPN_CLIENT_SEALED_H
#define PNPN_CLIENT_SEALED_H

#include <stddef.h>

/** How large it is, and stays: what could be truncated under who maps it would kill him. Returns 0; -EPROTO for what
 *  is no such memory; an errno. */
int pnpn_sealed_size(int fd, size_t *ret_bytes);

#endif
