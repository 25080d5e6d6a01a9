/* SPDX-License-Identifier: MIT */
/* A map finds an entry, a list knows which was seen last. */
#include "memory.h"

#include <assert.h>

#include "sluice/base/list.h"
#include "sluice/base/map.h"
#include "sluice/base/mem.h"

struct sight {
	struct list link;		/* most recent first */
	unsigned count;
	char *text;
	size_t len;
};

struct memory {
	struct map *map;		/* text to sight */
	struct list recent;
	size_t max;
};

struct memory *
memory_new(size_t max)
{
	struct memory *m = NEW(struct memory);

	assert(max > 0);
	m->map = map_new();
	m->max = max;
	list_init(&m->recent);
	return m;
}

static void
drop(struct memory *m, struct sight *s)
{
	map_remove(m->map, str_make(s->text, s->len));
	list_remove(&s->link);
	free(s->text);
	free(s);
}

void
memory_free(struct memory *m)
{
	if (!m)
		return;
	while (!list_is_empty(&m->recent))
		drop(m, list_entry(m->recent.next, struct sight, link));
	map_free(m->map);
	free(m);
}

unsigned
memory_note(struct memory *m, struct str text)
{
	struct sight *s = map_get(m->map, text);

	if (!s) {
		if (map_count(m->map) >= m->max)
			drop(m, list_entry(m->recent.prev, struct sight,
			    link));
		s = NEW(struct sight);
		s->text = str_dup(text);
		s->len = text.n;
		list_init(&s->link);
		map_put(m->map, text, s);
	}
	list_remove(&s->link);
	list_insert(&m->recent, &s->link);
	return ++s->count;
}

unsigned
memory_count(const struct memory *m, struct str text)
{
	const struct sight *s = map_get(m->map, text);

	return s ? s->count : 0;
}

void
memory_forget(struct memory *m, struct str text)
{
	struct sight *s = map_get(m->map, text);

	if (s)
		drop(m, s);
}
