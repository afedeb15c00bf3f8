/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ring.h"
#include "manager/ring-memory.h"

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

static int open_read_only(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int read_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read_fd < 0)
		return -errno;
	if (fchmod(fd, 0) < 0) {
		int r = -errno;
		close(read_fd);
		return r;
	}
	return read_fd;
}

int pnpn_ring_memory_init(struct pnpn_ring_memory *ring)
{
	const uint64_t data_bytes = pnpn_ring_data_bytes(PNPN_RING_BACKLOG);
	struct pnpn_ring_memory fresh = {.read_fd = -1};
	int r = pnpn_sealed_init(&fresh.memory, "pnpnotify-ring", pnpn_ring_bytes(data_bytes));

	if (r < 0)
		return r;
	fresh.header = fresh.memory.map;
	pnpn_ring_init(fresh.header, data_bytes);
	fresh.read_fd = open_read_only(fresh.memory.fd);
	if (fresh.read_fd < 0) {
		pnpn_sealed_deinit(&fresh.memory);
		return fresh.read_fd;
	}
	*ring = fresh;
	return 0;
}

int pnpn_ring_memory_reserve(struct pnpn_ring_memory *ring)
{
	int r;

	if (ring->is_reserved)
		return 0;
	do {
		r = fallocate(ring->memory.fd, 0, PNPN_RING_HEADER_BYTES, PNPN_RING_FIRST_BYTES);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == ENOSPC ? -ENOMEM : -errno;
	ring->is_reserved = true;
	return 0;
}

void pnpn_ring_memory_deinit(struct pnpn_ring_memory *ring)
{
	if (ring->read_fd >= 0)
		close(ring->read_fd);
	pnpn_sealed_deinit(&ring->memory);
	ring->read_fd = -1;
	ring->header = NULL;
}
