/* SPDX-License-Identifier: MIT */
#include <blkid.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "source/volume.h"

static char *probe(blkid_probe prober, bool *ret_has_volume)
{
	const char *label = NULL, *usage = NULL;

	blkid_probe_enable_superblocks(prober, 1);
	blkid_probe_set_superblocks_flags(prober, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_USAGE);
	if (blkid_do_safeprobe(prober) == 0) {
		(void)blkid_probe_lookup_value(prober, "LABEL", &label, NULL);
		(void)blkid_probe_lookup_value(prober, "USAGE", &usage, NULL);
	}
	*ret_has_volume = usage && strcmp(usage, "filesystem") == 0;
	return strdup(label ? label : "");
}

char *pnpn_volume_probe(const char *devnode, bool *ret_has_volume)
{
	int fd = open(devnode, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	blkid_probe prober = fd >= 0 ? blkid_new_probe() : NULL;
	char *label = NULL;

	*ret_has_volume = false;
	if (prober && blkid_probe_set_device(prober, fd, 0, 0) == 0)
		label = probe(prober, ret_has_volume);
	else
		label = strdup("");
	blkid_free_probe(prober);
	if (fd >= 0)
		close(fd);
	return label;
}

bool pnpn_volume_has_medium(const char *devnode)
{
	int fd = open(devnode, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool has = fd >= 0 && ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT) == CDS_DISC_OK;

	if (fd >= 0)
		close(fd);
	return has;
}
