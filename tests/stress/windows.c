/* SPDX-License-Identifier: MIT */
/* Threads with windows, their procedures, and registrations that anybody may end. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"

#define WINDOWS	      4 /* of one thread */
#define PLACES	      32 /* of registrations, and of windows that others know of */
#define FOLLOWED      64
#define DEPTH_MAX     6 /* of random turns inside procedures */
#define CHILD_SECONDS 30

/* What one registration got so far. */
struct followed {
	HDEVNOTIFY number;
	bool ended;
	struct order order;
};

struct player {
	struct dice *dice;
	HWND windows[WINDOWS];
	struct followed followed[FOLLOWED];
	unsigned int n_followed;
	unsigned int depth;
	bool may_leave;
};

static _Thread_local struct player *me;

/* Everybody's: whoever puts something into a place has what lay there. */
static HDEVNOTIFY registrations[PLACES];
static HWND windows[PLACES];

/* --- registrations -------------------------------------------------------------------------------- */

static void put_registration(struct dice *dice, HDEVNOTIFY number)
{
	HDEVNOTIFY before = __atomic_exchange_n(&registrations[roll(dice, PLACES)], number,
						__ATOMIC_ACQ_REL);

	/* Its window, or its thread, may have taken it along. */
	if (before)
		require(UnregisterDeviceNotification(before) ||
			GetLastError() == ERROR_INVALID_HANDLE);
}

void unregister_any(struct dice *dice)
{
	put_registration(dice, NULL);
}

void end_registrations(void)
{
	struct dice dice = {1};

	for (size_t i = 0; i < PLACES * 100; i++)
		unregister_any(&dice);
}

static HDEVNOTIFY register_handle(HWND window, HANDLE device)
{
	DEV_BROADCAST_HANDLE filter = {.dbch_size = sizeof(filter),
				       .dbch_devicetype = DBT_DEVTYP_HANDLE,
				       .dbch_handle = device};
	HDEVNOTIFY number = device == INVALID_HANDLE_VALUE
				    ? NULL
				    : RegisterDeviceNotificationW(window, &filter, 0);

	if (device != INVALID_HANDLE_VALUE)
		require(CloseHandle(device));
	return number;
}

void register_any(struct dice *dice, HWND window)
{
	DEV_BROADCAST_DEVICEINTERFACE_W filter = {.dbcc_size = sizeof(filter),
						  .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE};
	unsigned int kind = roll(dice, 6);
	HDEVNOTIFY number;

	filter.dbcc_classguid = stress_classes[roll(dice, CLASSES)];
	if (kind == 0)
		number = RegisterDeviceNotificationW(window, &filter,
						     DEVICE_NOTIFY_ALL_INTERFACE_CLASSES);
	else if (kind == 1)
		number = RegisterDeviceNotificationW(window, &filter, 0);
	else
		number = register_handle(window, open_any(dice));
	if (number)
		put_registration(dice, number);
}

HWND any_window(struct dice *dice)
{
	return __atomic_load_n(&windows[roll(dice, PLACES)], __ATOMIC_ACQUIRE);
}

/* --- what a procedure sees ------------------------------------------------------------------------ */

static struct followed *follow(HDEVNOTIFY number)
{
	for (size_t i = 0; i < FOLLOWED; i++)
		if (me->followed[i].number == number)
			return &me->followed[i];
	struct followed *fresh = &me->followed[me->n_followed++ % FOLLOWED];
	*fresh = (struct followed){.number = number};
	return fresh;
}

static void watch(UINT event, const DEV_BROADCAST_HDR *body)
{
	const DEV_BROADCAST_HANDLE *message = (const void *)body;

	require(body->dbch_devicetype == DBT_DEVTYP_DEVICEINTERFACE ||
		body->dbch_devicetype == DBT_DEVTYP_HANDLE);
	if (body->dbch_devicetype != DBT_DEVTYP_HANDLE)
		return;
	struct followed *followed = follow(message->dbch_hdevnotify);
	/* D8: the removal is the last one. */
	require(!followed->ended);
	if (event == DBT_DEVICEREMOVECOMPLETE)
		followed->ended = true;
	else if (event == DBT_CUSTOMEVENT)
		order_check(&followed->order, &message->dbch_eventguid, message->dbch_data,
			    body->dbch_size - offsetof(DEV_BROADCAST_HANDLE, dbch_data) - 4);
}

static void play_turn(struct player *player);

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	if (message == WM_DEVICECHANGE && lparam)
		watch((UINT)wparam, (const DEV_BROADCAST_HDR *)lparam);
	if (message != WM_DEVICECHANGE && message != WM_APP && message != WM_DESTROY)
		return DefWindowProcW(window, message, wparam, lparam);
	if (me->depth < DEPTH_MAX && roll(me->dice, 8) == 0) {
		me->depth++;
		play_turn(me);
		me->depth--;
	}
	return message == WM_DEVICECHANGE && wparam == DBT_DEVICEQUERYREMOVE && !roll(me->dice, 4)
		       ? BROADCAST_QUERY_DENY
		       : TRUE;
}

static void register_window_class(void)
{
	WNDCLASSW window_class = {.lpfnWndProc = procedure, .lpszClassName = L"stress"};

	require(RegisterClassW(&window_class));
}

/* --- turns ---------------------------------------------------------------------------------------- */

static void make_window(struct player *player)
{
	unsigned int which = roll(player->dice, WINDOWS);

	if (player->windows[which] && IsWindow(player->windows[which]))
		return;
	HWND parent = roll(player->dice, 3) ? HWND_MESSAGE : NULL;
	HWND window = CreateWindowExW(0, L"stress", L"", 0, 0, 0, 0, 0, parent, NULL, NULL, NULL);
	require(window);
	player->windows[which] = window;
	__atomic_store_n(&windows[roll(player->dice, PLACES)], window, __ATOMIC_RELEASE);
}

static void destroy_window(struct player *player)
{
	if (roll(player->dice, 4) == 0)
		(void)DestroyWindow(player->windows[roll(player->dice, WINDOWS)]);
}

static void register_own(struct player *player)
{
	register_any(player->dice, player->windows[roll(player->dice, WINDOWS)]);
}

static void register_others(struct player *player)
{
	register_any(player->dice, any_window(player->dice));
}

static void unregister(struct player *player)
{
	unregister_any(player->dice);
}

static void pump(struct player *player)
{
	MSG message;

	(void)MsgWaitForMultipleObjects(0, NULL, FALSE, roll(player->dice, 10), QS_ALLINPUT);
	for (unsigned int i = roll(player->dice, 20); i; i--)
		if (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE)) {
			require(message.message != WM_DEVICECHANGE);
			DispatchMessageW(&message);
		}
}

static void send(struct player *player)
{
	SendMessageW(any_window(player->dice), WM_APP, 0, 0);
}

static void post(struct player *player)
{
	PostMessageW(any_window(player->dice), WM_APP, 0, 0);
}

static void start_timer(struct player *player)
{
	SetTimer(player->windows[roll(player->dice, WINDOWS)], roll(player->dice, 4) + 1, 1, NULL);
}

static void change_callbacks(struct player *player)
{
	if (roll(player->dice, 2))
		begin_callback(player->dice);
	else
		end_callback(player->dice);
}

/* A child has nothing of its parent's, and may say so of everything. */
static void be_child(struct player *player)
{
	MSG message;

	alarm(CHILD_SECONDS);
	for (size_t i = 0; i < PLACES; i++)
		(void)UnregisterDeviceNotification(registrations[i]);
	for (size_t i = 0; i < WINDOWS; i++)
		(void)DestroyWindow(player->windows[i]);
	while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE))
		;
	/* What other threads of the parent had is lost here, and no checker's business. */
	raise(SIGKILL);
}

static void make_child(struct player *player)
{
	int status;

	if (!stress_forks || roll(player->dice, 50))
		return;
	pid_t child = fork();
	if (!child)
		be_child(player);
	require(child > 0 && waitpid(child, &status, 0) == child && status == SIGKILL);
}

static void leave_thread(struct player *player)
{
	if (player->may_leave && roll(player->dice, 50) == 0)
		pthread_exit(NULL);
}

static void play_turn(struct player *player)
{
	static void (*const turns[])(struct player *player) = {
		make_window,  make_window, destroy_window, register_own,     register_own,
		pump,	      pump,	   pump,	   register_others,  unregister,
		send,	      post,	   start_timer,	   change_callbacks, make_child,
		leave_thread,
	};

	turns[roll(player->dice, sizeof(turns) / sizeof(turns[0]))](player);
}

static void player_free(void *player)
{
	me = NULL;
	free(player);
}

/* The rest goes with the thread's end. */
static void play_and_clean(struct dice *dice, bool may_leave)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct player *player = calloc(1, sizeof(*player));

	require(player);
	pthread_once(&once, register_window_class);
	player->dice = dice;
	player->may_leave = may_leave;
	me = player;
	pthread_cleanup_push(player_free, player);
	for (unsigned int turns = roll(dice, 400); turns && !is_over(); turns--)
		play_turn(player);
	pthread_cleanup_pop(true);
}

void play_windows(struct dice *dice)
{
	play_and_clean(dice, false);
}

void play_windows_and_leave(struct dice *dice)
{
	play_and_clean(dice, true);
}
