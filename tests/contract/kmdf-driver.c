/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "kmdf-driver.h"

static char told[256]; /* under told_lock */
static size_t n_told; /* the same */
static KSPIN_LOCK told_lock;
atomic_int kmdf_kept, kmdf_cancelled, kmdf_opened, kmdf_cleaned, kmdf_closed, kmdf_parked;
NTSTATUS kmdf_query_remove, kmdf_d0_entry;
WDFDEVICE kmdf_device;
WDFDRIVER kmdf_driver;
const GUID kmdf_event = {0x77aa01e0, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};
const GUID kmdf_interface = {0x77aa01e1, 0x1111, 0x4222, {1, 2, 3, 4, 5, 6, 7, 8}};

struct device_context {
	WDFQUEUE manual;
	WDFREQUEST kept, late;
	WDFTIMER timer;
	WDFDPC dpc;
	WDFWORKITEM item;
};
typedef struct device_context device_context;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(device_context, device_get_context)

static void tell(char letter)
{
	KIRQL irql;

	KeAcquireSpinLock(&told_lock, &irql);
	if (n_told < sizeof(told) - 1)
		told[n_told++] = letter;
	KeReleaseSpinLock(&told_lock, irql);
}

void kmdf_get_told(char *ret_told, size_t size)
{
	KIRQL irql;

	KeAcquireSpinLock(&told_lock, &irql);
	strncpy(ret_told, told, size);
	KeReleaseSpinLock(&told_lock, irql);
}

/* --- the device's life ---------------------------------------------------------------------------- */

static NTSTATUS on_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
	tell(WdfCmResourceListGetCount(raw) || WdfCmResourceListGetDescriptor(translated, 0) ? '!'
											     : 'p');
	return STATUS_SUCCESS;
}

static NTSTATUS on_release(WDFDEVICE device, WDFCMRESLIST translated)
{
	tell('r');
	return STATUS_SUCCESS;
}

static NTSTATUS on_d0_entry(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
	tell(previous == WdfPowerDeviceD3Final ? 'd' : '!');
	return kmdf_d0_entry;
}

static NTSTATUS on_d0_exit(WDFDEVICE device, WDF_POWER_DEVICE_STATE target)
{
	tell(target == WdfPowerDeviceD3Final ? 'x' : '!');
	return STATUS_SUCCESS;
}

static NTSTATUS on_io_init(WDFDEVICE device)
{
	tell('i');
	return STATUS_SUCCESS;
}

static NTSTATUS on_io_suspend(WDFDEVICE device)
{
	tell('s');
	return STATUS_SUCCESS;
}

static VOID on_io_flush(WDFDEVICE device)
{
	tell('f');
}

static VOID on_io_cleanup(WDFDEVICE device)
{
	tell('c');
}

static NTSTATUS on_query_remove(WDFDEVICE device)
{
	tell('q');
	return kmdf_query_remove;
}

static VOID on_surprise(WDFDEVICE device)
{
	tell('u');
}

static VOID on_device_cleanup(WDFOBJECT device)
{
	tell(WdfDeviceWdmGetDeviceObject(device) ? 'C' : '!');
}

static VOID on_device_destroy(WDFOBJECT device)
{
	tell('D');
}

static VOID on_file_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
	UNICODE_STRING refused;

	RtlInitUnicodeString(&refused, L"\\refused");
	if (RtlEqualUnicodeString(WdfFileObjectGetFileName(file), &refused, TRUE)) {
		WdfRequestComplete(request, STATUS_DEVICE_BUSY);
		return;
	}
	kmdf_opened++;
	WdfRequestComplete(request, WdfRequestGetFileObject(request) == file ? STATUS_SUCCESS
									     : STATUS_UNSUCCESSFUL);
}

static VOID on_file_cleanup(WDFFILEOBJECT file)
{
	kmdf_cleaned++;
}

static VOID on_file_close(WDFFILEOBJECT file)
{
	kmdf_closed++;
}

/* --- requests -------------------------------------------------------------------------------------- */

static void echo(WDFREQUEST request)
{
	PVOID in, out;
	size_t in_size, out_size;
	NTSTATUS status = WdfRequestRetrieveInputBuffer(request, 1, &in, &in_size);

	if (NT_SUCCESS(status))
		status = WdfRequestRetrieveOutputBuffer(request, in_size, &out, &out_size);
	if (NT_SUCCESS(status))
		memmove(out, in, in_size);
	WdfRequestCompleteWithInformation(request, status, NT_SUCCESS(status) ? in_size : 0);
}

static void fill(WDFREQUEST request)
{
	WDFMEMORY memory;
	size_t size = 0;
	NTSTATUS status = WdfRequestRetrieveOutputMemory(request, &memory);

	if (NT_SUCCESS(status)) {
		PUCHAR bytes = WdfMemoryGetBuffer(memory, &size);
		memset(bytes, 0x5a, size);
	}
	WdfRequestCompleteWithInformation(request, status, size);
}

static void turn_round(WDFREQUEST request)
{
	PVOID in, out;
	size_t in_size, out_size;
	NTSTATUS status = WdfRequestRetrieveInputBuffer(request, 1, &in, &in_size);

	/* Of that method there is only the unsafe way. */
	if (status == STATUS_INVALID_DEVICE_REQUEST)
		status = WdfRequestRetrieveUnsafeUserInputBuffer(request, 1, &in, &in_size);
	if (NT_SUCCESS(status))
		status = WdfRequestRetrieveUnsafeUserOutputBuffer(request, in_size, &out,
								  &out_size);
	for (size_t i = 0; NT_SUCCESS(status) && i < in_size; i++)
		((PUCHAR)out)[i] = ((PUCHAR)in)[in_size - 1 - i];
	WdfRequestCompleteWithInformation(request, status, NT_SUCCESS(status) ? in_size : 0);
}

static void report(WDFDEVICE device, WDFREQUEST request)
{
	union {
		TARGET_DEVICE_CUSTOM_NOTIFICATION custom;
		UCHAR bytes[256];
	} notification = {.custom = {.Version = 1, .Event = kmdf_event, .NameBufferOffset = -1}};
	PVOID data;
	size_t size;
	NTSTATUS status = WdfRequestRetrieveInputBuffer(request, 1, &data, &size);
	size_t offset = FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer);

	if (NT_SUCCESS(status) && size > sizeof(notification) - offset)
		status = STATUS_BUFFER_OVERFLOW;
	if (NT_SUCCESS(status)) {
		memcpy(notification.bytes + offset, data, size);
		notification.custom.Size = (USHORT)(offset + size);
		status = IoReportTargetDeviceChangeAsynchronous(
			WdfDeviceWdmGetPhysicalDevice(device), &notification, NULL, NULL);
	}
	WdfRequestComplete(request, status);
}

static VOID on_cancel(WDFREQUEST request)
{
	struct device_context *context =
		device_get_context(WdfIoQueueGetDevice(WdfRequestGetIoQueue(request)));

	context->kept = NULL;
	kmdf_cancelled++;
	WdfRequestComplete(request, STATUS_CANCELLED);
}

static void keep(struct device_context *context, WDFREQUEST request)
{
	context->kept = request;
	kmdf_kept++;
	if (WdfRequestMarkCancelableEx(request, on_cancel) == STATUS_CANCELLED) {
		context->kept = NULL;
		kmdf_cancelled++;
		WdfRequestComplete(request, STATUS_CANCELLED);
	}
}

static void release(struct device_context *context, WDFREQUEST request)
{
	WDFREQUEST kept = context->kept;

	if (kept && WdfRequestUnmarkCancelable(kept) != STATUS_CANCELLED) {
		context->kept = NULL;
		WdfRequestComplete(kept, STATUS_SUCCESS);
	}
	WdfRequestComplete(request, kept ? STATUS_SUCCESS : STATUS_NOT_FOUND);
}

static void park(struct device_context *context, WDFREQUEST request)
{
	NTSTATUS status = WdfRequestForwardToIoQueue(request, context->manual);

	if (NT_SUCCESS(status))
		kmdf_parked++;
	else
		WdfRequestComplete(request, status);
}

static void unpark(struct device_context *context, WDFREQUEST request)
{
	WDFREQUEST parked;
	NTSTATUS status = WdfIoQueueRetrieveNextRequest(context->manual, &parked);

	if (NT_SUCCESS(status))
		WdfRequestComplete(parked, STATUS_SUCCESS);
	WdfRequestComplete(request, status == STATUS_NO_MORE_ENTRIES ? STATUS_NOT_FOUND : status);
}

/* A timer, then a DPC, then a work item. */
static VOID on_timer(WDFTIMER timer)
{
	WdfDpcEnqueue(device_get_context(WdfTimerGetParentObject(timer))->dpc);
}

static VOID on_dpc(WDFDPC dpc)
{
	if (KeGetCurrentIrql() == DISPATCH_LEVEL)
		WdfWorkItemEnqueue(device_get_context(WdfDpcGetParentObject(dpc))->item);
}

static VOID on_item(WDFWORKITEM item)
{
	WDFREQUEST request = device_get_context(WdfWorkItemGetParentObject(item))->late;
	WDFMEMORY memory;
	NTSTATUS status = KeGetCurrentIrql() == PASSIVE_LEVEL
				  ? WdfRequestRetrieveOutputMemory(request, &memory)
				  : STATUS_UNSUCCESSFUL;

	if (NT_SUCCESS(status))
		status = WdfMemoryCopyFromBuffer(memory, 0, "later", sizeof("later"));
	WdfRequestCompleteWithInformation(request, status,
					  NT_SUCCESS(status) ? sizeof("later") : 0);
}

static VOID on_ioctl(WDFQUEUE queue, WDFREQUEST request, size_t out_size, size_t in_size,
		     ULONG code)
{
	WDFDEVICE device = WdfIoQueueGetDevice(queue);
	struct device_context *context = device_get_context(device);

	switch (code) {
	case KMDF_ECHO:
		return echo(request);
	case KMDF_FILL:
		return fill(request);
	case KMDF_NEITHER:
		return turn_round(request);
	case KMDF_REPORT:
		return report(device, request);
	case KMDF_KEEP:
		return keep(context, request);
	case KMDF_RELEASE:
		return release(context, request);
	case KMDF_PARK:
		return park(context, request);
	case KMDF_UNPARK:
		return unpark(context, request);
	case KMDF_LATER:
		context->late = request;
		WdfTimerStart(context->timer, WDF_REL_TIMEOUT_IN_MS(1));
		return;
	default:
		WdfRequestComplete(request, STATUS_INVALID_DEVICE_REQUEST);
	}
}

/* A sequential queue of its own: each says how many came before it. */
static VOID on_read(WDFQUEUE queue, WDFREQUEST request, size_t size)
{
	PVOID buffer;
	ULONG queued, owned;
	NTSTATUS status = WdfRequestRetrieveOutputBuffer(request, 1, &buffer, &size);

	WdfIoQueueGetState(queue, &queued, &owned);
	if (NT_SUCCESS(status))
		memset(buffer, owned == 1 ? 'r' : '!', size);
	WdfRequestCompleteWithInformation(request, status, size);
}

/* --- beginning --------------------------------------------------------------------------------------- */

static NTSTATUS make_queues(WDFDEVICE device)
{
	WDF_IO_QUEUE_CONFIG config;
	WDFQUEUE reads;

	WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
	config.EvtIoDeviceControl = on_ioctl;
	NTSTATUS status = WdfIoQueueCreate(device, &config, NULL, NULL);
	WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
	config.EvtIoRead = on_read;
	if (NT_SUCCESS(status))
		status = WdfIoQueueCreate(device, &config, NULL, &reads);
	if (NT_SUCCESS(status))
		status = WdfDeviceConfigureRequestDispatching(device, reads, WdfRequestTypeRead);
	WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
	if (NT_SUCCESS(status))
		status = WdfIoQueueCreate(device, &config, NULL,
					  &device_get_context(device)->manual);
	return status;
}

static NTSTATUS make_deferred(WDFDEVICE device)
{
	struct device_context *context = device_get_context(device);
	WDF_OBJECT_ATTRIBUTES attributes;
	WDF_TIMER_CONFIG timer;
	WDF_DPC_CONFIG dpc;
	WDF_WORKITEM_CONFIG item;

	WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
	attributes.ParentObject = device;
	WDF_TIMER_CONFIG_INIT(&timer, on_timer);
	WDF_DPC_CONFIG_INIT(&dpc, on_dpc);
	WDF_WORKITEM_CONFIG_INIT(&item, on_item);
	NTSTATUS status = WdfTimerCreate(&timer, &attributes, &context->timer);
	if (NT_SUCCESS(status))
		status = WdfDpcCreate(&dpc, &attributes, &context->dpc);
	return NT_SUCCESS(status) ? WdfWorkItemCreate(&item, &attributes, &context->item) : status;
}

static NTSTATUS make_names(WDFDEVICE device)
{
	UNICODE_STRING link;
	NTSTATUS status = WdfDeviceCreateDeviceInterface(device, &kmdf_interface, NULL);

	RtlInitUnicodeString(&link, L"\\DosDevices\\Kmdf");
	return NT_SUCCESS(status) ? WdfDeviceCreateSymbolicLink(device, &link) : status;
}

static void set_callbacks(PWDFDEVICE_INIT init)
{
	WDF_PNPPOWER_EVENT_CALLBACKS callbacks;
	WDF_FILEOBJECT_CONFIG files;

	WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&callbacks);
	callbacks.EvtDevicePrepareHardware = on_prepare;
	callbacks.EvtDeviceReleaseHardware = on_release;
	callbacks.EvtDeviceD0Entry = on_d0_entry;
	callbacks.EvtDeviceD0Exit = on_d0_exit;
	callbacks.EvtDeviceSelfManagedIoInit = on_io_init;
	callbacks.EvtDeviceSelfManagedIoSuspend = on_io_suspend;
	callbacks.EvtDeviceSelfManagedIoFlush = on_io_flush;
	callbacks.EvtDeviceSelfManagedIoCleanup = on_io_cleanup;
	callbacks.EvtDeviceQueryRemove = on_query_remove;
	callbacks.EvtDeviceSurpriseRemoval = on_surprise;
	WdfDeviceInitSetPnpPowerEventCallbacks(init, &callbacks);
	WDF_FILEOBJECT_CONFIG_INIT(&files, on_file_create, on_file_close, on_file_cleanup);
	WdfDeviceInitSetFileObjectConfig(init, &files, WDF_NO_OBJECT_ATTRIBUTES);
	WdfDeviceInitSetIoType(init, WdfDeviceIoDirect);
}

static NTSTATUS on_device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
	WDF_OBJECT_ATTRIBUTES attributes;
	WDFDEVICE device;

	set_callbacks(init);
	WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, device_context);
	attributes.EvtCleanupCallback = on_device_cleanup;
	attributes.EvtDestroyCallback = on_device_destroy;
	NTSTATUS status = WdfDeviceCreate(&init, &attributes, &device);
	if (!NT_SUCCESS(status))
		return status;
	kmdf_device = device;
	status = make_queues(device);
	if (NT_SUCCESS(status))
		status = make_deferred(device);
	return NT_SUCCESS(status) ? make_names(device) : status;
}

static VOID on_unload(WDFDRIVER driver)
{
	tell('U');
}

NTSTATUS kmdf_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	WDF_DRIVER_CONFIG config;

	memset(told, 0, sizeof(told));
	n_told = 0;
	kmdf_kept = kmdf_cancelled = kmdf_opened = kmdf_cleaned = kmdf_closed = kmdf_parked = 0;
	WDF_DRIVER_CONFIG_INIT(&config, on_device_add);
	config.EvtDriverUnload = on_unload;
	return WdfDriverCreate(driver, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config,
			       &kmdf_driver);
}
