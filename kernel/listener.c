/* SPDX-License-Identifier: MIT */
#include <linux/slab.h>

#include "context.h"
#include "listener.h"

void pnpn_listeners_init(struct pnpn_listeners *listeners)
{
	mutex_init(&listeners->lock);
	INIT_LIST_HEAD(&listeners->list);
	init_waitqueue_head(&listeners->idle);
}

bool pnpn_listeners_is_empty(struct pnpn_listeners *listeners)
{
	return list_empty_careful(&listeners->list);
}

static void release(struct kref *refs)
{
	struct pnpn_listener *listener = container_of(refs, struct pnpn_listener, refs);

	if (listener->release)
		listener->release(listener->context);
	if (listener->device)
		listener->put(listener->device);
	module_put(listener->owner);
	kfree(listener);
}

void pnpn_listener_put(struct pnpn_listener *listener)
{
	kref_put(&listener->refs, release);
}

struct pnpn_listener *pnpn_listener_new(pnpn_notice_fn fn, void *context, struct module *owner)
{
	struct pnpn_listener *listener;

	if (!fn)
		return ERR_PTR(-EINVAL);
	if (!try_module_get(owner))
		return ERR_PTR(-ENODEV);
	listener = kzalloc(sizeof(*listener), GFP_KERNEL);
	if (!listener) {
		module_put(owner);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&listener->refs);
	INIT_LIST_HEAD(&listener->node);
	listener->fn = fn;
	listener->context = context;
	listener->owner = owner;
	return listener;
}

/* Under the lock, which is given up for the call: the listener stays in the list until it returned. */
static void call(struct pnpn_listeners *listeners, struct pnpn_listener *listener,
		 const struct pnpn_notice *notice)
{
	kref_get(&listener->refs);
	WRITE_ONCE(listener->caller, listeners);
	mutex_unlock(&listeners->lock);
	listener->fn(notice, listener->context);
	mutex_lock(&listeners->lock);
	WRITE_ONCE(listener->caller, NULL);
	wake_up_all(&listeners->idle);
}

void pnpn_listeners_call(struct pnpn_listeners *listeners,
			 bool (*wants)(const struct pnpn_listener *listener, const void *about),
			 const void *about, const struct pnpn_notice *notice)
{
	struct pnpn_listener *listener, *next;

	mutex_lock(&listeners->lock);
	listener = list_first_entry(&listeners->list, struct pnpn_listener, node);
	while (!list_entry_is_head(listener, &listeners->list, node)) {
		bool called = !listener->gone && wants(listener, about);

		if (called)
			call(listeners, listener, notice);
		next = list_next_entry(listener, node);
		if (listener->gone)
			list_del_init(&listener->node);
		if (called)
			pnpn_listener_put(listener);
		listener = next;
	}
	mutex_unlock(&listeners->lock);
}

static void unlisten(struct pnpn_listener *listener, bool wait)
{
	struct pnpn_listeners *listeners;
	struct pnpn_wait call;

	if (IS_ERR_OR_NULL(listener))
		return;
	call.awaited = &listener->caller;
	listeners = listener->listeners;
	mutex_lock(&listeners->lock);
	listener->gone = true;
	/* Whoever is calling it takes it out of the list, which it goes on walking from there. */
	if (!listener->caller)
		list_del_init(&listener->node);
	mutex_unlock(&listeners->lock);
	if (wait && pnpn_wait_begin(&call)) {
		wait_event(listeners->idle, !READ_ONCE(listener->caller));
		pnpn_wait_end(&call);
		/* Here and not with the last reference: the owner may be unloaded from now on. */
		module_put(listener->owner);
		listener->owner = NULL;
	}
	pnpn_listener_put(listener);
}

void pnpn_unlisten(struct pnpn_listener *listener)
{
	unlisten(listener, true);
}
EXPORT_SYMBOL_GPL(pnpn_unlisten);

void pnpn_unlisten_nowait(struct pnpn_listener *listener)
{
	unlisten(listener, false);
}
EXPORT_SYMBOL_GPL(pnpn_unlisten_nowait);
