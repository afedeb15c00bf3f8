/* SPDX-License-Identifier: MIT */
/* The manager's status as OpenMetrics text, for Prometheus and others. */
#ifndef PNPN_TOOL_METRICS_H
#define PNPN_TOOL_METRICS_H

#include <stdio.h>
#include <pnpnotify.h>

/** All of it, to a stream whose errors the caller asks for. */
void pnpn_metrics_print(FILE *out, const struct pnpn_status *status,
			const struct pnpn_usage_list *usage);

#endif
