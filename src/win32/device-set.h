/* SPDX-License-Identifier: MIT */
/* What an HDEVINFO is: devices as they were when they were put in, each with those of its interfaces that are in
 * the set. */
#ifndef PNPN_WIN32_DEVICE_SET_H
#define PNPN_WIN32_DEVICE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <windows.h>
#include <cfgmgr32.h>
#include <setupapi.h>
#include <pnpnotify.h>

struct pnpn_set_interface {
	struct pnpn_guid class;
	bool enabled;
	char *name; /* in lower case (D1) */
};

struct pnpn_set_device {
	char *id;
	DEVINST number;
	struct pnpn_guid
		setup_class; /* all zero for none, as Windows says of one without a driver */
	struct pnpn_set_interface *interfaces;
	size_t n_interfaces;
};

struct pnpn_set;

/** What goes into a set. */
struct pnpn_set_filter {
	const struct pnpn_guid
		*interface_class; /* interfaces of it, and their devices; NULL: no interfaces */
	const struct pnpn_guid *setup_class; /* devices of it; NULL: of any */
	bool any_interface; /* interfaces of every class */
	bool enabled_only; /* of interfaces */
	const char *enumerator; /* the first part or parts of an id, or a whole one; NULL: any */
};

/** An empty set whose devices are all of that setup class (NULL: of any); NULL, last error set. */
struct pnpn_set *pnpn_set_new(const struct pnpn_guid *setup_class);

/** Puts in what is there. Returns FALSE, last error set. */
BOOL pnpn_set_fill(struct pnpn_set *set, const struct pnpn_set_filter *filter);

/** Others may use it from now on. */
HDEVINFO pnpn_set_publish(struct pnpn_set *set);

/** Frees one that nobody else uses; NULL is allowed. */
void pnpn_set_free(struct pnpn_set *set);

/** Nobody may use it from now on. NULL, last error set, for what is none. */
struct pnpn_set *pnpn_set_withdraw(HDEVINFO handle);

/** Keeps others out until pnpn_set_unlock(). NULL, last error set and nobody kept out, for what is none. */
struct pnpn_set *pnpn_set_lock(HDEVINFO handle);
void pnpn_set_unlock(void);

/** The class that all its devices are of, or NULL. */
const struct pnpn_guid *pnpn_set_get_class(const struct pnpn_set *set);

/** The device at that place, or NULL; as long as nothing is put in. */
const struct pnpn_set_device *pnpn_set_get(const struct pnpn_set *set, size_t place);

/**
 * pnpn_set_add() - puts a device in, unless it is there already
 * @set:       locked
 * @number:    its DEVINST
 * @ret_place: where it is then
 *
 * Returns whether there was memory.
 */
bool pnpn_set_add(struct pnpn_set *set, const struct pnpn_device_info *info, DEVINST number,
		  size_t *ret_place);

/** Puts in the index-th interface of the device at that place, likewise. */
bool pnpn_set_add_interface(struct pnpn_set *set, size_t place, const struct pnpn_device_info *info,
			    size_t index, size_t *ret_interface);

#endif
