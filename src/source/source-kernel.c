/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "source/source-kernel.h"

#define NODE "/dev/pnpnotify"

/* Changes that one read takes; reads that catching up takes: what 64 devices with 64 names each are, twice.
 * Whoever makes changes faster than they are told makes us late, not deaf. */
#define CHANGES 32
#define READS	256

struct pnpn_kernel_source {
	struct pnpn_kernel_sink sink;
	sd_event *event;
	sd_event_source *appears; /* watches /dev */
	sd_event_source *readable;
	int fd; /* -1 without a module */
};

static void close_node(struct pnpn_kernel_source *source)
{
	source->readable = sd_event_source_disable_unref(source->readable);
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

static void tell(struct pnpn_kernel_source *source, struct pnpn_kernel_change *change)
{
	change->instance_id[sizeof(change->instance_id) - 1] = 0;
	change->name[sizeof(change->name) - 1] = 0;
	if (change->kind == PNPN_CHANGE_OVERRUN)
		source->sink.lost(source->sink.userdata);
	else if (change->kind == PNPN_CHANGE_SETTLED)
		source->sink.settled(source->sink.userdata);
	else
		source->sink.changed(source->sink.userdata, change);
}

/* One read's worth. Returns whether there may be more. */
static bool take(struct pnpn_kernel_source *source)
{
	struct pnpn_kernel_change changes[CHANGES];
	ssize_t bytes = read(source->fd, changes, sizeof(changes));

	for (ssize_t i = 0; i < bytes / (ssize_t)sizeof(changes[0]); i++)
		tell(source, &changes[i]);
	return bytes > 0;
}

void pnpn_kernel_source_catch_up(struct pnpn_kernel_source *source)
{
	for (int i = 0; i < READS && source && source->fd >= 0 && take(source); i++)
		;
}

/* One read a turn: the loop's other work comes in between. */
static int on_readable(sd_event_source *event_source, int fd, uint32_t events, void *userdata)
{
	(void)take(userdata);
	return 0;
}

static int open_node(struct pnpn_kernel_source *source)
{
	uint32_t abi;

	if (source->fd >= 0)
		return 0;
	source->fd = open(NODE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (source->fd < 0)
		return -errno;
	if (ioctl(source->fd, PNPN_IOC_VERSION, &abi) < 0 || abi != PNPN_KERNEL_ABI) {
		fputs("pnpnotifyd: the kernel module is of another version: its devices stay "
		      "unseen\n",
		      stderr);
		close_node(source);
		return -EPROTO;
	}
	return sd_event_add_io(source->event, &source->readable, source->fd, EPOLLIN, on_readable,
			       source);
}

static int on_appears(sd_event_source *event_source, const struct inotify_event *event,
		      void *userdata)
{
	if (event->len && strcmp(event->name, strrchr(NODE, '/') + 1) == 0) {
		(void)open_node(userdata);
		pnpn_kernel_source_catch_up(userdata);
	}
	return 0;
}

int pnpn_kernel_source_new(struct pnpn_kernel_source **ret_source, sd_event *event,
			   const struct pnpn_kernel_sink *sink)
{
	struct pnpn_kernel_source *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->sink = *sink;
	source->event = event;
	source->fd = -1;
	/* The watch first: the node may appear while we look; its mode may come after it. */
	int r = sd_event_add_inotify(event, &source->appears, "/dev",
				     IN_CREATE | IN_ATTRIB | IN_MOVED_TO, on_appears, source);
	if (r < 0) {
		pnpn_kernel_source_free(source);
		return r;
	}
	(void)open_node(source);
	/* Who is told may ask for rings at once. */
	*ret_source = source;
	pnpn_kernel_source_catch_up(source);
	return 0;
}

struct pnpn_kernel_source *pnpn_kernel_source_free(struct pnpn_kernel_source *source)
{
	if (!source)
		return NULL;
	sd_event_source_disable_unref(source->appears);
	close_node(source);
	free(source);
	return NULL;
}

int pnpn_kernel_source_attach(struct pnpn_kernel_source *source, uint64_t device)
{
	struct pnpn_attach attach = {.size = sizeof(attach), .device = device};
	int fd = ioctl(source->fd, PNPN_IOC_ATTACH, &attach);

	return fd < 0 ? -errno : fd;
}

int pnpn_kernel_source_report(struct pnpn_kernel_source *source, uint64_t device,
			      const struct pnpn_guid *guid, const void *data, size_t size,
			      int32_t name_offset)
{
	struct pnpn_report_by_hand report = {
		.size = sizeof(report),
		.device = device,
		.data = (uintptr_t)data,
		.data_size = (uint32_t)size,
		.name_offset = name_offset,
	};

	memcpy(report.guid, guid, sizeof(report.guid));
	return ioctl(source->fd, PNPN_IOC_REPORT, &report) < 0 ? -errno : 0;
}
