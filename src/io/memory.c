/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "io/memory.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static int map(struct pnpn_io_memory *memory, int fd, size_t bytes)
{
	void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (address == MAP_FAILED)
		return -errno;
	*memory = (struct pnpn_io_memory){.map = address, .bytes = bytes};
	return 0;
}

/* Kernels before 6.3 do not know the flag. */
static int create(void)
{
	int fd = memfd_create("pnpnotify-io", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("pnpnotify-io", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd < 0 ? -errno : fd;
}

int pnpn_io_memory_new(struct pnpn_io_memory *memory, size_t bytes)
{
	int fd = create();

	if (fd < 0)
		return fd;
	int r = ftruncate(fd, (off_t)bytes) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0 ? -errno : 0;
	if (r >= 0)
		r = map(memory, fd, bytes);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

/* Huge pages may be missing when they are first used: no pages of those. */
static bool is_plain(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) >= 0 && fs.f_type == TMPFS_MAGIC;
}

int pnpn_io_memory_adopt(struct pnpn_io_memory *memory, int fd, size_t bytes)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE) ||
	    !is_plain(fd) || fstat(fd, &st) < 0 || (uint64_t)st.st_size < bytes)
		return -EPROTO;
	return map(memory, fd, bytes);
}

void pnpn_io_memory_deinit(struct pnpn_io_memory *memory)
{
	if (memory->map)
		munmap(memory->map, memory->bytes);
	*memory = (struct pnpn_io_memory){0};
}
