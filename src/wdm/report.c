/* SPDX-License-Identifier: MIT */
#include <errno.h>
/* IoReportTargetDeviceChange and its asynchronous form (section R). */
#include "core/notification.h"
#include "wdm/completion.h"
#include "wdm/notifier.h"
#include "wdm/status.h"

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
	default:
		return STATUS_INVALID_DEVICE_REQUEST; /* R6 */
	}
}

static NTSTATUS report_send(struct pnpn_node *node, const struct report *report,
			    struct pnpn_node_position *ret_position)
{
	pthread_rwlock_rdlock(&node->lock);
	uint64_t position = 0;
	NTSTATUS status = report_append(node, report, &position);
	if (NT_SUCCESS(status))
		*ret_position = (struct pnpn_node_position){position, node->generation};
	pthread_rwlock_unlock(&node->lock);
	return status;
}

static NTSTATUS report_send_with_callback(struct pnpn_node *node, const struct report *report,
					  PDEVICE_CHANGE_COMPLETE_CALLBACK callback, PVOID context)
{
	struct pnpn_completion *completion = pnpn_completion_new(callback, context);
	struct pnpn_node_position position;

	if (!completion)
		return STATUS_INSUFFICIENT_RESOURCES;
	pthread_mutex_lock(&node->order);
	NTSTATUS status = report_send(node, report, &position);
	if (NT_SUCCESS(status))
		pnpn_completion_queue(node, completion, &position);
	pthread_mutex_unlock(&node->order);
	if (NT_SUCCESS(status))
		pnpn_completions_wake();
	else
		ExFreePool(completion);
	return status;
}

static NTSTATUS report_prepare(PDEVICE_OBJECT pdo, const void *structure,
			       struct pnpn_node **ret_node, struct report *ret_report)
{
	struct pnpn_node *node = pnpn_node_from_pdo(pdo);
	struct report report;

	if (!node)
		return STATUS_INVALID_DEVICE_REQUEST; /* R6 */
	NTSTATUS status = report_read(structure, &report);
	if (!NT_SUCCESS(status))
		return status;
	*ret_node = node;
	*ret_report = report;
	return STATUS_SUCCESS;
}

NTSTATUS IoReportTargetDeviceChangeAsynchronous(PDEVICE_OBJECT pdo, PVOID structure,
						PDEVICE_CHANGE_COMPLETE_CALLBACK callback,
						PVOID context)
{
	struct pnpn_node_position position;
	struct pnpn_node *node;
	struct report report;

	if (KeGetCurrentIrql() > DISPATCH_LEVEL)
		return STATUS_INVALID_LEVEL;
	NTSTATUS status = report_prepare(pdo, structure, &node, &report);
	if (!NT_SUCCESS(status))
		return status;
	if (callback)
		return report_send_with_callback(node, &report, callback, context);
	return report_send(node, &report, &position);
}

NTSTATUS IoReportTargetDeviceChange(PDEVICE_OBJECT pdo, PVOID structure)
{
	struct pnpn_node_position position;
	struct pnpn_node *node;
	struct report report;

	if (KeGetCurrentIrql() > PASSIVE_LEVEL)
		return STATUS_INVALID_LEVEL;
	if (pnpn_notifier_is_current_thread())
		return STATUS_POSSIBLE_DEADLOCK; /* K7 */
	NTSTATUS status = report_prepare(pdo, structure, &node, &report);
	if (NT_SUCCESS(status))
		status = report_send(node, &report, &position);
	if (NT_SUCCESS(status))
		pnpn_node_wait_handled(node, &position);
	return status;
}
