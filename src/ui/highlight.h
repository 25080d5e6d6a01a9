/* SPDX-License-Identifier: MIT */
/*
 * Rules that give the rows of matching flows a look of their own; the first
 * that matches counts.  They are asked for each row at each paint, so there
 * are few, and none of them looks into bodies.
 */
#ifndef SLUICE_SRC_UI_HIGHLIGHT_H
#define SLUICE_SRC_UI_HIGHLIGHT_H

#include "sluice/flow/filter.h"
#include "theme.h"

#define HIGHLIGHT_RULES	16u

struct highlight {
	struct {
		struct filter *filter;
		enum role role;
	} rules[HIGHLIGHT_RULES];	/* zero: none */
	size_t count;
};

void highlight_fini(struct highlight *h);
/*
 * Takes filter.  One with the same text is replaced, by ROLE_TEXT removed.
 * False: it looks into bodies, or there are enough.
 */
bool highlight_set(struct highlight *h, struct filter *filter, enum role role,
    struct err *err) NODISCARD;
/* ROLE_TEXT: no rule matches. */
enum role highlight_of(const struct highlight *h, const struct flow *f);

#endif
