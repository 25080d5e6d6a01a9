/* SPDX-License-Identifier: MIT */
/* Filters with names: few, looked up by a walk, written to their file whole. */
#include "sluice/flow/filter.h"

#include <assert.h>

#include "filter_tree.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define NAME_MAX_LEN	32u
#define NAMES_MAX	100u
#define FILE_MAX	(NAMES_MAX * (FILTER_TEXT_MAX + NAME_MAX_LEN + 2))

struct filter_names {
	struct {
		char *name, *text;
	} rows[NAMES_MAX];
	size_t count;
};

struct filter_names *
filter_names_new(void)
{
	return NEW(struct filter_names);
}

void
filter_names_free(struct filter_names *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->count; i++) {
		free(n->rows[i].name);
		free(n->rows[i].text);
	}
	free(n);
}

bool
filter_name_is_good(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		    c == '.'))
			return false;
	}
	return name.n > 0 && name.n <= NAME_MAX_LEN;
}

static size_t
find(const struct filter_names *n, struct str name)
{
	size_t i = 0;

	while (i < n->count && !str_eq(str_from(n->rows[i].name), name))
		i++;
	return i;
}

const char *
filter_names_text(const struct filter_names *n, struct str name)
{
	size_t i = find(n, name);

	return i < n->count ? n->rows[i].text : NULL;
}

size_t
filter_names_count(const struct filter_names *n)
{
	return n->count;
}

const char *
filter_names_at(const struct filter_names *n, size_t i)
{
	assert(i < n->count);
	return n->rows[i].name;
}

static bool
check_name(const struct filter_names *n, struct str name, struct str text,
    struct err *err)
{
	if (!filter_name_is_good(name))
		return err_set(err, "a filter's name has letters, digits, "
		    ". _ - and at most %u of them", NAME_MAX_LEN);
	if (str_trim(text).n == 0 || str_chr(text, '\n', 0) != SIZE_MAX)
		return err_set(err, "there is no filter that @%.*s could "
		    "stand for", STR_ARG(name));
	return find(n, name) < NAMES_MAX || err_set(err,
	    "%u filters have names already", NAMES_MAX);
}

/* Takes text; returns what it stood for before, or NULL: the caller's. */
static char *
swap(struct filter_names *n, struct str name, char *text)
{
	size_t i = find(n, name);
	char *before = NULL;

	if (i == n->count)
		n->rows[n->count++].name = str_dup(name);
	else
		before = n->rows[i].text;
	n->rows[i].text = text;
	return before;
}

bool
filter_names_set(struct filter_names *n, struct str name, struct str text,
    struct err *err)
{
	struct filter *f;
	char *before;
	size_t at;

	if (!check_name(n, name, text, err))
		return false;
	/* Read as what it will be: in a ring of names it has no end. */
	before = swap(n, name, str_dup(text));
	f = filter_parse_named(n, text, err, &at);
	if (f != NULL)
		free(before);
	else if (before == NULL)
		filter_names_remove(n, name);
	else
		free(swap(n, name, before));
	filter_free(f);
	return f != NULL;
}

bool
filter_names_remove(struct filter_names *n, struct str name)
{
	size_t i = find(n, name);

	if (i == n->count)
		return false;
	free(n->rows[i].name);
	free(n->rows[i].text);
	memmove(&n->rows[i], &n->rows[i + 1], (--n->count - i) * sizeof(n->rows[0]));
	return true;
}

void
filter_names_load(struct filter_names *n, const char *path)
{
	size_t len;
	struct err err;
	char *bytes = path_read(path, FILE_MAX, &len, &err);
	struct str rest, line;

	if (bytes == NULL)
		return;		/* there is none the first time */
	rest = str_make(bytes, len);
	while (str_split(&rest, '\n', &line)) {
		size_t blank = str_chr(line, ' ', 0);

		struct str name = str_sub(line, 0, blank);
		struct str text = str_trim(str_skip(line, blank));

		/* One may stand for a later one: mistakes show in use. */
		if (check_name(n, name, text, &err))
			free(swap(n, name, str_dup(text)));
		else if (line.n > 0)
			log_write(LOG_WARNING, "%s: %s", path, err.text);
	}
	free(bytes);
}

bool
filter_names_save(const struct filter_names *n, const char *path,
    struct err *err)
{
	struct buf out;
	bool ok;

	buf_init(&out, FILE_MAX);
	for (size_t i = 0; i < n->count; i++)
		buf_printf(&out, "%s %s\n", n->rows[i].name, n->rows[i].text);
	ok = path_write_atomic(path, buf_str(&out), 0600, err);
	buf_fini(&out);
	return ok;
}
