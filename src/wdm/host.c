/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "wdm/application.h"
#include "wdm/binding.h"
#include "wdm/bus.h"
#include "wdm/completer.h"
#include "wdm/device-object.h"
#include "wdm/dpc.h"
#include "wdm/driver.h"
#include "wdm/file-object.h"
#include "wdm/host-pnp.h"
#include "wdm/host-removal.h"
#include "wdm/host.h"
#include "wdm/legacy.h"
#include "wdm/notifier.h"
#include "wdm/object.h"
#include "wdm/root-bus.h"
#include "wdm/symbolic-link.h"
#include "wdm/verifier.h"
#include "wdm/work-item.h"

struct host_driver {
	struct host_driver *next;
	PDRIVER_OBJECT object;
};

static struct {
	bool running;
	char *address;
	struct host_driver *drivers; /* the newest first; the PnP thread's */
} host;

static void host_handled(void)
{
	pnpn_pnp_wake();
	pnpn_completer_wake();
}

static const struct pnpn_bus_watcher bus_watcher = {
	.handled = host_handled,
	.removal = pnpn_pnp_wake,
	.cut = pnpn_file_objects_cut,
	.opened = pnpn_application_opened,
};

static int host_connect(const char *address)
{
	int r = pnpn_applications_start();

	if (r < 0)
		return r;
	r = pnpn_bus_start(address, &bus_watcher);
	if (r >= 0) {
		r = pnpn_notifier_start(address);
		if (r < 0)
			pnpn_bus_stop();
	}
	if (r < 0)
		pnpn_applications_stop();
	return r;
}

/* Those that drivers need are there before the first driver. */
static int host_start_threads(const char *address)
{
	pnpn_file_objects_watch(pnpn_notifications_file_closed);
	pnpn_legacy_start();
	int r = pnpn_dpc_start();

	if (r >= 0)
		r = pnpn_workers_start();
	if (r >= 0)
		r = host_connect(address);
	if (r < 0)
		pnpn_host_stop_kernel();
	return r;
}

void pnpn_host_set_verify(bool verify)
{
	pnpn_verifier_set(verify);
}

int pnpn_host_start(const char *address)
{
	if (host.running)
		return -EALREADY;
	char *copy = address ? strdup(address) : NULL;
	if (address && !copy)
		return -ENOMEM;
	int r = pnpn_pnp_start();
	if (r >= 0) {
		r = host_start_threads(copy);
		if (r < 0)
			pnpn_pnp_stop();
	}
	if (r < 0) {
		free(copy);
		return r;
	}
	host.address = copy;
	host.running = true;
	return 0;
}

/* ROOT\HELLO\0000 for hello.so. */
static void host_default_id(PDRIVER_OBJECT driver, char id[PNPN_INSTANCE_ID_BYTES])
{
	char text[PNPN_INSTANCE_ID_BYTES];

	snprintf(text, sizeof(text), "ROOT\\%s\\0000", pnpn_driver_get_name(driver));
	for (char *c = text + strlen("ROOT\\"); *c && *c != '\\'; c++)
		if (!((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z') && !(*c >= '0' && *c <= '9') &&
		    *c != '-')
			*c = '_';
	/* Can't fail: nothing else is left in it. */
	pnpn_instance_id_normalize(text, id);
}

/* What went wrong was told, but that there is no memory. */
static int host_errno(NTSTATUS status)
{
	if (NT_SUCCESS(status))
		return 0;
	return status == STATUS_INSUFFICIENT_RESOURCES ? -ENOMEM : -EIO;
}

struct host_add {
	const struct pnpn_host_driver *what;
	PDRIVER_INITIALIZE entry;
	int r;
};

/* A device of a bus driver, by hardware or compatible id: two parts. */
static bool is_id_of_children(const char *id)
{
	const char *first = strchr(id, '\\');

	return first && !strchr(first + 1, '\\');
}

static int host_add_device(const struct pnpn_host_driver *what, PDRIVER_OBJECT driver,
			   const char *wanted)
{
	char id[PNPN_INSTANCE_ID_BYTES];

	if (!driver->DriverExtension->AddDevice) {
		fprintf(stderr, "pnpnotify host: %s: has no AddDevice, so it can't drive %s\n",
			what->path, wanted);
		return -ENOTSUP;
	}
	if (is_id_of_children(wanted))
		return host_errno(pnpn_binding_add(driver, wanted, false));
	if (pnpn_instance_id_normalize(wanted, id) < 0) {
		fprintf(stderr,
			"pnpnotify host: %s: no instance id (three parts, as in "
			"ROOT\\HELLO\\0000), nor a hardware id (two)\n",
			wanted);
		return -EINVAL;
	}
	return host_errno(pnpn_pnp_add_device(driver, id));
}

static int host_add_filters(const struct pnpn_host_driver *what, PDRIVER_OBJECT driver)
{
	int r = 0;

	if (what->n_filters && !driver->DriverExtension->AddDevice) {
		fprintf(stderr, "pnpnotify host: %s: has no AddDevice, so it can't filter %s\n",
			what->path, what->filters[0]);
		return -ENOTSUP;
	}
	for (size_t i = 0; i < what->n_filters && r >= 0; i++)
		r = host_errno(pnpn_binding_add(driver, what->filters[i], true));
	return r;
}

static int host_add_devices(const struct pnpn_host_driver *what, PDRIVER_OBJECT driver)
{
	char id[PNPN_INSTANCE_ID_BYTES];
	int r = host_add_filters(what, driver);

	for (size_t i = 0; i < what->n_devices && r >= 0; i++)
		r = host_add_device(what, driver, what->devices[i]);
	if (r >= 0)
		pnpn_pnp_begin_waiting();
	if (what->n_devices || what->n_filters || !driver->DriverExtension->AddDevice)
		return r;
	host_default_id(driver, id);
	return host_add_device(what, driver, id);
}

/* Its function driver, one of its filters, or what it made without a PDO. */
static bool host_has_part(struct pnpn_node *node, PDRIVER_OBJECT driver)
{
	return node->driver == driver || pnpn_device_object_stack_has_driver(node->pdo, driver);
}

/* Another driver that holds a file on one of its devices lets it live on, unless forced: false then. */
static bool host_drop_driver(PDRIVER_OBJECT driver, bool force)
{
	bool removed = true;

	pnpn_binding_drop(driver);
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (host_has_part(node, driver))
			removed &= pnpn_pnp_remove_device(node, force);
	if (!removed)
		return false;
	/* The routine frees what callbacks use, so it comes after the last one. */
	KeFlushQueuedDpcs();
	ObReferenceObject(driver);
	pnpn_driver_stop(driver);
	pnpn_legacy_drop_driver(driver);
	pnpn_notifications_driver_gone(driver);
	ObDereferenceObject(driver);
	return true;
}

static void host_add(void *argument)
{
	struct host_add *add = argument;
	struct host_driver *driver = calloc(1, sizeof(*driver));
	bool stays = false;

	add->r = driver ? 0 : -ENOMEM;
	if (add->r >= 0)
		add->r =
			host_errno(pnpn_driver_start(add->what->path, add->entry, &driver->object));
	if (add->r >= 0) {
		add->r = host_add_devices(add->what, driver->object);
		/* Another driver's file may keep one that failed until the host ends. */
		stays = add->r >= 0 || !host_drop_driver(driver->object, false);
	}
	if (!stays) {
		free(driver);
		return;
	}
	driver->next = host.drivers;
	host.drivers = driver;
}

int pnpn_host_add_driver(const struct pnpn_host_driver *driver)
{
	struct host_add add = {.what = driver, .entry = (PDRIVER_INITIALIZE)driver->entry};

	if (!add.entry) {
		int r = pnpn_driver_load(driver->path, &add.entry);
		if (r < 0)
			return r;
	}
	pnpn_pnp_call(host_add, &add);
	if (add.r == -ENOMEM)
		fprintf(stderr, "pnpnotify host: %s: there is no memory to start it\n",
			driver->path);
	return add.r;
}

static void host_remove(void *node)
{
	pnpn_pnp_remove_device(node, false);
}

int pnpn_host_remove_device(const char *instance_id)
{
	struct pnpn_node *node = pnpn_node_from_id(instance_id);

	if (!node)
		return -ENOENT;
	pnpn_pnp_call(host_remove, node);
	return 0;
}

/* The newest first: what came later may use what was there before. Returns whether one went. */
static bool host_drop_drivers(bool force)
{
	struct host_driver **link = &host.drivers;
	bool dropped = false;

	while (*link) {
		struct host_driver *driver = *link;
		if (!host_drop_driver(driver->object, force)) {
			link = &driver->next;
			continue;
		}
		*link = driver->next;
		free(driver);
		dropped = true;
	}
	return dropped;
}

/* A driver may hold a file on a device of a newer one, till its own end. Applications lose theirs. Who left one open has
 * gone. */
static void host_drop_all(void *unused)
{
	while (host_drop_drivers(false))
		;
	pnpn_applications_cut();
	while (host_drop_drivers(false))
		;
	host_drop_drivers(true);
}

void pnpn_host_stop_kernel(void)
{
	pnpn_workers_stop();
	pnpn_dpc_stop();
}

void pnpn_host_stop(void)
{
	if (!host.running)
		return;
	pnpn_pnp_call(host_drop_all, NULL);
	pnpn_applications_stop();
	pnpn_host_stop_kernel();
	pnpn_notifier_stop();
	pnpn_bus_stop();
	pnpn_pnp_stop();
	pnpn_symbolic_links_free();
	pnpn_nodes_free();
	pnpn_root_bus_stop();
	free(host.address);
	host.address = NULL;
	host.running = false;
}

/* Those that are removed in order: others go with their drivers. */
static bool host_has_pnp_devices(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (!node->legacy && pnpn_node_get_state(node) != PNPN_NODE_DELETED)
			return true;
	return false;
}

static bool host_has_devices(void)
{
	for (struct pnpn_node *node = pnpn_node_first(); node; node = node->next)
		if (pnpn_node_get_state(node) != PNPN_NODE_DELETED)
			return true;
	return false;
}

/* Until a signal, or the last device was taken away, or, if there is such a descriptor, it is readable. Returns
 * whether it was a signal. */
static bool host_wait(int signals, int other)
{
	struct pollfd fds[] = {{.fd = signals, .events = POLLIN},
			       {.fd = pnpn_pnp_get_removed_fd(), .events = POLLIN},
			       {.fd = other, .events = POLLIN}};
	struct signalfd_siginfo signal;
	eventfd_t ignored;

	for (;;) {
		if (poll(fds, 3, -1) <= 0)
			continue;
		if (fds[0].revents)
			return read(signals, &signal, sizeof(signal)) > 0;
		if (fds[2].revents)
			return false;
		eventfd_read(fds[1].fd, &ignored);
		if (!host_has_devices())
			return false;
	}
}

/* Its devices go in order (D5), or as if pulled out: when another signal comes, or there is no manager any more. */
static void host_remove_devices(const struct pnpn_host_options *options, int signals)
{
	int done = pnpn_host_removal_start(options->address);

	if (done < 0 || host_wait(signals, done))
		return;
	while (!pnpn_host_removal_failed() && host_has_pnp_devices() &&
	       !host_wait(signals, pnpn_host_removal_get_fd()))
		;
}

static int host_run_drivers(const struct pnpn_host_options *options, int signals)
{
	int r = 0;

	/* Filters are there before what they filter starts. */
	for (size_t i = 0; i < options->n_drivers && r >= 0; i++)
		if (options->drivers[i].n_filters)
			r = pnpn_host_add_driver(&options->drivers[i]);
	for (size_t i = 0; i < options->n_drivers && r >= 0; i++)
		if (!options->drivers[i].n_filters)
			r = pnpn_host_add_driver(&options->drivers[i]);
	if (r < 0)
		return r;
	sd_notify(0, "READY=1");
	bool asked = host_wait(signals, -1);
	sd_notify(0, "STOPPING=1");
	if (asked)
		host_remove_devices(options, signals);
	return 0;
}

int pnpn_host_run(const struct pnpn_host_options *options)
{
	sigset_t set;

	pnpn_host_set_verify(options->verify);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0) {
		int r = -errno;
		fprintf(stderr, "pnpnotify host: %s\n", strerrordesc_np(-r));
		return r;
	}
	int r = pnpn_host_start(options->address);
	if (r < 0) {
		fprintf(stderr, "pnpnotify host: no PnP manager at %s: %s\n",
			options->address ?: getenv("PNPNOTIFY_ADDRESS") ?: "the system bus",
			strerrordesc_np(-r));
	} else {
		r = host_run_drivers(options, signals);
		pnpn_host_stop();
		pnpn_host_removal_stop();
	}
	close(signals);
	return r;
}
