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
#include "port/sealed.h"

static int map(struct pnpn_io_memory *memory, int fd, size_t bytes)
{
	void *address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (address == MAP_FAILED)
		return -errno;
	*memory = (struct pnpn_io_memory){.map = address, .bytes = bytes};
	return 0;
}

int pnpn_io_memory_new(struct pnpn_io_memory *memory, size_t bytes)
{
	struct pnpn_sealed sealed;
	int r = pnpn_sealed_init(&sealed, "pnpnotify-io", bytes);

	if (r < 0)
		return r;
	*memory = (struct pnpn_io_memory){.map = sealed.map, .bytes = bytes};
	return sealed.fd;
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
