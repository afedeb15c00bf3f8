/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "source/shortage.h"
#include "source/udev-watch.h"

#define UDEV_FOLDER  "/run/udev"
#define UDEV_CONTROL "control"
#define KERNEL_GROUP 1 /* of netlink: who hears the kernel itself */
#define UDEV_QUEUE   "queue" /* is there while udev is not done */

/* Microseconds. While the kernel has events udev is looked for as often as this. */
#define PAUSE	   1000000
#define PAUSES_MAX 10
#define ACCURACY   100000

struct pnpn_udev_watch {
	struct pnpn_udev_watcher watcher;
	struct udev *udev;
	sd_event *event;
	enum pnpn_udev where;
	sd_event_source *folder; /* the socket's file is made and removed there */
	bool is_new; /* the file is */
	sd_event_source *process; /* udev's */
	struct udev_monitor *kernel; /* its events, none of which is read */
	sd_event_source *kernel_has_some;
	sd_event_source *pause;
	unsigned int n_pauses; /* in turn, while udev was at work */
};

/* --- where it is ---------------------------------------------------------------------------------- */

bool pnpn_udev_is_at_work(void)
{
	return access(UDEV_FOLDER "/" UDEV_QUEUE, F_OK) == 0;
}

static bool has_control(void)
{
	return access(UDEV_FOLDER "/" UDEV_CONTROL, F_OK) == 0;
}

/* Sockets have a network namespace, that of who made them, though their files have none. */
static bool is_of_our_network(void)
{
	static const char path[] = " " UDEV_FOLDER "/" UDEV_CONTROL "\n";
	FILE *file = fopen("/proc/self/net/unix", "re");
	char line[256];
	bool found = false;

	pnpn_shortage_note(file ? 0 : errno);
	while (file && !found && fgets(line, sizeof(line), file)) {
		size_t length = strlen(line);
		found = length > strlen(path) && strcmp(line + length - strlen(path), path) == 0;
	}
	if (file)
		fclose(file);
	return found;
}

/* The socket's file outlives udevd; only one that is served counts. A connection of ours keeps others' out for a
 * moment: this is not asked often. */
static bool is_served(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = UDEV_FOLDER "/" UDEV_CONTROL};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool served = fd >= 0 && (connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 ||
				  errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return served;
}

static enum pnpn_udev find(const struct pnpn_udev_watch *watch)
{
	uint64_t before = pnpn_shortage_count();

	if (!has_control())
		return PNPN_UDEV_NONE;
	if (is_of_our_network())
		return PNPN_UDEV_HERE;
	/* That can't be said now: it is where it was. */
	if (pnpn_shortage_count() != before)
		return watch->where;
	if (watch->where != PNPN_UDEV_HERE && !watch->is_new)
		return watch->where;
	return is_served() ? PNPN_UDEV_ELSEWHERE : PNPN_UDEV_NONE;
}

enum pnpn_udev pnpn_udev_watch_get(const struct pnpn_udev_watch *watch)
{
	return watch->where;
}

/* --- it ends, and its socket's file stays ---------------------------------------------------------- */

/*
 * The end of its process tells, where that is found. Whether it is or not, an event of the kernel is one that a udev
 * which is gone will not pass on: with each of them udev is looked for, and a while after it, since it may end before
 * it is done with it.
 */
static int on_kernel_has_some(sd_event_source *event_source, int fd, uint32_t events,
			      void *userdata);
static int on_pause_over(sd_event_source *event_source, uint64_t usec, void *userdata);

static void stop_listening(struct pnpn_udev_watch *watch)
{
	watch->kernel_has_some = sd_event_source_disable_unref(watch->kernel_has_some);
	watch->pause = sd_event_source_disable_unref(watch->pause);
	watch->kernel = udev_monitor_unref(watch->kernel);
}

/* From the kernel's next event on: a fresh socket has none. */
static void listen_again(struct pnpn_udev_watch *watch)
{
	stop_listening(watch);
	watch->n_pauses = 0;
	if (!has_control())
		return;
	watch->kernel = udev_monitor_new_from_netlink(watch->udev, "kernel");
	int r = watch->kernel ? udev_monitor_enable_receiving(watch->kernel) : -errno;
	if (r >= 0)
		r = sd_event_add_io(watch->event, &watch->kernel_has_some,
				    udev_monitor_get_fd(watch->kernel), EPOLLIN, on_kernel_has_some,
				    watch);
	pnpn_shortage_note(r);
	if (r >= 0)
		(void)sd_event_source_set_enabled(watch->kernel_has_some, SD_EVENT_ONESHOT);
}

/* Each is twice as long: what says that udev is at work may be left over too. */
static void pause_listening(struct pnpn_udev_watch *watch)
{
	stop_listening(watch);
	pnpn_shortage_note(sd_event_add_time_relative(watch->event, &watch->pause, CLOCK_MONOTONIC,
						      (uint64_t)PAUSE << watch->n_pauses, ACCURACY,
						      on_pause_over, watch));
	watch->n_pauses += watch->n_pauses < PAUSES_MAX;
}

static void look(struct pnpn_udev_watch *watch);

static int on_process_ended(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	struct pnpn_udev_watch *watch = userdata;

	watch->process = sd_event_source_disable_unref(watch->process);
	look(watch);
	/* Another one may be there already, and what happened in between it does not tell. */
	if (watch->where == PNPN_UDEV_HERE)
		watch->watcher.changed(watch->watcher.userdata);
	return 0;
}

static bool is_called_udevd(unsigned int pid)
{
	char path[64], name[64] = "";

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	FILE *file = fopen(path, "re");
	bool is_udevd = file && fgets(name, sizeof(name), file) && strstr(name, "udevd\n");
	if (file)
		fclose(file);
	return is_udevd;
}

/* Sockets of the kernel's events have the number of the process that first listened. That is not udevd itself where
 * systemd did, which brings udevd back, or a parent that is gone. Returns 0 if it is not found. */
static unsigned int find_process(void)
{
	FILE *file = fopen("/proc/self/net/netlink", "re");
	char line[256];
	unsigned int protocol, pid, groups, found = 0;

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %u %u %x", &protocol, &pid, &groups) == 3 &&
		    protocol == NETLINK_KOBJECT_UEVENT && groups & KERNEL_GROUP &&
		    is_called_udevd(pid))
			found = pid;
	if (file)
		fclose(file);
	return found;
}

static void watch_process(struct pnpn_udev_watch *watch)
{
	unsigned int pid = find_process();
	int fd = pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;

	if (fd < 0)
		return;
	if (sd_event_add_io(watch->event, &watch->process, fd, EPOLLIN, on_process_ended, watch) <
	    0)
		close(fd);
	else
		(void)sd_event_source_set_io_fd_own(watch->process, true);
}

static void look(struct pnpn_udev_watch *watch)
{
	enum pnpn_udev before = watch->where;

	watch->where = find(watch);
	if (watch->where != PNPN_UDEV_HERE)
		watch->process = sd_event_source_disable_unref(watch->process);
	else if (!watch->process)
		watch_process(watch);
	if (watch->where != before)
		watch->watcher.changed(watch->watcher.userdata);
}

static int on_kernel_has_some(sd_event_source *event_source, int fd, uint32_t events,
			      void *userdata)
{
	struct pnpn_udev_watch *watch = userdata;

	look(watch);
	pause_listening(watch);
	return 0;
}

static int on_pause_over(sd_event_source *event_source, uint64_t usec, void *userdata)
{
	struct pnpn_udev_watch *watch = userdata;

	look(watch);
	watch->is_new = false;
	if (watch->where == PNPN_UDEV_HERE && pnpn_udev_is_at_work())
		pause_listening(watch);
	else
		listen_again(watch);
	return 0;
}

/* --- it comes, and takes its socket's file along -------------------------------------------------- */

static int watch_folder(struct pnpn_udev_watch *watch);

static int on_folder(sd_event_source *event_source, const struct inotify_event *event,
		     void *userdata)
{
	struct pnpn_udev_watch *watch = userdata;
	const char *name = event->len ? event->name : "";

	if (strcmp(name, "udev") == 0)
		(void)watch_folder(watch);
	/* The file is there a moment before the socket has its name. */
	if (strcmp(name, "udev") == 0 || strcmp(name, UDEV_CONTROL) == 0) {
		watch->is_new = true;
		look(watch);
		pause_listening(watch);
	}
	if (strcmp(name, UDEV_QUEUE) == 0 && event->mask & IN_DELETE)
		watch->watcher.is_done(watch->watcher.userdata);
	return 0;
}

/* The folder, or the one in which it will be made. */
static int watch_folder(struct pnpn_udev_watch *watch)
{
	const char *folder = access(UDEV_FOLDER, F_OK) == 0 ? UDEV_FOLDER : "/run";
	sd_event_source *fresh = NULL;
	int r = sd_event_add_inotify(watch->event, &fresh, folder, IN_CREATE | IN_DELETE, on_folder,
				     watch);

	pnpn_shortage_note(r);
	if (r < 0)
		return r;
	sd_event_source_disable_unref(watch->folder);
	watch->folder = fresh;
	return 0;
}

void pnpn_udev_watch_again(struct pnpn_udev_watch *watch)
{
	if (!watch->folder)
		(void)watch_folder(watch);
	look(watch);
	if (!watch->pause && !watch->kernel_has_some)
		listen_again(watch);
}

int pnpn_udev_watch_new(struct pnpn_udev_watch **ret_watch, struct udev *udev, sd_event *event,
			const struct pnpn_udev_watcher *watcher)
{
	struct pnpn_udev_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return -ENOMEM;
	watch->watcher = *watcher;
	watch->udev = udev;
	watch->event = event;
	/* Without /run nobody starts udev either. */
	(void)watch_folder(watch);
	watch->is_new = true;
	watch->where = find(watch);
	watch->is_new = false;
	if (watch->where == PNPN_UDEV_HERE)
		watch_process(watch);
	listen_again(watch);
	*ret_watch = watch;
	return 0;
}

struct pnpn_udev_watch *pnpn_udev_watch_free(struct pnpn_udev_watch *watch)
{
	if (!watch)
		return NULL;
	stop_listening(watch);
	sd_event_source_disable_unref(watch->process);
	sd_event_source_disable_unref(watch->folder);
	free(watch);
	return NULL;
}
