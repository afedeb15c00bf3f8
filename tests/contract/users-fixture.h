/* SPDX-License-Identifier: MIT */
/* A manager of root's that everybody may connect to, as data/pnpnotifyd.socket has it, and processes of other
 * users against it. */
#ifndef PNPN_TESTS_USERS_FIXTURE_H
#define PNPN_TESTS_USERS_FIXTURE_H

#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <pnpnotify.h>
#include "process.h"

#define MANAGER_PATH	  "/org/pnpnotify/Manager1"
#define MANAGER_INTERFACE "org.pnpnotify.Manager1"

/** The hostile user, and one who only wants to work. */
#define HOSTILE_UID 65534
#define OTHER_UID   65533

/** Root's device that everybody's service is tried on. */
#define VICTIM_ID "ROOT\\VICTIM\\0000"

struct users {
	char folder[64];
	char socket[96];
	char address[128];
	char owners[96];
	pid_t manager;
	struct pnpn_connection *root;
	struct pnpn_device *victim;
};

/** Starts it; users who may own devices: both, below ROOT\HOSTILE and ROOT\OTHER. For cmocka. */
int users_setup(void **state);

int users_teardown(void **state);

/** Writes the file that says who may own devices. */
void users_write_owners(const struct users *users, const char *text, mode_t mode);

/** In a child: becomes another user, without groups but gid, for good. */
void users_become(uid_t uid, gid_t gid);

/** Root and the other user connect, list, register, and get an event. */
void users_expect_service(struct users *users);

/** Runs a function in a process of that user's; it has to return 0. */
void users_run(struct users *users, uid_t uid, int (*run)(const struct users *users));

/** Starts one that goes on: it has to send the step 'd' when it did its worst, and then waits to be killed. */
void users_start(struct users *users, uid_t uid, int (*run)(const struct users *users, int socket),
		 struct child *child);

/** In a child: did its worst, now stays. */
int users_stay(int socket);

/** A bare connection to the manager, which knows no better. */
sd_bus *users_connect(const struct users *users);

/** A bare socket to it, nothing said. */
int users_connect_raw(const struct users *users);

/** A bare call. Returns 0; an errno. */
__attribute__((sentinel)) int users_call(sd_bus *bus, const char *method,
					 sd_bus_message **ret_reply, const char *types, ...);

/** CreateDevice and StartDevice. Returns the number of the device, and the reply that keeps its descriptors;
 *  0 if it was refused with -EDQUOT. */
uint64_t users_create(sd_bus *bus, const char *id, sd_bus_message **ret_reply);

/** Memory that the manager has. */
size_t users_manager_memory(const struct users *users);

/** Descriptors that it has open. */
unsigned int users_manager_descriptors(const struct users *users);

/** How much of a resource a user has; 0 if there is no such user. */
uint64_t users_usage(struct users *users, uid_t uid, const char *resource);

/** Says why and returns 77 unless run by root. */
int users_main_skip(void);

#endif
