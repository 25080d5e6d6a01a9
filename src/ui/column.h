/* SPDX-License-Identifier: MIT */
/*
 * The columns of the flow list: a table of what each shows, how wide it is
 * and which ones a narrow terminal leaves out.
 */
#ifndef SLUICE_SRC_UI_COLUMN_H
#define SLUICE_SRC_UI_COLUMN_H

#include "pane.h"
#include "sluice/base/err.h"
#include "sluice/base/buf.h"
#include "sluice/flow/flow_view.h"

/* In the order they stand in when nothing was chosen. */
enum column_id {
	COLUMN_ID, COLUMN_TIME, COLUMN_METHOD, COLUMN_STATUS, COLUMN_HOST,
	COLUMN_PATH, COLUMN_TYPE, COLUMN_SENT, COLUMN_SIZE, COLUMN_DURATION,
	COLUMN_WATERFALL, COLUMN_CLIENT, COLUMN_PROCESS,
	COLUMN_PROTOCOL, COLUMN_NOTE,
	/* Of the held flows only: */
	COLUMN_STAGE, COLUMN_AGE, COLUMN_CHANGED, COLUMN_SOCKET,
	COLUMN_COUNT
};
#define COLUMN_CHOICES	((size_t)COLUMN_STAGE)

/* Which, in what order; none: as many as there is room for. */
struct column_choice {
	enum column_id ids[COLUMN_COUNT];
	size_t count;
};

struct column_layout {
	enum column_id ids[COLUMN_COUNT];	/* from left to right */
	size_t count;
	int x[COLUMN_COUNT];		/* by id, from the pane's left edge */
	int width[COLUMN_COUNT];	/* 0: left out */
	bool joined;			/* PATH begins with the host */
	bool full;			/* room for milliseconds and ports */
	size_t skip;			/* cells of the path scrolled away */
};

/* What the list is sorted by. */
struct column_sort {
	enum column_id id;
	bool reverse;
};

/* The time that the waterfall shows: monotonic µs. */
struct column_span {
	int64_t from, until;
};

const char *column_name(enum column_id id);	/* as in an option: "took" */
const char *column_help(enum column_id id);
/* "time method path"; blank is none.  False with err: an unknown name. */
bool column_choice_parse(struct column_choice *c, struct str text,
    struct err *err) NODISCARD;
void column_choice_format(const struct column_choice *c, struct buf *out);
bool column_find(struct str name, enum column_id *id) NODISCARD;
/* What a terminal of any width would show at most, for a first choice. */
void column_choice_all(struct column_choice *c);
/* The columns of the held flows. */
void column_choice_held(struct column_choice *c);

/*
 * steps: how often it was scrolled to the right; first the columns before
 * the path go, then the path's beginning.
 */
void column_layout(struct column_layout *l, int cols,
    const struct column_choice *choice, size_t steps);
/* The header row. */
void column_head(const struct column_layout *l, const struct pane *p, int y,
    const struct column_sort *sort);
/* The column at cell x, or COLUMN_COUNT. */
enum column_id column_at(const struct column_layout *l, int x);
/* One flow; role: of its whole row, or ROLE_TEXT. */
void column_row(const struct column_layout *l, const struct pane *p, int y,
    const struct flow *f, enum role role, const struct column_span *span);

/* How flows are sorted by a column; NULL: by arrival. */
flow_key_fn *column_key(enum column_id id);
/* Is its value known only when a flow is over? */
bool column_is_late(enum column_id id);

#endif
