/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "source/monitor.h"
#include "source/source-internal.h"

/* What a burst of the kernel's events may take before they are read. */
#define RECEIVE_BYTES (16 << 20)

#define UDEV_FOLDER   "/run/udev"
#define UDEV_CONTROL  "control"
#define UDEV_QUEUE    "queue" /* is there while udev is not done */

struct pnpn_monitor {
	struct pnpn_source *source;
	struct udev_monitor *udev_monitor;
	sd_event_source *readable;
	sd_event_source *udev_comes; /* watches for udev's control socket */
	bool is_udev;
};

bool pnpn_monitor_is_udev(const struct pnpn_monitor *monitor)
{
	return monitor->is_udev;
}

bool pnpn_monitor_is_at_work(const struct pnpn_monitor *monitor)
{
	return monitor->is_udev && access(UDEV_FOLDER "/" UDEV_QUEUE, F_OK) == 0;
}

/* The socket's file outlives udevd; only one that is served counts. */
static bool udev_runs(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = UDEV_FOLDER "/" UDEV_CONTROL};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool runs = fd >= 0 && (connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 ||
				errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return runs;
}

/* A renamed device is another one: nothing else would be found under its old name. */
static void moved(struct pnpn_source *source, struct udev_device *device)
{
	const char *path = udev_device_get_property_value(device, "DEVPATH_OLD");
	char before[512];

	if (path && snprintf(before, sizeof(before), "/sys%s", path) < (int)sizeof(before))
		pnpn_source_gone(source, before);
}

static void handle(struct pnpn_source *source, struct udev_device *device)
{
	const char *action = udev_device_get_action(device);
	const char *syspath = udev_device_get_syspath(device);

	if (!action || !syspath)
		return;
	if (strcmp(action, "remove") == 0) {
		pnpn_source_gone(source, syspath);
		return;
	}
	if (strcmp(action, "move") == 0)
		moved(source, device);
	pnpn_source_look(source, device);
}

static void recover(struct pnpn_monitor *monitor);

static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_monitor *monitor = userdata;
	struct udev_device *device;

	errno = 0;
	device = udev_monitor_receive_device(monitor->udev_monitor);
	if (device)
		handle(monitor->source, device);
	else if (errno == ENOBUFS)
		recover(monitor);
	udev_device_unref(device);
	return 0;
}

static void stop_listening(struct pnpn_monitor *monitor)
{
	monitor->readable = sd_event_source_disable_unref(monitor->readable);
	udev_monitor_unref(monitor->udev_monitor);
	monitor->udev_monitor = NULL;
}

/* A fresh socket, once there is one, in place of that which was. */
static int listen_to(struct pnpn_monitor *monitor, bool udev)
{
	struct udev_monitor *fresh = udev_monitor_new_from_netlink(monitor->source->udev,
								   udev ? "udev" : "kernel");
	sd_event_source *readable = NULL;

	if (!fresh)
		return -errno;
	/* Needs a privilege; without it the default has to do. */
	(void)udev_monitor_set_receive_buffer_size(fresh, RECEIVE_BYTES);
	int r = udev_monitor_enable_receiving(fresh);
	if (r >= 0)
		r = sd_event_add_io(monitor->source->event, &readable, udev_monitor_get_fd(fresh),
				    EPOLLIN, on_readable, monitor);
	if (r < 0) {
		udev_monitor_unref(fresh);
		return r;
	}
	stop_listening(monitor);
	monitor->udev_monitor = fresh;
	monitor->readable = readable;
	monitor->is_udev = udev;
	return 0;
}

/*
 * The socket overran (L3). Until its queue is empty the kernel does not tell of further losses, and nobody
 * says that it ever will be; a fresh one's is. What was in it is older than what the rescan finds.
 */
static void recover(struct pnpn_monitor *monitor)
{
	(void)listen_to(monitor, monitor->is_udev);
	(void)pnpn_source_rescan(monitor->source);
}

static int watch_for_udev(struct pnpn_monitor *monitor);

static int on_udev_comes(sd_event_source *event_source, const struct inotify_event *event,
			 void *userdata)
{
	struct pnpn_monitor *monitor = userdata;

	if (event->len && strcmp(event->name, "udev") == 0)
		return watch_for_udev(monitor);
	if (event->len && strcmp(event->name, UDEV_QUEUE) == 0 && event->mask & IN_DELETE)
		pnpn_source_udev_is_done(monitor->source);
	if (!event->len || strcmp(event->name, UDEV_CONTROL) != 0)
		return 0;
	bool comes = event->mask & IN_CREATE;
	if (comes == monitor->is_udev)
		return 0;
	fprintf(stderr, "pnpnotifyd: udev %s\n",
		comes ? "is there now: it is listened to" : "is gone: the kernel is listened to");
	(void)listen_to(monitor, comes);
	(void)pnpn_source_rescan(monitor->source);
	return 0;
}

/* The folder, or the one in which it will be made. */
static int watch_for_udev(struct pnpn_monitor *monitor)
{
	const char *folder = access(UDEV_FOLDER, F_OK) == 0 ? UDEV_FOLDER : "/run";
	sd_event_source *fresh = NULL;
	int r = sd_event_add_inotify(monitor->source->event, &fresh, folder, IN_CREATE | IN_DELETE,
				     on_udev_comes, monitor);

	if (r < 0)
		return r;
	sd_event_source_disable_unref(monitor->udev_comes);
	monitor->udev_comes = fresh;
	return 0;
}

int pnpn_monitor_new(struct pnpn_monitor **ret_monitor, struct pnpn_source *source)
{
	struct pnpn_monitor *monitor = calloc(1, sizeof(*monitor));

	if (!monitor)
		return -ENOMEM;
	monitor->source = source;
	/* Without /run nobody starts udev either. */
	(void)watch_for_udev(monitor);
	int r = listen_to(monitor, udev_runs());
	if (r < 0) {
		pnpn_monitor_free(monitor);
		return r;
	}
	*ret_monitor = monitor;
	return 0;
}

struct pnpn_monitor *pnpn_monitor_free(struct pnpn_monitor *monitor)
{
	if (!monitor)
		return NULL;
	stop_listening(monitor);
	sd_event_source_disable_unref(monitor->udev_comes);
	free(monitor);
	return NULL;
}
