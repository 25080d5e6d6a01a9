/* SPDX-License-Identifier: MIT */
/* Monotonic and wall time in microseconds, and how they are written. */
#include "sluice/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

void
clock_format_time(int64_t wall, int millis, char out[CLOCK_TEXT_MAX])
{
	time_t seconds = (time_t)(wall / 1000000);
	struct tm tm;
	size_t n;

	memset(&tm, 0, sizeof tm);
	localtime_r(&seconds, &tm);
	n = strftime(out, CLOCK_TEXT_MAX, "%H:%M:%S", &tm);
	if (millis)
		snprintf(out + n, CLOCK_TEXT_MAX - n, ".%03d",
		    (int)(wall / 1000 % 1000));
}

void
clock_format_iso(int64_t wall, char out[CLOCK_TEXT_MAX])
{
	time_t seconds = (time_t)(wall / 1000000);
	struct tm tm;
	size_t n;

	memset(&tm, 0, sizeof tm);
	gmtime_r(&seconds, &tm);
	n = strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, CLOCK_TEXT_MAX - n, ".%03dZ",
	    (int)(wall / 1000 % 1000));
}

void
clock_format_date(int64_t wall, char out[CLOCK_TEXT_MAX])
{
	time_t seconds = (time_t)(wall / 1000000);
	struct tm tm;

	memset(&tm, 0, sizeof tm);
	gmtime_r(&seconds, &tm);
	strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%d", &tm);
}
