/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>

#include <windows.h>

#include "core/list.h"
#include "win32/export.h"
#include "win32/hook.h"
#include "win32/last-error.h"
#include "win32/queue.h"

struct hook {
	struct pnpn_list link;
	uintptr_t number; /* its handle; they only grow */
	int type;
	DWORD thread; /* 0: every one of the process */
	HOOKPROC procedure;
};

/* Protected by pnpn_gui_lock. */
static struct pnpn_list hooks = {&hooks, &hooks};
static unsigned int n_hooks; /* atomic, too: mostly there are none */

/* The one that runs on this thread: CallNextHookEx() is for those that were there before it. */
static _Thread_local struct {
	uintptr_t number;
	int type;
} current;

/* The newest one of a type that is older than that one; its number, 0 if there is none. */
static uintptr_t find_older(int type, uintptr_t number, HOOKPROC *ret_procedure)
{
	uintptr_t found = 0;
	DWORD thread = GetCurrentThreadId();

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &hooks) {
		const struct hook *hook = pnpn_list_entry(link, struct hook, link);
		if (hook->type != type || hook->number >= number || hook->number < found ||
		    (hook->thread && hook->thread != thread))
			continue;
		found = hook->number;
		*ret_procedure = hook->procedure;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return found;
}

static LRESULT call_older(int type, uintptr_t number, int code, WPARAM wparam, LPARAM lparam)
{
	HOOKPROC procedure = NULL;
	uintptr_t found = find_older(type, number, &procedure);

	if (!found)
		return 0;
	uintptr_t outer = current.number;
	int outer_type = current.type;
	current.number = found;
	current.type = type;
	LRESULT result = procedure(code, wparam, lparam);
	current.number = outer;
	current.type = outer_type;
	return result;
}

static void call_all(int type, WPARAM wparam, LPARAM lparam)
{
	if (__atomic_load_n(&n_hooks, __ATOMIC_RELAXED))
		(void)call_older(type, UINTPTR_MAX, HC_ACTION, wparam, lparam);
}

void pnpn_hooks_retrieved(MSG *message, bool removed)
{
	call_all(WH_GETMESSAGE, removed ? PM_REMOVE : PM_NOREMOVE, (LPARAM)message);
}

void pnpn_hooks_sent(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool other)
{
	CWPSTRUCT sent = {.lParam = lparam, .wParam = wparam, .message = message, .hwnd = window};

	/* As documented: whether the thread itself sent it. */
	call_all(WH_CALLWNDPROC, !other, (LPARAM)&sent);
}

/* --- as programs set them ------------------------------------------------------------------------- */

PNPN_EXPORT HHOOK WINAPI SetWindowsHookExW(int type, HOOKPROC procedure, HINSTANCE module,
					   DWORD thread)
{
	static uintptr_t last;
	bool known = type == WH_GETMESSAGE || type == WH_CALLWNDPROC;
	struct hook *hook = known && procedure ? calloc(1, sizeof(*hook)) : NULL;

	if (!hook) {
		pnpn_fail(!procedure ? ERROR_INVALID_FILTER_PROC
			  : known    ? ERROR_NOT_ENOUGH_MEMORY
				     : ERROR_NOT_SUPPORTED);
		return NULL;
	}
	*hook = (struct hook){.type = type, .thread = thread, .procedure = procedure};
	pthread_mutex_lock(&pnpn_gui_lock);
	hook->number = ++last;
	HHOOK handle = (HHOOK)hook->number;
	pnpn_list_append(&hooks, &hook->link);
	__atomic_add_fetch(&n_hooks, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return handle;
}

PNPN_EXPORT HHOOK WINAPI SetWindowsHookExA(int type, HOOKPROC procedure, HINSTANCE module,
					   DWORD thread)
{
	return SetWindowsHookExW(type, procedure, module, thread);
}

PNPN_EXPORT WINBOOL WINAPI UnhookWindowsHookEx(HHOOK handle)
{
	struct hook *found = NULL;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &hooks) {
		struct hook *hook = pnpn_list_entry(link, struct hook, link);
		if ((HHOOK)hook->number != handle)
			continue;
		pnpn_list_remove(link);
		__atomic_sub_fetch(&n_hooks, 1, __ATOMIC_RELAXED);
		found = hook;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	free(found);
	return found ? TRUE : pnpn_fail(ERROR_INVALID_HOOK_HANDLE);
}

/* As documented, the handle says nothing: which one it is, is known. */
PNPN_EXPORT LRESULT WINAPI CallNextHookEx(HHOOK hook, int code, WPARAM wparam, LPARAM lparam)
{
	return current.number ? call_older(current.type, current.number, code, wparam, lparam) : 0;
}
