/* SPDX-License-Identifier: MIT */
/* What DeviceIoControl() can ask of Linux's own disks and drives. */
#ifndef PNPN_WIN32_LOCAL_CONTROL_H
#define PNPN_WIN32_LOCAL_CONTROL_H

#include <stdint.h>

struct pnpn_ask;

/** Does it. Returns its NTSTATUS, and the bytes of its output. */
int32_t pnpn_local_control(int fd, const struct pnpn_ask *ask, uint64_t *ret_information);

#endif
