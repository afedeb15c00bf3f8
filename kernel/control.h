/* SPDX-License-Identifier: MIT */
/* /dev/pnpnotify: what is there and what changes, for whoever opened it (pnpnotify/uapi.h). */
#ifndef PNPN_KERNEL_CONTROL_H
#define PNPN_KERNEL_CONTROL_H

/** Makes the device node. Returns 0; an errno. */
int pnpn_control_init(void);

/** Takes it away: nobody has it open. */
void pnpn_control_deinit(void);

#endif
