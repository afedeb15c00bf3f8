/* SPDX-License-Identifier: MIT */
/* Reporting: checks, the ring, whoever sleeps, and what follows in process context. */
#include <linux/preempt.h>
#include <linux/ratelimit.h>

#include "context.h"
#include "device.h"
#include "report.h"
#include "core/notification.h"
#include "core/utf.h"

/* The most UTF-16 units of pnpn_report_text(), the final zero included. */
#define TEXT_UNITS 256

static int check(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		 size_t size, int name_offset)
{
	int r;

	if (in_hardirq() || in_nmi()) {
		pr_warn_ratelimited("pnpnotify: a report from a hard interrupt was refused (%pS)\n",
				    __builtin_return_address(0));
		return -EWOULDBLOCK;
	}
	r = pnpn_report_check(guid, size, name_offset);
	if (r < 0)
		return r;
	if (size && !data)
		return -EINVAL;
	/* Pairs with pnpn_tree_start(). */
	return smp_load_acquire(&device->entry.started) ? 0 : -ENODEV;
}

int pnpn_report_append(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		       size_t size, int name_offset, struct pnpn_completion *completion)
{
	unsigned int after;
	int r = check(device, guid, data, size, name_offset);

	if (r < 0)
		return r;
	if (completion->done)
		r = pnpn_dispatch_report(device, guid, data, size, name_offset, completion, &after);
	else
		r = pnpn_ring_writer_report(&device->writer, guid, data, size, name_offset,
					    &completion->end.position, &after);
	if (r < 0)
		return r;
	/* User mode first (R11). */
	if (after & PNPN_AFTER_WAKE)
		pnpn_device_wake(device);
	pnpn_dispatch_kick(device);
	return 0;
}

int pnpn_report(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		size_t size, int name_offset, gfp_t gfp)
{
	struct pnpn_completion nothing = {};

	might_sleep_if(gfpflags_allow_blocking(gfp));
	return pnpn_report_append(device, guid, data, size, name_offset, &nothing);
}
EXPORT_SYMBOL_GPL(pnpn_report);

int pnpn_report_text(struct pnpn_device *device, const struct pnpn_guid *guid, const char *text,
		     gfp_t gfp)
{
	u16 units[TEXT_UNITS];
	size_t n;
	int r;

	if (!text)
		return -EINVAL;
	r = pnpn_utf8_to_utf16(text, NULL, &n);
	if (r < 0)
		return r;
	if (n >= TEXT_UNITS)
		return -E2BIG;
	(void)pnpn_utf8_to_utf16(text, units, &n);
	units[n] = 0;
	return pnpn_report(device, guid, units, 2 * (n + 1), 0, gfp);
}
EXPORT_SYMBOL_GPL(pnpn_report_text);

int pnpn_report_done(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		     size_t size, int name_offset, void (*done)(void *context), void *context)
{
	struct pnpn_completion completion = {.done = done, .context = context};

	if (!done || !(device->flags & PNPN_DEVICE_COMPLETIONS))
		return -EINVAL;
	return pnpn_report_append(device, guid, data, size, name_offset, &completion);
}
EXPORT_SYMBOL_GPL(pnpn_report_done);

int pnpn_report_sync(struct pnpn_device *device, const struct pnpn_guid *guid, const void *data,
		     size_t size, int name_offset)
{
	struct pnpn_completion nothing = {};
	int r;

	if (!in_task() || irqs_disabled() || in_atomic())
		return -EWOULDBLOCK;
	if (pnpn_context_current())
		return -EDEADLK;
	might_sleep();
	r = pnpn_report_append(device, guid, data, size, name_offset, &nothing);
	if (r >= 0)
		pnpn_dispatch_wait(device, nothing.end.position);
	return r;
}
EXPORT_SYMBOL_GPL(pnpn_report_sync);
