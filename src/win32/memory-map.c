/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <windows.h>

#include "win32/memory-map.h"

static const struct {
	DWORD windows;
	int linux_bits;
} protections[] = {
	/* The first of several with the same bits is what memory of others is called. */
	{PAGE_NOACCESS, PROT_NONE},
	{PAGE_READONLY, PROT_READ},
	{PAGE_READWRITE, PROT_READ | PROT_WRITE},
	{PAGE_WRITECOPY, PROT_READ | PROT_WRITE},
	{PAGE_EXECUTE_READ, PROT_EXEC | PROT_READ},
	{PAGE_EXECUTE, PROT_EXEC},
	{PAGE_EXECUTE_READWRITE, PROT_EXEC | PROT_READ | PROT_WRITE},
	{PAGE_EXECUTE_WRITECOPY, PROT_EXEC | PROT_READ | PROT_WRITE},
};

int pnpn_memory_bits(DWORD protection)
{
	for (size_t i = 0; i < ARRAYSIZE(protections); i++)
		if (protections[i].windows == protection)
			return protections[i].linux_bits;
	return -1;
}

static DWORD protection_of(const char *permissions)
{
	int bits = (permissions[0] == 'r' ? PROT_READ : 0) |
		   (permissions[1] == 'w' ? PROT_WRITE : 0) |
		   (permissions[2] == 'x' ? PROT_EXEC : 0);

	for (size_t i = 0; i < ARRAYSIZE(protections); i++)
		if (protections[i].linux_bits == bits)
			return protections[i].windows;
	return PAGE_READWRITE; /* what can be written, and read all the same */
}

static void fill(MEMORY_BASIC_INFORMATION *information, const char *page, uintptr_t start,
		 uintptr_t end, const char *permissions, uint64_t inode)
{
	DWORD protection = protection_of(permissions);

	*information = (MEMORY_BASIC_INFORMATION){.BaseAddress = (PVOID)page,
						  .AllocationBase = (PVOID)start,
						  .AllocationProtect = protection,
						  .RegionSize = end - (uintptr_t)page,
						  .State = MEM_COMMIT,
						  .Protect = protection,
						  .Type = inode ? MEM_MAPPED : MEM_PRIVATE};
}

bool pnpn_memory_look(const char *page, MEMORY_BASIC_INFORMATION *ret_information)
{
	uintptr_t start, end, wanted = (uintptr_t)page;
	char line[512], permissions[5];
	uint64_t inode;
	FILE *maps = fopen("/proc/self/maps", "re");

	if (!maps)
		return false;
	*ret_information = (MEMORY_BASIC_INFORMATION){.BaseAddress = (PVOID)page,
						      .RegionSize = -wanted,
						      .State = MEM_FREE,
						      .Protect = PAGE_NOACCESS};
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*x %*s %" SCNu64, &start, &end,
			   permissions, &inode) != 4 ||
		    end <= wanted)
			continue;
		if (start <= wanted)
			fill(ret_information, page, start, end, permissions, inode);
		else
			ret_information->RegionSize = start - wanted;
		break;
	}
	fclose(maps);
	return true;
}
