/* SPDX-License-Identifier: MIT */
/* What windows of applications do beside device notification (U3): life, posting, sending, timers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>
#include <cmocka.h>

#define WM_ASK	(WM_APP + 1)
#define WM_BACK (WM_APP + 2)

struct life {
	UINT seen[16];
	int count;
	DWORD origin; /* of the last message */
	const void *argument;
};

static LRESULT life_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct life *life = (struct life *)GetWindowLongPtrA(window, GWLP_USERDATA);

	if (message == WM_NCCREATE) {
		life = ((CREATESTRUCTA *)lparam)->lpCreateParams;
		SetWindowLongPtrA(window, GWLP_USERDATA, (LONG_PTR)life);
	}
	if (life)
		life->origin = InSendMessageEx(NULL);
	if (life && life->count < 16)
		life->seen[life->count++] = message;
	/* The other thread's window is asked back while it waits for our answer. */
	if (message == WM_ASK)
		return SendMessageA((HWND)wparam, WM_BACK, 0, lparam) + 1;
	if (message == WM_BACK)
		return lparam * 2;
	return DefWindowProcA(window, message, wparam, lparam);
}

static HWND window_new(struct life *life)
{
	return CreateWindowExA(0, "life", "title", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, life);
}

static int setup(void **state)
{
	WNDCLASSA life = {.lpfnWndProc = life_message, .lpszClassName = "life"};

	alarm(120); /* only a hung test takes so long */
	return RegisterClassA(&life) ? 0 : -1;
}

static void test_life(void **state)
{
	static const UINT order[] = {WM_NCCREATE, WM_CREATE, WM_DESTROY, WM_NCDESTROY};
	struct life life = {0};
	HWND window = window_new(&life);

	assert_non_null(window);
	assert_true(IsWindow(window));
	assert_false(IsWindowUnicode(window));
	assert_true(DestroyWindow(window));
	assert_false(IsWindow(window));
	assert_int_equal(life.count, 4);
	assert_memory_equal(life.seen, order, sizeof(order));
	assert_false(DestroyWindow(window));
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
}

/* Posted messages keep their order; WM_QUIT comes after them and ends the loop with its status. */
static void test_post_and_quit(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);
	MSG message;

	PostQuitMessage(7);
	for (WPARAM i = 0; i < 3; i++)
		assert_true(PostMessageA(window, WM_APP, i, 0));
	for (WPARAM i = 0; i < 3; i++) {
		assert_int_equal(GetMessageA(&message, NULL, 0, 0), TRUE);
		assert_ptr_equal(message.hwnd, window);
		assert_int_equal(message.wParam, i);
	}
	assert_int_equal(GetMessageA(&message, NULL, 0, 0), 0);
	assert_int_equal(message.message, WM_QUIT);
	assert_int_equal(message.wParam, 7);
	assert_false(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	DestroyWindow(window);
}

static DWORD answer(LPVOID argument)
{
	struct life life = {0};
	HWND *ret_window = argument;
	MSG message;
	HWND window = window_new(&life);

	PostThreadMessageA((DWORD)(ULONG_PTR)*ret_window, WM_APP, (WPARAM)window, 0);
	while (GetMessageA(&message, NULL, 0, 0) > 0)
		DispatchMessageA(&message);
	return (DWORD)message.wParam;
}

/* A thread that waits for an answer still answers what it is asked meanwhile. */
static void test_send_between_threads(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);
	HWND argument = (HWND)(ULONG_PTR)GetCurrentThreadId();
	DWORD id = 0;
	MSG message;
	HANDLE thread = CreateThread(NULL, 0, answer, &argument, 0, &id);

	assert_non_null(thread);
	assert_true(GetMessageA(&message, NULL, 0, 0) > 0);
	HWND other = (HWND)message.wParam;
	for (LPARAM i = 0; i < 100; i++)
		assert_int_equal(SendMessageA(other, WM_ASK, (WPARAM)window, i), i * 2 + 1);
	assert_int_equal(life.origin, ISMEX_SEND);
	assert_int_equal(SendMessageA(window, WM_BACK, 0, 21), 42);
	assert_int_equal(life.origin, ISMEX_NOSEND);
	assert_false(InSendMessage());
	assert_true(PostThreadMessageA(id, WM_QUIT, 0, 0));
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	SetLastError(0);
	assert_int_equal(SendMessageA(other, WM_ASK, 0, 0), 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
	CloseHandle(thread);
	DestroyWindow(window);
}

/* A timer comes again and again until it is killed. */
static void test_timer(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);
	MSG message;

	assert_int_equal(SetTimer(window, 5, 10, NULL), 5);
	for (int i = 0; i < 3; i++) {
		assert_true(GetMessageA(&message, NULL, 0, 0) > 0);
		assert_int_equal(message.message, WM_TIMER);
		assert_ptr_equal(message.hwnd, window);
		assert_int_equal(message.wParam, 5);
	}
	assert_true(KillTimer(window, 5));
	assert_false(KillTimer(window, 5));
	assert_false(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	DestroyWindow(window);
}

/* An event wakes a wait for messages, and the other way round. */
static void test_wait_for_both(void **state)
{
	HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);
	MSG message;

	assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, INFINITE, QS_ALLINPUT),
			 WAIT_OBJECT_0);
	assert_int_equal(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, INFINITE, QS_ALLINPUT),
			 WAIT_OBJECT_0 + 1);
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	assert_int_equal(MsgWaitForMultipleObjects(1, &event, FALSE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
	CloseHandle(event);
}

/* U3: WM_QUIT comes whatever is asked for, from PostQuitMessage() or posted. */
static void test_u3_quit_passes_filters(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);
	MSG message;

	PostQuitMessage(5);
	assert_int_equal(GetMessageA(&message, NULL, WM_USER, WM_USER + 9), 0);
	assert_int_equal(message.wParam, 5);
	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_QUIT, 6, 0));
	assert_int_equal(GetMessageA(&message, window, WM_USER, WM_USER + 9), 0);
	assert_int_equal(message.wParam, 6);
	DestroyWindow(window);
}

/* U3: a wait is for what is new and in its mask; what was looked at and left is neither. */
static void test_u3_wait_for_what_is_new(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);
	MSG message;

	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_int_equal(MsgWaitForMultipleObjects(0, NULL, FALSE, 0, QS_TIMER), WAIT_TIMEOUT);
	assert_int_equal(MsgWaitForMultipleObjects(0, NULL, FALSE, 0, QS_POSTMESSAGE),
			 WAIT_OBJECT_0);
	assert_false(PeekMessageA(&message, window, 0, 0, PM_REMOVE));
	assert_int_equal(MsgWaitForMultipleObjects(0, NULL, FALSE, 0, QS_ALLINPUT), WAIT_TIMEOUT);
	assert_int_equal(MsgWaitForMultipleObjectsEx(0, NULL, 0, QS_ALLINPUT, MWMO_INPUTAVAILABLE),
			 WAIT_OBJECT_0);
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	DestroyWindow(window);
}

/* U3: a parent's filter takes its children's messages. */
static void test_u3_filter_of_a_parent(void **state)
{
	struct life life = {0}, child_life = {0};
	HWND parent = window_new(&life);
	HWND child = CreateWindowExA(0, "life", "", WS_CHILD, 0, 0, 0, 0, parent, NULL, NULL,
				     &child_life);
	MSG message;

	assert_non_null(child);
	assert_true(PostMessageA(child, WM_APP, 1, 0));
	assert_true(PeekMessageA(&message, parent, 0, 0, PM_REMOVE));
	assert_ptr_equal(message.hwnd, child);
	assert_true(DestroyWindow(parent));
	assert_false(IsWindow(child));
}

/* A class with windows stays, by whichever of its names it is unregistered. */
static void test_unregister_class_with_a_window(void **state)
{
	struct life life = {0};
	WNDCLASSA other = {.lpfnWndProc = life_message, .lpszClassName = "other life"};
	ATOM atom = RegisterClassA(&other);
	HWND window = CreateWindowExA(0, "other life", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL,
				      &life);

	assert_non_null(window);
	assert_false(UnregisterClassA("other life", NULL));
	assert_int_equal(GetLastError(), ERROR_CLASS_HAS_WINDOWS);
	assert_false(UnregisterClassW(L"other life", NULL));
	assert_int_equal(GetLastError(), ERROR_CLASS_HAS_WINDOWS);
	assert_false(UnregisterClassA((LPCSTR)(ULONG_PTR)atom, NULL));
	assert_int_equal(GetLastError(), ERROR_CLASS_HAS_WINDOWS);
	assert_int_equal(SendMessageA(window, WM_BACK, 0, 21), 42);
	assert_true(DestroyWindow(window));
	assert_true(UnregisterClassA("other life", NULL));
	assert_false(UnregisterClassA("other life", NULL));
	assert_int_equal(GetLastError(), ERROR_CLASS_DOES_NOT_EXIST);
}

static void expect_no_window(bool done)
{
	assert_false(done);
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
	SetLastError(0);
}

/* U3: whatever is asked of a window that was destroyed fails, and says why. */
static void test_u3_calls_on_a_destroyed_window(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);
	MSG message = {.hwnd = window, .message = WM_APP};
	DWORD process;

	assert_true(DestroyWindow(window));
	SetLastError(0);
	expect_no_window(DestroyWindow(window));
	expect_no_window(IsWindow(window));
	expect_no_window(IsWindowUnicode(window));
	expect_no_window(ShowWindow(window, SW_SHOW));
	expect_no_window(UpdateWindow(window));
	expect_no_window(GetWindowLongPtrA(window, GWLP_USERDATA));
	expect_no_window(SetWindowLongPtrA(window, GWLP_USERDATA, 1));
	expect_no_window(GetWindowThreadProcessId(window, &process));
	expect_no_window(SetTimer(window, 1, 1, NULL));
	expect_no_window(KillTimer(window, 1));
	expect_no_window(PostMessageA(window, WM_APP, 0, 0));
	expect_no_window(SendMessageA(window, WM_APP, 0, 0));
	expect_no_window(DispatchMessageA(&message));
	expect_no_window(DefWindowProcA(window, WM_DEVICECHANGE, 0, 0));
	expect_no_window(PeekMessageA(&message, window, 0, 0, PM_REMOVE));
	expect_no_window(GetMessageA(&message, window, 0, 0) != -1);
	expect_no_window(
		CreateWindowExA(0, "life", "", WS_CHILD, 0, 0, 0, 0, window, NULL, NULL, &life));
}

/* A call that succeeds leaves the last error: programs look at it after several. */
static void test_success_leaves_the_last_error(void **state)
{
	struct life life = {0};
	HWND window = window_new(&life);

	SetLastError(4711);
	assert_int_equal(SetWindowLongPtrA(window, GWLP_USERDATA, 0), (LONG_PTR)&life);
	assert_int_equal(GetWindowLongPtrA(window, GWLP_USERDATA), 0);
	assert_true(IsWindow(window));
	assert_int_equal(GetLastError(), 4711);
	assert_int_equal(SetWindowLongPtrA(window, 0, 1), 0); /* the class has no room for it */
	assert_int_equal(GetLastError(), ERROR_INVALID_INDEX);
	DestroyWindow(window);
}

/* U3: a queue that nobody retrieves from takes 10,000 messages, as on Windows. */
static void test_u3_posted_limit(void **state)
{
	MSG message;

	for (int i = 0; i < 10000; i++)
		assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_false(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	assert_int_equal(GetLastError(), ERROR_NOT_ENOUGH_QUOTA);
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	assert_true(PostThreadMessageA(GetCurrentThreadId(), WM_APP, 0, 0));
	while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
		;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_post_and_quit),
		cmocka_unit_test(test_send_between_threads),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_wait_for_both),
		cmocka_unit_test(test_u3_quit_passes_filters),
		cmocka_unit_test(test_u3_wait_for_what_is_new),
		cmocka_unit_test(test_u3_filter_of_a_parent),
		cmocka_unit_test(test_unregister_class_with_a_window),
		cmocka_unit_test(test_u3_calls_on_a_destroyed_window),
		cmocka_unit_test(test_success_leaves_the_last_error),
		cmocka_unit_test(test_u3_posted_limit),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
