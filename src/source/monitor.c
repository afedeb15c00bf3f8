/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/notice.h"
#include "source/monitor.h"
#include "source/shortage.h"
#include "source/udev-watch.h"

/* What a burst of the kernel's events may take before they are read. */
#define RECEIVE_BYTES (16 << 20)

/* The number that the kernel gives the user namespace that it makes first. */
#define FIRST_USER_NAMESPACE 0xeffffffdu

struct pnpn_monitor {
	struct pnpn_monitor_sink sink;
	struct udev *udev;
	sd_event *event;
	struct udev_monitor *udev_monitor;
	sd_event_source *readable;
	struct pnpn_udev_watch *watch;
	bool is_udev;
	bool is_deaf; /* to what it should listen to */
};

bool pnpn_monitor_is_udev(const struct pnpn_monitor *monitor)
{
	return monitor->is_udev;
}

bool pnpn_monitor_is_behind(const struct pnpn_monitor *monitor)
{
	struct pollfd readable = {.fd = udev_monitor_get_fd(monitor->udev_monitor),
				  .events = POLLIN};

	return poll(&readable, 1, 0) > 0;
}

bool pnpn_monitor_is_at_work(const struct pnpn_monitor *monitor)
{
	return monitor->is_udev && pnpn_udev_is_at_work();
}

/* A renamed device is another one: nothing else would be found under its old name. */
static void moved(struct pnpn_monitor *monitor, struct udev_device *device)
{
	const char *path = udev_device_get_property_value(device, "DEVPATH_OLD");
	char before[512];

	if (path && snprintf(before, sizeof(before), "/sys%s", path) < (int)sizeof(before))
		monitor->sink.gone(monitor->sink.userdata, before);
}

static void handle(struct pnpn_monitor *monitor, struct udev_device *device)
{
	const char *action = udev_device_get_action(device);
	const char *syspath = udev_device_get_syspath(device);

	if (!action || !syspath)
		return;
	if (strcmp(action, "remove") == 0) {
		monitor->sink.gone(monitor->sink.userdata, syspath);
		return;
	}
	if (strcmp(action, "move") == 0)
		moved(monitor, device);
	monitor->sink.look(monitor->sink.userdata, device);
}

static void recover(struct pnpn_monitor *monitor);

static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_monitor *monitor = userdata;
	struct udev_device *device;

	errno = 0;
	device = udev_monitor_receive_device(monitor->udev_monitor);
	if (device)
		handle(monitor, device);
	else if (errno == ENOBUFS)
		recover(monitor);
	else
		pnpn_shortage_note(errno);
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
	struct udev_monitor *fresh = udev_monitor_new_from_netlink(monitor->udev,
								   udev ? "udev" : "kernel");
	sd_event_source *readable = NULL;

	if (!fresh)
		return -errno;
	/* Needs a privilege; without it the default has to do. */
	(void)udev_monitor_set_receive_buffer_size(fresh, RECEIVE_BYTES);
	int r = udev_monitor_enable_receiving(fresh);
	if (r >= 0)
		r = sd_event_add_io(monitor->event, &readable, udev_monitor_get_fd(fresh), EPOLLIN,
				    on_readable, monitor);
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

/* Where that can't be done now, it is when there is enough again. */
static void relisten(struct pnpn_monitor *monitor, bool udev)
{
	int r = listen_to(monitor, udev);

	pnpn_shortage_note(r);
	monitor->is_deaf = r < 0;
}

/*
 * The socket overran (L3). Until its queue is empty the kernel does not tell of further losses, and nobody
 * says that it ever will be; a fresh one's is. What was in it is older than what the rescan finds.
 */
static void recover(struct pnpn_monitor *monitor)
{
	relisten(monitor, monitor->is_udev);
	monitor->sink.rescan(monitor->sink.userdata);
}

void pnpn_monitor_again(struct pnpn_monitor *monitor)
{
	pnpn_udev_watch_again(monitor->watch);
	if (monitor->is_deaf)
		relisten(monitor, pnpn_udev_watch_get(monitor->watch) == PNPN_UDEV_HERE);
}

/* --- udev comes and goes -------------------------------------------------------------------------- */

static void say(enum pnpn_udev udev)
{
	static const char *const said[] = {
		[PNPN_UDEV_NONE] = "is gone: the kernel is listened to",
		[PNPN_UDEV_ELSEWHERE] = "is in another network: the kernel is listened to",
		[PNPN_UDEV_HERE] = "is there now: it is listened to",
	};

	pnpn_notice(NULL, "udev %s", said[udev]);
}

static void on_udev_changed(void *userdata)
{
	struct pnpn_monitor *monitor = userdata;
	enum pnpn_udev udev = pnpn_udev_watch_get(monitor->watch);

	say(udev);
	if (monitor->is_udev != (udev == PNPN_UDEV_HERE))
		relisten(monitor, udev == PNPN_UDEV_HERE);
	monitor->sink.rescan(monitor->sink.userdata);
}

static void on_udev_is_done(void *userdata)
{
	struct pnpn_monitor *monitor = userdata;

	monitor->sink.udev_is_done(monitor->sink.userdata);
}

/* The kernel tells all network namespaces of devices that are the first user namespace's, and no other of more than its
 * own interfaces. An owner that may not be seen is above ours: that is taken for the first. */
static bool is_told_of_devices(void)
{
	int network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int owner = network < 0 ? -1 : ioctl(network, NS_GET_USERNS);
	struct stat st;
	bool is_told = owner < 0 || fstat(owner, &st) < 0 || st.st_ino == FIRST_USER_NAMESPACE;

	if (owner >= 0)
		close(owner);
	if (network >= 0)
		close(network);
	return is_told;
}

int pnpn_monitor_new(struct pnpn_monitor **ret_monitor, struct udev *udev, sd_event *event,
		     const struct pnpn_monitor_sink *sink)
{
	struct pnpn_monitor *monitor = calloc(1, sizeof(*monitor));

	if (!monitor)
		return -ENOMEM;
	monitor->sink = *sink;
	monitor->udev = udev;
	monitor->event = event;
	const struct pnpn_udev_watcher watcher = {on_udev_changed, on_udev_is_done, monitor};
	int r = pnpn_udev_watch_new(&monitor->watch, udev, event, &watcher);
	enum pnpn_udev where = r < 0 ? PNPN_UDEV_NONE : pnpn_udev_watch_get(monitor->watch);
	if (where == PNPN_UDEV_ELSEWHERE)
		say(where);
	if (!is_told_of_devices())
		pnpn_notice(NULL, "the network is a user namespace's: the kernel tells it of its "
				  "interfaces and of no other device");
	if (r >= 0)
		r = listen_to(monitor, where == PNPN_UDEV_HERE);
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
	pnpn_udev_watch_free(monitor->watch);
	free(monitor);
	return NULL;
}
