/* SPDX-License-Identifier: MIT */
/* Handles and what all of the framework's functions share. */
#ifndef PNPN_WDFTYPES_H
#define PNPN_WDFTYPES_H

#ifdef __cplusplus
#define WDF_EXTERN_C_START extern "C" {
#define WDF_EXTERN_C_END   }
#else
#define WDF_EXTERN_C_START
#define WDF_EXTERN_C_END
#endif
#define WDFAPI
#define WDFEXPORT(name) name
#define WDF_INLINE	static __inline

typedef HANDLE WDFOBJECT, *PWDFOBJECT;
typedef PVOID WDFCONTEXT;
DECLARE_HANDLE(WDFDRIVER);
DECLARE_HANDLE(WDFDEVICE);
DECLARE_HANDLE(WDFQUEUE);
DECLARE_HANDLE(WDFREQUEST);
DECLARE_HANDLE(WDFFILEOBJECT);
DECLARE_HANDLE(WDFMEMORY);
DECLARE_HANDLE(WDFLOOKASIDE);
DECLARE_HANDLE(WDFIOTARGET);
DECLARE_HANDLE(WDFTIMER);
DECLARE_HANDLE(WDFDPC);
DECLARE_HANDLE(WDFWORKITEM);
DECLARE_HANDLE(WDFSPINLOCK);
DECLARE_HANDLE(WDFWAITLOCK);
DECLARE_HANDLE(WDFCOLLECTION);
DECLARE_HANDLE(WDFSTRING);
DECLARE_HANDLE(WDFKEY);
DECLARE_HANDLE(WDFCMRESLIST);
DECLARE_HANDLE(WDFWMIPROVIDER);
DECLARE_HANDLE(WDFWMIINSTANCE);
typedef struct WDFDEVICE_INIT *PWDFDEVICE_INIT;

#define WDF_NO_OBJECT_ATTRIBUTES NULL
#define WDF_NO_EVENT_CALLBACK	 NULL
#define WDF_NO_HANDLE		 NULL
#define WDF_NO_CONTEXT		 NULL
#define WDF_NO_SEND_OPTIONS	 NULL

typedef enum _WDF_TRI_STATE {
	WdfFalse = FALSE,
	WdfTrue = TRUE,
	WdfUseDefault = 2,
} WDF_TRI_STATE,
	*PWDF_TRI_STATE;

typedef enum _WDF_REQUEST_TYPE {
	WdfRequestTypeCreate = 0x0,
	WdfRequestTypeCreateNamedPipe = 0x1,
	WdfRequestTypeClose = 0x2,
	WdfRequestTypeRead = 0x3,
	WdfRequestTypeWrite = 0x4,
	WdfRequestTypeQueryInformation = 0x5,
	WdfRequestTypeSetInformation = 0x6,
	WdfRequestTypeFlushBuffers = 0x9,
	WdfRequestTypeDeviceControl = 0xe,
	WdfRequestTypeDeviceControlInternal = 0xf,
	WdfRequestTypeShutdown = 0x10,
	WdfRequestTypeCleanup = 0x12,
	WdfRequestTypePower = 0x16,
	WdfRequestTypeSystemControl = 0x17,
	WdfRequestTypePnp = 0x1b,
	WdfRequestTypeUsb = 0x40,
	WdfRequestTypeNoFormat = 0xff,
	WdfRequestTypeMax,
} WDF_REQUEST_TYPE;

/* Times: negative from now, positive since 1601, in units of 100 ns. */
#define WDF_TIMEOUT_TO_SEC			((LONGLONG)10000000)
#define WDF_TIMEOUT_TO_MS			((LONGLONG)10000)
#define WDF_TIMEOUT_TO_US			((LONGLONG)10)
#define WDF_REL_TIMEOUT_IN_SEC(time)		((LONGLONG)(time) * -WDF_TIMEOUT_TO_SEC)
#define WDF_REL_TIMEOUT_IN_MS(time)		((LONGLONG)(time) * -WDF_TIMEOUT_TO_MS)
#define WDF_REL_TIMEOUT_IN_US(time)		((LONGLONG)(time) * -WDF_TIMEOUT_TO_US)
#define WDF_ABS_TIMEOUT_IN_SEC(time)		((LONGLONG)(time) * WDF_TIMEOUT_TO_SEC)
#define WDF_ABS_TIMEOUT_IN_MS(time)		((LONGLONG)(time) * WDF_TIMEOUT_TO_MS)
#define WDF_ABS_TIMEOUT_IN_US(time)		((LONGLONG)(time) * WDF_TIMEOUT_TO_US)

#define STATUS_WDF_INTERNAL_ERROR		((NTSTATUS)0xC0200201L)
#define STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL ((NTSTATUS)0xC0200202L)
#define STATUS_WDF_PAUSED			((NTSTATUS)0xC0200203L)
#define STATUS_WDF_BUSY				((NTSTATUS)0xC0200204L)
#define STATUS_WDF_PARENT_NOT_SPECIFIED		((NTSTATUS)0xC0200205L)
#define STATUS_WDF_PARENT_IS_SELF		((NTSTATUS)0xC0200206L)

/* What every *_INIT function begins with: all is zero, and Size says of which version the structure is. */
#define WDF_STRUCT_INIT(structure)                         \
	(RtlZeroMemory((structure), sizeof(*(structure))), \
	 (void)((structure)->Size = sizeof(*(structure))))

/* Stops a machine whose verifier is on; a process has no debugger to wait for. */
#define WdfVerifierDbgBreakPoint() ((void)0)

#endif
