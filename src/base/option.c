/* SPDX-License-Identifier: MIT */
/* Every setting: get, set from text, format, observe; from option.def. */
#include "sluice/base/option.h"

#include <assert.h>

#include "sluice/base/human.h"
#include "sluice/base/mem.h"

#define LIST_MAX	256

static const struct option_row rows[] = {
#define OPTION(id, name_, sh, type_, def, arg, flags_, help_) \
	[OPTION_##id] = { \
		.name = name_, \
		.letter = sh, \
		.type = OPTION_TYPE_##type_, \
		.initial = def, \
		.argument = arg, \
		.flags = flags_, \
		.help = help_, \
	},
#include "sluice/base/option.def"
#undef OPTION
};

_Static_assert(ARRAY_LEN(rows) == OPTION_COUNT, "a row for every option");

struct value {
	bool given;		/* not at its default */
	char **texts;		/* one, or several for LIST */
	size_t count;
	uint64_t number;	/* BOOL, SIZE, NUMBER, DURATION */
};

struct options {
	struct value values[OPTION_COUNT];
	struct list observers;
};

const struct option_row *
option_row(enum option_id id)
{
	assert(id < OPTION_COUNT);
	return &rows[id];
}

static bool
same_name(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char x = a.p[i] == '_' ? '-' : a.p[i];
		char y = b.p[i] == '_' ? '-' : b.p[i];

		if (x != y)
			return false;
	}
	return true;
}

bool
option_find(struct str name, enum option_id *id)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (same_name(name, str_from(rows[i].name))) {
			*id = (enum option_id)i;
			return true;
		}
	}
	return false;
}

static void
drop_texts(struct value *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->texts[i]);
	free(v->texts);
	v->texts = NULL;
	v->count = 0;
}

static void
add_text(struct value *v, struct str text)
{
	v->texts = mem_array(v->texts, v->count + 1, sizeof *v->texts);
	v->texts[v->count++] = str_dup(text);
}

static bool
parse_bool(struct str s, uint64_t *number)
{
	static const char *const words[][2] = { { "on", "off" },
	    { "yes", "no" }, { "true", "false" }, { "1", "0" } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		for (size_t no = 0; no < 2; no++) {
			if (str_eq_nocase(s, str_from(words[i][no]))) {
				*number = !no;
				return true;
			}
		}
	}
	return false;
}

static bool
is_choice(struct str choices, struct str s)
{
	struct str one;

	while (str_split(&choices, '|', &one)) {
		if (str_eq(one, s))
			return true;
	}
	return false;
}

/* Is s a value for the row?  Sets *number where the type has one. */
static bool
parse_value(const struct option_row *row, struct str s, uint64_t *number)
{
	int64_t us;

	switch (row->type) {
	case OPTION_TYPE_BOOL:
		return parse_bool(s, number);
	case OPTION_TYPE_SIZE:
		return human_parse_size(s, number);
	case OPTION_TYPE_NUMBER:
		return str_to_u64(s, number);
	case OPTION_TYPE_DURATION:
		if (!human_parse_duration(s, &us))
			return false;
		*number = (uint64_t)us;
		return true;
	case OPTION_TYPE_CHOICE:
		return is_choice(str_from(row->argument), s);
	case OPTION_TYPE_STR:
	case OPTION_TYPE_LIST:
		break;
	}
	return true;
}

static const char *
takes(const struct option_row *row)
{
	return row->type == OPTION_TYPE_BOOL ? "on or off" : row->argument;
}

static void
tell(struct options *o, enum option_id id)
{
	struct option_observer *obs, *tmp;

	list_for_each_safe(obs, tmp, &o->observers, struct option_observer,
	    link)
		obs->changed(obs, id);
}

bool
option_set(struct options *o, enum option_id id, struct str text,
    struct err *err)
{
	const struct option_row *row = option_row(id);
	struct value *v = &o->values[id];
	uint64_t number = 0;

	if (!parse_value(row, text, &number))
		return err_set(err, "%s takes %s, not %.*s", row->name,
		    takes(row), STR_ARG(text));
	if (row->type == OPTION_TYPE_LIST && v->given && v->count >= LIST_MAX)
		return err_set(err, "%s was given too often", row->name);
	if (row->type != OPTION_TYPE_LIST || !v->given)
		drop_texts(v);
	add_text(v, text);
	v->number = number;
	v->given = true;
	tell(o, id);
	return true;
}

static void
set_initial(struct options *o, enum option_id id)
{
	struct value *v = &o->values[id];
	struct str initial = str_from(rows[id].initial);
	bool ok;

	drop_texts(v);
	v->given = false;
	if (rows[id].type == OPTION_TYPE_LIST && initial.n == 0)
		return;
	ok = parse_value(&rows[id], initial, &v->number);
	assert(ok);
	(void)ok;
	add_text(v, initial);
}

void
option_reset(struct options *o, enum option_id id)
{
	set_initial(o, id);
	tell(o, id);
}

bool
option_next(struct options *o, enum option_id id, struct err *err)
{
	struct str choices = str_from(rows[id].argument), first, one;

	if (rows[id].type == OPTION_TYPE_BOOL)
		return option_set(o, id, o->values[id].number != 0 ?
		    STR("off") : STR("on"), err);
	assert(rows[id].type == OPTION_TYPE_CHOICE);
	(void)str_split(&choices, '|', &first);
	for (one = first; !str_eq(one, str_from(o->values[id].texts[0])); )
		if (!str_split(&choices, '|', &one))
			break;
	if (!str_split(&choices, '|', &one))
		one = first;
	return option_set(o, id, one, err);
}

bool
option_assign(struct options *o, struct str text, struct err *err)
{
	size_t eq = str_chr(text, '=', 0);
	struct str name = str_trim(str_sub(text, 0, eq)), value = STR("on");
	enum option_id id;

	if (eq != SIZE_MAX)
		value = str_trim(str_skip(text, eq + 1));
	if (!option_find(name, &id)) {
		if (eq != SIZE_MAX || !str_starts(name, STR("no-")) ||
		    !option_find(str_skip(name, 3), &id) ||
		    rows[id].type != OPTION_TYPE_BOOL)
			return err_set(err, "unknown option %.*s",
			    STR_ARG(name));
		value = STR("off");
	} else if (eq == SIZE_MAX && rows[id].type != OPTION_TYPE_BOOL) {
		return err_set(err, "%s needs a value: %s=%s", rows[id].name,
		    rows[id].name, takes(&rows[id]));
	}
	return option_set(o, id, value, err);
}

struct options *
options_new(void)
{
	struct options *o = NEW(struct options);

	list_init(&o->observers);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		set_initial(o, i);
	return o;
}

void
options_free(struct options *o)
{
	if (!o)
		return;
	assert(list_is_empty(&o->observers));
	for (size_t i = 0; i < OPTION_COUNT; i++)
		drop_texts(&o->values[i]);
	free(o);
}

bool
option_bool(const struct options *o, enum option_id id)
{
	assert(rows[id].type == OPTION_TYPE_BOOL);
	return o->values[id].number != 0;
}

const char *
option_str(const struct options *o, enum option_id id)
{
	assert(o->values[id].count == 1);
	return o->values[id].texts[0];
}

uint64_t
option_number(const struct options *o, enum option_id id)
{
	assert(rows[id].type == OPTION_TYPE_NUMBER ||
	    rows[id].type == OPTION_TYPE_SIZE);
	return o->values[id].number;
}

int64_t
option_duration(const struct options *o, enum option_id id)
{
	assert(rows[id].type == OPTION_TYPE_DURATION);
	return (int64_t)o->values[id].number;
}

size_t
option_list_count(const struct options *o, enum option_id id)
{
	assert(rows[id].type == OPTION_TYPE_LIST);
	return o->values[id].count;
}

const char *
option_list_at(const struct options *o, enum option_id id, size_t i)
{
	assert(i < option_list_count(o, id));
	return o->values[id].texts[i];
}

bool
option_is_set(const struct options *o, enum option_id id)
{
	return o->values[id].given;
}

void
option_format(const struct options *o, enum option_id id, struct buf *out)
{
	const struct value *v = &o->values[id];

	for (size_t i = 0; i < v->count; i++) {
		if (i > 0)
			buf_put(out, str_sub(STR(" "), 0, buf_room(out)));
		buf_put(out, str_sub(str_from(v->texts[i]), 0, buf_room(out)));
	}
}

void
option_observe(struct options *o, struct option_observer *obs)
{
	list_append(&o->observers, &obs->link);
}

void
option_unobserve(struct option_observer *obs)
{
	list_remove(&obs->link);
}
