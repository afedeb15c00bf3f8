/* SPDX-License-Identifier: MIT */
/* A driver that does what test programs ask of it: each open file owns devices, as a process would. */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <pnpnotify/driver.h>

#include "test-call.h"

#define DEVICES 64

struct owner {
	struct mutex lock;
	struct pnpn_device *devices[DEVICES];
	struct pnpn_listener *listener;
	atomic64_t counted;
};

/* One report, carried to where it is to be made. */
struct report {
	struct pnpn_device *device;
	struct test_call *call;
	void *data;
	int result;
	struct completion done;
	struct tasklet_struct tasklet;
	struct irq_work interrupt;
};

static void report_here(struct report *report)
{
	report->result = pnpn_report(report->device, (const struct pnpn_guid *)report->call->guid,
				     report->data, report->call->size, report->call->name_offset,
				     GFP_ATOMIC);
	complete(&report->done);
}

static void in_softirq_now(struct tasklet_struct *tasklet)
{
	report_here(container_of(tasklet, struct report, tasklet));
}

static void in_hardirq_now(struct irq_work *work)
{
	report_here(container_of(work, struct report, interrupt));
}

static int report_where(struct report *report)
{
	static DEFINE_SPINLOCK(lock);
	unsigned long flags;

	init_completion(&report->done);
	switch (report->call->where) {
	case TEST_PROCESS:
		report_here(report);
		break;
	case TEST_SPINLOCK:
		spin_lock_irqsave(&lock, flags);
		report_here(report);
		spin_unlock_irqrestore(&lock, flags);
		break;
	case TEST_SOFTIRQ:
		tasklet_setup(&report->tasklet, in_softirq_now);
		tasklet_schedule(&report->tasklet);
		wait_for_completion(&report->done);
		tasklet_kill(&report->tasklet);
		break;
	case TEST_HARDIRQ:
		report->interrupt = IRQ_WORK_INIT_HARD(in_hardirq_now);
		irq_work_queue(&report->interrupt);
		wait_for_completion(&report->done);
		irq_work_sync(&report->interrupt);
		break;
	default:
		return -EINVAL;
	}
	return report->result;
}

static int do_report(struct pnpn_device *device, struct test_call *call)
{
	static const struct pnpn_guid zero;
	struct report *report;
	int r;

	if (call->size > 1 << 20)
		return -EINVAL;
	/* NULLs are handed on as they are: refusing them is what is tested. */
	if (!memcmp(call->guid, &zero, sizeof(zero)))
		return pnpn_report(device, NULL, "", 0, call->name_offset, GFP_KERNEL);
	report = kzalloc(sizeof(*report), GFP_KERNEL);
	if (!report)
		return -ENOMEM;
	report->device = device;
	report->call = call;
	/* Too much is refused before it is looked at. */
	if (call->data && call->size > 65499)
		report->data = kmalloc(1, GFP_KERNEL);
	else if (call->data)
		report->data = vmemdup_user(u64_to_user_ptr(call->data), call->size);
	if (IS_ERR(report->data)) {
		r = PTR_ERR(report->data);
		kfree(report);
		return r;
	}
	r = report_where(report);
	kvfree(report->data);
	kfree(report);
	return r;
}

/* --- a storm: softirq here, process context on a thread ------------------------------------------- */

struct storm {
	struct pnpn_device *device;
	const struct pnpn_guid *guid;
	u64 left;
	struct completion done;
	struct tasklet_struct tasklet;
	u64 in_softirq;
};

static void storm_tasklet(struct tasklet_struct *tasklet)
{
	struct storm *storm = container_of(tasklet, struct storm, tasklet);
	u64 number = 1;

	/* The thread's next one: what it interrupts may hold the ring's lock, but not here. */
	(void)pnpn_report(storm->device, storm->guid, &number, sizeof(number), -1, GFP_ATOMIC);
	storm->in_softirq++;
	if (storm->in_softirq < storm->left)
		tasklet_schedule(tasklet);
	else
		complete(&storm->done);
}

static int storm_thread(void *context)
{
	struct storm *storm = context;
	u64 number = 2, i;

	for (i = 0; i < storm->left; i++) {
		(void)pnpn_report(storm->device, storm->guid, &number, sizeof(number), -1,
				  GFP_KERNEL);
		if (i % 64 == 0)
			cond_resched();
	}
	complete(&storm->done);
	return 0;
}

static int do_storm(struct pnpn_device *device, const struct test_call *call)
{
	struct storm *storm = kzalloc(sizeof(*storm), GFP_KERNEL);
	struct task_struct *thread;

	if (!storm)
		return -ENOMEM;
	storm->device = device;
	storm->guid = (const struct pnpn_guid *)call->guid;
	storm->left = call->value;
	init_completion(&storm->done);
	tasklet_setup(&storm->tasklet, storm_tasklet);
	thread = kthread_run(storm_thread, storm, "pnpn-storm");
	if (IS_ERR(thread)) {
		kfree(storm);
		return PTR_ERR(thread);
	}
	tasklet_schedule(&storm->tasklet);
	wait_for_completion(&storm->done);
	wait_for_completion(&storm->done);
	tasklet_kill(&storm->tasklet);
	kfree(storm);
	return 0;
}

/* --- calls ---------------------------------------------------------------------------------------- */

static struct miscdevice test;

static int add_device(struct owner *owner, struct test_call *call)
{
	struct pnpn_device_options options = {
		.id = call->text[0] ? call->text : NULL,
		.mode = call->name_offset,
		.flags = PNPN_DEVICE_NOT_STARTED | PNPN_DEVICE_COMPLETIONS |
			 (call->where ? PNPN_DEVICE_UEVENT : 0),
		.backlog = call->value,
	};
	struct pnpn_device *device;
	int i;

	for (i = 0; i < DEVICES && owner->devices[i]; i++)
		;
	if (i == DEVICES)
		return -ENOSPC;
	device = pnpn_device_register(call->text[0] && !call->where ? NULL : test.this_device,
				      &options);
	if (IS_ERR(device))
		return PTR_ERR(device);
	owner->devices[i] = device;
	call->device = i;
	return 0;
}

static int add_interface(struct pnpn_device *device, struct test_call *call)
{
	const char *name;
	int r = pnpn_device_add_interface(device, (const struct pnpn_guid *)call->guid, call->text,
					  &name);

	if (r >= 0)
		strscpy(call->text, name, sizeof(call->text));
	return r;
}

static int call_device(struct owner *owner, struct test_call *call)
{
	struct pnpn_device *device = owner->devices[array_index_nospec(call->device, DEVICES)];

	if (call->device >= DEVICES || !device)
		return -ENODEV;
	switch (call->what) {
	case TEST_START:
		return pnpn_device_start(device);
	case TEST_REMOVE:
		owner->devices[call->device] = NULL;
		pnpn_device_unregister(device);
		return 0;
	case TEST_ADD_LINK:
		return pnpn_device_add_link(device, call->text);
	case TEST_REMOVE_LINK:
		return pnpn_device_remove_link(device, call->text);
	case TEST_ADD_INTERFACE:
		return add_interface(device, call);
	case TEST_ENABLE:
		return pnpn_device_enable_interface(device, call->text, call->value);
	case TEST_REPORT:
		return do_report(device, call);
	case TEST_REPORT_TEXT:
		return pnpn_report_text(device, (const struct pnpn_guid *)call->guid, call->text,
					GFP_KERNEL);
	case TEST_STORM:
		return do_storm(device, call);
	default:
		return -EINVAL;
	}
}

static void count(const struct pnpn_notice *notice, void *context)
{
	atomic64_t *counted = context;

	if (notice->kind == PNPN_NOTICE_EVENT)
		atomic64_inc(counted);
}

static int handle(struct owner *owner, struct test_call *call)
{
	int r = 0;

	switch (call->what) {
	case TEST_NEW:
		return add_device(owner, call);
	case TEST_LISTEN:
		owner->listener = pnpn_listen_device(call->text, count, &owner->counted,
						     THIS_MODULE);
		if (IS_ERR(owner->listener)) {
			r = PTR_ERR(owner->listener);
			owner->listener = NULL;
		}
		return r;
	case TEST_UNLISTEN:
		pnpn_unlisten(owner->listener);
		owner->listener = NULL;
		return 0;
	case TEST_COUNT:
		call->value = atomic64_read(&owner->counted);
		return 0;
	default:
		return call_device(owner, call);
	}
}

/* Reports come from many threads of a process: only what changes the owner's devices is serialised. */
static bool is_report(const struct test_call *call)
{
	return call->what == TEST_REPORT || call->what == TEST_STORM;
}

static long test_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct owner *owner = file->private_data;
	struct test_call *call;
	int r;

	if (command != TEST_CALL)
		return -ENOTTY;
	call = memdup_user((void __user *)argument, sizeof(*call));
	if (IS_ERR(call))
		return PTR_ERR(call);
	call->text[sizeof(call->text) - 1] = 0;
	if (is_report(call)) {
		r = call_device(owner, call);
	} else {
		mutex_lock(&owner->lock);
		r = handle(owner, call);
		mutex_unlock(&owner->lock);
	}
	if (r >= 0 && copy_to_user((void __user *)argument, call, sizeof(*call)))
		r = -EFAULT;
	kfree(call);
	return r;
}

static int test_open(struct inode *inode, struct file *file)
{
	struct owner *owner = kzalloc(sizeof(*owner), GFP_KERNEL);

	if (!owner)
		return -ENOMEM;
	mutex_init(&owner->lock);
	file->private_data = owner;
	return 0;
}

static int test_release(struct inode *inode, struct file *file)
{
	struct owner *owner = file->private_data;
	int i;

	pnpn_unlisten(owner->listener);
	for (i = 0; i < DEVICES; i++)
		pnpn_device_unregister(owner->devices[i]);
	kfree(owner);
	return 0;
}

static const struct file_operations test_operations = {
	.owner = THIS_MODULE,
	.open = test_open,
	.release = test_release,
	.unlocked_ioctl = test_ioctl,
};

static struct miscdevice test = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pnpnotify-test",
	.fops = &test_operations,
	.mode = 0600,
};
module_misc_device(test);
MODULE_DESCRIPTION("pnpnotify tests: devices by ioctl");
MODULE_LICENSE("Dual MIT/GPL");
