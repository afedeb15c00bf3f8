/* SPDX-License-Identifier: MIT */
#include "kmdf/deferred.h"

struct timer {
	struct pnpn_wdf_deferred deferred;
	KTIMER timer;
	KDPC dpc;
	LONG period;
	bool passive;
};

static VOID timer_main(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	struct timer *timer = context;

	if (timer->passive)
		pnpn_wdf_deferred_queue(&timer->deferred);
	else
		pnpn_wdf_deferred_call(&timer->deferred);
}

static BOOLEAN timer_stop(struct timer *timer, bool wait)
{
	BOOLEAN queued = KeCancelTimer(&timer->timer);

	if (wait) {
		KeFlushQueuedDpcs();
		pnpn_wdf_deferred_wait(&timer->deferred);
	}
	return queued;
}

static void wdf_timer_delete(struct pnpn_wdf_object *object)
{
	timer_stop((struct timer *)object, true);
}

NTSTATUS WdfTimerCreate(PWDF_TIMER_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes, WDFTIMER *ret)
{
	struct timer *timer;

	if (config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!config->EvtTimerFunc)
		return STATUS_INVALID_PARAMETER;
	bool passive = attributes && attributes->ExecutionLevel == WdfExecutionLevelPassive;
	/* As documented: a timer with a period has its routine called at DISPATCH_LEVEL. */
	if (passive && config->Period)
		return STATUS_NOT_SUPPORTED;
	NTSTATUS status = pnpn_wdf_deferred_new(sizeof(*timer), PNPN_WDF_TIMER, attributes,
						config->AutomaticSerialization, passive, &timer);
	if (!NT_SUCCESS(status))
		return status;
	timer->passive = passive;
	timer->period = (LONG)config->Period;
	timer->deferred.call = (void (*)(WDFOBJECT))config->EvtTimerFunc;
	timer->deferred.object.on_delete = wdf_timer_delete;
	KeInitializeTimer(&timer->timer);
	KeInitializeDpc(&timer->dpc, timer_main, timer);
	*ret = (WDFTIMER)timer;
	return STATUS_SUCCESS;
}

BOOLEAN WdfTimerStart(WDFTIMER handle, LONGLONG due)
{
	struct timer *timer = PNPN_WDF_CAST(timer, handle, PNPN_WDF_TIMER);

	return KeSetTimerEx(&timer->timer, (LARGE_INTEGER){.QuadPart = due}, timer->period,
			    &timer->dpc);
}

BOOLEAN WdfTimerStop(WDFTIMER handle, BOOLEAN wait)
{
	return timer_stop(PNPN_WDF_CAST(timer, handle, PNPN_WDF_TIMER), wait);
}

WDFOBJECT WdfTimerGetParentObject(WDFTIMER handle)
{
	return pnpn_wdf_object_of(handle, PNPN_WDF_TIMER)->parent;
}
