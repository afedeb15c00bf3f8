/* SPDX-License-Identifier: MIT */
/*
 * Asking for events: of a device, of a class, of everything, of some.
 *
 * Part of pnpnotify.h, which says what holds for all of it: threads, what blocks, errors, sizes in bytes; the clause ids name the
 * contract.
 */
#ifndef PNPNOTIFY_REGISTRATION_H
#define PNPNOTIFY_REGISTRATION_H

#include <stdint.h>

#include <pnpnotify/connection.h>
#include <pnpnotify/guid.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What one pnpn_register_*() call asked for. */
struct pnpn_registration;

/** What a registration is to be for, for pnpn_register_filter(). */
struct pnpn_filter;

/** Flags of the pnpn_register_*() functions; unknown ones are refused with -EINVAL. */
enum pnpn_register_flags {
	/** Begin with the recent past that is still there, not with what comes (R12). */
	PNPN_REGISTER_HISTORY = 1 << 0,
	/** A driver's registration: completion callbacks and synchronous reports of the device's owner
	 *  wait until this registrant took the event after (R2, R9). */
	PNPN_REGISTER_KERNEL_MODE = 1 << 1,
	/** Of a class or everything: tell of interfaces only, not of the devices' own events. */
	PNPN_REGISTER_INTERFACES_ONLY = 1 << 2,
	/** Of a class or everything: tell of the interfaces that are there already (K4), of everything of the
	 *  devices too. Of a device that is waited for: tell if it is there already. */
	PNPN_REGISTER_EXISTING = 1 << 3,
	/** Of everything: tell when devices come and go, of nothing else. */
	PNPN_REGISTER_DEVICES_ONLY = 1 << 4,
	/** Ask before a device is removed, and tell how that ended (D5). Who does not answer within the manager's limit
	 *  (30 s unless set otherwise) is taken to agree (D6). */
	PNPN_REGISTER_QUERY_REMOVE = 1 << 5,
	/** Of a device: it need not be there. PNPN_EVENT_DEVICE_ARRIVED tells when it comes, and its events follow from
	 *  the first one on; after PNPN_EVENT_DEVICE_REMOVED it is waited for again, by the name that was given. */
	PNPN_REGISTER_WAIT = 1 << 6,
};

/**
 * pnpn_register_device() - ask for the events of one device
 * @device:           instance id, \\.\ name, interface name, or a path under /dev or /sys
 * @flags:            pnpn_register_flags
 * @userdata:         handed back with each event
 * @ret_registration: may be NULL: it then lasts as long as the connection
 *
 * From its return on the registrant gets exactly the events accepted afterwards (R12). Asks the
 * manager. Returns 0; -ENOENT if there is no such device, or it has not started, unless it is waited for
 * (PNPN_REGISTER_WAIT; then on a lasting connection it succeeds without a manager, too); -EACCES if its owner does
 * not allow it (D9); -EDQUOT if too many are waited for (D10); -EINVAL.
 */
int pnpn_register_device(struct pnpn_connection *connection, const char *device, unsigned int flags,
			 void *userdata, struct pnpn_registration **ret_registration);

/**
 * pnpn_register_opened() - ask for the events of one device that is open
 * @handle: pnpn_handle_get_number() of a handle, of this connection or another
 * @device: pnpn_handle_get_device()
 *
 * As pnpn_register_device(), but for no other device that has that id by now: -ENODEV then.
 */
int pnpn_register_opened(struct pnpn_connection *connection, uint64_t handle, const char *device,
			 unsigned int flags, void *userdata,
			 struct pnpn_registration **ret_registration);

/**
 * pnpn_register_class() - ask for the interfaces of a class, and their devices' events
 * @interface_class: the class
 *
 * A device that comes later is followed from its first event on. Otherwise as pnpn_register_device();
 * a class without devices is no error.
 */
int pnpn_register_class(struct pnpn_connection *connection, const struct pnpn_guid *interface_class,
			unsigned int flags, void *userdata,
			struct pnpn_registration **ret_registration);

/** pnpn_register_all() - as pnpn_register_class(), for every class and every device. */
int pnpn_register_all(struct pnpn_connection *connection, unsigned int flags, void *userdata,
		      struct pnpn_registration **ret_registration);

/**
 * pnpn_filter_new() - what a registration is to be for; everything, until something is added
 * @ret_filter: the caller owns it and frees it with pnpn_filter_free()
 *
 * Never blocks. Returns 0.
 */
int pnpn_filter_new(struct pnpn_filter **ret_filter);

/** Frees it, whose registrations stay; NULL is allowed. Returns NULL. */
struct pnpn_filter *pnpn_filter_free(struct pnpn_filter *filter);

/** Devices with an interface of this class, or of another one that was added. Never blocks. Returns 0; -E2BIG after
 *  64. */
int pnpn_filter_add_class(struct pnpn_filter *filter, const struct pnpn_guid *interface_class);

/** Of the devices' own events this one, or another one that was added. Never blocks. Returns 0; -E2BIG after 64. */
int pnpn_filter_add_event(struct pnpn_filter *filter, const struct pnpn_guid *event);

/**
 * pnpn_filter_add_property() - devices of which a property has this value, or another one that was added
 * @key:   as in pnpn_get_properties(), such as ID_BUS or manufacturer
 * @value: such as usb
 *
 * Of several keys each counts. They are looked at when a device comes; what changes later makes no difference. Never
 * blocks. Returns 0; -EINVAL for a key that is none, or a value of two lines.
 */
int pnpn_filter_add_property(struct pnpn_filter *filter, const char *key, const char *value);

/**
 * pnpn_register_filter() - ask for some of the interfaces, devices and events there are
 * @filter: copied
 *
 * With classes as pnpn_register_class(), without as pnpn_register_all(), less what the filter keeps out: of that
 * nothing reaches this process but events of the devices that are meant. Returns as pnpn_register_class(); -EINVAL
 * for more than 64 properties; -EDQUOT for too many with properties (D10).
 */
int pnpn_register_filter(struct pnpn_connection *connection, const struct pnpn_filter *filter,
			 unsigned int flags, void *userdata,
			 struct pnpn_registration **ret_registration);

/**
 * pnpn_unregister() - end a registration
 * @registration: may be NULL
 *
 * After it returned no event of it is handed out, not even one already waiting (U10). An event of it
 * that was taken stays valid as long as it would have. Asks the manager. Returns NULL.
 */
struct pnpn_registration *pnpn_unregister(struct pnpn_registration *registration);

#ifdef __cplusplus
}
#endif

#endif
