/* SPDX-License-Identifier: MIT */
#include "kmdf/deferred.h"

static void work_item_delete(struct pnpn_wdf_object *object)
{
	pnpn_wdf_deferred_wait((struct pnpn_wdf_deferred *)object);
}

NTSTATUS WdfWorkItemCreate(PWDF_WORKITEM_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes,
			   WDFWORKITEM *ret)
{
	struct pnpn_wdf_deferred *item;

	if (config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!config->EvtWorkItemFunc)
		return STATUS_INVALID_PARAMETER;
	NTSTATUS status = pnpn_wdf_deferred_new(sizeof(*item), PNPN_WDF_WORK_ITEM, attributes,
						config->AutomaticSerialization, true, &item);
	if (!NT_SUCCESS(status))
		return status;
	item->call = (void (*)(WDFOBJECT))config->EvtWorkItemFunc;
	item->object.on_delete = work_item_delete;
	*ret = (WDFWORKITEM)item;
	return STATUS_SUCCESS;
}

VOID WdfWorkItemEnqueue(WDFWORKITEM handle)
{
	pnpn_wdf_deferred_queue(PNPN_WDF_CAST(pnpn_wdf_deferred, handle, PNPN_WDF_WORK_ITEM));
}

VOID WdfWorkItemFlush(WDFWORKITEM handle)
{
	pnpn_wdf_deferred_wait(PNPN_WDF_CAST(pnpn_wdf_deferred, handle, PNPN_WDF_WORK_ITEM));
}

WDFOBJECT WdfWorkItemGetParentObject(WDFWORKITEM handle)
{
	return pnpn_wdf_object_of(handle, PNPN_WDF_WORK_ITEM)->parent;
}
