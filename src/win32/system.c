/* SPDX-License-Identifier: MIT */
/* What a program asks of the system: its version, processors, memory, names. */
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <windows.h>

#include "win32/export.h"
#include "win32/last-error.h"
#include "win32/text.h"

/* The Windows whose functions these are. */
#define MAJOR_VERSION 10
#define MINOR_VERSION 0
#define BUILD	      19045

/* --- the version ---------------------------------------------------------------------------------- */

/* Both structures begin alike; the larger one has zeros behind, no service pack, and a kind. */
static BOOL fill_version(void *to, DWORD size, DWORD small, DWORD large, BYTE *kind)
{
	if (size != small && size != large)
		return pnpn_fail(ERROR_INSUFFICIENT_BUFFER);
	OSVERSIONINFOW *version = to;
	memset(to, 0, size);
	version->dwOSVersionInfoSize = size;
	version->dwMajorVersion = MAJOR_VERSION;
	version->dwMinorVersion = MINOR_VERSION;
	version->dwBuildNumber = BUILD;
	version->dwPlatformId = VER_PLATFORM_WIN32_NT;
	if (size == large)
		*kind = VER_NT_WORKSTATION;
	return TRUE;
}

PNPN_EXPORT WINBOOL WINAPI GetVersionExA(LPOSVERSIONINFOA version)
{
	OSVERSIONINFOEXA *extended = (OSVERSIONINFOEXA *)(void *)version;

	return fill_version(version, version->dwOSVersionInfoSize, sizeof(*version),
			    sizeof(*extended), &extended->wProductType);
}

PNPN_EXPORT WINBOOL WINAPI GetVersionExW(LPOSVERSIONINFOW version)
{
	OSVERSIONINFOEXW *extended = (OSVERSIONINFOEXW *)(void *)version;

	return fill_version(version, version->dwOSVersionInfoSize, sizeof(*version),
			    sizeof(*extended), &extended->wProductType);
}

PNPN_EXPORT DWORD WINAPI GetVersion(void)
{
	return (DWORD)BUILD << 16 | MINOR_VERSION << 8 | MAJOR_VERSION;
}

#define CONDITION_BITS 3

/* Three bits for each of the eight kinds, by the number of its bit. */
PNPN_EXPORT ULONGLONG NTAPI VerSetConditionMask(ULONGLONG mask, ULONG types, UCHAR condition)
{
	for (int i = 0; i < 8; i++)
		if (types >> i & 1)
			mask |= (ULONGLONG)(condition & VER_CONDITION_MASK) << i * CONDITION_BITS;
	return mask;
}

static UCHAR condition_of(ULONGLONG mask, DWORD type)
{
	return (UCHAR)(mask >> __builtin_ctz(type) * CONDITION_BITS & VER_CONDITION_MASK);
}

static BOOL holds(DWORD ours, DWORD theirs, UCHAR condition)
{
	switch (condition) {
	case VER_EQUAL:
		return ours == theirs;
	case VER_GREATER:
		return ours > theirs;
	case VER_GREATER_EQUAL:
		return ours >= theirs;
	case VER_LESS:
		return ours < theirs;
	case VER_LESS_EQUAL:
		return ours <= theirs;
	case VER_AND:
		return (ours & theirs) == theirs;
	case VER_OR:
		return (ours & theirs) != 0;
	default:
		return FALSE;
	}
}

/* The version's parts are one number, from the left: a smaller minor version does not undo a larger major one. */
static BOOL version_holds(const OSVERSIONINFOEXW *wanted, DWORD types, ULONGLONG mask)
{
	const struct {
		DWORD type, ours, theirs;
	} parts[] = {
		{VER_MAJORVERSION, MAJOR_VERSION, wanted->dwMajorVersion},
		{VER_MINORVERSION, MINOR_VERSION, wanted->dwMinorVersion},
		{VER_SERVICEPACKMAJOR, 0, wanted->wServicePackMajor},
		{VER_SERVICEPACKMINOR, 0, wanted->wServicePackMinor},
	};
	UCHAR condition = 0;

	for (size_t i = 0; i < ARRAYSIZE(parts); i++) {
		if (!(types & parts[i].type))
			continue;
		condition = condition ? condition : condition_of(mask, parts[i].type);
		if (parts[i].ours != parts[i].theirs)
			return holds(parts[i].ours, parts[i].theirs, condition);
	}
	return !condition || holds(0, 0, condition);
}

PNPN_EXPORT WINBOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW wanted, DWORD types,
					      DWORDLONG mask)
{
	const struct {
		DWORD type, ours, theirs;
	} others[] = {
		{VER_BUILDNUMBER, BUILD, wanted->dwBuildNumber},
		{VER_PLATFORMID, VER_PLATFORM_WIN32_NT, wanted->dwPlatformId},
		{VER_SUITENAME, 0, wanted->wSuiteMask},
		{VER_PRODUCT_TYPE, VER_NT_WORKSTATION, wanted->wProductType},
	};

	if (!types || !mask)
		return pnpn_fail(ERROR_BAD_ARGUMENTS);
	for (size_t i = 0; i < ARRAYSIZE(others); i++)
		if (types & others[i].type &&
		    !holds(others[i].ours, others[i].theirs, condition_of(mask, others[i].type)))
			return pnpn_fail(ERROR_OLD_WIN_VERSION);
	return version_holds(wanted, types, mask) ? TRUE : pnpn_fail(ERROR_OLD_WIN_VERSION);
}

PNPN_EXPORT WINBOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA wanted, DWORD types,
					      DWORDLONG mask)
{
	OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof(wide),
				 .dwMajorVersion = wanted->dwMajorVersion,
				 .dwMinorVersion = wanted->dwMinorVersion,
				 .dwBuildNumber = wanted->dwBuildNumber,
				 .dwPlatformId = wanted->dwPlatformId,
				 .wServicePackMajor = wanted->wServicePackMajor,
				 .wServicePackMinor = wanted->wServicePackMinor,
				 .wSuiteMask = wanted->wSuiteMask,
				 .wProductType = wanted->wProductType};

	return VerifyVersionInfoW(&wide, types, mask);
}

/* --- processors and memory ------------------------------------------------------------------------ */

#ifdef __aarch64__
#define ARCHITECTURE   PROCESSOR_ARCHITECTURE_ARM64
#define PROCESSOR_TYPE 0
#else
#define ARCHITECTURE   PROCESSOR_ARCHITECTURE_AMD64
#define PROCESSOR_TYPE PROCESSOR_AMD_X8664
#endif

PNPN_EXPORT void WINAPI GetSystemInfo(LPSYSTEM_INFO info)
{
	DWORD processors = (DWORD)sysconf(_SC_NPROCESSORS_ONLN);

	*info = (SYSTEM_INFO){.dwPageSize = (DWORD)sysconf(_SC_PAGESIZE),
			      .lpMinimumApplicationAddress = (LPVOID)0x10000,
			      .lpMaximumApplicationAddress = (LPVOID)0x7ffffffeffff,
			      .dwActiveProcessorMask = processors < 64
							       ? ((DWORD_PTR)1 << processors) - 1
							       : ~(DWORD_PTR)0,
			      .dwNumberOfProcessors = processors,
			      .dwProcessorType = PROCESSOR_TYPE,
			      .dwAllocationGranularity = 0x10000};
	info->wProcessorArchitecture = ARCHITECTURE;
}

PNPN_EXPORT void WINAPI GetNativeSystemInfo(LPSYSTEM_INFO info)
{
	GetSystemInfo(info);
}

/* A line of /proc/meminfo, in bytes; 0 if there is none. */
static DWORDLONG memory_of(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoull(line + strlen(name), NULL, 10) * 1024 : 0;
}

PNPN_EXPORT WINBOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX status)
{
	char text[8192];
	FILE *file = fopen("/proc/meminfo", "re");
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	if (status->dwLength != sizeof(*status))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	if (!length)
		return pnpn_fail(ERROR_NO_SYSTEM_RESOURCES);
	text[length] = 0;
	status->ullTotalPhys = memory_of(text, "MemTotal:");
	status->ullAvailPhys = memory_of(text, "MemAvailable:");
	status->dwMemoryLoad = (DWORD)(100 - status->ullAvailPhys * 100 / status->ullTotalPhys);
	status->ullTotalPageFile = status->ullTotalPhys + memory_of(text, "SwapTotal:");
	status->ullAvailPageFile = status->ullAvailPhys + memory_of(text, "SwapFree:");
	status->ullTotalVirtual = status->ullAvailVirtual = 0x7fffffff0000;
	status->ullAvailExtendedVirtual = 0;
	return TRUE;
}

/* --- names ---------------------------------------------------------------------------------------- */

/* size: characters, on return without the zero if it fits and with it if not. */
static BOOL give_name(const char *name, void *to, DWORD *size, DWORD error, BOOL wide)
{
	DWORD room = to ? *size : 0, given = pnpn_text_give(name, to, room, wide);

	*size = given;
	return given < room ? TRUE : pnpn_fail(error);
}

static BOOL computer_name(COMPUTER_NAME_FORMAT format, void *to, DWORD *size, DWORD error,
			  BOOL wide)
{
	char name[256] = "";
	bool is_netbios = format == ComputerNameNetBIOS || format == ComputerNamePhysicalNetBIOS;
	bool is_whole = format == ComputerNameDnsFullyQualified ||
			format == ComputerNamePhysicalDnsFullyQualified;

	if (!size || format < 0 || format >= ComputerNameMax || gethostname(name, sizeof(name) - 1))
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	size_t label = strcspn(name, ".");
	if (format == ComputerNameDnsDomain || format == ComputerNamePhysicalDnsDomain)
		return give_name(name[label] ? name + label + 1 : "", to, size, error, wide);
	if (!is_whole)
		name[label] = 0;
	if (is_netbios) {
		name[MAX_COMPUTERNAME_LENGTH] = 0;
		CharUpperA(name);
	}
	return give_name(name, to, size, error, wide);
}

PNPN_EXPORT WINBOOL WINAPI GetComputerNameExA(COMPUTER_NAME_FORMAT format, LPSTR to, LPDWORD size)
{
	return computer_name(format, to, size, ERROR_MORE_DATA, FALSE);
}

PNPN_EXPORT WINBOOL WINAPI GetComputerNameExW(COMPUTER_NAME_FORMAT format, LPWSTR to, LPDWORD size)
{
	return computer_name(format, to, size, ERROR_MORE_DATA, TRUE);
}

PNPN_EXPORT WINBOOL WINAPI GetComputerNameA(LPSTR to, LPDWORD size)
{
	return computer_name(ComputerNameNetBIOS, to, size, ERROR_BUFFER_OVERFLOW, FALSE);
}

PNPN_EXPORT WINBOOL WINAPI GetComputerNameW(LPWSTR to, LPDWORD size)
{
	return computer_name(ComputerNameNetBIOS, to, size, ERROR_BUFFER_OVERFLOW, TRUE);
}

/* Here the zero counts in every case. */
static BOOL user_name(void *to, DWORD *size, BOOL wide)
{
	char text[4096], number[16];
	struct passwd entry, *found;

	if (!size)
		return pnpn_fail(ERROR_INVALID_PARAMETER);
	snprintf(number, sizeof(number), "%u", geteuid());
	if (getpwuid_r(geteuid(), &entry, text, sizeof(text), &found))
		found = NULL;
	BOOL given = give_name(found ? found->pw_name : number, to, size, ERROR_INSUFFICIENT_BUFFER,
			       wide);
	*size += given ? 1 : 0;
	return given;
}

PNPN_EXPORT WINBOOL WINAPI GetUserNameA(LPSTR to, LPDWORD size)
{
	return user_name(to, size, FALSE);
}

PNPN_EXPORT WINBOOL WINAPI GetUserNameW(LPWSTR to, LPDWORD size)
{
	return user_name(to, size, TRUE);
}
