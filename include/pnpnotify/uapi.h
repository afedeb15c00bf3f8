/* SPDX-License-Identifier: MIT */
/*
 * The event ring as it lies in memory: what the owner of a device writes and every registrant maps.
 *
 * A ring is one shared memory object: a header of PNPN_RING_HEADER_BYTES, then data_bytes of records.
 * The owner of the device and the PnP manager map it read-write, registrants read-only. Positions are
 * 64-bit byte counts that only grow. The data is made of chunks; each PNPN_RING_CHUNK_BYTES of the positions
 * lie in one of them, and @chunk of the header says in which, so that the owner goes on in memory that
 * everybody has read. Members are fixed-width, naturally aligned, in the machine's byte order. See
 * docs/ring.md for the protocol.
 */
#ifndef PNPNOTIFY_UAPI_H
#define PNPNOTIFY_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PNPN_RING_MAGIC 0x52504e50u /* "PNPR" */
#define PNPN_RING_ABI	2u

/** Bytes before the first record; a multiple of every page size in use (4, 16 and 64 KiB). */
#define PNPN_RING_HEADER_BYTES 65536u

/** Bytes of a chunk; no record lies in two. */
#define PNPN_RING_CHUNK_BYTES 262144u

/** The most chunks that a ring has. */
#define PNPN_RING_CHUNKS_MAX 1024u

/** What the header's @chunk says: chunk number P / PNPN_RING_CHUNK_BYTES of the positions, then where it lies. */
#define PNPN_RING_CHUNK_NUMBER(entry) ((entry) >> 16)
/** Where it lies: so many chunks after the data's first byte, if that is below the number of chunks there are. */
#define PNPN_RING_CHUNK_PLACE(entry) (((entry) & 0xffffu) - 1)

/** The most data bytes one event can carry: a USHORT Size less the 36 bytes before the data (R5). */
#define PNPN_DATA_MAX 65499u

/** name_offset of an event without text. */
#define PNPN_NO_TEXT (-1)

/** What a record is. A reader skips kinds that it does not know. */
#define PNPN_RECORD_EVENT   1u /* one accepted report */
#define PNPN_RECORD_PAD	    2u /* nothing: fills the space up to the end of the chunk */
#define PNPN_RECORD_REMOVED 3u /* the device is gone; no record follows (D8) */

/**
 * struct pnpn_ring_record - one record's fixed part; its data follows at once
 * @position:    the record's own position; a reader that finds another value was lapped
 * @size:        bytes, a multiple of 8, this part included: the next record's position is @position + @size
 * @kind:        PNPN_RECORD_*
 * @reserved:    zero
 * @sequence:    1 for the device's first event, one more for each; 0 in a pad
 * @time:        when the report was accepted: nanoseconds of CLOCK_REALTIME
 * @guid:        the event, in the byte order of a Windows GUID structure
 * @name_offset: where text (UTF-16) starts in the data, or PNPN_NO_TEXT
 * @data_size:   bytes of data, at most PNPN_DATA_MAX
 */
struct pnpn_ring_record {
	__u64 position;
	__u32 size;
	__u16 kind;
	__u16 reserved;
	__u64 sequence;
	__u64 time;
	__u8 guid[16];
	__s32 name_offset;
	__u32 data_size;
};

/**
 * struct pnpn_ring_header - the ring's first bytes
 * @magic:        PNPN_RING_MAGIC
 * @abi:          PNPN_RING_ABI
 * @header_bytes: PNPN_RING_HEADER_BYTES
 * @reserved0:    zero
 * @data_bytes:   a multiple of PNPN_RING_CHUNK_BYTES: two to PNPN_RING_CHUNKS_MAX chunks
 * @reserved1:    zero
 *
 * Written by the owner, on a cache line of its own:
 * @claim:        end of the record that is being written, or of the last one: where it is @head, nothing is
 *                being written
 * @head:         end of the last complete record: everything below is visible
 * @sequence:     sequence number of the last event
 * @base:         what it was before the ring's first event: 0, but for a device whose events are another
 *                machine's and keep the numbers that they have there; all ones: not known
 * @reserved2:    zero
 *
 * Waking, written by owner and manager:
 * @armed:        1 while somebody may be asleep: the owner's next report wakes. In a burst it clears it before, so
 *                that the others need not; a report that stands alone leaves it set
 * @reserved3:    zero
 *
 * Written by the manager:
 * @readers:      attached registrants; 0 lets the owner recycle the memory it has (R13)
 * @told:         how often registrants were told something that has its place among the records, each time once it
 *                was sent: who finds another number than the last time looks there before he reads on
 * @handled:      kernel-mode registrants have handled everything below; all ones without any (R2, R9)
 * @floor:        every attached reader took everything below: the owner may give that memory back
 * @reserved5:    zero
 *
 * @chunk:        entry N modulo the number of chunks tells where chunk number N of the positions lies, if that is
 *                the number that it names (PNPN_RING_CHUNK_NUMBER, _PLACE); 0 for none. Taken out before its
 *                memory is used for another, so a reader that copied a record and then finds the entry as it
 *                was has a whole one. A chunk begins with a record: there a lapped reader goes on
 */
struct pnpn_ring_header {
	__u32 magic;
	__u32 abi;
	__u32 header_bytes;
	__u32 reserved0;
	__u64 data_bytes;
	__u64 reserved1[5];

	__u64 claim;
	__u64 head;
	__u64 sequence;
	__u64 base;
	__u64 reserved2[4];

	__u32 armed;
	__u32 reserved3[15];

	__u32 readers;
	__u32 told;
	__u64 handled;
	__u64 floor;
	__u64 reserved5[5];

	__u64 chunk[PNPN_RING_CHUNKS_MAX];
};

/**
 * struct pnpn_reader_page - what one reader tells the manager, in a page that only the two share
 * @position: the reader took everything below; only ever a hint: for the lag in `pnpnotify status`,
 *            for giving memory back and, of a kernel-mode registrant, for header.handled
 * @lost:     events that this reader lost
 * @taken:    events that this reader took
 * @reserved: zero
 */
struct pnpn_reader_page {
	__u64 position;
	__u64 lost;
	__u64 taken;
	__u64 reserved[5];
};

/* --- /dev/pnpnotify: the devices of kernel modules ------------------------------------------------ */

/*
 * Whoever opens it reads struct pnpn_kernel_change records: first one for each thing that is there (of
 * interfaces the disabled ones too) and PNPN_CHANGE_SETTLED, then one for each change; poll() tells of them.
 * Whoever is some 1,000 changes behind reads PNPN_CHANGE_OVERRUN, then as at first. A ring comes from
 * PNPN_IOC_ATTACH, as a descriptor:
 *
 *	mmap() read-only, offset 0, PNPN_RING_HEADER_BYTES + data_bytes (st_size of fstat() is not set:
 *	PNPN_IOC_RING tells); any writable map is refused, and so is making one writable later;
 *	write() of 8 bytes, as to an eventfd: "I took all that I saw and am about to sleep"; look at the
 *	ring once more after it; poll() is readable when something was reported since.
 */

/** The version of what follows: PNPN_IOC_VERSION tells what the module has. */
#define PNPN_KERNEL_ABI 3u

/** What a change is. */
#define PNPN_CHANGE_CAME     1u /* a device was started: instance_id, name is its path below /sys */
#define PNPN_CHANGE_WENT     2u /* it is gone, and its interfaces with it */
#define PNPN_CHANGE_LINK     3u /* it has a \\.\ name: name */
#define PNPN_CHANGE_UNLINK   4u /* it lost it */
#define PNPN_CHANGE_ENABLED  5u /* an interface was enabled: class, name */
#define PNPN_CHANGE_DISABLED 6u /* it was disabled */
#define PNPN_CHANGE_OVERRUN  7u /* changes were lost: everything that is there follows once more */
#define PNPN_CHANGE_SETTLED  8u /* everything that is there has been told: the rest is gone */

/** Bytes of the texts in a change, the final zero included. */
#define PNPN_CHANGE_ID_BYTES   208u
#define PNPN_CHANGE_NAME_BYTES 512u

/**
 * struct pnpn_kernel_change - one record of read(); a buffer must have room for a whole one
 * @size:        bytes of this record, a multiple of 8: the next one follows there
 * @kind:        PNPN_CHANGE_*; skip what you do not know
 * @device:      the device's number, never given twice; 0 in PNPN_CHANGE_OVERRUN and _SETTLED
 * @reserved:    zero
 * @class:       interface class
 * @instance_id: the device's
 * @name:        see @kind
 */
struct pnpn_kernel_change {
	__u32 size;
	__u32 kind;
	__u64 device;
	__u64 reserved;
	__u8 class[16];
	char instance_id[PNPN_CHANGE_ID_BYTES];
	char name[PNPN_CHANGE_NAME_BYTES];
};

/**
 * struct pnpn_attach - what PNPN_IOC_ATTACH takes and gives
 * @size:     sizeof(struct pnpn_attach) as the caller knows it; longer ones must end in zeros
 * @flags:    zero
 * @device:   in: the number of a device
 * @ring:     out: a descriptor, close-on-exec
 * @reserved: zero
 */
struct pnpn_attach {
	__u32 size;
	__u32 flags;
	__u64 device;
	__s32 ring;
	__u32 reserved;
};

/**
 * struct pnpn_report_by_hand - what PNPN_IOC_REPORT takes: one event, as if the driver had reported it
 * @size:        as in struct pnpn_attach
 * @flags:       zero
 * @device:      the number of a device
 * @guid:        what
 * @data:        address of the data
 * @data_size:   its bytes, at most PNPN_DATA_MAX
 * @name_offset: where text starts in it, or PNPN_NO_TEXT
 */
struct pnpn_report_by_hand {
	__u32 size;
	__u32 flags;
	__u64 device;
	__u8 guid[16];
	__u64 data;
	__u32 data_size;
	__s32 name_offset;
};

/** On /dev/pnpnotify, which each user but root may have open 256 times (-EDQUOT): PNPN_KERNEL_ABI of the module. */
#define PNPN_IOC_VERSION _IOR('P', 0xe0, __u32)
/** On /dev/pnpnotify: a device's ring. -ENOENT; -EACCES; -EINVAL; -E2BIG. */
#define PNPN_IOC_ATTACH _IOWR('P', 0xe1, struct pnpn_attach)
/** On /dev/pnpnotify, with CAP_SYS_ADMIN: an event by hand. -ENOENT; -EPERM; -EINVAL; -E2BIG. */
#define PNPN_IOC_REPORT _IOW('P', 0xe3, struct pnpn_report_by_hand)
/** On a ring: the bytes to map. */
#define PNPN_IOC_RING _IOR('P', 0xe2, __u64)
/** On a ring: sleep until its head is not the position given: a reader that took everything below it
 *  needs no write() and poll(). */
#define PNPN_IOC_WAIT _IOW('P', 0xe4, __u64)

#endif
