/* SPDX-License-Identifier: MIT */
/* How many flows came in the last whole second; counts, keeps no times. */
#ifndef SLUICE_SRC_UI_RATE_H
#define SLUICE_SRC_UI_RATE_H

#include <stdint.h>

struct rate {
	int64_t second;			/* of loop time: the newest with any */
	unsigned now, before;		/* in it, and in the one before it */
};

/* One more. */
static inline void
rate_add(struct rate *r, double time)
{
	int64_t second = (int64_t)time;

	if (second != r->second) {
		r->before = second == r->second + 1 ? r->now : 0;
		r->now = 0;
		r->second = second;
	}
	r->now++;
}

static inline unsigned
rate_of(const struct rate *r, double time)
{
	int64_t second = (int64_t)time;

	if (second == r->second)
		return r->before;
	return second == r->second + 1 ? r->now : 0;
}

#endif
