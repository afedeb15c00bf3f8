/* SPDX-License-Identifier: MIT */
/* What an ejector's process does. */
#ifndef PNPN_MANAGER_EJECTOR_PROCESS_H
#define PNPN_MANAGER_EJECTOR_PROCESS_H

struct pnpn_ejectable;
struct pnpn_identity;

/** In the child: goes a step for each byte that it reads, and writes an int for each. Never returns. */
_Noreturn void pnpn_ejector_process_run(int socket, const struct pnpn_identity *who,
					const struct pnpn_ejectable *what);

#endif
