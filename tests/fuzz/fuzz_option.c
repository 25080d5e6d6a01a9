/* SPDX-License-Identifier: MIT */
/*
 * Settings: the words of a command line (one a line), and the same as
 * "name=value" lines.  A value that was taken is taken again as written.
 */
#include <stdlib.h>

#include "fuzz.h"
#include "sluice/base/option.h"

#define WORDS_MAX 20
#define VALUE_MAX (1u << 20)

static void
check_value(const struct options *o, enum option_id id)
{
	struct options *copy = options_new();
	struct err err = { "" };
	struct buf one, other;

	buf_init(&one, VALUE_MAX);
	buf_init(&other, VALUE_MAX);
	option_format(o, id, &one);
	if (option_row(id)->type != OPTION_TYPE_LIST) {
		assert(option_set(copy, id, buf_str(&one), &err));
		option_format(copy, id, &other);
		assert(str_eq(buf_str(&one), buf_str(&other)));
	}
	buf_fini(&one);
	buf_fini(&other);
	options_free(copy);
}

static void
check_values(const struct options *o)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if (option_is_set(o, id))
			check_value(o, id);
}

static void
check_words(struct str in)
{
	char *words[WORDS_MAX + 2] = { (char *)"sluice" };
	struct options *o = options_new();
	bool help = false, version = false;
	struct err err = { "" };
	struct str word;
	char *owned[WORDS_MAX];
	int argc = 1, count;

	while (argc <= WORDS_MAX && str_split(&in, '\n', &word)) {
		owned[argc - 1] = str_dup(word);
		words[argc] = owned[argc - 1];
		argc++;
	}
	count = argc - 1;
	if (option_parse_args(o, &argc, words, &help, &version, &err))
		assert(argc >= 1 && argc <= count + 1);
	else
		assert(err_is_set(&err));
	assert(safe_for_terminal(str_from(err.text)));
	check_values(o);
	for (int i = 0; i < count; i++)
		free(owned[i]);
	options_free(o);
}

static void
check_lines(struct str in)
{
	struct options *o = options_new();
	struct str line;

	while (str_split(&in, '\n', &line)) {
		struct err err = { "" };

		if (!option_assign(o, line, &err))
			assert(err_is_set(&err));
		assert(safe_for_terminal(str_from(err.text)));
	}
	check_values(o);
	options_free(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);

	if (fuzz_choice(&in) % 2)
		check_lines(in);
	else
		check_words(in);
	return 0;
}
