/* SPDX-License-Identifier: MIT */
/*
 * The application's side of an open device: asks for something, and takes the answers as they come. The owner at
 * the other end may be hostile: of what he says nothing is believed that was not asked for.
 *
 * Any thread may ask and cancel; one at a time takes answers.
 */
#ifndef PNPN_IO_CALLER_H
#define PNPN_IO_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include "core/io-protocol.h"

struct pnpn_caller;

/** What is asked for. The buffers live until the answer was taken. */
struct pnpn_ask {
	uint32_t kind, code;
	uint64_t offset;
	const void *input;
	uint32_t input_size;
	void *output;
	uint32_t output_size;
	uint32_t flags; /* enum pnpn_io_flags */
	void *userdata; /* comes back with the answer */
};

struct pnpn_answered {
	void *userdata;
	uint64_t id;
	int32_t status; /* as NTSTATUS */
	uint64_t information;
	uint32_t output_size; /* bytes that were written to the output */
};

/** Which event a number in a request's input means: a descriptor of it (PNPN_IO_EVENT), the caller's, and whether it is
 *  reset by hand. Returns -1 if there is none. */
typedef int pnpn_find_event(uint64_t number, bool *ret_manual, void *userdata);

/** Over a socket, which is taken over in any case. Returns NULL without memory. */
struct pnpn_caller *pnpn_caller_new(int socket, pnpn_find_event *find_event, void *userdata);

/** Ends it, and forgets what was asked. NULL is allowed. Returns NULL. */
struct pnpn_caller *pnpn_caller_free(struct pnpn_caller *caller);

/** From here on it is as if the owner had gone. */
void pnpn_caller_cut(struct pnpn_caller *caller);

/** The same in a child of fork(), whose parent goes on using the socket. */
void pnpn_caller_forsake(struct pnpn_caller *caller);

/** Readable when there may be an answer. */
int pnpn_caller_get_fd(const struct pnpn_caller *caller);

/**
 * pnpn_caller_ask() - ask for something
 * @wait:   for room to ask, while the owner does not read
 * @ret_id: may be NULL
 *
 * Returns 0; -EAGAIN if as much as may be is under way; -EMSGSIZE; -EPIPE if the owner is gone; -ENOMEM.
 */
int pnpn_caller_ask(struct pnpn_caller *caller, const struct pnpn_ask *ask, bool wait,
		    uint64_t *ret_id);

/** The owner is asked to answer it soon. Returns 0; -ENOENT: it is answered. */
int pnpn_caller_cancel(struct pnpn_caller *caller, uint64_t id);

/** pnpn_caller_cancel() of all that this userdata stands for, NULL: everything. Returns how many. */
unsigned int pnpn_caller_cancel_all(struct pnpn_caller *caller, const void *userdata);

/**
 * pnpn_caller_take() - take an answer
 * @wait: until there is one
 *
 * Once the owner is gone what was asked is answered with PNPN_IO_STATUS_GONE. Returns 1; 0 if none is there;
 * -EPIPE if the owner is gone and everything answered.
 */
int pnpn_caller_take(struct pnpn_caller *caller, bool wait, struct pnpn_answered *ret_answer);

#endif
