/* SPDX-License-Identifier: MIT */
/* Flows that went before their turn came are left out. */
#include "sweep.h"

#include "console.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define STRIDE		16u		/* between two looks at the clock */

void
flow_ids_add(struct flow_ids *ids, uint64_t id)
{
	if (ids->count == ids->cap) {
		ids->cap = ids->cap > 0 ? ids->cap * 2 : 8;
		ids->p = mem_array(ids->p, ids->cap, sizeof(*ids->p));
	}
	ids->p[ids->count++] = id;
}

void
flow_ids_fini(struct flow_ids *ids)
{
	free(ids->p);
	*ids = (struct flow_ids){ .p = NULL };
}

static bool
sweep_next(struct ui *ui, struct sweep *s)
{
	struct flow *f;

	if (s->walks) {
		f = flow_walk_next(&s->walk);
		if (f == NULL)
			return false;
	} else {
		if (s->next == s->ids.count)
			return false;
		f = flow_list_find(ui->setup.list, s->ids.p[s->next++]);
	}
	if (f != NULL)
		s->ops->one(ui, s, f);
	return true;
}

static bool
work(struct ui *ui, struct errand *e, int64_t until)
{
	struct sweep *s = container_of(e, struct sweep, errand);

	for (size_t i = 1; sweep_next(ui, s); i++)
		if (i % STRIDE == 0 && clock_mono() >= until)
			return false;
	return true;
}

static void
end(struct ui *ui, struct errand *e, bool done)
{
	struct sweep *s = container_of(e, struct sweep, errand);

	if (s->walks)
		flow_walk_end(&s->walk);
	if (s->undo != NULL)
		undo_end(ui->setup.undo);
	if (done && s->ops->over != NULL)
		s->ops->over(ui, s);
	flow_ids_fini(&s->ids);
	flow_ids_fini(&s->found);
	free(s);
}

static struct sweep *
begin(struct ui *ui, const struct sweep *s)
{
	struct sweep *copy = NEW(struct sweep);

	*copy = *s;
	copy->errand = (struct errand){ work, end };
	if (s->undo != NULL)
		undo_begin(ui->setup.undo, s->undo, s->at);
	return copy;
}

void
sweep_all(struct ui *ui, const struct sweep *s)
{
	struct sweep *copy = begin(ui, s);

	copy->walks = true;
	flow_walk_begin(&copy->walk, ui->setup.list);
	errand_run(ui, &copy->errand);
}

void
sweep_ids(struct ui *ui, const struct sweep *s)
{
	errand_run(ui, &begin(ui, s)->errand);
}
