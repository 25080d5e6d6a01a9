/* SPDX-License-Identifier: MIT */
/*
 * String to pointer: open addressing, linear probing, at most half full;
 * removal moves the following entries back, so there are no tombstones.
 */
#include "sluice/base/map.h"

#include <assert.h>

#include "sluice/base/mem.h"

#define MAP_FIRST 16

struct slot {
	char *key;		/* NULL: free */
	size_t len;
	uint64_t hash;
	void *value;
};

struct map {
	struct slot *slots;
	size_t cap, count;	/* cap is a power of two */
};

struct map *
map_new(void)
{
	struct map *m = NEW(struct map);

	m->cap = MAP_FIRST;
	m->slots = mem_zalloc(m->cap * sizeof *m->slots);
	return m;
}

void
map_free(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->cap; i++)
		free(m->slots[i].key);
	free(m->slots);
	free(m);
}

/* The slot that holds key, or the free one where it belongs. */
static size_t
find(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = hash & (m->cap - 1);

	while (m->slots[i].key) {
		const struct slot *s = &m->slots[i];

		if (s->hash == hash &&
		    str_eq(str_make(s->key, s->len), key))
			break;
		i = (i + 1) & (m->cap - 1);
	}
	return i;
}

void *
map_get(const struct map *m, struct str key)
{
	const struct slot *s = &m->slots[find(m, key, str_hash(key))];

	return s->key ? s->value : NULL;
}

static void
grow(struct map *m)
{
	struct map old = *m;

	m->cap *= 2;
	m->slots = mem_zalloc(m->cap * sizeof *m->slots);
	for (size_t i = 0; i < old.cap; i++) {
		struct slot *s = &old.slots[i];

		if (s->key)
			m->slots[find(m, str_make(s->key, s->len),
			    s->hash)] = *s;
	}
	free(old.slots);
}

void *
map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = str_hash(key);
	struct slot *s;
	void *old;

	assert(value);
	if (m->count * 2 >= m->cap)
		grow(m);
	s = &m->slots[find(m, key, hash)];
	old = s->key ? s->value : NULL;
	if (!s->key) {
		s->key = str_dup(key);
		s->len = key.n;
		s->hash = hash;
		m->count++;
	}
	s->value = value;
	return old;
}

static bool
is_between(size_t from, size_t at, size_t to)
{
	return from <= to ? from < at && at <= to : from < at || at <= to;
}

void *
map_remove(struct map *m, struct str key)
{
	size_t hole = find(m, key, str_hash(key)), mask = m->cap - 1;
	void *value;

	if (!m->slots[hole].key)
		return NULL;
	value = m->slots[hole].value;
	free(m->slots[hole].key);
	m->count--;
	for (size_t i = (hole + 1) & mask; m->slots[i].key;
	    i = (i + 1) & mask) {
		size_t home = m->slots[i].hash & mask;

		if (!is_between(hole, home, i)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole] = (struct slot){ 0 };
	return value;
}

size_t
map_count(const struct map *m)
{
	return m->count;
}

bool
map_next(const struct map *m, size_t *at, struct str *key, void **value)
{
	for (; *at < m->cap; (*at)++) {
		const struct slot *s = &m->slots[*at];

		if (!s->key)
			continue;
		*key = str_make(s->key, s->len);
		*value = s->value;
		(*at)++;
		return true;
	}
	return false;
}
