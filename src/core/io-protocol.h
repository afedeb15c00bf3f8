/* SPDX-License-Identifier: MIT */
/*
 * What an application and a device's owner say to each other over the socket that the manager gave them (E1 to
 * E5): one message a packet of SOCK_SEQPACKET, fixed widths, the machine's own order, data behind it. Whoever
 * reads one believes nothing of it.
 */
#ifndef PNPN_CORE_IO_PROTOCOL_H
#define PNPN_CORE_IO_PROTOCOL_H

#include <stdint.h>
#include <pnpnotify.h>

/** Data that travels in the message; more goes through memory. */
#define PNPN_IO_INLINE_MAX 16384u

/** Bytes of one buffer. */
#define PNPN_IO_SIZE_MAX (64u << 20)

/** Requests of one open file that are not answered. */
#define PNPN_IO_REQUESTS_MAX 256u

/** Pieces of memory that one open file has for its requests; their numbers begin at 1. */
#define PNPN_IO_SLOTS PNPN_IO_REQUESTS_MAX

/** Where the second buffer begins in memory: the next multiple of this. */
#define PNPN_IO_ALIGN 64u

/*
 * From the application first what enum pnpn_io_kind has, OPEN before and CLOSE after all others; each gets an answer.
 * Of OPEN code is the access and offset the options << 32 | what is shared; of CONTROL code is the IOCTL.
 */
enum {
	PNPN_IO_CANCEL = 16, /* id: of the request */
	PNPN_IO_MEMORY =
		17, /* slot, offset: its bytes, with a descriptor; 0 bytes: the slot is none any more */
	PNPN_IO_EVENT =
		18, /* id: of the question; with a descriptor if there is such an event; code: 1 if it is
			       reset by hand */
	/* From the owner. */
	PNPN_IO_ANSWER = 32,
	PNPN_IO_QUESTION = 33, /* which event is it that the request names by this number? */
};

/** Flags of a request. */
enum pnpn_io_flags {
	/** The output buffer's content goes to the owner ... */
	PNPN_IO_OUTPUT_SENT = 1 << 0,
	/** ... and all of it comes back, whatever the answer says of its size. */
	PNPN_IO_OUTPUT_WHOLE = 1 << 1,
};

/** From the application. Inline data: the input, then, if it is sent, the output. */
struct pnpn_io_request {
	uint32_t kind;
	uint32_t code;
	uint64_t id; /* no other request under way has it */
	uint64_t offset; /* in the device, of READ and WRITE */
	uint32_t input_size;
	uint32_t output_size;
	uint32_t slot; /* 0: inline; else input and output are in that memory */
	uint32_t flags;
	uint64_t padding; /* 0 */
};

/** From the owner. Inline data: the output. */
struct pnpn_io_answer {
	uint32_t kind;
	int32_t status; /* as NTSTATUS */
	uint64_t id; /* of the request */
	uint64_t information; /* of a QUESTION: the event's number */
	uint32_t output_size; /* bytes of output behind it, or in memory */
	uint32_t question; /* of a QUESTION: its id */
};

_Static_assert(sizeof(struct pnpn_io_request) == 48, "layout");
_Static_assert(sizeof(struct pnpn_io_answer) == 32, "layout");

/* The statuses that the plane itself gives. */
#define PNPN_IO_STATUS_INVALID	 ((int32_t)0xc000000du)
#define PNPN_IO_STATUS_MEMORY	 ((int32_t)0xc000009au)
#define PNPN_IO_STATUS_QUOTA	 ((int32_t)0xc0000044u)
#define PNPN_IO_STATUS_GONE	 ((int32_t)0xc000009du)
#define PNPN_IO_STATUS_CANCELLED ((int32_t)0xc0000120u)

/** Where the output begins in memory. */
static inline uint64_t pnpn_io_output_at(uint64_t input_size)
{
	return (input_size + PNPN_IO_ALIGN - 1) / PNPN_IO_ALIGN * PNPN_IO_ALIGN;
}

/** How the output buffer of an IOCTL travels, by the method in its code. */
static inline uint32_t pnpn_io_control_flags(uint32_t code)
{
	static const uint32_t flags[] = {0, PNPN_IO_OUTPUT_SENT, 0,
					 PNPN_IO_OUTPUT_SENT | PNPN_IO_OUTPUT_WHOLE};

	return flags[code & 3];
}

#endif
