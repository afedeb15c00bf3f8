/* SPDX-License-Identifier: MIT */
/* U15: a program with WinMain() and no main(), a window loop and PostQuitMessage(). */
#include <windows.h>

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
	if (message == WM_APP)
		PostQuitMessage((int)wparam);
	return DefWindowProc(window, message, wparam, lparam);
}

int WINAPI WinMain(HINSTANCE instance, HINSTANCE previous, LPSTR command_line, int show)
{
	WNDCLASS window_class = {
		.lpfnWndProc = procedure, .hInstance = instance, .lpszClassName = TEXT("Program")};
	MSG message;

	if (!RegisterClass(&window_class) || strcmp(command_line, "two words") != 0)
		return 1;
	HWND window = CreateWindow(TEXT("Program"), NULL, WS_OVERLAPPEDWINDOW, 0, 0, 0, 0, NULL,
				   NULL, instance, NULL);
	ShowWindow(window, show);
	PostMessage(window, WM_APP, 42, 0);
	while (GetMessage(&message, NULL, 0, 0) > 0) {
		TranslateMessage(&message);
		DispatchMessage(&message);
	}
	return message.wParam == 42 ? 0 : 2;
}
