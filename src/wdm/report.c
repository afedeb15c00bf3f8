/* SPDX-License-Identifier: MIT */
/* IoReportTargetDeviceChange and its asynchronous form (section R). */
#include <errno.h>
#include "core/notification.h"
#include "wdm/completer.h"
#include "wdm/device-object.h"
#include "wdm/irql.h"
#include "wdm/notifier.h"
#include "wdm/pool.h"
#include "wdm/status.h"
#include "wdm/verifier.h"

_Static_assert(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) ==
		       PNPN_NOTIFICATION_HEADER_BYTES,
	       "the layout of the structure is the core's");

/* A driver's structure: what it says of itself, and its data. */
struct report {
	struct pnpn_notification head;
	const void *data;
	size_t size;
};

/* R3, R4. */
static NTSTATUS report_read(const void *structure, struct report *ret_report)
{
	TARGET_DEVICE_CUSTOM_NOTIFICATION fixed = {0};

	if (!structure)
		return STATUS_INVALID_PARAMETER;
	memcpy(&fixed, structure, sizeof(PLUGPLAY_NOTIFICATION_HEADER));
	/* What Size does not cover may not be there. */
	if (fixed.Size < PNPN_NOTIFICATION_HEADER_BYTES)
		return STATUS_INVALID_PARAMETER;
	memcpy(&fixed, structure, PNPN_NOTIFICATION_HEADER_BYTES);
	struct report report = {
		.head = {.version = fixed.Version,
			 .size = fixed.Size,
			 .has_file_object = fixed.FileObject != NULL,
			 .name_offset = fixed.NameBufferOffset},
		.data = (const UCHAR *)structure + PNPN_NOTIFICATION_HEADER_BYTES,
		.size = fixed.Size - PNPN_NOTIFICATION_HEADER_BYTES,
	};
	memcpy(&report.head.event, &fixed.Event, sizeof(report.head.event));
	int r = pnpn_notification_check(&report.head);
	if (r < 0)
		return pnpn_status_from_errno(r);
	*ret_report = report;
	return STATUS_SUCCESS;
}

/* A device that has started refuses reports only while there is no manager. */
static NTSTATUS report_to_device(struct pnpn_device *device, const struct report *report,
				 uint64_t *ret_position)
{
	int r = device ? pnpn_device_report_tracked(device, &report->head.event, report->data,
						    report->size, report->head.name_offset,
						    ret_position)
		       : -ENODEV;

	return r == -ENODEV ? STATUS_DEVICE_NOT_CONNECTED : pnpn_status_from_errno(r);
}

static NTSTATUS report_refuse(void)
{
	pnpn_verifier_broken("IoReportTargetDeviceChange*",
			     "the device object is no PDO of a device that is there");
	return STATUS_INVALID_DEVICE_REQUEST;
}

/* With node->lock held for reading. */
static NTSTATUS report_append(struct pnpn_node *node, const struct report *report,
			      uint64_t *ret_position)
{
	switch (node->state) {
	case PNPN_NODE_STARTED:
		return report_to_device(node->device, report, ret_position);
	case PNPN_NODE_GONE:
		/* R10: accepted, though every registrant has had its last event already. */
		*ret_position = 0;
		return STATUS_SUCCESS;
	case PNPN_NODE_NEW:
		/* R6. No broken rule: what a driver set going while it starts can't know that it is early. */
		return STATUS_INVALID_DEVICE_REQUEST;
	default:
		return report_refuse();
	}
}

static NTSTATUS report_send(struct pnpn_node *node, const struct report *report,
			    struct pnpn_place *ret_end)
{
	pthread_rwlock_rdlock(&node->lock);
	uint64_t position = 0;
	NTSTATUS status = report_append(node, report, &position);
	if (NT_SUCCESS(status))
		*ret_end = (struct pnpn_place){node->generation, position};
	pthread_rwlock_unlock(&node->lock);
	return status;
}

static NTSTATUS report_send_with_callback(struct pnpn_node *node, const struct report *report,
					  PDEVICE_CHANGE_COMPLETE_CALLBACK callback, PVOID context)
{
	struct pnpn_completion completion = {.done = callback, .context = context};
	NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

	pthread_mutex_lock(&node->order);
	if (pnpn_completer_make_room(node))
		status = report_send(node, report, &completion.end);
	if (NT_SUCCESS(status))
		pnpn_completions_put(&node->completions, &completion);
	pthread_mutex_unlock(&node->order);
	if (NT_SUCCESS(status))
		pnpn_completer_wake();
	return status;
}

static NTSTATUS report_prepare(PDEVICE_OBJECT pdo, const void *structure,
			       struct pnpn_node **ret_node, struct report *ret_report)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);
	struct report report;

	if (!node)
		return report_refuse(); /* R6 */
	NTSTATUS status = report_read(structure, &report);
	if (!NT_SUCCESS(status))
		return status;
	*ret_node = node;
	*ret_report = report;
	return STATUS_SUCCESS;
}

/* What Windows stops the machine for, or only sometimes goes wrong (V1). */
static void report_verify(PDEVICE_OBJECT pdo, const void *structure, const void *context,
			  const char *call)
{
	if (!pnpn_verifier_is_on())
		return;
	pnpn_device_object_verify(pdo, call);
	if (KeGetCurrentIrql() == DISPATCH_LEVEL && pnpn_pool_is_paged(structure))
		pnpn_verifier_broken(call, "a notification from paged pool at DISPATCH_LEVEL");
	if (pnpn_pool_is_paged(context) || pnpn_verifier_is_on_stack(context))
		pnpn_verifier_broken(call, "a context that is not from nonpaged pool");
}

NTSTATUS IoReportTargetDeviceChangeAsynchronous(PDEVICE_OBJECT pdo, PVOID structure,
						PDEVICE_CHANGE_COMPLETE_CALLBACK callback,
						PVOID context)
{
	struct pnpn_place end;
	struct pnpn_node *node;
	struct report report;

	if (!pnpn_irql_is_at_most(DISPATCH_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	report_verify(pdo, structure, callback ? context : NULL, __func__);
	NTSTATUS status = report_prepare(pdo, structure, &node, &report);
	if (!NT_SUCCESS(status))
		return status;
	if (callback)
		return report_send_with_callback(node, &report, callback, context);
	return report_send(node, &report, &end);
}

NTSTATUS IoReportTargetDeviceChange(PDEVICE_OBJECT pdo, PVOID structure)
{
	struct pnpn_place end;
	struct pnpn_node *node;
	struct report report;

	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (pnpn_notifier_is_current_thread()) {
		pnpn_verifier_broken(__func__,
				     "inside a notification callback it would wait for itself");
		return STATUS_POSSIBLE_DEADLOCK; /* K7 */
	}
	report_verify(pdo, structure, NULL, __func__);
	NTSTATUS status = report_prepare(pdo, structure, &node, &report);
	if (NT_SUCCESS(status))
		status = report_send(node, &report, &end);
	if (NT_SUCCESS(status))
		pnpn_node_wait_handled(node, &end);
	return status;
}
