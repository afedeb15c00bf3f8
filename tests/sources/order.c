/* SPDX-License-Identifier: MIT */
/* U18: headers in orders, and behind others, that mingw-w64's alone do not bear. */
/* sources: run no-mingw */
#define INITGUID
#include <windows.h>
#include <DriverSpecs.h>
#include <winioctl.h>
#include <winioctl.h>
#include <strsafe.h>
#include <shlwapi.h>
#include <dontuse.h>
#include <sys/stat.h>

int main(void)
{
	struct stat64 file;

	return stat64(".", &file) != 0 || GUID_DEVINTERFACE_DISK.Data1 != 0x53f56307;
}
