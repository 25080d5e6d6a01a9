/* SPDX-License-Identifier: MIT */
/* What was typed at the prompts, in memory and in a file. */
#include "history.h"

#include <assert.h>

#include "sluice/base/buf.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define FILE_MAX	(4u * 1024 * 1024)

static const char kinds[HISTORY_KINDS] = { 'f', 'i', '/', ':', 's', 'u',
	'n' };

static size_t
kind_of(char letter)
{
	for (size_t i = 0; i < HISTORY_KINDS; i++)
		if (kinds[i] == letter)
			return i;
	return HISTORY_KINDS;
}

static void
remove_at(struct history *h, size_t kind, size_t i)
{
	assert(i < h->count[kind]);
	free(h->lines[kind][i]);
	h->count[kind]--;
	memmove(&h->lines[kind][i], &h->lines[kind][i + 1],
	    (h->count[kind] - i) * sizeof(h->lines[kind][0]));
}

static void
add(struct history *h, size_t kind, struct str line)
{
	for (size_t i = 0; i < h->count[kind]; i++) {
		if (str_eq(str_from(h->lines[kind][i]), line)) {
			remove_at(h, kind, i);
			break;
		}
	}
	if (h->count[kind] == HISTORY_MAX)
		remove_at(h, kind, 0);
	h->lines[kind][h->count[kind]++] = str_dup(line);
}

static void
load(struct history *h)
{
	size_t len;
	struct err err;
	char *bytes = path_read(h->path, FILE_MAX, &len, &err);
	struct str rest, line;

	if (bytes == NULL)
		return;		/* there is none the first time */
	rest = str_make(bytes, len);
	while (str_split(&rest, '\n', &line)) {
		size_t kind = line.n > 2 ? kind_of(line.p[0]) : HISTORY_KINDS;

		if (kind < HISTORY_KINDS && line.p[1] == ' ')
			add(h, kind, str_skip(line, 2));
	}
	free(bytes);
}

void
history_init(struct history *h, const char *state_dir)
{
	*h = (struct history){ .changed = false };
	if (state_dir == NULL || *state_dir == '\0')
		return;
	h->path = path_join(state_dir, "history");
	load(h);
}

static void
save(const struct history *h)
{
	struct buf out;
	struct err err;

	buf_init(&out, FILE_MAX);
	for (size_t kind = 0; kind < HISTORY_KINDS; kind++) {
		for (size_t i = 0; i < h->count[kind]; i++) {
			struct str line = str_from(h->lines[kind][i]);

			if (line.n + 3 > buf_room(&out))
				continue;
			buf_putc(&out, kinds[kind]);
			buf_putc(&out, ' ');
			buf_put(&out, line);
			buf_putc(&out, '\n');
		}
	}
	if (!path_write_atomic(h->path, buf_str(&out), 0600, &err))
		log_write(LOG_WARNING, "history is not kept: %s", err.text);
	buf_fini(&out);
}

void
history_fini(struct history *h)
{
	if (h->path != NULL && h->changed)
		save(h);
	for (size_t kind = 0; kind < HISTORY_KINDS; kind++)
		for (size_t i = 0; i < h->count[kind]; i++)
			free(h->lines[kind][i]);
	free(h->path);
	*h = (struct history){ .changed = false };
}

void
history_add(struct history *h, char kind, struct str line)
{
	size_t k = kind_of(kind);

	assert(k < HISTORY_KINDS);
	if (str_trim(line).n == 0)
		return;
	add(h, k, line);
	h->changed = true;
}

struct str
history_get(const struct history *h, char kind, size_t back)
{
	size_t k = kind_of(kind);

	assert(k < HISTORY_KINDS);
	if (back < 1 || back > h->count[k])
		return STR_NONE;
	return str_from(h->lines[k][h->count[k] - back]);
}
