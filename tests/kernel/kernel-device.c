/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/list.h"
#include "core/utf.h"
#include "kernel-device.h"
#undef pnpn_disconnect
#include "test-call.h"

/* As in user space, so that the same tests hold. */
#define BACKLOG (64ull << 20)

struct kernel_device {
	struct pnpn_list link;
	struct pnpn_connection *connection; /* that it would be of in user space */
	int fd;
	unsigned int number;
};

static struct pnpn_list devices = {&devices, &devices};

static struct kernel_device *of(struct pnpn_device *device)
{
	return (struct kernel_device *)device;
}

static int call(struct pnpn_device *device, struct test_call *call)
{
	call->device = of(device)->number;
	int r = ioctl(of(device)->fd, TEST_CALL, call);
	return r < 0 ? -errno : r;
}

static int call_text(struct pnpn_device *device, unsigned int what, const char *text)
{
	struct test_call request = {.what = what};

	if (!text)
		return -EINVAL;
	strncpy(request.text, text, sizeof(request.text) - 1);
	return call(device, &request);
}

int kernel_device_new(struct pnpn_connection *connection, const char *instance_id,
		      struct pnpn_device **ret_device)
{
	struct kernel_device *device = calloc(1, sizeof(*device));
	struct test_call request = {.what = TEST_NEW, .value = BACKLOG};

	device->fd = open("/dev/pnpnotify-test", O_RDWR | O_CLOEXEC);
	if (device->fd < 0)
		abort();
	strncpy(request.text, instance_id, sizeof(request.text) - 1);
	int r = ioctl(device->fd, TEST_CALL, &request) < 0 ? -errno : 0;
	if (r < 0) {
		close(device->fd);
		free(device);
		return r;
	}
	device->number = request.device;
	device->connection = connection;
	pnpn_list_append(&devices, &device->link);
	*ret_device = (struct pnpn_device *)device;
	return 0;
}

int kernel_device_start(struct pnpn_device *device)
{
	return call_text(device, TEST_START, "");
}

int kernel_device_add_link(struct pnpn_device *device, const char *link)
{
	return call_text(device, TEST_ADD_LINK, link);
}

int kernel_device_remove_link(struct pnpn_device *device, const char *link)
{
	return call_text(device, TEST_REMOVE_LINK, link);
}

int kernel_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
				const char *reference, char **ret_name)
{
	struct test_call request = {.what = TEST_ADD_INTERFACE};

	memcpy(request.guid, interface_class, sizeof(request.guid));
	strncpy(request.text, reference ? reference : "", sizeof(request.text) - 1);
	int r = call(device, &request);
	if (r >= 0 && ret_name)
		*ret_name = strdup(request.text);
	return r;
}

int kernel_device_enable_interface(struct pnpn_device *device, const char *name, bool enable)
{
	struct test_call request = {.what = TEST_ENABLE, .value = enable};

	strncpy(request.text, name, sizeof(request.text) - 1);
	return call(device, &request);
}

int kernel_device_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
			 size_t size, int32_t name_offset)
{
	struct test_call request = {
		.what = TEST_REPORT,
		.data = (uintptr_t)data,
		.size = (unsigned int)size,
		.name_offset = name_offset,
		.where = TEST_SOFTIRQ,
	};

	if (guid)
		memcpy(request.guid, guid, sizeof(request.guid));
	return call(device, &request);
}

int kernel_device_report_text(struct pnpn_device *device, const struct pnpn_guid *guid,
			      const void *data, size_t size, const char *text)
{
	char buffer[512] = {0};
	size_t units, offset = (size + 1) & ~(size_t)1;
	int r = pnpn_utf8_to_utf16(text, NULL, &units);

	if (r < 0)
		return r;
	if (size)
		memcpy(buffer, data, size);
	(void)pnpn_utf8_to_utf16(text, (uint16_t *)(void *)(buffer + offset), &units);
	return kernel_device_report(device, guid, buffer, offset + 2 * (units + 1),
				    (int32_t)offset);
}

struct pnpn_device *kernel_device_remove(struct pnpn_device *device)
{
	if (!device)
		return NULL;
	(void)call_text(device, TEST_REMOVE, "");
	pnpn_list_remove(&of(device)->link);
	close(of(device)->fd);
	free(device);
	return NULL;
}

struct pnpn_connection *kernel_device_disconnect(struct pnpn_connection *connection)
{
	pnpn_list_for_each_safe (link, after, &devices) {
		struct kernel_device *device = pnpn_list_entry(link, struct kernel_device, link);
		if (connection && device->connection == connection)
			kernel_device_remove((struct pnpn_device *)device);
	}
	return pnpn_disconnect(connection);
}
