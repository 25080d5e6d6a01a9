/* SPDX-License-Identifier: MIT */
/*
 * A row of steps with a place in it: those before it can be undone, those
 * behind it done again.  Every change is its own opposite (remove and put
 * back, flip a mark, swap the messages), so both ways are one function.
 */
#include "sluice/flow/undo.h"

#include <assert.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/flow/edit.h"

/* However many are deleted at once, so many are kept. */
#define CHANGES_MAX	1000000u
/* So many flows are freed in one piece. */
#define FORGET_MAX	2000u
#define STRIDE		16u		/* turned between looks at the clock */

enum change_kind { CHANGE_REMOVE, CHANGE_MARK, CHANGE_EDIT };

struct change {
	enum change_kind kind;
	uint64_t id;
	struct flow *flow;		/* REMOVE: while it is not listed, a
					 * reference; EDIT: the other state */
};

struct step {
	const char *what;
	uint64_t id;
	struct change *changes;
	size_t first;			/* those before it were forgotten */
	size_t count, cap;
};

struct undo {
	struct flow_list *list;
	struct step steps[UNDO_STEPS];
	size_t count;			/* of steps */
	size_t at;			/* so many of them are done */
	struct step open;		/* between begin and end */
	bool is_open;
	struct step *turning;		/* begun by undo_start, or NULL .. */
	size_t next;			/* .. its next change .. */
	uint64_t after;			/* .. the flow put back last .. */
	struct undo_news news;		/* .. and what was done so far */
};

/* -- steps ----------------------------------------------------------------- */

static void
step_fini(struct step *s)
{
	for (size_t i = s->first; i < s->count; i++)
		flow_unref(s->changes[i].flow);
	free(s->changes);
	*s = (struct step){ .count = 0 };
}

static void
step_add(struct step *s, enum change_kind kind, uint64_t id, struct flow *f)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4;
		s->changes = mem_array(s->changes, s->cap,
		    sizeof *s->changes);
	}
	s->changes[s->count++] = (struct change){ kind, id, f };
}

struct undo *
undo_new(struct flow_list *list)
{
	struct undo *u = NEW(struct undo);

	u->list = list;
	return u;
}

void
undo_free(struct undo *u)
{
	if (!u)
		return;
	step_fini(&u->open);
	u->turning = NULL;
	while (undo_forget(u))
		continue;
	free(u);
}

/* The whole oldest step. */
static void
drop_oldest(struct undo *u)
{
	assert(u->count > 0);
	step_fini(&u->steps[0]);
	u->count--;
	u->at -= u->at > 0;
	memmove(&u->steps[0], &u->steps[1], u->count * sizeof u->steps[0]);
	u->steps[u->count] = (struct step){ .count = 0 };
}

bool
undo_forget(struct undo *u)
{
	struct step *s = &u->steps[0];

	if (u->count == 0 || s == u->turning)
		return false;
	if (s->count - s->first <= FORGET_MAX) {
		drop_oldest(u);
		return true;
	}
	for (size_t end = s->first + FORGET_MAX; s->first < end; s->first++)
		flow_unref(s->changes[s->first].flow);
	return true;
}

/* -- recording ------------------------------------------------------------- */

void
undo_begin(struct undo *u, const char *what, uint64_t id)
{
	assert(!u->is_open);
	u->is_open = true;
	u->open = (struct step){ .what = what, .id = id };
}

void
undo_end(struct undo *u)
{
	assert(u->is_open);
	u->is_open = false;
	if (u->open.count == 0)
		return;
	/* What was undone before cannot be done again after this. */
	while (u->count > u->at)
		step_fini(&u->steps[--u->count]);
	if (u->count == UNDO_STEPS)
		drop_oldest(u);
	u->steps[u->count++] = u->open;
	u->at = u->count;
	u->open = (struct step){ .count = 0 };
}

bool
undo_remove(struct undo *u, struct flow *f)
{
	uint64_t id = f->id;

	assert(u->is_open);
	if (flow_is_live(f))
		return false;
	flow_ref(f);
	if (!flow_list_remove(u->list, f)) {
		flow_unref(f);
		return false;
	}
	if (u->open.count < CHANGES_MAX)
		step_add(&u->open, CHANGE_REMOVE, id, f);
	else
		flow_unref(f);
	return true;
}

bool
undo_mark(struct undo *u, struct flow *f, bool marked)
{
	assert(u->is_open);
	if (f->marked == marked)
		return false;
	if (u->open.count < CHANGES_MAX)
		step_add(&u->open, CHANGE_MARK, f->id, NULL);
	flow_list_set_mark(u->list, f, marked);
	return true;
}

void
undo_edit(struct undo *u, struct flow *f, struct flow *before)
{
	undo_begin(u, "edit", f->id);
	step_add(&u->open, CHANGE_EDIT, f->id, before);
	undo_end(u);
}

/* -- back and again -------------------------------------------------------- */

/* after: the flow put back before this one. */
static bool
turn_removal(struct undo *u, struct change *c, uint64_t *after)
{
	struct flow *f = c->flow;

	if (f) {
		c->flow = NULL;
		flow_list_restore(u->list, f, *after);
		*after = c->id;
		flow_unref(f);
		return true;
	}
	f = flow_list_find(u->list, c->id);
	if (!f || flow_is_live(f))
		return false;
	c->flow = flow_ref(f);
	return flow_list_remove(u->list, f);
}

static bool
turn(struct undo *u, struct change *c, uint64_t *after)
{
	struct flow *f = flow_list_find(u->list, c->id);

	switch (c->kind) {
	case CHANGE_REMOVE:
		return turn_removal(u, c, after);
	case CHANGE_MARK:
		if (f)
			flow_list_set_mark(u->list, f, !f->marked);
		return f != NULL;
	case CHANGE_EDIT:
		return f && edit_swap(u->list, f, c->flow);
	}
	assert(!"a change of no kind");
	return false;
}

bool
undo_start(struct undo *u, bool back)
{
	assert(!u->is_open && !u->turning);
	if (u->at == (back ? 0 : u->count))
		return false;
	u->turning = &u->steps[back ? --u->at : u->at++];
	u->next = u->turning->first;
	u->after = 0;
	u->news = (struct undo_news){
		.what = u->turning->what, .id = u->turning->id
	};
	return true;
}

/* In the order they were made: ids of a step go up, nothing is in it twice. */
bool
undo_work(struct undo *u, int64_t end, struct undo_news *news)
{
	struct step *s = u->turning;

	assert(s);
	while (u->next < s->count) {
		if (turn(u, &s->changes[u->next++], &u->after))
			u->news.done++;
		else
			u->news.refused++;
		if (u->next % STRIDE == 0 && clock_mono() >= end)
			return false;
	}
	*news = u->news;
	if (!flow_list_find(u->list, news->id))
		news->id = s->changes[s->first].id;
	u->turning = NULL;
	return true;
}
