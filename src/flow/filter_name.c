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

static struct {
	char *name, *text;
} names[NAMES_MAX];
static size_t count;

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
find(struct str name)
{
	size_t i = 0;

	while (i < count && !str_eq(str_from(names[i].name), name))
		i++;
	return i;
}

const char *
filter_name_text(struct str name)
{
	size_t i = find(name);

	return i < count ? names[i].text : NULL;
}

size_t
filter_name_count(void)
{
	return count;
}

const char *
filter_name_at(size_t i)
{
	assert(i < count);
	return names[i].name;
}

static bool
check_name(struct str name, struct str text, struct err *err)
{
	if (!filter_name_is_good(name))
		return err_set(err, "a filter's name has letters, digits, "
		    ". _ - and at most %u of them", NAME_MAX_LEN);
	if (str_trim(text).n == 0 || str_chr(text, '\n', 0) != SIZE_MAX)
		return err_set(err, "there is no filter that @%.*s could "
		    "stand for", STR_ARG(name));
	return find(name) < NAMES_MAX || err_set(err,
	    "%u filters have names already", NAMES_MAX);
}

/* Takes text; returns what it stood for before, or NULL: the caller's. */
static char *
swap(struct str name, char *text)
{
	size_t i = find(name);
	char *before = NULL;

	if (i == count)
		names[count++].name = str_dup(name);
	else
		before = names[i].text;
	names[i].text = text;
	return before;
}

bool
filter_name_set(struct str name, struct str text, struct err *err)
{
	struct filter *f;
	char *before;
	size_t at;

	if (!check_name(name, text, err))
		return false;
	/* Read as what it will be: in a ring of names it has no end. */
	before = swap(name, str_dup(text));
	f = filter_parse(text, err, &at);
	if (f != NULL)
		free(before);
	else if (before == NULL)
		filter_name_remove(name);
	else
		free(swap(name, before));
	filter_free(f);
	return f != NULL;
}

bool
filter_name_remove(struct str name)
{
	size_t i = find(name);

	if (i == count)
		return false;
	free(names[i].name);
	free(names[i].text);
	memmove(&names[i], &names[i + 1], (--count - i) * sizeof(names[0]));
	return true;
}

void
filter_names_load(const char *path)
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
		if (check_name(name, text, &err))
			free(swap(name, str_dup(text)));
		else if (line.n > 0)
			log_write(LOG_WARNING, "%s: %s", path, err.text);
	}
	free(bytes);
}

bool
filter_names_save(const char *path, struct err *err)
{
	struct buf out;
	bool ok;

	buf_init(&out, FILE_MAX);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s %s\n", names[i].name, names[i].text);
	ok = path_write_atomic(path, buf_str(&out), 0600, err);
	buf_fini(&out);
	return ok;
}
