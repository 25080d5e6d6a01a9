/* SPDX-License-Identifier: MIT */
/*
 * Two walks along the list from its oldest flow.  Each remembers how far it
 * came, so that a flow is looked at once a round however many there are; a
 * round that came to the end and freed too little waits for more to come.
 */
#include "sluice/flow/budget.h"

#include "sluice/base/log.h"

/* One slice: so many flows looked at, so many bytes written; the more the
 * more there is too much, as far as the loop can wait. */
#define FLOWS_STEP	2000u
#define BYTES_STEP	(2u * 1024 * 1024)
#define BYTES_STEP_MAX	(6u * 1024 * 1024)
/* So much more must have come before another round is begun. */
#define STUCK_STEP	(4u * 1024 * 1024)

void
budget_init(struct budget *b, struct flow_list *list, struct store *store,
    struct undo *undo)
{
	*b = (struct budget){ .list = list, .store = store, .undo = undo };
}

/* The first flow behind id, or the oldest. */
static struct flow *
flow_after(const struct budget *b, uint64_t id)
{
	struct flow *f = flow_list_find(b->list, id);

	if (f)
		return flow_list_next(b->list, f);
	for (f = flow_list_next(b->list, NULL); f && f->id <= id;
	    f = flow_list_next(b->list, f))
		continue;
	return f;
}

/* False when the disk takes no more; *bytes: so many more left memory. */
static bool
spill_flow(struct flow *f, uint64_t *bytes)
{
	struct message *messages[] = { &f->request, &f->response };

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		struct body *body = &messages[i]->body;

		*bytes += body->in_memory;
		if (body->in_memory > 0 && !body_spill(body))
			return false;
	}
	return !f->original || spill_flow(f->original, bytes);
}

/* A busy loop takes in 256 KiB a connection in a turn. */
static uint64_t
bytes_step(const struct budget *b)
{
	uint64_t step = (store_memory(b->store) - b->memory) / 4;

	return step < BYTES_STEP ? BYTES_STEP :
	    step > BYTES_STEP_MAX ? BYTES_STEP_MAX : step;
}

static bool
keep_memory(struct budget *b)
{
	uint64_t written = 0, step;
	bool room = true;
	struct flow *f;

	if (b->memory == 0 || store_memory(b->store) <= b->memory ||
	    store_memory(b->store) < b->stuck)
		return false;
	b->stuck = 0;
	step = bytes_step(b);
	f = flow_after(b, b->spilled);
	for (size_t n = 0; f && room; n++) {
		if (n == FLOWS_STEP || written >= step)
			return true;
		b->spilled = f->id;
		room = spill_flow(f, &written);
		if (store_memory(b->store) <= b->memory)
			return false;
		f = flow_list_next(b->list, f);
	}
	/* All of them were looked at, or the disk is full. */
	b->spilled = 0;
	if (b->undo && undo_forget(b->undo))
		return true;
	b->stuck = store_memory(b->store) + STUCK_STEP;
	return false;
}

static void
drop_flow(struct budget *b, struct flow *f)
{
	if (flow_is_live(f) || f->marked ||
	    f->request.body.on_disk + f->response.body.on_disk == 0)
		return;
	if (!b->told)
		log_write(LOG_WARNING, "bodies fill the disk they may take: "
		    "those of the oldest finished, unmarked flows go; disk "
		    "allows more");
	b->told = true;
	body_drop(&f->request.body);
	body_drop(&f->response.body);
	flow_list_touch(b->list, f, FLOW_PART_REQUEST | FLOW_PART_RESPONSE);
}

static bool
keep_disk(struct budget *b)
{
	struct flow *f;

	if (b->disk == 0 || store_disk(b->store) <= b->disk)
		return false;
	if (b->undo && undo_forget(b->undo))
		return true;
	f = flow_after(b, b->dropped);
	for (size_t n = 0; f && n < FLOWS_STEP; n++) {
		b->dropped = f->id;
		drop_flow(b, f);
		if (store_disk(b->store) <= b->disk)
			return false;
		f = flow_list_next(b->list, f);
	}
	if (f)
		return true;
	/* Only live and marked ones are left; look again when some end. */
	b->dropped = 0;
	return false;
}

bool
budget_keep(struct budget *b)
{
	bool memory = keep_memory(b);

	return keep_disk(b) || memory;
}
