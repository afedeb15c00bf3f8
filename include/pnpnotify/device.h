/* SPDX-License-Identifier: MIT */
/*
 * Devices of this process, and reporting on them.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_DEVICE_H
#define PNPNOTIFY_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pnpnotify/connection.h>
#include <pnpnotify/guid.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A device that this process owns and reports on. */
struct pnpn_device;

/**
 * pnpn_device_new() - create a device
 * @instance_id: three parts of letters, digits, _ - . & and { }, as in ROOT\HELLO\0000; at most 200
 *               bytes; upper and lower case are one
 * @ret_device:  the caller owns it and ends it with pnpn_device_remove(), or with the connection
 *
 * Nobody sees it until it starts. Asks the manager. Returns 0; -EEXIST if there is one of that id;
 * -EINVAL for an id that is none; -EACCES for one of the system's (LINUX, KERNEL, USB, USBSTOR,
 * HID, PCI, SCSI, STORAGE, HTREE), for another machine's (FLEET) unless the manager's file of owners names this user for it, or
 * where the manager serves everybody and does not let this user have it (D9).
 */
int pnpn_device_new(struct pnpn_connection *connection, const char *instance_id,
		    struct pnpn_device **ret_device);

/**
 * pnpn_device_set_access() - say who may do what with it (D9)
 * @mode: as of a file, for the user, the group and others: 4 to register, 2 to have events reported by hand,
 *        1 to open; unless set 0755
 * @uid:  the user; (uint32_t)-1 leaves it: the process's
 * @gid:  the group; (uint32_t)-1 leaves it: the process's
 *
 * Root may do everything. Asks the manager. Returns 0; -EINVAL for another mode; -EALREADY once it started.
 */
int pnpn_device_set_access(struct pnpn_device *device, uint32_t mode, uint32_t uid, uint32_t gid);

/**
 * pnpn_device_set_sequence() - its events are another machine's, and keep the numbers that they have there (F4)
 * @sequence: of the last one before the first that this device is to report: none up to it counts as lost;
 *            UINT64_MAX if it is not known: none before the first does
 *
 * For whoever reports with pnpn_device_report_as(). At another manager the numbers go on (pnpn_connect_lasting()).
 * Never blocks. Returns 0; -EALREADY once it started.
 */
int pnpn_device_set_sequence(struct pnpn_device *device, uint64_t sequence);

/**
 * pnpn_device_set_asked() - whether this process is asked before the device is removed (D5)
 * @asked: if so PNPN_EVENT_QUERY_REMOVE, _REMOVE_CANCELLED, _REMOVE_PENDING and _SURPRISE_REMOVED come for it, without a
 *         registration
 *
 * Otherwise, as at first, the library agrees for it when it dispatches, and the device is gone then: reports return
 * -ENODEV. Never blocks.
 */
void pnpn_device_set_asked(struct pnpn_device *device, bool asked);

/**
 * pnpn_device_add_property() - one more value of something that is known of it (U17)
 * @key:   as in pnpn_get_properties(), or one of its own: letters, digits and _-. , at most 63
 * @value: 1 to 511 bytes
 *
 * Another device of the same connection, by its instance id, is what this one is on, if it is given as parent: before this one
 * starts and after that one has. It goes before that one then, and whoever is asked about it may keep that one, too (D5).
 *
 * Asks the manager. Returns 0; -EINVAL for a key or a value that is none, and for another setup-class. For a parent:
 * -ENOENT if there is none such; -EALREADY for another one, or too late; -EDQUOT for more than 15 above each other.
 */
int pnpn_device_add_property(struct pnpn_device *device, const char *key, const char *value);

/** pnpn_device_start() - present it to the world (D3, D4). Asks the manager. Returns 0; -EALREADY. */
int pnpn_device_start(struct pnpn_device *device);

/**
 * pnpn_device_add_link() - give it a \\.\ name
 *
 * Asks the manager. Returns 0; -EEXIST if a device has it; -EINVAL for a name that is none; -EACCES for one
 * that Linux gives to devices, such as \\.\sda (D9): should a device of Linux come with another name of this
 * device's, it gets that.
 */
int pnpn_device_add_link(struct pnpn_device *device, const char *link);

/** pnpn_device_remove_link() - take the name away. Asks the manager. Returns 0; -ENOENT. */
int pnpn_device_remove_link(struct pnpn_device *device, const char *link);

/**
 * pnpn_device_add_interface() - register an interface of a class, disabled at first (D1, D2)
 * @reference: distinguishes interfaces of one class, without / and \; NULL or "" for none
 * @ret_name:  the interface's name, the caller's, to be freed with free(); may be NULL
 *
 * Asks the manager. Returns 0; 1 if it was there already (name written all the same); -EINVAL.
 */
int pnpn_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
			      const char *reference, char **ret_name);

/**
 * pnpn_device_enable_interface() - tell of its arrival, or of its removal (D3)
 * @name:   as add_interface gave it
 * @enable: which
 *
 * Before the device started the arrival waits for that. Asks the manager. Returns 0; -EEXIST if it is
 * enabled already; -ENOENT if it is not enabled, or is not there.
 */
int pnpn_device_enable_interface(struct pnpn_device *device, const char *name, bool enable);

/**
 * pnpn_device_report() - tell every registrant that something happened (R1)
 * @guid:        what; no system event (R3)
 * @data:        copied before it returns; may be NULL if size is 0
 * @size:        at most 65,499
 * @name_offset: where text (UTF-16, ended by a zero) starts in the data, even, or
 *               PNPN_NAME_OFFSET_NONE
 *
 * Any number of threads, also while another uses the connection, but not after pnpn_device_remove()
 * was called. Never waits for a registrant; no system call while none sleeps and memory is at hand.
 * Returns 0; -EPERM for a system event; -EINVAL; -ENODEV if the device has not started or is gone;
 * -ENOBUFS if memory can't be had (R8).
 */
int pnpn_device_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		       size_t size, int32_t name_offset);

/**
 * pnpn_device_report_text() - pnpn_device_report() with text behind the data
 * @text: UTF-8
 *
 * Returns as pnpn_device_report(); -EILSEQ for text that is no UTF-8.
 */
int pnpn_device_report_text(struct pnpn_device *device, const struct pnpn_guid *guid,
			    const void *data, size_t size, const char *text);

/**
 * pnpn_device_report_tracked() - pnpn_device_report(), and where in the ring the event ended
 * @ret_position: the event is handled by every kernel-mode registrant once
 *                pnpn_device_get_handled() is at least this (R2, R9)
 *
 * Returns as pnpn_device_report().
 */
int pnpn_device_report_tracked(struct pnpn_device *device, const struct pnpn_guid *guid,
			       const void *data, size_t size, int32_t name_offset,
			       uint64_t *ret_position);

/**
 * pnpn_device_report_as() - pnpn_device_report() of an event that has its number and its time already (F4)
 * @sequence: above those of the events before; registrants are told of those in between as lost (R15)
 * @time:     when it was reported there: nanoseconds of CLOCK_REALTIME
 *
 * Returns as pnpn_device_report(); -EALREADY for a number that was there.
 */
int pnpn_device_report_as(struct pnpn_device *device, const struct pnpn_guid *guid,
			  const void *data, size_t size, int32_t name_offset, uint64_t sequence,
			  uint64_t time);

/** Kernel-mode registrants have handled everything below. Any thread; never blocks. */
uint64_t pnpn_device_get_handled(const struct pnpn_device *device);

/** A descriptor, the device's, to be polled and read like an eventfd, that is written to whenever
 *  pnpn_device_get_handled() grew while a kernel-mode registrant was behind. Whoever polls it reads
 *  it. Returns -1 before the device is at a manager. */
int pnpn_device_get_handled_fd(const struct pnpn_device *device);

/** Who opened a device, in pnpn_opened. */
struct pnpn_opener {
	uint64_t handle; /* the manager's number */
	const char *rest; /* what stands behind the device's name, from the \ on; "" for most */
	uint32_t uid; /* his user */
	uint32_t pid; /* his process */
};

/** Called when somebody opens a device of this process, by pnpn_dispatch() or while a call waits for the manager; the
 *  socket is the callee's. It may not use the connection. */
typedef void pnpn_opened(struct pnpn_device *device, const struct pnpn_opener *opener, int socket,
			 void *userdata);

/**
 * pnpn_device_serve() - hear of who opens it, and what they ask (E1)
 * @opened: NULL: pnpn_next_io() hands out what is asked. The faces have their own ways
 *
 * Lasts as long as the device, over managers that restart. Asks the manager. Returns 0.
 */
int pnpn_device_serve(struct pnpn_device *device, pnpn_opened *opened, void *userdata);

/** Its instance id; lives as long as the device. */
const char *pnpn_device_get_id(const struct pnpn_device *device);

/**
 * pnpn_device_remove() - the device is gone; frees it
 * @device: may be NULL
 *
 * Registrants get every event reported before, then the removal (D8). Asks the manager. Returns NULL.
 */
struct pnpn_device *pnpn_device_remove(struct pnpn_device *device);

#ifdef __cplusplus
}
#endif

#endif
