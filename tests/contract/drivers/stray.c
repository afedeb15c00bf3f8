/* SPDX-License-Identifier: MIT */
/* A driver that leaves a thread and a timer behind when it unloads. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD StrayUnload;
static KSTART_ROUTINE StrayThread;
static KDEFERRED_ROUTINE StrayDpc;

static KEVENT Never;
static KTIMER Timer;
static KDPC Dpc;

static VOID StrayThread(PVOID Context)
{
	UNREFERENCED_PARAMETER(Context);
	KeWaitForSingleObject(&Never, Executive, KernelMode, FALSE, NULL);
}

static VOID StrayDpc(PKDPC Which, PVOID Context, PVOID Argument1, PVOID Argument2)
{
	UNREFERENCED_PARAMETER(Which);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(Argument1);
	UNREFERENCED_PARAMETER(Argument2);
}

static VOID StrayUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	LARGE_INTEGER hour = {.QuadPart = -36000000000ll};
	HANDLE thread;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = StrayUnload;
	KeInitializeEvent(&Never, NotificationEvent, FALSE);
	KeInitializeTimer(&Timer);
	KeInitializeDpc(&Dpc, StrayDpc, NULL);
	KeSetTimerEx(&Timer, hour, 0, &Dpc);
	NTSTATUS status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
					       StrayThread, NULL);
	if (NT_SUCCESS(status))
		ZwClose(thread);
	return status;
}
