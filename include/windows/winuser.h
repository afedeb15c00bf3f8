/* SPDX-License-Identifier: MIT */
/* Windows without drawing, their messages, and device notification. */
#ifndef PNPN_WINUSER_H
#define PNPN_WINUSER_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WM_NULL	     0x0000
#define WM_CREATE    0x0001
#define WM_DESTROY   0x0002
#define WM_CLOSE     0x0010
#define WM_QUIT	     0x0012
#define WM_NCCREATE  0x0081
#define WM_NCDESTROY 0x0082
#define WM_TIMER     0x0113
#ifndef WM_DEVICECHANGE
#define WM_DEVICECHANGE 0x0219
#endif
#define WM_USER				    0x0400
#define WM_APP				    0x8000

#define HWND_MESSAGE			    ((HWND)(LONG_PTR)-3)
#define HWND_BROADCAST			    ((HWND)(LONG_PTR)0xffff)
#define CW_USEDEFAULT			    ((int)0x80000000)
#define WS_OVERLAPPED			    0x00000000
#define WS_CAPTION			    0x00c00000
#define WS_SYSMENU			    0x00080000
#define WS_OVERLAPPEDWINDOW		    0x00cf0000
#define WS_VISIBLE			    0x10000000
#define WS_POPUP			    0x80000000u
#define WS_CHILD			    0x40000000
#define WS_EX_TOPMOST			    0x00000008
#define CS_VREDRAW			    1
#define CS_HREDRAW			    2
#define COLOR_WINDOW			    5
#define IDC_ARROW			    ((LPCTSTR)(ULONG_PTR)32512)
#define IDI_APPLICATION			    ((LPCTSTR)(ULONG_PTR)32512)
#define SW_HIDE				    0
#define SW_SHOWNORMAL			    1
#define SW_SHOW				    5
#define SW_SHOWDEFAULT			    10
#define GWLP_WNDPROC			    -4
#define GWLP_HINSTANCE			    -6
#define GWLP_USERDATA			    -21
#define PM_NOREMOVE			    0
#define PM_REMOVE			    1
#define QS_TIMER			    0x0010
#define QS_POSTMESSAGE			    0x0008
#define QS_SENDMESSAGE			    0x0040
#define QS_ALLEVENTS			    0x04bf
#define QS_ALLINPUT			    0x04ff
#define MWMO_WAITALL			    1
#define MWMO_ALERTABLE			    2
#define MWMO_INPUTAVAILABLE		    4
#define SMTO_NORMAL			    0
#define SMTO_BLOCK			    1
#define SMTO_ABORTIFHUNG		    2

#define BROADCAST_QUERY_DENY		    0x424d5144
#define DEVICE_NOTIFY_WINDOW_HANDLE	    0x00000000
#define DEVICE_NOTIFY_SERVICE_HANDLE	    0x00000001
#define DEVICE_NOTIFY_CALLBACK		    0x00000002
#define DEVICE_NOTIFY_ALL_INTERFACE_CLASSES 0x00000004

typedef LRESULT(CALLBACK *WNDPROC)(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
typedef VOID(CALLBACK *TIMERPROC)(HWND window, UINT message, UINT_PTR id, DWORD time);

typedef struct tagMSG {
	HWND hwnd;
	UINT message;
	WPARAM wParam;
	LPARAM lParam;
	DWORD time;
	POINT pt;
} MSG, *PMSG, *LPMSG;

typedef struct tagWNDCLASSA {
	UINT style;
	WNDPROC lpfnWndProc;
	int cbClsExtra;
	int cbWndExtra;
	HINSTANCE hInstance;
	HICON hIcon;
	HCURSOR hCursor;
	HBRUSH hbrBackground;
	LPCSTR lpszMenuName;
	LPCSTR lpszClassName;
} WNDCLASSA, *PWNDCLASSA, *LPWNDCLASSA;

typedef struct tagWNDCLASSW {
	UINT style;
	WNDPROC lpfnWndProc;
	int cbClsExtra;
	int cbWndExtra;
	HINSTANCE hInstance;
	HICON hIcon;
	HCURSOR hCursor;
	HBRUSH hbrBackground;
	LPCWSTR lpszMenuName;
	LPCWSTR lpszClassName;
} WNDCLASSW, *PWNDCLASSW, *LPWNDCLASSW;

typedef struct tagWNDCLASSEXA {
	UINT cbSize;
	UINT style;
	WNDPROC lpfnWndProc;
	int cbClsExtra;
	int cbWndExtra;
	HINSTANCE hInstance;
	HICON hIcon;
	HCURSOR hCursor;
	HBRUSH hbrBackground;
	LPCSTR lpszMenuName;
	LPCSTR lpszClassName;
	HICON hIconSm;
} WNDCLASSEXA, *PWNDCLASSEXA, *LPWNDCLASSEXA;

typedef struct tagWNDCLASSEXW {
	UINT cbSize;
	UINT style;
	WNDPROC lpfnWndProc;
	int cbClsExtra;
	int cbWndExtra;
	HINSTANCE hInstance;
	HICON hIcon;
	HCURSOR hCursor;
	HBRUSH hbrBackground;
	LPCWSTR lpszMenuName;
	LPCWSTR lpszClassName;
	HICON hIconSm;
} WNDCLASSEXW, *PWNDCLASSEXW, *LPWNDCLASSEXW;

typedef struct tagCREATESTRUCTA {
	LPVOID lpCreateParams;
	HINSTANCE hInstance;
	HMENU hMenu;
	HWND hwndParent;
	int cy;
	int cx;
	int y;
	int x;
	LONG style;
	LPCSTR lpszName;
	LPCSTR lpszClass;
	DWORD dwExStyle;
} CREATESTRUCTA, *LPCREATESTRUCTA;

typedef struct tagCREATESTRUCTW {
	LPVOID lpCreateParams;
	HINSTANCE hInstance;
	HMENU hMenu;
	HWND hwndParent;
	int cy;
	int cx;
	int y;
	int x;
	LONG style;
	LPCWSTR lpszName;
	LPCWSTR lpszClass;
	DWORD dwExStyle;
} CREATESTRUCTW, *LPCREATESTRUCTW;

#ifdef UNICODE
typedef WNDCLASSW WNDCLASS, *PWNDCLASS, *LPWNDCLASS;
typedef WNDCLASSEXW WNDCLASSEX, *PWNDCLASSEX, *LPWNDCLASSEX;
typedef CREATESTRUCTW CREATESTRUCT, *LPCREATESTRUCT;
#else
typedef WNDCLASSA WNDCLASS, *PWNDCLASS, *LPWNDCLASS;
typedef WNDCLASSEXA WNDCLASSEX, *PWNDCLASSEX, *LPWNDCLASSEX;
typedef CREATESTRUCTA CREATESTRUCT, *LPCREATESTRUCT;
#endif

/** A window class, ANSI or Unicode by the function's name (U6). Its atom; 0 with
 *  ERROR_CLASS_ALREADY_EXISTS or ERROR_INVALID_PARAMETER. Any thread. */
ATOM WINAPI RegisterClassA(const WNDCLASSA *window_class);
ATOM WINAPI RegisterClassW(const WNDCLASSW *window_class);
ATOM WINAPI RegisterClassExA(const WNDCLASSEXA *window_class);
ATOM WINAPI RegisterClassExW(const WNDCLASSEXW *window_class);
BOOL WINAPI UnregisterClassA(LPCSTR name, HINSTANCE instance);
BOOL WINAPI UnregisterClassW(LPCWSTR name, HINSTANCE instance);
#define RegisterClass	PNPN_AW(RegisterClass)
#define RegisterClassEx PNPN_AW(RegisterClassEx)
#define UnregisterClass PNPN_AW(UnregisterClass)

/**
 * CreateWindowEx() - a window of the calling thread; nothing is drawn
 *
 * parent may be HWND_MESSAGE. WM_NCCREATE and WM_CREATE come before it returns and may refuse. NULL on
 * failure, with ERROR_CANNOT_FIND_WND_CLASS for an unknown class.
 */
HWND WINAPI CreateWindowExA(DWORD ex_style, LPCSTR class_name, LPCSTR name, DWORD style, int x,
			    int y, int width, int height, HWND parent, HMENU menu,
			    HINSTANCE instance, LPVOID parameter);
HWND WINAPI CreateWindowExW(DWORD ex_style, LPCWSTR class_name, LPCWSTR name, DWORD style, int x,
			    int y, int width, int height, HWND parent, HMENU menu,
			    HINSTANCE instance, LPVOID parameter);
#define CreateWindowEx PNPN_AW(CreateWindowEx)
#define CreateWindowA(class_name, name, style, x, y, w, h, parent, menu, instance, parameter) \
	CreateWindowExA(0, class_name, name, style, x, y, w, h, parent, menu, instance, parameter)
#define CreateWindowW(class_name, name, style, x, y, w, h, parent, menu, instance, parameter) \
	CreateWindowExW(0, class_name, name, style, x, y, w, h, parent, menu, instance, parameter)
#define CreateWindow PNPN_AW(CreateWindow)

/** Destroys a window of the calling thread and its notifications (U11); WM_DESTROY and WM_NCDESTROY
 *  come before it returns. FALSE with ERROR_INVALID_WINDOW_HANDLE or ERROR_ACCESS_DENIED. */
BOOL WINAPI DestroyWindow(HWND window);
BOOL WINAPI IsWindow(HWND window);
BOOL WINAPI IsWindowUnicode(HWND window);
DWORD WINAPI GetWindowThreadProcessId(HWND window, LPDWORD process_id);
LRESULT WINAPI DefWindowProcA(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
LRESULT WINAPI DefWindowProcW(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
#define DefWindowProc PNPN_AW(DefWindowProc)
LONG_PTR WINAPI GetWindowLongPtrA(HWND window, int index);
LONG_PTR WINAPI GetWindowLongPtrW(HWND window, int index);
LONG_PTR WINAPI SetWindowLongPtrA(HWND window, int index, LONG_PTR value);
LONG_PTR WINAPI SetWindowLongPtrW(HWND window, int index, LONG_PTR value);
#define GetWindowLongPtr PNPN_AW(GetWindowLongPtr)
#define SetWindowLongPtr PNPN_AW(SetWindowLongPtr)

/** There is no screen: these succeed and show nothing. */
BOOL WINAPI ShowWindow(HWND window, int show);
BOOL WINAPI UpdateWindow(HWND window);
HCURSOR WINAPI LoadCursorA(HINSTANCE instance, LPCSTR name);
HCURSOR WINAPI LoadCursorW(HINSTANCE instance, LPCWSTR name);
HICON WINAPI LoadIconA(HINSTANCE instance, LPCSTR name);
HICON WINAPI LoadIconW(HINSTANCE instance, LPCWSTR name);
#define LoadCursor PNPN_AW(LoadCursor)
#define LoadIcon   PNPN_AW(LoadIcon)

/**
 * GetMessage() - the calling thread's next posted message; blocks until there is one
 *
 * While it waits, messages that were sent to the thread's windows, WM_DEVICECHANGE among them, are
 * handed to their window procedures (U3). Returns 0 for WM_QUIT, -1 on failure.
 */
BOOL WINAPI GetMessageA(LPMSG message, HWND window, UINT first, UINT last);
BOOL WINAPI GetMessageW(LPMSG message, HWND window, UINT first, UINT last);
/** The same without waiting: FALSE if there is none. */
BOOL WINAPI PeekMessageA(LPMSG message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI PeekMessageW(LPMSG message, HWND window, UINT first, UINT last, UINT remove);
BOOL WINAPI TranslateMessage(const MSG *message);
LRESULT WINAPI DispatchMessageA(const MSG *message);
LRESULT WINAPI DispatchMessageW(const MSG *message);
BOOL WINAPI PostMessageA(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostThreadMessageA(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam);
BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam);
/** Calls the window procedure on the window's own thread and waits for its result; meanwhile messages
 *  sent to the caller's windows are handled. */
LRESULT WINAPI SendMessageA(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
LRESULT WINAPI SendMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam);
void WINAPI PostQuitMessage(int status);
BOOL WINAPI WaitMessage(void);
/** Waits for events, threads, or something in the message queue (WAIT_OBJECT_0 + count). */
DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
				       DWORD milliseconds, DWORD wake_mask);
DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, DWORD milliseconds,
					 DWORD wake_mask, DWORD flags);
#define GetMessage	  PNPN_AW(GetMessage)
#define PeekMessage	  PNPN_AW(PeekMessage)
#define DispatchMessage	  PNPN_AW(DispatchMessage)
#define PostMessage	  PNPN_AW(PostMessage)
#define PostThreadMessage PNPN_AW(PostThreadMessage)
#define SendMessage	  PNPN_AW(SendMessage)

/** WM_TIMER, or a call of procedure when it is dispatched, every so many milliseconds. */
UINT_PTR WINAPI SetTimer(HWND window, UINT_PTR id, UINT milliseconds, TIMERPROC procedure);
BOOL WINAPI KillTimer(HWND window, UINT_PTR id);

/**
 * RegisterDeviceNotification() - WM_DEVICECHANGE for a device or for interfaces (U1-U8)
 * @recipient: a window
 * @filter:    a DEV_BROADCAST_HANDLE or a DEV_BROADCAST_DEVICEINTERFACE
 * @flags:     DEVICE_NOTIFY_WINDOW_HANDLE, DEVICE_NOTIFY_ALL_INTERFACE_CLASSES
 *
 * Any thread. Blocks for a round trip to the PnP manager. NULL with ERROR_INVALID_PARAMETER,
 * ERROR_INVALID_DATA, ERROR_INVALID_HANDLE, ERROR_FILE_NOT_FOUND if the device is gone,
 * ERROR_CALL_NOT_IMPLEMENTED for service handles.
 */
HDEVNOTIFY WINAPI RegisterDeviceNotificationA(HANDLE recipient, LPVOID filter, DWORD flags);
HDEVNOTIFY WINAPI RegisterDeviceNotificationW(HANDLE recipient, LPVOID filter, DWORD flags);
#define RegisterDeviceNotification PNPN_AW(RegisterDeviceNotification)

/** Ends it: no message of it is delivered after the return (U10). Any thread, the window procedure
 *  included. FALSE with ERROR_INVALID_HANDLE for what is none, or ended before. */
BOOL WINAPI UnregisterDeviceNotification(HDEVNOTIFY notification);

/** Windows' sprintf; at most 1,024 characters. */
int wsprintfA(LPSTR to, LPCSTR format, ...);
int wsprintfW(LPWSTR to, LPCWSTR format, ...);
#define wsprintf PNPN_AW(wsprintf)

#ifdef __cplusplus
}
#endif

#endif
