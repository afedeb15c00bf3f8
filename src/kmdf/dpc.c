/* SPDX-License-Identifier: MIT */
#include "kmdf/deferred.h"

struct dpc {
	struct pnpn_wdf_deferred deferred;
	KDPC dpc;
};

static VOID dpc_main(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	pnpn_wdf_deferred_call(context);
}

static void dpc_delete(struct pnpn_wdf_object *object)
{
	KeRemoveQueueDpc(&((struct dpc *)object)->dpc);
	KeFlushQueuedDpcs();
}

NTSTATUS WdfDpcCreate(PWDF_DPC_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes, WDFDPC *ret)
{
	struct dpc *dpc;

	if (config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!config->EvtDpcFunc)
		return STATUS_INVALID_PARAMETER;
	NTSTATUS status = pnpn_wdf_deferred_new(sizeof(*dpc), PNPN_WDF_DPC, attributes,
						config->AutomaticSerialization, false, &dpc);
	if (!NT_SUCCESS(status))
		return status;
	dpc->deferred.call = (void (*)(WDFOBJECT))config->EvtDpcFunc;
	dpc->deferred.object.on_delete = dpc_delete;
	KeInitializeDpc(&dpc->dpc, dpc_main, dpc);
	*ret = (WDFDPC)dpc;
	return STATUS_SUCCESS;
}

BOOLEAN WdfDpcEnqueue(WDFDPC handle)
{
	return KeInsertQueueDpc(&PNPN_WDF_CAST(dpc, handle, PNPN_WDF_DPC)->dpc, NULL, NULL);
}

BOOLEAN WdfDpcCancel(WDFDPC handle, BOOLEAN wait)
{
	BOOLEAN removed = KeRemoveQueueDpc(&PNPN_WDF_CAST(dpc, handle, PNPN_WDF_DPC)->dpc);

	if (wait)
		KeFlushQueuedDpcs();
	return removed;
}

WDFOBJECT WdfDpcGetParentObject(WDFDPC handle)
{
	return pnpn_wdf_object_of(handle, PNPN_WDF_DPC)->parent;
}
