/* SPDX-License-Identifier: MIT */
/* A real loop disk, a real udev (or none) and a manager that presents Linux's devices. Needs root. */
#ifndef PNPN_LINUX_FIXTURE_H
#define PNPN_LINUX_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <pnpnotify.h>
#include "../support/waiting.h"

struct pnpn_manager;

#define NETWORK_CLASS "cac88484-7515-4c03-82e6-71a87abac361"

struct linux_fixture {
	char folder[64];
	char image[128];
	int loop; /* number of its loop device; 0 before there is one */
	char disk[64]; /* /dev/loopN; "" while nothing is attached */
	bool read_only; /* how it is attached */
	struct pnpn_manager *manager;
	struct pnpn_connection *watcher; /* of classes */
	struct pnpn_connection *application; /* of the disk */
};

/** cmocka's: an image of 16 MiB, not attached; a manager. */
int linux_setup(void **state);
int linux_teardown(void **state);

/** Runs a command; its first line of output goes to line, if given. Returns its status. */
int linux_run(const char *command, char *line, size_t size);

/** Runs a command that must succeed. */
__attribute__((format(printf, 2, 3))) void linux_command(struct linux_fixture *f,
							 const char *format, ...);

/** Attaches the image as a loop disk; detaches it. */
void linux_attach(struct linux_fixture *f);
void linux_detach(struct linux_fixture *f);

/** Detaches it, and its loop device goes: whoever has that next finds nothing of it. */
void linux_remove(struct linux_fixture *f);

/** Attaches it and waits until nobody looks at it any more: udev may be at it still. The application is
 *  registered for it. */
void linux_attach_and_settle(struct linux_fixture *f);

/** Gives an ext4 on it another label, and has it looked at. */
void linux_label(struct linux_fixture *f, const char *text);

/** Stops the udev that the tests run, or lets it go on; false where another one runs. */
bool linux_pause_udev(bool pause);

/** Ends the udev that the tests run; false where another one runs. And starts it again. */
bool linux_stop_udev(void);
void linux_start_udev(void);

/** Kills the udev that the tests run: it leaves its socket's file. */
void linux_kill_udev(struct linux_fixture *f);

/** Starts it as a daemon, whose parent ends. */
void linux_start_udev_daemon(struct linux_fixture *f);

/** Registers the watcher for an interface class: a GUID as text. */
void linux_watch(struct linux_fixture *f, const char *class_text, unsigned int flags);

/** The next event; others' loop disks come and go too. */
const struct pnpn_event *linux_next(struct pnpn_connection *connection);

/** The application's next event is a report of that GUID, with that text unless NULL. */
void linux_expect_event(struct linux_fixture *f, struct pnpn_guid guid, const char *text);

/** Whether it is a report of that GUID. */
bool linux_is_event(const struct pnpn_event *event, struct pnpn_guid guid);

/** A manager at an address of its own, whose sockets have the default size, which a few hundred events
 *  overrun: it lacks the privilege. Its state is kept in the fixture's folder. */
pid_t linux_start_daemon(struct linux_fixture *f, char address[128]);

/** One in a network namespace of its own, as in a container. */
pid_t linux_start_daemon_elsewhere(struct linux_fixture *f, char address[128]);

/** One in a network namespace of a user namespace of its own, as in a container without privileges. What it says is in
 *  the file "log" in the fixture's folder. */
pid_t linux_start_daemon_in_user_namespace(struct linux_fixture *f, char address[128]);

/** Ends one of them, which has nothing to complain of. */
void linux_end_daemon(pid_t daemon);

/** More events than that manager's socket has room for, while it is stopped: what follows is lost to it. */
void linux_overrun(struct linux_fixture *f);

/** Runs tests where they can run, with udev or where there is none. Returns a status to exit with. */
int linux_run_tests(int (*run)(void), bool wants_udev);

#endif
