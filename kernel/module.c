/* SPDX-License-Identifier: MIT */
#include <linux/init.h>
#include <linux/module.h>

#include "changes.h"
#include "class.h"
#include "control.h"
#include "device.h"

/* --- who is told of what becomes of devices; under the tree's lock -------------------------------- */

static void on_came(struct pnpn_tree_device *entry)
{
	pnpn_changes_tell(pnpn_device_of(entry), 0, PNPN_CHANGE_CAME, NULL, NULL);
}

static void on_link(const struct pnpn_tree_link *link, bool there)
{
	pnpn_changes_tell(pnpn_device_of(link->device), link->item,
			  there ? PNPN_CHANGE_LINK : PNPN_CHANGE_UNLINK, link->name, NULL);
}

static void on_interface(const struct pnpn_tree_interface *interface, bool enabled)
{
	/* With a device that goes its interfaces go. Told of it before, who follows their class would follow the
	 * device no more, and miss the last word on it (D8). */
	if (!interface->device->going)
		pnpn_changes_tell(pnpn_device_of(interface->device), interface->item,
				  enabled ? PNPN_CHANGE_ENABLED : PNPN_CHANGE_DISABLED,
				  interface->name, &interface->class);
	pnpn_class_changed(interface, enabled);
}

static void on_went(struct pnpn_tree_device *entry)
{
	pnpn_changes_tell(pnpn_device_of(entry), 0, PNPN_CHANGE_WENT, NULL, NULL);
}

static const struct pnpn_tree_watcher watcher = {
	.came = on_came,
	.link = on_link,
	.interface = on_interface,
	.went = on_went,
};

/* -------------------------------------------------------------------------------------------------- */

static int __init pnpn_init(void)
{
	int r = pnpn_changes_init();

	pnpn_tree_init(&pnpn_tree, &watcher);

	if (r < 0)
		return r;
	r = pnpn_devices_init();
	if (r < 0)
		goto no_devices;
	r = pnpn_class_init();
	if (r < 0)
		goto no_classes;
	r = pnpn_control_init();
	if (r < 0)
		goto no_control;
	return 0;
no_control:
	pnpn_class_deinit();
no_classes:
	pnpn_devices_deinit();
no_devices:
	pnpn_changes_deinit();
	return r;
}

/* Whoever uses us holds us: there are no devices, listeners or open files. */
static void __exit pnpn_exit(void)
{
	pnpn_control_deinit();
	pnpn_devices_deinit();
	pnpn_class_deinit();
	pnpn_changes_deinit();
}

module_init(pnpn_init);
module_exit(pnpn_exit);
MODULE_DESCRIPTION("Plug and Play notification: typed events of drivers for everyone who asks");
MODULE_LICENSE("Dual MIT/GPL");
