/* SPDX-License-Identifier: MIT */
/* Sharing, for drivers that ask: devices are shared unless their drivers refuse. */
#include <wdm.h>

static void share_set(PFILE_OBJECT file, ACCESS_MASK access, ULONG share)
{
	file->ReadAccess = (access & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
	file->WriteAccess = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
	file->DeleteAccess = (access & DELETE) != 0;
	BOOLEAN any = file->ReadAccess || file->WriteAccess || file->DeleteAccess;
	file->SharedRead = any && (share & FILE_SHARE_READ);
	file->SharedWrite = any && (share & FILE_SHARE_WRITE);
	file->SharedDelete = any && (share & FILE_SHARE_DELETE);
}

static BOOLEAN share_counts(PFILE_OBJECT file)
{
	return file->ReadAccess || file->WriteAccess || file->DeleteAccess;
}

static BOOLEAN share_conflicts(PFILE_OBJECT file, const SHARE_ACCESS *share)
{
	return (file->ReadAccess && share->SharedRead < share->OpenCount) ||
	       (file->WriteAccess && share->SharedWrite < share->OpenCount) ||
	       (file->DeleteAccess && share->SharedDelete < share->OpenCount) ||
	       (share->Readers && !file->SharedRead) || (share->Writers && !file->SharedWrite) ||
	       (share->Deleters && !file->SharedDelete);
}

static void share_add(PFILE_OBJECT file, PSHARE_ACCESS share, ULONG one)
{
	if (!share_counts(file))
		return;
	share->OpenCount += one;
	share->Readers += file->ReadAccess ? one : 0;
	share->Writers += file->WriteAccess ? one : 0;
	share->Deleters += file->DeleteAccess ? one : 0;
	share->SharedRead += file->SharedRead ? one : 0;
	share->SharedWrite += file->SharedWrite ? one : 0;
	share->SharedDelete += file->SharedDelete ? one : 0;
}

NTSTATUS IoCheckShareAccess(ACCESS_MASK access, ULONG share_mode, PFILE_OBJECT file,
			    PSHARE_ACCESS share, BOOLEAN update)
{
	share_set(file, access, share_mode);
	if (share_counts(file) && share_conflicts(file, share))
		return STATUS_SHARING_VIOLATION;
	if (update)
		share_add(file, share, 1);
	return STATUS_SUCCESS;
}

void IoSetShareAccess(ACCESS_MASK access, ULONG share_mode, PFILE_OBJECT file, PSHARE_ACCESS share)
{
	*share = (SHARE_ACCESS){0};
	share_set(file, access, share_mode);
	share_add(file, share, 1);
}

void IoUpdateShareAccess(PFILE_OBJECT file, PSHARE_ACCESS share)
{
	share_add(file, share, 1);
}

void IoRemoveShareAccess(PFILE_OBJECT file, PSHARE_ACCESS share)
{
	share_add(file, share, (ULONG)-1);
}
