/* SPDX-License-Identifier: MIT */
/* One event by hand: `pnpnotify report`. */
#ifndef PNPN_MANAGER_REPORT_H
#define PNPN_MANAGER_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>

struct pnpn_node;
struct pnpn_peer;

/** What somebody asks to report; it lives in the call. */
struct pnpn_request {
	struct pnpn_peer *peer;
	sd_bus_message *call;
	const char *device;
	struct pnpn_guid guid;
	const char *guid_text;
	int32_t name_offset;
	const void *data;
	size_t size;
};

/** Answers the Report method, at once or when the device's owner has. Returns 0; an errno, which is
 *  the answer. */
int pnpn_report_by_hand_handle(struct pnpn_peer *peer, sd_bus_message *call);

/** It was reported: says so. Returns 1; who can't be told is ended, rather than told that it was not. */
int pnpn_report_done(const struct pnpn_request *request);

/** The device's owner is asked to report it, and never waited for: he may be slow, stopped or hostile. Returns
 *  1; an errno, which is the answer. */
int pnpn_report_ask_owner(struct pnpn_node *node, const struct pnpn_request *request);

/** The peer goes: nobody is told any more of the reports that it asked for. */
void pnpn_reports_cancel(struct pnpn_peer *peer);

#endif
