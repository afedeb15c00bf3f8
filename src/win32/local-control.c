/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <windows.h>
#include <winioctl.h>

#include "io/caller.h"
#include "win32/disk-number.h"
#include "win32/local-control.h"
#include "win32/local-status.h"

/* What Windows makes of disks that have no such thing. */
#define TRACKS_PER_CYLINDER 255
#define SECTORS_PER_TRACK   63

/* All of it or nothing. */
static int32_t answer(const struct pnpn_ask *ask, const void *result, uint32_t size,
		      uint64_t *ret_information)
{
	if (ask->output_size < size)
		return PNPN_STATUS_BUFFER_TOO_SMALL;
	memcpy(ask->output, result, size);
	*ret_information = size;
	return 0;
}

static int32_t get_number(int fd, const struct pnpn_ask *ask, uint64_t *ret_information)
{
	STORAGE_DEVICE_NUMBER number;
	struct stat status;
	unsigned int disk, partition;

	if (fstat(fd, &status) < 0)
		return pnpn_local_status(-errno);
	if (!S_ISBLK(status.st_mode) || !pnpn_disk_number(status.st_rdev, &disk, &partition))
		return PNPN_STATUS_INVALID_DEVICE_REQUEST;
	number = (STORAGE_DEVICE_NUMBER){
		.DeviceType = FILE_DEVICE_DISK, .DeviceNumber = disk, .PartitionNumber = partition};
	return answer(ask, &number, sizeof(number), ret_information);
}

static int32_t get_length(int fd, const struct pnpn_ask *ask, uint64_t *ret_information)
{
	GET_LENGTH_INFORMATION length;
	uint64_t bytes;

	if (ioctl(fd, BLKGETSIZE64, &bytes) < 0)
		return pnpn_local_status(-errno);
	length.Length.QuadPart = (LONGLONG)bytes;
	return answer(ask, &length, sizeof(length), ret_information);
}

static int32_t get_geometry(int fd, const struct pnpn_ask *ask, uint64_t *ret_information)
{
	uint64_t bytes;
	int sector;

	if (ioctl(fd, BLKGETSIZE64, &bytes) < 0 || ioctl(fd, BLKSSZGET, &sector) < 0)
		return pnpn_local_status(-errno);
	DISK_GEOMETRY geometry = {.MediaType = FixedMedia,
				  .TracksPerCylinder = TRACKS_PER_CYLINDER,
				  .SectorsPerTrack = SECTORS_PER_TRACK,
				  .BytesPerSector = (DWORD)sector};
	geometry.Cylinders.QuadPart =
		(LONGLONG)(bytes / (uint64_t)sector / TRACKS_PER_CYLINDER / SECTORS_PER_TRACK);
	if (ask->code == IOCTL_DISK_GET_DRIVE_GEOMETRY)
		return answer(ask, &geometry, sizeof(geometry), ret_information);
	/* Behind these two Windows has what programs find out otherwise. */
	struct {
		DISK_GEOMETRY geometry;
		LARGE_INTEGER size;
	} extended = {.geometry = geometry, .size.QuadPart = (LONGLONG)bytes};
	return answer(ask, &extended, sizeof(extended), ret_information);
}

/* Only drives with a door know it. */
static int32_t move_medium(int fd, unsigned long request)
{
	return ioctl(fd, request) < 0 ? pnpn_local_status(-errno) : 0;
}

/* A drive says it, any other disk has one. */
static int32_t check_medium(int fd)
{
	int drive = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

	return drive < 0 || drive == CDS_DISC_OK || drive == CDS_NO_INFO
		       ? 0
		       : pnpn_local_status(-ENOMEDIUM);
}

int32_t pnpn_local_control(int fd, const struct pnpn_ask *ask, uint64_t *ret_information)
{
	switch (ask->code) {
	case IOCTL_STORAGE_GET_DEVICE_NUMBER:
		return get_number(fd, ask, ret_information);
	case IOCTL_DISK_GET_LENGTH_INFO:
		return get_length(fd, ask, ret_information);
	case IOCTL_DISK_GET_DRIVE_GEOMETRY:
	case IOCTL_DISK_GET_DRIVE_GEOMETRY_EX:
		return get_geometry(fd, ask, ret_information);
	case IOCTL_STORAGE_EJECT_MEDIA:
		return move_medium(fd, CDROMEJECT);
	case IOCTL_STORAGE_LOAD_MEDIA:
		return move_medium(fd, CDROMCLOSETRAY);
	case IOCTL_STORAGE_CHECK_VERIFY:
	case IOCTL_STORAGE_CHECK_VERIFY2:
		return check_medium(fd);
	default:
		return PNPN_STATUS_INVALID_DEVICE_REQUEST;
	}
}
