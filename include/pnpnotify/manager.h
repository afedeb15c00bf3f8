/* SPDX-License-Identifier: MIT */
/*
 * The PnP manager inside a process: for tests, demonstrations and single programs that hold driver
 * and application at once. The same code as pnpnotifyd's, and the same rules: the clause ids name the contract.
 * pkg-config: pnpnotify-manager.
 */
#ifndef PNPNOTIFY_MANAGER_H
#define PNPNOTIFY_MANAGER_H

#ifdef __cplusplus
extern "C" {
#endif

/** A PnP manager that runs on a thread of its own. */
struct pnpn_manager;
/** A connection to a manager (pnpnotify.h). */
struct pnpn_connection;

/** What else than its clients' devices a manager presents. */
enum pnpn_manager_flags {
	/** The devices that Linux reports (section L). */
	PNPN_MANAGER_LINUX_DEVICES = 1 << 0,
	/** The devices of kernel modules, once pnpnotify.ko is there and may be opened. */
	PNPN_MANAGER_KERNEL_DEVICES = 1 << 1,
};

/**
 * pnpn_manager_start() - start a manager
 * @ret_manager: the caller owns it and ends it with pnpn_manager_stop()
 * @address:     "unix:path=…" to listen on as well, or NULL
 * @flags:       pnpn_manager_flags
 *
 * Starts one thread, and does not block. Returns 0 or a negative errno value; -EINVAL for unknown flags; -EADDRINUSE if a manager
 * listens there.
 */
int pnpn_manager_start(struct pnpn_manager **ret_manager, const char *address, unsigned int flags);

/**
 * pnpn_manager_connect() - a connection to it that needs no address
 * @ret_connection: the caller owns it: pnpn_disconnect(); it may outlive the manager
 *
 * Any thread. Asks the manager. Returns as pnpn_connect().
 */
int pnpn_manager_connect(struct pnpn_manager *manager, struct pnpn_connection **ret_connection);

/** pnpn_manager_stop() - end it and join its thread; NULL is allowed. Blocks for as long as its work
 *  under way takes. Its connections are cut. Returns NULL. */
struct pnpn_manager *pnpn_manager_stop(struct pnpn_manager *manager);

#ifdef __cplusplus
}
#endif

#endif
