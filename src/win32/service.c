/* SPDX-License-Identifier: MIT */
/*
 * A service's handler runs on the thread that called StartServiceCtrlDispatcher(), as on Windows. Here that thread
 * has a window for each service and retrieves messages: device events come to it as to any window, controls as
 * messages.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <systemd/sd-daemon.h>

#include <windows.h>
#include <dbt.h>
#include <winsvc.h>

#include "wincommon/utf.h"
#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/service.h"
#include "win32/service-signals.h"

#define WM_CONTROL WM_APP
#define WM_STOPPED (WM_APP + 1)

struct service {
	struct start *start; /* its thread's, once it was started */
	char *name;
	HWND window;
	LPHANDLER_FUNCTION handler;
	LPHANDLER_FUNCTION_EX handler_ex;
	LPVOID context;
	SERVICE_STATUS status;
};

/* What a service's thread begins with: ServiceMain may go on when the service has stopped. */
struct start {
	LPSERVICE_MAIN_FUNCTIONA main; /* one of both */
	LPSERVICE_MAIN_FUNCTIONW wide_main;
	char *name;
	wchar_t *wide_name;
};

/* Services stay until the last of them stopped; a handle is a place in the table, counted from 1. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct service *services;
static int n_services; /* 0: no dispatcher runs */

/* --- finding -------------------------------------------------------------------------------------- */

/* With the lock held. NULL for what is no service that registered a handler. */
static struct service *find(SERVICE_STATUS_HANDLE handle)
{
	uintptr_t place = (uintptr_t)handle;

	if (!place || place > (uintptr_t)n_services)
		return NULL;
	struct service *service = &services[place - 1];
	return service->handler || service->handler_ex ? service : NULL;
}

/* With the lock held. The name of a process's only service is not looked at, as on Windows. */
static struct service *find_by_name(const char *name)
{
	for (int i = 0; i < n_services; i++)
		if (n_services == 1 || strcasecmp(services[i].name, name) == 0)
			return &services[i];
	return NULL;
}

HWND pnpn_service_window(SERVICE_STATUS_HANDLE handle)
{
	pthread_mutex_lock(&lock);
	const struct service *service = find(handle);
	HWND window = service && service->handler_ex ? service->window : NULL;
	pthread_mutex_unlock(&lock);
	return window;
}

bool pnpn_service_copy_name(HWND window, char *ret_name, size_t size)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < n_services && !found; i++) {
		found = window && services[i].window == window && strlen(services[i].name) < size;
		if (found)
			strcpy(ret_name, services[i].name);
	}
	pthread_mutex_unlock(&lock);
	return found;
}

/* --- handlers ------------------------------------------------------------------------------------- */

/* On the dispatcher's thread: by a message. */
static int tell_control(DWORD control, DWORD accepted)
{
	int told = 0;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < n_services; i++)
		if (services[i].status.dwControlsAccepted & accepted &&
		    PostMessageA(services[i].window, WM_CONTROL, control, 0))
			told++;
	pthread_mutex_unlock(&lock);
	return told;
}

static DWORD call_handler(HWND window, DWORD control, DWORD event, void *data)
{
	struct service service = {0};

	pthread_mutex_lock(&lock);
	for (int i = 0; i < n_services; i++)
		if (services[i].window == window)
			service = services[i];
	pthread_mutex_unlock(&lock);
	if (service.handler_ex)
		return service.handler_ex(control, event, data, service.context);
	if (!service.handler)
		return ERROR_CALL_NOT_IMPLEMENTED;
	service.handler(control);
	return NO_ERROR;
}

/* Who does not know of device events does not refuse any. */
static bool is_refusal(DWORD result)
{
	return result != NO_ERROR && result != ERROR_CALL_NOT_IMPLEMENTED;
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	switch (message) {
	case WM_DEVICECHANGE:
		return is_refusal(call_handler(window, SERVICE_CONTROL_DEVICEEVENT, (DWORD)wparam,
					       (void *)lparam))
			       ? BROADCAST_QUERY_DENY
			       : TRUE;
	case WM_CONTROL:
		return (LRESULT)call_handler(window, (DWORD)wparam, 0, NULL);
	case WM_STOPPED:
		PostQuitMessage(0);
		return 0;
	default:
		return DefWindowProcA(window, message, wparam, lparam);
	}
}

static SERVICE_STATUS_HANDLE register_handler(const char *name, LPHANDLER_FUNCTION handler,
					      LPHANDLER_FUNCTION_EX handler_ex, LPVOID context)
{
	SERVICE_STATUS_HANDLE handle = NULL;

	if (!name || (!handler && !handler_ex)) {
		pnpn_fail(name ? ERROR_INVALID_PARAMETER : ERROR_INVALID_NAME);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	struct service *service = find_by_name(name);
	if (service) {
		service->handler = handler;
		service->handler_ex = handler_ex;
		service->context = context;
		handle = (SERVICE_STATUS_HANDLE)(uintptr_t)(service - services + 1);
	}
	pthread_mutex_unlock(&lock);
	if (!handle)
		pnpn_fail(ERROR_SERVICE_NOT_IN_EXE);
	return handle;
}

static SERVICE_STATUS_HANDLE register_wide_handler(LPCWSTR name, LPHANDLER_FUNCTION handler,
						   LPHANDLER_FUNCTION_EX handler_ex, LPVOID context)
{
	char *narrow;

	if (!pnpn_utf_narrow_optional(name, &narrow)) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	SERVICE_STATUS_HANDLE handle = register_handler(narrow, handler, handler_ex, context);
	free(narrow);
	return handle;
}

PNPN_EXPORT SERVICE_STATUS_HANDLE WINAPI RegisterServiceCtrlHandlerA(LPCSTR name,
								     LPHANDLER_FUNCTION handler)
{
	return register_handler(name, handler, NULL, NULL);
}

PNPN_EXPORT SERVICE_STATUS_HANDLE WINAPI RegisterServiceCtrlHandlerW(LPCWSTR name,
								     LPHANDLER_FUNCTION handler)
{
	return register_wide_handler(name, handler, NULL, NULL);
}

PNPN_EXPORT SERVICE_STATUS_HANDLE WINAPI
RegisterServiceCtrlHandlerExA(LPCSTR name, LPHANDLER_FUNCTION_EX handler, LPVOID context)
{
	return register_handler(name, NULL, handler, context);
}

PNPN_EXPORT SERVICE_STATUS_HANDLE WINAPI
RegisterServiceCtrlHandlerExW(LPCWSTR name, LPHANDLER_FUNCTION_EX handler, LPVOID context)
{
	return register_wide_handler(name, NULL, handler, context);
}

/* --- status --------------------------------------------------------------------------------------- */

/* With the lock held. */
static bool each_is(bool (*test)(DWORD state))
{
	for (int i = 0; i < n_services; i++)
		if (!test(services[i].status.dwCurrentState))
			return false;
	return true;
}

static bool has_started(DWORD state)
{
	return state != SERVICE_START_PENDING;
}

static bool has_stopped(DWORD state)
{
	return state == SERVICE_STOPPED;
}

static bool is_going(DWORD state)
{
	return state == SERVICE_STOPPED || state == SERVICE_STOP_PENDING;
}

/* systemd hears of all of the process's services as one (sd_notify(3)); elsewhere nobody listens. With
 * the lock held. */
static void tell_systemd(const SERVICE_STATUS *status)
{
	bool pending = status->dwCurrentState == SERVICE_START_PENDING ||
		       status->dwCurrentState == SERVICE_STOP_PENDING;

	if (pending && status->dwWaitHint)
		sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%llu", 1000ull * status->dwWaitHint);
	if (each_is(is_going))
		sd_notify(0, "STOPPING=1");
	else if (each_is(has_started))
		sd_notify(0, "READY=1");
}

PNPN_EXPORT BOOL WINAPI SetServiceStatus(SERVICE_STATUS_HANDLE handle, LPSERVICE_STATUS status)
{
	if (!status || status->dwCurrentState < SERVICE_STOPPED ||
	    status->dwCurrentState > SERVICE_PAUSED)
		return pnpn_fail(ERROR_INVALID_DATA);
	pthread_mutex_lock(&lock);
	struct service *service = find(handle);
	if (service) {
		service->status = *status;
		tell_systemd(status);
		if (each_is(has_stopped))
			PostMessageA(service->window, WM_STOPPED, 0, 0);
	}
	pthread_mutex_unlock(&lock);
	return service ? TRUE : pnpn_fail(ERROR_INVALID_HANDLE);
}

/* --- the dispatcher ------------------------------------------------------------------------------- */

static void start_free(struct start *start)
{
	if (!start)
		return;
	free(start->name);
	free(start->wide_name);
	free(start);
}

static DWORD WINAPI run_service(LPVOID argument)
{
	struct start *start = argument;

	if (start->main)
		start->main(1, (char *[]){start->name, NULL});
	else
		start->wide_main(1, (wchar_t *[]){start->wide_name, NULL});
	start_free(start);
	return 0;
}

/* The window decides in which form its events come (U6): that of the dispatcher's name. */
static HWND make_window(bool unicode)
{
	static const WNDCLASSA ansi = {.lpfnWndProc = on_message,
				       .lpszClassName = "pnpnotify-service-a"};
	static const WNDCLASSW wide = {.lpfnWndProc = on_message,
				       .lpszClassName = L"pnpnotify-service-w"};

	/* It may be there from a dispatcher before. */
	if (unicode)
		(void)RegisterClassW(&wide);
	else
		(void)RegisterClassA(&ansi);
	return unicode ? CreateWindowExW(0, wide.lpszClassName, L"", 0, 0, 0, 0, 0, HWND_MESSAGE,
					 NULL, NULL, NULL)
		       : CreateWindowExA(0, ansi.lpszClassName, "", 0, 0, 0, 0, 0, HWND_MESSAGE,
					 NULL, NULL, NULL);
}

static void free_services(struct service *table, int count)
{
	for (int i = 0; i < count; i++) {
		if (table[i].window)
			DestroyWindow(table[i].window);
		start_free(table[i].start);
		free(table[i].name);
	}
	free(table);
}

static bool start_services(void)
{
	for (int i = 0; i < n_services; i++) {
		struct start *start = services[i].start;
		services[i].start = NULL;
		HANDLE thread = CreateThread(NULL, 0, run_service, start, 0, NULL);
		if (!thread) {
			start_free(start);
			return false;
		}
		CloseHandle(thread);
	}
	return true;
}

/* Returns a Win32 error. */
static DWORD run_services(void)
{
	MSG message;
	int r = pnpn_service_signals_start(tell_control);

	if (r < 0)
		return pnpn_win32_error(r);
	DWORD error = start_services() ? ERROR_SUCCESS : GetLastError();
	while (!error && GetMessageA(&message, NULL, 0, 0) > 0)
		DispatchMessageA(&message);
	pnpn_service_signals_stop();
	return error;
}

/* Takes the table over. */
static BOOL dispatch(struct service *table, int count)
{
	pthread_mutex_lock(&lock);
	bool busy = n_services;
	if (!busy) {
		services = table;
		n_services = count;
	}
	pthread_mutex_unlock(&lock);
	DWORD error = busy ? ERROR_SERVICE_ALREADY_RUNNING : run_services();
	if (!busy) {
		pthread_mutex_lock(&lock);
		n_services = 0;
		services = NULL;
		pthread_mutex_unlock(&lock);
	}
	free_services(table, count);
	return error ? pnpn_fail(error) : TRUE;
}

/* entry: as the dispatcher's A or W name has it; both are two pointers. */
static bool service_init(struct service *service, const SERVICE_TABLE_ENTRYA *entry, bool unicode)
{
	struct start *start = calloc(1, sizeof(*start));

	service->start = start;
	service->status.dwCurrentState = SERVICE_START_PENDING;
	service->name = unicode ? pnpn_utf_narrow((const void *)entry->lpServiceName)
				: strdup(entry->lpServiceName);
	service->window = make_window(unicode);
	if (!start || !service->name || !service->window)
		return false;
	if (unicode)
		start->wide_main = (LPSERVICE_MAIN_FUNCTIONW)(void *)entry->lpServiceProc;
	else
		start->main = entry->lpServiceProc;
	start->name = strdup(service->name);
	start->wide_name = pnpn_utf_widen(service->name);
	return start->name && start->wide_name;
}

static BOOL start_dispatcher(const SERVICE_TABLE_ENTRYA *table, bool unicode)
{
	int count = 0;

	while (table && table[count].lpServiceName && table[count].lpServiceProc)
		count++;
	if (!count)
		return pnpn_fail(ERROR_INVALID_DATA);
	struct service *fresh = calloc((size_t)count, sizeof(*fresh));
	for (int i = 0; fresh && i < count; i++) {
		if (!service_init(&fresh[i], &table[i], unicode)) {
			free_services(fresh, count);
			fresh = NULL;
		}
	}
	return fresh ? dispatch(fresh, count) : pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
}

PNPN_EXPORT BOOL WINAPI StartServiceCtrlDispatcherA(const SERVICE_TABLE_ENTRYA *table)
{
	return start_dispatcher(table, false);
}

PNPN_EXPORT BOOL WINAPI StartServiceCtrlDispatcherW(const SERVICE_TABLE_ENTRYW *table)
{
	return start_dispatcher((const void *)table, true);
}
