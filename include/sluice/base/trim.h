/* SPDX-License-Identifier: MIT */
/*
 * Gives the system back the memory that free() keeps, for when a crowd has
 * left: a little in each turn of the loop, since all at once takes 30 ms
 * after a thousand TLS connections.
 */
#ifndef SLUICE_BASE_TRIM_H
#define SLUICE_BASE_TRIM_H

#include <stdbool.h>
#include <stddef.h>

#include "sluice/base/attr.h"

struct trim_piece;

struct trim {			/* all zero: nothing has begun */
	struct trim_piece *held;
	size_t size;
	unsigned round;
	unsigned away;		/* pieces in a row that had no pages */
	bool ending;
};

/* Does about a millisecond's work; true: there is more, call again. */
bool trim_step(struct trim *t) NODISCARD;
/* Leaves off, wherever it is. */
void trim_fini(struct trim *t);

#endif
