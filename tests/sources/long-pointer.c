/* SPDX-License-Identifier: MIT */
/* U18: long has 64 bits here and LONG 32: compilers tell of a pointer to one where the other is wanted, in C++ and from
 * gcc 14 on as an error, and with -Werror always. */
/* sources: refused:written no-mingw */
#include <windows.h>

int main(void)
{
	unsigned long written = 0;

	WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "", 0, &written, NULL);
	return (int)written;
}
