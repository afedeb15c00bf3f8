/* SPDX-License-Identifier: MIT */
/*
 * Without the PnP manager: watches one device of a kernel module through /dev/pnpnotify alone.
 *
 *	cc -I/usr/include kernel-watch.c -o kernel-watch && ./kernel-watch 'ROOT\KERNELHELLO\0000'
 *
 * It reads the ring as docs/ring.md has it; libpnpnotify does the same, and finds devices by any name.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <pnpnotify/uapi.h>

static int attach(int control, const char *id)
{
	struct pnpn_kernel_change change;

	while (read(control, &change, sizeof(change)) == sizeof(change)) {
		struct pnpn_attach attach = {.size = sizeof(attach), .device = change.device};
		if (change.kind == PNPN_CHANGE_CAME && strcmp(change.instance_id, id) == 0)
			return ioctl(control, PNPN_IOC_ATTACH, &attach);
		/* Everything that is there has been told, and it was not. */
		if (change.kind == PNPN_CHANGE_SETTLED)
			break;
	}
	return -1;
}

/* Copied first, then asked whether it was still there: else this reader was lapped. What is left of a chunk and holds no
 * record is as a pad. */
static int copy_record(const struct pnpn_ring_header *header, const char *data, __u64 position,
		       struct pnpn_ring_record *record)
{
	__u64 number = position / PNPN_RING_CHUNK_BYTES, offset = position % PNPN_RING_CHUNK_BYTES;
	const __u64 *chunk = &header->chunk[number % (header->data_bytes / PNPN_RING_CHUNK_BYTES)];
	__u64 entry = __atomic_load_n(chunk, __ATOMIC_ACQUIRE);

	if (!entry || PNPN_RING_CHUNK_NUMBER(entry) != number)
		return 0;
	if (PNPN_RING_CHUNK_BYTES - offset < sizeof(*record)) {
		*record = (struct pnpn_ring_record){.kind = PNPN_RECORD_PAD,
						    .size = PNPN_RING_CHUNK_BYTES - offset};
		return 1;
	}
	memcpy(record, data + PNPN_RING_CHUNK_PLACE(entry) * PNPN_RING_CHUNK_BYTES + offset,
	       sizeof(*record));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(chunk, __ATOMIC_RELAXED) == entry;
}

int main(int argc, char **argv)
{
	__u64 bytes;
	int control = open("/dev/pnpnotify", O_RDONLY | O_CLOEXEC);
	int ring = argc == 2 && control >= 0 ? attach(control, argv[1]) : -1;

	if (ring < 0 || ioctl(ring, PNPN_IOC_RING, &bytes) < 0) {
		fputs("usage: kernel-watch INSTANCE-ID of a device that is there, as whoever may "
		      "open "
		      "/dev/pnpnotify\n",
		      stderr);
		return 1;
	}
	const char *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, ring, 0);
	if (map == MAP_FAILED)
		return 1;
	const struct pnpn_ring_header *header = (const void *)map;
	const char *data = map + PNPN_RING_HEADER_BYTES;
	for (__u64 position = __atomic_load_n(&header->head, __ATOMIC_ACQUIRE);;) {
		if (ioctl(ring, PNPN_IOC_WAIT, &position) < 0)
			return 1;
		while (position != __atomic_load_n(&header->head, __ATOMIC_ACQUIRE)) {
			struct pnpn_ring_record record;
			if (!copy_record(header, data, position, &record)) {
				puts("events were lost");
				position = __atomic_load_n(&header->head, __ATOMIC_ACQUIRE);
				break;
			}
			if (record.kind == PNPN_RECORD_REMOVED)
				return 0;
			if (record.kind == PNPN_RECORD_EVENT)
				printf("event %llu, %u bytes\n",
				       (unsigned long long)record.sequence, record.data_size);
			position += record.size;
		}
	}
}
