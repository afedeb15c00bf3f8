/* SPDX-License-Identifier: MIT */
/*
 * Included before the contract's tests: their devices are then a kernel module's (pnpnotify-test.ko),
 * everything else is as it was.
 */
#ifndef PNPN_TEST_KERNEL_DEVICE_H
#define PNPN_TEST_KERNEL_DEVICE_H

#include <pnpnotify.h>
#include <pnpnotify/manager.h>

#define PNPN_TEST_KERNEL_DEVICES 1
#define PNPN_TEST_SOURCE	 "kernel"

#define pnpn_manager_start(manager, address, flags) \
	(pnpn_manager_start)(manager, address, (flags) | PNPN_MANAGER_KERNEL_DEVICES)
#define pnpn_disconnect		     kernel_device_disconnect
#define pnpn_device_new		     kernel_device_new
#define pnpn_device_start	     kernel_device_start
#define pnpn_device_add_link	     kernel_device_add_link
#define pnpn_device_remove_link	     kernel_device_remove_link
#define pnpn_device_add_interface    kernel_device_add_interface
#define pnpn_device_enable_interface kernel_device_enable_interface
#define pnpn_device_report	     kernel_device_report
#define pnpn_device_report_text	     kernel_device_report_text
#define pnpn_device_remove	     kernel_device_remove

/* A driver that ends its connection as a process would: its devices go. */
struct pnpn_connection *kernel_device_disconnect(struct pnpn_connection *connection);
int kernel_device_new(struct pnpn_connection *connection, const char *instance_id,
		      struct pnpn_device **ret_device);
int kernel_device_start(struct pnpn_device *device);
int kernel_device_add_link(struct pnpn_device *device, const char *link);
int kernel_device_remove_link(struct pnpn_device *device, const char *link);
int kernel_device_add_interface(struct pnpn_device *device, const struct pnpn_guid *interface_class,
				const char *reference, char **ret_name);
int kernel_device_enable_interface(struct pnpn_device *device, const char *name, bool enable);
int kernel_device_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
			 size_t size, int32_t name_offset);
int kernel_device_report_text(struct pnpn_device *device, const struct pnpn_guid *guid,
			      const void *data, size_t size, const char *text);
struct pnpn_device *kernel_device_remove(struct pnpn_device *device);

#endif
