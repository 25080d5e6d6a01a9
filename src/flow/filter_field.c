/* SPDX-License-Identifier: MIT */
/*
 * The values of filter.def that can be compared.  What is not known (yet)
 * is neither equal nor different, less nor more.
 */
#include "filter_tree.h"

#include <assert.h>

#include "sluice/base/clock.h"
#include "sluice/base/human.h"

static bool
compares(const struct filter_node *n, int64_t value)
{
	switch (n->compare) {
	case COMPARE_EQUAL:
		return value == n->value;
	case COMPARE_DIFFERENT:
		return value != n->value;
	case COMPARE_LESS:
		return value < n->value;
	case COMPARE_AT_MOST:
		return value <= n->value;
	case COMPARE_MORE:
		return value > n->value;
	case COMPARE_AT_LEAST:
		return value >= n->value;
	}
	assert(!"a comparison of no kind");
	return false;
}

static bool
compares_word(const struct filter_node *n, struct str word)
{
	return word.n > 0 &&
	    regex_match(n->regex, word) == (n->compare == COMPARE_EQUAL);
}

/* -- values ---------------------------------------------------------------- */

static bool
field_status(const struct filter_node *n, const struct flow *f)
{
	return flow_has_response(f) && compares(n, f->response.status);
}

static bool
field_size(const struct filter_node *n, const struct flow *f)
{
	if (f->kind == FLOW_TUNNEL)
		return compares(n, (int64_t)f->tunnel_received);
	return flow_has_response(f) &&
	    compares(n, (int64_t)f->response.body.len);
}

static bool
field_sent(const struct filter_node *n, const struct flow *f)
{
	return compares(n, f->kind == FLOW_TUNNEL ?
	    (int64_t)f->tunnel_sent : (int64_t)f->request.body.len);
}

static bool
field_duration(const struct filter_node *n, const struct flow *f)
{
	return f->times.begin != 0 && compares(n,
	    flow_duration(f, clock_mono()));
}

static bool
field_age(const struct filter_node *n, const struct flow *f)
{
	return f->times.begin != 0 && compares(n,
	    clock_mono() - f->times.begin);
}

static bool
field_id(const struct filter_node *n, const struct flow *f)
{
	return f->id != 0 && compares(n, (int64_t)f->id);
}

static bool
field_method(const struct filter_node *n, const struct flow *f)
{
	return compares_word(n, message_word(&f->request, f->request.method));
}

static bool
field_host(const struct filter_node *n, const struct flow *f)
{
	return compares_word(n, message_word(&f->request, f->request.host));
}

static bool
field_path(const struct filter_node *n, const struct flow *f)
{
	struct str path = message_word(&f->request, f->request.path);

	return compares_word(n, str_sub(path, 0, str_chr(path, '?', 0)));
}

static bool
field_process(const struct filter_node *n, const struct flow *f)
{
	return f->client && compares_word(n, str_from(f->client->program));
}

static bool
field_pid(const struct filter_node *n, const struct flow *f)
{
	return f->client && f->client->pid != 0 &&
	    compares(n, f->client->pid);
}

/* "json", "application/json", "image/" and "*": each is a way to say it. */
static bool
field_type(const struct filter_node *n, const struct flow *f)
{
	struct str type = message_media_type(&f->response);
	struct str name = str_from(message_type_name(&f->response));

	if (type.n == 0)
		return false;
	return (regex_match(n->regex, type) || (name.n > 0 &&
	    regex_match(n->regex, name))) == (n->compare == COMPARE_EQUAL);
}

/* -- the table ------------------------------------------------------------- */

static const struct filter_atom fields[] = {
#define ATOM(...)
#define FIELD(name_, kind_, function_, looks_, example_, help_)		\
	{								\
		.row = {						\
			.name = (name_), .example = (example_),		\
			.help = (help_), .takes_argument = true,	\
		},							\
		.kind = ATOM_##kind_, .looks = LOOKS_AT_##looks_,	\
		.match = (function_),					\
	},
#include "sluice/flow/filter.def"
#undef FIELD
#undef ATOM
};

size_t
filter_field_count(void)
{
	return ARRAY_LEN(fields);
}

const struct filter_atom_row *
filter_field_at(size_t i)
{
	assert(i < ARRAY_LEN(fields));
	return &fields[i].row;
}

const struct filter_atom *
filter_field_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_eq(name, str_from(fields[i].row.name)))
			return &fields[i];
	return NULL;
}

/* -- what they are compared with ------------------------------------------- */

/*
 * As a regex for the whole word: what a peer sends may be long, and only
 * regexes are matched in bounded time.
 */
static void
put_pattern(struct buf *out, struct str value)
{
	buf_put(out, STR("(?s)\\A"));
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c == '*')
			buf_put(out, STR(".*"));
		else if (c == '?')
			buf_putc(out, '.');
		else
			buf_printf(out, "\\x%02x", (unsigned char)c);
	}
	buf_put(out, STR("\\z"));
}

static bool
read_pattern(struct filter_node *n, struct str value, struct err *err)
{
	struct buf text;
	size_t at;

	if (n->compare != COMPARE_EQUAL && n->compare != COMPARE_DIFFERENT)
		return err_set(err, "%s takes = or !=", n->atom->row.name);
	if (value.n == 0 || str_chr(value, '\0', 0) != SIZE_MAX)
		return err_set(err, "%s= needs a word, as in %s",
		    n->atom->row.name, n->atom->row.example);
	buf_init(&text, 4 * value.n + 16);
	put_pattern(&text, value);
	n->regex = regex_new(buf_str(&text), err, &at);
	buf_fini(&text);
	return n->regex != NULL;
}

bool
filter_field_read(struct filter_node *n, struct str value, struct err *err)
{
	uint64_t number = 0;
	bool good;

	switch (n->atom->kind) {
	case ATOM_WORD:
		return read_pattern(n, value, err);
	case ATOM_TIME:
		good = human_parse_duration(value, &n->value);
		break;
	case ATOM_SIZE:
		good = human_parse_size(value, &number);
		break;
	case ATOM_FLAG:
	case ATOM_REGEX:
	case ATOM_NUMBER:
	case ATOM_COUNT:
	default:
		good = str_to_u64(value, &number);
		break;
	}
	if (!good || number > INT64_MAX)
		return err_set(err, "%s needs a %s, as in %s",
		    n->atom->row.name, n->atom->kind == ATOM_TIME ? "time" :
		    n->atom->kind == ATOM_SIZE ? "size" : "number",
		    n->atom->row.example);
	if (n->atom->kind != ATOM_TIME)
		n->value = (int64_t)number;
	return true;
}
