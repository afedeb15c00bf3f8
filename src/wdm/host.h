/* SPDX-License-Identifier: MIT */
/*
 * The driver host: drivers in this process, their devices at the PnP manager. One host a process,
 * since Windows' functions name none. No Windows types here, so that any code may include it.
 */
#ifndef PNPN_WDM_HOST_H
#define PNPN_WDM_HOST_H

#include <stdbool.h>
#include <stddef.h>

/** A driver, and what it is to drive. */
struct pnpn_host_driver {
	const char *path; /* of the shared object; in messages, too */
	void (*entry)(void); /* its DriverEntry, if it is in this process already; else NULL */
	const char *const *
		devices; /* instance ids of its devices; hardware ids of those of bus drivers that are its */
	size_t n_devices; /* 0: one by the driver's name, if it has an AddDevice and filters nothing */
	const char *const *
		filters; /* instance or hardware ids of devices whose filter it is: above their drivers */
	size_t n_filters;
};

/** What pnpn_host_run() is asked for. */
struct pnpn_host_options {
	const char *address; /* of the manager, as for pnpn_connect() */
	const struct pnpn_host_driver *drivers;
	size_t n_drivers;
	bool verify; /* as pnpn_host_set_verify() */
};

/**
 * pnpn_host_run() - host drivers until SIGTERM, SIGINT or the end of all devices
 *
 * The first signal has its devices removed in order (D5), another one takes those that are left away by surprise
 * (D7). Blocks both signals, says on stderr when a device has started and what goes wrong, tells a service
 * manager when all have. Main thread, before there are others. Returns 0, or a negative errno value
 * after it said why.
 */
int pnpn_host_run(const struct pnpn_host_options *options);

/** Turns the verifier on or off (V1): with it a broken rule of a driver stops the process. Off at first; what it knows of
 *  drivers begins when it is turned on. Any thread. */
void pnpn_host_set_verify(bool verify);

/**
 * pnpn_host_start() - connect, and start the host's threads
 * @address: as for pnpn_connect(); copied
 *
 * Returns 0; -EALREADY if it runs; as pnpn_connect().
 */
int pnpn_host_start(const char *address);

/** Loads a driver, adds and starts its devices; of those that it filters the ones that start from then on. Blocks. Returns 0, or a negative errno value after it
 *  said on stderr, in one line, what is wrong; the driver is gone again then. */
int pnpn_host_add_driver(const struct pnpn_host_driver *driver);

/** Removes a device as if it had been pulled out (D7). Blocks. Returns 0; -ENOENT. */
int pnpn_host_remove_device(const char *instance_id);

/** Removes all devices, unloads all drivers in the opposite order, ends the threads. Blocks. */
void pnpn_host_stop(void);

/** Ends the DPC and worker threads that kernel functions started without a host. Blocks. */
void pnpn_host_stop_kernel(void);

#endif
