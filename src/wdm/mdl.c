/* SPDX-License-Identifier: MIT */
/* Descriptions of buffers. Whatever is described is mapped already, and stays. */
#include <stdlib.h>
#include <wdm.h>

static void mdl_init(PMDL mdl, PVOID address, ULONG length)
{
	ULONG offset = (ULONG)((uintptr_t)address & (PAGE_SIZE - 1));

	*mdl = (MDL){.Size = sizeof(*mdl),
		     .MdlFlags = MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED,
		     .MappedSystemVa = address,
		     .StartVa = (PUCHAR)address - offset,
		     .ByteCount = length,
		     .ByteOffset = offset};
}

PMDL IoAllocateMdl(PVOID address, ULONG length, BOOLEAN secondary, BOOLEAN charge, PIRP irp)
{
	PMDL mdl = malloc(sizeof(*mdl));

	if (!mdl)
		return NULL;
	mdl_init(mdl, address, length);
	if (!irp)
		return mdl;
	PMDL *link = &irp->MdlAddress;
	while (secondary && *link)
		link = &(*link)->Next;
	*link = mdl;
	return mdl;
}

void IoFreeMdl(PMDL mdl)
{
	free(mdl);
}

void IoBuildPartialMdl(PMDL source, PMDL target, PVOID address, ULONG length)
{
	ULONG before = (ULONG)((PUCHAR)address - (PUCHAR)MmGetMdlVirtualAddress(source));

	mdl_init(target, address, length ? length : source->ByteCount - before);
	target->MdlFlags |= MDL_PARTIAL;
}

void MmBuildMdlForNonPagedPool(PMDL mdl)
{
	mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
}

void MmProbeAndLockPages(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
	mdl->MdlFlags |= MDL_PAGES_LOCKED;
}

void MmUnlockPages(PMDL mdl)
{
	mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
}

PVOID MmMapLockedPagesSpecifyCache(PMDL mdl, KPROCESSOR_MODE mode, MEMORY_CACHING_TYPE cache,
				   PVOID wanted, ULONG bug_check, ULONG priority)
{
	return mdl->MappedSystemVa;
}

void MmUnmapLockedPages(PVOID address, PMDL mdl)
{
}
