/* SPDX-License-Identifier: MIT */
/* IoReportTargetDeviceChange and its asynchronous form (section R). */
#include "device.h"
#include "report.h"
#include "windows-object.h"
#include "core/notification.h"

/* R3, R4: what the structure says of itself. */
static int read_structure(const void *structure, TARGET_DEVICE_CUSTOM_NOTIFICATION *ret_fixed)
{
	struct pnpn_notification head;

	BUILD_BUG_ON(offsetof(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) !=
		     PNPN_NOTIFICATION_HEADER_BYTES);
	if (!structure)
		return -EINVAL;
	memcpy(ret_fixed, structure, sizeof(PLUGPLAY_NOTIFICATION_HEADER));
	/* What Size does not cover may not be there. */
	if (ret_fixed->Size < PNPN_NOTIFICATION_HEADER_BYTES)
		return -EINVAL;
	memcpy(ret_fixed, structure, PNPN_NOTIFICATION_HEADER_BYTES);
	head.version = ret_fixed->Version;
	head.size = ret_fixed->Size;
	head.has_file_object = ret_fixed->FileObject != NULL;
	head.name_offset = ret_fixed->NameBufferOffset;
	memcpy(&head.event, &ret_fixed->Event, sizeof(head.event));
	return pnpn_notification_check(&head);
}

NTSTATUS IoReportTargetDeviceChangeAsynchronous(PDEVICE_OBJECT pdo, PVOID structure,
						PDEVICE_CHANGE_COMPLETE_CALLBACK callback,
						PVOID context)
{
	struct pnpn_device *device = pnpn_pdo_device(pdo);
	struct pnpn_completion completion = {.done = callback, .context = context};
	TARGET_DEVICE_CUSTOM_NOTIFICATION fixed;
	int r = read_structure(structure, &fixed);

	if (r < 0)
		return pnpn_status(r);
	if (!device)
		return STATUS_INVALID_DEVICE_REQUEST;
	return pnpn_status(pnpn_report_append(device, (const struct pnpn_guid *)&fixed.Event,
					      structure + PNPN_NOTIFICATION_HEADER_BYTES,
					      fixed.Size - PNPN_NOTIFICATION_HEADER_BYTES,
					      fixed.NameBufferOffset, &completion));
}
EXPORT_SYMBOL_GPL(IoReportTargetDeviceChangeAsynchronous);

NTSTATUS IoReportTargetDeviceChange(PDEVICE_OBJECT pdo, PVOID structure)
{
	struct pnpn_device *device = pnpn_pdo_device(pdo);
	TARGET_DEVICE_CUSTOM_NOTIFICATION fixed;
	int r = read_structure(structure, &fixed);

	if (r < 0)
		return pnpn_status(r);
	if (!device)
		return STATUS_INVALID_DEVICE_REQUEST;
	return pnpn_status(pnpn_report_sync(device, (const struct pnpn_guid *)&fixed.Event,
					    structure + PNPN_NOTIFICATION_HEADER_BYTES,
					    fixed.Size - PNPN_NOTIFICATION_HEADER_BYTES,
					    fixed.NameBufferOffset));
}
EXPORT_SYMBOL_GPL(IoReportTargetDeviceChange);
