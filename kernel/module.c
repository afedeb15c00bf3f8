/* SPDX-License-Identifier: MIT */
#include <linux/init.h>
#include <linux/module.h>

#include "changes.h"
#include "class.h"
#include "control.h"
#include "device.h"

static int __init pnpn_init(void)
{
	int r = pnpn_changes_init();

	if (r < 0)
		return r;
	r = pnpn_class_init();
	if (r >= 0) {
		r = pnpn_control_init();
		if (r < 0)
			pnpn_class_deinit();
	}
	if (r < 0)
		pnpn_changes_deinit();
	return r;
}

/* Whoever uses us holds us: there are no devices, listeners or open files. */
static void __exit pnpn_exit(void)
{
	pnpn_control_deinit();
	pnpn_class_deinit();
	pnpn_changes_deinit();
}

module_init(pnpn_init);
module_exit(pnpn_exit);
MODULE_DESCRIPTION("Plug and Play notification: typed events of drivers for everyone who asks");
MODULE_LICENSE("Dual MIT/GPL");
