/* SPDX-License-Identifier: MIT */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "control.h"
#include "device.h"
#include "ring-file.h"

/* Changes that may wait for a reader before it is told that it lost some. */
#define QUEUED_MAX 4096

/* A change that waits. */
struct queued {
	struct list_head node;
	struct pnpn_kernel_change change;
};

/* One open file. */
struct client {
	struct list_head node; /* in clients */
	struct list_head queue; /* protected by the tree's lock, like the rest */
	unsigned int n_queued;
	bool overrun;
	wait_queue_head_t wait;
};

static LIST_HEAD(clients);

/* --- telling -------------------------------------------------------------------------------------- */

static void append(struct client *client, const struct pnpn_device *device, u32 kind,
		   const char *name, const struct pnpn_guid *class)
{
	struct queued *queued;

	if (client->overrun)
		return;
	queued = client->n_queued < QUEUED_MAX ? kzalloc(sizeof(*queued), GFP_KERNEL) : NULL;
	if (!queued) {
		client->overrun = true;
		wake_up_interruptible(&client->wait);
		return;
	}
	queued->change.size = sizeof(queued->change);
	queued->change.kind = kind;
	queued->change.device = device->number;
	if (class)
		memcpy(queued->change.class, class, sizeof(queued->change.class));
	strscpy(queued->change.instance_id, device->id, sizeof(queued->change.instance_id));
	strscpy(queued->change.name, name ? name : "", sizeof(queued->change.name));
	list_add_tail(&queued->node, &client->queue);
	client->n_queued++;
	wake_up_interruptible(&client->wait);
}

void pnpn_control_tell(struct pnpn_device *device, u32 kind, const char *name,
		       const struct pnpn_guid *class)
{
	struct client *client;

	lockdep_assert_held(&pnpn_tree_lock);
	list_for_each_entry(client, &clients, node) append(client, device, kind, name, class);
}

/* Its path below /sys, or NULL; the caller's. */
static char *path_of(const struct pnpn_device *device)
{
	char *path = device->dev && device_is_registered(device->dev)
			     ? kobject_get_path(&device->dev->kobj, GFP_KERNEL)
			     : NULL;
	char *whole = path ? kasprintf(GFP_KERNEL, "/sys%s", path) : NULL;

	kfree(path);
	return whole;
}

void pnpn_control_tell_came(struct pnpn_device *device)
{
	char *path = path_of(device);

	pnpn_control_tell(device, PNPN_CHANGE_CAME, path, NULL);
	kfree(path);
}

static void tell_of_all(struct client *client)
{
	struct pnpn_device *device;
	struct pnpn_link *link;
	struct pnpn_interface *interface;

	list_for_each_entry(device, &pnpn_tree, node)
	{
		char *path;

		if (!device->started)
			continue;
		path = path_of(device);
		append(client, device, PNPN_CHANGE_CAME, path, NULL);
		kfree(path);
		list_for_each_entry(link, &device->links, node)
			append(client, device, PNPN_CHANGE_LINK, link->name, NULL);
		list_for_each_entry(interface, &device->interfaces, node) if (interface->enabled)
			append(client, device, PNPN_CHANGE_ENABLED, interface->name,
			       &interface->class);
	}
}

/* --- the file ------------------------------------------------------------------------------------- */

static int control_open(struct inode *inode, struct file *file)
{
	struct client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	if (!client)
		return -ENOMEM;
	INIT_LIST_HEAD(&client->queue);
	init_waitqueue_head(&client->wait);
	file->private_data = client;
	mutex_lock(&pnpn_tree_lock);
	tell_of_all(client);
	list_add_tail(&client->node, &clients);
	mutex_unlock(&pnpn_tree_lock);
	return stream_open(inode, file);
}

static int control_release(struct inode *inode, struct file *file)
{
	struct client *client = file->private_data;
	struct queued *queued, *next;

	mutex_lock(&pnpn_tree_lock);
	list_del(&client->node);
	mutex_unlock(&pnpn_tree_lock);
	list_for_each_entry_safe(queued, next, &client->queue, node) kfree(queued);
	kfree(client);
	return 0;
}

static bool has_changes(struct client *client)
{
	return READ_ONCE(client->overrun) || !list_empty_careful(&client->queue);
}

/* The next change; after the last one that there was room for, once, that there were more. */
static struct queued *take(struct client *client)
{
	struct queued *queued = NULL;

	mutex_lock(&pnpn_tree_lock);
	if (!list_empty(&client->queue)) {
		queued = list_first_entry(&client->queue, struct queued, node);
		list_del(&queued->node);
		client->n_queued--;
	}
	mutex_unlock(&pnpn_tree_lock);
	return queued;
}

static ssize_t read_overrun(char __user *buffer)
{
	static const struct pnpn_kernel_change overrun = {
		.size = sizeof(overrun),
		.kind = PNPN_CHANGE_OVERRUN,
	};

	return copy_to_user(buffer, &overrun, sizeof(overrun)) ? -EFAULT : sizeof(overrun);
}

static ssize_t control_read(struct file *file, char __user *buffer, size_t bytes, loff_t *position)
{
	struct client *client = file->private_data;
	const size_t one = sizeof(struct pnpn_kernel_change);
	size_t done = 0;
	struct queued *queued;

	if (bytes < one)
		return -EINVAL;
	if (!has_changes(client)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(client->wait, has_changes(client)))
			return -ERESTARTSYS;
	}
	while (bytes - done >= one && (queued = take(client))) {
		bool failed = copy_to_user(buffer + done, &queued->change, one);

		kfree(queued);
		if (failed)
			return done ? done : -EFAULT;
		done += one;
	}
	if (done)
		return done;
	return READ_ONCE(client->overrun) ? read_overrun(buffer) : -EAGAIN;
}

static __poll_t control_poll(struct file *file, poll_table *wait)
{
	struct client *client = file->private_data;

	poll_wait(file, &client->wait, wait);
	return has_changes(client) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* --- ioctls --------------------------------------------------------------------------------------- */

static bool may_watch(const struct pnpn_device *device)
{
	umode_t mode = device->mode;

	if (capable(CAP_DAC_OVERRIDE) || capable(CAP_DAC_READ_SEARCH))
		return true;
	if (uid_eq(current_fsuid(), device->uid))
		return mode & 0400;
	return in_group_p(device->gid) ? mode & 0040 : mode & 0004;
}

static int attach_device(const struct pnpn_attach *attach)
{
	struct pnpn_device *device = pnpn_device_find_number(attach->device);
	int r;

	if (!device)
		return -ENOENT;
	r = may_watch(device) ? pnpn_ring_file_new(device) : -EACCES;
	pnpn_device_put(device);
	return r;
}

/* Structures begin with their size: longer ones than we know must end in zeros. */
static int copy_structure(void *to, u32 known, const void __user *user)
{
	u32 size;
	int r = get_user(size, (const u32 __user *)user);

	if (r < 0)
		return r;
	if (size < known || size > PAGE_SIZE)
		return -EINVAL;
	return copy_struct_from_user(to, known, user, size);
}

static long control_attach(const void __user *user)
{
	struct pnpn_attach attach;
	int r = copy_structure(&attach, sizeof(attach), user);

	if (r < 0)
		return r;
	if (attach.flags || attach.reserved || attach.ring)
		return -EINVAL;
	return attach_device(&attach);
}

static int report_by_hand(const struct pnpn_report_by_hand *by_hand, const void *data)
{
	struct pnpn_device *device = pnpn_device_find_number(by_hand->device);
	int r;

	if (!device)
		return -ENOENT;
	r = pnpn_report(device, (const struct pnpn_guid *)by_hand->guid, data, by_hand->data_size,
			by_hand->name_offset, GFP_KERNEL);
	pnpn_device_put(device);
	return r;
}

static long control_report(const void __user *user)
{
	struct pnpn_report_by_hand by_hand;
	void *data;
	int r = copy_structure(&by_hand, sizeof(by_hand), user);

	if (r < 0)
		return r;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (by_hand.flags || by_hand.data_size > PNPN_DATA_MAX)
		return -EINVAL;
	data = vmemdup_user(u64_to_user_ptr(by_hand.data), by_hand.data_size);
	if (IS_ERR(data))
		return PTR_ERR(data);
	r = report_by_hand(&by_hand, data);
	kvfree(data);
	return r;
}

static long control_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *user = (void __user *)argument;

	switch (command) {
	case PNPN_IOC_VERSION:
		return put_user(PNPN_KERNEL_ABI, (u32 __user *)user);
	case PNPN_IOC_ATTACH:
		return control_attach(user);
	case PNPN_IOC_REPORT:
		return control_report(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations control_operations = {
	.owner = THIS_MODULE,
	.open = control_open,
	.release = control_release,
	.read = control_read,
	.poll = control_poll,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice control = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pnpnotify",
	.fops = &control_operations,
	.mode = 0600,
};

int pnpn_control_init(void)
{
	return misc_register(&control);
}

void pnpn_control_deinit(void)
{
	misc_deregister(&control);
}
