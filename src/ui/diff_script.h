/* SPDX-License-Identifier: MIT */
/*
 * How one sequence becomes another: Myers' O(ND) comparison of hashes, with
 * a bound on the number of edits, so that it is always quick.
 */
#ifndef SLUICE_SRC_UI_DIFF_SCRIPT_H
#define SLUICE_SRC_UI_DIFF_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diff_op { DIFF_SAME, DIFF_GONE, DIFF_NEW };

struct diff_edit {
	enum diff_op op;
	size_t a, b;			/* indices; the other side's is where
					 * it would stand */
};

struct diff_script {
	struct diff_edit *edits;	/* in a run of edits: GONE before NEW */
	size_t count, cap;
	bool coarse;			/* too many: all gone, all new */
};

/* out: fini'd or zeroed. */
void diff_script_make(struct diff_script *out, const uint64_t *a, size_t na,
    const uint64_t *b, size_t nb);
void diff_script_fini(struct diff_script *s);

#endif
