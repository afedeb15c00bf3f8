/* SPDX-License-Identifier: MIT */
/* A doubly linked list through its elements: heads and elements are the same struct. */
#ifndef PNPN_CORE_LIST_H
#define PNPN_CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct pnpn_list {
	struct pnpn_list *next;
	struct pnpn_list *previous;
};

/** The struct that a link is a member of. */
#define pnpn_list_entry(link, type, member) \
	((type *)(void *)((char *)(link) - offsetof(type, member)))

/** Every element; the loop may take out the element it is at. */
#define pnpn_list_for_each_safe(link, after, list)                                       \
	for (struct pnpn_list *link = (list)->next, *after = link->next; link != (list); \
	     link = after, after = link->next)

/** An empty list, or a link that is in none. */
static inline void pnpn_list_init(struct pnpn_list *list)
{
	list->next = list;
	list->previous = list;
}

/** Whether a list is empty, or a link is in none. */
static inline bool pnpn_list_is_empty(const struct pnpn_list *list)
{
	return list->next == list;
}

/** Puts a link that is in no list at the end. */
static inline void pnpn_list_append(struct pnpn_list *list, struct pnpn_list *link)
{
	link->previous = list->previous;
	link->next = list;
	list->previous->next = link;
	list->previous = link;
}

/** Takes a link out of its list, if it is in one. */
static inline void pnpn_list_remove(struct pnpn_list *link)
{
	link->previous->next = link->next;
	link->next->previous = link->previous;
	pnpn_list_init(link);
}

#endif
