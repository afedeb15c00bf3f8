/* SPDX-License-Identifier: MIT */
/* One user of the manager, and what he and his connections have of it (D10). */
#ifndef PNPN_MANAGER_USER_H
#define PNPN_MANAGER_USER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include "core/list.h"
#include "manager/usage.h"

struct pnpn_server;

/** Time of the manager's. */
struct pnpn_credit {
	int64_t usec; /* what may still be had at once */
	uint64_t at; /* when that was so */
};

struct pnpn_user {
	struct pnpn_server *server;
	struct pnpn_list link; /* in the server, by uid */
	uid_t uid;
	bool privileged; /* root, or whoever runs the manager */
	unsigned int n_refs;
	struct pnpn_usage used;
	struct pnpn_usage refused; /* how often */
	struct pnpn_list shares; /* of his descriptors, by whose devices take them */
	uint64_t time_usec; /* of the manager's processor, in all */
	struct pnpn_credit calls;
	int wakes_epoll; /* the waking thread's, for his sources; -1 without */
	unsigned int n_wake_sources;
	uint64_t wakes_usec; /* of the waking thread's time; atomic */
	struct pnpn_list waiting; /* pumps without turns until he has credit again */
	sd_event_source *timer;
};

/** What one of his connections has, of what is his. */
struct pnpn_account {
	struct pnpn_user *user; /* a reference */
	struct pnpn_usage used;
};

/** Reads the limits of this machine and process into the server. */
void pnpn_limits_read(struct pnpn_server *server);

/** The name of a resource, for people. */
const char *pnpn_resource_name(enum pnpn_resource resource);

/** How much of a resource this user may have. */
uint64_t pnpn_user_get_limit(const struct pnpn_user *user, enum pnpn_resource resource);

/** One more who holds the user of that uid, who is made if need be. Returns 0; -ENOMEM. */
int pnpn_user_ref(struct pnpn_server *server, uid_t uid, struct pnpn_user **ret_user);

/** One less; his time is remembered for as long as it counts. NULL is allowed. Returns NULL. */
struct pnpn_user *pnpn_user_unref(struct pnpn_user *user);

/** Frees all of them, who are in use no more. */
void pnpn_users_free(struct pnpn_server *server);

/** Time of the manager's that went into his calls. */
void pnpn_user_spend(struct pnpn_user *user, uint64_t usec);

/** What he may still have of it at once; below 0 what he owes. */
int64_t pnpn_user_get_credit(struct pnpn_user *user);

/**
 * pnpn_refuse() - a connection may have no more of something
 *
 * Counted; said of each user and resource once, for as long as the user is known. Returns -EDQUOT.
 */
int pnpn_refuse(const struct pnpn_account *account, enum pnpn_resource resource);

/**
 * pnpn_charge() - a connection takes something for itself
 *
 * Returns 0; -EDQUOT, nothing taken, if that is more than it, its user or all users may have.
 */
int pnpn_charge(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount);

/** pnpn_charge() for what can't be refused any more. */
void pnpn_charge_anyway(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount);

/** Gives it back. */
void pnpn_discharge(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount);

/**
 * pnpn_share_take() - a device takes descriptors of a registrant's user
 * @owner: the device's user
 *
 * Other users' devices have at most half of what a user may have, and none of them all of that: a user who
 * makes many devices does not keep others from following those of a third one. Returns 0; -EDQUOT; -ENOMEM.
 */
int pnpn_share_take(struct pnpn_user *user, uid_t owner, uint64_t amount);

/** Gives them back. */
void pnpn_share_give(struct pnpn_user *user, uid_t owner, uint64_t amount);

#endif
