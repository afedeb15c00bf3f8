/* SPDX-License-Identifier: MIT */
/* A ring in memory, its writer and one reader. cmocka.h comes before. */
#ifndef PNPN_CORE_TEST_RING_H
#define PNPN_CORE_TEST_RING_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/ring-reader.h"
#include "core/ring-writer.h"

#define BACKLOG (1ull << 20)
#define SMALL	pnpn_ring_data_bytes(BACKLOG)
#define LARGE	pnpn_ring_data_bytes(PNPN_RING_BACKLOG)

static const struct pnpn_guid guid = {1, 2, 3, {4}};

struct ring {
	int fd;
	uint64_t data_bytes;
	void *map;
	const void *read_only;
	struct pnpn_ring_writer writer;
	struct pnpn_ring_reader reader;
};

static uint8_t buffer[PNPN_DATA_MAX];

static inline void ring_init(struct ring *ring, uint64_t data_bytes)
{
	size_t bytes = pnpn_ring_bytes(data_bytes);

	ring->data_bytes = data_bytes;
	ring->fd = memfd_create("ring", MFD_CLOEXEC);
	assert_int_equal(ftruncate(ring->fd, (off_t)bytes), 0);
	ring->map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	ring->read_only = mmap(NULL, bytes, PROT_READ, MAP_SHARED, ring->fd, 0);
	assert_ptr_not_equal(ring->map, MAP_FAILED);
	pnpn_ring_init(ring->map, data_bytes);
	((struct pnpn_ring_header *)ring->map)->readers = 1;
	assert_int_equal(pnpn_ring_writer_init(&ring->writer, ring->map, bytes), 0);
	assert_int_equal(pnpn_ring_reader_init(&ring->reader, ring->read_only, bytes), 0);
}

static inline void ring_deinit(struct ring *ring)
{
	pnpn_ring_writer_deinit(&ring->writer);
	munmap(ring->map, pnpn_ring_bytes(ring->data_bytes));
	munmap((void *)ring->read_only, pnpn_ring_bytes(ring->data_bytes));
	close(ring->fd);
}

/* Says where every reader is: where the one is that there is. For the thread that reads. */
static inline void tell_floor(struct ring *ring)
{
	__atomic_store_n(&ring->writer.header->floor, ring->reader.position, __ATOMIC_RELAXED);
}

/* For any thread. Returns what is to be done after it, without the care for memory, which was taken; *ret_floor
 * says whether the floor is asked for. */
static inline unsigned int report_and_care(struct ring *ring, const void *data, uint32_t size,
					   bool *ret_floor)
{
	unsigned int after;

	assert_int_equal(pnpn_ring_writer_report(&ring->writer, &guid, data, size, PNPN_NO_TEXT,
						 NULL, &after),
			 0);
	*ret_floor = after & PNPN_AFTER_CARE && pnpn_ring_writer_care(&ring->writer);
	return after & ~(unsigned int)PNPN_AFTER_CARE;
}

/* For the thread that reads. */
static inline bool report(struct ring *ring, const void *data, uint32_t size)
{
	bool floor;
	unsigned int after = report_and_care(ring, data, size, &floor);

	if (floor)
		tell_floor(ring);
	return after & PNPN_AFTER_WAKE;
}

static inline uint8_t *data_of(const struct ring *ring)
{
	return (uint8_t *)ring->map + PNPN_RING_HEADER_BYTES;
}

static inline uint64_t resident(const struct ring *ring)
{
	size_t pages = ring->data_bytes / 4096;
	unsigned char *vector = malloc(pages);
	uint64_t count = 0;

	assert_int_equal(mincore(data_of(ring), ring->data_bytes, vector), 0);
	for (size_t i = 0; i < pages; i++)
		count += vector[i] & 1;
	free(vector);
	return count * 4096;
}

#endif
