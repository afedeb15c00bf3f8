/* SPDX-License-Identifier: MIT */
#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "quota.h"

/* A user who has it open, as long as he has. */
struct opener {
	struct hlist_node node;
	kuid_t uid;
	unsigned int n_opens;
};

static DEFINE_HASHTABLE(openers, 8);
/* Protects the table and what is in it; nothing is taken under it. */
static DEFINE_MUTEX(openers_lock);

static struct opener *find(kuid_t uid)
{
	struct opener *opener;

	hash_for_each_possible (openers, opener, node, __kuid_val(uid))
		if (uid_eq(opener->uid, uid))
			return opener;
	return NULL;
}

static struct opener *find_or_make(kuid_t uid)
{
	struct opener *opener = find(uid);

	if (opener)
		return opener;
	opener = kzalloc(sizeof(*opener), GFP_KERNEL_ACCOUNT);
	if (opener) {
		opener->uid = uid;
		hash_add(openers, &opener->node, __kuid_val(uid));
	}
	return opener;
}

int pnpn_quota_charge(kuid_t uid)
{
	struct opener *opener;
	int r = 0;

	mutex_lock(&openers_lock);
	opener = find_or_make(uid);
	if (!opener)
		r = -ENOMEM;
	else if (!uid_eq(uid, GLOBAL_ROOT_UID) && opener->n_opens == PNPN_QUOTA_OPENS)
		r = -EDQUOT;
	else
		opener->n_opens++;
	mutex_unlock(&openers_lock);
	return r;
}

void pnpn_quota_discharge(kuid_t uid)
{
	struct opener *opener;

	mutex_lock(&openers_lock);
	opener = find(uid);
	if (!--opener->n_opens) {
		hash_del(&opener->node);
		kfree(opener);
	}
	mutex_unlock(&openers_lock);
}
