/* SPDX-License-Identifier: MIT */
/* What an ejector has go: a loop device. */
#ifndef PNPN_MANAGER_EJECTABLE_H
#define PNPN_MANAGER_EJECTABLE_H

#include <sys/types.h>

/** Its node, and its number, by which it is known again. */
struct pnpn_ejectable {
	char path[64];
	dev_t number;
};

#endif
