/* SPDX-License-Identifier: MIT */
/* pnpnotify itself: a real pnpnotifyd, the reporter a driver process, each reader an application. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pnpnotify.h>

#include "peer.h"

#define LINK "\\\\.\\Bench"

static const struct pnpn_guid event_guid = {
	0x6d1b8a4f, 0x7a35, 0x4c2b, {0x9e, 0x10, 0x52, 0x0f, 0x7c, 0x91, 0x3d, 0x66}};

struct driver {
	char folder[32];
	char address[80];
	pid_t manager;
	struct pnpn_connection *connection;
	struct pnpn_device *device;
};

static void start_manager(struct driver *driver)
{
	strcpy(driver->folder, "/tmp/pnpn-bench-XXXXXX");
	if (!mkdtemp(driver->folder))
		die("mkdtemp");
	snprintf(driver->address, sizeof(driver->address), "unix:path=%s/socket", driver->folder);
	driver->manager = fork();
	if (driver->manager < 0)
		die("fork");
	if (driver->manager)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execl(PNPNOTIFYD, "pnpnotifyd", "--address", driver->address, NULL);
	die(PNPNOTIFYD);
}

static struct pnpn_connection *connect_patiently(const char *address)
{
	struct pnpn_connection *connection;

	for (int i = 0; i < 1000; i++) {
		if (pnpn_connect(&connection, address) >= 0)
			return connection;
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	die("no manager");
}

void *peer_pnpnotify_open(int readers)
{
	struct driver *driver = calloc(1, sizeof(*driver));

	if (!driver)
		die("driver");
	start_manager(driver);
	driver->connection = connect_patiently(driver->address);
	errno = -pnpn_device_new(driver->connection, "ROOT\\BENCH\\0000", &driver->device);
	if (errno)
		die("device");
	if (pnpn_device_add_link(driver->device, LINK) < 0 || pnpn_device_start(driver->device) < 0)
		die("start");
	return driver;
}

void peer_pnpnotify_close(void *shared)
{
	struct driver *driver = shared;
	char path[64];

	pnpn_device_remove(driver->device);
	pnpn_disconnect(driver->connection);
	kill(driver->manager, SIGTERM);
	waitpid(driver->manager, NULL, 0);
	snprintf(path, sizeof(path), "%s/socket", driver->folder);
	unlink(path);
	rmdir(driver->folder);
	free(driver);
}

void peer_pnpnotify_report(void *shared, const struct payload *payload)
{
	struct driver *driver = shared;

	if (pnpn_device_report(driver->device, &event_guid, payload, payload_bytes,
			       PNPN_NAME_OFFSET_NONE) < 0)
		die("report");
}

void peer_pnpnotify_set_address(void *shared)
{
	const struct driver *driver = shared;

	setenv("PNPNOTIFY_ADDRESS", driver->address, 1);
}

static void *application_open(void *shared, int number)
{
	struct driver *driver = shared;
	struct pnpn_connection *connection = connect_patiently(driver->address);

	errno = -pnpn_register_device(connection, LINK, 0, NULL, NULL);
	if (errno)
		die("register");
	return connection;
}

static int application_take(void *reader, struct payload *ret_payload)
{
	const struct pnpn_event *event;

	if (pnpn_next_event(reader, &event) <= 0)
		return 0;
	if (pnpn_event_get_kind(event) != PNPN_EVENT_CUSTOM || pnpn_event_get_lost(event))
		die("lost");
	memcpy(ret_payload, pnpn_event_get_data(event, NULL), payload_bytes);
	return 1;
}

static void application_sleep(void *reader)
{
	if (pnpn_wait(reader, -1) < 0)
		die("wait");
}

const struct peer peer_pnpnotify = {
	.name = "pnpnotify",
	.what = "a driver process, pnpnotifyd, applications",
	.open = peer_pnpnotify_open,
	.close = peer_pnpnotify_close,
	.report = peer_pnpnotify_report,
	.reader_open = application_open,
	.take = application_take,
	.sleep = application_sleep,
};
