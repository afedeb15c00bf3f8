/* SPDX-License-Identifier: MIT */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "changes.h"
#include "control.h"
#include "device.h"
#include "quota.h"
#include "ring-file.h"

/* One open file: charged to who opened it, and all that it costs. */
struct client {
	struct mutex lock; /* protects the rest; taken before the tree's */
	struct pnpn_changes_reader reader;
	struct pnpn_kernel_change change; /* on its way out */
};

/* --- the file ------------------------------------------------------------------------------------- */

static int control_open(struct inode *inode, struct file *file)
{
	struct client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	int r;

	if (!client)
		return -ENOMEM;
	r = pnpn_quota_charge(file->f_cred->euid);
	if (r < 0) {
		kfree(client);
		return r;
	}
	mutex_init(&client->lock);
	pnpn_changes_begin(&client->reader);
	file->private_data = client;
	return stream_open(inode, file);
}

static int control_release(struct inode *inode, struct file *file)
{
	pnpn_quota_discharge(file->f_cred->euid);
	kfree(file->private_data);
	return 0;
}

/* As many as there are and fit. What could not be handed out stays to be taken. */
static ssize_t take(struct client *client, char __user *buffer, size_t bytes)
{
	const size_t one = sizeof(client->change);
	size_t done = 0;

	while (bytes - done >= one) {
		struct pnpn_changes_reader reader = client->reader;
		bool found = pnpn_changes_next(&reader, &client->change);

		if (found && copy_to_user(buffer + done, &client->change, one))
			return done ? done : -EFAULT;
		client->reader = reader;
		if (!found)
			break;
		done += one;
		cond_resched();
	}
	return done;
}

static ssize_t control_read(struct file *file, char __user *buffer, size_t bytes, loff_t *position)
{
	struct client *client = file->private_data;
	ssize_t done;

	if (bytes < sizeof(client->change))
		return -EINVAL;
	for (;;) {
		if (mutex_lock_interruptible(&client->lock))
			return -ERESTARTSYS;
		done = take(client, buffer, bytes);
		mutex_unlock(&client->lock);
		if (done)
			return done;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(pnpn_changes_wait,
					     pnpn_changes_has_more(&client->reader)))
			return -ERESTARTSYS;
	}
}

static __poll_t control_poll(struct file *file, poll_table *wait)
{
	struct client *client = file->private_data;

	poll_wait(file, &pnpn_changes_wait, wait);
	return pnpn_changes_has_more(&client->reader) ? EPOLLIN | EPOLLRDNORM : 0;
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
