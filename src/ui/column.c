/* SPDX-License-Identifier: MIT */
/*
 * The table of columns and where each stands.  Without a choice every column
 * has a terminal width from which on it is there; of chosen ones the least
 * important go until the path has room.
 */
#include "column.h"

#include <assert.h>

#define GUTTER		3		/* cursor, state letter, mark */
#define HOST_FROM	72		/* narrower: host and path are one */
#define JOIN_FROM	34		/* narrower still: the path alone */
#define FULL_FROM	140		/* milliseconds, ports */
#define NEVER		10000		/* only when chosen */
#define PATH_MIN	16
#define PATH_STEP	8u		/* cells a scroll to the right */
#define PATH_STEPS	64u

static const struct {
	const char *name, *title;
	int width, from, gap;		/* gap: blanks behind it */
	bool right;
	int rank;			/* the highest goes first */
	const char *help;
} columns[COLUMN_COUNT] = {
	[COLUMN_ID] = { "id", "#", 6, 116, 2, true, 7, "Number" },
	[COLUMN_TIME] = { "time", "TIME", 8, HOST_FROM, 1, false, 6,
	    "When it began" },
	[COLUMN_METHOD] = { "method", "METHOD", 7, 0, 1, false, 0, "Method" },
	[COLUMN_STATUS] = { "status", "ST", 3, 0, 1, false, 1, "Status" },
	[COLUMN_HOST] = { "host", "HOST", 15, HOST_FROM, 1, false, 3,
	    "Host and, unless it is usual, port" },
	[COLUMN_PATH] = { "path", "PATH", 0, 0, 1, false, 2,
	    "Path and query, or why it failed" },
	[COLUMN_TYPE] = { "type", "TYPE", 6, 104, 1, false, 8,
	    "Kind of the response's content" },
	[COLUMN_SENT] = { "sent", "REQ", 6, FULL_FROM, 1, true, 9,
	    "Size of the request's body" },
	[COLUMN_SIZE] = { "size", "SIZE", 5, 48, 2, true, 5,
	    "Size of the response's body" },
	[COLUMN_DURATION] = { "took", "TIME", 6, 48, 1, true, 4,
	    "How long it took, without being held" },
	[COLUMN_WATERFALL] = { "waterfall", "WATERFALL", 16, 150, 1, false, 10,
	    "When it was held, waited and received" },
	[COLUMN_CLIENT] = { "client", "CLIENT", 21, NEVER, 1, false, 11,
	    "Address of the client" },
	[COLUMN_PROCESS] = { "process", "PROCESS", 16, NEVER, 1, false, 12,
	    "Program of the client, on this machine, and its number" },
	[COLUMN_PROTOCOL] = { "proto", "PROTO", 8, NEVER, 1, false, 13,
	    "HTTP version, with TLS or without" },
	[COLUMN_NOTE] = { "note", "NOTE", 20, NEVER, 1, false, 14,
	    "Your note on it" },
	[COLUMN_STAGE] = { "", "STAGE", 5, 0, 1, false, 0, "" },
	[COLUMN_AGE] = { "", "AGE", 6, 0, 1, true, 0, "" },
	[COLUMN_CHANGED] = { "", "CHANGED", 18, 100, 1, false, 6, "" },
	[COLUMN_SOCKET] = { "", "CLIENT SOCKET", 26, 110, 1, false, 7, "" },
};

const char *
column_name(enum column_id id)
{
	assert(id < COLUMN_COUNT);
	return columns[id].name;
}

const char *
column_help(enum column_id id)
{
	assert(id < COLUMN_COUNT);
	return columns[id].help;
}

bool
column_find(struct str name, enum column_id *id)
{
	for (size_t i = 0; i < COLUMN_CHOICES; i++) {
		if (!str_eq(str_from(columns[i].name), name))
			continue;
		*id = (enum column_id)i;
		return true;
	}
	return str_eq(name, STR("#")) && (*id = COLUMN_ID, true);
}

bool
column_choice_parse(struct column_choice *c, struct str text, struct err *err)
{
	struct str name;

	*c = (struct column_choice){ .count = 0 };
	while (str_split(&text, ' ', &name)) {
		enum column_id id;
		bool twice = false;

		if (name.n == 0)
			continue;
		if (!column_find(name, &id))
			return err_set(err, "there is no column \"%.*s\"; "
			    "C shows them", name.n < 40 ? (int)name.n : 40,
			    name.p);
		for (size_t i = 0; i < c->count; i++)
			twice |= c->ids[i] == id;
		if (!twice)
			c->ids[c->count++] = id;
	}
	return true;
}

void
column_choice_format(const struct column_choice *c, struct buf *out)
{
	for (size_t i = 0; i < c->count; i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "",
		    columns[c->ids[i]].name);
}

void
column_choice_all(struct column_choice *c)
{
	*c = (struct column_choice){ .count = 0 };
	for (size_t i = 0; i < COLUMN_CHOICES; i++)
		if (columns[i].from < NEVER)
			c->ids[c->count++] = (enum column_id)i;
}

void
column_choice_held(struct column_choice *c)
{
	static const enum column_id held[] = {
		COLUMN_STAGE, COLUMN_AGE, COLUMN_CLIENT, COLUMN_METHOD,
		COLUMN_HOST, COLUMN_PATH, COLUMN_STATUS, COLUMN_SIZE,
		COLUMN_CHANGED, COLUMN_SOCKET
	};

	c->count = sizeof(held) / sizeof(held[0]);
	for (size_t i = 0; i < c->count; i++)
		c->ids[i] = held[i];
}

static int
width_of(enum column_id id, int cols)
{
	if (id == COLUMN_METHOD && cols < HOST_FROM)
		return 6;
	if (id == COLUMN_TIME && cols >= FULL_FROM)
		return 12;
	if (id == COLUMN_HOST && cols >= 104)
		return cols >= 150 ? 30 : 22;
	return columns[id].width;
}

/* Cells of all but the path. */
static int
used_by(const struct column_layout *l, int cols)
{
	int used = GUTTER;

	for (size_t i = 0; i < l->count; i++)
		used += width_of(l->ids[i], cols) + columns[l->ids[i]].gap;
	return used;
}

static bool
has(const struct column_layout *l, enum column_id id)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->ids[i] == id)
			return true;
	return false;
}

static void
take_at(struct column_layout *l, size_t at)
{
	l->count--;
	for (size_t i = at; i < l->count; i++)
		l->ids[i] = l->ids[i + 1];
}

static void
take_least(struct column_layout *l)
{
	size_t least = 0;

	for (size_t i = 1; i < l->count; i++)
		if (columns[l->ids[i]].rank > columns[l->ids[least]].rank)
			least = i;
	take_at(l, least);
}

static void
choose(struct column_layout *l, int cols, const struct column_choice *choice)
{
	struct column_choice all;
	bool chosen = choice->count > 0;

	if (!chosen) {
		column_choice_all(&all);
		choice = &all;
	}
	for (size_t i = 0; i < choice->count; i++)
		if (chosen || cols >= columns[choice->ids[i]].from)
			l->ids[l->count++] = choice->ids[i];
	while (chosen && l->count > 1 && used_by(l, cols) +
	    (has(l, COLUMN_PATH) ? PATH_MIN : 0) > cols)
		take_least(l);
	l->joined = cols >= JOIN_FROM && has(l, COLUMN_PATH) &&
	    !has(l, COLUMN_HOST) && (!chosen || cols < HOST_FROM);
}

/* Scrolled to the right: what stands before the path goes. */
static void
scroll(struct column_layout *l, size_t steps)
{
	if (steps > l->count + PATH_STEPS)
		steps = l->count + PATH_STEPS;
	for (; steps > 0 && l->count > 1 && l->ids[0] != COLUMN_PATH; steps--)
		take_at(l, 0);
	l->skip = has(l, COLUMN_PATH) ? steps * PATH_STEP : 0;
}

void
column_layout(struct column_layout *l, int cols,
    const struct column_choice *choice, size_t steps)
{
	int x = GUTTER, rest;

	*l = (struct column_layout){ .full = cols >= FULL_FROM };
	choose(l, cols, choice);
	scroll(l, steps);
	rest = cols - used_by(l, cols) - (has(l, COLUMN_SIZE) &&
	    has(l, COLUMN_PATH));
	for (size_t i = 0; i < l->count; i++) {
		enum column_id id = l->ids[i];

		l->width[id] = id == COLUMN_PATH ? (rest > 0 ? rest : 0) :
		    width_of(id, cols);
		l->x[id] = x;
		x += l->width[id] > 0 ? l->width[id] + columns[id].gap : 0;
	}
}

void
column_head(const struct column_layout *l, const struct pane *p, int y,
    const struct column_sort *sort)
{
	pane_fill(p, y, ROLE_HEADER);
	for (size_t i = 0; i < l->count; i++) {
		enum column_id id = l->ids[i];
		struct str title = str_from(columns[id].title);
		int x = l->x[id], end;

		if (id == COLUMN_PATH && l->joined)
			title = STR("HOST/PATH");
		if (id == COLUMN_SIZE && l->full)
			title = STR("RESP");
		end = x + pane_width(title, l->width[id]);
		if (columns[id].right)
			end = pane_cell_right(p, y, x, l->width[id],
			    ROLE_HEADER, title);
		else
			pane_cell(p, y, x, l->width[id], ROLE_HEADER, title,
			    false);
		if (sort->id == id && (id != COLUMN_ID || sort->reverse))
			pane_put(p, y, end, ROLE_HEADER, pane_glyph(
			    sort->reverse ? GLYPH_DOWN : GLYPH_UP));
	}
}

enum column_id
column_at(const struct column_layout *l, int x)
{
	for (size_t i = 0; i < l->count; i++) {
		enum column_id id = l->ids[i];

		if (l->width[id] > 0 && x >= l->x[id] &&
		    x < l->x[id] + l->width[id] + columns[id].gap)
			return id;
	}
	return COLUMN_COUNT;
}
