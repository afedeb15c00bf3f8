/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/timer.h"
#include "win32/window.h"

/* Windows' own least interval. */
#define INTERVAL_MIN 10

struct timer {
	struct pnpn_list link;
	HWND window;
	UINT_PTR id;
	UINT interval;
	TIMERPROC procedure;
	ULONGLONG due; /* in GetTickCount64()'s milliseconds */
	bool seen; /* the thread looked when it was due, and left it */
};

static struct timer *find(struct pnpn_queue *queue, HWND window, UINT_PTR id)
{
	pnpn_list_for_each_safe (link, after, &queue->timers) {
		struct timer *timer = pnpn_list_entry(link, struct timer, link);
		if (timer->window == window && timer->id == id)
			return timer;
	}
	return NULL;
}

static bool is_mine(HWND window)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *found = pnpn_window_find(window);
	bool mine = found && found->queue->thread == GetCurrentThreadId();
	pthread_mutex_unlock(&pnpn_gui_lock);
	return mine;
}

PNPN_EXPORT UINT_PTR WINAPI SetTimer(HWND window, UINT_PTR id, UINT milliseconds,
				     TIMERPROC procedure)
{
	static UINT_PTR last_id;
	struct pnpn_queue *queue = pnpn_queue_get();

	if (window && !is_mine(window))
		return (UINT_PTR)pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	struct timer *timer = queue ? find(queue, window, id) : NULL;
	if (!timer && queue) {
		timer = calloc(1, sizeof(*timer));
		if (timer)
			pnpn_list_append(&queue->timers, &timer->link);
	}
	if (!timer)
		return (UINT_PTR)pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	/* Without a window the number is ours to choose. */
	if (!timer->interval)
		timer->id = window ? id : __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
	timer->window = window;
	timer->interval = milliseconds < INTERVAL_MIN ? INTERVAL_MIN : milliseconds;
	timer->procedure = procedure;
	timer->due = GetTickCount64() + timer->interval;
	timer->seen = false;
	return window && !id ? 1 : timer->id;
}

static void timer_free(struct timer *timer)
{
	pnpn_list_remove(&timer->link);
	free(timer);
}

PNPN_EXPORT BOOL WINAPI KillTimer(HWND window, UINT_PTR id)
{
	struct pnpn_queue *queue = pnpn_queue_get();
	struct timer *timer = queue ? find(queue, window, id) : NULL;

	if (window && !IsWindow(window))
		return FALSE;
	if (!timer)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	timer_free(timer);
	return TRUE;
}

DWORD pnpn_timer_next(struct pnpn_queue *queue, bool old_too)
{
	ULONGLONG now = GetTickCount64();
	DWORD next = INFINITE;

	pnpn_list_for_each_safe (link, after, &queue->timers) {
		const struct timer *timer = pnpn_list_entry(link, struct timer, link);
		ULONGLONG left = timer->due > now ? timer->due - now : 0;
		if (left < next && (old_too || !timer->seen))
			next = (DWORD)left;
	}
	return next;
}

void pnpn_timer_look(struct pnpn_queue *queue)
{
	ULONGLONG now = GetTickCount64();

	pnpn_list_for_each_safe (link, after, &queue->timers) {
		struct timer *timer = pnpn_list_entry(link, struct timer, link);
		timer->seen = timer->due <= now;
	}
}

bool pnpn_timer_take(struct pnpn_queue *queue, HWND window, MSG *ret_message, bool remove)
{
	ULONGLONG now = GetTickCount64();

	pnpn_list_for_each_safe (link, after, &queue->timers) {
		struct timer *timer = pnpn_list_entry(link, struct timer, link);
		if (timer->due > now || (window && !pnpn_window_is_within(timer->window, window)))
			continue;
		if (remove) {
			timer->due = now + timer->interval;
			timer->seen = false;
		}
		*ret_message = (MSG){.hwnd = timer->window,
				     .message = WM_TIMER,
				     .wParam = timer->id,
				     .lParam = (LPARAM)timer->procedure,
				     .time = (DWORD)now};
		return true;
	}
	return false;
}

void pnpn_timer_drop_window(struct pnpn_queue *queue, HWND window)
{
	pnpn_list_for_each_safe (link, after, &queue->timers) {
		struct timer *timer = pnpn_list_entry(link, struct timer, link);
		if (timer->window == window)
			timer_free(timer);
	}
}

void pnpn_timer_drop_all(struct pnpn_queue *queue)
{
	pnpn_list_for_each_safe (link, after, &queue->timers)
		timer_free(pnpn_list_entry(link, struct timer, link));
}
