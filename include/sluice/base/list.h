/* SPDX-License-Identifier: MIT */
/*
 * Intrusive doubly linked circular list.  A head and a link are the same
 * struct; an unlinked link points to itself, so list_remove is idempotent.
 */
#ifndef SLUICE_BASE_LIST_H
#define SLUICE_BASE_LIST_H

#include <stdbool.h>

#include "sluice/base/attr.h"

struct list {
	struct list *prev, *next;
};

static inline void
list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool
list_is_empty(const struct list *l)
{
	return l->next == l;
}

/* Inserts link after at. */
static inline void
list_insert(struct list *at, struct list *link)
{
	link->prev = at;
	link->next = at->next;
	at->next->prev = link;
	at->next = link;
}

/* At the end of the list with the given head. */
static inline void
list_append(struct list *head, struct list *link)
{
	list_insert(head->prev, link);
}

static inline void
list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* Moves all of from to the end of to; from is empty then. */
static inline void
list_splice(struct list *to, struct list *from)
{
	if (list_is_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define list_entry(link, type, member) container_of(link, type, member)

#define list_for_each(pos, head, type, member)				\
	for (pos = list_entry((head)->next, type, member);		\
	    &(pos)->member != (head);					\
	    pos = list_entry((pos)->member.next, type, member))

/* The body may unlink (and free) pos, but not tmp. */
#define list_for_each_safe(pos, tmp, head, type, member)		\
	for (pos = list_entry((head)->next, type, member),		\
	    tmp = list_entry((pos)->member.next, type, member);		\
	    &(pos)->member != (head);					\
	    pos = tmp, tmp = list_entry((tmp)->member.next, type, member))

#endif
