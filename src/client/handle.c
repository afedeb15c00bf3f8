/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/export.h"
#include "client/handle.h"
#include "port/duplicate.h"

struct pnpn_handle *pnpn_handle_free(struct pnpn_handle *handle)
{
	if (!handle)
		return NULL;
	pnpn_handle_end(handle, false);
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

/* One descriptor, or none: -1. */
static int read_socket(sd_bus_message *reply, int *ret_socket)
{
	int fd;

	*ret_socket = -1;
	int r = sd_bus_message_enter_container(reply, 'a', "h");
	if (r > 0)
		r = sd_bus_message_read(reply, "h", &fd);
	if (r <= 0)
		return r;
	*ret_socket = pnpn_duplicate(fd);
	return *ret_socket < 0 ? -errno : 0;
}

/* Without ret_socket the owner does not hear of it. */
static int ask_open(struct pnpn_handle *handle, const char *name, int *ret_socket)
{
	sd_bus_message *reply = NULL;
	int r = pnpn_bus_call(handle->connection, &reply, ret_socket ? "OpenFile" : "Open", "s",
			      name);

	if (r >= 0)
		r = read_open(handle, reply);
	if (r >= 0 && ret_socket)
		r = read_socket(reply, ret_socket);
	sd_bus_message_unref(reply);
	return r;
}

static int open_handle(struct pnpn_connection *connection, const char *name,
		       struct pnpn_handle **ret_handle, int *ret_socket)
{
	if (!name)
		return -EINVAL;
	struct pnpn_handle *handle = calloc(1, sizeof(*handle));
	if (!handle)
		return -ENOMEM;
	handle->connection = connection;
	pnpn_list_init(&handle->answers);
	pnpn_list_init(&handle->events);
	pnpn_list_append(&connection->handles, &handle->link);
	int r = ask_open(handle, name, ret_socket);
	if (r < 0) {
		pnpn_close(handle);
		return r;
	}
	*ret_handle = handle;
	return 0;
}

PNPN_EXPORT int pnpn_hold(struct pnpn_connection *connection, const char *name,
			  struct pnpn_handle **ret_handle)
{
	return open_handle(connection, name, ret_handle, NULL);
}

PNPN_EXPORT int pnpn_open_socket(struct pnpn_connection *connection, const char *name,
				 struct pnpn_handle **ret_handle, int *ret_socket)
{
	return open_handle(connection, name, ret_handle, ret_socket);
}

PNPN_EXPORT int pnpn_open_for(struct pnpn_connection *connection, const char *name,
			      unsigned int access, struct pnpn_handle **ret_handle)
{
	struct pnpn_handle *handle;
	int socket;

	if (access & ~(unsigned int)(PNPN_ACCESS_READ | PNPN_ACCESS_WRITE))
		return -EINVAL;
	int r = open_handle(connection, name, &handle, &socket);
	if (r >= 0 && socket >= 0) {
		r = pnpn_handle_begin(handle, socket, access);
		if (r < 0)
			pnpn_close(handle);
	}
	if (r >= 0)
		*ret_handle = handle;
	return r;
}

PNPN_EXPORT int pnpn_open(struct pnpn_connection *connection, const char *name,
			  struct pnpn_handle **ret_handle)
{
	return pnpn_open_for(connection, name, PNPN_ACCESS_READ | PNPN_ACCESS_WRITE, ret_handle);
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
	pnpn_handle_end(handle, !pnpn_connection_is_copy(handle->connection));
	/* 0: the manager that knew it is gone. */
	if (handle->number)
		pnpn_bus_undo(handle->connection, "Close", "t", handle->number);
	return pnpn_handle_free(handle);
}
