/* SPDX-License-Identifier: MIT */
/* Random calls on /dev/pnpnotify and on rings: nothing may fall over, and writable maps must not be had. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <pnpnotify/uapi.h>

static uint64_t state = 88172645463325252ull;

static uint64_t random_u64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Numbers that matter more often than chance would bring them. */
static uint64_t some_number(void)
{
	static const uint64_t numbers[] = {
		0, 1, 2, 3, 7, 8, 24, 48, 4096, 65536, 1 << 20, UINT32_MAX, INT64_MAX, UINT64_MAX};

	return random_u64() % 2 ? numbers[random_u64() % (sizeof(numbers) / sizeof(numbers[0]))]
				: random_u64();
}

static void fill(void *to, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((uint8_t *)to)[i] = random_u64() % 4 ? 0 : (uint8_t)random_u64();
}

static void call(int fd)
{
	static const unsigned long commands[] = {PNPN_IOC_VERSION, PNPN_IOC_ATTACH, PNPN_IOC_RING,
						 PNPN_IOC_REPORT, 0};
	uint8_t buffer[4096];
	uint32_t size = (uint32_t)some_number();
	unsigned long command = commands[random_u64() % 5];

	fill(buffer, sizeof(buffer));
	memcpy(buffer, &size, sizeof(size));
	if (random_u64() % 2) {
		struct pnpn_attach attach = {.size = sizeof(attach), .device = random_u64() % 8};
		memcpy(buffer, &attach, sizeof(attach));
	}
	if (!command)
		command = some_number();
	int fresh = ioctl(fd, command, random_u64() % 8 ? (void *)buffer : (void *)some_number());
	if (fresh > 2 && command == PNPN_IOC_ATTACH)
		close(fresh);
}

static void map(int fd)
{
	int protection = (int)(random_u64() % 8),
	    flags = random_u64() % 2 ? MAP_SHARED : MAP_PRIVATE;
	size_t bytes = some_number() % (80u << 20);
	void *map = mmap(NULL, bytes ? bytes : 4096, protection, flags, fd,
			 (off_t)(some_number() % (1u << 30) & ~4095ull));

	if (map == MAP_FAILED)
		return;
	if (protection & PROT_WRITE) {
		puts("a writable map was had");
		exit(1);
	}
	if (mprotect(map, 4096, PROT_READ | PROT_WRITE) == 0) {
		puts("a map was made writable");
		exit(1);
	}
	munmap(map, bytes ? bytes : 4096);
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 1000;
	int fds[2] = {open("/dev/pnpnotify", O_RDONLY | O_NONBLOCK), -1};
	uint8_t buffer[8192];

	if (fds[0] < 0) {
		perror("/dev/pnpnotify");
		return 1;
	}
	for (long i = 0; i < rounds; i++) {
		struct pnpn_attach attach = {.size = sizeof(attach), .device = random_u64() % 1024};
		int fd = fds[fds[1] >= 0 && random_u64() % 2];
		struct pollfd poll_fd = {.fd = fd, .events = (short)random_u64()};
		if (fds[1] < 0)
			fds[1] = ioctl(fds[0], PNPN_IOC_ATTACH, &attach);
		switch (random_u64() % 5) {
		case 0:
			(void)!read(fd, buffer, some_number() % sizeof(buffer));
			break;
		case 1:
			(void)!write(fd, buffer, some_number() % sizeof(buffer));
			break;
		case 2:
			poll(&poll_fd, 1, 0);
			break;
		case 3:
			map(fd);
			break;
		default:
			call(fd);
		}
	}
	return 0;
}
