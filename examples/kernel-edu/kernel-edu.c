/* SPDX-License-Identifier: MIT */
/*
 * A PCI driver that reports: of QEMU's educational device (-device edu), which computes factorials and
 * interrupts when it has one. Watch it:
 *
 *	pnpnotify monitor '\\.\Edu'
 *
 * Two lines are ours: the device goes with the driver, after the interrupt, since it came before it.
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <pnpnotify/driver.h>

#define EDU_FACTORIAL  0x08
#define EDU_STATUS     0x20
#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_ACK    0x64

#define EDU_STATUS_IRQ BIT(7) /* interrupt when a factorial is there */

static const struct pnpn_guid edu_event = {
	0x5c0e7a52, 0x6d1b, 0x4f39, {0x9a, 0x42, 0x1d, 0x7e, 0x30, 0x8b, 0xc5, 0x16}};

struct edu {
	void __iomem *registers;
	struct pnpn_device *pnpn;
};

static irqreturn_t edu_interrupt(int irq, void *context)
{
	struct edu *edu = context;
	u32 status = ioread32(edu->registers + EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;
	iowrite32(status, edu->registers + EDU_IRQ_ACK);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t edu_done(int irq, void *context)
{
	struct edu *edu = context;
	char text[32];

	snprintf(text, sizeof(text), "factorial: %u", ioread32(edu->registers + EDU_FACTORIAL));
	pnpn_report_text(edu->pnpn, &edu_event, text, GFP_KERNEL);
	return IRQ_HANDLED;
}

static int edu_begin(struct pci_dev *pci, struct edu *edu)
{
	int r = pcim_enable_device(pci);

	if (r)
		return r;
	edu->registers = pcim_iomap(pci, 0, 0);
	if (!edu->registers)
		return -ENOMEM;
	pci_set_master(pci);
	r = pci_alloc_irq_vectors(pci, 1, 1, PCI_IRQ_ALL_TYPES);
	return r < 0 ? r : 0;
}

static int edu_probe(struct pci_dev *pci, const struct pci_device_id *id)
{
	static const struct pnpn_device_options options = {.link = "\\\\.\\Edu"};
	struct edu *edu = devm_kzalloc(&pci->dev, sizeof(*edu), GFP_KERNEL);
	int r;

	if (!edu)
		return -ENOMEM;
	r = edu_begin(pci, edu);
	if (r)
		return r;
	edu->pnpn = devm_pnpn_device_register(&pci->dev, &options);
	if (IS_ERR(edu->pnpn))
		return PTR_ERR(edu->pnpn);
	r = devm_request_threaded_irq(&pci->dev, pci_irq_vector(pci, 0), edu_interrupt, edu_done,
				      IRQF_SHARED, KBUILD_MODNAME, edu);
	if (r)
		return r;
	iowrite32(EDU_STATUS_IRQ, edu->registers + EDU_STATUS);
	iowrite32(5, edu->registers + EDU_FACTORIAL);
	return 0;
}

static const struct pci_device_id edu_ids[] = {
	{PCI_DEVICE(0x1234, 0x11e8)},
	{},
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = edu_ids,
	.probe = edu_probe,
};
module_pci_driver(edu_driver);
MODULE_DESCRIPTION("pnpnotify example: a PCI driver that reports");
MODULE_LICENSE("Dual MIT/GPL");
