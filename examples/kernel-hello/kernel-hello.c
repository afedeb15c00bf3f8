/* SPDX-License-Identifier: MIT */
/*
 * A Linux module that says "Hello!" twice: from a timer, with the calls of a Windows driver, and from
 * the bottom half of its own interrupt, with those of a Linux driver. Its device has the interface of
 * examples/hello, so hello-app hears it as it hears a driver in a process; or:
 *
 *	pnpnotify monitor '\\.\KernelHello'
 */
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <pnpnotify/windows.h>
#include <initguid.h>

#define PERIOD_MS 300

/* As in examples/hello/hello_event.h. */
DEFINE_GUID(GUID_HELLO_EVENT, 0x0e7d5c36, 0x1f0f, 0x4a38, 0x9d, 0x0c, 0x6a, 0x4a, 0x4a, 0x0f, 0x7b,
	    0x52);
DEFINE_GUID(GUID_DEVINTERFACE_HELLO, 0xc4a9c6f1, 0x57be, 0x4b07, 0x8b, 0x0c, 0x3a, 0x6f, 0x1a, 0x9d,
	    0x2e, 0x84);
static const struct pnpn_guid bell_event = {
	0x5a0f5d0e, 0x6c7e, 0x4a75, {0x8a, 0x5e, 0x6c, 0x0b, 0x3f, 0x4e, 0x1d, 0x29}};

typedef struct _HELLO_EVENT {
	ULONG Count;
	WCHAR Message[32];
} HELLO_EVENT;

static PNPN_DEFINE_DRIVER(hello_driver);
static PDEVICE_OBJECT pdo;
static UNICODE_STRING interface_name;
static ULONG count;
static void ring_bell(struct tasklet_struct *tasklet);
static DECLARE_TASKLET(bell, ring_bell);

/* The hard interrupt, which this processor sends to itself: too early to report, so the bottom half
 * does. */
static void on_interrupt(struct irq_work *work)
{
	tasklet_schedule(&bell);
}

static struct irq_work interrupt = IRQ_WORK_INIT_HARD(on_interrupt);

/* In a softirq, which is DISPATCH_LEVEL. The structure is copied, so it may live on the stack. */
static void say_hello(struct timer_list *timer)
{
	union {
		TARGET_DEVICE_CUSTOM_NOTIFICATION Notification;
		UCHAR Space[sizeof(TARGET_DEVICE_CUSTOM_NOTIFICATION) + sizeof(HELLO_EVENT)];
	} buffer;
	HELLO_EVENT event;

	RtlZeroMemory(&buffer, sizeof(buffer));
	RtlZeroMemory(&event, sizeof(event));
	event.Count = ++count;
	RtlStringCchCopyW(event.Message, sizeof(event.Message) / sizeof(event.Message[0]),
			  L"Hello!");
	buffer.Notification.Version = 1;
	buffer.Notification.Size =
		FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) + sizeof(event);
	buffer.Notification.Event = GUID_HELLO_EVENT;
	buffer.Notification.NameBufferOffset = FIELD_OFFSET(HELLO_EVENT, Message);
	RtlCopyMemory(
		&buffer.Space[FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer)],
		&event, sizeof(event));
	IoReportTargetDeviceChangeAsynchronous(pdo, &buffer.Notification, NULL, NULL);
	/* And the hardware, if there were any, rings. */
	irq_work_queue(&interrupt);
	mod_timer(timer, jiffies + msecs_to_jiffies(PERIOD_MS));
}

static void ring_bell(struct tasklet_struct *tasklet)
{
	pnpn_report_text(PnpnGetDevice(pdo), &bell_event, "the bell rang", GFP_ATOMIC);
}

static DEFINE_TIMER(hello_timer, say_hello);

static int __init hello_init(void)
{
	NTSTATUS status = PnpnCreatePdo(&hello_driver, NULL, "ROOT\\KERNELHELLO\\0000", &pdo);

	if (!NT_SUCCESS(status))
		return -EBUSY;
	status = IoRegisterDeviceInterface(pdo, &GUID_DEVINTERFACE_HELLO, NULL, &interface_name);
	if (!NT_SUCCESS(status) ||
	    pnpn_device_add_link(PnpnGetDevice(pdo), "\\\\.\\KernelHello") < 0) {
		RtlFreeUnicodeString(&interface_name);
		PnpnDeletePdo(pdo);
		return -EBUSY;
	}
	PnpnStartPdo(pdo);
	IoSetDeviceInterfaceState(&interface_name, TRUE);
	mod_timer(&hello_timer, jiffies + msecs_to_jiffies(PERIOD_MS));
	return 0;
}

static void __exit hello_exit(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	timer_shutdown_sync(&hello_timer);
#else
	del_timer_sync(&hello_timer);
#endif
	irq_work_sync(&interrupt);
	tasklet_kill(&bell);
	PnpnDeletePdo(pdo);
	RtlFreeUnicodeString(&interface_name);
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_DESCRIPTION("pnpnotify example: Hello! from a timer and from an interrupt's bottom half");
MODULE_LICENSE("Dual MIT/GPL");
