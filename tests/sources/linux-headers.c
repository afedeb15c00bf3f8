/* SPDX-License-Identifier: MIT */
/* U18: headers that both worlds have, in one source, and a timespec that a source defines where none is. */
/* sources: run */
#include <windows.h>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#if !defined(HAVE_STRUCT_TIMESPEC) && !defined(_TIMESPEC_DEFINED)
struct timespec {
	long tv_sec;
	long tv_nsec;
};
#endif

int main(void)
{
	struct timespec time = {0};

	return access(".", 0) != 0 || close(-1) != -1 || time.tv_sec != 0;
}
