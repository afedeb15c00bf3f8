/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "source/device-state.h"
#include "source/shortage.h"
#include "source/volume.h"
#include "source/volume-look.h"

/* Microseconds. A disk is quiet after so long; one that never is, is looked at all the same. */
#define QUIET	 250000
#define LONGEST	 2000000
#define ACCURACY 10000
/* While it is locked the pauses double up to QUIET << MOST_REFUSED, near a minute. */
#define MOST_REFUSED 8
/* Who asks again within so long is told what was found then. */
#define ASKED_AGAIN 1000000

static uint64_t now(const struct pnpn_volume_look *look)
{
	uint64_t usec = 0;

	(void)sd_event_now(look->looker->event, CLOCK_MONOTONIC, &usec);
	return usec;
}

static int on_time(sd_event_source *event_source, uint64_t usec, void *userdata);

static void set_timer(struct pnpn_volume_look *look, uint64_t usec)
{
	if (!look->timer) {
		pnpn_shortage_note(sd_event_add_time(look->looker->event, &look->timer,
						     CLOCK_MONOTONIC, usec, ACCURACY, on_time,
						     look));
		return;
	}
	(void)sd_event_source_set_time(look->timer, usec);
	(void)sd_event_source_set_enabled(look->timer, SD_EVENT_ONESHOT);
}

static bool is_wanted(const struct pnpn_volume_look *look)
{
	int enabled = SD_EVENT_OFF;

	return look->timer && sd_event_source_get_enabled(look->timer, &enabled) >= 0 &&
	       enabled != SD_EVENT_OFF;
}

/* udev says another label than is there: it looks again, and everybody hears of it. Once for each label: it
 * may be told not to look at this disk. */
static void ask_udev(struct pnpn_volume_look *look, const char *label)
{
	char path[512];

	if (strcmp(label, look->state->label) == 0 ||
	    (look->found && strcmp(label, look->found) == 0) ||
	    snprintf(path, sizeof(path), "%s/uevent", look->syspath) >= (int)sizeof(path))
		return;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		pnpn_shortage_note(errno);
		return;
	}
	free(look->found);
	look->found = strdup(label);
	ssize_t written = write(fd, "change", strlen("change"));
	(void)written;
	close(fd);
}

static void stop_watching_writes(struct pnpn_volume_look *look)
{
	if (look->writes >= 0)
		close(look->writes);
	look->writes = -1;
}

static bool has_writes(const struct pnpn_volume_look *look)
{
	int bytes = 0;

	return look->writes >= 0 && ioctl(look->writes, FIONREAD, &bytes) == 0 && bytes;
}

static void found(struct pnpn_volume_look *look, struct udev_device *device, char *label,
		  bool has_volume)
{
	look->was_written |= has_writes(look);
	if (look->state->by_udev)
		ask_udev(look, label);
	else
		look->looker->found(look->looker->userdata, look, device, label, has_volume);
	if (look->state->is_read)
		stop_watching_writes(look);
}

static void look_now(struct pnpn_volume_look *look)
{
	uint64_t before = pnpn_shortage_count();
	struct udev_device *device = udev_device_new_from_syspath(look->looker->udev,
								  look->syspath);
	char *label = NULL;
	bool has_volume;
	int r;

	if (look->timer)
		(void)sd_event_source_set_enabled(look->timer, SD_EVENT_OFF);
	look->wanted_since = 0;
	look->looked_at = now(look);
	if (!device && pnpn_shortage_count() != before)
		set_timer(look, now(look) + QUIET);
	/* What is another one by now has its own events to come. */
	if (!device || pnpn_device_incarnation(look->syspath) != look->state->incarnation) {
		udev_device_unref(device);
		return;
	}
	r = pnpn_volume_probe(
		device,
		look->looker->is_mounted(look->looker->userdata, udev_device_get_devnum(device)),
		&label, &has_volume);
	if (r == -EAGAIN || pnpn_is_shortage(r) || pnpn_shortage_count() != before) {
		look->refused += look->refused < MOST_REFUSED;
		set_timer(look, now(look) + ((uint64_t)QUIET << look->refused));
	} else {
		look->refused = 0;
	}
	if (r >= 0 && pnpn_shortage_count() == before)
		found(look, device, label, has_volume);
	free(label);
	udev_device_unref(device);
}

void pnpn_volume_look_init(struct pnpn_volume_look *look, const struct pnpn_volume_looker *looker,
			   const char *syspath, const struct pnpn_device_state *state)
{
	*look = (struct pnpn_volume_look){
		.looker = looker, .syspath = syspath, .state = state, .writes = -1};
}

void pnpn_volume_look_soon(struct pnpn_volume_look *look)
{
	uint64_t usec = now(look);

	if (!look->wanted_since)
		look->wanted_since = usec;
	look->refused = 0;
	usec += QUIET;
	set_timer(look, usec < look->wanted_since + LONGEST ? usec : look->wanted_since + LONGEST);
}

static int on_time(sd_event_source *event_source, uint64_t usec, void *userdata)
{
	struct pnpn_volume_look *look = userdata;
	bool is_late = look->wanted_since && now(look) >= look->wanted_since + LONGEST;

	if (!is_late && look->looker->is_behind(look->looker->userdata))
		pnpn_volume_look_soon(look);
	else
		look_now(look);
	return 0;
}

void pnpn_volume_look_mounted(struct pnpn_volume_look *look)
{
	if (look->looker && look->state->label && !look->state->is_read)
		look_now(look);
}

static bool is_fresh(const struct pnpn_volume_look *look)
{
	return !is_wanted(look) && now(look) < look->looked_at + ASKED_AGAIN;
}

void pnpn_volume_look_asked(struct pnpn_volume_look *look)
{
	if (look->looker && look->state->label && !look->refused && !is_fresh(look) &&
	    look->looker->is_mounted(look->looker->userdata, look->state->number))
		look_now(look);
}

/* A node that is deleted says so too: its device goes. */
static int on_written(sd_event_source *event_source, const struct inotify_event *event,
		      void *userdata)
{
	struct pnpn_volume_look *look = userdata;

	if (event->mask & IN_IGNORED)
		return 0;
	/* Who closes a disk that he could write to need not have done so: he may just have attached it. */
	look->was_written |= look->writes < 0;
	pnpn_volume_look_soon(look);
	return 0;
}

/* Of those there may be fewer than disks: then whoever could write did. */
static void watch_writes(struct pnpn_volume_look *look, const char *node)
{
	look->writes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (look->writes >= 0 && inotify_add_watch(look->writes, node, IN_MODIFY) < 0)
		stop_watching_writes(look);
}

static void watch(struct pnpn_volume_look *look)
{
	struct udev_device *device;

	if (look->written)
		return;
	device = udev_device_new_from_syspath(look->looker->udev, look->syspath);
	const char *node = device ? udev_device_get_devnode(device) : NULL;
	if (node)
		pnpn_shortage_note(sd_event_add_inotify(look->looker->event, &look->written, node,
							IN_CLOSE_WRITE, on_written, look));
	if (node && !look->state->is_read && look->writes < 0)
		watch_writes(look, node);
	udev_device_unref(device);
}

void pnpn_volume_look_wanted(struct pnpn_volume_look *look, bool at_once)
{
	if (!look->state->label)
		return;
	if (!look->looker->has_udev(look->looker->userdata)) {
		watch(look);
	} else if (look->written) {
		look->written = sd_event_source_disable_unref(look->written);
		/* It may have had something to say yet. */
		pnpn_volume_look_soon(look);
	}
	if (look->state->by_udev)
		return;
	if (at_once)
		look_now(look);
	else
		pnpn_volume_look_soon(look);
}

void pnpn_volume_look_deinit(struct pnpn_volume_look *look)
{
	sd_event_source_disable_unref(look->timer);
	sd_event_source_disable_unref(look->written);
	if (look->looker)
		stop_watching_writes(look);
	free(look->found);
}
