/* SPDX-License-Identifier: MIT */
/* Posting, sending, retrieving. */
#include <stdlib.h>

#include <windows.h>

#include "win32/apc.h"
#include "win32/delivery.h"
#include "win32/export.h"
#include "win32/hook.h"
#include "win32/last-error.h"
#include "win32/object.h"
#include "win32/queue.h"
#include "win32/send.h"
#include "win32/timer.h"
#include "win32/window.h"

/* Notifications handed out before the posted messages are looked at again. */
#define NOTIFICATIONS_IN_A_ROW 64

/* Windows' own limit for a queue that nobody retrieves from. */
#define POSTED_MAX 10000

/* --- posting -------------------------------------------------------------------------------------- */

/* With pnpn_gui_lock held. */
static BOOL post(struct pnpn_queue *queue, HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	if (queue->n_posted >= POSTED_MAX)
		return pnpn_fail(ERROR_NOT_ENOUGH_QUOTA);

	struct pnpn_posted *posted = malloc(sizeof(*posted));

	if (!posted)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	posted->message = (MSG){.hwnd = window,
				.message = message,
				.wParam = wparam,
				.lParam = lparam,
				.time = GetTickCount()};
	pnpn_list_append(&queue->posted, &posted->link);
	queue->n_posted++;
	queue->fresh |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
	pnpn_queue_wake(queue);
	return TRUE;
}

static BOOL CALLBACK post_one(HWND window, LPARAM parameter)
{
	const MSG *message = (const MSG *)parameter;

	(void)PostMessageW(window, message->message, message->wParam, message->lParam);
	return TRUE;
}

PNPN_EXPORT BOOL WINAPI PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	MSG all = {.message = message, .wParam = wparam, .lParam = lparam};

	if (!window)
		return PostThreadMessageW(GetCurrentThreadId(), message, wparam, lparam);
	if (window == HWND_BROADCAST)
		return EnumWindows(post_one, (LPARAM)&all);
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *found = pnpn_window_find(window);
	BOOL done = found ? post(found->queue, window, message, wparam, lparam)
			  : pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return done;
}

PNPN_EXPORT BOOL WINAPI PostMessageA(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	return PostMessageW(window, message, wparam, lparam);
}

PNPN_EXPORT BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam)
{
	if (thread == GetCurrentThreadId() && !pnpn_queue_get())
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	struct pnpn_queue *queue = pnpn_queue_find(thread);
	if (!queue)
		return pnpn_fail(ERROR_INVALID_THREAD_ID);
	pthread_mutex_lock(&pnpn_gui_lock);
	BOOL done = queue->ended ? pnpn_fail(ERROR_INVALID_THREAD_ID)
				 : post(queue, NULL, message, wparam, lparam);
	pthread_mutex_unlock(&pnpn_gui_lock);
	pnpn_queue_unref(queue);
	return done;
}

PNPN_EXPORT BOOL WINAPI PostThreadMessageA(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam)
{
	return PostThreadMessageW(thread, message, wparam, lparam);
}

PNPN_EXPORT void WINAPI PostQuitMessage(int status)
{
	struct pnpn_queue *queue = pnpn_queue_get();

	if (!queue)
		return;
	queue->has_quit = true;
	queue->quit_status = status;
	pthread_mutex_lock(&pnpn_gui_lock);
	queue->fresh |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
	pthread_mutex_unlock(&pnpn_gui_lock);
}

/* --- retrieving ----------------------------------------------------------------------------------- */

struct filter {
	HWND window;
	UINT first, last;
};

/* A filter of -1 is for messages to the thread itself. */
#define THREAD_ITSELF ((HWND)INVALID_HANDLE_VALUE)

/* With pnpn_gui_lock held. */
static bool passes(const struct filter *filter, const MSG *message)
{
	/* A loop that looks for something else is to end all the same. */
	if (message->message == WM_QUIT)
		return true;
	if (filter->window == THREAD_ITSELF
		    ? message->hwnd != NULL
		    : filter->window && !pnpn_window_is_within(message->hwnd, filter->window))
		return false;
	return (!filter->first && !filter->last) ||
	       (message->message >= filter->first && message->message <= filter->last);
}

static void posted_free(struct pnpn_queue *queue, struct pnpn_posted *posted)
{
	pnpn_list_remove(&posted->link);
	queue->n_posted--;
	free(posted);
}

static bool take_posted(struct pnpn_queue *queue, const struct filter *filter, MSG *ret_message,
			bool remove)
{
	bool taken = false;

	pthread_mutex_lock(&pnpn_gui_lock);
	pnpn_list_for_each_safe (link, after, &queue->posted) {
		struct pnpn_posted *posted = pnpn_list_entry(link, struct pnpn_posted, link);
		/* To a window that is gone by now. */
		if (posted->message.hwnd && !pnpn_window_find(posted->message.hwnd)) {
			posted_free(queue, posted);
			continue;
		}
		if (!passes(filter, &posted->message))
			continue;
		*ret_message = posted->message;
		taken = true;
		if (remove)
			posted_free(queue, posted);
		break;
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return taken;
}

static bool take_quit(struct pnpn_queue *queue, MSG *ret_message, bool remove)
{
	if (!queue->has_quit)
		return false;
	queue->has_quit = !remove;
	*ret_message = (MSG){
		.message = WM_QUIT, .wParam = (WPARAM)queue->quit_status, .time = GetTickCount()};
	return true;
}

static bool take_timer(struct pnpn_queue *queue, const struct filter *filter, MSG *ret_message,
		       bool remove)
{
	const MSG timer = {.hwnd = filter->window, .message = WM_TIMER};

	pthread_mutex_lock(&pnpn_gui_lock);
	bool taken = passes(filter, &timer) &&
		     pnpn_timer_take(queue, filter->window, ret_message, remove);
	pthread_mutex_unlock(&pnpn_gui_lock);
	return taken;
}

/* The calling thread looks: what is there is new no more. */
static void look(struct pnpn_queue *queue)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	queue->fresh = 0;
	pthread_mutex_unlock(&pnpn_gui_lock);
	pnpn_timer_look(queue);
}

/* Everything that was sent is handed out first (U3), then there may be a message. */
static bool retrieve(struct pnpn_queue *queue, const struct filter *filter, MSG *ret_message,
		     bool remove)
{
	look(queue);
	pnpn_send_handle(queue);
	pnpn_delivery_run(queue, NOTIFICATIONS_IN_A_ROW);
	if (!take_posted(queue, filter, ret_message, remove) &&
	    !take_quit(queue, ret_message, remove) &&
	    !take_timer(queue, filter, ret_message, remove))
		return false;
	queue->time = ret_message->time;
	pnpn_hooks_retrieved(ret_message, remove);
	return true;
}

/* The calling thread's queue, if the call makes sense; NULL, last error set. */
static struct pnpn_queue *queue_for(const MSG *message, HWND window)
{
	struct pnpn_queue *queue = message ? pnpn_queue_get() : NULL;

	if (!queue) {
		pnpn_fail(message ? ERROR_NOT_ENOUGH_MEMORY : ERROR_NOACCESS);
		return NULL;
	}
	if (window && window != THREAD_ITSELF && !IsWindow(window)) {
		pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
		return NULL;
	}
	return queue;
}

PNPN_EXPORT BOOL WINAPI PeekMessageW(LPMSG message, HWND window, UINT first, UINT last, UINT remove)
{
	struct filter filter = {window, first, last};
	struct pnpn_queue *queue = queue_for(message, window);

	return queue && retrieve(queue, &filter, message, remove & PM_REMOVE);
}

PNPN_EXPORT BOOL WINAPI PeekMessageA(LPMSG message, HWND window, UINT first, UINT last, UINT remove)
{
	return PeekMessageW(message, window, first, last, remove);
}

PNPN_EXPORT BOOL WINAPI GetMessageW(LPMSG message, HWND window, UINT first, UINT last)
{
	struct filter filter = {window, first, last};
	struct pnpn_queue *queue;

	/* A procedure may destroy the window that it waits for. */
	while ((queue = queue_for(message, window))) {
		if (retrieve(queue, &filter, message, true))
			return message->message != WM_QUIT;
		pnpn_queue_wait(queue, pnpn_timer_next(queue, false), true);
	}
	return -1;
}

PNPN_EXPORT BOOL WINAPI GetMessageA(LPMSG message, HWND window, UINT first, UINT last)
{
	return GetMessageW(message, window, first, last);
}

PNPN_EXPORT BOOL WINAPI TranslateMessage(const MSG *message)
{
	return FALSE; /* there is no keyboard */
}

PNPN_EXPORT LRESULT WINAPI DispatchMessageW(const MSG *message)
{
	if (message->message == WM_TIMER && message->lParam) {
		((TIMERPROC)message->lParam)(message->hwnd, WM_TIMER, message->wParam,
					     GetTickCount());
		return 0;
	}
	return message->hwnd ? pnpn_window_call(message->hwnd, message->message, message->wParam,
						message->lParam)
			     : 0;
}

PNPN_EXPORT LRESULT WINAPI DispatchMessageA(const MSG *message)
{
	return DispatchMessageW(message);
}

/* --- what is known of the last one, and of the next ones ------------------------------------------ */

PNPN_EXPORT LONG WINAPI GetMessageTime(void)
{
	const struct pnpn_queue *queue = pnpn_queue_get();

	return queue ? (LONG)queue->time : 0;
}

/* There is no pointer. */
PNPN_EXPORT DWORD WINAPI GetMessagePos(void)
{
	return 0;
}

/* --- waiting -------------------------------------------------------------------------------------- */

/* What waits, as QS_ bits. old_too: also what was there when the thread looked last. What was sent, and events of
 * devices, count until they are handed out. */
static DWORD status_of(struct pnpn_queue *queue, bool old_too)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	DWORD status = queue->fresh;
	if (old_too && (!pnpn_list_is_empty(&queue->posted) || queue->has_quit))
		status |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
	if (!pnpn_list_is_empty(&queue->sent))
		status |= QS_SENDMESSAGE;
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (pnpn_timer_next(queue, old_too) == 0)
		status |= QS_TIMER;
	return status & QS_SENDMESSAGE || !pnpn_queue_has_events(queue) ? status
									: status | QS_SENDMESSAGE;
}

/* Takes what is there as seen: the next wait is for what comes after. */
static bool has_new(struct pnpn_queue *queue, DWORD mask, bool old_too)
{
	if (!(status_of(queue, old_too) & mask))
		return false;
	look(queue);
	return true;
}

/* How long at most nothing of the mask comes by itself. */
static DWORD until_timer(struct pnpn_queue *queue, DWORD mask, DWORD left)
{
	DWORD timer = mask & QS_TIMER ? pnpn_timer_next(queue, false) : INFINITE;

	return timer < left ? timer : left;
}

/* What is there in the upper half, what came since it was asked last in the lower one. */
PNPN_EXPORT DWORD WINAPI GetQueueStatus(UINT mask)
{
	struct pnpn_queue *queue = pnpn_queue_get();

	if (!queue)
		return 0;
	DWORD fresh = status_of(queue, false) & mask, all = status_of(queue, true) & mask;
	look(queue);
	return MAKELONG(fresh, all);
}

PNPN_EXPORT BOOL WINAPI WaitMessage(void)
{
	struct pnpn_queue *queue = pnpn_queue_get();

	if (!queue)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	while (!has_new(queue, QS_ALLINPUT, false))
		pnpn_queue_wait(queue, until_timer(queue, QS_ALLINPUT, INFINITE), true);
	return TRUE;
}

struct wait {
	DWORD count;
	const HANDLE *handles;
	BOOL all;
	DWORD milliseconds;
	DWORD mask; /* QS_ bits that end it */
	bool old_too; /* MWMO_INPUTAVAILABLE */
	bool alertable;
};

/* Everything that is waited for, a message too. */
static bool is_for_all(const struct wait *wait)
{
	return wait->all && wait->count;
}

static bool has_message(struct pnpn_queue *queue, const struct wait *wait)
{
	return status_of(queue, wait->old_too) & wait->mask;
}

static DWORD try_all(struct pnpn_queue *queue, const struct wait *wait)
{
	if (!has_message(queue, wait))
		return WAIT_TIMEOUT;
	DWORD result = pnpn_object_try(wait->count, wait->handles, TRUE);
	if (result != WAIT_TIMEOUT && result != WAIT_FAILED)
		look(queue);
	return result;
}

static DWORD try_any(struct pnpn_queue *queue, const struct wait *wait)
{
	DWORD result = wait->count ? pnpn_object_try(wait->count, wait->handles, FALSE)
				   : WAIT_TIMEOUT;

	if (result != WAIT_TIMEOUT || !has_message(queue, wait))
		return result;
	look(queue);
	return WAIT_OBJECT_0 + wait->count;
}

/* A message that is there already does not end a wait for everything. */
static void wait_on(struct pnpn_queue *queue, const struct wait *wait, DWORD left)
{
	if (is_for_all(wait) && has_message(queue, wait))
		pnpn_queue_wait(queue, left, false);
	else
		pnpn_queue_wait(queue, until_timer(queue, wait->mask, left),
				wait->mask & QS_SENDMESSAGE);
}

/* The queue's eventfd is told of every signaled object meanwhile. */
static DWORD wait_for_either(struct pnpn_queue *queue, const struct wait *wait)
{
	ULONGLONG end = GetTickCount64() + wait->milliseconds;

	for (;;) {
		DWORD result = is_for_all(wait) ? try_all(queue, wait) : try_any(queue, wait);
		if (result != WAIT_TIMEOUT)
			return result;
		if (wait->alertable && pnpn_apc_run())
			return WAIT_IO_COMPLETION;
		ULONGLONG now = GetTickCount64();
		DWORD left = INFINITE;
		if (wait->milliseconds != INFINITE)
			left = now < end ? (DWORD)(end - now) : 0;
		if (!left)
			return WAIT_TIMEOUT;
		wait_on(queue, wait, left);
	}
}

static DWORD msg_wait(const struct wait *wait)
{
	struct pnpn_queue *queue = pnpn_queue_get();

	if (!queue || wait->count >= MAXIMUM_WAIT_OBJECTS || (wait->count && !wait->handles)) {
		pnpn_fail(queue ? ERROR_INVALID_PARAMETER : ERROR_NOT_ENOUGH_MEMORY);
		return WAIT_FAILED;
	}
	pnpn_object_add_watcher(queue->wake_fd);
	DWORD result = wait_for_either(queue, wait);
	pnpn_object_remove_watcher(queue->wake_fd);
	return result;
}

PNPN_EXPORT DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
						   DWORD milliseconds, DWORD wake_mask)
{
	return msg_wait(&(struct wait){count, handles, all, milliseconds, wake_mask, false, false});
}

PNPN_EXPORT DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *handles,
						     DWORD milliseconds, DWORD wake_mask,
						     DWORD flags)
{
	return msg_wait(&(struct wait){count, handles, (flags & MWMO_WAITALL) != 0, milliseconds,
				       wake_mask, (flags & MWMO_INPUTAVAILABLE) != 0,
				       (flags & MWMO_ALERTABLE) != 0});
}
