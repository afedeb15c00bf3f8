/* SPDX-License-Identifier: MIT */
/* A driver that answers at once, in a host in this process. */
#ifndef PNPN_BENCH_REQUEST_DRIVER_H
#define PNPN_BENCH_REQUEST_DRIVER_H

#define REQUEST_LINK  "\\\\.\\Bench"
#define REQUEST_EMPTY 0x222000u /* METHOD_BUFFERED */
#define REQUEST_FILL  0x222006u /* METHOD_OUT_DIRECT: the output is filled */

/** Runs the host at that manager until the process is told to end. Returns 0; an errno. */
int request_driver_run(const char *address);

#endif
