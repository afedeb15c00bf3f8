/* SPDX-License-Identifier: MIT */
/* What a handle stands for: one of this process, or of the application for which a driver works just now. */
#include "wdm/application.h"
#include "wdm/irql.h"
#include "wdm/object.h"

NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
				   KPROCESSOR_MODE mode, PVOID *ret_object,
				   POBJECT_HANDLE_INFORMATION information)
{
	if (!pnpn_irql_is_at_most(PASSIVE_LEVEL, __func__))
		return STATUS_INVALID_LEVEL;
	if (mode == KernelMode || !pnpn_application_get_process())
		return pnpn_handle_reference(handle, type, ret_object);
	/* Of an application's handles there are events (E3). */
	if (type && type != *ExEventObjectType)
		return STATUS_OBJECT_TYPE_MISMATCH;
	return pnpn_application_find_event(handle, ret_object);
}
