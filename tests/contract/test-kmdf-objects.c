/* SPDX-License-Identifier: MIT */
/* The framework's objects, queues, control devices and targets, used by drivers in this process (E1, E2, D5). */
#include <poll.h>
#include <string.h>
#include "wdm-fixture.h"
#include "kmdf-driver.h"
#include "wdm/host.h"
#include "../support/waiting.h"

struct number_context {
	ULONG number;
};
typedef struct number_context number_context;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(number_context, number_get_context)

static char told[64];
static WDFDRIVER control_driver;
static WDFDEVICE control_device;
static WDFQUEUE control_queue;
static atomic_int control_kept, shut_down;

static void tell(char letter)
{
	told[strlen(told)] = letter;
}

/* --- a driver with a control device, which asks the other one --------------------------------------------------- */

static VOID on_control(WDFQUEUE queue, WDFREQUEST request, size_t out_size, size_t in_size,
		       ULONG code)
{
	if (code == KMDF_KEEP)
		control_kept++;
	else
		WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, 0);
}

static VOID on_shutdown(WDFDEVICE device)
{
	shut_down++;
}

static NTSTATUS make_control_device(PWDFDEVICE_INIT init)
{
	UNICODE_STRING name, link;
	WDF_IO_QUEUE_CONFIG config;

	RtlInitUnicodeString(&name, L"\\Device\\KmdfControl");
	RtlInitUnicodeString(&link, L"\\DosDevices\\KmdfControl");
	NTSTATUS status = WdfDeviceInitAssignName(init, &name);
	WdfControlDeviceInitSetShutdownNotification(init, on_shutdown, WdfDeviceShutdown);
	if (NT_SUCCESS(status))
		status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control_device);
	if (init) {
		WdfDeviceInitFree(init);
		return status;
	}
	status = WdfDeviceCreateSymbolicLink(control_device, &link);
	WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
	config.EvtIoDeviceControl = on_control;
	if (NT_SUCCESS(status))
		status = WdfIoQueueCreate(control_device, &config, WDF_NO_OBJECT_ATTRIBUTES,
					  &control_queue);
	WdfControlFinishInitializing(control_device);
	return status;
}

static NTSTATUS control_entry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
	WDF_DRIVER_CONFIG config;

	control_kept = shut_down = 0;
	WDF_DRIVER_CONFIG_INIT(&config, WDF_NO_EVENT_CALLBACK);
	config.DriverInitFlags = WdfDriverInitNonPnpDriver;
	NTSTATUS status = WdfDriverCreate(driver, registry_path, WDF_NO_OBJECT_ATTRIBUTES, &config,
					  &control_driver);
	if (!NT_SUCCESS(status))
		return status;
	PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(control_driver, NULL);
	return init ? make_control_device(init) : STATUS_INSUFFICIENT_RESOURCES;
}

static int objects_setup(void **state)
{
	static const char *const devices[] = {KMDF_ID};
	struct pnpn_host_driver kmdf = {.path = "kmdf",
					.entry = (void (*)(void))kmdf_entry,
					.devices = devices,
					.n_devices = 1};
	struct pnpn_host_driver control = {.path = "control",
					   .entry = (void (*)(void))control_entry};

	kmdf_query_remove = kmdf_d0_entry = STATUS_SUCCESS;
	memset(told, 0, sizeof(told));
	if (wdm_setup(state) || pnpn_host_add_driver(&kmdf))
		return -1;
	return pnpn_host_add_driver(&control);
}

static void await(const atomic_int *counter, int count)
{
	for (int i = 0; i < PATIENCE_MS && *counter < count; i++)
		(void)poll(NULL, 0, 1);
	assert_int_equal(*counter, count);
}

/* --- objects ------------------------------------------------------------------------------------------------------ */

static VOID on_cleanup(WDFOBJECT object)
{
	tell((char)('a' + number_get_context(object)->number));
}

static VOID on_destroy(WDFOBJECT object)
{
	tell((char)('A' + number_get_context(object)->number));
}

static WDFOBJECT make_object(WDFOBJECT parent, ULONG number)
{
	WDF_OBJECT_ATTRIBUTES attributes;
	WDFOBJECT object;

	WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, number_context);
	attributes.ParentObject = parent;
	attributes.EvtCleanupCallback = on_cleanup;
	attributes.EvtDestroyCallback = on_destroy;
	assert_int_equal(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
	number_get_context(object)->number = number;
	return object;
}

static void test_children_are_cleaned_up_before_their_parents_and_last_what_is_referenced(
	void **state)
{
	WDFOBJECT parent = make_object(control_device, 0), first = make_object(parent, 1);
	WDF_OBJECT_ATTRIBUTES attributes;
	PVOID context;

	make_object(parent, 2);
	make_object(first, 3);
	assert_ptr_equal(WdfObjectContextGetObject(number_get_context(first)), first);
	WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, number_context);
	/* A type's context is there once. */
	assert_int_equal(WdfObjectAllocateContext(first, &attributes, &context),
			 STATUS_OBJECT_NAME_EXISTS);
	assert_ptr_equal(context, number_get_context(first));
	WdfObjectReference(first);
	WdfObjectDelete(parent);
	assert_string_equal(told, "cCdDba");
	WdfObjectDereference(first);
	assert_string_equal(told, "cCdDbaBA");
	attributes.Size--;
	assert_int_equal(WdfObjectCreate(&attributes, &parent), STATUS_INFO_LENGTH_MISMATCH);
}

static void test_each_driver_of_a_host_is_itself(void **state)
{
	WDF_DRIVER_VERSION_AVAILABLE_PARAMS version;
	WDFSTRING string;
	UNICODE_STRING text;

	assert_ptr_equal(WdfDeviceGetDriver(kmdf_device), kmdf_driver);
	assert_ptr_equal(WdfDeviceGetDriver(control_device), control_driver);
	assert_ptr_not_equal(kmdf_driver, control_driver);
	assert_ptr_equal(WdfWdmDriverGetWdfDriverHandle(WdfDriverWdmGetDriverObject(kmdf_driver)),
			 kmdf_driver);
	assert_ptr_equal(WdfWdmDeviceGetWdfDeviceHandle(WdfDeviceWdmGetDeviceObject(kmdf_device)),
			 kmdf_device);
	WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 9);
	assert_true(WdfDriverIsVersionAvailable(kmdf_driver, &version));
	WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 2, 0);
	assert_false(WdfDriverIsVersionAvailable(kmdf_driver, &version));
	assert_int_equal(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string), STATUS_SUCCESS);
	assert_int_equal(WdfDriverRetrieveVersionString(kmdf_driver, string), STATUS_SUCCESS);
	WdfStringGetUnicodeString(string, &text);
	assert_true(text.Length > 0);
	WdfObjectDelete(string);
}

static void test_memory_is_copied_within_its_bounds(void **state)
{
	WDFMEMORY memory, borrowed, listed;
	WDFLOOKASIDE list;
	char bytes[8] = "1234567", out[8] = "";
	size_t size;
	PVOID buffer;

	assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 8, &memory, &buffer),
			 STATUS_SUCCESS);
	assert_ptr_equal(WdfMemoryGetBuffer(memory, &size), buffer);
	assert_int_equal(size, 8);
	assert_int_equal(WdfMemoryCopyFromBuffer(memory, 4, bytes, 5), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(WdfMemoryCopyFromBuffer(memory, 9, bytes, 0), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(WdfMemoryCopyFromBuffer(memory, 4, bytes, 4), STATUS_SUCCESS);
	assert_int_equal(WdfMemoryCopyToBuffer(memory, 4, out, 4), STATUS_SUCCESS);
	assert_memory_equal(out, "1234", 4);
	assert_int_equal(WdfMemoryAssignBuffer(memory, bytes, 8), STATUS_INVALID_PARAMETER);
	assert_int_equal(WdfMemoryCreatePreallocated(NULL, bytes, 8, &borrowed), STATUS_SUCCESS);
	assert_int_equal(WdfMemoryAssignBuffer(borrowed, out, 4), STATUS_SUCCESS);
	assert_ptr_equal(WdfMemoryGetBuffer(borrowed, NULL), out);
	assert_int_equal(WdfLookasideListCreate(NULL, 32, NonPagedPoolNx, NULL, 0, &list),
			 STATUS_SUCCESS);
	assert_int_equal(WdfMemoryCreateFromLookaside(list, &listed), STATUS_SUCCESS);
	memset(WdfMemoryGetBuffer(listed, NULL), 1, 32);
	/* The list waits for its memory. */
	WdfObjectDelete(list);
	WdfObjectDelete(listed);
	WdfObjectDelete(borrowed);
	WdfObjectDelete(memory);
	assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 0, &memory, NULL),
			 STATUS_INVALID_PARAMETER);
}

static void test_collections_hold_what_is_in_them(void **state)
{
	WDFCOLLECTION collection;
	WDFOBJECT objects[20];

	assert_int_equal(WdfCollectionCreate(NULL, &collection), STATUS_SUCCESS);
	assert_null(WdfCollectionGetLastItem(collection));
	for (ULONG i = 0; i < 20; i++) {
		objects[i] = make_object(NULL, i);
		assert_int_equal(WdfCollectionAdd(collection, objects[i]), STATUS_SUCCESS);
		WdfObjectDelete(objects[i]);
	}
	assert_string_equal(told, "abcdefghijklmnopqrst");
	assert_int_equal(WdfCollectionGetCount(collection), 20);
	assert_ptr_equal(WdfCollectionGetItem(collection, 7), objects[7]);
	WdfCollectionRemove(collection, objects[7]);
	WdfCollectionRemoveItem(collection, 0);
	WdfCollectionRemoveItem(collection, 100);
	assert_string_equal(told, "abcdefghijklmnopqrstHA");
	assert_ptr_equal(WdfCollectionGetFirstItem(collection), objects[1]);
	assert_ptr_equal(WdfCollectionGetLastItem(collection), objects[19]);
	assert_null(WdfCollectionGetItem(collection, 18));
	WdfObjectDelete(collection);
	assert_int_equal(strlen(told), 40);
}

static void test_locks_are_taken_and_timed(void **state)
{
	LONGLONG now = 0;
	WDFSPINLOCK spin;
	WDFWAITLOCK wait;

	assert_int_equal(WdfSpinLockCreate(NULL, &spin), STATUS_SUCCESS);
	WdfSpinLockAcquire(spin);
	assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
	WdfSpinLockRelease(spin);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	assert_int_equal(WdfWaitLockCreate(NULL, &wait), STATUS_SUCCESS);
	assert_int_equal(WdfWaitLockAcquire(wait, NULL), STATUS_SUCCESS);
	assert_int_equal(WdfWaitLockAcquire(wait, &now), STATUS_TIMEOUT);
	WdfWaitLockRelease(wait);
	assert_int_equal(WdfWaitLockAcquire(wait, &now), STATUS_SUCCESS);
	WdfWaitLockRelease(wait);
	/* A device's callbacks' lock may be taken again by who has it. */
	WdfObjectAcquireLock(control_device);
	WdfObjectAcquireLock(control_device);
	WdfObjectReleaseLock(control_device);
	WdfObjectReleaseLock(control_device);
	assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
	WdfObjectDelete(wait);
	WdfObjectDelete(spin);
}

static void test_there_is_no_registry_and_nobody_asks_for_management_data(void **state)
{
	static const GUID guid = {0x77aa01e2, 0, 0, {0}};
	WDF_WMI_PROVIDER_CONFIG provider;
	WDF_WMI_INSTANCE_CONFIG config;
	WDFWMIINSTANCE instance;
	WDFKEY key;

	assert_int_equal(WdfDriverOpenParametersRegistryKey(kmdf_driver, KEY_READ, NULL, &key),
			 STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(
		WdfDeviceOpenRegistryKey(kmdf_device, PLUGPLAY_REGKEY_DEVICE, KEY_READ, NULL, &key),
		STATUS_OBJECT_NAME_NOT_FOUND);
	WDF_WMI_PROVIDER_CONFIG_INIT(&provider, &guid);
	WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&config, &provider);
	assert_int_equal(WdfWmiInstanceCreate(kmdf_device, &config, NULL, &instance),
			 STATUS_SUCCESS);
	assert_ptr_equal(WdfWmiInstanceGetDevice(instance), kmdf_device);
	assert_ptr_equal(WdfWmiProviderGetDevice(WdfWmiInstanceGetProvider(instance)), kmdf_device);
	assert_int_equal(WdfWmiInstanceFireEvent(instance, 0, NULL), STATUS_UNSUCCESSFUL);
}

static void test_a_device_has_its_properties(void **state)
{
	WDFMEMORY memory;
	WCHAR text[64];
	ULONG size;

	assert_int_equal(WdfDeviceQueryProperty(kmdf_device, DevicePropertyEnumeratorName,
						sizeof(text), text, &size),
			 STATUS_SUCCESS);
	assert_memory_equal(text, L"ROOT", sizeof(L"ROOT"));
	assert_int_equal(WdfDeviceAllocAndQueryProperty(kmdf_device, DevicePropertyEnumeratorName,
							NonPagedPoolNx, NULL, &memory),
			 STATUS_SUCCESS);
	assert_memory_equal(WdfMemoryGetBuffer(memory, NULL), L"ROOT", sizeof(L"ROOT"));
	WdfObjectDelete(memory);
	assert_int_equal(WdfDeviceQueryProperty(control_device, DevicePropertyEnumeratorName,
						sizeof(text), text, &size),
			 STATUS_INVALID_DEVICE_REQUEST);
}

/* --- control devices and their queues ------------------------------------------------------------------------------- */

static void test_e1_a_control_device_is_opened_and_asked(void **state)
{
	struct wdm_fixture *f = *state;
	struct pnpn_handle *handle;

	assert_int_equal(pnpn_open(f->application, "\\\\.\\KmdfControl", &handle), 0);
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_ECHO, NULL, 0, NULL, 0, NULL), 0);
	pnpn_close(handle);
	pnpn_host_stop();
	assert_int_equal(shut_down, 1);
	assert_int_not_equal(pnpn_open(f->application, "\\\\.\\KmdfControl", &handle), 0);
}

static VOID on_state(WDFQUEUE queue, WDFCONTEXT context)
{
	(*(atomic_int *)context)++;
}

static void test_e2_a_queue_stops_drains_and_starts_again(void **state)
{
	struct wdm_fixture *f = *state;
	const struct pnpn_transfer ask = {.kind = PNPN_IO_CONTROL, .code = KMDF_ECHO};
	struct pnpn_handle *handle;
	struct pnpn_result result;
	atomic_int drained = 0;
	ULONG queued = 0, owned;

	assert_int_equal(pnpn_open(f->application, "\\\\.\\KmdfControl", &handle), 0);
	WdfIoQueueStopSynchronously(control_queue);
	assert_true(WDF_IO_QUEUE_STOPPED(WdfIoQueueGetState(control_queue, NULL, NULL)));
	assert_int_equal(pnpn_handle_submit(handle, &ask, sizeof(ask), NULL), 0);
	for (int i = 0; i < PATIENCE_MS && !queued; i++) {
		(void)poll(NULL, 0, 1);
		WdfIoQueueGetState(control_queue, &queued, &owned);
	}
	assert_int_equal(queued, 1);
	/* Nothing more is taken, and what waits is handed out once it may be. */
	WdfIoQueueDrain(control_queue, on_state, &drained);
	assert_int_not_equal(pnpn_handle_ioctl(handle, KMDF_ECHO, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(drained, 0);
	WdfIoQueueStart(control_queue);
	struct pollfd answer = {.fd = pnpn_handle_get_fd(handle), .events = POLLIN};
	while (pnpn_handle_take(handle, &result, sizeof(result)) == 0)
		assert_int_equal(poll(&answer, 1, PATIENCE_MS), 1);
	assert_int_equal(result.error, 0);
	await(&drained, 1);
	assert_int_equal(pnpn_handle_ioctl(handle, KMDF_ECHO, NULL, 0, NULL, 0, NULL), 0);
	WdfIoQueuePurgeSynchronously(control_queue);
	assert_int_not_equal(pnpn_handle_ioctl(handle, KMDF_ECHO, NULL, 0, NULL, 0, NULL), 0);
	pnpn_close(handle);
}

/* --- targets ------------------------------------------------------------------------------------------------------------ */

static WDFIOTARGET open_target(void)
{
	WDF_IO_TARGET_OPEN_PARAMS params;
	UNICODE_STRING name;
	WDFIOTARGET target;

	RtlInitUnicodeString(&name, L"\\DosDevices\\Kmdf");
	WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &name,
						    FILE_READ_DATA | FILE_WRITE_DATA);
	assert_int_equal(WdfIoTargetCreate(control_device, NULL, &target), STATUS_SUCCESS);
	assert_int_equal(WdfIoTargetGetState(target), WdfIoTargetClosed);
	assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_SUCCESS);
	assert_int_equal(WdfIoTargetGetState(target), WdfIoTargetStarted);
	return target;
}

static void test_e1_a_target_is_asked_and_waited_for(void **state)
{
	WDF_MEMORY_DESCRIPTOR in, out;
	WDFIOTARGET target = open_target();
	char word[8] = "target", answer[16] = "", read[4];
	ULONG_PTR size;

	WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, word, sizeof(word));
	WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, answer, sizeof(answer));
	assert_int_equal(
		WdfIoTargetSendIoctlSynchronously(target, NULL, KMDF_ECHO, &in, &out, NULL, &size),
		STATUS_SUCCESS);
	assert_int_equal(size, sizeof(word));
	assert_string_equal(answer, "target");
	assert_int_equal(
		WdfIoTargetSendIoctlSynchronously(target, NULL, KMDF_FILL, NULL, &out, NULL, &size),
		STATUS_SUCCESS);
	assert_int_equal(answer[15], 0x5a);
	WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, read, sizeof(read));
	assert_int_equal(WdfIoTargetSendReadSynchronously(target, NULL, &out, NULL, NULL, &size),
			 STATUS_SUCCESS);
	assert_int_equal(read[3], 'r');
	assert_int_equal(WdfIoTargetSendWriteSynchronously(target, NULL, &in, NULL, NULL, &size),
			 STATUS_INVALID_DEVICE_REQUEST);
	assert_ptr_equal(WdfIoTargetWdmGetTargetPhysicalDevice(target),
			 WdfDeviceWdmGetPhysicalDevice(kmdf_device));
	WdfIoTargetClose(target);
	assert_int_equal(
		WdfIoTargetSendIoctlSynchronously(target, NULL, KMDF_ECHO, &in, NULL, NULL, &size),
		STATUS_INVALID_DEVICE_STATE);
	WdfObjectDelete(target);
}

static void test_e2_a_request_that_takes_too_long_is_cancelled(void **state)
{
	WDF_REQUEST_SEND_OPTIONS options;
	WDFIOTARGET target = open_target();

	WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
	WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&options, WDF_REL_TIMEOUT_IN_MS(1));
	assert_int_equal(WdfIoTargetSendIoctlSynchronously(target, NULL, KMDF_KEEP, NULL, NULL,
							   &options, NULL),
			 STATUS_IO_TIMEOUT);
	assert_int_equal(kmdf_cancelled, 1);
	WdfObjectDelete(target);
}

struct answer {
	atomic_int came;
	IO_STATUS_BLOCK status;
};

static VOID on_answer(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS params,
		      WDFCONTEXT context)
{
	struct answer *answer = context;

	answer->status = params->IoStatus;
	answer->came++;
}

static void test_e2_a_request_is_answered_later_used_again_and_cancelled_with_its_target(
	void **state)
{
	WDFIOTARGET target = open_target();
	WDF_REQUEST_REUSE_PARAMS reuse;
	struct answer answer = {0};
	WDFREQUEST request;
	WDFMEMORY memory;
	PVOID buffer;

	assert_int_equal(WdfRequestCreate(NULL, target, &request), STATUS_SUCCESS);
	assert_false(
		WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS)); /* nothing was asked yet */
	assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, 8, &memory, &buffer),
			 STATUS_SUCCESS);
	assert_int_equal(WdfIoTargetFormatRequestForIoctl(target, request, KMDF_LATER, NULL, NULL,
							  memory, NULL),
			 STATUS_SUCCESS);
	WdfRequestSetCompletionRoutine(request, on_answer, &answer);
	assert_true(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
	await(&answer.came, 1);
	assert_int_equal(answer.status.Status, STATUS_SUCCESS);
	assert_string_equal(buffer, "later");
	WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
	assert_int_equal(WdfRequestReuse(request, &reuse), STATUS_SUCCESS);
	assert_int_equal(WdfIoTargetFormatRequestForIoctl(target, request, KMDF_KEEP, NULL, NULL,
							  NULL, NULL),
			 STATUS_SUCCESS);
	WdfRequestSetCompletionRoutine(request, on_answer, &answer);
	assert_true(WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
	await(&kmdf_kept, 1);
	WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
	await(&answer.came, 2);
	assert_int_equal(answer.status.Status, STATUS_CANCELLED);
	assert_int_equal(WdfIoTargetStart(target), STATUS_SUCCESS);
	WdfObjectDelete(request);
	WdfObjectDelete(memory);
	WdfObjectDelete(target);
}

static VOID on_target_gone(WDFIOTARGET target)
{
	tell('g');
	WdfIoTargetClose(target);
}

static void test_d5_a_target_is_closed_for_its_removal(void **state)
{
	struct wdm_fixture *f = *state;
	WDF_IO_TARGET_OPEN_PARAMS params;
	UNICODE_STRING name;
	WDFIOTARGET target;

	RtlInitUnicodeString(&name, L"\\DosDevices\\Kmdf");
	WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&params, &name, FILE_READ_DATA);
	params.EvtIoTargetRemoveComplete = on_target_gone;
	assert_int_equal(WdfIoTargetCreate(control_device, NULL, &target), STATUS_SUCCESS);
	assert_int_equal(WdfIoTargetOpen(target, &params), STATUS_SUCCESS);
	/* It refuses: the target, which was closed for the question, is open again. */
	kmdf_query_remove = STATUS_DEVICE_BUSY;
	assert_int_equal(pnpn_remove(f->application, KMDF_ID, 0, NULL, 0), 1);
	for (int i = 0; i < PATIENCE_MS && WdfIoTargetGetState(target) != WdfIoTargetStarted; i++)
		(void)poll(NULL, 0, 1);
	assert_int_equal(WdfIoTargetGetState(target), WdfIoTargetStarted);
	kmdf_query_remove = STATUS_SUCCESS;
	assert_int_equal(pnpn_remove(f->application, KMDF_ID, 0, NULL, 0), 0);
	for (int i = 0; i < PATIENCE_MS && !told[0]; i++)
		(void)poll(NULL, 0, 1);
	assert_string_equal(told, "g");
	assert_int_equal(WdfIoTargetGetState(target), WdfIoTargetClosed);
	WdfObjectDelete(target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define OBJECTS_TEST(test) cmocka_unit_test_setup_teardown(test, objects_setup, wdm_teardown)
		OBJECTS_TEST(
			test_children_are_cleaned_up_before_their_parents_and_last_what_is_referenced),
		OBJECTS_TEST(test_each_driver_of_a_host_is_itself),
		OBJECTS_TEST(test_memory_is_copied_within_its_bounds),
		OBJECTS_TEST(test_collections_hold_what_is_in_them),
		OBJECTS_TEST(test_locks_are_taken_and_timed),
		OBJECTS_TEST(test_there_is_no_registry_and_nobody_asks_for_management_data),
		OBJECTS_TEST(test_a_device_has_its_properties),
		OBJECTS_TEST(test_e1_a_control_device_is_opened_and_asked),
		OBJECTS_TEST(test_e2_a_queue_stops_drains_and_starts_again),
		OBJECTS_TEST(test_e1_a_target_is_asked_and_waited_for),
		OBJECTS_TEST(test_e2_a_request_that_takes_too_long_is_cancelled),
		OBJECTS_TEST(
			test_e2_a_request_is_answered_later_used_again_and_cancelled_with_its_target),
		OBJECTS_TEST(test_d5_a_target_is_closed_for_its_removal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
