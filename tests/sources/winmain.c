/* SPDX-License-Identifier: MIT */
/* U18: WinMain() from C and C++. */
/* sources: run */
#include <windows.h>
#include <string.h>

int WINAPI WinMain(HINSTANCE instance, HINSTANCE previous, LPSTR line, int show)
{
	(void)show;
	return !(instance && !previous && strncmp(line, "one ", 4) == 0);
}
