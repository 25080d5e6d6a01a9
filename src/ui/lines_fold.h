/* SPDX-License-Identifier: MIT */
/*
 * Which nodes of a laid-out text are folded, by the byte they begin at, and
 * where long ones end.  Outlives the index, which is made anew more often.
 */
#ifndef SLUICE_SRC_UI_LINES_FOLD_H
#define SLUICE_SRC_UI_LINES_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines_fold {
	uint64_t at, end;		/* bytes */
	uint64_t items, lines;		/* inside; rows it would have more */
};

struct lines_folds {
	uint64_t *toggled;		/* sorted */
	size_t count, cap;
	bool all;			/* what is inside the outermost */
	struct lines_fold *known;	/* ends of nodes, sorted by at */
	size_t known_count, known_cap;
};

void lines_folds_init(struct lines_folds *f);
void lines_folds_fini(struct lines_folds *f);
bool lines_folds_used(const struct lines_folds *f);
/* depth: of the node, 0 for the outermost. */
bool lines_folds_has(const struct lines_folds *f, uint64_t at,
    unsigned depth);
void lines_folds_toggle(struct lines_folds *f, uint64_t at);
/* Folds all, or unfolds all. */
void lines_folds_toggle_all(struct lines_folds *f);
const struct lines_fold *lines_folds_known(const struct lines_folds *f,
    uint64_t at);
void lines_folds_learn(struct lines_folds *f, const struct lines_fold *fold);

#endif
