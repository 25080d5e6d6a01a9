/* SPDX-License-Identifier: MIT */
/* Something done to many flows, one after the other, as an errand. */
#ifndef SLUICE_SRC_UI_SWEEP_H
#define SLUICE_SRC_UI_SWEEP_H

#include <stddef.h>

#include "errand.h"
#include "sluice/flow/flow_list.h"

struct deed;
struct sweep;

/* By id: flows come and go meanwhile. */
struct flow_ids {
	uint64_t *p;
	size_t count, cap;
};

void flow_ids_add(struct flow_ids *ids, uint64_t id);
void flow_ids_fini(struct flow_ids *ids);

struct sweep_ops {
	void (*one)(struct ui *, struct sweep *, struct flow *);
	/* All were done; what it takes out of the sweep is its own.  NULL for
	 * nothing. */
	void (*over)(struct ui *, struct sweep *);
};

struct sweep {
	struct errand errand;
	const struct sweep_ops *ops;
	const char *undo;		/* all of it is one such step, or NULL */
	uint64_t at;			/* where one goes when it is undone */
	struct flow_walk walk;		/* through all flows, or .. */
	struct flow_ids ids;		/* .. through these */
	bool walks;
	size_t next;			/* of ids */
	/* For the functions above. */
	const struct deed *deed;
	struct flow_ids found;
	size_t done, hidden;
	bool flag;
};

/* s was set up with ops, undo, at and what the functions need; it is copied. */
void sweep_all(struct ui *ui, const struct sweep *s);
/* Through s->ids, which it takes. */
void sweep_ids(struct ui *ui, const struct sweep *s);

#endif
