/* SPDX-License-Identifier: MIT */
/*
 * The key table: keymap.def with its key names parsed, and what the user
 * bound since.  Small enough for a walk per key pressed.
 */
#include "keymap.h"

#include <assert.h>
#include <stdio.h>

#include "sluice/base/mem.h"

struct keymap {
	size_t count, cap;
	struct keymap_row *rows;	/* lines are heap strings */
};

static const struct {
	enum key_context context;
	const char *key, *line;
} defaults[] = {
#define KEY(context, key, line) { KEY_##context, key, line },
#include "sluice/ui/keymap.def"
#undef KEY
};

static const struct {
	enum key_context context;
	const char *name, *line;
} menus[] = {
	{ KEY_EDIT, "edit", "edit.menu" },
	{ KEY_COPY, "copy", "copy.menu" },
	{ KEY_EXPORT, "export", "export.menu" },
};

static const char *const contexts[] = {
	[KEY_ANY] = "any", [KEY_LIST] = "list", [KEY_FLOW] = "flow",
	[KEY_TLS] = "tls", [KEY_PASSES] = "passes", [KEY_EDIT] = "edit",
	[KEY_COPY] = "copy", [KEY_EXPORT] = "export",
	[KEY_DIFF] = "diff", [KEY_CHANGES] = "changes", [KEY_REPEAT] = "repeat",
	[KEY_COLUMNS] = "columns", [KEY_EMPTY] = "empty",
	[KEY_OPTIONS] = "options", [KEY_HELP] = "help",
	[KEY_GRID] = "grid",
};

_Static_assert(ARRAY_LEN(contexts) == KEY_CONTEXTS, "a name for each context");

bool
keymap_context(struct str name, enum key_context *context)
{
	for (size_t i = 0; i < KEY_CONTEXTS; i++) {
		if (!str_eq(str_from(contexts[i]), name))
			continue;
		*context = (enum key_context)i;
		return true;
	}
	return false;
}

void
keymap_put_contexts(struct buf *out)
{
	for (size_t i = 0; i < KEY_CONTEXTS; i++) {
		if (i > 0)
			buf_putc(out, ' ');
		buf_put(out, str_from(contexts[i]));
	}
}

static struct keymap_row *
find_row(const struct keymap *m, enum key_context context, uint32_t k)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->rows[i].context == context && m->rows[i].key == k)
			return &m->rows[i];
	return NULL;
}

void
keymap_bind(struct keymap *m, enum key_context context, uint32_t k,
    struct str line)
{
	struct keymap_row *row = find_row(m, context, k);

	if (row != NULL) {
		free((char *)row->line);
	} else {
		if (m->count == m->cap) {
			m->cap = m->cap * 2 + 128;
			m->rows = mem_array(m->rows, m->cap, sizeof(*m->rows));
		}
		row = &m->rows[m->count++];
	}
	*row = (struct keymap_row){ context, k, str_dup(line) };
}

bool
keymap_unbind(struct keymap *m, enum key_context context, uint32_t k)
{
	struct keymap_row *row = find_row(m, context, k);
	size_t at;

	if (row == NULL)
		return false;
	at = (size_t)(row - m->rows);
	free((char *)row->line);
	memmove(row, row + 1, (--m->count - at) * sizeof(*row));
	return true;
}

struct keymap *
keymap_new(void)
{
	struct keymap *m = NEW(struct keymap);

	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		uint32_t k;
		bool good = key_parse(str_from(defaults[i].key), &k);

		assert(good);
		(void)good;
		keymap_bind(m, defaults[i].context, k,
		    str_from(defaults[i].line));
	}
	return m;
}

void
keymap_free(struct keymap *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->count; i++)
		free((char *)m->rows[i].line);
	free(m->rows);
	free(m);
}

static const char *
find_in(const struct keymap *m, enum key_context context, uint32_t k)
{
	const struct keymap_row *row = find_row(m, context, k);

	return row != NULL ? row->line : NULL;
}

const char *
keymap_menu_name(enum key_context context)
{
	for (size_t i = 0; i < ARRAY_LEN(menus); i++)
		if (menus[i].context == context)
			return menus[i].name;
	return NULL;
}

/* The context whose keys work there too. */
static enum key_context
around(enum key_context context)
{
	if (context == KEY_EMPTY)
		return KEY_LIST;
	if (context == KEY_CHANGES)
		return KEY_DIFF;
	return context == KEY_TLS ? KEY_FLOW : KEY_ANY;
}

const char *
keymap_find(const struct keymap *m, enum key_context context, uint32_t k)
{
	const char *line = find_in(m, context, k);

	while (line == NULL && context != KEY_ANY &&
	    keymap_menu_name(context) == NULL) {
		context = around(context);
		line = find_in(m, context, k);
	}
	return line;
}

static void
add_keys(const struct keymap *m, enum key_context context,
    const struct keymap_row *row, bool unicode, struct buf *out)
{
	char name[KEY_NAME_MAX];

	/* A row that one of an inner context hides is no key. */
	if (keymap_find(m, context, row->key) != row->line)
		return;
	key_show(row->key, name, unicode);
	if (buf_len(out) > 0)
		buf_putc(out, ' ');
	buf_put(out, str_from(name));
}

static void
put_keys(const struct keymap *m, enum key_context context, const char *line,
    bool unicode, size_t most, struct buf *out)
{
	enum key_context from = context;
	size_t found = 0;

	for (;;) {
		for (size_t i = 0; i < m->count && found < most; i++) {
			const struct keymap_row *row = &m->rows[i];
			size_t before = buf_len(out);

			if (row->context != from ||
			    !str_eq(str_from(row->line), str_from(line)))
				continue;
			add_keys(m, context, row, unicode, out);
			found += buf_len(out) > before;
		}
		if (from == KEY_ANY || keymap_menu_name(from) != NULL)
			return;
		from = around(from);
	}
}

void
keymap_keys(const struct keymap *m, enum key_context context, const char *line,
    bool unicode, size_t most, struct buf *out)
{
	size_t start = buf_len(out), opened;

	put_keys(m, context, line, unicode, most, out);
	if (most == 0 || keymap_menu_name(context) != NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(menus) && buf_len(out) == start; i++) {
		put_keys(m, context, menus[i].line, unicode, 1, out);
		opened = buf_len(out);
		if (opened > start)
			put_keys(m, menus[i].context, line, unicode, 1, out);
		if (buf_len(out) == opened)
			buf_truncate(out, start);
	}
}

void
keymap_key(const struct keymap *m, enum key_context context, const char *line,
    bool unicode, char out[KEYMAP_KEY_MAX])
{
	struct buf key;

	buf_init(&key, KEYMAP_KEY_MAX);
	keymap_keys(m, context, line, unicode, 1, &key);
	if (buf_len(&key) > 0)
		(void)snprintf(out, KEYMAP_KEY_MAX, "%.*s",
		    STR_ARG(buf_str(&key)));
	else
		(void)snprintf(out, KEYMAP_KEY_MAX, ":%s", line);
	buf_fini(&key);
}

size_t
keymap_count(const struct keymap *m)
{
	return m->count;
}

const struct keymap_row *
keymap_at(const struct keymap *m, size_t i)
{
	assert(i < m->count);
	return &m->rows[i];
}
