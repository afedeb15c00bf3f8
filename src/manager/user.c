/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "manager/server.h"
#include "manager/user.h"
#include "port/notice.h"

/* Maps that the manager needs for itself; every other descriptor or so of a peer's is mapped. */
#define OWN_MAPS	    4096
#define DESCRIPTORS_PER_MAP 4

/** What other users' devices have of one user's descriptors. */
struct share {
	struct pnpn_list link;
	uid_t owner;
	uint64_t taken;
};

static const struct {
	const char *name;
	uint64_t user, all, bytes;
} resources[] = {
#define X(resource, name, user, all, bytes) [PNPN_RESOURCE_##resource] = {name, user, all, bytes},
	PNPN_RESOURCES(X)
#undef X
};

const char *pnpn_resource_name(enum pnpn_resource resource)
{
	return resources[resource].name;
}

/* --- limits --------------------------------------------------------------------------------------- */

static uint64_t read_max_maps(void)
{
	unsigned long long maps = 65530;
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");

	if (file) {
		if (fscanf(file, "%llu", &maps) != 1)
			maps = 65530;
		fclose(file);
	}
	return maps > 2 * OWN_MAPS ? maps - OWN_MAPS : OWN_MAPS;
}

static uint64_t read_max_descriptors(void)
{
	struct rlimit limit = {.rlim_cur = 1024};
	uint64_t maps = read_max_maps() * DESCRIPTORS_PER_MAP;

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur < maps ? limit.rlim_cur : maps;
}

void pnpn_limits_read(struct pnpn_server *server)
{
	uint64_t descriptors = read_max_descriptors();

	for (int i = 0; i < PNPN_RESOURCE_COUNT; i++) {
		server->user_limits.of[i] = resources[i].user;
		server->limits.of[i] = resources[i].all;
	}
	server->user_limits.of[PNPN_RESOURCE_DESCRIPTORS] = descriptors / 4;
	server->limits.of[PNPN_RESOURCE_DESCRIPTORS] = descriptors / 2;
}

uint64_t pnpn_user_get_limit(const struct pnpn_user *user, enum pnpn_resource resource)
{
	const struct pnpn_server *server = user->server;

	if (!user->privileged)
		return server->user_limits.of[resource];
	/* There is what there is, and all users have half of it. */
	uint64_t all = server->limits.of[resource];
	return resource == PNPN_RESOURCE_DESCRIPTORS ? 2 * all : all;
}

/* What is left of a limit; nothing once it is passed. */
static uint64_t left_of(uint64_t limit, uint64_t used)
{
	return used < limit ? limit - used : 0;
}

/* Whether somebody who has so much may take more: as much stays for whoever he shares it with. */
static bool may_take(uint64_t has, uint64_t amount, uint64_t left)
{
	return amount <= left && has + amount <= left - amount;
}

static bool is_allowed(const struct pnpn_account *account, enum pnpn_resource resource,
		       uint64_t amount)
{
	const struct pnpn_user *user = account->user;
	const struct pnpn_server *server = user->server;
	uint64_t used = user->used.of[resource];
	uint64_t left = left_of(pnpn_user_get_limit(user, resource), used);

	if (!amount)
		return true;
	if (user->privileged)
		return amount <= left;
	if (!may_take(used, amount,
		      left_of(server->limits.of[resource], server->used.of[resource])))
		return false;
	return may_take(account->used.of[resource], amount, left);
}

static void count(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount)
{
	account->used.of[resource] += amount;
	account->user->used.of[resource] += amount;
	if (!account->user->privileged)
		account->user->server->used.of[resource] += amount;
}

void pnpn_charge_anyway(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount)
{
	count(account, resource, amount);
	count(account, PNPN_RESOURCE_MEMORY, amount * resources[resource].bytes);
}

int pnpn_refuse(const struct pnpn_account *account, enum pnpn_resource resource)
{
	struct pnpn_user *user = account->user;

	if (!user->refused.of[resource]++)
		pnpn_notice(&(struct pnpn_notice){.resource = resources[resource].name,
						  .has_uid = true,
						  .uid = user->uid},
			    "user %u is refused more: limit of %s", (unsigned int)user->uid,
			    resources[resource].name);
	return -EDQUOT;
}

int pnpn_charge(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount)
{
	if (!is_allowed(account, resource, amount))
		return pnpn_refuse(account, resource);
	if (!is_allowed(account, PNPN_RESOURCE_MEMORY, amount * resources[resource].bytes))
		return pnpn_refuse(account, PNPN_RESOURCE_MEMORY);
	pnpn_charge_anyway(account, resource, amount);
	return 0;
}

void pnpn_discharge(struct pnpn_account *account, enum pnpn_resource resource, uint64_t amount)
{
	uint64_t bytes = amount * resources[resource].bytes;

	count(account, resource, -amount);
	count(account, PNPN_RESOURCE_MEMORY, -bytes);
}

/* --- shares --------------------------------------------------------------------------------------- */

static struct share *share_of(struct pnpn_user *user, uid_t owner, bool make)
{
	pnpn_list_for_each_safe (link, after, &user->shares) {
		struct share *share = pnpn_list_entry(link, struct share, link);
		if (share->owner == owner)
			return share;
	}
	struct share *share = make ? calloc(1, sizeof(*share)) : NULL;
	if (!share)
		return NULL;
	share->owner = owner;
	pnpn_list_append(&user->shares, &share->link);
	return share;
}

static uint64_t taken_by_all(struct pnpn_user *user)
{
	uint64_t taken = 0;

	pnpn_list_for_each_safe (link, after, &user->shares)
		taken += pnpn_list_entry(link, struct share, link)->taken;
	return taken;
}

/* Root's devices, and one's own, take nothing from the share of others. */
static bool is_trusted(const struct pnpn_user *user, uid_t owner)
{
	return !owner || owner == user->uid;
}

int pnpn_share_take(struct pnpn_user *user, uid_t owner, uint64_t amount)
{
	if (is_trusted(user, owner))
		return 0;
	struct share *share = share_of(user, owner, true);
	if (!share)
		return -ENOMEM;
	uint64_t limit = pnpn_user_get_limit(user, PNPN_RESOURCE_DESCRIPTORS) / 2;
	if (!may_take(share->taken, amount, left_of(limit, taken_by_all(user))))
		return -EDQUOT;
	share->taken += amount;
	return 0;
}

void pnpn_share_give(struct pnpn_user *user, uid_t owner, uint64_t amount)
{
	struct share *share = is_trusted(user, owner) ? NULL : share_of(user, owner, false);

	if (!share)
		return;
	share->taken -= amount;
	if (share->taken)
		return;
	pnpn_list_remove(&share->link);
	free(share);
}

/* --- time ----------------------------------------------------------------------------------------- */

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

static int64_t get_credit(struct pnpn_credit *credit, unsigned int percent)
{
	uint64_t now = now_usec();

	credit->usec += (int64_t)((now - credit->at) * percent / 100);
	credit->at = now;
	if (credit->usec > PNPN_LIMIT_TIME_USEC)
		credit->usec = PNPN_LIMIT_TIME_USEC;
	return credit->usec;
}

int64_t pnpn_user_get_credit(struct pnpn_user *user)
{
	if (user->privileged)
		user->calls.usec = PNPN_LIMIT_TIME_USEC;
	return get_credit(&user->calls, PNPN_LIMIT_TIME_PERCENT);
}

void pnpn_user_spend(struct pnpn_user *user, uint64_t usec)
{
	user->time_usec += usec;
	user->calls.usec -= (int64_t)usec;
}

/* --- a user's life -------------------------------------------------------------------------------- */

static void user_free(struct pnpn_user *user)
{
	pnpn_list_for_each_safe (link, after, &user->shares)
		free(pnpn_list_entry(link, struct share, link));
	sd_event_source_disable_unref(user->timer);
	pnpn_list_remove(&user->link);
	free(user);
}

static struct pnpn_user *user_new(struct pnpn_server *server, uid_t uid)
{
	struct pnpn_user *user = calloc(1, sizeof(*user));

	if (!user)
		return NULL;
	user->server = server;
	user->uid = uid;
	user->privileged = !uid || uid == geteuid();
	user->calls = (struct pnpn_credit){.usec = PNPN_LIMIT_TIME_USEC, .at = now_usec()};
	user->wakes_epoll = -1;
	pnpn_list_init(&user->shares);
	pnpn_list_init(&user->waiting);
	return user;
}

/* Before the first one of a higher uid. */
static void insert(struct pnpn_server *server, struct pnpn_user *user)
{
	struct pnpn_list *before = server->users.next;

	while (before != &server->users &&
	       pnpn_list_entry(before, struct pnpn_user, link)->uid < user->uid)
		before = before->next;
	pnpn_list_append(before, &user->link);
}

/* Who went and came again would have his time anew: he is forgotten once he has it anyway. */
static void forget_old_ones(struct pnpn_server *server)
{
	pnpn_list_for_each_safe (link, after, &server->users) {
		struct pnpn_user *user = pnpn_list_entry(link, struct pnpn_user, link);
		if (!user->n_refs && pnpn_user_get_credit(user) == PNPN_LIMIT_TIME_USEC)
			user_free(user);
	}
}

static struct pnpn_user *find(struct pnpn_server *server, uid_t uid)
{
	pnpn_list_for_each_safe (link, after, &server->users) {
		struct pnpn_user *user = pnpn_list_entry(link, struct pnpn_user, link);
		if (user->uid == uid)
			return user;
	}
	return NULL;
}

int pnpn_user_ref(struct pnpn_server *server, uid_t uid, struct pnpn_user **ret_user)
{
	struct pnpn_user *user = find(server, uid);

	if (!user) {
		forget_old_ones(server);
		user = user_new(server, uid);
		if (!user)
			return -ENOMEM;
		insert(server, user);
	}
	user->n_refs++;
	*ret_user = user;
	return 0;
}

struct pnpn_user *pnpn_user_unref(struct pnpn_user *user)
{
	if (user)
		user->n_refs--;
	return NULL;
}

void pnpn_users_free(struct pnpn_server *server)
{
	pnpn_list_for_each_safe (link, after, &server->users)
		user_free(pnpn_list_entry(link, struct pnpn_user, link));
}
