/* SPDX-License-Identifier: MIT */
/* The source on sd-device: block and network devices, and labels of volumes. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-device.h>
#include <unistd.h>

#include "core/list.h"
#include "core/utf.h"
#include "pnpnotify/uapi.h"
#include "source/linux-name.h"
#include "source/source.h"

/* What a burst of the kernel's events may take before they are read. */
#define RECEIVE_BYTES (16u << 20)

static const char *const subsystems[] = {"block", "net"};

static const struct pnpn_guid disk_class = {
	0x53f56307, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
static const struct pnpn_guid partition_class = {
	0x53f5630a, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
static const struct pnpn_guid volume_class = {
	0x53f5630d, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
static const struct pnpn_guid network_class = {
	0xcac88484, 0x7515, 0x4c03, {0x82, 0xe6, 0x71, 0xa8, 0x7a, 0xba, 0xc3, 0x61}};

/* GUID_IO_VOLUME_CHANGE and GUID_IO_VOLUME_NAME_CHANGE */
static const struct pnpn_guid volume_change = {
	0x7373654a, 0x812a, 0x11d0, {0xbe, 0xc7, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f}};
static const struct pnpn_guid volume_name_change = {
	0x2de97f83, 0x4c06, 0x11d2, {0xa5, 0x32, 0x00, 0x60, 0x97, 0x13, 0x05, 0x5a}};

/* A device that the sink was told of. */
struct known {
	struct pnpn_list link;
	char instance_id[PNPN_INSTANCE_ID_BYTES];
	char *syspath;
	char *label; /* "" without */
};

struct pnpn_source {
	struct pnpn_source_sink sink;
	sd_device_monitor *monitor;
	struct pnpn_list known;
};

static struct known *find_known(struct pnpn_source *source, const char *syspath)
{
	pnpn_list_for_each_safe (link, after, &source->known) {
		struct known *known = pnpn_list_entry(link, struct known, link);
		if (strcmp(known->syspath, syspath) == 0)
			return known;
	}
	return NULL;
}

static void known_free(struct known *known)
{
	pnpn_list_remove(&known->link);
	free(known->syspath);
	free(known->label);
	free(known);
}

/* --- what Linux says of a device ------------------------------------------------------------------ */

static const char *property(sd_device *device, const char *name)
{
	const char *value = NULL;

	return sd_device_get_property_value(device, name, &value) < 0 ? "" : value;
}

static const char *subsystem_of(sd_device *device)
{
	const char *subsystem = NULL;

	return sd_device_get_subsystem(device, &subsystem) < 0 ? "" : subsystem;
}

/* A loop device without a file behind it is an empty place, not a disk. */
static bool is_present(sd_device *device)
{
	const char *name, *size;

	if (strcmp(subsystem_of(device), "block") != 0 ||
	    sd_device_get_sysname(device, &name) < 0 || strncmp(name, "loop", 4) != 0)
		return true;
	return sd_device_get_sysattr_value(device, "size", &size) < 0 || strcmp(size, "0") != 0;
}

static size_t classes_of(sd_device *device, struct pnpn_guid classes[2])
{
	const char *type = NULL;
	size_t n = 0;

	if (strcmp(subsystem_of(device), "net") == 0) {
		classes[n++] = network_class;
		return n;
	}
	(void)sd_device_get_devtype(device, &type);
	classes[n++] = type && strcmp(type, "partition") == 0 ? partition_class : disk_class;
	if (strcmp(property(device, "ID_FS_USAGE"), "filesystem") == 0)
		classes[n++] = volume_class;
	return n;
}

static char *label_of(sd_device *device)
{
	char *label = strdup(property(device, "ID_FS_LABEL_ENC"));

	if (label)
		pnpn_linux_decode_label(label);
	return label;
}

/* --- telling -------------------------------------------------------------------------------------- */

static int tell_came(struct pnpn_source *source, sd_device *device, const struct known *known)
{
	struct pnpn_guid classes[2];
	char link[300];
	const char *name, *devnode = "";
	int r = sd_device_get_sysname(device, &name);

	if (r < 0)
		return r;
	(void)sd_device_get_devname(device, &devnode);
	snprintf(link, sizeof(link), "\\\\.\\%s", name);
	struct pnpn_source_device told = {
		.instance_id = known->instance_id,
		.syspath = known->syspath,
		.devnode = devnode,
		.link = link,
		.classes = classes,
		.n_classes = classes_of(device, classes),
	};
	source->sink.came(source->sink.userdata, &told);
	return 0;
}

static int device_came(struct pnpn_source *source, sd_device *device, const char *syspath)
{
	const char *name;
	struct known *known = calloc(1, sizeof(*known));
	int r = known ? sd_device_get_sysname(device, &name) : -ENOMEM;

	if (r < 0) {
		free(known);
		return r;
	}
	pnpn_list_append(&source->known, &known->link);
	known->syspath = strdup(syspath);
	known->label = label_of(device);
	r = known->syspath && known->label ? 0 : -ENOMEM;
	if (r >= 0)
		r = pnpn_linux_instance_id(subsystem_of(device), name, known->instance_id);
	if (r >= 0)
		r = tell_came(source, device, known);
	if (r < 0)
		known_free(known);
	return r;
}

static void device_went(struct pnpn_source *source, const char *syspath)
{
	struct known *known = find_known(source, syspath);

	if (!known)
		return;
	source->sink.went(source->sink.userdata, known->instance_id);
	known_free(known);
}

/* The payload of both events is the new label: UTF-16, ended by a zero, from the first byte on. */
static void tell_label(struct pnpn_source *source, const struct known *known)
{
	uint16_t text[256];
	size_t units;

	if (strlen(known->label) >= 255 || pnpn_utf8_to_utf16(known->label, text, &units) < 0)
		units = 0; /* a label that is no text */
	text[units] = 0;
	source->sink.event(source->sink.userdata, known->instance_id, &volume_change, text,
			   2 * (units + 1), 0);
	source->sink.event(source->sink.userdata, known->instance_id, &volume_name_change, text,
			   2 * (units + 1), 0);
}

/* udev looks at a disk more often than it changes: only a label that is another one is told. */
static int device_changed(struct pnpn_source *source, sd_device *device, struct known *known)
{
	char *label = label_of(device);

	if (!label)
		return -ENOMEM;
	int r = tell_came(source, device, known);
	if (strcmp(label, known->label) == 0) {
		free(label);
		return r;
	}
	free(known->label);
	known->label = label;
	tell_label(source, known);
	return r;
}

/* --- the monitor ---------------------------------------------------------------------------------- */

static int look(struct pnpn_source *source, sd_device *device)
{
	const char *syspath;
	int r = sd_device_get_syspath(device, &syspath);

	if (r < 0)
		return r;
	struct known *known = find_known(source, syspath);
	if (!is_present(device))
		device_went(source, syspath);
	else if (!known)
		return device_came(source, device, syspath);
	else
		return device_changed(source, device, known);
	return 0;
}

static void device_moved(struct pnpn_source *source, sd_device *device)
{
	char before[512];
	const char *path = property(device, "DEVPATH_OLD");

	if (!*path || snprintf(before, sizeof(before), "/sys%s", path) >= (int)sizeof(before))
		return;
	device_went(source, before);
}

static int on_device(sd_device_monitor *monitor, sd_device *device, void *userdata)
{
	struct pnpn_source *source = userdata;
	sd_device_action_t action;
	const char *syspath;

	if (sd_device_get_action(device, &action) < 0 ||
	    sd_device_get_syspath(device, &syspath) < 0)
		return 0;
	if (action == SD_DEVICE_REMOVE) {
		device_went(source, syspath);
		return 0;
	}
	if (action == SD_DEVICE_MOVE)
		device_moved(source, device);
	/* One device that can't be understood is no reason to miss the others. */
	(void)look(source, device);
	return 0;
}

static int start_monitor(struct pnpn_source *source, sd_event *event)
{
	int r = sd_device_monitor_new(&source->monitor);

	for (size_t i = 0; i < sizeof(subsystems) / sizeof(subsystems[0]); i++)
		if (r >= 0)
			r = sd_device_monitor_filter_add_match_subsystem_devtype(
				source->monitor, subsystems[i], NULL);
	if (r >= 0)
		r = sd_device_monitor_attach_event(source->monitor, event);
	if (r < 0)
		return r;
	/* Needs a privilege; without it the default has to do. */
	(void)sd_device_monitor_set_receive_buffer_size(source->monitor, RECEIVE_BYTES);
	return sd_device_monitor_start(source->monitor, on_device, source);
}

static int enumerate(struct pnpn_source *source)
{
	sd_device_enumerator *enumerator = NULL;
	int r = sd_device_enumerator_new(&enumerator);

	if (r >= 0)
		r = sd_device_enumerator_allow_uninitialized(enumerator);
	for (size_t i = 0; i < sizeof(subsystems) / sizeof(subsystems[0]); i++)
		if (r >= 0)
			r = sd_device_enumerator_add_match_subsystem(enumerator, subsystems[i],
								     true);
	if (r >= 0)
		for (sd_device *device = sd_device_enumerator_get_device_first(enumerator); device;
		     device = sd_device_enumerator_get_device_next(enumerator))
			(void)look(source, device);
	sd_device_enumerator_unref(enumerator);
	return r;
}

int pnpn_source_new(struct pnpn_source **ret_source, sd_event *event,
		    const struct pnpn_source_sink *sink)
{
	struct pnpn_source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->sink = *sink;
	pnpn_list_init(&source->known);
	/* The monitor first: what comes while we look around is then told after. */
	int r = start_monitor(source, event);
	if (r >= 0)
		r = enumerate(source);
	if (r < 0) {
		pnpn_source_free(source);
		return r;
	}
	if (access("/run/udev/control", F_OK) < 0)
		fputs("pnpnotifyd: udev is not running: changes of Linux's devices will not be "
		      "seen until it is\n",
		      stderr);
	*ret_source = source;
	return 0;
}

struct pnpn_source *pnpn_source_free(struct pnpn_source *source)
{
	if (!source)
		return NULL;
	sd_device_monitor_unref(source->monitor);
	pnpn_list_for_each_safe (link, after, &source->known)
		known_free(pnpn_list_entry(link, struct known, link));
	free(source);
	return NULL;
}
