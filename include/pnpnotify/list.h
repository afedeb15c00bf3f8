/* SPDX-License-Identifier: MIT */
/*
 * What is there: devices, what is known of them, who follows them, what users have.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_LIST_H
#define PNPNOTIFY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pnpnotify/connection.h>
#include <pnpnotify/guid.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The devices as they were when pnpn_list_devices() was called. */
struct pnpn_device_list;

/** One of them. */
struct pnpn_device_info;

/** What is known of one device, from pnpn_get_properties(). */
struct pnpn_properties;

/** Counts of devices and registrants, from pnpn_get_status(). */
struct pnpn_status;

/** What each user has of the manager, from pnpn_get_usage(). */
struct pnpn_usage_list;

/**
 * pnpn_list_devices() - every device and what it offers
 * @ret_list: the caller owns it and frees it with pnpn_device_list_free()
 *
 * Asks the manager. Returns 0.
 */
int pnpn_list_devices(struct pnpn_connection *connection, struct pnpn_device_list **ret_list);

/** Frees the list; NULL is allowed. Returns NULL. */
struct pnpn_device_list *pnpn_device_list_free(struct pnpn_device_list *list);
/** How many devices it holds. */
size_t pnpn_device_list_get_size(const struct pnpn_device_list *list);
/** The device at index, or NULL past the end; it and its strings live as long as the list. */
const struct pnpn_device_info *pnpn_device_list_get(const struct pnpn_device_list *list,
						    size_t index);

/** Its instance id. */
const char *pnpn_device_info_get_id(const struct pnpn_device_info *info);
/** Where it comes from: "driver" for a process's device, "kernel" for a kernel module's, "linux" for one that
 *  Linux reported. */
const char *pnpn_device_info_get_source(const struct pnpn_device_info *info);
/** Its path below /sys, or "" if it has none. */
const char *pnpn_device_info_get_syspath(const struct pnpn_device_info *info);
/** Its setup class, which tells its kind as on Windows; all zero if it is of none (U17). Lives as long as the list. */
const struct pnpn_guid *pnpn_device_info_get_setup_class(const struct pnpn_device_info *info);
/** Whether it was started. */
bool pnpn_device_info_is_started(const struct pnpn_device_info *info);
/** When it was started, as its manager knows: nanoseconds of CLOCK_REALTIME; 0 unless it was. Whatever takes its id
 *  after it has another time. */
uint64_t pnpn_device_info_get_since(const struct pnpn_device_info *info);
/** The process that owns it; 0 for the manager. */
uint32_t pnpn_device_info_get_pid(const struct pnpn_device_info *info);
/** How many registrants follow it. */
uint32_t pnpn_device_info_get_registrants(const struct pnpn_device_info *info);
/** How many handles are open. */
uint32_t pnpn_device_info_get_handles(const struct pnpn_device_info *info);
/** Its index-th \\.\ name, or the other id of one that has two (L1), or NULL past the end. */
const char *pnpn_device_info_get_link(const struct pnpn_device_info *info, size_t index);
/** Its index-th interface's name, or NULL past the end; class and whether it is enabled go to where
 *  the other two point, if not NULL. */
const char *pnpn_device_info_get_interface(const struct pnpn_device_info *info, size_t index,
					   struct pnpn_guid *ret_class, bool *ret_enabled);

/**
 * pnpn_get_properties() - everything that is known of one device (U17)
 * @device:         as in pnpn_register_device(); HTREE\ROOT\0 is what all devices are below
 * @ret_properties: the caller owns it and frees it with pnpn_properties_free()
 *
 * What is known, under these keys: description, friendly-name, manufacturer, hardware-id and compatible-id (of
 * which there may be several, the most special first), setup-class (a GUID), service (Linux's driver),
 * driver-version, location, container (a GUID), bus-number, address, node (its path below /dev), parent (an instance
 * id); and each property that udev has, under udev's own name, such as ID_SERIAL. What is not known is not there.
 * Of a process's device: what its owner gave it. Asks the manager. Returns 0; -ENOENT if there is no such device, or
 * it has not started; -EINVAL.
 */
int pnpn_get_properties(struct pnpn_connection *connection, const char *device,
			struct pnpn_properties **ret_properties);

/** Frees them; NULL is allowed. Returns NULL. */
struct pnpn_properties *pnpn_properties_free(struct pnpn_properties *properties);
/** The instance id of the device that they are of; lives as long as they. */
const char *pnpn_properties_get_device(const struct pnpn_properties *properties);
/** The index-th value of a key, or NULL past the end, or without one; lives as long as the properties. */
const char *pnpn_properties_get(const struct pnpn_properties *properties, const char *key,
				size_t index);
/**
 * pnpn_properties_get_at() - all of them, one after the other
 * @ret_value: the value, the properties' own: valid as long as they
 *
 * Never blocks. Returns the index-th value's key, which lives as long, or NULL past the end.
 */
const char *pnpn_properties_get_at(const struct pnpn_properties *properties, size_t index,
				   const char **ret_value);

/**
 * pnpn_next_child() - the devices below one, one after the other (U17)
 * @parent:    as in pnpn_get_properties()
 * @after:     a child; NULL for the first one
 * @ret_child: instance id of the child that comes next, the caller's, to be freed with free(); only where there is one
 *
 * In the order in which they came. Asks the manager. Returns 1; 0 if there is none; -ENOENT if one of both is gone;
 * -EINVAL.
 */
int pnpn_next_child(struct pnpn_connection *connection, const char *parent, const char *after,
		    char **ret_child);

/**
 * pnpn_get_status() - per device and registrant: events, lag, losses
 * @ret_status: the caller owns it and frees it with pnpn_status_free()
 *
 * Asks the manager. Returns 0.
 */
int pnpn_get_status(struct pnpn_connection *connection, struct pnpn_status **ret_status);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_status *pnpn_status_free(struct pnpn_status *status);

/** One registrant of one device; registrant 0 is the device itself, without a reader. */
struct pnpn_status_row {
	const char *device; /* instance id; lives as long as the status */
	uint32_t pid; /* the registrant's process; in a device's own row the owner's */
	uint32_t registrant; /* number of the registration; 0 in a device's own row */
	uint64_t events; /* taken by the registrant; in a device's own row reported */
	uint64_t lag; /* bytes that wait for the registrant; in a device's own row 0 */
	uint64_t lost; /* events that the registrant lost; in a device's own row 0 */
	uint64_t
		unanswered; /* in the row of a process that left queries in removals unanswered: how many, device
				being that of the last one, which may be gone (D6); registrant is 0; in other rows 0 */
};

/**
 * pnpn_status_get() - one row
 * @row_size: sizeof(*ret_row): members that a later version adds are written to programs that know them
 *
 * Returns whether there is one; false too for a row_size that no version has had.
 */
bool pnpn_status_get(const struct pnpn_status *status, size_t index,
		     struct pnpn_status_row *ret_row, size_t row_size);

/**
 * pnpn_get_usage() - what each user has of the manager, and may have (D10)
 * @ret_list: the caller owns it and frees it with pnpn_usage_list_free()
 *
 * Asks the manager. Returns 0.
 */
int pnpn_get_usage(struct pnpn_connection *connection, struct pnpn_usage_list **ret_list);

/** Frees it; NULL is allowed. Returns NULL. */
struct pnpn_usage_list *pnpn_usage_list_free(struct pnpn_usage_list *list);

/** One resource of one user. */
struct pnpn_usage_row {
	uint32_t uid; /* the user */
	const char *resource; /* such as "connections"; lives as long as the list */
	uint64_t used; /* how much the user's processes have of it */
	uint64_t limit; /* how much they may have; 0: as much as there is */
};

/** pnpn_usage_list_get() - one row, as pnpn_status_get(). */
bool pnpn_usage_list_get(const struct pnpn_usage_list *list, size_t index,
			 struct pnpn_usage_row *ret_row, size_t row_size);

#ifdef __cplusplus
}
#endif

#endif
