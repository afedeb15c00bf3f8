/* SPDX-License-Identifier: MIT */
/* Reporting: into the ring, and waking whoever sleeps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/device.h"
#include "client/export.h"
#include "client/service.h"
#include "core/notification.h"
#include "core/utf.h"
#include "port/duplicate.h"

/* One registrant is woken from here, more from the manager (docs/decisions/0002-waking.md has the measurement). */
#define WAKE_DIRECTLY 1

static void wake(struct pnpn_device *device)
{
	uint32_t readers = pnpn_ring_writer_get_readers(&device->writer);

	(void)eventfd_write(readers <= WAKE_DIRECTLY ? device->wake_fd : device->helper_fd, 1);
}

/* The manager looks how far everybody is whenever it is asked for help. */
static void after_report(struct pnpn_device *device, unsigned int after)
{
	if (after & PNPN_AFTER_WAKE)
		wake(device);
	if (after & PNPN_AFTER_CARE && pnpn_ring_writer_care(&device->writer))
		(void)eventfd_write(device->helper_fd, 1);
}

/* Whether it may be reported at all. Returns 0; an errno. */
static int check(const struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		 size_t size, int32_t name_offset)
{
	int r = pnpn_report_check(guid, size, name_offset);

	if (r < 0)
		return r;
	if (size && !data)
		return -EINVAL;
	if (pnpn_connection_is_copy(device->connection))
		return -ECHILD;
	return __atomic_load_n(&device->started, __ATOMIC_ACQUIRE) ? 0 : -ENODEV;
}

PNPN_EXPORT int pnpn_device_report_tracked(struct pnpn_device *device, const struct pnpn_guid *guid,
					   const void *data, size_t size, int32_t name_offset,
					   uint64_t *ret_position)
{
	unsigned int after;
	int r = check(device, guid, data, size, name_offset);

	if (r < 0)
		return r;
	r = pnpn_ring_writer_report(&device->writer, guid, data, (uint32_t)size, name_offset,
				    ret_position, &after);
	if (r < 0)
		return r;
	if (after)
		after_report(device, after);
	return 0;
}

PNPN_EXPORT int pnpn_device_report_as(struct pnpn_device *device, const struct pnpn_guid *guid,
				      const void *data, size_t size, int32_t name_offset,
				      uint64_t sequence, uint64_t time)
{
	unsigned int after;
	int r = check(device, guid, data, size, name_offset);

	if (r < 0)
		return r;
	r = pnpn_ring_writer_report_as(&device->writer, guid, data, (uint32_t)size, name_offset,
				       sequence, time, &after);
	if (r < 0)
		return r;
	if (after)
		after_report(device, after);
	return 0;
}

PNPN_EXPORT int pnpn_device_report(struct pnpn_device *device, const struct pnpn_guid *guid,
				   const void *data, size_t size, int32_t name_offset)
{
	return pnpn_device_report_tracked(device, guid, data, size, name_offset, NULL);
}

PNPN_EXPORT int pnpn_device_report_text(struct pnpn_device *device, const struct pnpn_guid *guid,
					const void *data, size_t size, const char *text)
{
	size_t units;

	if (!text || size > PNPN_DATA_MAX || (size && !data))
		return -EINVAL;
	int r = pnpn_utf8_to_utf16(text, NULL, &units);
	if (r < 0)
		return r;
	/* UTF-16 begins at an even offset, and ends with a zero. */
	size_t offset = (size + 1) & ~(size_t)1;
	size_t bytes = offset + 2 * (units + 1);
	if (bytes > PNPN_DATA_MAX)
		return -EINVAL;
	char *buffer = calloc(1, bytes);
	if (!buffer)
		return -ENOMEM;
	if (size)
		memcpy(buffer, data, size);
	(void)pnpn_utf8_to_utf16(text, (uint16_t *)(void *)(buffer + offset), &units);
	r = pnpn_device_report(device, guid, buffer, bytes, (int32_t)offset);
	free(buffer);
	return r;
}

/* --- by hand -------------------------------------------------------------------------------------- */

PNPN_EXPORT int pnpn_report_by_hand(struct pnpn_connection *connection, const char *device,
				    const struct pnpn_guid *guid, const void *data, size_t size,
				    int32_t name_offset)
{
	char guid_text[PNPN_GUID_STRING];
	sd_bus_message *call = NULL;

	if (!device || (size && !data))
		return -EINVAL;
	int r = pnpn_report_check(guid, size, name_offset);
	if (r < 0)
		return r;
	pnpn_guid_to_string(guid, guid_text);
	r = pnpn_bus_new_call(connection, "Report", &call);
	if (r >= 0)
		r = sd_bus_message_append(call, "ssi", device, guid_text, name_offset);
	if (r >= 0)
		r = sd_bus_message_append_array(call, 'y', data, size);
	if (r >= 0)
		r = pnpn_bus_send(connection, call, NULL);
	sd_bus_message_unref(call);
	return r < 0 ? r : 0;
}

/* The manager asks for one event on behalf of `pnpnotify report`. */
static int report_for_manager(struct pnpn_connection *connection, sd_bus_message *call)
{
	uint64_t number;
	const char *guid_text;
	int32_t name_offset;
	const void *data;
	size_t size;
	struct pnpn_guid guid;
	int r = sd_bus_message_read(call, "tsi", &number, &guid_text, &name_offset);

	if (r >= 0)
		r = sd_bus_message_read_array(call, 'y', &data, &size);
	if (r >= 0)
		r = pnpn_guid_from_string(guid_text, &guid);
	if (r < 0)
		return r;
	struct pnpn_device *device = pnpn_device_find(connection, number);
	if (!device)
		return -ENODEV;
	return pnpn_device_report(device, &guid, data, size, name_offset);
}

/* Somebody opened a device. Who finds the socket closed was not served. */
static int open_for_manager(struct pnpn_connection *connection, sd_bus_message *call)
{
	struct pnpn_opener opener;
	uint64_t number;
	int fd;
	int r = sd_bus_message_read(call, "ttsuuh", &number, &opener.handle, &opener.rest,
				    &opener.uid, &opener.pid, &fd);

	if (r < 0)
		return r;
	struct pnpn_device *device = pnpn_device_find(connection, number);
	if (!device || !device->serves)
		return -ENODEV;
	int socket = pnpn_duplicate(fd);
	if (socket < 0)
		return -errno;
	if (device->opened)
		device->opened(device, &opener, socket, device->opened_data);
	else
		pnpn_service_open(connection->service, device, &opener, socket);
	return 0;
}

static const struct {
	const char *name, *types;
	int (*handle)(struct pnpn_connection *connection, sd_bus_message *call);
} owner_methods[] = {
	{"Report", "tsiay", report_for_manager},
	{"Open", "ttsuuh", open_for_manager},
};

/* No vtable: libsystemd aborts where it has no memory for one. */
int pnpn_device_handle_call(struct pnpn_connection *connection, sd_bus_message *call)
{
	for (size_t i = 0; i < sizeof(owner_methods) / sizeof(owner_methods[0]); i++) {
		if (!sd_bus_message_is_method_call(call, PNPN_OWNER_INTERFACE,
						   owner_methods[i].name) ||
		    !sd_bus_message_has_signature(call, owner_methods[i].types))
			continue;
		/* The manager has checked who asks. */
		int r = pnpn_bus_is_from_manager(connection, call)
				? owner_methods[i].handle(connection, call)
				: -EACCES;
		r = r < 0 ? sd_bus_reply_method_errno(call, r, NULL)
			  : sd_bus_reply_method_return(call, NULL);
		return r < 0 ? r : 1;
	}
	return 0;
}
