/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/sealed.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* Kernels before 6.3 do not know the flag. */
static int create(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd < 0 ? -errno : fd;
}

int pnpn_sealed_init(struct pnpn_sealed *sealed, const char *name, size_t bytes)
{
	int fd = create(name);

	*sealed = (struct pnpn_sealed){.fd = -1};
	if (fd < 0)
		return fd;
	void *map = MAP_FAILED;
	if (ftruncate(fd, (off_t)bytes) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		int r = -errno;
		close(fd);
		return r;
	}
	*sealed = (struct pnpn_sealed){.fd = fd, .map = map, .bytes = bytes};
	return 0;
}

void pnpn_sealed_deinit(struct pnpn_sealed *sealed)
{
	if (sealed->map)
		munmap(sealed->map, sealed->bytes);
	if (sealed->fd >= 0)
		close(sealed->fd);
	*sealed = (struct pnpn_sealed){.fd = -1};
}

int pnpn_sealed_size(int fd, size_t *ret_bytes)
{
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_GROW)) != (F_SEAL_SHRINK | F_SEAL_GROW))
		return -EPROTO;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0)
		return -EPROTO;
	*ret_bytes = (size_t)st.st_size;
	return 0;
}
