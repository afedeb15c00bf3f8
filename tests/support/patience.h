/* SPDX-License-Identifier: MIT */
#ifndef PNPN_TESTS_PATIENCE_H
#define PNPN_TESTS_PATIENCE_H

/** Only a hung test waits so long. */
#define PATIENCE_MS 60000

#endif
