/* SPDX-License-Identifier: MIT */
/*
 * Every setting of the program, from option.def.  The values are one struct
 * passed down from main; modules read them through the typed getters and may
 * observe changes.
 */
#ifndef SLUICE_BASE_OPTION_H
#define SLUICE_BASE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/buf.h"
#include "sluice/base/err.h"
#include "sluice/base/list.h"

enum option_id {
#define OPTION(id, name, sh, type, def, arg, flags, help) OPTION_##id,
#include "sluice/base/option.def"
#undef OPTION
	OPTION_COUNT
};

enum option_type {
	OPTION_TYPE_BOOL, OPTION_TYPE_STR, OPTION_TYPE_LIST, OPTION_TYPE_SIZE,
	OPTION_TYPE_DURATION, OPTION_TYPE_CHOICE, OPTION_TYPE_NUMBER
};

enum option_flag {
	OPT_START = 1 << 0,
	OPT_SET_ONLY = 1 << 1,
};

struct option_row {
	const char *name;
	char letter;			/* 0: none */
	enum option_type type;
	const char *initial;
	const char *argument;
	unsigned flags;
	const char *help;
};

struct option_observer {
	struct list link;
	void (*changed)(struct option_observer *, enum option_id);
};

struct options;

struct options *options_new(void) NODISCARD;	/* all at their defaults */
void options_free(struct options *o);

const struct option_row *option_row(enum option_id id);
/* By name; '_' and '-' are the same.  False when there is none. */
bool option_find(struct str name, enum option_id *id) NODISCARD;

bool option_bool(const struct options *o, enum option_id id);
const char *option_str(const struct options *o, enum option_id id);
uint64_t option_number(const struct options *o, enum option_id id); /* SIZE too */
int64_t option_duration(const struct options *o, enum option_id id); /* µs */
size_t option_list_count(const struct options *o, enum option_id id);
const char *option_list_at(const struct options *o, enum option_id id, size_t i);
/* Was it given, rather than left at its default? */
bool option_is_set(const struct options *o, enum option_id id);

/*
 * Sets from text; the first value of a LIST replaces the default, the next
 * ones are added.  Observers are told.  err names the option and what it
 * takes.
 */
bool option_set(struct options *o, enum option_id id, struct str value,
    struct err *err) NODISCARD;
/* Back to what it is when it is not given; observers are told. */
void option_reset(struct options *o, enum option_id id);
/* A BOOL the other way, of a CHOICE the next one; no other type. */
bool option_next(struct options *o, enum option_id id, struct err *err)
    NODISCARD;
/* "name=value", or "name" / "no-name" for a BOOL. */
bool option_assign(struct options *o, struct str text, struct err *err) NODISCARD;
/* The value as text that option_set takes; as much of it as there is room. */
void option_format(const struct options *o, enum option_id id, struct buf *out);

void option_observe(struct options *o, struct option_observer *obs);
void option_unobserve(struct option_observer *obs);

/*
 * Reads the command line: options anywhere before "--"; the other words are
 * moved, in order, to argv[1..] and *argc is set to match (a "--" is kept).
 * -h and -V set *help or *version.  False with err for wrong usage.
 */
bool option_parse_args(struct options *o, int *argc, char **argv, bool *help,
    bool *version, struct err *err) NODISCARD;
/* The option table as text for --help. */
void option_usage(struct buf *out);

#endif
