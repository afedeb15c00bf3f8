/* SPDX-License-Identifier: MIT */
/*
 * The owner's side of one open device: takes what the application asks for, and answers it. The application may
 * be hostile: what it sends is checked here and charged to its user, and whoever breaks the protocol has closed.
 *
 * One thread at a time receives; any may answer, at any time and without blocking.
 */
#ifndef PNPN_IO_SERVANT_H
#define PNPN_IO_SERVANT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "core/io-protocol.h"
#include "core/list.h"

struct pnpn_servant;

/** Limits of one user at one owner (D10). */
#define PNPN_IO_USER_OPENS    1024u
#define PNPN_IO_USER_REQUESTS 8192u
#define PNPN_IO_USER_BYTES    (256ull << 20)

/** What each user has of an owner. */
struct pnpn_io_users {
	pthread_mutex_t lock;
	struct pnpn_list list;
};

/** Something that was asked for. Inline buffers are nobody else's; those in memory the application sees, and may
 *  change, all the time. */
struct pnpn_io_call {
	struct pnpn_list link; /* in its servant */
	struct pnpn_servant *servant; /* a reference */
	uint32_t kind, code;
	uint64_t id, offset;
	void *input;
	void *output; /* NULL where its size is 0, as input */
	uint32_t input_size, output_size;
	uint32_t flags;
	uint32_t slot; /* 0: inline */
	void *userdata; /* the face's */
	void (*destroy)(
		struct pnpn_io_call *call); /* of userdata, with the last reference; may be NULL */
	unsigned int references;
	uint64_t charged;
	bool answered;
};

void pnpn_io_users_init(struct pnpn_io_users *users);
void pnpn_io_users_deinit(struct pnpn_io_users *users);

/** Over a socket, taken over in any case, for a user. Returns 0; -EDQUOT; -ENOMEM. */
int pnpn_servant_new(struct pnpn_servant **ret_servant, struct pnpn_io_users *users, int socket,
		     uid_t uid);

/** References; the last one ends it. NULL is allowed in unref, which returns NULL. */
struct pnpn_servant *pnpn_servant_ref(struct pnpn_servant *servant);
struct pnpn_servant *pnpn_servant_unref(struct pnpn_servant *servant);

/** What belongs to the face. */
void pnpn_servant_set_userdata(struct pnpn_servant *servant, void *userdata);
void *pnpn_servant_get_userdata(struct pnpn_servant *servant);

/** Readable when something is asked. */
int pnpn_servant_get_fd(const struct pnpn_servant *servant);

/** Whether answers wait for room: then pnpn_servant_flush() once the descriptor is writable. */
bool pnpn_servant_has_waiting(struct pnpn_servant *servant);
void pnpn_servant_flush(struct pnpn_servant *servant);

/**
 * pnpn_servant_receive() - take what is asked
 * @wait:     until there is something
 * @ret_call: the caller's until it is answered; of a cancellation (PNPN_SERVANT_CANCEL) a reference to the one
 *            that is to be answered soon
 *
 * The first call is PNPN_IO_OPEN. Returns what it is; PNPN_SERVANT_NOTHING; PNPN_SERVANT_GONE once and for all when
 * the application closed or broke the protocol.
 */
enum pnpn_servant_result {
	PNPN_SERVANT_NOTHING,
	PNPN_SERVANT_CALL,
	PNPN_SERVANT_CANCEL,
	PNPN_SERVANT_GONE,
};
enum pnpn_servant_result pnpn_servant_receive(struct pnpn_servant *servant, bool wait,
					      struct pnpn_io_call **ret_call);

/** Answers a call and lets go of it. Where status is no error as much of the output goes back as information says. */
void pnpn_io_call_answer(struct pnpn_io_call *call, int32_t status, uint64_t information);

struct pnpn_io_call *pnpn_io_call_ref(struct pnpn_io_call *call);
/** NULL is allowed. Returns NULL. */
struct pnpn_io_call *pnpn_io_call_unref(struct pnpn_io_call *call);

/** References to calls that are not answered, at most so many. Returns their number. */
size_t pnpn_servant_list(struct pnpn_servant *servant, struct pnpn_io_call **ret_calls,
			 size_t room);

/**
 * pnpn_servant_find_event() - which event the application means by a number in a call's input
 *
 * Blocks until it said so, while another thread receives. Returns a socket (PNPN_IO_EVENT), the caller's; -ENOENT; -EPIPE once
 * the application is gone; an errno.
 */
int pnpn_servant_find_event(struct pnpn_io_call *call, uint64_t number, bool *ret_manual);

/** Ends the conversation: from here on it is as if the application had gone. */
void pnpn_servant_cut(struct pnpn_servant *servant);

/** The same in a child of fork(), whose parent goes on using the socket. */
void pnpn_servant_forsake(struct pnpn_servant *servant);

#endif
