/* SPDX-License-Identifier: MIT */
/* One event to everybody, by three ways: pnpnotify, a uevent, a generic netlink multicast. */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <net/genetlink.h>
#include <pnpnotify/driver.h>

#include "bench-call.h"

static const struct pnpn_guid guid = {0x6d1c0a52, 1, 2, {3}};
static struct pnpn_device *device;
static struct miscdevice misc;

static const struct genl_multicast_group groups[] = {{.name = BENCH_GROUP}};
static struct genl_family family = {
	.name = BENCH_FAMILY,
	.version = 1,
	.maxattr = BENCH_ATTRIBUTE,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.module = THIS_MODULE,
};

static int send_pnpnotify(const struct bench_payload *payload)
{
	return pnpn_report(device, &guid, payload, sizeof(*payload), PNPN_NAME_OFFSET_NONE,
			   GFP_KERNEL);
}

static int send_uevent(const struct bench_payload *payload)
{
	char time[40], number[40];
	char *variables[] = {time, number, NULL};

	snprintf(time, sizeof(time), "BENCH_TIME=%llu", payload->time_ns);
	snprintf(number, sizeof(number), "BENCH_NUMBER=%llu", payload->number);
	return kobject_uevent_env(&misc.this_device->kobj, KOBJ_CHANGE, variables);
}

static int send_netlink(const struct bench_payload *payload)
{
	struct sk_buff *message = genlmsg_new(nla_total_size(sizeof(*payload)), GFP_KERNEL);
	void *header;

	if (!message)
		return -ENOMEM;
	header = genlmsg_put(message, 0, 0, &family, 0, 1);
	if (!header || nla_put(message, BENCH_ATTRIBUTE, sizeof(*payload), payload)) {
		nlmsg_free(message);
		return -EMSGSIZE;
	}
	genlmsg_end(message, header);
	return genlmsg_multicast(&family, message, 0, 0, GFP_KERNEL);
}

static long bench_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	static int (*const send[])(const struct bench_payload *payload) = {
		send_pnpnotify, send_uevent, send_netlink};
	struct bench_call call;
	u32 i;

	if (command != BENCH_CALL)
		return -ENOTTY;
	if (copy_from_user(&call, (void __user *)argument, sizeof(call)))
		return -EFAULT;
	if (call.peer >= BENCH_PEERS)
		return -EINVAL;
	call.cost_ns = 0;
	for (i = 0; i < call.events; i++) {
		struct bench_payload payload = {.number = call.number + i};
		u64 before = ktime_get_ns();

		payload.time_ns = before;
		/* Whoever has nobody to send to, or no room, says so: what arrives is counted. */
		(void)send[call.peer](&payload);
		call.cost_ns += ktime_get_ns() - before;
	}
	return copy_to_user((void __user *)argument, &call, sizeof(call)) ? -EFAULT : 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = bench_ioctl,
};

static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pnpnotify-bench",
	.fops = &operations,
};

static int __init bench_init(void)
{
	static const struct pnpn_device_options options = {.id = BENCH_ID};
	int r = genl_register_family(&family);

	if (r)
		return r;
	device = pnpn_device_register(NULL, &options);
	r = PTR_ERR_OR_ZERO(device);
	if (!r)
		r = misc_register(&misc);
	if (r) {
		pnpn_device_unregister(device);
		genl_unregister_family(&family);
	}
	return r;
}

static void __exit bench_exit(void)
{
	misc_deregister(&misc);
	pnpn_device_unregister(device);
	genl_unregister_family(&family);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("pnpnotify benchmark: the same event by three ways");
MODULE_LICENSE("Dual MIT/GPL");
