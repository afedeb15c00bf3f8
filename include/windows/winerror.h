/* SPDX-License-Identifier: MIT */
/* Win32 error codes that this face gives or takes. */
#ifndef PNPN_WINERROR_H
#define PNPN_WINERROR_H

#define NO_ERROR                           0L
#define ERROR_SUCCESS                      0L
#define ERROR_INVALID_FUNCTION             1L
#define ERROR_FILE_NOT_FOUND               2L
#define ERROR_ACCESS_DENIED                5L
#define ERROR_INVALID_HANDLE               6L
#define ERROR_NOT_ENOUGH_MEMORY            8L
#define ERROR_INVALID_DATA                 13L
#define ERROR_OUTOFMEMORY                  14L
#define ERROR_BAD_LENGTH                   24L
#define ERROR_GEN_FAILURE                  31L
#define ERROR_NOT_SUPPORTED                50L
#define ERROR_INVALID_PARAMETER            87L
#define ERROR_CALL_NOT_IMPLEMENTED         120L
#define ERROR_INSUFFICIENT_BUFFER          122L
#define ERROR_ALREADY_EXISTS               183L
#define ERROR_MORE_DATA                    234L
#define ERROR_NO_MORE_ITEMS                259L
#define ERROR_IO_PENDING                   997L
#define ERROR_IO_INCOMPLETE                996L
#define ERROR_OPERATION_ABORTED            995L
#define ERROR_NOACCESS                     998L
#define ERROR_INVALID_FLAGS                1004L
#define ERROR_SERVICE_DOES_NOT_EXIST       1060L
#define ERROR_SERVICE_NOT_ACTIVE           1062L
#define ERROR_DEVICE_NOT_CONNECTED         1167L
#define ERROR_NOT_FOUND                    1168L
#define ERROR_INVALID_WINDOW_HANDLE        1400L
#define ERROR_NO_SYSTEM_RESOURCES          1450L
#define ERROR_TIMEOUT                      1460L
#define ERROR_INVALID_USER_BUFFER          1784L
#define ERROR_INVALID_NAME                 123L
#define ERROR_DEV_NOT_EXIST                55L
#define ERROR_REVISION_MISMATCH            1306L
#define ERROR_UNKNOWN_REVISION             1305L
#define ERROR_CLASS_ALREADY_EXISTS         1410L
#define ERROR_CLASS_DOES_NOT_EXIST         1411L
#define ERROR_CANNOT_FIND_WND_CLASS        1407L
#define ERROR_INVALID_THREAD_ID            1444L
#define ERROR_WINDOW_OF_OTHER_THREAD       1408L
#define ERROR_NOT_ENOUGH_QUOTA             1816L
#define ERROR_NO_UNICODE_TRANSLATION       1113L
#define ERROR_PATH_NOT_FOUND               3L
#define ERROR_PROC_NOT_FOUND               127L
#define RPC_S_SERVER_UNAVAILABLE           1722L
#define RPC_S_INVALID_BINDING              1702L

#define S_OK                           ((HRESULT)0)
#define S_FALSE                        ((HRESULT)1)
#define E_FAIL                         ((HRESULT)0x80004005)
#define E_INVALIDARG                   ((HRESULT)0x80070057)
#define E_OUTOFMEMORY                  ((HRESULT)0x8007000e)
#define STRSAFE_E_INSUFFICIENT_BUFFER  ((HRESULT)0x8007007a)
#define STRSAFE_E_INVALID_PARAMETER    ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE          ((HRESULT)0x80070026)
#define SUCCEEDED(result)              ((HRESULT)(result) >= 0)
#define FAILED(result)                 ((HRESULT)(result) < 0)
#define HRESULT_FROM_WIN32(error)                                                                  \
	((HRESULT)(error) <= 0 ? (HRESULT)(error)                                                  \
			       : (HRESULT)(((error) & 0xffff) | 0x80070000))

#endif
