/* SPDX-License-Identifier: MIT */
/* D-Bus: a dbus-daemon of our own, a signal for each event, sd-bus on both sides. Its limits are set so high that nothing
 * is refused. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

#define PATH	  "/bench"
#define INTERFACE "org.pnpnotify.Bench"

static const char configuration[] =
	"<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
	" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
	"<busconfig><type>session</type><listen>unix:path=%s/socket</listen>\n"
	"<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\n"
	"<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>\n"
	"<limit name=\"max_incoming_bytes\">1000000000</limit>\n"
	"<limit name=\"max_outgoing_bytes\">1000000000</limit>\n"
	"<limit name=\"max_message_size\">1000000000</limit>\n"
	"<limit name=\"max_completed_connections\">100000</limit>\n"
	"<limit name=\"max_connections_per_user\">100000</limit></busconfig>\n";

struct bench_bus {
	char folder[32];
	char address[80];
	pid_t daemon;
	sd_bus *reporter;
};

struct listener {
	sd_bus *bus;
	struct payload *taken; /* where the next one goes */
	int n;
};

static void start_daemon(struct bench_bus *bus)
{
	char path[64], option[80];

	strcpy(bus->folder, "/tmp/pnpn-bench-XXXXXX");
	if (!mkdtemp(bus->folder))
		die("mkdtemp");
	snprintf(path, sizeof(path), "%s/conf", bus->folder);
	snprintf(option, sizeof(option), "--config-file=%s", path);
	snprintf(bus->address, sizeof(bus->address), "unix:path=%s/socket", bus->folder);
	FILE *file = fopen(path, "w");
	if (!file || fprintf(file, configuration, bus->folder) < 0 || fclose(file) != 0)
		die(path);
	bus->daemon = fork();
	if (bus->daemon < 0)
		die("fork");
	if (bus->daemon)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execlp("dbus-daemon", "dbus-daemon", option, "--nofork", NULL);
	die("dbus-daemon");
}

static sd_bus *join(const char *address)
{
	for (int i = 0; i < 1000; i++) {
		sd_bus *bus = NULL;
		if (sd_bus_new(&bus) >= 0 && sd_bus_set_address(bus, address) >= 0 &&
		    sd_bus_set_bus_client(bus, 1) >= 0 && sd_bus_start(bus) >= 0 &&
		    sd_bus_get_unique_name(bus, &(const char *){NULL}) >= 0)
			return bus;
		sd_bus_close_unref(bus);
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	die("no dbus-daemon");
}

static void *bus_open(int readers)
{
	struct bench_bus *bus = calloc(1, sizeof(*bus));

	if (!bus)
		die("bus");
	start_daemon(bus);
	return bus;
}

static void bus_close(void *shared)
{
	struct bench_bus *bus = shared;
	char path[64];

	sd_bus_flush_close_unref(bus->reporter);
	kill(bus->daemon, SIGTERM);
	waitpid(bus->daemon, NULL, 0);
	snprintf(path, sizeof(path), "%s/socket", bus->folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/conf", bus->folder);
	unlink(path);
	rmdir(bus->folder);
	free(bus);
}

static void bus_report(void *shared, const struct payload *payload)
{
	struct bench_bus *bus = shared;
	sd_bus_message *signal = NULL;

	/* After the readers were forked: a connection is its process's. */
	if (!bus->reporter)
		bus->reporter = join(bus->address);
	if (sd_bus_message_new_signal(bus->reporter, &signal, PATH, INTERFACE, "Event") < 0 ||
	    sd_bus_message_append_array(signal, 'y', payload, payload_bytes) < 0 ||
	    sd_bus_send(bus->reporter, signal, NULL) < 0 || sd_bus_flush(bus->reporter) < 0)
		die("signal");
	sd_bus_message_unref(signal);
}

static int on_event(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct listener *listener = userdata;
	const void *data;
	size_t size;

	if (sd_bus_message_read_array(message, 'y', &data, &size) < 0 || size != payload_bytes)
		die("message");
	memcpy(listener->taken, data, size);
	listener->n++;
	return 0;
}

static void *listener_open(void *shared, int number)
{
	struct bench_bus *bus = shared;
	struct listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		die("listener");
	listener->bus = join(bus->address);
	if (sd_bus_match_signal(listener->bus, NULL, NULL, PATH, INTERFACE, "Event", on_event,
				listener) < 0)
		die("match");
	return listener;
}

static int listener_take(void *reader, struct payload *ret_payload)
{
	struct listener *listener = reader;
	int r;

	listener->taken = ret_payload;
	listener->n = 0;
	do {
		r = sd_bus_process(listener->bus, NULL);
	} while (r > 0 && !listener->n);
	if (r < 0)
		die("process");
	return listener->n;
}

static void listener_sleep(void *reader)
{
	struct listener *listener = reader;

	if (sd_bus_wait(listener->bus, UINT64_MAX) < 0)
		die("wait");
}

const struct peer peer_dbus = {
	.name = "D-Bus signals",
	.what = "dbus-daemon, sd-bus on both sides",
	.open = bus_open,
	.close = bus_close,
	.report = bus_report,
	.reader_open = listener_open,
	.take = listener_take,
	.sleep = listener_sleep,
};
