/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/bus.h"
#include "client/connection.h"
#include "client/device-name.h"
#include "client/device-property.h"
#include "client/device.h"
#include "client/event.h"
#include "client/export.h"
#include "client/service.h"
#include "client/stream.h"
#include "core/name.h"
#include "core/port.h"
#include "port/duplicate.h"
#include "port/sealed.h"

struct pnpn_device *pnpn_device_free(struct pnpn_device *device)
{
	if (!device)
		return NULL;
	pnpn_list_remove(&device->link);
	pnpn_service_drop_device(device->connection->service, device);
	sd_bus_slot_unref(device->slot);
	pnpn_list_for_each_safe (link, after, &device->names)
		pnpn_device_name_free(pnpn_list_entry(link, struct pnpn_device_name, link));
	pnpn_list_for_each_safe (link, after, &device->properties)
		pnpn_device_property_free(pnpn_list_entry(link, struct pnpn_device_property, link));
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

struct pnpn_device *pnpn_device_find(struct pnpn_connection *connection, uint64_t number)
{
	pnpn_list_for_each_safe (link, after, &connection->devices) {
		struct pnpn_device *device = pnpn_list_entry(link, struct pnpn_device, link);
		if (device->number == number)
			return device;
	}
	return NULL;
}

void pnpn_device_set_lost(struct pnpn_device *device)
{
	pnpn_ring_writer_close(&device->writer);
	device->slot = sd_bus_slot_unref(device->slot);
	device->absent = true;
	device->number = 0;
}

/* --- making --------------------------------------------------------------------------------------- */

static struct pnpn_device *device_new(struct pnpn_connection *connection, const char *instance_id)
{
	struct pnpn_device *device = calloc(1, sizeof(*device));

	if (!device)
		return NULL;
	pnpn_list_init(&device->link);
	pnpn_list_init(&device->names);
	pnpn_list_init(&device->properties);
	device->connection = connection;
	device->wake_fd = -1;
	device->helper_fd = -1;
	device->handled_fd = -1;
	device->instance_id = strdup(instance_id);
	return device->instance_id ? device : pnpn_device_free(device);
}

/* In place of the ring at another manager, if it had one: reports may be under way. */
static int map_ring(struct pnpn_device *device, int fd)
{
	size_t bytes;
	int r = pnpn_sealed_size(fd, &bytes);

	if (r < 0)
		return r;
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	uint64_t base = device->numbered ? pnpn_ring_writer_get_sequence(&device->writer) : 0;

	if (!base)
		base = device->base;
	r = device->map ? pnpn_ring_writer_reopen(&device->writer, map, bytes)
			: pnpn_ring_writer_init(&device->writer, map, bytes);
	if (r < 0) {
		munmap(map, bytes);
		return r;
	}
	pnpn_ring_writer_set_base(&device->writer, base);
	if (device->map)
		munmap(device->map, device->map_bytes);
	device->map = map;
	device->map_bytes = bytes;
	return 0;
}

/* Never blocking: a report waits for nobody (R1). Whoever uses the number just now uses the old or the new. */
static int keep_fd(int fd, int *fd_kept)
{
	if (*fd_kept >= 0)
		return dup3(fd, *fd_kept, O_CLOEXEC) < 0 ? -errno : 0;
	*fd_kept = pnpn_duplicate(fd);
	return *fd_kept < 0 ? -errno : 0;
}

static int read_created(struct pnpn_device *device, sd_bus_message *reply)
{
	int ring, wake, helper, handled;
	int r = sd_bus_message_read(reply, "thhhh", &device->number, &ring, &wake, &helper,
				    &handled);

	if (r >= 0)
		r = keep_fd(wake, &device->wake_fd);
	if (r >= 0)
		r = keep_fd(helper, &device->helper_fd);
	if (r >= 0)
		r = keep_fd(handled, &device->handled_fd);
	if (r >= 0)
		r = map_ring(device, ring);
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
	r = pnpn_bus_call(connection, &reply, "CreateDevice", "s", id);
	if (r >= 0) {
		r = read_created(device, reply);
		if (r < 0)
			pnpn_bus_undo(connection, "RemoveDevice", "t", device->number);
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

PNPN_EXPORT int pnpn_device_set_access(struct pnpn_device *device, uint32_t mode, uint32_t uid,
				       uint32_t gid)
{
	if (device->absent)
		return -ENOTCONN;
	int r = pnpn_bus_call(device->connection, NULL, "SetAccess", "tuuu", device->number, mode,
			      uid, gid);
	if (r < 0)
		return r;
	device->has_access = true;
	device->access_mode = mode;
	device->access_uid = uid;
	device->access_gid = gid;
	return 0;
}

PNPN_EXPORT int pnpn_device_set_sequence(struct pnpn_device *device, uint64_t sequence)
{
	if (__atomic_load_n(&device->started, __ATOMIC_RELAXED))
		return -EALREADY;
	device->numbered = true;
	device->base = sequence;
	pnpn_ring_writer_set_base(&device->writer, sequence);
	return 0;
}

PNPN_EXPORT int pnpn_device_serve(struct pnpn_device *device, pnpn_opened *opened, void *userdata)
{
	struct pnpn_service *service;
	int r = opened ? 0 : pnpn_service_get(device->connection, &service);

	if (r >= 0 && device->absent)
		r = -ENOTCONN;
	if (r >= 0)
		r = pnpn_bus_call(device->connection, NULL, "ServeDevice", "t", device->number);
	if (r < 0)
		return r;
	device->opened = opened;
	device->opened_data = userdata;
	device->serves = true;
	return 0;
}

PNPN_EXPORT int pnpn_device_start(struct pnpn_device *device)
{
	if (__atomic_load_n(&device->started, __ATOMIC_RELAXED))
		return -EALREADY;
	if (device->absent)
		return -ENOTCONN;
	/* Before the manager tells the world: whoever hears of the device may expect it to report. */
	__atomic_store_n(&device->started, true, __ATOMIC_RELEASE);
	int r = pnpn_bus_call(device->connection, NULL, "StartDevice", "t", device->number);
	if (r < 0)
		__atomic_store_n(&device->started, false, __ATOMIC_RELEASE);
	return r;
}

PNPN_EXPORT int pnpn_device_add_link(struct pnpn_device *device, const char *link)
{
	if (!pnpn_link_is_valid(link))
		return -EINVAL;
	if (device->absent)
		return -ENOTCONN;
	struct pnpn_device_name *name = pnpn_device_name_new_link(link);
	if (!name)
		return -ENOMEM;
	int r = pnpn_bus_call(device->connection, NULL, "AddLink", "ts", device->number, link);
	if (r < 0)
		pnpn_device_name_free(name);
	else
		pnpn_list_append(&device->names, &name->link);
	return r;
}

PNPN_EXPORT int pnpn_device_remove_link(struct pnpn_device *device, const char *link)
{
	if (!link)
		return -EINVAL;
	struct pnpn_device_name *name = pnpn_device_name_find(&device->names, link);
	int r = name ? 0 : -ENOENT;
	/* One that is absent comes back without it. */
	if (!device->absent)
		r = pnpn_bus_call(device->connection, NULL, "RemoveLink", "ts", device->number,
				  link);
	if (r >= 0)
		pnpn_device_name_free(name);
	return r;
}

/* Returns 0, or 1 if it was there already. */
static int ask_for_interface(struct pnpn_device *device, const struct pnpn_device_name *interface,
			     char **ret_name)
{
	char class_text[PNPN_GUID_STRING];
	sd_bus_message *reply = NULL;
	const char *name;
	int existed;

	pnpn_guid_to_string(&interface->class, class_text);
	int r = pnpn_bus_call(device->connection, &reply, "AddInterface", "tss", device->number,
			      class_text, interface->reference);
	if (r >= 0)
		r = sd_bus_message_read(reply, "sb", &name, &existed);
	char *copy = r >= 0 ? strdup(name) : NULL;
	sd_bus_message_unref(reply);
	if (r < 0 || !copy)
		return r < 0 ? r : -ENOMEM;
	*ret_name = copy;
	return existed;
}

PNPN_EXPORT int pnpn_device_add_interface(struct pnpn_device *device,
					  const struct pnpn_guid *interface_class,
					  const char *reference, char **ret_name)
{
	if (!interface_class)
		return -EINVAL;
	if (device->absent)
		return -ENOTCONN;
	struct pnpn_device_name *interface =
		pnpn_device_name_new_interface(interface_class, reference ? reference : "");
	if (!interface)
		return -ENOMEM;
	int r = ask_for_interface(device, interface, &interface->name);
	char *copy = r >= 0 && ret_name ? strdup(interface->name) : NULL;
	if (r >= 0 && ret_name && !copy)
		r = -ENOMEM;
	if (r == 0)
		pnpn_list_append(&device->names, &interface->link);
	else
		pnpn_device_name_free(interface);
	if (copy)
		*ret_name = copy;
	return r;
}

PNPN_EXPORT int pnpn_device_enable_interface(struct pnpn_device *device, const char *name,
					     bool enable)
{
	if (!name)
		return -EINVAL;
	if (device->absent)
		return -ENOTCONN;
	int r = pnpn_bus_call(device->connection, NULL, "EnableInterface", "tsb", device->number,
			      name, (int)enable);
	struct pnpn_device_name *own = pnpn_device_name_find(&device->names, name);
	if (r >= 0 && own)
		own->enabled = enable;
	return r;
}

PNPN_EXPORT int pnpn_device_add_property(struct pnpn_device *device, const char *key,
					 const char *value)
{
	if (!key || !value)
		return -EINVAL;
	if (device->absent)
		return -ENOTCONN;
	struct pnpn_device_property *property = pnpn_device_property_new(key, value);
	if (!property)
		return -ENOMEM;
	int r = pnpn_bus_call(device->connection, NULL, "AddProperty", "tss", device->number, key,
			      value);
	if (r < 0)
		pnpn_device_property_free(property);
	else
		pnpn_list_append(&device->properties, &property->link);
	return r;
}

/* --- bringing it back ----------------------------------------------------------------------------- */

/* A name that somebody else took meanwhile is his. */
static int restore_name(struct pnpn_device *device, const struct pnpn_device_name *name)
{
	struct pnpn_connection *connection = device->connection;
	char class_text[PNPN_GUID_STRING];

	if (!name->is_interface)
		return pnpn_bus_call_async(connection, NULL, NULL, NULL, "AddLink", "ts",
					   device->number, name->name);
	pnpn_guid_to_string(&name->class, class_text);
	int r = pnpn_bus_call_async(connection, NULL, NULL, NULL, "AddInterface", "tss",
				    device->number, class_text, name->reference);
	if (r >= 0 && name->enabled)
		r = pnpn_bus_call_async(connection, NULL, NULL, NULL, "EnableInterface", "tsb",
					device->number, name->name, 1);
	return r;
}

static int restore_properties(struct pnpn_device *device)
{
	int r = 0;

	pnpn_list_for_each_safe (link, after, &device->properties) {
		const struct pnpn_device_property *property =
			pnpn_list_entry(link, struct pnpn_device_property, link);
		if (r >= 0)
			r = pnpn_bus_call_async(device->connection, NULL, NULL, NULL, "AddProperty",
						"tss", device->number, property->key,
						pnpn_device_property_value(property));
	}
	return r;
}

/* Its id may still be that of a connection that has just ended: it is tried again. */
static void restore_again(struct pnpn_device *device)
{
	if (device->number)
		(void)pnpn_bus_call_async(device->connection, NULL, NULL, NULL, "RemoveDevice", "t",
					  device->number);
	pnpn_device_set_lost(device);
	pnpn_connection_set_incomplete(device->connection);
}

static int tell_restored(struct pnpn_device *device)
{
	struct pnpn_stream *stream;
	struct pnpn_event *event;
	int r = pnpn_stream_get(device->connection, 0, NULL, &stream);

	if (r >= 0)
		r = pnpn_event_new(&event, PNPN_EVENT_RESTORED, device->instance_id, NULL, NULL, 0);
	if (r < 0)
		return r;
	event->text = device->connection->text;
	event->record.time = pnpn_port_now();
	pnpn_stream_tell(stream, event);
	return 0;
}

static int on_restored(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_device *device = userdata;

	device->slot = sd_bus_slot_unref(device->slot);
	if (sd_bus_message_is_method_error(answer, NULL) || tell_restored(device) < 0)
		restore_again(device);
	return 1;
}

static int restore_access(struct pnpn_device *device)
{
	if (!device->has_access)
		return 0;
	return pnpn_bus_call_async(device->connection, NULL, NULL, NULL, "SetAccess", "tuuu",
				   device->number, device->access_mode, device->access_uid,
				   device->access_gid);
}

static int on_created(sd_bus_message *answer, void *userdata, sd_bus_error *ret_error)
{
	struct pnpn_device *device = userdata;
	int r = -sd_bus_message_get_errno(answer);

	device->slot = sd_bus_slot_unref(device->slot);
	if (r >= 0)
		r = read_created(device, answer);
	if (r >= 0)
		r = restore_access(device);
	if (r >= 0)
		r = restore_properties(device);
	if (r >= 0 && device->serves)
		r = pnpn_bus_call_async(device->connection, NULL, NULL, NULL, "ServeDevice", "t",
					device->number);
	pnpn_list_for_each_safe (link, after, &device->names)
		if (r >= 0)
			r = restore_name(device,
					 pnpn_list_entry(link, struct pnpn_device_name, link));
	device->absent = r < 0;
	if (r >= 0)
		r = __atomic_load_n(&device->started, __ATOMIC_RELAXED)
			    ? pnpn_bus_call_async(device->connection, &device->slot, on_restored,
						  device, "StartDevice", "t", device->number)
			    : tell_restored(device);
	if (r < 0)
		restore_again(device);
	return 1;
}

void pnpn_device_restore(struct pnpn_device *device)
{
	if (!device->absent || device->gone || device->slot)
		return;
	if (pnpn_bus_call_async(device->connection, &device->slot, on_created, device,
				"CreateDevice", "s", device->instance_id) < 0)
		pnpn_connection_set_incomplete(device->connection);
}

/* --- the rest ------------------------------------------------------------------------------------- */

PNPN_EXPORT const char *pnpn_device_get_id(const struct pnpn_device *device)
{
	return device->instance_id;
}

PNPN_EXPORT uint64_t pnpn_device_get_handled(const struct pnpn_device *device)
{
	if (pnpn_connection_is_copy(device->connection))
		return UINT64_MAX;
	return pnpn_ring_writer_get_handled(&((struct pnpn_device *)device)->writer);
}

PNPN_EXPORT int pnpn_device_get_handled_fd(const struct pnpn_device *device)
{
	return device->handled_fd;
}

PNPN_EXPORT struct pnpn_device *pnpn_device_remove(struct pnpn_device *device)
{
	if (!device)
		return NULL;
	if (pnpn_connection_is_copy(device->connection))
		return pnpn_device_free(device);
	/* The manager may be about to tell the number that it has there: before it answers this. */
	if (device->absent && device->slot)
		pnpn_bus_undo(device->connection, "RemoveDevice", "t", (uint64_t)0);
	/* Closed first: what was accepted stands before the removal that the manager writes (D8). */
	pnpn_ring_writer_close(&device->writer);
	pnpn_bus_undo(device->connection, "RemoveDevice", "t", device->number);
	return pnpn_device_free(device);
}
