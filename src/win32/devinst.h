/* SPDX-License-Identifier: MIT */
/* The numbers that devices have here (U17). */
#ifndef PNPN_WIN32_DEVINST_H
#define PNPN_WIN32_DEVINST_H

#include <windows.h>
#include <cfgmgr32.h>
#include <pnpnotify.h>

/**
 * pnpn_devinst_list() - the devices that are there, with their numbers in the list's order
 * @ret_list:    the caller's, to be freed with pnpn_device_list_free()
 * @ret_numbers: the caller's, to be freed with free()
 *
 * A number is the same as long as its device is there. Those of devices that went are forgotten. Returns 0; an errno.
 */
int pnpn_devinst_list(struct pnpn_device_list **ret_list, DEVINST **ret_numbers);

/** The number of a device that is there, by its instance id in upper case. 0 without memory. */
DEVINST pnpn_devinst_get(const char *instance_id);

/** The instance id of what has that number, or had it; the caller's, to be freed with free(). Returns 0; -EBADF
 *  for a number that is none; -ENOMEM. */
int pnpn_devinst_find(DEVINST number, char **ret_id);

#endif
