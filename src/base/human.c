/* SPDX-License-Identifier: MIT */
/* Sizes and durations for people, and back. */
#include "sluice/base/human.h"

#include <stdio.h>

#include "sluice/base/attr.h"

void
human_size(uint64_t bytes, char out[HUMAN_MAX])
{
	static const char units[] = "kMGTPE";
	double v = (double)bytes;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(out, HUMAN_MAX, "%u", (unsigned)bytes);
		return;
	}
	v /= 1000;
	/* 999.5 and more would be rounded to four digits. */
	while (v >= 999.5 && units[unit + 1]) {
		v /= 1000;
		unit++;
	}
	snprintf(out, HUMAN_MAX, v < 99.95 ? "%.1f%c" : "%.0f%c", v,
	    units[unit]);
}

void
human_duration(int64_t us, char out[HUMAN_MAX])
{
	int64_t s = us / 1000000;

	if (us < 0)
		us = s = 0;
	if (us < 1000000)
		snprintf(out, HUMAN_MAX, "%dms", (int)(us / 1000));
	else if (us < 10000000)
		snprintf(out, HUMAN_MAX, "%d.%ds", (int)s,
		    (int)(us / 100000 % 10));
	else if (s < 120)
		snprintf(out, HUMAN_MAX, "%ds", (int)s);
	else if (s < 3600)
		snprintf(out, HUMAN_MAX, "%dm%02ds", (int)(s / 60),
		    (int)(s % 60));
	else if (s < 360000)
		snprintf(out, HUMAN_MAX, "%dh%02dm", (int)(s / 3600),
		    (int)(s / 60 % 60));
	else
		snprintf(out, HUMAN_MAX, "%dd", (int)(s / 86400));
}

/* Splits "1.5M" into thousandths (1500) and the unit text. */
static bool
split_number(struct str text, uint64_t *thousandths, struct str *unit)
{
	uint64_t v = 0, scale = 1000;
	size_t i = 0, digits = 0;
	bool point = false;

	for (; i < text.n; i++) {
		if (text.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (text.p[i] < '0' || text.p[i] > '9')
			break;
		digits++;
		if (point && scale == 1)
			continue;
		if (point)
			scale /= 10;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(text.p[i] - '0'), &v))
			return false;
	}
	*unit = str_trim(str_skip(text, i));
	return digits > 0 && !__builtin_mul_overflow(v, scale, thousandths);
}

struct unit {
	const char *name;
	uint64_t factor;
};

static bool
apply_unit(struct str text, const struct unit *units, size_t n,
    uint64_t *value)
{
	struct str unit;
	uint64_t v;

	if (!split_number(str_trim(text), &v, &unit))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq_nocase(unit, str_from(units[i].name)))
			continue;
		/* Thousandths times the factor; large ones lose no digit. */
		if (__builtin_mul_overflow(v, units[i].factor, &v))
			return false;
		*value = v / 1000;
		return true;
	}
	return false;
}

bool
human_parse_size(struct str text, uint64_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 }, { "B", 1 }, { "k", 1000 }, { "kB", 1000 },
		{ "Ki", 1024 }, { "KiB", 1024 }, { "M", 1000000 },
		{ "MB", 1000000 }, { "Mi", 1 << 20 }, { "MiB", 1 << 20 },
		{ "G", 1000000000 }, { "GB", 1000000000 },
		{ "Gi", 1 << 30 }, { "GiB", 1 << 30 },
	};

	return apply_unit(text, units, ARRAY_LEN(units), bytes);
}

bool
human_parse_duration(struct str text, int64_t *us)
{
	static const struct unit units[] = {
		{ "", 1000000 }, { "ms", 1000 }, { "us", 1 },
		{ "s", 1000000 }, { "m", 60000000 }, { "min", 60000000 },
		{ "h", 3600000000 },
	};
	uint64_t v;

	if (!apply_unit(text, units, ARRAY_LEN(units), &v) || v > INT64_MAX)
		return false;
	*us = (int64_t)v;
	return true;
}
