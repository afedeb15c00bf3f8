/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/device.h"
#include "client/export.h"
#include "core/name.h"

struct pnpn_device *pnpn_device_free(struct pnpn_device *device)
{
	if (!device)
		return NULL;
	pnpn_list_remove(&device->link);
	if (device->writer.header)
		pnpn_ring_writer_deinit(&device->writer);
	if (device->map)
		munmap(device->map, device->map_bytes);
	if (device->wake_fd >= 0)
		close(device->wake_fd);
	if (device->helper_fd >= 0)
		close(device->helper_fd);
	if (device->handled_fd >= 0)
		close(device->handled_fd);
	free(device->instance_id);
	free(device);
	return NULL;
}

void pnpn_device_set_lost(struct pnpn_device *device)
{
	pnpn_ring_writer_close(&device->writer);
}

/* --- making --------------------------------------------------------------------------------------- */

static struct pnpn_device *device_new(struct pnpn_connection *connection, const char *instance_id)
{
	struct pnpn_device *device = calloc(1, sizeof(*device));

	if (!device)
		return NULL;
	pnpn_list_init(&device->link);
	device->connection = connection;
	device->wake_fd = -1;
	device->helper_fd = -1;
	device->handled_fd = -1;
	device->instance_id = strdup(instance_id);
	return device->instance_id ? device : pnpn_device_free(device);
}

static int map_ring(struct pnpn_device *device, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	device->map = map;
	device->map_bytes = (size_t)st.st_size;
	return pnpn_ring_writer_init(&device->writer, map, device->map_bytes);
}

/* Never blocking: a report waits for nobody (R1). */
static int keep_fd(int fd, int *ret_fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (own < 0)
		return -errno;
	*ret_fd = own;
	return 0;
}

static int read_created(struct pnpn_device *device, sd_bus_message *reply)
{
	int ring, wake, helper, handled;
	int r = sd_bus_message_read(reply, "thhhh", &device->number, &ring, &wake, &helper,
				    &handled);

	if (r >= 0)
		r = map_ring(device, ring);
	if (r >= 0)
		r = keep_fd(wake, &device->wake_fd);
	if (r >= 0)
		r = keep_fd(helper, &device->helper_fd);
	if (r >= 0)
		r = keep_fd(handled, &device->handled_fd);
	return r;
}

PNPN_EXPORT int pnpn_device_new(struct pnpn_connection *connection, const char *instance_id,
				struct pnpn_device **ret_device)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	sd_bus_message *reply = NULL;
	int r = pnpn_instance_id_normalize(instance_id, id);

	if (r < 0)
		return r;
	struct pnpn_device *device = device_new(connection, id);
	if (!device)
		return -ENOMEM;
	r = pnpn_connection_call(connection, &reply, "CreateDevice", "s", id);
	if (r >= 0) {
		r = read_created(device, reply);
		if (r < 0)
			(void)pnpn_connection_call(connection, NULL, "RemoveDevice", "t",
						   device->number);
	}
	sd_bus_message_unref(reply);
	if (r < 0) {
		pnpn_device_free(device);
		return r;
	}
	pnpn_list_append(&connection->devices, &device->link);
	*ret_device = device;
	return 0;
}

PNPN_EXPORT int pnpn_device_start(struct pnpn_device *device)
{
	if (__atomic_load_n(&device->started, __ATOMIC_RELAXED))
		return -EALREADY;
	/* Before the manager tells the world: whoever hears of the device may expect it to report. */
	__atomic_store_n(&device->started, true, __ATOMIC_RELEASE);
	int r = pnpn_connection_call(device->connection, NULL, "StartDevice", "t", device->number);
	if (r < 0)
		__atomic_store_n(&device->started, false, __ATOMIC_RELEASE);
	return r;
}

PNPN_EXPORT int pnpn_device_add_link(struct pnpn_device *device, const char *link)
{
	if (!pnpn_link_is_valid(link))
		return -EINVAL;
	return pnpn_connection_call(device->connection, NULL, "AddLink", "ts", device->number,
				    link);
}

PNPN_EXPORT int pnpn_device_remove_link(struct pnpn_device *device, const char *link)
{
	if (!link)
		return -EINVAL;
	return pnpn_connection_call(device->connection, NULL, "RemoveLink", "ts", device->number,
				    link);
}

PNPN_EXPORT int pnpn_device_add_interface(struct pnpn_device *device,
					  const struct pnpn_guid *interface_class,
					  const char *reference, char **ret_name)
{
	char class_text[PNPN_GUID_STRING];
	sd_bus_message *reply = NULL;
	const char *name;
	int existed;

	if (!interface_class)
		return -EINVAL;
	pnpn_guid_to_string(interface_class, class_text);
	int r = pnpn_connection_call(device->connection, &reply, "AddInterface", "tss",
				     device->number, class_text, reference ? reference : "");
	if (r >= 0)
		r = sd_bus_message_read(reply, "sb", &name, &existed);
	if (r >= 0 && ret_name) {
		char *copy = strdup(name);
		r = copy ? 0 : -ENOMEM;
		if (copy)
			*ret_name = copy;
	}
	sd_bus_message_unref(reply);
	return r < 0 ? r : existed;
}

PNPN_EXPORT int pnpn_device_enable_interface(struct pnpn_device *device, const char *name,
					     bool enable)
{
	if (!name)
		return -EINVAL;
	return pnpn_connection_call(device->connection, NULL, "EnableInterface", "tsb",
				    device->number, name, (int)enable);
}

PNPN_EXPORT const char *pnpn_device_get_id(const struct pnpn_device *device)
{
	return device->instance_id;
}

PNPN_EXPORT uint64_t pnpn_device_get_handled(const struct pnpn_device *device)
{
	return __atomic_load_n(&device->writer.header->handled, __ATOMIC_ACQUIRE);
}

PNPN_EXPORT int pnpn_device_get_handled_fd(const struct pnpn_device *device)
{
	return device->handled_fd;
}

PNPN_EXPORT struct pnpn_device *pnpn_device_remove(struct pnpn_device *device)
{
	if (!device)
		return NULL;
	/* Closed first: what was accepted stands before the removal that the manager writes (D8). */
	pnpn_ring_writer_close(&device->writer);
	(void)pnpn_connection_call(device->connection, NULL, "RemoveDevice", "t", device->number);
	return pnpn_device_free(device);
}
