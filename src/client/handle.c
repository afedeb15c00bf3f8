/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/handle.h"

struct pnpn_handle *pnpn_handle_free(struct pnpn_handle *handle)
{
	if (!handle)
		return NULL;
	pnpn_list_remove(&handle->link);
	free(handle->device);
	free(handle);
	return NULL;
}

static int read_open(struct pnpn_handle *handle, sd_bus_message *reply)
{
	const char *device;
	int r = sd_bus_message_read(reply, "ts", &handle->number, &device);

	if (r < 0)
		return r;
	handle->device = strdup(device);
	return handle->device ? 0 : -ENOMEM;
}

PNPN_EXPORT int pnpn_open(struct pnpn_connection *connection, const char *name,
			  struct pnpn_handle **ret_handle)
{
	sd_bus_message *reply = NULL;

	if (!name)
		return -EINVAL;
	struct pnpn_handle *handle = calloc(1, sizeof(*handle));
	if (!handle)
		return -ENOMEM;
	handle->connection = connection;
	pnpn_list_append(&connection->handles, &handle->link);
	int r = pnpn_bus_call(connection, &reply, "Open", "s", name);
	if (r >= 0)
		r = read_open(handle, reply);
	sd_bus_message_unref(reply);
	if (r < 0) {
		pnpn_close(handle);
		return r;
	}
	*ret_handle = handle;
	return 0;
}

PNPN_EXPORT const char *pnpn_handle_get_device(const struct pnpn_handle *handle)
{
	return handle->device;
}

PNPN_EXPORT uint64_t pnpn_handle_get_number(const struct pnpn_handle *handle)
{
	return handle->number;
}

PNPN_EXPORT struct pnpn_handle *pnpn_close(struct pnpn_handle *handle)
{
	if (!handle)
		return NULL;
	/* 0: the manager that knew it is gone. */
	if (handle->number)
		pnpn_bus_undo(handle->connection, "Close", "t", handle->number);
	return pnpn_handle_free(handle);
}
