/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "io/servant.h"
#include "io/user.h"

struct pnpn_io_user {
	struct pnpn_io_users *users;
	struct pnpn_list link;
	uid_t uid;
	unsigned int opens, requests;
	uint64_t bytes;
};

void pnpn_io_users_init(struct pnpn_io_users *users)
{
	pthread_mutex_init(&users->lock, NULL);
	pnpn_list_init(&users->list);
}

void pnpn_io_users_deinit(struct pnpn_io_users *users)
{
	pthread_mutex_destroy(&users->lock);
}

/* With the lock held. */
static struct pnpn_io_user *find(struct pnpn_io_users *users, uid_t uid)
{
	pnpn_list_for_each_safe (link, after, &users->list) {
		struct pnpn_io_user *user = pnpn_list_entry(link, struct pnpn_io_user, link);
		if (user->uid == uid)
			return user;
	}
	struct pnpn_io_user *user = calloc(1, sizeof(*user));
	if (!user)
		return NULL;
	user->users = users;
	user->uid = uid;
	pnpn_list_init(&user->link);
	pnpn_list_append(&users->list, &user->link);
	return user;
}

int pnpn_io_user_open(struct pnpn_io_users *users, uid_t uid, struct pnpn_io_user **ret_user)
{
	int r = 0;

	pthread_mutex_lock(&users->lock);
	struct pnpn_io_user *user = find(users, uid);
	if (!user)
		r = -ENOMEM;
	else if (user->opens >= PNPN_IO_USER_OPENS)
		r = -EDQUOT;
	else
		user->opens++;
	pthread_mutex_unlock(&users->lock);
	if (r >= 0)
		*ret_user = user;
	return r;
}

void pnpn_io_user_close(struct pnpn_io_user *user)
{
	struct pnpn_io_users *users = user->users;

	pthread_mutex_lock(&users->lock);
	if (!--user->opens) {
		pnpn_list_remove(&user->link);
		free(user);
	}
	pthread_mutex_unlock(&users->lock);
}

int pnpn_io_user_take(struct pnpn_io_user *user, unsigned int requests, uint64_t bytes)
{
	int r = -EDQUOT;

	pthread_mutex_lock(&user->users->lock);
	if (user->requests + requests <= PNPN_IO_USER_REQUESTS &&
	    user->bytes + bytes <= PNPN_IO_USER_BYTES) {
		user->requests += requests;
		user->bytes += bytes;
		r = 0;
	}
	pthread_mutex_unlock(&user->users->lock);
	return r;
}

void pnpn_io_user_give(struct pnpn_io_user *user, unsigned int requests, uint64_t bytes)
{
	pthread_mutex_lock(&user->users->lock);
	user->requests -= requests;
	user->bytes -= bytes;
	pthread_mutex_unlock(&user->users->lock);
}
