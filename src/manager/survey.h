/* SPDX-License-Identifier: MIT */
/* What is there and how it fares: the answers to ListDevices and GetStatus. */
#ifndef PNPN_MANAGER_SURVEY_H
#define PNPN_MANAGER_SURVEY_H

#include <stdint.h>
#include <systemd/sd-bus.h>

struct pnpn_peer;

/** Answers ListDevices: a page of the devices whose number is above. Returns 0; an errno. */
int pnpn_survey_devices(struct pnpn_peer *peer, sd_bus_message *call, uint64_t after_number);

/** Answers GetStatus: a page from that device's row on. Returns 0; an errno. */
int pnpn_survey_status(struct pnpn_peer *peer, sd_bus_message *call, uint64_t device, uint32_t row);

/** Answers GetUsage: a page of what users have, from that uid on. Returns 0; an errno. */
int pnpn_survey_usage(struct pnpn_peer *peer, sd_bus_message *call, uint64_t from);

#endif
