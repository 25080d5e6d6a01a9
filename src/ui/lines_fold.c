/* SPDX-License-Identifier: MIT */
/* Two sorted arrays; looked up for every node that a row begins. */
#include "lines_fold.h"

#include <string.h>

#include "sluice/base/mem.h"

void
lines_folds_init(struct lines_folds *f)
{
	*f = (struct lines_folds){ .count = 0 };
}

void
lines_folds_fini(struct lines_folds *f)
{
	free(f->toggled);
	free(f->known);
	lines_folds_init(f);
}

bool
lines_folds_used(const struct lines_folds *f)
{
	return f->all || f->count > 0;
}

/* The first toggled at or behind a byte. */
static size_t
place(const struct lines_folds *f, uint64_t at)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->toggled[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
lines_folds_has(const struct lines_folds *f, uint64_t at, unsigned depth)
{
	size_t i = place(f, at);
	bool toggled = i < f->count && f->toggled[i] == at;

	return toggled != (f->all && depth > 0);
}

void
lines_folds_toggle(struct lines_folds *f, uint64_t at)
{
	size_t i = place(f, at);

	if (i < f->count && f->toggled[i] == at) {
		f->count--;
		memmove(f->toggled + i, f->toggled + i + 1,
		    (f->count - i) * sizeof(*f->toggled));
		return;
	}
	if (f->count == f->cap) {
		f->cap = f->cap > 0 ? f->cap * 2 : 8;
		f->toggled = mem_array(f->toggled, f->cap,
		    sizeof(*f->toggled));
	}
	memmove(f->toggled + i + 1, f->toggled + i,
	    (f->count - i) * sizeof(*f->toggled));
	f->toggled[i] = at;
	f->count++;
}

void
lines_folds_toggle_all(struct lines_folds *f)
{
	/* Any fold at all: first everything is shown again. */
	f->all = !lines_folds_used(f);
	f->count = 0;
}

static size_t
known_place(const struct lines_folds *f, uint64_t at)
{
	size_t low = 0, high = f->known_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->known[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct lines_fold *
lines_folds_known(const struct lines_folds *f, uint64_t at)
{
	size_t i = known_place(f, at);

	return i < f->known_count && f->known[i].at == at ? &f->known[i] :
	    NULL;
}

void
lines_folds_learn(struct lines_folds *f, const struct lines_fold *fold)
{
	size_t i = known_place(f, fold->at);

	if (i < f->known_count && f->known[i].at == fold->at)
		return;
	if (f->known_count == f->known_cap) {
		f->known_cap = f->known_cap > 0 ? f->known_cap * 2 : 8;
		f->known = mem_array(f->known, f->known_cap,
		    sizeof(*f->known));
	}
	memmove(f->known + i + 1, f->known + i,
	    (f->known_count - i) * sizeof(*f->known));
	f->known[i] = *fold;
	f->known_count++;
}
