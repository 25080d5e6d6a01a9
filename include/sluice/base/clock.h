/* SPDX-License-Identifier: MIT */
/*
 * Two clocks, both in microseconds.  Durations come from the monotonic one;
 * the wall clock is only shown and exported.
 */
#ifndef SLUICE_BASE_CLOCK_H
#define SLUICE_BASE_CLOCK_H

#include <stdint.h>
#include <stddef.h>

int64_t clock_mono(void);
int64_t clock_wall(void);	/* since 1970-01-01 00:00 UTC */

#define CLOCK_TEXT_MAX 40

/* Local time, "15:04:05"; with millis "15:04:05.123". */
void clock_format_time(int64_t wall, int millis, char out[CLOCK_TEXT_MAX]);
/* UTC, ISO 8601 with milliseconds: "2026-11-23T09:30:00.123Z". */
void clock_format_iso(int64_t wall, char out[CLOCK_TEXT_MAX]);
/* UTC date, "2026-11-23". */
void clock_format_date(int64_t wall, char out[CLOCK_TEXT_MAX]);

#endif
