/* SPDX-License-Identifier: MIT */
/* Classes, texts, properties, searching, hooks, and messages that are sent in other ways (U18). No manager is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <cmocka.h>

#include "in-thread.h"

static LRESULT CALLBACK answer(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	return message == WM_USER ? (LRESULT)wparam + 1
				  : DefWindowProcA(window, message, wparam, lparam);
}

static LRESULT CALLBACK answer_wide(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	return message == WM_USER ? (LRESULT)wparam + 2
				  : DefWindowProcW(window, message, wparam, lparam);
}

static HWND make(const char *class_name, const char *text, HWND parent)
{
	HWND window = CreateWindowExA(0, class_name, text, 0, 0, 0, 0, 0, parent, NULL, NULL, NULL);

	assert_non_null(window);
	return window;
}

static int setup_classes(void **state)
{
	WNDCLASSA narrow = {.lpfnWndProc = answer, .lpszClassName = "narrow", .cbWndExtra = 8};
	WNDCLASSW wide = {.lpfnWndProc = answer_wide, .lpszClassName = L"wide"};

	(void)state;
	setenv("PNPNOTIFY_ADDRESS", "unix:path=/nonexistent", 1);
	return RegisterClassA(&narrow) && RegisterClassW(&wide) ? 0 : -1;
}

/* --- classes -------------------------------------------------------------------------------------- */

static void test_u18_predefined_classes(void **state)
{
	static const char *const names[] = {"STATIC", "Message", "listbox", "BUTTON", "Edit"};
	char name[32];

	(void)state;
	for (size_t i = 0; i < ARRAYSIZE(names); i++) {
		HWND window = make(names[i], "text", HWND_MESSAGE);
		assert_int_equal(GetClassNameA(window, name, sizeof(name)), strlen(names[i]));
		assert_int_equal(lstrcmpiA(name, names[i]), 0);
		assert_int_equal(SendMessageA(window, WM_USER, 0, 0), 0);
		assert_true(DestroyWindow(window));
	}
	assert_false(UnregisterClassA("STATIC", NULL));
	assert_int_equal(GetLastError(), ERROR_CLASS_DOES_NOT_EXIST);
}

/* A class is its module's; another one may have one of the same name, unless it is everybody's. */
static void test_u18_classes_of_modules(void **state)
{
	HINSTANCE library = GetModuleHandleA("user32");
	WNDCLASSEXA one = {.cbSize = sizeof(one), .lpfnWndProc = answer, .lpszClassName = "both"};
	WNDCLASSEXA other = one;

	(void)state;
	other.lpfnWndProc = answer_wide;
	other.hInstance = library;
	assert_true(RegisterClassExA(&one));
	assert_false(RegisterClassExA(&one));
	assert_int_equal(GetLastError(), ERROR_CLASS_ALREADY_EXISTS);
	assert_true(RegisterClassExA(&other));
	HWND window = make("both", "", HWND_MESSAGE);
	assert_int_equal(SendMessageA(window, WM_USER, 5, 0), 6);
	DestroyWindow(window);
	window = CreateWindowExA(0, "both", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, library, NULL);
	assert_int_equal(SendMessageA(window, WM_USER, 5, 0), 7);
	DestroyWindow(window);
	assert_true(UnregisterClassA("both", GetModuleHandleA(NULL)));
	assert_null(CreateWindowExA(0, "both", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL));
	assert_int_equal(GetLastError(), ERROR_CANNOT_FIND_WND_CLASS);
	assert_true(UnregisterClassA("both", library));
	other.style = CS_GLOBALCLASS;
	assert_true(RegisterClassExA(&other));
	DestroyWindow(make("both", "", HWND_MESSAGE));
	assert_true(UnregisterClassA("both", library));
}

static void test_u18_class_info(void **state)
{
	WNDCLASSEXW info = {.cbSize = sizeof(info)};
	WNDCLASSA narrow;

	(void)state;
	assert_true(GetClassInfoExW(NULL, L"NARROW", &info));
	assert_ptr_equal((void *)info.lpfnWndProc, (void *)answer);
	assert_int_equal(info.cbWndExtra, 8);
	assert_true(GetClassInfoA(NULL, "wide", &narrow));
	assert_string_equal(narrow.lpszClassName, "wide");
	assert_true(GetClassInfoA(NULL, "static", &narrow));
	assert_false(GetClassInfoA(NULL, "no such", &narrow));
	assert_int_equal(GetLastError(), ERROR_CLASS_DOES_NOT_EXIST);
}

/* --- windows -------------------------------------------------------------------------------------- */

static void test_u18_window_text(void **state)
{
	char text[16];
	WCHAR wide[16];

	(void)state;
	HWND one = make("narrow", "gr\xc3\xbc\xc3\x9f", HWND_MESSAGE);
	HWND other = make("wide", "", HWND_MESSAGE);
	assert_int_equal(GetWindowTextA(one, text, sizeof(text)), 6);
	assert_int_equal(GetWindowTextLengthA(one), 6);
	assert_int_equal(GetWindowTextW(one, wide, ARRAYSIZE(wide)), 4);
	assert_int_equal(lstrcmpW(wide, L"gr\x00fc\x00df"), 0);
	assert_int_equal(GetWindowTextLengthW(one), 4);
	assert_int_equal(GetWindowTextA(one, text, 3), 2);
	assert_string_equal(text, "gr");
	assert_true(SetWindowTextW(one, L"\x00fc"));
	assert_int_equal(SendMessageA(one, WM_GETTEXT, sizeof(text), (LPARAM)text), 2);
	assert_string_equal(text, "\xc3\xbc");
	assert_true(SetWindowTextA(other, "\xc3\xbc"));
	assert_int_equal(SendMessageW(other, WM_GETTEXT, ARRAYSIZE(wide), (LPARAM)wide), 1);
	assert_int_equal(wide[0], 0xfc);
	DestroyWindow(other);
	DestroyWindow(one);
	assert_int_equal(GetWindowTextA(one, text, sizeof(text)), 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
}

static void test_u18_window_longs(void **state)
{
	(void)state;
	HWND window = CreateWindowExA(4, "narrow", NULL, WS_POPUP, 0, 0, 0, 0, HWND_MESSAGE,
				      (HMENU)9, NULL, NULL);
	assert_int_equal(GetWindowLongA(window, GWL_STYLE), (LONG)WS_POPUP);
	assert_int_equal(GetWindowLongW(window, GWL_EXSTYLE), 4);
	assert_int_equal(GetWindowLongA(window, GWL_ID), 9);
	assert_int_equal(SetWindowLongA(window, 4, -3), 0); /* the last four bytes of eight */
	assert_int_equal(GetWindowLongW(window, 4), -3);
	assert_int_equal(GetWindowLongW(window, 0), 0);
	assert_int_equal(GetWindowLongW(window, 5), 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_INDEX);
	DestroyWindow(window);
}

static WNDPROC original;

static LRESULT CALLBACK subclass(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	return message == WM_USER ? 10 * CallWindowProcA(original, window, message, wparam, lparam)
				  : CallWindowProcA(original, window, message, wparam, lparam);
}

static void test_u18_subclassing(void **state)
{
	(void)state;
	HWND window = make("narrow", "", HWND_MESSAGE);
	original = (WNDPROC)SetWindowLongPtrA(window, GWLP_WNDPROC, (LONG_PTR)subclass);
	assert_ptr_equal((void *)original, (void *)answer);
	assert_int_equal(SendMessageA(window, WM_USER, 2, 0), 30);
	SetWindowLongPtrA(window, GWLP_WNDPROC, (LONG_PTR)original);
	assert_int_equal(SendMessageA(window, WM_USER, 2, 0), 3);
	DestroyWindow(window);
}

static void test_u18_window_properties(void **state)
{
	int one, other;

	(void)state;
	HWND window = make("narrow", "", HWND_MESSAGE);
	assert_null(GetPropA(window, "name"));
	assert_true(SetPropA(window, "name", &one));
	assert_true(SetPropW(window, L"other", &other));
	assert_true(SetPropA(window, MAKEINTATOM(77), window));
	assert_ptr_equal(GetPropW(window, L"NAME"), &one);
	assert_ptr_equal(GetPropA(window, "other"), &other);
	assert_ptr_equal(GetPropW(window, (LPCWSTR)MAKEINTATOM(77)), window);
	assert_true(SetPropA(window, "name", &other));
	assert_ptr_equal(RemovePropA(window, "name"), &other);
	assert_null(RemovePropA(window, "name"));
	assert_false(SetPropA(window, NULL, &one));
	DestroyWindow(window); /* with two that are left */
	assert_false(SetPropA(window, "name", &one));
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
}

/* --- searching ------------------------------------------------------------------------------------ */

static BOOL CALLBACK count_up(HWND window, LPARAM count)
{
	(void)window;
	++*(int *)count;
	return TRUE;
}

static BOOL CALLBACK count_one(HWND window, LPARAM count)
{
	(void)window;
	++*(int *)count;
	return FALSE;
}

static DWORD WINAPI windows_of_a_thread(LPVOID unused)
{
	int count = 0;

	(void)unused;
	HWND window = make("narrow", "", NULL);
	EnumThreadWindows(GetCurrentThreadId(), count_up, (LPARAM)&count);
	DestroyWindow(window);
	return (DWORD)count;
}

static void test_u18_finding_windows(void **state)
{
	int count = 0, children = 0, first = 0;

	(void)state;
	HWND one = make("narrow", "One", NULL), two = make("wide", "Two", NULL);
	HWND child = make("narrow", "Child", one), grandchild = make("narrow", "", child);
	HWND silent = make("narrow", "One", HWND_MESSAGE);
	assert_ptr_equal(FindWindowA("NARROW", NULL), one);
	assert_ptr_equal(FindWindowW(NULL, L"two"), two);
	assert_ptr_equal(FindWindowA("wide", "Two"), two);
	assert_null(FindWindowA("narrow", "Two"));
	assert_ptr_equal(FindWindowExA(HWND_MESSAGE, NULL, "narrow", NULL), silent);
	assert_ptr_equal(FindWindowExW(one, NULL, L"narrow", L"child"), child);
	assert_ptr_equal(FindWindowExA(NULL, one, NULL, NULL), two);
	assert_null(FindWindowExA(NULL, two, NULL, NULL));
	assert_true(EnumWindows(count_up, (LPARAM)&count));
	assert_int_equal(count, 2);
	assert_true(EnumChildWindows(one, count_up, (LPARAM)&children));
	assert_int_equal(children, 2);
	assert_false(EnumWindows(count_one, (LPARAM)&first));
	assert_int_equal(first, 1);
	assert_int_equal(in_thread(windows_of_a_thread, NULL), 1);
	assert_ptr_equal(GetParent(child), one);
	assert_null(GetParent(silent));
	assert_true(IsChild(one, grandchild) && !IsChild(two, grandchild) && !IsChild(one, one));
	DestroyWindow(silent);
	DestroyWindow(two);
	DestroyWindow(one);
	assert_null(FindWindowA(NULL, NULL));
}

/* --- messages ------------------------------------------------------------------------------------- */

static void test_u18_registered_messages(void **state)
{
	(void)state;
	UINT message = RegisterWindowMessageA("pnpn one");
	assert_true(message >= 0xc000 && message <= 0xffff);
	assert_int_equal(RegisterWindowMessageW(L"PNPN ONE"), message);
	assert_int_not_equal(RegisterWindowMessageA("pnpn two"), message);
	assert_int_equal(RegisterWindowMessageA(""), 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
}

static void test_u18_queue_status(void **state)
{
	MSG message;

	(void)state;
	HWND window = make("narrow", "", HWND_MESSAGE);
	while (PeekMessageA(&message, NULL, 0, 0, PM_REMOVE))
		;
	assert_int_equal(GetQueueStatus(QS_POSTMESSAGE), 0);
	PostMessageA(window, WM_USER, 0, 0);
	assert_int_equal(GetQueueStatus(QS_POSTMESSAGE), MAKELONG(QS_POSTMESSAGE, QS_POSTMESSAGE));
	assert_int_equal(GetQueueStatus(QS_POSTMESSAGE), MAKELONG(0, QS_POSTMESSAGE));
	assert_true(PeekMessageA(&message, NULL, 0, 0, PM_REMOVE));
	assert_int_equal(GetMessageTime(), message.time);
	assert_int_equal(GetQueueStatus(QS_POSTMESSAGE), 0);
	DestroyWindow(window);
}

/* A window of another thread's, which looks for messages when it is told to. */
struct other {
	HWND window;
	HANDLE made, look, began, go_on;
	LONG handled;
};

static LRESULT CALLBACK other_procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	struct other *other = (struct other *)GetWindowLongPtrA(window, GWLP_USERDATA);

	if (message != WM_USER)
		return DefWindowProcA(window, message, wparam, lparam);
	InterlockedIncrement(&other->handled);
	SetEvent(other->began);
	if (lparam)
		WaitForSingleObject(other->go_on, INFINITE);
	return InSendMessageEx(NULL) == (DWORD)wparam ? 42 : 0;
}

static DWORD WINAPI run_other(LPVOID argument)
{
	struct other *other = argument;
	MSG message;

	other->window = make("other", "", HWND_MESSAGE);
	SetWindowLongPtrA(other->window, GWLP_USERDATA, (LONG_PTR)other);
	SetEvent(other->made);
	WaitForSingleObject(other->look, INFINITE);
	while (GetMessageA(&message, NULL, 0, 0) > 0)
		DispatchMessageA(&message);
	DestroyWindow(other->window);
	return 0;
}

static HANDLE start_other(struct other *other)
{
	static bool registered;
	WNDCLASSA window_class = {.lpfnWndProc = other_procedure, .lpszClassName = "other"};

	if (!registered)
		assert_true(RegisterClassA(&window_class));
	registered = true;
	*other = (struct other){.made = CreateEventA(NULL, FALSE, FALSE, NULL),
				.look = CreateEventA(NULL, TRUE, FALSE, NULL),
				.began = CreateEventA(NULL, FALSE, FALSE, NULL),
				.go_on = CreateEventA(NULL, TRUE, FALSE, NULL)};
	HANDLE thread = CreateThread(NULL, 0, run_other, other, 0, NULL);
	assert_non_null(thread);
	assert_int_equal(WaitForSingleObject(other->made, INFINITE), WAIT_OBJECT_0);
	return thread;
}

static void end_other(struct other *other, HANDLE thread)
{
	SetEvent(other->look);
	SetEvent(other->go_on);
	assert_true(PostMessageA(other->window, WM_QUIT, 0, 0));
	assert_int_equal(WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
	CloseHandle(thread);
	CloseHandle(other->made);
	CloseHandle(other->look);
	CloseHandle(other->began);
	CloseHandle(other->go_on);
}

/* What nobody looked at in time is not handled later; what had begun ends without a reader. */
static void test_u18_sent_with_a_limit(void **state)
{
	struct other other;
	DWORD_PTR result = 0;

	(void)state;
	HANDLE thread = start_other(&other);
	assert_int_equal(
		SendMessageTimeoutA(other.window, WM_USER, ISMEX_SEND, 0, SMTO_NORMAL, 1, &result),
		0);
	assert_int_equal(GetLastError(), ERROR_TIMEOUT);
	SetEvent(other.look);
	assert_int_equal(SendMessageTimeoutW(other.window, WM_USER, ISMEX_SEND, 0, SMTO_BLOCK,
					     3600000, &result),
			 1);
	assert_int_equal(result, 42);
	assert_int_equal(other.handled, 1);
	assert_int_equal(WaitForSingleObject(other.began, INFINITE), WAIT_OBJECT_0);
	assert_int_equal(
		SendMessageTimeoutW(other.window, WM_USER, 0, 1, SMTO_NORMAL, 200, &result), 0);
	assert_int_equal(GetLastError(), ERROR_TIMEOUT);
	end_other(&other, thread);
	assert_int_equal(SendMessageTimeoutA(other.window, WM_USER, 0, 0, SMTO_NORMAL, 1, &result),
			 0);
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
	HWND window = make("narrow", "", HWND_MESSAGE);
	assert_int_equal(SendMessageTimeoutA(window, WM_USER, 6, 0, SMTO_NORMAL, 1, &result), 1);
	assert_int_equal(result, 7);
	DestroyWindow(window);
}

static void test_u18_sent_without_waiting(void **state)
{
	struct other other;

	(void)state;
	HANDLE thread = start_other(&other);
	assert_true(SendNotifyMessageA(other.window, WM_USER, ISMEX_NOTIFY, 0));
	assert_true(SendNotifyMessageW(other.window, WM_USER, ISMEX_NOTIFY, 0));
	assert_int_equal(other.handled, 0);
	SetEvent(other.look);
	assert_int_equal(SendMessageA(other.window, WM_USER, ISMEX_SEND, 0), 42); /* behind them */
	assert_int_equal(other.handled, 3);
	end_other(&other, thread);
	assert_false(SendNotifyMessageA(other.window, WM_USER, 0, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_WINDOW_HANDLE);
}

/* --- hooks ---------------------------------------------------------------------------------------- */

static char order[16];

static LRESULT CALLBACK first_hook(int code, WPARAM wparam, LPARAM lparam)
{
	strcat(order, "1");
	return CallNextHookEx(NULL, code, wparam, lparam);
}

static LRESULT CALLBACK second_hook(int code, WPARAM wparam, LPARAM lparam)
{
	MSG *message = (MSG *)lparam;

	strcat(order, wparam == PM_REMOVE ? "2" : "p");
	message->wParam++;
	return CallNextHookEx(NULL, code, wparam, lparam);
}

static LRESULT CALLBACK sent_hook(int code, WPARAM wparam, LPARAM lparam)
{
	const CWPSTRUCT *sent = (const CWPSTRUCT *)lparam;

	if (sent->message == WM_USER)
		strcat(order, "s");
	return CallNextHookEx(NULL, code, wparam, lparam);
}

static void test_u18_hooks(void **state)
{
	MSG message;

	(void)state;
	*order = 0;
	HWND window = make("narrow", "", HWND_MESSAGE);
	HHOOK first = SetWindowsHookExA(WH_GETMESSAGE, first_hook, NULL, GetCurrentThreadId());
	HHOOK second = SetWindowsHookExW(WH_GETMESSAGE, second_hook, NULL, GetCurrentThreadId());
	HHOOK sent = SetWindowsHookExW(WH_CALLWNDPROC, sent_hook, NULL, GetCurrentThreadId());
	assert_true(first && second && sent);
	PostMessageA(window, WM_USER, 5, 0);
	assert_true(PeekMessageA(&message, window, 0, 0, PM_NOREMOVE));
	assert_string_equal(order, "p1");
	assert_true(GetMessageA(&message, window, 0, 0) > 0);
	assert_string_equal(order, "p121");
	assert_int_equal(message.wParam, 6);
	assert_int_equal(SendMessageA(window, WM_USER, 1, 0), 2);
	assert_string_equal(order, "p121s");
	assert_true(UnhookWindowsHookEx(second));
	assert_false(UnhookWindowsHookEx(second));
	assert_int_equal(GetLastError(), ERROR_INVALID_HOOK_HANDLE);
	PostMessageA(window, WM_USER, 5, 0);
	assert_true(GetMessageA(&message, window, 0, 0) > 0);
	assert_string_equal(order, "p121s1");
	assert_true(UnhookWindowsHookEx(first) && UnhookWindowsHookEx(sent));
	assert_null(SetWindowsHookExA(WH_KEYBOARD_LL, first_hook, NULL, 0));
	assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
	assert_null(SetWindowsHookExA(WH_GETMESSAGE, NULL, NULL, 0));
	assert_int_equal(GetLastError(), ERROR_INVALID_FILTER_PROC);
	DestroyWindow(window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u18_predefined_classes),
		cmocka_unit_test(test_u18_classes_of_modules),
		cmocka_unit_test(test_u18_class_info),
		cmocka_unit_test(test_u18_window_text),
		cmocka_unit_test(test_u18_window_longs),
		cmocka_unit_test(test_u18_subclassing),
		cmocka_unit_test(test_u18_window_properties),
		cmocka_unit_test(test_u18_finding_windows),
		cmocka_unit_test(test_u18_registered_messages),
		cmocka_unit_test(test_u18_queue_status),
		cmocka_unit_test(test_u18_sent_with_a_limit),
		cmocka_unit_test(test_u18_sent_without_waiting),
		cmocka_unit_test(test_u18_hooks),
	};
	return cmocka_run_group_tests(tests, setup_classes, NULL);
}
