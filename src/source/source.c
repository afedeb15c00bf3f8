/* SPDX-License-Identifier: MIT */
/* The source: every device that Linux reports (L1), what happens on it (L2), in step for ever (L3). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "source/device-change.h"
#include "source/device-class.h"
#include "source/device-id.h"
#include "source/device-property.h"
#include "source/known.h"
#include "source/linux-name.h"
#include "source/monitor.h"
#include "source/shortage.h"
#include "source/sink.h"
#include "source/source.h"
#include "source/source-link.h"
#include "source/source-mount.h"
#include "source/system-volume.h"
#include "source/volume.h"

/* Microseconds. Where memory is wanting for long everything is looked at ever less often. */
#define SHORTEST_PAUSE 50000
#define LONGEST_PAUSE  10000000

struct pnpn_source {
	struct pnpn_source_sink sink;
	sd_event *event;
	struct udev *udev;
	struct pnpn_monitor *monitor;
	struct pnpn_mounts *mounts;
	struct pnpn_links *links;
	struct pnpn_volume_looker looker;
	struct pnpn_known_devices known;
	uint64_t shortages; /* that were seen */
	uint64_t pause; /* microseconds before everything is looked at again */
	sd_event_source *again, *after_each;
	bool waits_for_udev; /* something that is there was not told of: udev may be at work on it */
};

static bool has_udev(void *userdata)
{
	struct pnpn_source *source = userdata;

	return pnpn_monitor_is_udev(source->monitor);
}

/* Linux also tells of modules, drivers, queues and the like: devices are of a class or on a bus. */
static bool is_subsystem(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/class/%s", name);
	if (access(path, F_OK) == 0)
		return true;
	snprintf(path, sizeof(path), "/sys/bus/%s", name);
	return access(path, F_OK) == 0;
}

/* Whether an event is of what was in that place before: the next one has an event of its own. */
static bool is_outdated(struct udev_device *device)
{
	const char *then = udev_device_get_property_value(device, "DISKSEQ");
	const char *now = udev_device_get_sysattr_value(device, "diskseq");

	return then && now && strcmp(then, now) != 0;
}

/* Whether it is of another medium than is in the drive by now, whose size may not be known yet. */
static bool is_of_medium_before(struct udev_device *device)
{
	const char *removable = udev_device_get_sysattr_value(device, "removable");

	return removable && strcmp(removable, "1") == 0 && is_outdated(device);
}

static bool is_loop(struct udev_device *device)
{
	const char *subsystem = udev_device_get_subsystem(device);
	const char *type = udev_device_get_devtype(device);

	return subsystem && strcmp(subsystem, "block") == 0 &&
	       (!type || strcmp(type, "disk") == 0) &&
	       strncmp(udev_device_get_sysname(device), "loop", strlen("loop")) == 0;
}

/* A loop device without a file behind it is an empty place, not a disk. */
static bool is_present(struct udev_device *device)
{
	const char *subsystem = udev_device_get_subsystem(device);
	const char *size;

	if (!subsystem || !is_subsystem(subsystem))
		return false;
	if (!is_loop(device))
		return true;
	size = udev_device_get_sysattr_value(device, "size");
	return size && strcmp(size, "0") != 0 && !is_outdated(device);
}

/* Whether udev may be at work on a device that is found: then its node has not its owner yet, nor a network
 * interface perhaps its name. Of a loop device it may have seen the empty place alone. */
static bool may_be_at_udev(struct pnpn_source *source, struct udev_device *device)
{
	bool has_entry = major(udev_device_get_devnum(device)) ||
			 udev_device_get_sysattr_value(device, "ifindex");

	return has_entry && (udev_device_get_is_initialized(device) <= 0 || is_loop(device)) &&
	       pnpn_monitor_is_at_work(source->monitor);
}

/* --- coming and going ----------------------------------------------------------------------------- */

static int tell_came(struct pnpn_source *source, struct udev_device *device,
		     const struct pnpn_known *known, bool has_volume)
{
	uint64_t before = pnpn_shortage_count();
	struct pnpn_guid classes[PNPN_DEVICE_CLASSES];
	char link[PNPN_NAME_BYTES], linux_id[PNPN_INSTANCE_ID_BYTES];

	const char *name = udev_device_get_sysname(device);
	const char *subsystem = udev_device_get_subsystem(device);
	if (!subsystem || pnpn_linux_instance_id(subsystem, name, linux_id) < 0)
		return 0;
	pnpn_linux_link(name, link);
	struct pnpn_source_device told = {
		.instance_id = known->instance_id,
		.linux_id = linux_id,
		.setup_class = pnpn_device_setup_class(device),
		.syspath = known->syspath,
		.link = link,
		.is_system = has_volume && pnpn_is_system_volume(device),
		.classes = classes,
		.n_classes = pnpn_device_classes(device, has_volume, classes),
	};
	int r = pnpn_shortage_count() != before ? -ENOMEM
						: source->sink.came(source->sink.userdata, &told);
	pnpn_shortage_note(r);
	return r;
}

static void look(void *userdata, struct udev_device *device);

/* What it had when it came is not told; what was written since then is. */
static void found_volume(void *userdata, struct pnpn_volume_look *volume,
			 struct udev_device *device, const char *label, bool has_volume)
{
	struct pnpn_source *source = userdata;
	struct pnpn_known *known = pnpn_list_entry(volume, struct pnpn_known, look);
	bool tells = known->state.is_read || volume->was_written;

	/* Linux has not told yet: the medium comes before what is on it. */
	if (pnpn_device_state_is_exchanged(&known->state, device)) {
		look(source, device);
		return;
	}
	char *copy = strdup(label);
	int r = copy ? 0 : -ENOMEM;

	pnpn_shortage_note(r);
	if (r >= 0 && known->state.has_volume != has_volume)
		r = tell_came(source, device, known, has_volume);
	if (pnpn_is_shortage(r)) {
		free(copy);
		return;
	}
	known->state.has_volume = has_volume;
	known->state.is_read = true;
	pnpn_device_change_set_label(&source->sink, known, copy, tells);
}

static bool has_id(struct pnpn_source *source, const char *instance_id)
{
	pnpn_list_for_each_safe (link, after, &source->known.all)
		if (strcmp(pnpn_list_entry(link, struct pnpn_known, link)->instance_id,
			   instance_id) == 0)
			return true;
	return false;
}

/* By its serial number, unless another one claims that; by its place; else as Linux names it (L1). */
static int find_id(struct pnpn_source *source, struct udev_device *device,
		   char ret_id[PNPN_INSTANCE_ID_BYTES])
{
	if (pnpn_device_bus_id(device, PNPN_ID_BY_SERIAL, ret_id) >= 0 && !has_id(source, ret_id))
		return 0;
	if (pnpn_device_bus_id(device, PNPN_ID_BY_PLACE, ret_id) >= 0 && !has_id(source, ret_id))
		return 0;
	return pnpn_linux_instance_id(udev_device_get_subsystem(device),
				      udev_device_get_sysname(device), ret_id);
}

static void came(struct pnpn_source *source, struct udev_device *device,
		 struct pnpn_device_state *state)
{
	char instance_id[PNPN_INSTANCE_ID_BYTES];
	const char *syspath = udev_device_get_syspath(device);
	uint64_t before = pnpn_shortage_count();
	struct pnpn_known *known;

	/* An id that there was no memory to find is another one than it has. */
	if (find_id(source, device, instance_id) < 0 || pnpn_shortage_count() != before)
		return;
	known = pnpn_known_new(&source->known, syspath, instance_id);
	if (!known) {
		pnpn_shortage_note(ENOMEM);
		return;
	}
	known->is_found = !udev_device_get_action(device);
	if (pnpn_is_shortage(tell_came(source, device, known, state->has_volume))) {
		pnpn_known_free(known);
		return;
	}
	known->state = *state;
	*state = (struct pnpn_device_state){0};
	pnpn_volume_look_init(&known->look, &source->looker, known->syspath, &known->state);
	/* What others than udev said of it may have come before it did. */
	if (source->mounts)
		pnpn_mounts_came(source->mounts, known);
	if (source->links)
		pnpn_links_came(source->links, known);
	/* What was there at the start nobody is at work on now. */
	pnpn_volume_look_wanted(&known->look, !source->mounts);
}

static void went(struct pnpn_source *source, struct pnpn_known *known)
{
	if (source->links)
		pnpn_links_went(source->links, known);
	pnpn_mounts_goes(source->mounts, known);
	source->sink.went(source->sink.userdata, known->instance_id);
	pnpn_known_free(known);
}

/* Of who had the path before the one that was found there, and is there, the removal tells nothing new. */
static void gone(void *userdata, const char *syspath)
{
	struct pnpn_source *source = userdata;
	struct pnpn_known *known = pnpn_known_find(&source->known, syspath);

	if (known &&
	    !(known->is_found && known->state.incarnation == pnpn_device_incarnation(syspath)))
		went(source, known);
}

/* Whether the device that is there is another one than that which is known by its path. */
static bool is_another(const struct pnpn_known *known, const struct pnpn_device_state *state)
{
	return known->state.incarnation != state->incarnation ||
	       known->state.identity != state->identity;
}

/*
 * A device may be gone by the time that an event of it is read, or there may be another one of its name: that
 * has an event of its own to come. Events that say so make devices come; to be found at a path does only where
 * everything is looked at, and for the places of disks that are there all the time.
 */
static bool may_come(struct pnpn_source *source, struct udev_device *device,
		     const struct pnpn_device_state *state, bool in_place_of_another)
{
	const char *action = udev_device_get_action(device);

	if (!action && may_be_at_udev(source, device)) {
		source->waits_for_udev = true;
		return false;
	}
	if (action && (strcmp(action, "add") == 0 || strcmp(action, "move") == 0))
		return true;
	return state->incarnation && !(action && in_place_of_another);
}

/* A volume goes before its medium, and comes after it. Returns 0; an errno: it is to be told again. */
static int tell_change(struct pnpn_source *source, struct pnpn_known *known,
		       struct udev_device *device, struct pnpn_device_state *state)
{
	bool is_new = !pnpn_device_state_is_same_medium(state, &known->state);
	bool has_volume = state->has_volume;
	int r = 0;

	if (known->state.has_volume != (has_volume && !is_new))
		r = tell_came(source, device, known, has_volume && !is_new);
	if (pnpn_is_shortage(r))
		return r;
	pnpn_device_change_tell(&source->sink, known, state, device);
	if (has_volume && is_new)
		r = tell_came(source, device, known, true);
	if (pnpn_is_shortage(r))
		known->state.has_volume = false;
	return r;
}

/* A disk that Linux takes down loses its size before its files go. */
static bool is_going(const struct pnpn_known *known, const struct pnpn_device_state *state,
		     struct udev_device *device)
{
	bool lost = (known->state.size && !state->size) ||
		    (known->state.has_medium && !state->has_medium);

	return lost && pnpn_volume_is_going(device);
}

static void compare(struct pnpn_source *source, struct pnpn_known *known,
		    struct udev_device *device, struct pnpn_device_state *state)
{
	bool another = known && is_another(known, state);

	/* What is gone is told so by its own event. */
	if (known && (another ? !state->incarnation : is_going(known, state, device)))
		return;
	if (another)
		went(source, known);
	if (another || !known) {
		if (may_come(source, device, state, another))
			came(source, device, state);
		return;
	}
	known->stale = false;
	int r = pnpn_device_state_keep_volume(state, &known->state, udev_device_get_action(device));
	pnpn_shortage_note(r);
	if (r >= 0)
		r = tell_change(source, known, device, state);
	if (pnpn_is_shortage(r))
		return;
	pnpn_volume_look_wanted(&known->look, false);
}

static void look(void *userdata, struct udev_device *device)
{
	struct pnpn_source *source = userdata;
	struct pnpn_known *known = pnpn_known_find(&source->known, udev_device_get_syspath(device));
	struct pnpn_device_state state = {0};
	uint64_t before = pnpn_shortage_count();

	if (known && is_of_medium_before(device))
		return;
	/* What can't be asked is not there, or changed, for that: it is looked at again. */
	bool present = is_present(device);
	int r = present ? pnpn_device_state_read(&state, device, has_udev(source)) : 0;
	pnpn_shortage_note(r);
	if (pnpn_shortage_count() == before) {
		if (!present && known)
			went(source, known);
		/* One device that can't be understood is no reason to miss the others. */
		if (present && r >= 0)
			compare(source, known, device, &state);
	}
	pnpn_device_state_deinit(&state);
}

/* --- what is there -------------------------------------------------------------------------------- */

static int enumerate(struct pnpn_source *source)
{
	struct udev_enumerate *enumerate = udev_enumerate_new(source->udev);
	uint64_t before = pnpn_shortage_count();
	struct udev_list_entry *entry, *first = NULL;
	int r = enumerate ? udev_enumerate_scan_devices(enumerate) : -ENOMEM;

	if (r >= 0)
		first = PNPN_NOTED(udev_enumerate_get_list_entry(enumerate));
	if (pnpn_shortage_count() != before)
		r = -ENOMEM;
	if (r >= 0)
		udev_list_entry_foreach (entry, first) {
			struct udev_device *device = udev_device_new_from_syspath(
				source->udev, udev_list_entry_get_name(entry));
			if (device)
				look(source, device);
			udev_device_unref(device);
		}
	udev_enumerate_unref(enumerate);
	pnpn_shortage_note(r);
	return r < 0 ? r : 0;
}

/* Compares what is there with what was told, and tells the difference (L3). */
static void rescan(void *userdata)
{
	struct pnpn_source *source = userdata;
	uint64_t before = pnpn_shortage_count();

	pnpn_list_for_each_safe (link, after, &source->known.all)
		pnpn_list_entry(link, struct pnpn_known, link)->stale = true;
	/* What was not found then may be there all the same. */
	if (enumerate(source) < 0 || pnpn_shortage_count() != before)
		return;
	pnpn_list_for_each_safe (link, after, &source->known.all) {
		struct pnpn_known *known = pnpn_list_entry(link, struct pnpn_known, link);
		if (known->stale)
			went(source, known);
	}
}

static void udev_is_done(void *userdata)
{
	struct pnpn_source *source = userdata;

	if (!source->waits_for_udev)
		return;
	source->waits_for_udev = false;
	rescan(source);
}

/* --- memory that could not be had ------------------------------------------------------------------ */

static int on_again(sd_event_source *event_source, uint64_t usec, void *userdata)
{
	struct pnpn_source *source = userdata;
	uint64_t before = pnpn_shortage_count();

	pnpn_monitor_again(source->monitor);
	rescan(source);
	pnpn_mounts_again(source->mounts);
	pnpn_links_again(source->links, &source->known);
	if (pnpn_shortage_count() == before)
		source->pause = SHORTEST_PAUSE;
	return 0;
}

/* Whatever it was that saw one: everything is looked at again (L3), until that sees none. */
static int after_each(sd_event_source *event_source, void *userdata)
{
	struct pnpn_source *source = userdata;

	if (source->shortages == pnpn_shortage_count())
		return 0;
	if (sd_event_source_set_time_relative(source->again, source->pause) < 0 ||
	    sd_event_source_set_enabled(source->again, SD_EVENT_ONESHOT) < 0)
		return 0;
	source->shortages = pnpn_shortage_count();
	if (source->pause < LONGEST_PAUSE)
		source->pause *= 2;
	return 0;
}

/* Both there before they are needed. What there was no memory for before is no less missing now. */
static int start_again(struct pnpn_source *source)
{
	source->pause = SHORTEST_PAUSE;
	int r = sd_event_add_time(source->event, &source->again, CLOCK_MONOTONIC, 0, 0, on_again,
				  source);
	if (r >= 0)
		r = sd_event_source_set_enabled(source->again, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_post(source->event, &source->after_each, after_each, source);
	return r;
}

static bool is_mounted(void *userdata, dev_t device)
{
	struct pnpn_source *source = userdata;

	return pnpn_mounts_has(source->mounts, device);
}

static bool is_behind(void *userdata)
{
	struct pnpn_source *source = userdata;

	return pnpn_monitor_is_behind(source->monitor);
}

/* The monitors first: what comes while we look around is then told after. */
static int start(struct pnpn_source *source)
{
	int r;

	source->udev = udev_new();
	if (!source->udev)
		return -ENOMEM;
	const struct pnpn_monitor_sink sink = {look, gone, rescan, udev_is_done, source};
	source->looker = (struct pnpn_volume_looker){
		source->event, source->udev, has_udev, is_mounted, is_behind, found_volume, source};
	r = pnpn_monitor_new(&source->monitor, source->udev, source->event, &sink);
	if (r >= 0)
		r = enumerate(source);
	if (r >= 0)
		r = pnpn_mounts_new(&source->mounts, source->event, &source->known, &source->sink);
	if (r >= 0)
		r = pnpn_links_new(&source->links, source->event, &source->known, &source->sink);
	if (r >= 0)
		r = start_again(source);
	return r;
}

int pnpn_source_new(struct pnpn_source **ret_source, sd_event *event,
		    const struct pnpn_source_sink *sink)
{
	struct pnpn_source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->sink = *sink;
	source->event = event;
	source->shortages = pnpn_shortage_count();
	pnpn_list_init(&source->known.all);
	int r = start(source);
	if (r < 0) {
		pnpn_source_free(source);
		return r;
	}
	*ret_source = source;
	return 0;
}

/* Of a partition that is made larger or smaller Linux tells nobody. */
static void compare_size(struct pnpn_source *source, struct pnpn_known *known)
{
	struct udev_device *device = udev_device_new_from_syspath(source->udev, known->syspath);
	uint64_t size = device ? pnpn_device_size(device) : 0;

	if (size && pnpn_device_incarnation(known->syspath) == known->state.incarnation)
		pnpn_device_change_set_size(&source->sink, known, size);
	udev_device_unref(device);
}

void pnpn_source_asked(struct pnpn_source *source, const char *syspath)
{
	struct pnpn_known *known = pnpn_known_find(&source->known, syspath);

	if (!known)
		return;
	if (known->state.size)
		compare_size(source, known);
	pnpn_volume_look_asked(&known->look);
}

void pnpn_source_tell_properties(struct pnpn_source *source, const char *syspath,
				 const struct pnpn_property_sink *sink)
{
	struct udev_device *device = udev_device_new_from_syspath(source->udev, syspath);
	const struct pnpn_known *known = pnpn_known_find(&source->known, syspath);

	if (known && known->state.label && *known->state.label)
		sink->add(sink->userdata, "label", known->state.label);
	if (device)
		pnpn_device_tell_properties(device, sink);
	udev_device_unref(device);
}

struct pnpn_source *pnpn_source_free(struct pnpn_source *source)
{
	if (!source)
		return NULL;
	sd_event_source_disable_unref(source->again);
	sd_event_source_disable_unref(source->after_each);
	pnpn_monitor_free(source->monitor);
	pnpn_mounts_free(source->mounts);
	pnpn_links_free(source->links);
	pnpn_list_for_each_safe (link, after, &source->known.all)
		pnpn_known_free(pnpn_list_entry(link, struct pnpn_known, link));
	udev_unref(source->udev);
	free(source);
	return NULL;
}
