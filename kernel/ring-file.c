/* SPDX-License-Identifier: MIT */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

#include "device.h"
#include "ring-file.h"

/* One descriptor: a reader that sleeps on its own account. */
struct ring_file {
	struct pnpn_device *device;
	u64 settled; /* the ring's head when the reader last said that it took all it saw */
	bool is_stranger_s; /* somebody waits on it who is not root */
};

static u64 head_of(const struct pnpn_device *device)
{
	return __atomic_load_n(&device->writer.header->head, __ATOMIC_SEQ_CST);
}

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct ring_file *ring = file->private_data;

	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, VM_MAYWRITE | VM_MAYEXEC);
#else
	vma->vm_flags &= ~(VM_MAYWRITE | VM_MAYEXEC);
#endif
	return remap_vmalloc_range(vma, ring->device->ring, vma->vm_pgoff);
}

/* Before it is on the queue. The manager opens rings for everybody: what counts is who waits. */
static void note_waiter(struct ring_file *ring)
{
	if (!uid_eq(current_euid(), GLOBAL_ROOT_UID) && !xchg(&ring->is_stranger_s, true))
		atomic_inc(&ring->device->n_strangers);
}

static __poll_t ring_poll(struct file *file, poll_table *wait)
{
	struct ring_file *ring = file->private_data;

	if (!poll_does_not_wait(wait))
		note_waiter(ring);
	poll_wait(file, &ring->device->wait, wait);
	return head_of(ring->device) == READ_ONCE(ring->settled) ? 0 : EPOLLIN | EPOLLRDNORM;
}

/*
 * "I am about to sleep": pairs with publish() in core/ring-writer.c. The announcement first, then the
 * head; the reader looks at the ring once more after this returned.
 */
static ssize_t ring_write(struct file *file, const char __user *buffer, size_t bytes,
			  loff_t *position)
{
	struct ring_file *ring = file->private_data;
	u64 value;

	if (bytes < sizeof(value))
		return -EINVAL;
	if (copy_from_user(&value, buffer, sizeof(value)))
		return -EFAULT;
	__atomic_store_n(&ring->device->writer.header->armed, 1, __ATOMIC_SEQ_CST);
	WRITE_ONCE(ring->settled, head_of(ring->device));
	return sizeof(value);
}

/* write() and poll() in one: the position is compared after the announcement. */
static int ring_wait(struct ring_file *ring, const u64 __user *user)
{
	struct pnpn_device *device = ring->device;
	u64 position;
	int r = get_user(position, user);

	if (r < 0)
		return r;
	/* As many threads as it has may wait so on one descriptor. */
	note_waiter(ring);
	__atomic_store_n(&device->writer.header->armed, 1, __ATOMIC_SEQ_CST);
	return wait_event_interruptible(device->wait, head_of(device) != position);
}

static long ring_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct ring_file *ring = file->private_data;

	switch (command) {
	case PNPN_IOC_RING:
		return put_user((u64)ring->device->ring_bytes, (u64 __user *)argument);
	case PNPN_IOC_WAIT:
		return ring_wait(ring, (const u64 __user *)argument);
	default:
		return -ENOTTY;
	}
}

static void set_readers(struct pnpn_device *device, int more)
{
	mutex_lock(&pnpn_tree_lock);
	WRITE_ONCE(device->readers, device->readers + more);
	WRITE_ONCE(device->writer.header->readers, device->readers);
	mutex_unlock(&pnpn_tree_lock);
}

static int ring_release(struct inode *inode, struct file *file)
{
	struct ring_file *ring = file->private_data;

	set_readers(ring->device, -1);
	if (ring->is_stranger_s)
		atomic_dec(&ring->device->n_strangers);
	pnpn_device_put(ring->device);
	kfree(ring);
	return 0;
}

static const struct file_operations ring_operations = {
	.owner = THIS_MODULE,
	.release = ring_release,
	.mmap = ring_mmap,
	.poll = ring_poll,
	.write = ring_write,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

int pnpn_ring_file_new(struct pnpn_device *device)
{
	struct ring_file *ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);
	int fd;

	if (!ring)
		return -ENOMEM;
	ring->device = pnpn_device_get(device);
	ring->settled = head_of(device);
	set_readers(device, 1);
	fd = anon_inode_getfd("[pnpnotify-ring]", &ring_operations, ring, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		set_readers(device, -1);
		pnpn_device_put(device);
		kfree(ring);
	}
	return fd;
}
