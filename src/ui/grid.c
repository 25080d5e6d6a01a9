/* SPDX-License-Identifier: MIT */
/* A step keeps all rows as they were: heads are small, and steps few. */
#include "grid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sluice/base/mem.h"

/* -- rows ------------------------------------------------------------------ */

static void
row_fini(struct grid_row *row)
{
	free(row->name);
	free(row->value);
	free(row->was_name);
	free(row->was_value);
}

static void
rows_fini(struct grid_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		row_fini(&rows->p[i]);
	free(rows->p);
	*rows = (struct grid_rows){ .p = NULL };
}

static char *
dup_or_null(const char *s)
{
	return s != NULL ? mem_strdup(s) : NULL;
}

static struct grid_row
row_copy(const struct grid_row *row)
{
	struct grid_row copy = *row;

	copy.name = mem_strdup(row->name);
	copy.value = mem_strdup(row->value);
	copy.was_name = dup_or_null(row->was_name);
	copy.was_value = dup_or_null(row->was_value);
	return copy;
}

static struct grid_rows
rows_copy(const struct grid_rows *rows, size_t cursor)
{
	struct grid_rows copy = { .count = rows->count, .cursor = cursor };

	copy.p = mem_array(NULL, rows->count + 1, sizeof(*copy.p));
	for (size_t i = 0; i < rows->count; i++)
		copy.p[i] = row_copy(&rows->p[i]);
	return copy;
}

/* Moves those behind away; row is taken. */
static void
insert(struct grid_rows *rows, size_t at, struct grid_row row)
{
	assert(at <= rows->count);
	rows->p = mem_array(rows->p, rows->count + 1, sizeof(*rows->p));
	memmove(rows->p + at + 1, rows->p + at,
	    (rows->count - at) * sizeof(*rows->p));
	rows->p[at] = row;
	rows->count++;
}

/* -- reading --------------------------------------------------------------- */

static void
add_old(struct grid *g, struct str name, struct str value, bool computed,
    bool bare)
{
	insert(&g->rows, g->rows.count, (struct grid_row){
		.name = str_dup(name), .value = str_dup(value),
		.was_name = str_dup(name), .was_value = str_dup(value),
		.computed = computed, .bare = bare
	});
}

static void
read_fields(struct grid *g, const struct message *m, struct str text)
{
	const struct headers *h = &m->headers;
	struct str line = STR("");

	(void)str_split(&text, '\n', &line);
	g->start = str_dup(line);
	for (size_t i = 0; i < h->count; i++)
		add_old(g, headers_name(h, i), headers_value(h, i),
		    edit_is_computed(m, i), false);
}

static void
read_pairs(struct grid *g, struct str text)
{
	struct str line;

	while (text.n > 0 && str_split(&text, '\n', &line)) {
		size_t equals = str_chr(line, '=', 0);
		struct str name = str_sub(line, 0, equals);

		if (line.n > 0)
			add_old(g, name, equals == SIZE_MAX ? STR("") :
			    str_skip(line, equals + 1), false,
			    equals == SIZE_MAX);
	}
}

void
grid_init(struct grid *g, enum edit_part part, const struct message *m,
    struct str text)
{
	*g = (struct grid){ .part = part };
	if (part == EDIT_HEAD)
		read_fields(g, m, text);
	else
		read_pairs(g, text);
}

void
grid_fini(struct grid *g)
{
	for (size_t i = 0; i < g->steps; i++)
		rows_fini(&g->past[i]);
	rows_fini(&g->rows);
	free(g->start);
	*g = (struct grid){ .start = NULL };
}

/* -- changing -------------------------------------------------------------- */

/* Before a change: what was undone before cannot be done again. */
static void
step(struct grid *g, size_t cursor)
{
	while (g->steps > g->at)
		rows_fini(&g->past[--g->steps]);
	if (g->steps == GRID_UNDO) {
		rows_fini(&g->past[0]);
		memmove(&g->past[0], &g->past[1],
		    (GRID_UNDO - 1) * sizeof(g->past[0]));
		g->steps--;
	}
	g->past[g->steps++] = rows_copy(&g->rows, cursor);
	g->at = g->steps;
}

void
grid_set(struct grid *g, size_t row, enum grid_cell cell, struct str text)
{
	struct grid_row *r = &g->rows.p[row];
	char **field = cell == GRID_NAME ? &r->name : &r->value;

	assert(row < g->rows.count);
	if (str_eq(str_from(*field), text))
		return;
	step(g, row);
	free(*field);
	*field = str_dup(text);
	r->computed = false;
	r->deleted = false;
	if (cell == GRID_VALUE)
		r->bare = false;
}

size_t
grid_add(struct grid *g, size_t row)
{
	size_t at = row == SIZE_MAX || g->rows.count == 0 ? 0 : row + 1;

	step(g, row == SIZE_MAX ? 0 : row);
	insert(&g->rows, at, (struct grid_row){
		.name = mem_strdup(""), .value = mem_strdup("")
	});
	return at;
}

bool
grid_delete(struct grid *g, size_t row)
{
	struct grid_row *r = &g->rows.p[row];

	assert(row < g->rows.count);
	if (r->computed)
		return false;
	step(g, row);
	if (r->was_name != NULL) {
		r->deleted = !r->deleted;
		return true;
	}
	row_fini(r);
	g->rows.count--;
	memmove(r, r + 1, (g->rows.count - row) * sizeof(*r));
	return true;
}

size_t
grid_duplicate(struct grid *g, size_t row)
{
	struct grid_row copy = row_copy(&g->rows.p[row]);

	assert(row < g->rows.count);
	step(g, row);
	free(copy.was_name);
	free(copy.was_value);
	copy.was_name = copy.was_value = NULL;
	copy.deleted = copy.computed = false;
	insert(&g->rows, row + 1, copy);
	return row + 1;
}

bool
grid_move(struct grid *g, size_t row, int direction)
{
	size_t to = row + (size_t)direction;
	struct grid_row moved;

	if (row >= g->rows.count || to >= g->rows.count)
		return false;
	step(g, row);
	moved = g->rows.p[row];
	g->rows.p[row] = g->rows.p[to];
	g->rows.p[to] = moved;
	return true;
}

bool
grid_turn(struct grid *g, bool back, size_t *row)
{
	struct grid_rows now = g->rows;
	struct grid_rows *then;

	if (g->at == (back ? 0 : g->steps))
		return false;
	then = &g->past[back ? --g->at : g->at++];
	now.cursor = *row = then->cursor;
	g->rows = *then;
	*then = now;
	return true;
}

/* -- showing and writing --------------------------------------------------- */

static bool
is_changed(const struct grid_row *row)
{
	return row->was_name != NULL &&
	    (strcmp(row->name, row->was_name) != 0 ||
	    strcmp(row->value, row->was_value) != 0);
}

char
grid_mark(const struct grid_row *row)
{
	if (row->deleted)
		return '-';
	if (row->was_name == NULL)
		return '+';
	if (is_changed(row))
		return '~';
	return row->computed ? '=' : ' ';
}

/* Rows that were moved are found by what they were. */
size_t
grid_changes(const struct grid *g)
{
	const struct grid_rows *now = &g->rows, *first = &g->past[0];
	size_t n = 0;
	char mark;

	for (size_t i = 0; i < now->count; i++) {
		mark = grid_mark(&now->p[i]);
		n += mark != ' ' && mark != '=';
	}
	if (n > 0 || g->at == 0 || first->count != now->count)
		return n;
	for (size_t i = 0; i < now->count; i++)
		n += strcmp(now->p[i].name, first->p[i].name) != 0 ||
		    strcmp(now->p[i].value, first->p[i].value) != 0;
	return n;
}

/* A computed one is filled in again; an empty new one was never filled. */
static bool
is_written(const struct grid_row *row)
{
	return !row->deleted && !row->computed &&
	    (row->was_name != NULL || row->name[0] != '\0' ||
	    row->value[0] != '\0');
}

void
grid_put(const struct grid *g, struct buf *out)
{
	bool head = g->part == EDIT_HEAD;

	if (head) {
		buf_put(out, str_from(g->start));
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < g->rows.count; i++) {
		const struct grid_row *row = &g->rows.p[i];

		if (!is_written(row))
			continue;
		buf_put(out, str_from(row->name));
		if (!row->bare || row->value[0] != '\0')
			buf_put(out, head ? STR(": ") : STR("="));
		buf_put(out, str_from(row->value));
		buf_putc(out, '\n');
	}
	/* No pair at all is wanted too; no text would be no edit. */
	if (buf_len(out) == 0)
		buf_putc(out, '\n');
}

size_t
grid_row_of_line(const struct grid *g, unsigned n)
{
	unsigned line = g->part == EDIT_HEAD ? 1 : 0;

	for (size_t i = 0; i < g->rows.count; i++)
		if (is_written(&g->rows.p[i]) && ++line == n)
			return i;
	return SIZE_MAX;
}
