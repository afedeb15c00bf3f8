/* SPDX-License-Identifier: MIT */
#include "core/notification.h"
#include "core/guid.h"
#include "core/port.h"
#include "pnpnotify/uapi.h"

#define PNP_GUID(first) \
	{0xcb3a4000u + (first), 0x46f0, 0x11d0, {0xb0, 0x8f, 0, 0x60, 0x97, 0x13, 5, 0x3f}}

/* The events that the system itself sends (R3). */
static const struct pnpn_guid system_events[] = {
	PNP_GUID(1), /* GUID_HWPROFILE_QUERY_CHANGE */
	PNP_GUID(2), /* GUID_HWPROFILE_CHANGE_CANCELLED */
	PNP_GUID(3), /* GUID_HWPROFILE_CHANGE_COMPLETE */
	PNP_GUID(4), /* GUID_DEVICE_INTERFACE_ARRIVAL */
	PNP_GUID(5), /* GUID_DEVICE_INTERFACE_REMOVAL */
	PNP_GUID(6), /* GUID_TARGET_DEVICE_QUERY_REMOVE */
	PNP_GUID(7), /* GUID_TARGET_DEVICE_REMOVE_CANCELLED */
	PNP_GUID(8), /* GUID_TARGET_DEVICE_REMOVE_COMPLETE */
	/* GUID_PNP_CUSTOM_NOTIFICATION */
	{0xaca73f8e, 0x8d23, 0x11d1, {0xac, 0x7d, 0x00, 0x00, 0xf8, 0x75, 0x71, 0xd0}},
	/* GUID_PNP_POWER_NOTIFICATION */
	{0xc2cf0660, 0xeb7a, 0x11d1, {0xbd, 0x7f, 0x00, 0x00, 0xf8, 0x75, 0x71, 0xd0}},
};

/* All of them are of 1996 and 1997, as their third part says; hardly any other is, and every report asks. */
static bool is_system_event(const struct pnpn_guid *event)
{
	if (event->data3 != 0x11d0 && event->data3 != 0x11d1)
		return false;
	for (size_t i = 0; i < sizeof(system_events) / sizeof(system_events[0]); i++)
		if (pnpn_guid_equal(event, &system_events[i]))
			return true;
	return false;
}

static bool name_offset_is_valid(int32_t name_offset, size_t data_size)
{
	if (name_offset == PNPN_NO_TEXT)
		return true;
	return name_offset >= 0 && name_offset % 2 == 0 && (size_t)name_offset < data_size;
}

int pnpn_report_check(const struct pnpn_guid *event, size_t data_size, int32_t name_offset)
{
	if (!event || data_size > PNPN_DATA_MAX || !name_offset_is_valid(name_offset, data_size))
		return -EINVAL;
	return is_system_event(event) ? -EPERM : 0;
}

int pnpn_notification_check(const struct pnpn_notification *notification)
{
	if (notification->version != 1 || notification->has_file_object ||
	    notification->size < PNPN_NOTIFICATION_HEADER_BYTES)
		return -EINVAL;
	return pnpn_report_check(&notification->event,
				 notification->size - PNPN_NOTIFICATION_HEADER_BYTES,
				 notification->name_offset);
}
