/* SPDX-License-Identifier: MIT */
/* Whose process a driver works for. */
#include <unistd.h>
#include <ntddk.h>
#include "wdm/application.h"

HANDLE PsGetCurrentProcessId(void)
{
	ULONG process = pnpn_application_get_process();

	return (HANDLE)(uintptr_t)(process ? process : (ULONG)getpid());
}
