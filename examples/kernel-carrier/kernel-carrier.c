/* SPDX-License-Identifier: MIT */
/*
 * What every network driver could do in three lines, done for all of them from outside: tells when a
 * cable is plugged in or out, with the interface's name. Watch it:
 *
 *	pnpnotify monitor '\\.\Carrier'
 *
 * The three lines are those that begin with "carrier = pnpn", "pnpn_report" and "pnpn_device_unregister".
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <pnpnotify/driver.h>

static const struct pnpn_guid carrier_event = {
	0x9be1a3f4, 0x0d57, 0x4c5c, {0xb1, 0x5d, 0x52, 0x2f, 0x8e, 0x60, 0x7a, 0xc3}};

static struct pnpn_device *carrier;

static int on_change(struct notifier_block *block, unsigned long event, void *info)
{
	struct net_device *net = netdev_notifier_info_to_dev(info);
	char text[IFNAMSIZ + 16];

	if (event != NETDEV_CHANGE && event != NETDEV_UP && event != NETDEV_DOWN)
		return NOTIFY_DONE;
	snprintf(text, sizeof(text), "%s: %s", net->name,
		 netif_carrier_ok(net) && netif_running(net) ? "carrier" : "no carrier");
	pnpn_report_text(carrier, &carrier_event, text, GFP_KERNEL);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {.notifier_call = on_change};

static int __init carrier_init(void)
{
	static const struct pnpn_device_options options = {
		.id = "ROOT\\CARRIER\\0000",
		.link = "\\\\.\\Carrier",
	};
	int r;

	carrier = pnpn_device_register(NULL, &options);
	if (IS_ERR(carrier))
		return PTR_ERR(carrier);
	r = register_netdevice_notifier(&notifier);
	if (r)
		pnpn_device_unregister(carrier);
	return r;
}

static void __exit carrier_exit(void)
{
	unregister_netdevice_notifier(&notifier);
	pnpn_device_unregister(carrier);
}

module_init(carrier_init);
module_exit(carrier_exit);
MODULE_DESCRIPTION("pnpnotify example: tells when a network interface's carrier changes");
MODULE_LICENSE("Dual MIT/GPL");
