/* SPDX-License-Identifier: MIT */
/* Devices that come, report and go. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include <pnpnotify.h>

#include "stress.h"

/* Each is one player's at a time; its numbers go on. */
static struct {
	pthread_mutex_t lock;
	uint64_t next;
} devices[DEVICES] = {
	{PTHREAD_MUTEX_INITIALIZER, 1},
	{PTHREAD_MUTEX_INITIALIZER, 1},
	{PTHREAD_MUTEX_INITIALIZER, 1},
	{PTHREAD_MUTEX_INITIALIZER, 1},
};

/* Whoever is asked agrees, refuses, or leaves it to the limit; what is told of it is let go of. */
static void hear(struct dice *dice, const struct pnpn_event *event)
{
	if (pnpn_event_get_query(event) && roll(dice, 10))
		(void)pnpn_event_answer(event, roll(dice, 4), "stress");
}

/* What one player has at the moment. */
struct driver {
	struct pnpn_connection *connection;
	struct pnpn_device *device;
	char *interface;
	unsigned int which;
};

/* A manager that goes meanwhile makes any of them fail: then it was not there. */
static void come(struct driver *driver, struct dice *dice)
{
	char text[NAME_SIZE];
	const GUID *class = &stress_classes[roll(dice, CLASSES)];

	snprintf(text, sizeof(text), "ROOT\\STRESS\\%04u", driver->which);
	if (pnpn_device_new(driver->connection, text, &driver->device) < 0)
		return;
	snprintf(text, sizeof(text), "\\\\.\\Stress%u", driver->which);
	(void)pnpn_device_add_link(driver->device, text);
	(void)pnpn_device_add_interface(driver->device, (const struct pnpn_guid *)class, NULL,
					&driver->interface);
	(void)pnpn_device_start(driver->device);
	if (driver->interface)
		(void)pnpn_device_enable_interface(driver->device, driver->interface, true);
	pnpn_device_set_asked(driver->device, roll(dice, 2));
}

static void go(struct driver *driver)
{
	driver->device = pnpn_device_remove(driver->device);
	free(driver->interface);
	driver->interface = NULL;
}

static void report(struct driver *driver, struct dice *dice)
{
	uint64_t data[64] = {0};
	size_t size = sizeof(data[0]) + roll(dice, sizeof(data) - sizeof(data[0]));

	for (unsigned int i = roll(dice, 200); i; i--) {
		data[0] = devices[driver->which].next;
		int r = pnpn_device_report(driver->device, (const struct pnpn_guid *)&stress_event,
					   data, size, PNPN_NAME_OFFSET_NONE);
		require(r == 0 || r == -ENODEV);
		devices[driver->which].next += r == 0;
	}
}

static void play_turn(struct driver *driver, struct dice *dice)
{
	const struct pnpn_event *event;

	(void)pnpn_wait(driver->connection, (int)roll(dice, 5));
	while (pnpn_next_event(driver->connection, &event) > 0)
		hear(dice, event);
	if (!driver->device)
		come(driver, dice);
	else if (roll(dice, 20) == 0)
		go(driver);
	else if (roll(dice, 10) == 0 && driver->interface)
		(void)pnpn_device_enable_interface(driver->device, driver->interface,
						   roll(dice, 2));
	else
		report(driver, dice);
}

void play_devices(struct dice *dice)
{
	struct driver driver = {.which = roll(dice, DEVICES)};

	pthread_mutex_lock(&devices[driver.which].lock);
	require(pnpn_connect_lasting(&driver.connection, NULL) == 0);
	for (unsigned int turns = roll(dice, 300); turns && !is_over(); turns--)
		play_turn(&driver, dice);
	if (roll(dice, 2))
		go(&driver);
	pnpn_disconnect(driver.connection);
	free(driver.interface);
	pthread_mutex_unlock(&devices[driver.which].lock);
}

/* Somebody has one removed, in order or by surprise (D5, D7), while others are asked, dead or silent. */
void play_removals(struct dice *dice)
{
	static const unsigned int flags[] = {0, 0, PNPN_REMOVE_FORCE};
	struct pnpn_connection *connection;
	struct pnpn_veto veto;
	char id[NAME_SIZE];

	if (pnpn_connect(&connection, NULL) < 0)
		return;
	for (unsigned int turns = roll(dice, 20); turns && !is_over(); turns--) {
		snprintf(id, sizeof(id), "ROOT\\STRESS\\%04u", roll(dice, DEVICES));
		int r = pnpn_remove(connection, id, flags[roll(dice, 3)], &veto, sizeof(veto));
		require(r <= 1 && r != -EINVAL && r != -EACCES);
		require(r != 1 || (veto.kind && veto.pid));
		rest(dice, 20);
	}
	pnpn_disconnect(connection);
}
