/* SPDX-License-Identifier: MIT */
/* What may be reported: R3, R4, R5. */
#ifndef PNPN_CORE_NOTIFICATION_H
#define PNPN_CORE_NOTIFICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pnpnotify.h>

/** The bytes of a TARGET_DEVICE_CUSTOM_NOTIFICATION before its data. */
#define PNPN_NOTIFICATION_HEADER_BYTES 36u

/** The fixed part of a TARGET_DEVICE_CUSTOM_NOTIFICATION, wherever it came from. */
struct pnpn_notification {
	uint16_t version;
	uint16_t size; /* of the whole structure, data included */
	struct pnpn_guid event;
	bool has_file_object;
	int32_t name_offset;
};

/**
 * pnpn_notification_check() - R3 and R4 for a driver's structure
 *
 * Returns 0; -EINVAL for a malformed one (R4); -EPERM for a system event (R3). R4 is looked at first.
 */
int pnpn_notification_check(const struct pnpn_notification *notification);

/**
 * pnpn_report_check() - the same for a report of the native API
 *
 * Returns 0; -EINVAL; -EPERM.
 */
int pnpn_report_check(const struct pnpn_guid *event, size_t data_size, int32_t name_offset);

#endif
