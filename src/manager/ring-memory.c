/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/ring.h"
#include "manager/ring-memory.h"

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
