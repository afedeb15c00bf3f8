/* SPDX-License-Identifier: MIT */
/* In front of mingw-w64's: the names without the underscore are functions of the same symbols. */
#pragma GCC system_header
#include <_mingw.h>
#pragma redefine_extname cputs _cputs
#pragma redefine_extname getch _getch
#pragma redefine_extname getche _getche
#pragma redefine_extname kbhit _kbhit
#pragma redefine_extname putch _putch
#pragma redefine_extname ungetch _ungetch
#include_next <conio.h>
