/* SPDX-License-Identifier: MIT */
/* What is there and how it fares: the answers to ListDevices and GetStatus. */
#ifndef PNPN_MANAGER_SURVEY_H
#define PNPN_MANAGER_SURVEY_H

#include <systemd/sd-bus.h>

struct pnpn_peer;

/** Answers ListDevices. Returns 0; an errno. */
int pnpn_survey_devices(struct pnpn_peer *peer, sd_bus_message *call);

/** Answers GetStatus. Returns 0; an errno. */
int pnpn_survey_status(struct pnpn_peer *peer, sd_bus_message *call);

#endif
