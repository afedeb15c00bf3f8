/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/hook.h"
#include "win32/last-error.h"
#include "win32/queue.h"
#include "win32/send.h"
#include "win32/window.h"

static bool is_done(const struct pnpn_sent *sent)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	bool done = sent->done;
	pthread_mutex_unlock(&pnpn_gui_lock);
	return done;
}

enum where {
	SEND_NOWHERE,
	SEND_HERE,
	SEND_THERE,
};

/* Puts it into the window's queue, unless the window is this thread's own. */
static enum where place(struct pnpn_sent *sent)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	const struct pnpn_window *window = pnpn_window_find(sent->window);
	enum where where = !window						   ? SEND_NOWHERE
			   : window->queue == sent->sender || window->queue->ended ? SEND_HERE
										   : SEND_THERE;
	if (where == SEND_THERE) {
		pnpn_list_append(&window->queue->sent, &sent->link);
		pnpn_queue_wake(window->queue);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
	return where;
}

static LRESULT send_here(const struct pnpn_sent *sent)
{
	pnpn_hooks_sent(sent->window, sent->message, sent->wparam, sent->lparam, false);
	return pnpn_window_call(sent->window, sent->message, sent->wparam, sent->lparam);
}

void pnpn_send_handle(struct pnpn_queue *queue)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	while (!pnpn_list_is_empty(&queue->sent)) {
		struct pnpn_sent *sent = pnpn_list_entry(queue->sent.next, struct pnpn_sent, link);
		DWORD how = sent->is_notice ? ISMEX_NOTIFY : ISMEX_SEND;
		sent->begun = true;
		pnpn_list_remove(&sent->link);
		pnpn_list_append(&queue->answering, &sent->link);
		pthread_mutex_unlock(&pnpn_gui_lock);
		LRESULT result = pnpn_window_call_sent(how, sent->window, sent->message,
						       sent->wparam, sent->lparam);
		pthread_mutex_lock(&pnpn_gui_lock);
		pnpn_queue_answer(sent, result);
	}
	pthread_mutex_unlock(&pnpn_gui_lock);
}

/* Two threads may send to each other: what comes meanwhile is handled, unless it is not to be. */
static void await(struct pnpn_queue *queue, const struct pnpn_sent *sent, ULONGLONG end,
		  bool handles)
{
	while (!is_done(sent)) {
		ULONGLONG now = GetTickCount64();
		if (now >= end)
			break;
		if (handles)
			pnpn_send_handle(queue);
		DWORD left = end - now < INFINITE ? (DWORD)(end - now) : INFINITE;
		if (!is_done(sent))
			pnpn_queue_wait(queue, left, false);
	}
	/* The wake that told us may have hidden another one. */
	pnpn_queue_wake(queue);
}

PNPN_EXPORT LRESULT WINAPI SendMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct pnpn_queue *queue = pnpn_queue_get();
	struct pnpn_sent sent = {.sender = queue,
				 .window = window,
				 .message = message,
				 .wparam = wparam,
				 .lparam = lparam};

	if (!queue)
		return pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
	pnpn_list_init(&sent.link);
	switch (place(&sent)) {
	case SEND_NOWHERE:
		return pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	case SEND_HERE:
		return send_here(&sent);
	case SEND_THERE:
		break;
	}
	await(queue, &sent, UINT64_MAX, true);
	return sent.result;
}

PNPN_EXPORT LRESULT WINAPI SendMessageA(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	return SendMessageW(window, message, wparam, lparam);
}

/* --- not for ever, or without waiting ------------------------------------------------------------- */

/* One that may outlast its sender's wait. NULL, last error set. */
static struct pnpn_sent *new_sent(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct pnpn_queue *queue = pnpn_queue_get();
	struct pnpn_sent *sent = queue ? calloc(1, sizeof(*sent)) : NULL;

	if (!sent) {
		pnpn_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	*sent = (struct pnpn_sent){.sender = queue,
				   .window = window,
				   .message = message,
				   .wparam = wparam,
				   .lparam = lparam};
	pnpn_list_init(&sent->link);
	return sent;
}

/* Nobody waits any more: one whose procedure runs is the other thread's to free, else it is as if it had not been sent.
 * Returns whether it was answered in time. */
static bool let_go(struct pnpn_sent *sent, DWORD_PTR *ret_result)
{
	pthread_mutex_lock(&pnpn_gui_lock);
	bool done = sent->done;
	*ret_result = (DWORD_PTR)sent->result;
	sent->abandoned = !done && sent->begun;
	bool is_ours = !sent->abandoned;
	if (is_ours)
		pnpn_list_remove(&sent->link);
	pthread_mutex_unlock(&pnpn_gui_lock);
	if (is_ours)
		free(sent);
	return done;
}

PNPN_EXPORT LRESULT WINAPI SendMessageTimeoutW(HWND window, UINT message, WPARAM wparam,
					       LPARAM lparam, UINT flags, UINT milliseconds,
					       PDWORD_PTR ret_result)
{
	struct pnpn_sent *sent = new_sent(window, message, wparam, lparam);
	DWORD_PTR result = 0;
	bool done = true;

	if (!sent)
		return 0;
	struct pnpn_queue *queue = sent->sender;
	switch (place(sent)) {
	case SEND_NOWHERE:
		free(sent);
		return pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	case SEND_HERE:
		result = (DWORD_PTR)send_here(sent);
		free(sent);
		break;
	case SEND_THERE:
		await(queue, sent, GetTickCount64() + milliseconds, !(flags & SMTO_BLOCK));
		done = let_go(sent, &result);
		break;
	}
	if (done && ret_result)
		*ret_result = result;
	return done ? TRUE : pnpn_fail(ERROR_TIMEOUT);
}

PNPN_EXPORT LRESULT WINAPI SendMessageTimeoutA(HWND window, UINT message, WPARAM wparam,
					       LPARAM lparam, UINT flags, UINT milliseconds,
					       PDWORD_PTR ret_result)
{
	return SendMessageTimeoutW(window, message, wparam, lparam, flags, milliseconds,
				   ret_result);
}

static BOOL notify(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct pnpn_sent *sent = new_sent(window, message, wparam, lparam);

	if (!sent)
		return FALSE;
	sent->abandoned = sent->is_notice = true;
	switch (place(sent)) {
	case SEND_NOWHERE:
		free(sent);
		return pnpn_fail(ERROR_INVALID_WINDOW_HANDLE);
	case SEND_HERE:
		(void)send_here(sent);
		free(sent);
		break;
	case SEND_THERE: /* the other thread's from here on */
		break;
	}
	return TRUE;
}

static BOOL CALLBACK notify_one(HWND window, LPARAM parameter)
{
	const MSG *message = (const MSG *)parameter;

	(void)notify(window, message->message, message->wParam, message->lParam);
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI SendNotifyMessageW(HWND window, UINT message, WPARAM wparam,
					      LPARAM lparam)
{
	MSG all = {.message = message, .wParam = wparam, .lParam = lparam};

	return window == HWND_BROADCAST ? EnumWindows(notify_one, (LPARAM)&all)
					: notify(window, message, wparam, lparam);
}

PNPN_EXPORT WINBOOL WINAPI SendNotifyMessageA(HWND window, UINT message, WPARAM wparam,
					      LPARAM lparam)
{
	return SendNotifyMessageW(window, message, wparam, lparam);
}
